//! 排队候补: the list, the form, and sending it (R16).

use axum::response::Response;

use super::{JOINED, LEFT, PATH, refusal_texts, words};
use crate::entry::pages::{nearest, place_now, registration_of, subject_name, unbound};
use crate::handout::views::{JoinShown, WaitingListView};
use crate::passport::candidate::Candidate;
use crate::passport::kept;
use crate::web::answer::{PageError, refusal, refused_html, see_other};
use crate::web::flash;
use crate::web::form_data::FormData;
use crate::web::page::{Choice, Link, Notice, Page, Refused, Tone, Typed};
use cet_base::store::{DbError, Stop, Tx};
use cet_base::words::codes::{CampusCode, SubjectCode};
use cet_base::words::subject::Mode;
use cet_base::words::time::Time;
use cet_domain::entry::EntryRefusal;
use cet_domain::entry::verbs::{Offer, Offers, offers};
use cet_domain::handout::StandbyRefusal;
use cet_domain::handout::verbs::{AtCampus, JoinCommand, Place, join, places, unjoined};
use cet_domain::registration::Registration;
use cet_domain::seat_pool::PoolKey;
use cet_domain::sitting::{Catalogue, Plan, Subject};
use cet_domain::standby::rules::MOST_CAMPUSES;

/// So many campuses, the nearest first, can be chosen from.
const CAMPUSES: usize = 40;

/// What the form is about, as far as it can be parsed.
#[derive(Default)]
pub(super) struct Asked {
    subject: Option<SubjectCode>,
    campuses: Vec<CampusCode>,
    /// A value is not a code.
    unknown: Vec<Refused>,
    typed: Typed,
}

impl Asked {
    fn of_form(page: &Page, form: &FormData) -> Result<Self, PageError> {
        let subject = form.one("subject")?.trim();
        let campuses: Vec<&str> =
            form.many("campus").map(str::trim).filter(|text| !text.is_empty()).collect();
        let parsed: Vec<CampusCode> =
            campuses.iter().filter_map(|text| CampusCode::parse(text).ok()).collect();
        let mut unknown = Vec::new();
        let known = SubjectCode::parse(subject).ok();
        if known.is_none() && !subject.is_empty() {
            unknown.push(Refused::new(page.t, "pool-unknown").at("subject"));
        }
        if parsed.len() < campuses.len() {
            unknown.push(Refused::new(page.t, "oral-campus-not-allowed").at("campus"));
        }
        Ok(Self { subject: known, campuses: parsed, unknown, typed: form.typed(&["subject", "campus"]) })
    }

    fn of_query(who: &Candidate) -> Self {
        let kept = kept::typed(who);
        let given = |name: &str| who.query(name).unwrap_or_else(|| kept.get(name).to_owned());
        Self {
            subject: SubjectCode::parse(given("subject").trim()).ok(),
            campuses: CampusCode::parse(given("campus").trim()).ok().into_iter().collect(),
            unknown: Vec::new(),
            typed: kept,
        }
    }
}

pub(super) async fn page(who: Candidate) -> Result<Response, PageError> {
    let asked = Asked::of_query(&who);
    let shown = show(&who, &[], Some(asked)).await?;
    let is_bound = who.session.registration.is_some();
    Ok(flash::clear(&who, kept::given_back_with_record(&who, shown, is_bound)))
}

pub(super) async fn submit(who: Candidate, form: FormData) -> Result<Response, PageError> {
    let (catalogue, plan) = who.sitting()?;
    let asked = Asked::of_form(&who.page_at(PATH), &form)?;
    let readable = asked.unknown.is_empty();
    let Some(subject) = asked.subject else {
        let nothing = StandbyRefusal::from(EntryRefusal::NothingChosen);
        let why: Vec<StandbyRefusal> =
            Some(nothing).filter(|_| asked.typed.get("subject").trim().is_empty()).into_iter().collect();
        return show(&who, &why, Some(asked)).await;
    };
    let cmd = JoinCommand {
        passport: who.session.passport,
        sitting: plan.code.clone(),
        subject,
        campuses: asked.campuses.clone(),
        address: who.address.to_string(),
    };
    let done = who.app.db.write_again(async move |tx: &mut Tx<'_>| {
        let joined = join(tx, &catalogue, &cmd).await?;
        // What can't be parsed was refused; the `Err` ensures that nothing else is done without it.
        if readable { Ok(joined) } else { Err(Stop::Refused(Vec::new())) }
    });
    match refusal(done.await)? {
        Ok(_) => Ok(flash::set(&who, see_other(PATH), JOINED)),
        Err(mut refusals) => {
            refusals.retain(|why| readable || is_of_subject(why));
            keeping(&who, &refusals, asked).await
        }
    }
}

