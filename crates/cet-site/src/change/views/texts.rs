//! The versions of a sitting's text.

use askama::Template;

use crate::web::markdown;
use crate::web::page::Page;
use cet_base::texts::Lang;
use cet_base::words::time::Time;
use cet_domain::change::versions::Version;

/// A version.
struct Row {
    number: i64,
    /// Where it can be read.
    href: String,
    /// The change that made it, if that was recorded.
    change: Option<String>,
    since: String,
    account: String,
    approver: String,
    accepted: String,
}

/// All versions of a text, and the one that is being read: its title, the text as HTML, its language.
#[derive(Template)]
#[template(path = "change/text_versions.html")]
pub(in crate::change) struct TextVersionsView<'a> {
    page: &'a Page,
    rows: Vec<Row>,
    /// Whether candidates accept it.
    counts: bool,
    open: Option<(String, String, &'static str)>,
}

impl<'a> TextVersionsView<'a> {
    /// The part of the page at `path`.
    pub(in crate::change) fn rendered(
        page: &'a Page,
        (path, lang): (&str, Lang),
        versions: &[Version],
        open: Option<&Version>,
    ) -> String {
        let row = |of: &Version| Row {
            number: of.number,
            href: format!("{path}?version={}#version", of.number),
            change: of.made_by.as_ref().map(|by| format!("/staff/changes/{}", by.id)),
            since: of.made_by.as_ref().and_then(|by| by.decided_at).map(Time::page).unwrap_or_default(),
            account: of.made_by.as_ref().map(|by| by.account.clone()).unwrap_or_default(),
            approver: of.made_by.as_ref().and_then(|by| by.approver.clone()).unwrap_or_default(),
            accepted: of.accepted.unwrap_or(0).to_string(),
        };
        let shown = |of: &Version| {
            let title = page.f("setting-version-title", &[("n", &of.number.to_string())]);
            (title, markdown::render(&of.body), lang.code())
        };
        let counts = versions.iter().any(|of| of.accepted.is_some());
        let view = Self { page, rows: versions.iter().map(row).collect(), counts, open: open.map(shown) };
        // A template without fallible parts; the page goes without the list otherwise.
        view.render().unwrap_or_default()
    }
}
