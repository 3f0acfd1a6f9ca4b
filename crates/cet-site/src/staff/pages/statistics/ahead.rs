//! How far the candidates of a place have come, and how many there will be when registration closes (S6).

use super::{Read, percent};
use crate::change::words;
use crate::staff::StaffMember;
use crate::staff::views::{Figure, FunnelRow, OutlookPart};
use crate::web::answer::PageError;
use crate::web::page::Page;
use cet_base::store::{DbError, Tx};
use cet_base::words::subject::Mode;
use cet_domain::sitting::window::Scope as Place;
use cet_domain::sitting::{Catalogue, Plan};
use cet_domain::statistics::forecast::{Course, Estimate, Outlook, outlook};
use cet_domain::statistics::share::tenths;
use cet_domain::statistics::{Figures, store};

/// The steps to paying, with those who stopped at each. Before a student is found a passport belongs to no place: only the
/// nation knows how many logged in for the sitting. Of a mode the last two steps are its own: nobody logs in or saves for one.
pub(super) fn funnel(page: &Page, of: &Figures, mode: Option<Mode>) -> Vec<FunnelRow> {
    let (saved, people) = (of.sums.registrations, of.detail.people);
    // Schools register students too, who never logged in.
    let whole = people.agreed.max(saved);
    let step = |name: String, count: i64, stopped: String| {
        let share = percent(tenths(count, whole).min(1000));
        FunnelRow { name, count, width: share.clone(), share, stopped }
    };
    let mode_words = mode.map_or("", |mode| words::mode(page, mode));
    let stopped = |key, count: i64| {
        if count == 0 {
            return String::new();
        }
        page.f(key, &[("count", &count.to_string()), ("mode", mode_words)])
    };
    let name = |key: &'static str, of_mode: &'static str| match mode {
        Some(_) => page.f(of_mode, &[("mode", mode_words)]),
        None => page.m(key).to_owned(),
    };
    let none = if mode.is_some() { "staff-funnel-no-entry-of" } else { "staff-funnel-no-entry" };
    let (no_entry, unpaid) =
        (saved.saturating_sub(people.entered), people.entered.saturating_sub(people.paid));
    let agreed = (people.agreed > 0).then(|| {
        step(
            page.m("staff-funnel-agreed").to_owned(),
            people.agreed,
            stopped("staff-funnel-unsaved", people.agreed.saturating_sub(saved)),
        )
    });
    let saved = [
        step(page.m("staff-funnel-saved").to_owned(), saved, stopped(none, no_entry)),
        step(
            name("staff-funnel-entered", "staff-funnel-entered-of"),
            people.entered,
            stopped("staff-funnel-unpaid", unpaid),
        ),
        step(name("staff-funnel-paid", "staff-funnel-paid-of"), people.paid, String::new()),
    ];
    agreed.into_iter().chain(saved).collect()
}

/// The sitting before, by its registration.
fn before<'a>(catalogue: &'a Catalogue, plan: &Plan) -> Option<&'a Plan> {
    let opens = plan.registration_span()?.0;
    let earlier = |of: &&Plan| of.registration_span().is_some_and(|(from, _)| from < opens);
    let all = catalogue.sittings().into_iter().map(AsRef::as_ref);
    all.filter(earlier).max_by_key(|of| of.registration_span())
}

/// What is expected, said as an estimate with what it rests on.
pub(super) async fn expected(
    who: &StaffMember,
    page: &Page,
    catalogue: &Catalogue,
    plan: &Plan,
    (place, read): (Place, &Read),
) -> Result<OutlookPart, PageError> {
    let (Some(span), Some(at)) = (plan.registration_span(), read.at) else {
        return Ok(OutlookPart { figures: Vec::new(), text: page.m("staff-outlook-before").to_owned() });
    };
    let last = before(catalogue, plan);
    let kept = match last {
        Some(last) => {
            let (scope, sitting, place) = (who.scope.clone(), last.code.clone(), place.to_string());
            let all = async move |tx: &mut Tx<'_>| store::of_place(tx, &scope, &sitting, &place).await;
            let kept: Result<Figures, DbError> = who.app.db.read_long(all).await;
            Some(kept?)
        }
        None => None,
    };
    let course = last.and_then(Plan::registration_span).zip(kept.as_ref());
    let course = course.map(|(span, of)| Course { detail: &of.detail, span });
    let this = Course { detail: &read.own.detail, span };
    let name = last.map(|last| last.name_in(page.lang().code())).unwrap_or_default();
    Ok(said(page, outlook(at, &this, course.as_ref()), name, &read.time()))
}

fn said(page: &Page, of: Outlook, last: &str, now: &str) -> OutlookPart {
    let none = |key| OutlookPart { figures: Vec::new(), text: page.m(key).to_owned() };
    match of {
        Outlook::Before => none("staff-outlook-before"),
        Outlook::After => none("staff-outlook-after"),
        Outlook::NoLast => none("staff-outlook-no-last"),
        Outlook::TooFew => none("staff-outlook-few"),
        Outlook::TooEarly => none("staff-outlook-early"),
        Outlook::Estimate(Estimate { entered, paid, at, share }) => {
            let figure = |name, value: i64| Figure { name, value: value.to_string(), text: String::new() };
            let (at, share) = (at.page(), percent(share));
            let facts = [("now", now), ("last", last), ("at", &at), ("share", &share)];
            OutlookPart {
                figures: vec![
                    figure(page.m("staff-outlook-entered"), entered),
                    figure(page.m("staff-outlook-paid"), paid),
                ],
                text: page.f("staff-outlook-basis", &facts),
            }
        }
    }
}
