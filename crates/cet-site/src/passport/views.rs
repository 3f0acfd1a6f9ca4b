//! Views of the passport pages; all texts are already formatted.

pub mod sessions;

use askama::Template;

use crate::web::page::{Captcha, Choice, Notice, Page, Refused, Tone, Typed};
use cet_base::texts::Texts;
use cet_base::words::email::Email;
use cet_domain::passport::NOTICE_VERSION;
use cet_domain::passport::verbs::retrieve::Retrieved;

/// The document types that a form offers: submitted value and text key.
const DOCUMENT_KINDS: [(&str, &str); 6] = [
    ("resident-id", "passport-kind-resident-id"),
    ("taiwan-permit", "passport-kind-taiwan-permit"),
    ("hkmacau-permit", "passport-kind-hkmacau-permit"),
    ("passport", "passport-kind-passport"),
    ("hongkong-id", "passport-kind-hongkong-id"),
    ("macau-id", "passport-kind-macau-id"),
];

/// The options of 证件类型, in the manual's order.
#[must_use]
pub fn document_kinds(t: &'static Texts) -> Vec<Choice> {
    DOCUMENT_KINDS.map(|(value, key)| Choice { value: value.to_owned(), text: t.m(key).to_owned() }).to_vec()
}

/// The name of a document type, or the empty string for an unknown value.
#[must_use]
pub fn document_kind_name(t: &'static Texts, value: &str) -> &'static str {
    DOCUMENT_KINDS.iter().find(|(known, _)| *known == value).map_or("", |(_, key)| t.m(key))
}

/// `/register` (A1).
#[derive(Template)]
#[template(path = "passport/register.html")]
pub struct RegisterView {
    /// The page frame; step 1.
    pub page: Page,
    /// The captcha of the form.
    pub captcha: Captcha,
    /// The options of 证件类型.
    pub kinds: Vec<Choice>,
    /// Whether the document number has a wrong check digit; this is a hint, not a refusal.
    pub check_digit_hint: bool,
}

impl RegisterView {
    /// The page titled and stepped, with the options in its language.
    #[must_use]
    pub fn new(page: Page, captcha: Captcha, check_digit_hint: bool) -> Self {
        let kinds = document_kinds(page.t);
        Self {
            page: page.titled("passport-register-title").described("passport-register-about").at_step(1),
            captcha,
            kinds,
            check_digit_hint,
        }
    }

    /// The optional part is open if something in it was typed or is refused.
    fn profile_open(&self) -> bool {
        ["phone", "document_kind", "document_number", "name"]
            .iter()
            .any(|field| !self.page.typed.get(field).is_empty() || self.page.is_bad(field))
    }

    fn notice_line(&self) -> String {
        self.page.f("passport-notice-agreed", &[("version", &NOTICE_VERSION.to_string())])
    }

    fn number_hint(&self) -> &'static str {
        if self.check_digit_hint { self.page.m("passport-check-digit-hint") } else { "" }
    }

    /// The address that was probably meant (W4), else the purpose of the field.
    fn email_hint(&self) -> String {
        let typed = Email::parse(self.page.typed.get("email")).ok();
        match typed.and_then(|email| email.suggestion()) {
            Some(meant) => self.page.f("passport-email-typo", &[("email", &meant.address())]),
            None => self.page.m("passport-email-hint").to_owned(),
        }
    }
}

/// `/login` (A2).
#[derive(Template)]
#[template(path = "passport/login.html")]
pub struct LoginView {
    /// The page frame; step 2.
    pub page: Page,
    /// The captcha of the form.
    pub captcha: Captcha,
    /// Where to go after logging in: a path of this site, or empty for `/home`.
    pub next: String,
}

