//! User-visible texts of this module's refusals.

use crate::passport::refusal_texts::weakness_key;
use crate::web::page::{OnPage, Page, Refused};

use cet_domain::payment::refund_request::RequestRefusal;
use cet_domain::payment::rules::refunding::Unfit;
use cet_domain::payment::verbs::SettleRefusal;
use cet_domain::registration::from_staff::SendRefusal;
use cet_domain::staff::accounts::AccountRefusal;
use cet_domain::staff::exports::ExportRefusal;
use cet_domain::staff::rebind::RebindRefusal;
use cet_domain::staff::refusal::StaffRefusal;
use cet_domain::staff::reset::ResetRefusal;
use cet_domain::staff::verbs::Wrong;

impl OnPage for RebindRefusal {
    fn on(self, page: &Page) -> Refused {
        let said = |code, field: &'static str, words: &'static str| {
            Refused::new(page.t, code).at(field).saying(page.m(words))
        };
        let plain = |code, words: &'static str| Refused::new(page.t, code).saying(page.m(words));
        match self {
            Self::NotFound => Refused::new(page.t, "not-found"),
            Self::NoPassport => plain("not-bound", "staff-rebind-no-passport"),
            Self::PassportUnknown => said("field-invalid", "new_passport", "staff-rebind-unknown"),
            Self::EmailMismatch => said("email-mismatch", "new_email", "staff-rebind-email"),
            Self::PassportBound => said("passport-bound", "new_passport", "staff-rebind-bound"),
            Self::Open => plain("review-exists", "staff-rebind-open"),
            Self::NoEvidence => said("field-invalid", "evidence", "staff-rebind-no-evidence"),
            Self::SamePerson => plain("not-eligible", "staff-rebind-same"),
            Self::Over => plain("review-final", "staff-rebind-over"),
            Self::Changed => plain("changed-meanwhile", "staff-rebind-changed"),
        }
    }
}

impl OnPage for StaffRefusal {
    fn on(self, page: &Page) -> Refused {
        let refused = Refused::new(page.t, self.code());
        match self {
            Self::Credentials => refused.at("name").saying(page.m("staff-wrong-credentials")),
            Self::Captcha => refused.at("captcha"),
            Self::Code => refused.at("code").saying(page.m("staff-wrong-code")),
            Self::CurrentPassword => refused.at("current_password").saying(page.m("staff-wrong-password")),
            Self::PasswordWeak(weakness) => {
                let key = weakness_key(weakness).unwrap_or("staff-weak-password");
                refused.at("password").saying(page.m(key))
            }
            Self::PasswordMismatch => refused.at("password_again"),
            Self::Field(field) => refused.at(field),
            Self::TooManyRows => refused.saying(page.m("staff-too-many-rows")),
            Self::TooMany(_) | Self::TooBusy(_) => refused,
        }
    }
}

impl OnPage for ExportRefusal {
    fn on(self, page: &Page) -> Refused {
        let plain = |code, words: &'static str| Refused::new(page.t, code).saying(page.m(words));
        match self {
            Self::NotFound => Refused::new(page.t, "not-found"),
            Self::NoReason => plain("field-invalid", "staff-export-no-reason").at("reason"),
            Self::Nothing => plain("nothing-chosen", "staff-none-found"),
            Self::TooMany => plain("field-invalid", "staff-export-too-many"),
            Self::SamePerson => plain("needs-second", "staff-export-same"),
            Self::Waits => plain("needs-second", "staff-export-waits-still"),
            Self::Over => plain("review-final", "staff-export-over"),
        }
    }
}

impl OnPage for RequestRefusal {
    fn on(self, page: &Page) -> Refused {
        let plain = |code, words: &'static str| Refused::new(page.t, code).saying(page.m(words));
        match self {
            Self::NotFound => Refused::new(page.t, "not-found"),
            Self::NoReason => plain("field-invalid", "staff-refund-no-reason").at("reason"),
            Self::Nothing => plain("nothing-chosen", "staff-refund-nothing"),
            Self::TooMany => plain("field-invalid", "staff-refund-too-many").at("subject"),
            Self::LineUnknown(_) => plain("field-invalid", "staff-refund-line-unknown").at("line"),
            Self::Unfit(entry, why) => {
                let field = format!("amount.{entry}");
                plain("field-invalid", unfit_words(why)).at(field)
            }
            Self::SamePerson => plain("needs-second", "staff-refund-same"),
            Self::TooClose => plain("needs-second", "refusal-too-close"),
            Self::Over => plain("review-final", "staff-refund-over"),
            Self::Changed => plain("changed-meanwhile", "staff-refund-changed"),
            Self::Unexplained => plain("unexplained", "staff-refund-unfit-unexplained"),
        }
    }
}

