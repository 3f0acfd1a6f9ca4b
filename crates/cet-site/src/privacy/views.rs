//! What the pages of this module show.

use askama::Template;

use crate::web::page::Page;

/// One line of the log in the words of the person it is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessRow {
    /// By which the auditor finds the line.
    pub number: String,
    /// The action, for `data-action`.
    pub action: String,
    /// When.
    pub at: String,
    /// The role of the account.
    pub role: String,
    /// The place of the account.
    pub office: String,
    /// What was done.
    pub what: String,
    /// Each change as a sentence.
    pub changes: Vec<String>,
    /// Why; empty where nobody has to say it.
    pub why: String,
}

/// `/account/access` (A11).
#[derive(Template)]
#[template(path = "privacy/access.html")]
pub struct AccessView {
    /// The frame.
    pub page: Page,
    /// The lines, the newest first.
    pub rows: Vec<AccessRow>,
    /// The address of the next page; empty on the last.
    pub older: String,
    /// Whether newer ones come before these.
    pub is_cut: bool,
}