impl LoginView {
    /// Creates the view and sets the page's title and step.
    #[must_use]
    pub fn new(page: Page, captcha: Captcha, next: String) -> Self {
        let mut page = page.titled("passport-login-title").described("passport-login-about").at_step(2);
        if page.who.is_some() && page.refusals.is_empty() {
            let text = (page.m("passport-signed-in"), page.m("passport-signed-in-text"));
            let notice =
                Notice::new(Tone::Info, text.0, text.1).linked("/home", page.m("passport-signed-in-go"));
            page = page.noting(notice);
        }
        Self { page, captcha, next }
    }

    fn picture_address(&self) -> String {
        self.address(None)
    }

    fn words_address(&self) -> String {
        self.address(Some("text"))
    }

    fn address(&self, captcha: Option<&str>) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        if !self.next.is_empty() {
            query.append_pair("next", &self.next);
        }
        if let Some(kind) = captcha {
            query.append_pair("captcha", kind);
        }
        let query = query.finish();
        if query.is_empty() { "/login".to_owned() } else { format!("/login?{query}") }
    }
}

/// The account data of a passport, masked unless requested in full.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct AccountRows {
    /// 通行证ID, 32 upper-case hex digits, never masked.
    pub passport_id: String,
    /// The e-mail address.
    pub email: String,
    /// Whether the address was verified.
    pub verified: bool,
    /// The telephone; empty if not given.
    pub phone: String,
    /// The document type's name; empty if not given.
    pub document_kind: String,
    /// The document number; empty if not given.
    pub document_number: String,
    /// The name; empty if not given.
    pub name: String,
}

/// `/account` (A3).
#[derive(Template)]
#[template(path = "passport/account.html")]
pub struct AccountView {
    /// The page frame.
    pub page: Page,
    /// The passport's data.
    pub account: AccountRows,
    /// Whether they are shown in full (`?show=yes`).
    pub shown: bool,
    /// Whether optional mails are sent.
    pub optional_mails: bool,
}

impl AccountView {
    /// Creates the view and sets the page's title.
    #[must_use]
    pub fn new(page: Page, account: AccountRows, shown: bool) -> Self {
        Self {
            page: page.titled("passport-account-title").described("passport-account-about"),
            account,
            shown,
            optional_mails: true,
        }
    }
}

/// `/account/profile` (A4).
#[derive(Template)]
#[template(path = "passport/profile.html")]
pub struct ProfileView {
    /// The page frame, with the form's values.
    pub page: Page,
    /// The captcha of the form.
    pub captcha: Captcha,
    /// The options of 证件类型.
    pub kinds: Vec<Choice>,
    /// Whether the document number has a wrong check digit; this is a hint, not a refusal.
    pub check_digit_hint: bool,
}

impl ProfileView {
    /// The page titled, with the options in its language.
    #[must_use]
    pub fn new(page: Page, captcha: Captcha, check_digit_hint: bool) -> Self {
        let kinds = document_kinds(page.t);
        Self {
            page: page.titled("passport-change-profile").described("passport-profile-about"),
            captcha,
            kinds,
            check_digit_hint,
        }
    }

    fn number_hint(&self) -> &'static str {
        if self.check_digit_hint { self.page.m("passport-check-digit-hint") } else { "" }
    }
}

/// `/account/password` (A4).
#[derive(Template)]
#[template(path = "passport/password.html")]
pub struct PasswordView {
    /// The page frame.
    pub page: Page,
}

impl PasswordView {
    /// Creates the view and sets the page's title.
    #[must_use]
    pub fn new(page: Page) -> Self {
        Self { page: page.titled("passport-change-password").described("passport-password-about") }
    }
}

/// `/recover` (A5): the form, or the message that a mail was sent.
#[derive(Template)]
#[template(path = "passport/recover.html")]
pub struct RecoverView {
    /// The page frame.
    pub page: Page,
    /// The captcha of the form.
    pub captcha: Captcha,
    /// Whether it was submitted: the same for every address.
    pub sent: bool,
}

impl RecoverView {
    /// Creates the view and sets the page's title.
    #[must_use]
    pub fn new(page: Page, captcha: Captcha, sent: bool) -> Self {
        Self {
            page: page.titled("passport-recover-title").described("passport-recover-about"),
            captcha,
            sent,
        }
    }
}