/// The page again; what was chosen before a record is saved waits for that.
async fn keeping(who: &Candidate, refusals: &[StandbyRefusal], asked: Asked) -> Result<Response, PageError> {
    let typed = asked.typed.clone();
    let shown = show(who, refusals, Some(asked)).await?;
    let waits = refusals.contains(&EntryRefusal::NotBound.into());
    Ok(if waits { kept::keeping(who, shown, &typed) } else { shown })
}

/// Whether it stands whatever campus is meant: of several only those that can be read were asked for.
const fn is_of_subject(why: &StandbyRefusal) -> bool {
    matches!(why, StandbyRefusal::AlreadyWaiting(_) | StandbyRefusal::Entry(EntryRefusal::NotBound))
}

/// What the page is made of.
struct Known {
    of: Registration,
    mine: Vec<Place>,
    /// What the home campus offers, written and oral.
    offers: Vec<Offers>,
    /// The line at the campus that is asked for, where it is full.
    at: Option<AtCampus>,
    now: Time,
}

/// One read, all of it by key.
async fn known(who: &Candidate, asked: &Asked) -> Result<Option<Known>, PageError> {
    let (catalogue, plan) = who.sitting()?;
    let session = who.session.clone();
    let (subject, campus) = (asked.subject, asked.campuses.first().copied());
    let read = who.app.db.read(async move |tx: &mut Tx<'_>| {
        let Some(of) = registration_of(tx, &session, &plan.code).await? else {
            return Ok::<_, DbError>(None);
        };
        let mine = places(tx, &plan, &of).await?;
        let mut home = Vec::new();
        for mode in [Mode::Written, Mode::Oral] {
            home.push(offers(tx, &catalogue, &of, mode, of.campus).await?);
        }
        let mut at = None;
        if let Some(subject) = subject.and_then(|code| plan.subject(code)) {
            let campus = campus.filter(|_| subject.mode == Mode::Oral).unwrap_or(of.campus);
            let pool = PoolKey { campus, sitting: plan.code.clone(), subject: subject.code };
            let stands = unjoined(tx, &plan, &pool, subject.mode).await?;
            at = stands.filter(|(_, seats)| seats.left() == 0).map(|(at, _)| at);
        }
        Ok(Some(Known { of, mine, offers: home, at, now: tx.now().await? }))
    });
    Ok(read.await?)
}

pub(super) async fn show(
    who: &Candidate,
    refusals: &[StandbyRefusal],
    asked: Option<Asked>,
) -> Result<Response, PageError> {
    let (catalogue, plan) = who.sitting()?;
    let asked = asked.unwrap_or_default();
    let page = saying(who, who.page_at(PATH)).titled("standby-title").described("standby-about");
    let mut told = refusal_texts::all(&page, (&catalogue, &plan), asked.subject, refusals);
    told.extend(asked.unknown.iter().cloned());
    let Some(known) = known(who, &asked).await? else {
        let not_bound = StandbyRefusal::from(EntryRefusal::NotBound);
        if !told.is_empty() && !refusals.contains(&not_bound) {
            told.extend(refusal_texts::all(&page, (&catalogue, &plan), None, &[not_bound]));
        }
        return unbound(page, &told, &asked.typed);
    };
    let subject = asked.subject.and_then(|code| plan.subject(code));
    let step = words::step(subject.map_or(Mode::Written, |subject| subject.mode));
    let page = page.at_step(step).refusing(told.clone(), asked.typed.clone());
    let page = if told.is_empty() && is_over(&known) {
        let (title, text) = (page.m("situation-window-closed"), page.m("standby-over"));
        page.noting(Notice::new(Tone::Info, title, text))
    } else {
        page
    };
    let waits = |code: SubjectCode| known.mine.iter().any(|place| place.standby.subject == code);
    let subject = subject.filter(|subject| !waits(subject.code));
    let view = WaitingListView {
        mine: known.mine.iter().map(|place| words::place(&page, &catalogue, &plan, place)).collect(),
        join: subject.map(|subject| form(&page, &catalogue, &plan, (&known, &asked), subject)),
        subjects: subjects(&page, &plan, &known),
        full: full(&page, &plan, &known),
        page,
    };
    refused_html(&told, refusal_texts::retry_seconds(refusals, known.now), &view)
}

