//! 口试报考: the campuses with their seats, nearest first, and the subjects of the one that is picked (R10, R11, R12).

use std::collections::BTreeSet;

use super::choose::{Facts, chosen_sum, command, guidance};
use super::rows::{self, place_now};
use crate::entry::views::{CampusChoice, CampusSeats, Folded, OralView, SeatsShown, SubjectRow};
use crate::passport::candidate::Candidate;
use crate::web::page::{Link, Page};
use cet_base::store::{DbError, Tx};
use cet_base::texts::Lang;
use cet_base::words::codes::{CampusCode, SubjectCode};
use cet_base::words::subject::Mode;
use cet_base::words::time::Time;
use cet_domain::entry::rules::{Nearness, nearness};
use cet_domain::entry::verbs::{OralPlace, oral_places};
use cet_domain::registration::Registration;
use cet_domain::seat_pool::store::AT_ONCE;
use cet_domain::sitting::{Catalogue, Plan, TextKind};

/// The longest text to search by, in characters.
const LONGEST_SEARCH: usize = 40;
/// So many campuses are named beside a full pool.
const NAMED: usize = 3;

/// A campus where the candidate may enter, now or from a time on.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Reach {
    nearness: Nearness,
    campus: CampusCode,
    opens: Option<Time>,
}

/// What the page knows of campuses.
#[derive(Default)]
pub(super) struct Places {
    /// How many fit the search: all where nothing is searched.
    fitting: usize,
    /// How many of those are listed because they fit, the nearest first.
    fitting_listed: usize,
    /// Those that are listed: the picked one before all others where it is not among them.
    listed: Vec<Reach>,
    /// Those whose seats are looked at where the picked one is full.
    near: Vec<Reach>,
    /// Their seats.
    seats: Vec<OralPlace>,
    /// What was searched.
    wanted: String,
}

impl Places {
    fn seats_of(&self, campus: CampusCode) -> &[(SubjectCode, cet_domain::seat_pool::Seats)] {
        self.seats.iter().find(|place| place.campus == campus).map_or(&[], |place| &place.seats)
    }
}

/// What is searched by, without what only decorates it.
pub(super) fn wanted(who: &Candidate) -> String {
    who.query("q").unwrap_or_default().trim().chars().take(LONGEST_SEARCH).collect()
}

/// The campuses with their seats; none where only the home campus is allowed (R11).
pub(super) async fn places(
    tx: &mut Tx<'_>,
    catalogue: &Catalogue,
    of: &Registration,
    (shown, wanted): (CampusCode, &str),
    now: Time,
) -> Result<Places, DbError> {
    let plan = catalogue.sitting(&of.sitting).ok_or(DbError::Decode("sitting that is there"))?;
    let wanted = wanted.to_owned();
    if !plan.oral_elsewhere(of.campus) {
        return Ok(Places { wanted, ..Places::default() });
    }
    let all = reach(plan, of.campus, now);
    let fits = |campus: CampusCode| fits(catalogue, campus, &wanted);
    let fitting = all.iter().filter(|reach| fits(reach.campus)).count();
    let mut listed: Vec<Reach> =
        all.iter().filter(|reach| fits(reach.campus)).take(AT_ONCE).copied().collect();
    let fitting_listed = listed.len();
    // The picked one is always there, and counts for nothing.
    if !listed.iter().any(|reach| reach.campus == shown) {
        let opens = all.iter().find(|reach| reach.campus == shown).and_then(|reach| reach.opens);
        listed.insert(0, Reach { nearness: nearness(of.campus, shown), campus: shown, opens });
    }
    let near: Vec<Reach> = all.iter().filter(|reach| reach.opens.is_none()).take(AT_ONCE).copied().collect();
    let asked: BTreeSet<CampusCode> = listed.iter().chain(&near).map(|reach| reach.campus).collect();
    let asked: Vec<CampusCode> = asked.into_iter().collect();
    let seats = oral_places(tx, catalogue, of, &asked).await?;
    Ok(Places { fitting, fitting_listed, listed, near, seats, wanted })
}

/// The campuses to choose from, the nearest first, and at one distance those that are open first.
fn reach(plan: &Plan, home: CampusCode, now: Time) -> Vec<Reach> {
    let mut all: Vec<Reach> = plan
        .oral_campuses(home, now)
        .into_iter()
        .map(|(campus, opens)| Reach { nearness: nearness(home, campus), campus, opens })
        .collect();
    all.sort_unstable_by_key(|reach| (reach.nearness, reach.opens.is_some(), reach.campus));
    all
}

/// The campuses where a candidate of a home campus may enter an oral subject now, the nearest first (R11).
pub(crate) fn nearest(plan: &Plan, home: CampusCode, now: Time) -> Vec<CampusCode> {
    reach(plan, home, now)
        .into_iter()
        .filter(|reach| reach.opens.is_none())
        .map(|reach| reach.campus)
        .collect()
}

/// Whether a campus is meant: by its code, or by a part of its own name, its school's or its province's.
fn fits(catalogue: &Catalogue, campus: CampusCode, wanted: &str) -> bool {
    let wanted = wanted.to_lowercase();
    let named = |name: Option<&str>| name.is_some_and(|name| name.to_lowercase().contains(&wanted));
    campus.as_str().starts_with(&wanted)
        || named(catalogue.campus_name(campus))
        || named(catalogue.school_name(campus.school()))
        || [Lang::Zh, Lang::En]
            .iter()
            .any(|lang| named(Some(&catalogue.province_name_in(campus.province(), *lang))))
}