impl OnPage for SettleRefusal {
    fn on(self, page: &Page) -> Refused {
        let plain = |code, words: &'static str| Refused::new(page.t, code).saying(page.m(words));
        match self {
            Self::NotFound => Refused::new(page.t, "not-found"),
            Self::NoNote => plain("field-invalid", "staff-refund-no-note").at("note"),
            Self::Over => plain("review-final", "staff-settled-over"),
            Self::NoSum => plain("field-invalid", "staff-suspense-no-sum").at("amount"),
            Self::TooMuch => plain("field-invalid", "staff-suspense-too-much").at("as"),
        }
    }
}

/// Why a sum can't go back for an entry.
pub(super) const fn unfit_words(why: Unfit) -> &'static str {
    match why {
        Unfit::NotPaid => "staff-refund-unfit-not-paid",
        Unfit::BySchool => "staff-refund-unfit-by-school",
        Unfit::Nothing => "staff-refund-unfit-nothing",
        Unfit::AllBack => "staff-refund-unfit-all-back",
        Unfit::TooMuch => "staff-refund-unfit-too-much",
        Unfit::CarriesOral => "staff-refund-unfit-oral",
        Unfit::Unexplained => "staff-refund-unfit-unexplained",
    }
}

impl OnPage for ResetRefusal {
    fn on(self, page: &Page) -> Refused {
        let plain = |code, words: &'static str| Refused::new(page.t, code).saying(page.m(words));
        match self {
            Self::NotFound => Refused::new(page.t, "not-found"),
            Self::NoReason => plain("field-invalid", "staff-reset-no-reason").at("reason"),
            Self::Own => plain("not-eligible", "staff-reset-own"),
            Self::Ended => plain("review-final", "staff-account-over"),
            Self::Open => plain("review-exists", "staff-reset-open"),
            Self::SamePerson => plain("needs-second", "staff-reset-same"),
            Self::Over => plain("review-final", "staff-reset-over"),
            Self::Lost => plain("changed-meanwhile", "staff-reset-lost"),
        }
    }
}

impl OnPage for AccountRefusal {
    fn on(self, page: &Page) -> Refused {
        let said = |code, field: &'static str, words: &'static str| {
            Refused::new(page.t, code).at(field).saying(page.m(words))
        };
        let plain = |code, words: &'static str| Refused::new(page.t, code).saying(page.m(words));
        match self {
            Self::NotFound => Refused::new(page.t, "not-found"),
            Self::Wrong(Wrong::Name) => said("field-invalid", "name", "staff-account-name-wrong"),
            Self::Wrong(Wrong::Role) => said("field-invalid", "role", "staff-account-role-wrong"),
            Self::Wrong(Wrong::Scope) => said("field-invalid", "scope", "staff-account-scope-wrong"),
            Self::NoPerson => said("field-invalid", "person", "staff-account-person-wrong"),
            Self::Email => said("email-invalid", "email", "staff-account-email-wrong"),
            Self::PlaceUnknown => said("place-unknown", "scope", "staff-account-place-unknown"),
            Self::PlaceElsewhere => said("place-unknown", "scope", "staff-account-place-elsewhere"),
            Self::Taken => said("field-invalid", "name", "staff-account-taken"),
            Self::Own => plain("not-eligible", "staff-account-own"),
            Self::NotLower => said("field-invalid", "role", "staff-account-not-lower"),
            Self::Ended => plain("review-final", "staff-account-over"),
            Self::Unconfirmed => Refused::new(page.t, "not-checked").at("confirm"),
            Self::Meanwhile => plain("changed-meanwhile", "staff-seen-account"),
        }
    }
}

impl OnPage for SendRefusal {
    fn on(self, page: &Page) -> Refused {
        let refused = Refused::new(page.t, self.code());
        match self {
            Self::Title => refused.at("title").saying(page.m("staff-message-wrong-title")),
            Self::Text => refused.at("body").saying(page.m("staff-message-wrong-body")),
            Self::TooMany(_) => refused.saying(page.m("staff-message-too-many")),
            Self::NotFound => refused,
        }
    }
}
