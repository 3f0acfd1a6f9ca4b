//! User-visible texts of this module's refusals.

use crate::web::page::{OnPage, Page, Refused};

use cet_domain::passport::refusal::PassportRefusal;

impl OnPage for PassportRefusal {
    fn on(self, page: &Page) -> Refused {
        let mut refused = Refused::new(page.t, self.code());
        match self {
            Self::CurrentPassword => refused = refused.saying(page.m("passport-wrong-current")),
            Self::RecordNotFound => refused = refused.saying(page.m("passport-retrieve-nothing")),
            Self::ChangedMeanwhile => {
                refused = refused
                    .saying(page.m("passport-profile-changed"))
                    .linked("/account/profile", page.m("passport-profile-now"));
            }
            Self::EmailInvalid
            | Self::EmailTaken
            | Self::PasswordWeak
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
