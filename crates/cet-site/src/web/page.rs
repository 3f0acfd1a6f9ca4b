//! What every page has besides its own content: texts, the signed-in person, messages, refusals, typed values.

use std::sync::Arc;

use super::{assets, dated};
use cet_base::texts::{Lang, Texts};
use cet_domain::passport::rules as passport_rules;
use cet_domain::staff::rules as staff_rules;

mod form;

pub use form::{Captcha, Choice, OnPage, Refused, Typed};

/// The operator's data about this site and node, from the configuration.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Site {
    /// The service telephone, e.g. `010-62987880`.
    pub telephone: String,
    /// The ICP number in the footer; empty if there is none.
    pub icp: String,
    /// The short name of the serving node, which support staff ask for.
    pub node_mark: String,
}

/// The signed-in person, for the bar at the top.
#[derive(Clone, PartialEq, Eq)]
pub struct Who {
    /// The bound student's name; until binding the page shows 未设置.
    pub name: Option<String>,
    /// The sitting's name, e.g. 2017年下半年CET考试.
    pub sitting: String,
}

/// A link with its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// The target; a path of this site.
    pub href: String,
    /// The text of the link, which says where it goes.
    pub text: String,
}

/// The severity of a notice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// Information.
    Info,
    /// Success.
    Ok,
    /// Warning.
    Warn,
}

impl Tone {
    /// The CSS class next to `note`.
    #[must_use]
    pub const fn class(self) -> &'static str {
        match self {
            Self::Info => "",
            Self::Ok => " ok",
            Self::Warn => " warn",
        }
    }

    /// The icon's name in the sprite.
    #[must_use]
    pub const fn icon(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Ok => "check",
            Self::Warn => "alert",
        }
    }
}

/// One message on the page; at most two per page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// How it looks.
    pub tone: Tone,
    /// The message in a few words.
    pub title: String,
    /// What follows from it; may be empty.
    pub text: String,
    /// Where to go next, if anywhere.
    pub link: Option<Link>,
}

impl Notice {
    /// A notice of a title and a text, without a link.
    #[must_use]
    pub fn new(tone: Tone, title: impl Into<String>, text: impl Into<String>) -> Self {
        Self { tone, title: title.into(), text: text.into(), link: None }
    }

    /// The same notice with a link.
    #[must_use]
    pub fn linked(mut self, href: impl Into<String>, text: impl Into<String>) -> Self {
        self.link = Some(Link { href: href.into(), text: text.into() });
        self
    }
}

/// Most messages above the content.
pub const MOST_NOTICES: usize = 2;

/// What `layout.html` and the parts need; every view holds one as `page`.
#[derive(Clone)]
pub struct Page {
    /// The texts in the page's language.
    pub t: &'static Texts,
    /// The page's own title, without the site's name.
    pub title: String,
    /// What the page is for, for search engines and browsers; may be empty.
    pub description: &'static str,
    /// The signed-in person; `None` on public pages.
    pub who: Option<Who>,
    /// Which of the six steps this is (1 to 6); 7 marks all six as done.
    pub step: Option<u8>,
    /// Whether the portal's navigation is shown.
    pub nav: bool,
    /// The operator's data about this site.
    pub site: Arc<Site>,
    /// Whether the banner of a rehearsal is shown.
    pub rehearsal: bool,
    /// The path of this page, without its query: the target of forms.
    pub path: String,
    /// What the language link keeps of the query; nothing on a page that is kept for everybody.
    pub query: String,
    /// Messages above the content.
    pub notices: Vec<Notice>,
    /// Why the submission is refused.
    pub refusals: Vec<Refused>,
    /// What was typed.
    pub typed: Typed,
    /// Name and value of the hidden fields that say for whom, and from which values, this page's forms were made (R19).
    pub marks: Vec<(&'static str, String)>,
}

impl Page {
    /// A page in the language of `t` at `path`, without messages.
    #[must_use]
    pub fn new(t: &'static Texts, site: Arc<Site>, path: impl Into<String>) -> Self {
        let path = path.into();
        // A link to `//host` would leave the site.
        let own = path.starts_with('/') && !path.starts_with("//") && !path.contains('\\');
        let path = if own { path } else { "/".to_owned() };
        Self {
            t,
            title: String::new(),
            description: "",
            who: None,
            step: None,
            nav: false,
            site,
            rehearsal: false,
            path,
            query: String::new(),
            notices: Vec::new(),
            refusals: Vec::new(),
            typed: Typed::default(),
            marks: Vec::new(),
        }
    }

