//! Messages of this module: a mail to the owner of an address, and a flash message on the page after a redirect.

use axum::response::Response;

use super::{Candidate, MaybeCandidate, cookies as session_cookies, kept};
use crate::app::App;
use crate::web::cookies;
use crate::web::page::{Notice, Page, Tone};
use crate::web::visitor::Visitor;

/// The cookie that carries one message to the login page, which clears it.
const COOKIE: &str = "cet-notice";
/// Its life in seconds.
const COOKIE_AGE: i64 = 60;

/// A message for a redirect to `/login`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Message {
    /// Registered.
    Registered,
    /// Registered, with an address that looks like a typing error (W4).
    RegisteredSlip,
    /// The password was reset.
    PasswordReset,
    /// The address was verified.
    EmailVerified,
    /// The change of the address was undone.
    EmailRestored,
}

impl Message {
    const ALL: [Self; 5] = [
        Self::Registered,
        Self::RegisteredSlip,
        Self::PasswordReset,
        Self::EmailVerified,
        Self::EmailRestored,
    ];

    const fn wire(self) -> &'static str {
        match self {
            Self::Registered => "registered",
            Self::RegisteredSlip => "registered-slip",
            Self::PasswordReset => "password-reset",
            Self::EmailVerified => "email-verified",
            Self::EmailRestored => "email-restored",
        }
    }

    fn notice(self, page: &Page) -> Notice {
        let (title, text) = match self {
            Self::Registered => ("passport-registered", "passport-registered-text"),
            Self::RegisteredSlip => ("passport-registered", "passport-registered-slip"),
            Self::PasswordReset => ("passport-password-reset", "passport-password-reset-text"),
            Self::EmailVerified => ("passport-email-verified", "passport-email-verified-text"),
            Self::EmailRestored => ("passport-email-restored", "passport-email-restored-text"),
        };
        let notice = Notice::new(Tone::Ok, page.m(title), page.m(text));
        match self {
            // The person who changed the address knew the password.
            Self::EmailRestored => notice.linked("/recover", page.m("passport-forgot-password")),
            Self::Registered | Self::RegisteredSlip | Self::PasswordReset | Self::EmailVerified => notice,
        }
    }
}

/// Lets the log-in page that this answer leads to show a message once.
pub fn announce(app: &App, response: &mut Response, message: Message) {
    set(app, response, message.wire(), COOKIE_AGE);
}

/// Adds the message from the cookie, if there is one.
#[must_use]
pub fn shown(visitor: &Visitor, page: Page) -> (Page, bool) {
    let message =
        visitor.cookie(COOKIE).and_then(|wire| Message::ALL.into_iter().find(|known| known.wire() == wire));
    match message {
        Some(message) => {
            let notice = message.notice(&page);
            (page.noting(notice), true)
        }
        None => (page, false),
    }
}

/// After a redirect from a page whose session has ended: says why it ended, and that the typed values are kept.
#[must_use]
pub fn ended(who: &MaybeCandidate, page: Page, next: &str) -> Page {
    let had_one = who.cookie(session_cookies::cookie_name(&who.app)).is_some_and(|token| !token.is_empty());
    let waits = kept::waits(who, next);
    if who.session.is_some() || next.is_empty() || !(had_one || waits) {
        return page;
    }
    let idle = who.app.config.session.idle.to_string();
    // Logging out takes the cookie away: then it was in another tab.
    let mut text = if had_one {
        page.f("passport-ended-text", &[("n", &idle)])
    } else {
        page.m("passport-ended-elsewhere").to_owned()
    };
    if waits {
        text.push_str(page.m("passport-ended-kept"));
    }
    let title = page.m("passport-ended");
    page.noting(Notice::new(Tone::Warn, title, text))
}

/// Says that the browser did not accept the session cookie.
#[must_use]
pub fn blocked(page: Page) -> Page {
    let notice = Notice::new(Tone::Warn, page.m("passport-blocked"), page.m("passport-blocked-text"));
    page.noting(notice)
}

/// Asks to verify the address on pages that do not require it: at binding and at payment (W4).
#[must_use]
pub fn asking_to_verify(who: &Candidate, page: Page) -> Page {
    if who.session.verified {
        return page;
    }
    let notice = Notice::new(
        Tone::Warn,
        page.m("passport-email-unverified"),
        page.m("passport-email-unverified-text"),
    );
    let notice = notice.linked("/account", page.m("passport-account-title"));
    page.noting(notice)
}

/// Forgets the message.
pub fn forget(app: &App, response: &mut Response) {
    set(app, response, "", 0);
}

fn set(app: &App, response: &mut Response, value: &str, age: i64) {
    cookies::put(response, cookies::own(app, COOKIE, value, Some(age)));
}
