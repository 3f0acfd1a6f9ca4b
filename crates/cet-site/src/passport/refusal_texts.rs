//! User-visible texts of this module's refusals.

use crate::web::page::{OnPage, Page, Refused};

use cet_domain::passport::refusal::PassportRefusal;
use cet_domain::passport::weakness::Weakness;

/// The text that says what makes the password easy to guess; `None`: its length, of which the code's own text speaks.
pub(crate) const fn weakness_key(weakness: Weakness) -> Option<&'static str> {
    match weakness {
        Weakness::Length | Weakness::Unchanged => None,
        Weakness::Own => Some("passport-weak-own"),
        Weakness::SiteWord => Some("passport-weak-site"),
        Weakness::Listed => Some("passport-weak-listed"),
        Weakness::Common => Some("passport-weak-common"),
        Weakness::Pattern => Some("passport-weak-pattern"),
    }
}

impl OnPage for PassportRefusal {
    fn on(self, page: &Page) -> Refused {
        let mut refused = Refused::new(page.t, self.code());
        match self {
            Self::CurrentPassword => refused = refused.saying(page.m("passport-wrong-current")),
            Self::PasswordWeak(weakness) => {
                if let Some(key) = weakness_key(weakness) {
                    refused = refused.saying(page.m(key));
                }
            }
            Self::RecordNotFound => refused = refused.saying(page.m("passport-retrieve-nothing")),
            Self::ChangedMeanwhile => {
                refused = refused
                    .saying(page.m("passport-profile-changed"))
                    .linked("/account/profile", page.m("passport-profile-now"));
            }
            Self::EmailInvalid
            | Self::EmailTaken
            | Self::PasswordMismatch
            | Self::DocumentKind
            | Self::DocumentNumber
            | Self::Field(_)
            | Self::Captcha
            | Self::Credentials
            | Self::EmailMismatch
            | Self::TooMany(_)
            | Self::TooBusy(_) => {}
        }
        match self.field() {
            Some(field) => refused.at(field),
            None => refused,
        }
    }
}
