//! What a form's page shows after a submission: refusals, typed values, the captcha and the options of a select.

use std::borrow::Cow;

use super::{Link, Page};
use cet_base::texts::Texts;

/// One refusal of a submission: the page shows it with its code, and again next to the field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// One of the codes of [`cet_base::refusal::TABLE`].
    pub code: &'static str,
    /// The form field that it concerns, if there is one.
    pub field: Option<Cow<'static, str>>,
    /// What to do, in the page's language.
    pub text: String,
    /// Where to go next, if another page helps.
    pub link: Option<Link>,
    /// A second link, if there are two options.
    pub other: Option<Link>,
    /// For how many seconds a retry must fail, if that is known; for `Retry-After`.
    pub after: Option<u64>,
}

impl Refused {
    /// The refusal `code` with the catalogue's general text (`refusal-<code>`).
    #[must_use]
    pub fn new(t: &'static Texts, code: &'static str) -> Self {
        let text = t.find(&format!("refusal-{code}")).unwrap_or(code).to_owned();
        Self { code, field: None, text, link: None, other: None, after: None }
    }

    /// Sets the form field.
    #[must_use]
    pub fn at(mut self, field: impl Into<Cow<'static, str>>) -> Self {
        self.field = Some(field.into());
        self
    }

    /// Sets a more specific text.
    #[must_use]
    pub fn saying(mut self, text: impl Into<String>) -> Self {
        self.text = text.into();
        self
    }

    /// Adds a link.
    #[must_use]
    pub fn linked(mut self, href: impl Into<String>, text: impl Into<String>) -> Self {
        self.link = Some(Link { href: href.into(), text: text.into() });
        self
    }

    /// Adds a second link.
    #[must_use]
    pub fn or(mut self, href: impl Into<String>, text: impl Into<String>) -> Self {
        self.other = Some(Link { href: href.into(), text: text.into() });
        self
    }

    /// Sets for how many seconds a retry must fail; 0: that is not known.
    #[must_use]
    pub fn after(mut self, seconds: u64) -> Self {
        self.after = (seconds > 0).then_some(seconds);
        self
    }

    /// The value of `data-field`, which `field-invalid` always has and nothing else: `form` where no single field is wrong.
    #[must_use]
    pub fn data_field(&self) -> Option<&str> {
        (self.code == "field-invalid").then(|| self.field.as_deref().unwrap_or("form"))
    }
}

/// A module's refusal that can be shown on a page.
pub trait OnPage {
    /// The refusal with its code, its field, and a link.
    fn on(self, page: &Page) -> Refused;
}

/// The typed values of a form, to fill it again; passwords are never kept.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Typed(Vec<(Cow<'static, str>, String)>);

impl Typed {
    /// Keeps one value, unless its field is a password, a captcha answer or a proof.
    #[must_use]
    pub fn with(mut self, field: impl Into<Cow<'static, str>>, value: impl Into<String>) -> Self {
        let field = field.into();
        if !field.contains("password") && !field.starts_with("captcha") {
            self.0.push((field, value.into()));
        }
        self
    }

    /// The first value of `field`, or the empty string.
    #[must_use]
    pub fn get(&self, field: &str) -> &str {
        self.0.iter().find(|(name, _)| *name == field).map_or("", |(_, value)| value)
    }

    /// All values of `field`.
    pub fn all(&self, field: &str) -> impl Iterator<Item = &str> {
        self.0.iter().filter(move |(name, _)| *name == field).map(|(_, value)| value.as_str())
    }

    /// Whether `field` was sent with `value` (for repeated fields, options and checkboxes).
    #[must_use]
    pub fn has(&self, field: &str, value: &str) -> bool {
        self.0.iter().any(|(name, held)| *name == field && held == value)
    }
}

/// The captcha of a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Captcha {
    /// Disabled in the configuration: the form shows none.
    Off,
    /// An image at `/captcha/{id}`.
    Picture {
        /// The id of the challenge.
        id: String,
        /// How many zero bits a proof of work has.
        bits: u32,
    },
    /// A text question.
    Question {
        /// The id of the challenge.
        id: String,
        /// How many zero bits a proof of work has.
        bits: u32,
        /// The question in the page's language.
        text: String,
    },
}

/// One option of a select.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// The submitted value.
    pub value: String,
    /// The text of the option.
    pub text: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_typed_password_or_captcha_is_never_kept() {
        let typed = Typed::default()
            .with("email", "a@b.cn")
            .with("password", "x")
            .with("password_again", "x")
            .with("current_password", "x")
            .with("captcha", "1234");
        assert!(typed == Typed::default().with("email", "a@b.cn"));
    }

    #[test]
    fn only_an_invalid_field_names_its_field() {
        let t = cet_base::texts::texts(cet_base::texts::Lang::Zh);
        assert_eq!(Refused::new(t, "captcha").at("captcha").data_field(), None);
        assert_eq!(Refused::new(t, "field-invalid").at("phone").data_field(), Some("phone"));
        assert_eq!(Refused::new(t, "field-invalid").data_field(), Some("form"));
    }
}
