//! The pages for what went wrong outside a form: what happened, what is safe, what to do.

use askama::Template;

use super::page::{Link, Page};

/// The number that a person reads to support staff, and when it happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Incident {
    /// The number that also stands in the log, such as `3320330-0308-9F2C41`.
    pub number: String,
    /// `YYYY-MM-DD HH:MM:SS`, Asia/Shanghai.
    pub time: String,
}

/// One page for every error; the title is its h1.
#[derive(Template)]
#[template(path = "error/error.html")]
pub struct ErrorView {
    /// The frame.
    pub page: Page,
    /// The code of the refusal; `None` where interface.md has none (the protocol's own errors, faults).
    pub code: Option<&'static str>,
    /// What happened, in a sentence or two.
    pub text: String,
    /// Where to go on.
    pub ways: Vec<Link>,
    /// What to read to support staff, for a fault.
    pub incident: Option<Incident>,
}

impl ErrorView {
    fn new(page: Page, code: Option<&'static str>, title: &'static str, text: &'static str) -> Self {
        let text = page.m(text).to_owned();
        Self { page: page.titled(title), code, text, ways: Vec::new(), incident: None }
    }

    fn way(mut self, href: impl Into<String>, key: &'static str) -> Self {
        let text = self.page.m(key).to_owned();
        self.ways.push(Link { href: href.into(), text });
        self
    }

    fn home_ways(self) -> Self {
        if self.page.who.is_some() {
            self.way("/registration", "error-way-registration").way("/home", "error-way-home")
        } else {
            self.way("/", "error-way-portal").way("/login", "error-way-login")
        }
    }

    /// 404 `not-found`: the same page for what is not there and for what is not yours (T21).
    #[must_use]
    pub fn not_found(mut page: Page) -> Self {
        let staff = page.path.starts_with("/staff");
        // The language link stays on this address without naming it, so that two of these pages do not differ.
        page.path.clear();
        let view = Self::new(page, Some("not-found"), "error-not-found", "error-not-found-text");
        if staff { view.way("/staff", "error-way-staff") } else { view.home_ways() }
    }

    /// 403 `cross-site`.
    #[must_use]
    pub fn cross_site(page: Page) -> Self {
        Self::new(page, Some("cross-site"), "error-cross-site", "error-cross-site-text").home_ways()
    }

    /// 429 `too-many`; `wait` says how long in words, e.g. 3 分钟.
    #[must_use]
    pub fn too_many(page: Page, wait: &str) -> Self {
        let text = page.f("error-too-many-text", &[("wait", wait)]);
        Self { text, ..Self::new(page, Some("too-many"), "error-too-many", "error-too-many").home_ways() }
    }

    /// 503 `too-busy`; `wait` says how long in words.
    #[must_use]
    pub fn too_busy(page: Page, wait: &str) -> Self {
        let text = page.f("error-too-busy-text", &[("wait", wait)]);
        Self { text, ..Self::new(page, Some("too-busy"), "error-too-busy", "error-too-busy").home_ways() }
    }

    /// The protocol's own 400, 405, 413, 415 and 421, which carry no code.
    #[must_use]
    pub fn protocol(page: Page, status: u16) -> Self {
        let (title, text) = match status {
            405 => ("error-method", "error-method-text"),
            413 => ("error-too-large", "error-too-large-text"),
            415 => ("error-media", "error-media-text"),
            421 => ("error-host", "error-host-text"),
            _ => ("error-bad-request", "error-bad-request-text"),
        };
        Self::new(page, None, title, text).home_ways()
    }

    /// 409 for a form that was made for something else, where its own page can't be shown; the refusal says what.
    #[must_use]
    pub fn stale(page: Page) -> Self {
        let staff = page.path.starts_with("/staff");
        let view = Self::new(page, None, "error-stale", "error-stale-text");
        if staff { view.way("/staff", "error-way-staff") } else { view.home_ways() }
    }

    /// 500: it was not the reader, what is safe, and the number for support staff.
    #[must_use]
    pub fn fault(page: Page, incident: Incident) -> Self {
        let again = page.path.clone();
        let view = Self::new(page, None, "error-fault", "error-fault-text").way(again, "error-way-again");
        Self { incident: Some(incident), ..view.home_ways() }
    }

    fn support_line(&self) -> String {
        self.page.f("error-support", &[("telephone", &self.page.site.telephone)])
    }
}
