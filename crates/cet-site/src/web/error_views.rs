//! Pages for errors outside a form: what happened, what is safe, what to do.

use askama::Template;

use super::answer::with_next;
use super::page::{Link, Page};

/// The number that a person reads to support staff, and when it happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Incident {
    /// The number that is also in the log, such as `3320330-0308-9F2C41`.
    pub number: String,
    /// By the site's clock, which a rehearsal may have moved: `YYYY-MM-DD HH:MM:SS`, Asia/Shanghai.
    pub time: String,
}

/// The page of every error; its title is the h1.
#[derive(Template)]
#[template(path = "error/error.html")]
pub struct ErrorView {
    /// The page frame.
    pub page: Page,
    /// The code of the refusal; `None` for errors without one (protocol errors, internal errors).
    pub code: Option<&'static str>,
    /// What happened, in a sentence or two.
    pub text: String,
    /// Links to where to go next.
    pub ways: Vec<Link>,
    /// What to read to support staff; only for internal errors.
    pub incident: Option<Incident>,
}

/// A candidate is told of the own entries, staff of what they work with.
fn for_reader(page: &Page, candidate: &'static str, staff: &'static str) -> &'static str {
    if page.path.starts_with("/staff") { staff } else { candidate }
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

    /// Where to go on. The page of an error knows no session: `/registration` leads to the log-in whoever has none.
    fn home_ways(self) -> Self {
        if self.page.path.starts_with("/staff") {
            self.way("/staff", "error-way-staff")
        } else if self.page.who.is_some() {
            self.way("/registration", "error-way-registration").way("/home", "error-way-home")
        } else {
            self.way("/registration", "error-way-registration").way("/", "error-way-portal")
        }
    }

    /// 404 `not-found`: the same page for what does not exist and for what belongs to someone else (TH21).
    #[must_use]
    pub fn not_found(mut page: Page) -> Self {
        let staff = page.path.starts_with("/staff");
        // The language link stays on this path without naming it, so that two of these pages do not differ.
        page.path.clear();
        let view = Self::new(page, Some("not-found"), "error-not-found", "error-not-found-text");
        if staff { view.way("/staff", "error-way-staff") } else { view.home_ways() }
    }

    /// 403 `cross-site`. What the request held is not kept: a form that another site has filled in must not be one click from
    /// being sent by its reader. The own, empty form is linked.
    #[must_use]
    pub fn cross_site(page: Page) -> Self {
        let form = page_with_form(&page.path);
        let view = Self::new(page, Some("cross-site"), "error-cross-site", "error-cross-site-text");
        match form {
            "/home" | "/registration" | "/staff" => view.home_ways(),
            form => view.way(form, "error-way-form").home_ways(),
        }
    }

    /// 429 `too-many`; `wait` is how long in words, e.g. 3 分钟.
    #[must_use]
    pub fn too_many(page: Page, wait: &str) -> Self {
        let key = for_reader(&page, "error-too-many-text", "error-too-many-staff-text");
        let text = page.f(key, &[("wait", wait)]);
        let title = for_reader(&page, "error-too-many", "error-too-many-staff");
        Self { text, ..Self::new(page, Some("too-many"), title, title).home_ways() }
    }

    /// 503 `too-busy`; `wait` is how long in words.
    #[must_use]
    pub fn too_busy(page: Page, wait: &str) -> Self {
        let key = for_reader(&page, "error-too-busy-text", "error-too-busy-staff-text");
        let text = page.f(key, &[("wait", wait)]);
        Self { text, ..Self::new(page, Some("too-busy"), "error-too-busy", "error-too-busy").home_ways() }
    }

    /// 503 `waiting`: a form of somebody whose turn has not come; `back` is the form's page.
    #[must_use]
    pub fn waiting(page: Page, back: &str) -> Self {
        let queue = with_next("/waiting", back);
        Self::new(page, Some("waiting"), "waiting-refused-title", "waiting-refused-text")
            .way(queue, "waiting-refused-way")
    }

    /// 503 `too-busy` while the database is unreachable: nothing could begin, so nothing was saved.
    #[must_use]
    pub fn outage(page: Page, wait: &str) -> Self {
        let key = for_reader(&page, "error-outage-text", "error-outage-staff-text");
        let text = page.f(key, &[("wait", wait)]);
        Self { text, ..Self::new(page, Some("too-busy"), "error-outage", "error-outage").home_ways() }
    }

    /// Protocol errors 400, 405, 413, 415 and 421, which have no code.
    #[must_use]
    pub fn protocol(page: Page, status: u16) -> Self {
        let (title, text) = match status {
            405 => ("error-method", "error-method-text"),
            413 => {
                ("error-too-large", for_reader(&page, "error-too-large-text", "error-too-large-staff-text"))
            }
            415 => ("error-media", "error-media-text"),
            421 => ("error-host", "error-host-text"),
            _ => ("error-bad-request", "error-bad-request-text"),
        };
        Self::new(page, None, title, text).home_ways()
    }

    /// 409 for a form that was made for something else, if its own page can't be shown; the refusal says what changed.
    #[must_use]
    pub fn stale(page: Page) -> Self {
        let staff = page.path.starts_with("/staff");
        let view = Self::new(page, None, "error-stale", "error-stale-text");
        if staff { view.way("/staff", "error-way-staff") } else { view.home_ways() }
    }

    /// 500: it was not the reader's mistake, what is safe, and the number for support staff. Whether something was
    /// saved before the error is unknown, so the page only says where to look.
    #[must_use]
    pub fn fault(page: Page, incident: Incident) -> Self {
        let again = page.path.clone();
        let text = for_reader(&page, "error-fault-text", "error-fault-staff-text");
        let view = Self::new(page, None, "error-fault", text).way(again, "error-way-again");
        Self { incident: Some(incident), ..view.home_ways() }
    }

    fn support_line(&self) -> String {
        self.page.f("error-support", &[("telephone", &self.page.site.telephone)])
    }
}