pub(super) fn view(
    who: &Candidate,
    page: Page,
    catalogue: &Catalogue,
    plan: &Plan,
    facts: &Facts,
) -> OralView {
    let campus = facts.offers.campus;
    let place = place_now(catalogue, campus);
    let mut all = rows::subject_rows(&page, plan, &place, (&facts.of, facts.now), &facts.offers);
    for row in all.iter_mut().filter(|row| row.offer.mark() == "pool-full") {
        elsewhere(&page, catalogue, &facts.places, campus, row);
    }
    let (rows, folded) = Folded::of(&page, all);
    let places = &facts.places;
    OralView {
        guidance: guidance(&page, plan, TextKind::GuidanceOral),
        boards: rows::boards(&page, catalogue, plan, campus, &[Mode::Oral]),
        campuses: places
            .listed
            .iter()
            .map(|reach| choice(&page, catalogue, plan, places, reach, campus))
            .collect(),
        count: count(&page, places),
        wanted: places.wanted.clone(),
        campus: campus.to_string(),
        is_home: campus == facts.of.campus,
        needs_written: !facts.written_entered,
        sum: chosen_sum(&page, &facts.offers),
        rows,
        folded,
        place,
        as_of: facts.now.local("%H:%M"),
        command: command(who),
        page,
    }
}

fn choice(
    page: &Page,
    catalogue: &Catalogue,
    plan: &Plan,
    places: &Places,
    reach: &Reach,
    shown: CampusCode,
) -> CampusChoice {
    let place = place_now(catalogue, reach.campus);
    let near = match reach.nearness {
        Nearness::Home => page.m("entry-oral-near-home").to_owned(),
        Nearness::School => page.m("entry-oral-near-school").to_owned(),
        Nearness::Province => format!("{}　{}", place.school, page.m("entry-oral-near-province")),
        Nearness::Elsewhere => {
            let province = catalogue.province_name_in(reach.campus.province(), page.lang());
            format!("{}　{province}", place.school)
        }
    };
    let closes = plan.window(reach.campus, Mode::Oral).map(|window| window.closes().page());
    let when = match (reach.opens, closes) {
        (Some(opens), _) => page.f("entry-oral-opens", &[("time", &opens.page())]),
        (None, Some(closes)) => page.f("entry-oral-closes", &[("time", &closes)]),
        (None, None) => String::new(),
    };
    let seats = places.seats_of(reach.campus).iter().map(|(code, seats)| CampusSeats {
        subject: plan.subject(*code).map_or("", |subject| subject.name_in(page.lang().code())).to_owned(),
        seats: SeatsShown::of(*seats),
        is_dated: plan.subject(*code).is_some_and(|subject| subject.exam_from.is_some()),
    });
    CampusChoice {
        href: format!("/registration/oral?campus={}#subject", reach.campus),
        name: place.campus,
        near,
        when,
        exam: exam_days(page, plan, places.seats_of(reach.campus)),
        seats: seats.collect(),
        open: reach.opens.is_none(),
        chosen: reach.campus == shown,
    }
}

/// How many campuses there are, or how many fit, and that the picked one is listed besides.
fn count(page: &Page, places: &Places) -> String {
    let (fitting, listed) = (places.fitting.to_string(), places.fitting_listed.to_string());
    let (n, both) = (&[("n", &*fitting)], &[("n", &*fitting), ("shown", &*listed)]);
    let count = match (places.wanted.is_empty(), places.fitting > places.fitting_listed) {
        (true, false) => page.f("entry-oral-count", n),
        (true, true) => page.f("entry-oral-count-near", both),
        (false, true) => page.f("entry-oral-found-more", both),
        (false, false) if places.fitting == 0 => page.m("entry-oral-found-none").to_owned(),
        (false, false) => page.f("entry-oral-found", n),
    };
    if places.listed.len() == places.fitting_listed {
        return count;
    }
    format!("{count}{}{}", page.m("situation-space"), page.m("entry-oral-chosen-too"))
}

/// The days of the exam at a campus; that there is none is said too.
fn exam_days(page: &Page, plan: &Plan, seats: &[(SubjectCode, cet_domain::seat_pool::Seats)]) -> String {
    if seats.is_empty() {
        return String::new();
    }
    let day = |code: SubjectCode| plan.subject(code)?.exam_from.map(Time::page_date);
    let days: BTreeSet<String> = seats.iter().filter_map(|(code, _)| day(*code)).collect();
    if days.is_empty() {
        return page.m("entry-oral-undated").to_owned();
    }
    let days: Vec<String> = days.into_iter().collect();
    page.f("entry-oral-exam", &[("days", &days.join(page.m("situation-and")))])
}

/// 其他 2 个校区有考位, with the nearest of them.
fn elsewhere(page: &Page, catalogue: &Catalogue, places: &Places, shown: CampusCode, row: &mut SubjectRow) {
    let has = |reach: &&Reach| {
        let seats = places.seats_of(reach.campus).iter();
        reach.campus != shown
            && seats.into_iter().any(|(code, seats)| code.as_str() == row.code && seats.left() > 0)
    };
    let with_seats: Vec<CampusCode> = places.near.iter().filter(has).map(|reach| reach.campus).collect();
    if with_seats.is_empty() {
        return;
    }
    row.elsewhere = page.f("entry-oral-elsewhere", &[("n", &with_seats.len().to_string())]);
    row.elsewhere_at = with_seats
        .into_iter()
        .take(NAMED)
        .map(|campus| Link {
            href: format!("/registration/oral?campus={campus}#subject"),
            text: place_now(catalogue, campus).campus,
        })
        .collect();
}
