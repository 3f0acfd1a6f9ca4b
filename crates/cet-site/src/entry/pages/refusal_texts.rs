//! User-visible texts of this module's refusals.

use super::rows;
use crate::web::page::{Page, Refused};
use cet_base::words::codes::SubjectCode;
use cet_base::words::subject::Mode;
use cet_base::words::time::Time;
use cet_domain::entry::{Entry, EntryRefusal};
use cet_domain::sitting::Plan;

/// The subject's name on pages: `(1) 英语四级笔试`.
pub(crate) fn subject_name(page: &Page, plan: &Plan, code: SubjectCode) -> String {
    let name = plan.subject(code).map_or("", |subject| subject.name_in(page.lang().code()));
    format!("({code}) {name}")
}

/// An entry by its subject and campus: `(1) 英语四级笔试 (993010)测试校区机构001`.
pub(super) fn entry_name(page: &Page, plan: &Plan, entry: &Entry) -> String {
    let place = rows::place(entry.campus, &entry.school_name, &entry.campus_name);
    format!("{} {}", subject_name(page, plan, entry.subject), place.campus)
}

/// Refusals of what was asked for one entry. Each names it: the page may show others, and they may be read aloud.
pub(super) fn of_entry(page: &Page, plan: &Plan, entry: &Entry, refusals: &[EntryRefusal]) -> Vec<Refused> {
    let name = entry_name(page, plan, entry);
    let named = |refused: Refused| {
        let text = page.f("entry-refused-subject", &[("subject", &name), ("text", &refused.text)]);
        refused.saying(text)
    };
    refusals.iter().map(|refusal| named(of_cancelling(page, refusal, one(page, plan, refusal)))).collect()
}

/// What an open order means for who wants to cancel.
fn of_cancelling(page: &Page, refusal: &EntryRefusal, refused: Refused) -> Refused {
    match refusal {
        EntryRefusal::OrderOpen(_) => refused.saying(page.m("entry-cancellation-order-open").to_owned()),
        _ => refused,
    }
}

/// All refusals, without duplicates.
pub(super) fn all(page: &Page, plan: &Plan, refusals: &[EntryRefusal]) -> Vec<Refused> {
    refusals.iter().map(|refusal| one(page, plan, refusal)).collect()
}

/// One refusal.
pub(crate) fn one(page: &Page, plan: &Plan, refusal: &EntryRefusal) -> Refused {
    let refused = Refused::new(page.t, refusal.code());
    match refusal {
        EntryRefusal::NothingChosen => refused.at("subject"),
        EntryRefusal::NotEligible(subject)
        | EntryRefusal::LevelTaken { subject, .. }
        | EntryRefusal::PoolFull(subject)
        | EntryRefusal::PoolUnknown(subject)
        | EntryRefusal::OralNeedsWritten(subject)
        | EntryRefusal::DateUnset(subject)
        | EntryRefusal::FeeUnset(subject)
        | EntryRefusal::AlreadyEntered(subject) => {
            let text = of_subject(page, plan, *subject, &refused.text);
            refused.at("subject").saying(text)
        }
        EntryRefusal::CoolingDown { subject, until } => {
            let text = page.f("entry-refused-cooling", &[("time", &until.page())]);
            let text = of_subject(page, plan, *subject, &text);
            refused.at("subject").saying(text)
        }
        EntryRefusal::WindowNotOpen(Some(opens)) => with_time(page, refused, "entry-refused-opens", *opens),
        EntryRefusal::WindowClosed(closed) => with_time(page, refused, "entry-refused-closed", *closed),
        EntryRefusal::NotBound => {
            refused.linked("/qualification", page.m("registration-qualification-title"))
        }
        EntryRefusal::OrderOpen(id) => refused.linked(format!("/payment/{id}"), page.m("entry-order-look")),
        EntryRefusal::WindowNotOpen(None)
        | EntryRefusal::OralCampusNotAllowed(_)
        | EntryRefusal::EntryPaid
        | EntryRefusal::EntryLocked
        | EntryRefusal::HeldElsewhere
        | EntryRefusal::NotFound => refused,
    }
}

/// One refusal of the page of written or of oral subjects: a subject of the other kind is entered on the other page.
pub(super) fn on_page_of(mode: Mode, page: &Page, plan: &Plan, refusal: &EntryRefusal) -> Refused {
    let refused = one(page, plan, refusal);
    let EntryRefusal::PoolUnknown(code) = refusal else { return refused };
    let (why, href, link) = match plan.subject(*code).map(|subject| subject.mode).filter(|of| *of != mode) {
        Some(Mode::Oral) => ("entry-refused-oral", "/registration/oral", "entry-info-oral"),
        Some(Mode::Written) => ("entry-refused-written", "/registration/written", "entry-info-written"),
        None => return refused,
    };
    refused.saying(of_subject(page, plan, *code, page.m(why))).linked(href, page.m(link))
}

fn of_subject(page: &Page, plan: &Plan, subject: SubjectCode, text: &str) -> String {
    page.f("entry-refused-subject", &[("subject", &subject_name(page, plan, subject)), ("text", text)])
}

fn with_time(page: &Page, refused: Refused, key: &str, at: Time) -> Refused {
    let text = format!("{} {}", refused.text, page.f(key, &[("time", &at.page())]));
    refused.saying(text)
}

/// For `Retry-After`: the latest time before which a retry must fail.
pub(super) fn retry_seconds(refusals: &[EntryRefusal], now: Time) -> Option<u64> {
    let until = refusals.iter().filter_map(EntryRefusal::retry_at).max()?;
    u64::try_from(until.since(now).as_secs()).ok().map(|seconds| seconds.saturating_add(1))
}