fn saying(who: &Candidate, page: Page) -> Page {
    let (title, text) = match flash::get(who) {
        Some(JOINED) => ("standby-joined", "standby-joined-text"),
        Some(LEFT) => ("standby-left", "standby-left-text"),
        Some(_) | None => return page,
    };
    let notice = Notice::new(Tone::Ok, page.m(title), page.m(text));
    page.noting(notice)
}

fn form(
    page: &Page,
    catalogue: &Catalogue,
    plan: &Plan,
    (known, asked): (&Known, &Asked),
    subject: &Subject,
) -> JoinShown {
    let oral = subject.mode == Mode::Oral;
    let home = known.of.campus;
    let campus = asked.campuses.first().copied().filter(|_| oral).unwrap_or(home);
    let enter = match subject.mode {
        Mode::Written => {
            Link { href: "/registration/written".to_owned(), text: page.m("entry-info-written").to_owned() }
        }
        Mode::Oral => Link {
            href: format!("/registration/oral?campus={campus}"),
            text: page.m("entry-info-oral").to_owned(),
        },
    };
    let mut chosen = asked.campuses.clone();
    chosen.truncate(MOST_CAMPUSES);
    if chosen.is_empty() {
        chosen.push(home);
    }
    let mut campuses: Vec<CampusCode> = Vec::new();
    if oral && plan.oral_elsewhere(home) {
        let offers = |campus: &CampusCode| plan.offers(*campus, subject.code);
        campuses.extend(nearest(plan, home, known.now).into_iter().filter(offers).take(CAMPUSES));
        // What was chosen stays there, also where it is refused.
        campuses
            .extend(chosen.iter().filter(|campus| !campuses.contains(campus)).copied().collect::<Vec<_>>());
    }
    let choice = |campus: &CampusCode| Choice {
        value: campus.to_string(),
        text: place_now(catalogue, *campus).campus,
    };
    JoinShown {
        code: subject.code.to_string(),
        subject: subject_name(page, plan, subject.code),
        place: place_now(catalogue, campus),
        at: known.at.as_ref().map(|at| words::at_campus(page, catalogue, at)),
        enter,
        campuses: campuses.iter().map(choice).collect(),
        chosen: chosen.iter().map(ToString::to_string).collect(),
    }
}

/// Whether registration is over wherever somebody could wait: the form stays, and the page says that it takes nothing.
fn is_over(known: &Known) -> bool {
    let mut offers = known.offers.iter().filter(|offers| !offers.rows.is_empty()).peekable();
    let closed = |offer: &Offer| matches!(offer.refusal, Some(EntryRefusal::WindowClosed(_)));
    offers.peek().is_some() && offers.all(|offers| offers.rows.iter().any(closed))
}

/// The subjects that somebody could wait for: granted ones that are not entered.
fn subjects(page: &Page, plan: &Plan, known: &Known) -> Vec<Choice> {
    let out = |refusal: &EntryRefusal| {
        matches!(refusal, EntryRefusal::NotEligible(_) | EntryRefusal::AlreadyEntered(_))
    };
    let rows = known.offers.iter().flat_map(|offers| &offers.rows);
    rows.filter(|offer| !offer.refusal.as_ref().is_some_and(out))
        .map(|offer| Choice {
            value: offer.subject.code.to_string(),
            text: subject_name(page, plan, offer.subject.code),
        })
        .collect()
}

/// The subjects of the home campus for which only a seat is missing.
fn full(page: &Page, plan: &Plan, known: &Known) -> Vec<Link> {
    let waits = |code: SubjectCode| known.mine.iter().any(|place| place.standby.subject == code);
    let rows = known.offers.iter().flat_map(|offers| &offers.rows);
    rows.filter(|offer| matches!(offer.refusal, Some(EntryRefusal::PoolFull(_))))
        .filter(|offer| !waits(offer.subject.code))
        .map(|offer| Link {
            href: format!("{PATH}?subject={}#join", offer.subject.code),
            text: subject_name(page, plan, offer.subject.code),
        })
        .collect()
}
