//! Views of the public site; all texts are already formatted.

use askama::Template;

use crate::situation::Lead;
use crate::web::page::{Link, Notice, Page};

/// One row of a sitting's table of exams.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ExamRow {
    /// The exam, e.g. 四级笔试.
    pub exam: String,
    /// The date, e.g. 2017-06-17 周六.
    pub date: String,
    /// The part of the day or the hours, e.g. 上午.
    pub session: String,
    /// The subjects in words.
    pub subjects: String,
}

/// The dates of one sitting (P2).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SittingDates {
    /// The sitting's name, e.g. 2017年上半年.
    pub name: String,
    /// The registration period, e.g. 3月8日 – 3月31日.
    pub registration: String,
    /// The dates of the written tests, e.g. 6月17日.
    pub written: String,
    /// The dates of the oral tests, e.g. 5月20日、21日.
    pub oral: String,
    /// From when tickets can be printed, e.g. 2017-06-01; empty if not set.
    pub printing: String,
    /// The exams by date.
    pub exams: Vec<ExamRow>,
}

/// One item of CET考试最新动态.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct News {
    /// Link to the item, with its title.
    pub link: Link,
    /// Its date, `YYYY-MM-DD`.
    pub date: String,
}

/// The filled button of the front page, by phase (P5).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MainLink {
    /// 进入报名.
    Enter,
    /// 注册新用户.
    Register,
    /// 打印准考证: on the home page after login.
    Ticket,
    /// 查看报名信息.
    Information,
}

impl MainLink {
    /// Its URL, the key of its text, and its icon.
    const fn parts(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Enter => ("/login", "portal-enter", "next"),
            Self::Register => ("/register", "portal-register", "next"),
            Self::Ticket => ("/home", "portal-ticket", "print"),
            Self::Information => ("/registration", "portal-information", "next"),
        }
    }
}

/// The leading line of the front page (P5).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PhaseLead {
    /// The phase's name, the value of `data-phase`.
    pub phase: &'static str,
    /// What can be done now, with the next important date.
    pub text: String,
    /// The filled button.
    pub way: MainLink,
}

/// The filled button of the front page.
struct WayView {
    href: &'static str,
    text: &'static str,
    icon: &'static str,
}

/// `/` (P1, P5).
#[derive(Template)]
#[template(path = "portal/home.html")]
pub struct PortalView {
    /// The frame, with the navigation.
    pub page: Page,
    /// The leading line, if there is a sitting.
    pub lead: Option<PhaseLead>,
    /// The sittings to show, current one first; may be empty.
    pub sittings: Vec<SittingDates>,
    /// The news, newest first; may be empty.
    pub news: Vec<News>,
    /// Where the reader stands, if signed in (R18).
    pub standing: Option<Lead>,
    /// What is worth saying to the reader besides.
    pub notes: Vec<Notice>,
}

impl PortalView {
    /// Creates the view, with title and navigation.
    #[must_use]
    pub fn new(page: Page, lead: Option<PhaseLead>, sittings: Vec<SittingDates>, news: Vec<News>) -> Self {
        let page = page.titled("portal-nav-home").described("portal-about-home").with_nav();
        Self { page, lead, sittings, news, standing: None, notes: Vec::new() }
    }

    fn main_way(&self) -> MainLink {
        self.lead.as_ref().map_or(MainLink::Enter, |lead| lead.way)
    }

    /// The first button. Whoever is signed in goes on where they are.
    fn first(&self) -> WayView {
        let (href, key, icon) = match (self.main_way(), &self.standing) {
            (MainLink::Enter | MainLink::Register, Some(_)) => ("/home", "portal-mine", "next"),
            (way, _) => way.parts(),
        };
        WayView { href, text: self.page.m(key), icon }
    }

    /// URL and text of the other buttons; those of P1 are shown to everybody who is not signed in.
    fn others(&self) -> Vec<(&'static str, &'static str)> {
        let first = self.first().href;
        let is_done = |href: &str| self.standing.is_some() && matches!(href, "/login" | "/register");
        let all = [
            ("/login", "portal-enter"),
            ("/register", "portal-register"),
            ("/retrieve", "portal-retrieve"),
            ("/faq", "portal-nav-faq"),
            ("/schedule", "portal-nav-schedule"),
        ];
        all.into_iter()
            .filter(|&(href, _)| href != first && !is_done(href))
            .map(|(href, key)| (href, self.page.m(key)))
            .collect()
    }

    /// The six steps of the process overview: name and description.
    fn strip(&self) -> [(&'static str, &'static str); 6] {
        [
            ("layout-step-register", "portal-strip-register"),
            ("layout-step-login", "portal-strip-login"),
            ("layout-step-qualification", "portal-strip-qualification"),
            ("layout-step-written", "portal-strip-written"),
            ("layout-step-oral", "portal-strip-oral"),
            ("layout-step-done", "portal-strip-done"),
        ]
        .map(|(name, what)| (self.page.m(name), self.page.m(what)))
    }
}

/// `/about` `/guide` `/schedule` `/process` `/faq` `/tips` (P1, P2).
#[derive(Template)]
#[template(path = "portal/text.html")]
pub struct TextView {
    /// The frame, with the navigation.
    pub page: Page,
    /// The text as sanitised HTML, without an h1.
    pub body: String,
    /// The sittings whose dates are shown above the text; empty except for `/schedule`.
    pub sittings: Vec<SittingDates>,
}

impl TextView {
    /// Creates the view, titled as in the navigation.
    #[must_use]
    pub fn new(page: Page, body: String, sittings: Vec<SittingDates>) -> Self {
        let title = page.nav_items().into_iter().find(|item| item.current).map_or("", |item| item.text);
        let about = match page.path.as_str() {
            "/guide" => "portal-about-guide",
            "/schedule" => "portal-about-schedule",
            "/process" => "portal-about-process",
            "/faq" => "portal-about-faq",
            "/tips" => "portal-about-tips",
            _ => "portal-about-about",
        };
        let page = Page { title: title.to_owned(), ..page.described(about).with_nav() };
        Self { page, body, sittings }
    }
}

/// `/news/{id}` (P5).
#[derive(Template)]
#[template(path = "portal/news.html")]
pub struct NewsView {
    /// The frame, with the navigation and the title.
    pub page: Page,
    /// When it appeared, `YYYY-MM-DD`.
    pub date: String,
    /// The text as sanitised HTML, without an h1.
    pub body: String,
    /// Whether it is Chinese on an English page.
    pub chinese: bool,
}
