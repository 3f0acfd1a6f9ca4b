//! The page of every room that is about the current sitting while there is none: between two seasons, and before the first
//! sitting is published.

use std::fmt;

use askama::Template;

use super::page::{Link, Page, Who};
use cet_base::texts::Texts;

/// Who asked for such a room, and what there was before.
#[derive(Clone)]
pub struct NoSitting {
    /// The signed-in person.
    pub who: Who,
    /// The name of the sitting that was closed last.
    pub last: Option<String>,
}

impl fmt::Debug for NoSitting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NoSitting").field("last", &self.last).finish_non_exhaustive()
    }
}

impl NoSitting {
    /// The refusal of a form: registration is over, or has never begun.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        if self.last.is_some() { "window-closed" } else { "window-not-open" }
    }

    /// What is so, in a sentence.
    #[must_use]
    pub fn text(&self, t: &'static Texts) -> String {
        match &self.last {
            Some(sitting) => t.f("error-no-sitting-past", &[("sitting", sitting)]),
            None => t.m("error-no-sitting-text").to_owned(),
        }
    }
}

/// What is so, and where one's own past registration and payments are.
#[derive(Template)]
#[template(path = "error/no_sitting.html")]
pub struct NoSittingView {
    /// The page frame.
    pub page: Page,
    /// The code of the refusal of a form; whoever only opens a page has done nothing wrong.
    pub code: Option<&'static str>,
    /// What is so.
    pub text: String,
    /// The filled button.
    pub main: Link,
    /// Where else to go.
    pub ways: Vec<Link>,
}

impl NoSittingView {
    /// The page for somebody who opened a room, or who sent its form.
    #[must_use]
    pub fn new(page: Page, of: &NoSitting, reads: bool) -> Self {
        let page =
            page.seen_by(of.who.clone()).titled("error-no-sitting").described("error-no-sitting-about");
        let link =
            |href: &str, key: &'static str| Link { href: href.to_owned(), text: page.m(key).to_owned() };
        let portal = link("/", "error-way-portal");
        let home = link("/home", "error-way-home");
        let money =
            [link("/account/payments", "payment-history-title"), link("/account/messages", "message-title")];
        let (main, ways) = match &of.last {
            Some(_) => {
                (link("/registration", "error-way-registration"), [&money[..], &[portal, home]].concat())
            }
            None => (portal, [&[home], &money[..]].concat()),
        };
        Self { code: (!reads).then(|| of.code()), text: of.text(page.t), main, ways, page }
    }
}
