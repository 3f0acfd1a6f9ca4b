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

/// One consent as its page shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsentRow {
    /// Its name, for `data-consent` and in addresses.
    pub kind: &'static str,
    /// `given`, `withdrawn` or `unsaid`, for `data-state`.
    pub state: &'static str,
    /// What is agreed to.
    pub title: &'static str,
    /// What for.
    pub purpose: &'static str,
    /// Where it stands, with the version of the text.
    pub standing: String,
    /// Since when; empty where nothing was said.
    pub at: String,
    /// What taking it back does.
    pub effect: &'static str,
}

impl ConsentRow {
    /// What was never said can be taken back too: registrations from before it was asked for have no word on it.
    fn is_withdrawn(&self) -> bool {
        self.state == "withdrawn"
    }
}

/// `/account/consents` (A11).
#[derive(Template)]
#[template(path = "privacy/consents.html")]
pub struct ConsentsView {
    /// The frame.
    pub page: Page,
    /// All kinds.
    pub rows: Vec<ConsentRow>,
}

/// Asks before a consent is taken back or given again.
#[derive(Template)]
#[template(path = "privacy/consent.html")]
pub struct ConsentView {
    /// The frame; its path is the form's action.
    pub page: Page,
    /// What it is about.
    pub row: ConsentRow,
    /// Whether it is taken back.
    pub withdraws: bool,
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