    /// Adds a mark to the page's forms.
    #[must_use]
    pub fn marked(mut self, name: &'static str, value: String) -> Self {
        self.marks.push((name, value));
        self
    }

    /// The value of one of the marks.
    #[must_use]
    pub fn mark(&self, name: &str) -> Option<&str> {
        self.marks.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_str())
    }

    /// Sets the signed-in person.
    #[must_use]
    pub fn seen_by(mut self, who: Who) -> Self {
        self.who = Some(who);
        self
    }

    /// Shows the portal's navigation.
    #[must_use]
    pub fn with_nav(mut self) -> Self {
        self.nav = true;
        // The portal's pages are cached by their path.
        self.query.clear();
        self
    }

    /// Has the language link keep this query, so that a list stays filtered.
    #[must_use]
    pub fn asked(mut self, query: &str) -> Self {
        const LONGEST: usize = 1000;
        if query.len() <= LONGEST {
            let mut kept = form_urlencoded::Serializer::new(String::new());
            kept.extend_pairs(form_urlencoded::parse(query.as_bytes()).filter(|(name, _)| name != "lang"));
            self.query = kept.finish();
        }
        self
    }

    /// The address of this page in the other language.
    #[must_use]
    pub fn other_language(&self) -> String {
        let and = if self.query.is_empty() { "" } else { "&" };
        format!("{}?{}{and}lang={}", self.path, self.query, self.t.lang().other().code())
    }

    /// Adds a message above the content.
    #[must_use]
    pub fn noting(mut self, notice: Notice) -> Self {
        self.notices.push(notice);
        self
    }

    /// As many of these notes as the page has room for after its messages: it holds at most two (R18).
    #[must_use]
    pub fn that_fit(&self, mut notes: Vec<Notice>) -> Vec<Notice> {
        notes.truncate(MOST_NOTICES.saturating_sub(self.notices.len()));
        notes
    }

    /// The page that comes back for a refused request: why, besides what is said already, and what was typed.
    #[must_use]
    pub fn refusing(mut self, refusals: Vec<Refused>, typed: Typed) -> Self {
        self.refusals.extend(refusals);
        self.typed = typed;
        self
    }

    /// Sets the title to the text with this `key`.
    #[must_use]
    pub fn titled(mut self, key: &'static str) -> Self {
        self.title = self.t.m(key).to_owned();
        self
    }

    /// Says by the message `key` what the page is for.
    #[must_use]
    pub fn described(mut self, key: &'static str) -> Self {
        self.description = self.t.m(key);
        self
    }

    /// Shows the step bar at `step` (1 to 6; 7 = all done).
    #[must_use]
    pub fn at_step(mut self, step: u8) -> Self {
        self.step = Some(step);
        self
    }

    /// Short for `page.t.m(key)`.
    #[must_use]
    pub fn m(&self, key: &'static str) -> &'static str {
        self.t.m(key)
    }

    /// Short for `page.t.f(key, args)`.
    #[must_use]
    pub fn f(&self, key: &str, args: &[(&str, &str)]) -> String {
        self.t.f(key, args)
    }

    /// The language of the page.
    #[must_use]
    pub const fn lang(&self) -> Lang {
        self.t.lang()
    }

    /// The language of a name or a text that somebody wrote, as the value of `lang`: a subject has a name in each
    /// language, a campus in one only. What is neither, such as a number, is read as the page is.
    #[must_use]
    pub fn lang_of(&self, text: &str) -> &'static str {
        let is_word = || text.as_bytes().windows(2).any(|two| two.iter().all(u8::is_ascii_alphabetic));
        let lang = match self.lang() {
            _ if text.chars().any(dated::is_chinese) => Lang::Zh,
            Lang::Zh if !is_word() => Lang::Zh,
            Lang::Zh | Lang::En => Lang::En,
        };
        lang.html()
    }

