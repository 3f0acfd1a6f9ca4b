//! When the pools of a place will be full, and what can be done about it (S6).

use std::collections::{BTreeMap, BTreeSet};

use super::cut::Cut;
use super::{Read, percent, subject_name};
use crate::staff::StaffMember;
use crate::staff::views::FillRow;
use crate::web::answer::PageError;
use crate::web::page::Page;
use cet_base::store::{DbError, Tx};
use cet_base::words::codes::{CampusCode, SubjectCode};
use cet_base::words::time::Time;
use cet_domain::seat_pool::{scoped as pools, scoped::PoolShown};
use cet_domain::sitting::limit::{self, Limit, LimitOn};
use cet_domain::sitting::window::Scope as Place;
use cet_domain::sitting::{Catalogue, Plan};
use cet_domain::staff::Scope;
use cet_domain::statistics::forecast::{Fills, fills};
use cet_domain::statistics::share::tenths;
use cet_domain::statistics::{PACE_HOURS, store};

/// Pools on the page; the file has all of them up to its own limit.
const POOLS: usize = 50;
/// Pools that are looked through for those of one mode.
const READ: i64 = 400;
/// A pool that will be full within so many hours is marked.
const SOON_HOURS: i64 = 12;

/// How many seats of a pool were taken lately.
type Paces = BTreeMap<(CampusCode, SubjectCode), i64>;

/// The pools of a place, the fullest first. The place lies in the member's scope.
pub(super) async fn fullest(
    who: &StaffMember,
    plan: &Plan,
    place: Place,
    most: i64,
) -> Result<Vec<PoolShown>, PageError> {
    let (code, sitting) = (place.to_string(), plan.code.clone());
    let scope = Scope::parse(&code).ok_or(PageError::NotFound)?;
    let read: Result<_, DbError> = who
        .app
        .db
        .read_long(async move |tx: &mut Tx<'_>| pools::list(tx, &scope, &sitting, most).await)
        .await;
    Ok(read?)
}

/// The rows of the page.
pub(super) async fn rows(
    who: &StaffMember,
    page: &Page,
    (catalogue, plan): (&Catalogue, &Plan),
    (top, read, cut): (Place, &Read, &Cut),
) -> Result<Vec<FillRow>, PageError> {
    // The nation's pools are 30,000 rows; its provinces stand above.
    if top == Place::National {
        return Ok(Vec::new());
    }
    let mut found = fullest(who, plan, top, READ).await?;
    found.retain(|of| cut.holds(plan, of.subject));
    found.truncate(POOLS);
    let paces = paces(who, plan, &found).await?;
    let row = |of: &PoolShown| {
        let pace = paces.get(&(of.campus, of.subject)).copied().unwrap_or(0);
        shown(page, (catalogue, plan), of, pace, read.at.unwrap_or(read.now))
    };
    Ok(found.iter().map(row).collect())
}

async fn paces(who: &StaffMember, plan: &Plan, of: &[PoolShown]) -> Result<Paces, PageError> {
    let campuses: BTreeSet<CampusCode> = of.iter().map(|of| of.campus).collect();
    let (scope, sitting) = (who.scope.clone(), plan.code.clone());
    let read = async move |tx: &mut Tx<'_>| {
        let mut all = Paces::new();
        for campus in &campuses {
            let kept = store::of_place(tx, &scope, &sitting, &campus.to_string()).await?;
            let subjects = kept.detail.subjects.iter();
            let known = subjects.filter_map(|(code, of)| Some((SubjectCode::parse(code).ok()?, of.pace)));
            all.extend(known.map(|(subject, pace)| ((*campus, subject), pace)));
        }
        Ok(all)
    };
    let read: Result<Paces, DbError> = who.app.db.read_long(read).await;
    Ok(read?)
}

fn shown(
    page: &Page,
    (catalogue, plan): (&Catalogue, &Plan),
    of: &PoolShown,
    pace: i64,
    now: Time,
) -> FillRow {
    let window = plan.subject(of.subject).and_then(|subject| plan.window(of.campus, subject.mode));
    let window = window.map(|window| (window.opens(), window.closes()));
    let when = fills(now, (of.capacity.saturating_sub(of.taken), pace), window);
    let (state, class) = state(&when, now);
    let state = page.m(state);
    FillRow {
        campus: format!("({}){}", of.campus, catalogue.campus_name(of.campus).unwrap_or_default()),
        subject: subject_name(page, plan, of.subject.as_str()),
        taken: of.taken,
        capacity: of.capacity,
        share: percent(tenths(of.taken, of.capacity)),
        pace: an_hour(pace),
        full_at: match when {
            Fills::Full | Fills::Shut => "—".to_owned(),
            Fills::At(at) => at.page(),
            Fills::Never => page.m("staff-pool-never").to_owned(),
        },
        can: if class == "ok" { String::new() } else { can(page, plan, of) },
        state,
        class,
    }
}

/// The text key of a pool's state, and the class of its tag.
fn state(when: &Fills, now: Time) -> (&'static str, &'static str) {
    match when {
        Fills::Full => ("staff-pool-full", "bad"),
        Fills::At(at) if at.since(now).as_hours() < SOON_HOURS => ("staff-pool-soon", "warn"),
        // There are places now, but not for all who will come.
        Fills::At(_) => ("staff-pool-fills", "info"),
        Fills::Never | Fills::Shut => ("staff-pool-free", "ok"),
    }
}

/// Seats an hour, with a half where there is one.
fn an_hour(pace: i64) -> String {
    let tenths = pace.saturating_mul(10) / PACE_HOURS;
    if tenths % 10 == 0 { (tenths / 10).to_string() } else { format!("{}.{}", tenths / 10, tenths % 10) }
}

/// Who waits, and how far the capacity can go up.
fn can(page: &Page, plan: &Plan, of: &PoolShown) -> String {
    let limits = limit::above(Place::Campus(of.campus)).into_iter();
    let seats = limits.filter_map(|place| match plan.limit(place, LimitOn::Capacity(of.subject)) {
        Some(Limit::Seats(most)) => Some(most),
        Some(Limit::Span(..)) | None => None,
    });
    let mut all = Vec::new();
    if of.waiting > 0 {
        all.push(page.f("staff-pool-waiting", &[("n", &of.waiting.to_string())]));
    }
    match seats.min() {
        Some(most) if of.capacity >= most => all.push(page.m("staff-pool-at-limit").to_owned()),
        Some(most) => all.push(page.f("staff-pool-up-to", &[("n", &most.to_string())])),
        None => all.push(page.m("staff-pool-no-limit").to_owned()),
    }
    all.join(page.m("staff-list-and"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seats_an_hour_are_told_with_a_half() {
        assert_eq!([0, 1, 2, 3, 76].map(an_hour), ["0", "0.5", "1", "1.5", "38"]);
    }

    #[test]
    fn a_pool_that_will_be_full_is_not_said_to_have_places_left() {
        let now = cet_base::store::testing::NOON;
        let at = |hours| Fills::At(now.plus(jiff::SignedDuration::from_hours(hours)));
        assert_eq!(state(&Fills::Full, now).1, "bad");
        assert_eq!(
            [at(0), at(11), at(12), at(400)].map(|when| state(&when, now).1),
            ["warn", "warn", "info", "info"]
        );
        assert_eq!([Fills::Never, Fills::Shut].map(|when| state(&when, now).0), ["staff-pool-free"; 2]);
    }
}
