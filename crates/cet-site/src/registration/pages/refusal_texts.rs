//! User-visible texts of this module's refusals.

use crate::web::page::{Page, Refused};
use cet_base::words::time::Time;
use cet_domain::registration::RegistrationRefusal;

/// All refusals, without duplicates.
pub(super) fn all(page: &Page, refusals: &[RegistrationRefusal]) -> Vec<Refused> {
    refusals.iter().map(|refusal| one(page, refusal)).collect()
}

fn one(page: &Page, refusal: &RegistrationRefusal) -> Refused {
    let refused = Refused::new(page.t, refusal.code());
    match refusal {
        RegistrationRefusal::AgreementNeeded => {
            refused.linked("/agreement", page.m("registration-agreement-title"))
        }
        RegistrationRefusal::RecordNotFound => refused.at("document_number"),
        RegistrationRefusal::TooMany(until) => {
            refused.saying(page.f("registration-refused-until", &[("time", &until.page())]))
        }
        RegistrationRefusal::NotLookedUp | RegistrationRefusal::NotBound => {
            refused.linked("/qualification", page.m("registration-qualification-title"))
        }
        RegistrationRefusal::RecordChanged => refused
            .saying(page.m("registration-record-corrected"))
            .linked("#main", page.m("registration-record-see")),
        RegistrationRefusal::NotChecked => refused.at("checked"),
        RegistrationRefusal::WindowNotOpen(Some(opens)) => {
            refused.saying(page.f("registration-opens", &[("time", &opens.page())]))
        }
        RegistrationRefusal::WindowNotOpen(None) => refused,
        RegistrationRefusal::WindowClosed(closed) => {
            let text = format!(
                "{} {}",
                refused.text,
                page.f("registration-refused-closed", &[("time", &closed.page())])
            );
            refused.saying(text)
        }
        RegistrationRefusal::StudentBound => {
            refused.linked("/retrieve", page.m("portal-retrieve")).or("/dispute", page.m("dispute-link"))
        }
        RegistrationRefusal::ProofNeeded(wrong) => {
            let refused = refused.at("student_number");
            let said = if *wrong { "registration-proof-wrong" } else { "registration-proof-needed" };
            refused.saying(page.m(said)).linked("/account", page.m("registration-proof-verify"))
        }
        RegistrationRefusal::DisputeDecided => {
            refused.linked("/account/messages", page.m("dispute-messages"))
        }
        RegistrationRefusal::PassportBound => {
            refused.linked("/registration", page.m("registration-to-information"))
        }
    }
}

/// For `Retry-After`.
pub(super) fn retry_seconds(refusals: &[RegistrationRefusal], now: Time) -> Option<u64> {
    let until = refusals.iter().filter_map(RegistrationRefusal::retry_at).max()?;
    u64::try_from(until.since(now).as_secs()).ok().map(|seconds| seconds.saturating_add(1))
}