    /// A text as HTML in which Chinese is marked on an English page, and no date breaks.
    #[must_use]
    pub fn words(&self, text: &str) -> String {
        dated::html(self.lang(), text)
    }

    /// Of the field of a new password: how many characters it has at least, and what is said beside it as it is typed: too
    /// short, easy to guess at sight, or long enough, which promises nothing.
    #[must_use]
    pub fn password_words(&self, name: &str, autocomplete: &str) -> Option<(usize, String)> {
        if (name, autocomplete) != ("password", "new-password") {
            return None;
        }
        let of_staff = self.path.starts_with("/staff");
        let least = if of_staff { staff_rules::SHORTEST_PASSWORD } else { passport_rules::SHORTEST_PASSWORD };
        let short = self.f("layout-password-short", &[("n", &least.to_string())]);
        let words = [short.as_str(), self.m("layout-password-plain"), self.m("layout-password-fine")];
        Some((least, words.join("|")))
    }

    /// The path of an embedded asset.
    #[must_use]
    pub fn asset(&self, name: &str) -> &'static str {
        assets::asset(name)
    }

    /// The refusals to show next to `field`.
    pub fn refused_at<'a>(&'a self, field: &'a str) -> impl Iterator<Item = &'a Refused> + 'a {
        self.refusals.iter().filter(move |refused| refused.field.as_deref() == Some(field))
    }

    /// Whether `field` is refused.
    #[must_use]
    pub fn is_bad(&self, field: &str) -> bool {
        self.refusals.iter().any(|refused| refused.field.as_deref() == Some(field))
    }

    /// The six steps with their states, for the step bar.
    #[must_use]
    pub fn steps(&self) -> Vec<StepView> {
        let now = self.step.unwrap_or(0);
        let names = [
            "layout-step-register",
            "layout-step-login",
            "layout-step-qualification",
            "layout-step-written",
            "layout-step-oral",
            "layout-step-done",
        ];
        (1..)
            .zip(names)
            .map(|(n, key)| StepView { name: self.t.m(key), done: n < now, current: n == now })
            .collect()
    }

    /// The portal's navigation, with the current page highlighted.
    #[must_use]
    pub fn nav_items(&self) -> Vec<NavItem> {
        [
            ("/", "portal-nav-home"),
            ("/about", "portal-nav-about"),
            ("/guide", "portal-nav-guide"),
            ("/schedule", "portal-nav-schedule"),
            ("/process", "portal-nav-process"),
            ("/faq", "portal-nav-faq"),
            ("/tips", "portal-nav-tips"),
        ]
        .map(|(href, key)| NavItem { href, text: self.t.m(key), current: self.path == href })
        .to_vec()
    }

    /// The line above the step bar on phones, such as 第 4 步，共 6 步：, and the step's name.
    #[must_use]
    pub fn step_line(&self) -> (String, &'static str) {
        let n = self.step.unwrap_or(6).clamp(1, 6);
        let name = self.steps().get(usize::from(n).saturating_sub(1)).map_or("", |step| step.name);
        (self.t.f("layout-step-of", &[("n", &n.to_string())]), name)
    }

    /// The line above the error summary, with the number of refusals.
    #[must_use]
    pub fn errors_line(&self) -> String {
        self.t.f("layout-errors", &[("n", &self.refusals.len().to_string())])
    }
}

/// One link of the portal's navigation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NavItem {
    /// Where it leads.
    pub href: &'static str,
    /// The page's name.
    pub text: &'static str,
    /// Whether this is the current page.
    pub current: bool,
}

/// One bar of the step bar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepView {
    /// The step's name.
    pub name: &'static str,
    /// Whether this step is done.
    pub done: bool,
    /// Whether this is the current step.
    pub current: bool,
}

#[cfg(test)]
mod tests;
