//! What the page of messages shows.

use askama::Template;

use crate::web::page::Page;
use cet_domain::message::words::{Composed, Href};

/// One message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MessageRow {
    /// Its number on the page, for its heading's id.
    pub place: usize,
    /// Its kind, for `data-message`.
    pub kind: &'static str,
    /// When it was told.
    pub at: String,
    /// What it is about.
    pub title: String,
    /// What it says.
    pub paragraphs: Vec<String>,
    /// Where it goes on.
    pub links: Vec<Href>,
}

impl MessageRow {
    /// A message as it reads in the page's language.
    #[must_use]
    pub fn new(place: usize, kind: &'static str, at: String, composed: Composed) -> Self {
        let Composed { title, paragraphs, links } = composed;
        Self { place, kind, at, title, paragraphs, links }
    }
}

/// `/account/messages` (A10).
#[derive(Template)]
#[template(path = "message/list.html")]
pub struct MessagesView {
    /// The frame.
    pub page: Page,
    /// The messages, the newest first.
    pub rows: Vec<MessageRow>,
    /// The address of the next page; empty on the last.
    pub older: String,
    /// Whether newer ones come before these.
    pub is_cut: bool,
    /// Whether optional mails are sent.
    pub optional_mails: bool,
}

impl MessagesView {
    /// The page titled.
    #[must_use]
    pub fn new(page: Page, rows: Vec<MessageRow>, older: String, optional_mails: bool) -> Self {
        Self {
            page: page.titled("message-title").described("message-about"),
            rows,
            older,
            is_cut: false,
            optional_mails,
        }
    }
}

/// A page with so many messages, for the tests of all views.
#[cfg(test)]
pub(crate) fn sample(page: Page, count: usize) -> String {
    let line = cet_domain::message::Line {
        entry: 1,
        zh: "英语四级笔试".into(),
        en: "CET 4 written".into(),
        campus: "测试校区机构001".into(),
        fee: 3000,
    };
    let facts = cet_domain::message::Facts::Reminder {
        lines: vec![line.clone(), line],
        until: 1_505_880_000_000_000,
    };
    let t = page.t;
    let row = |place| {
        let words = cet_domain::message::words::compose(&facts, None, t);
        MessageRow::new(place, "reminder", "2017-03-08 08:00".into(), words)
    };
    let rows: Vec<MessageRow> = (0..count).map(row).collect();
    let older = if count > 0 { "/account/messages?after=7" } else { "" };
    MessagesView::new(page, rows, older.into(), count > 0).render().unwrap_or_default()
}
