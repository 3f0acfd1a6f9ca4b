//! User-visible texts of this module's refusals.

use crate::entry::pages::{refusal_text, subject_name};
use crate::web::page::{Page, Refused};
use cet_base::words::codes::SubjectCode;
use cet_base::words::time::Time;
use cet_domain::entry::EntryRefusal;
use cet_domain::handout::StandbyRefusal;
use cet_domain::sitting::{Catalogue, Plan};

/// All refusals of joining the line for a subject, each with what it is about.
pub(super) fn all(
    page: &Page,
    (catalogue, plan): (&Catalogue, &Plan),
    subject: Option<SubjectCode>,
    refusals: &[StandbyRefusal],
) -> Vec<Refused> {
    let told = |why: &StandbyRefusal| {
        let refused = one(page, catalogue, plan, why);
        let Some(subject) = subject.filter(|_| leaves_it_open(why)) else { return refused };
        let subject = subject_name(page, plan, subject);
        let text = page.f("entry-refused-subject", &[("subject", &subject), ("text", &refused.text)]);
        refused.saying(text)
    };
    refusals.iter().map(told).collect()
}

/// Whether a refusal is about the subject, and its text does not say which.
const fn leaves_it_open(why: &StandbyRefusal) -> bool {
    matches!(
        why,
        StandbyRefusal::SeatFree(_)
            | StandbyRefusal::TooManyCampuses
            | StandbyRefusal::LineClosed(_)
            | StandbyRefusal::Entry(
                EntryRefusal::WindowNotOpen(_)
                    | EntryRefusal::WindowClosed(_)
                    | EntryRefusal::OralCampusNotAllowed(_)
                    | EntryRefusal::OrderOpen(_)
            )
    )
}

fn one(page: &Page, catalogue: &Catalogue, plan: &Plan, why: &StandbyRefusal) -> Refused {
    match why {
        StandbyRefusal::Entry(why) => refusal_text(page, plan, why),
        StandbyRefusal::SeatFree(campus) => {
            let refused = Refused::new(page.t, why.code()).at("campus");
            let name = catalogue.campus_name(*campus).unwrap_or_default();
            let text = page.f("standby-refused-at", &[("campus", name), ("text", &refused.text)]);
            refused
                .saying(text)
                .linked(format!("/registration/oral?campus={campus}"), page.m("standby-see-seats"))
        }
        StandbyRefusal::AlreadyWaiting(subject) => {
            let refused = Refused::new(page.t, why.code()).at("subject");
            let subject = subject_name(page, plan, *subject);
            let text = page.f("entry-refused-subject", &[("subject", &subject), ("text", &refused.text)]);
            refused.saying(text)
        }
        StandbyRefusal::TooManyCampuses => Refused::new(page.t, why.code()).at("campus"),
        StandbyRefusal::LineClosed(_) | StandbyRefusal::NotFound => Refused::new(page.t, why.code()),
    }
}

/// For `Retry-After`: the latest time before which a retry must fail.
pub(super) fn retry_seconds(refusals: &[StandbyRefusal], now: Time) -> Option<u64> {
    let until = refusals.iter().filter_map(StandbyRefusal::retry_at).max()?;
    u64::try_from(until.since(now).as_secs()).ok().map(|seconds| seconds.saturating_add(1))
}