/// `/recover/{token}` (A5).
#[derive(Template)]
#[template(path = "passport/new_password.html")]
pub struct NewPasswordView {
    /// The page frame; its path is the form's action.
    pub page: Page,
}

impl NewPasswordView {
    /// Creates the view and sets the page's title.
    #[must_use]
    pub fn new(page: Page) -> Self {
        Self { page: page.titled("passport-new-password-title").described("passport-new-password-about") }
    }
}

/// What the page of a mailed link asks before it acts.
#[derive(Template)]
#[template(path = "passport/ask.html")]
pub struct AskView {
    /// The page frame; its path is the form's action.
    pub page: Page,
    /// The address it is about, masked.
    pub email: String,
    /// What its button does.
    pub text: &'static str,
    /// The text of the button.
    pub button: &'static str,
}

impl AskView {
    /// `/account/verification/{token}`.
    #[must_use]
    pub fn verification(page: Page, email: String) -> Self {
        let (text, button) = (page.m("passport-verification-text"), page.m("passport-verify"));
        Self { page: page.titled("passport-verify").described("passport-verify-about"), email, text, button }
    }

    /// `/account/undo/{token}`.
    #[must_use]
    pub fn undo(page: Page, email: String) -> Self {
        let (text, button) = (page.m("passport-undo-text"), page.m("passport-undo-submit"));
        Self {
            page: page.titled("passport-undo-title").described("passport-undo-about"),
            email,
            text,
            button,
        }
    }
}

/// A mailed link that no longer works.
#[derive(Template)]
#[template(path = "passport/dead_link.html")]
pub struct DeadLinkView {
    /// The page frame, with the refusal.
    pub page: Page,
}

impl DeadLinkView {
    /// The page titled, with `token-invalid`.
    #[must_use]
    pub fn new(page: Page) -> Self {
        let refused = Refused::new(page.t, "token-invalid");
        Self { page: page.titled("passport-dead-link-title").refusing(vec![refused], Typed::default()) }
    }
}

/// `/retrieve` (A6): the form, below the result.
#[derive(Template)]
#[template(path = "passport/retrieve.html")]
pub struct RetrieveView {
    /// The page frame.
    pub page: Page,
    /// The captcha of the form.
    pub captcha: Captcha,
    /// The options of 证件类型.
    pub kinds: Vec<Choice>,
    /// The account that was found.
    pub found: Option<Retrieved>,
    /// Whether the document number has a wrong check digit; this is a hint, not a refusal.
    pub check_digit_hint: bool,
}

impl RetrieveView {
    /// The page titled, with the options in its language.
    #[must_use]
    pub fn new(page: Page, captcha: Captcha, found: Option<Retrieved>, check_digit_hint: bool) -> Self {
        let kinds = document_kinds(page.t);
        let page = page.titled("passport-retrieve-title").described("passport-retrieve-about").with_nav();
        Self { page, captcha, kinds, found, check_digit_hint }
    }

    fn number_hint(&self) -> &'static str {
        if self.check_digit_hint { self.page.m("passport-check-digit-hint") } else { "" }
    }

    /// The address, and whether it is shown in full.
    fn account(&self) -> Option<(&str, bool)> {
        self.found.as_ref().map(|found| match found {
            Retrieved::Masked(email) => (email.as_str(), false),
            Retrieved::Whole(email) => (email.as_str(), true),
        })
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::web::page::Site;
    use cet_base::texts::{Lang, texts};

    #[test]
    fn changing_the_captcha_keeps_where_to_go_on() {
        let page = Page::new(texts(Lang::Zh), Arc::new(Site::default()), "/login");
        let view = LoginView::new(page, Captcha::Off, "/home?a=b&c".to_owned());
        assert_eq!(view.words_address(), "/login?next=%2Fhome%3Fa%3Db%26c&captcha=text");
    }
}