/// 503 without a code: the response to COMMIT was lost. Links to where to look, and to where to submit again, which is
/// idempotent.
#[derive(Template)]
#[template(path = "error/unknown.html")]
pub struct UnknownView {
    /// The page frame.
    pub page: Page,
    /// What happened, in a sentence or two.
    pub text: String,
    /// Where to look, then where to submit again.
    pub ways: Vec<Link>,
}

impl UnknownView {
    /// Creates the page for a form that was sent to the page's path.
    #[must_use]
    pub fn new(page: Page) -> Self {
        let (staff, form) = (page.path.starts_with("/staff"), page_with_form(&page.path));
        let (text, look, words) = if staff {
            ("error-unknown-staff-text", "/staff", "error-way-staff")
        } else {
            ("error-unknown-text", "/registration", "error-way-registration")
        };
        let text = page.m(text).to_owned();
        let mut ways = vec![(look, words)];
        if form != look {
            ways.push((form, "error-way-repeat"));
        }
        let link =
            |(href, key): (&str, &'static str)| Link { href: href.into(), text: page.m(key).to_owned() };
        let ways = ways.into_iter().map(link).collect();
        Self { page: page.titled("error-unknown"), text, ways }
    }
}

/// Pages with candidates' forms; a form's path is a page's own or lies below one.
const PAGES: [&str; 21] = [
    "/account/closing",
    "/account/consents",
    "/account/messages",
    "/account/password",
    "/account/profile",
    "/account/sessions",
    "/agreement",
    "/dispute",
    "/login",
    "/payment",
    "/qualification/record",
    "/qualification",
    "/record-report",
    "/recover",
    "/register",
    "/registration/oral",
    "/registration/waiting-list",
    "/registration/written",
    "/registration",
    "/retrieve",
    "/review",
];

/// The page whose form was sent to `path`, close enough to find the form again.
fn page_with_form(path: &str) -> &'static str {
    let below =
        |page: &&&str| path.strip_prefix(**page).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    match PAGES.iter().find(below) {
        Some(page) => page,
        None if path.starts_with("/staff") => "/staff",
        None if path.starts_with("/account") => "/account",
        None => "/home",
    }
}

#[cfg(test)]
#[path = "error_views_tests.rs"]
mod tests;
