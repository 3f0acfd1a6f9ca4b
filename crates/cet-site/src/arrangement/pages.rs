//! `/staff/arrangements`: the state of each subject at a campus (T1), and the lists that a school prints (T4);
//! `/staff/accommodations`: who needs a separate room.

mod accommodations;
mod bundle;
mod draw;
mod room_names;
mod unit;

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::web::route::{boxed, get, post};
use axum::Router;
use axum::response::Response;

use super::views::{ListView, UnitLine};
use crate::app::App;
use crate::staff::StaffMember;
use crate::staff::downloads::Download;
use crate::staff::list::{Asked, FILE_ROWS, Form, PAGE, Pager, Sheet, download, download_empty};
use crate::web::answer::{PageError, refused_html};
use crate::web::flash;
use crate::web::page::{Choice, Notice, Page, Refused, Tone, Typed};
use cet_base::store::{DbError, Stop, Tx};
use cet_base::words::codes::{CampusCode, SubjectCode};
use cet_base::words::time::Time;
use cet_domain::arrangement::ArrangeRefusal;
use cet_domain::arrangement::plan::UnitPlan;
use cet_domain::arrangement::store::lists::{self, Stand};
use cet_domain::arrangement::store::requests::{self, Request};
use cet_domain::arrangement::verbs;
use cet_domain::sitting::Plan;
use cet_domain::sitting::catalogue::Catalogue;
use cet_domain::staff::Permission;

const PATH: &str = "/staff/arrangements";
const FILTERS: &[&str] = &["campus", "subject"];
/// The headings of the list's files, as text keys.
const HEADINGS: [&str; 8] = [
    "arrangement-col-campus",
    "arrangement-col-subject",
    "arrangement-col-state",
    "arrangement-col-candidates",
    "arrangement-col-rooms",
    "arrangement-col-seed",
    "arrangement-col-at",
    "staff-requester",
];

/// Routes of this module.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/staff/arrangements", get(show))
        .route("/staff/arrangements.csv", get(csv))
        .route("/staff/arrangements.xlsx", get(xlsx))
        .route("/staff/arrangements/draw", post(draw::draw))
        .route("/staff/arrangements/publication", post(draw::ask))
        .route("/staff/arrangements/approval", post(draw::approve))
        .route("/staff/arrangements/refusal", post(draw::refuse))
        .route("/staff/arrangements/{campus}/lists.zip", get(bundle::file))
        .route("/staff/arrangements/{campus}/{subject}", get(unit::show))
        .route(
            "/staff/arrangements/{campus}/{subject}/room-names",
            get(room_names::show).post(boxed(room_names::set)),
        )
        .route("/staff/arrangements/{campus}/{subject}/{file}", get(unit::file))
        .route("/staff/accommodations", get(accommodations::show).post(boxed(accommodations::set)))
}

/// A unit of the list: from its settings, from its draw, or from both.
#[derive(Default)]
struct Unit {
    planned: Option<UnitPlan>,
    drawn: Option<Stand>,
    /// Who asks another person to publish the draft.
    asked: Option<Request>,
}

/// The list's data: units by campus and subject order, and the time.
struct Read {
    units: BTreeMap<(CampusCode, SubjectCode), Unit>,
    /// Why the settings can't be read; the list then shows only what was drawn.
    fault: Option<ArrangeRefusal>,
    now: Time,
}

async fn read(who: &StaffMember, plan: &Arc<Plan>) -> Result<Read, PageError> {
    let (scope, plan) = (who.scope.clone(), Arc::clone(plan));
    let read: Result<Read, DbError> = who
        .app
        .db
        .read(async move |tx: &mut Tx<'_>| {
            let now = tx.now().await?;
            let mut units: BTreeMap<_, Unit> = BTreeMap::new();
            let fault = match verbs::plan_units(tx, &plan, None).await {
                Ok(all) => {
                    for one in all.into_iter().filter(|one| scope.holds(one.unit.campus.as_str())) {
                        let key = (one.unit.campus, one.unit.subject);
                        units.entry(key).or_default().planned = Some(one);
                    }
                    None
                }
                Err(Stop::Refused(fault)) => Some(fault),
                Err(Stop::Fault(fault)) => return Err(fault),
            };
            for drawn in lists::in_scope(tx, &scope, &plan.code).await? {
                let key = (drawn.campus, drawn.subject);
                units.entry(key).or_default().drawn = Some(drawn);
            }
            for asked in requests::open_in(tx, &scope, &plan.code).await? {
                let unit = units.entry((asked.campus, asked.subject)).or_default();
                unit.asked =
                    Some(asked).filter(|of| unit.drawn.as_ref().is_some_and(|drawn| drawn.id == of.draft));
            }
            Ok(Read { units, fault, now })
        })
        .await;
    Ok(read?)
}

async fn show(who: StaffMember) -> Result<Response, PageError> {
    who.needs(Permission::SeatLists)?;
    let answer = page(&who, Vec::new(), Typed::default()).await?;
    Ok(flash::clear(&who, answer))
}

/// What the last form did, in words.
fn done(who: &StaffMember, page: &Page) -> Option<Notice> {
    let words = match flash::get(who)? {
        draw::DRAWN => "arrangement-done-drawn",
        draw::ASKED => "arrangement-done-asked",
        draw::PUBLISHED => "arrangement-done-published",
        draw::REFUSED => "arrangement-done-refused",
        _ => return None,
    };
    let n = flash::ids(who).first().copied().unwrap_or(0).to_string();
    Some(Notice::new(Tone::Ok, page.f(words, &[("n", &n)]), ""))
}

/// The list, with the refusals of a form.
async fn page(who: &StaffMember, said: Vec<Refused>, typed: Typed) -> Result<Response, PageError> {
    let plan = who.shown_sitting().await?;
    let asked = Asked::read(who, FILTERS);
    let Read { units, fault, now } = read(who, &plan).await?;
    let (mut page, menu) = who.frame_at(PATH, "arrangement-title").await?;
    if let Some(fault) = fault {
        page = page.noting(Notice::new(
            Tone::Warn,
            who.page().m("arrangement-settings-wrong"),
            fault.to_string(),
        ));
    }
    if let Some(notice) = done(who, &page).filter(|_| said.is_empty()) {
        page = page.noting(notice);
    }
    let catalogue = who.app.catalogue.get();
    let page_rows = usize::try_from(PAGE).unwrap_or(usize::MAX);
    let wanted = units.iter().filter(|(of, _)| is_wanted(&asked, **of) && *key(**of) > *asked.after);
    let mut shown: Vec<_> = wanted.take(page_rows.saturating_add(1)).collect();
    let pager = Pager::cut(PATH, &asked, &mut shown, |(of, _)| key(**of));
    let lines = shown
        .into_iter()
        .map(|((campus, subject), unit)| line(&page, &catalogue, &plan, (*campus, *subject), unit, now))
        .collect();
    let choice =
        |code: SubjectCode| Choice { value: code.to_string(), text: subject_name(&page, &plan, code) };
    let subjects = plan.subjects().iter().map(|subject| choice(subject.code)).collect();
    let mut campuses: Vec<String> = units
        .iter()
        .filter(|(_, unit)| unit.drawn.as_ref().is_some_and(|drawn| drawn.published_at.is_some()))
        .map(|((campus, _), _)| campus.to_string())
        .collect();
    campuses.dedup();
    let zips: Vec<Choice> = campuses
        .into_iter()
        .filter(|campus| campus.starts_with(asked.get("campus")))
        .take(page_rows)
        .map(|campus| Choice { text: campus.clone(), value: format!("{PATH}/{campus}/lists.zip") })
        .collect();
    let may_draw = who.may(Permission::Arrange);
    let typed = if typed == Typed::default() {
        typed.with("campus", asked.get("campus")).with("subject", asked.get("subject"))
    } else {
        typed
    };
    let page = page.refusing(said.clone(), typed);
    let view = ListView { page, menu, asked, subjects, lines, pager, may_draw, zips };
    refused_html(&said, None, &view)
}

/// The cursor of the page after a unit.
fn key((campus, subject): (CampusCode, SubjectCode)) -> String {
    format!("{campus}-{subject}")
}

/// Whether a unit matches the filters.
fn is_wanted(asked: &Asked, (campus, subject): (CampusCode, SubjectCode)) -> bool {
    campus.as_str().starts_with(asked.get("campus"))
        && (asked.get("subject").is_empty() || subject.as_str() == asked.get("subject"))
}

async fn csv(who: StaffMember) -> Result<Response, PageError> {
    file(&who, Form::Csv).await
}

async fn xlsx(who: StaffMember) -> Result<Response, PageError> {
    file(&who, Form::Xlsx).await
}

/// The list as a file: the units that match the filters, all pages of them.
async fn file(who: &StaffMember, form: Form) -> Result<Response, PageError> {
    who.needs(Permission::SeatLists)?;
    let (shown, catalogue) = (who.page(), who.app.catalogue.get());
    let headings = HEADINGS.map(|key| shown.m(key).to_owned()).to_vec();
    let Some(plan) = who.list_sitting() else {
        return download_empty(who, "arrangements", form, headings).await;
    };
    let (asked, begun) = (Asked::read(who, FILTERS), Download::of(who)?);
    let Read { units, now, .. } = read(who, &plan).await?;
    let wanted = units.iter().filter(|(of, _)| is_wanted(&asked, **of));
    let cells = |(of, unit): (&(CampusCode, SubjectCode), &Unit)| {
        let line = line(&shown, &catalogue, &plan, *of, unit, now);
        let at = unit.drawn.as_ref().map(|of| of.published_at.unwrap_or(of.made_at).to_string());
        let (subject, state, asked) = (line.subject, line.state, line.asked);
        let at = at.unwrap_or_default();
        vec![line.campus, subject, state, line.candidates, line.rooms, line.seed, at, asked]
    };
    let rows: Vec<_> = wanted.map(cells).collect();
    if i64::try_from(rows.len()).unwrap_or(i64::MAX) > FILE_ROWS {
        let said = Refused::new(shown.t, "field-invalid").saying(shown.m("staff-too-many-narrow"));
        return page(who, vec![said], Typed::default()).await;
    }
    download(who, "arrangements", form, (begun, Sheet { headings, rows })).await
}

fn subject_name(page: &Page, plan: &Plan, code: SubjectCode) -> String {
    let english = page.lang() == cet_base::texts::Lang::En;
    let name = plan.subject(code).map(|subject| if english { &subject.name_en } else { &subject.name });
    format!("({code}) {}", name.map_or("", String::as_str))
}

/// Who asked that a draft be published, and until when somebody may agree.
fn asked_words(page: &Page, of: &Request) -> String {
    page.f("arrangement-asked-by", &[("who", &of.account), ("time", &of.expires_at.page())])
}

/// Formats a unit.
fn line(
    page: &Page,
    catalogue: &Catalogue,
    plan: &Plan,
    (campus, subject): (CampusCode, SubjectCode),
    unit: &Unit,
    now: Time,
) -> UnitLine {
    let base = UnitLine {
        campus: format!("({campus}){}", catalogue.campus_name(campus).unwrap_or_default()),
        subject: subject_name(page, plan, subject),
        ..UnitLine::default()
    };
    let Some(drawn) = &unit.drawn else {
        let closes = unit.planned.as_ref().map_or(Time::from_micros(0), UnitPlan::closed_at);
        let open = now < closes;
        return UnitLine {
            state: if open {
                page.f("arrangement-state-open", &[("time", &closes.page())])
            } else {
                page.m("arrangement-state-none").to_owned()
            },
            mark: if open { "open" } else { "none" },
            ..base
        };
    };
    let published = drawn.published_at.is_some();
    let state = if published { "arrangement-state-published" } else { "arrangement-state-draft" };
    UnitLine {
        href: format!("{PATH}/{campus}/{subject}"),
        state: page.m(state).to_owned(),
        class: if published { "ok" } else { "warn" },
        mark: if published { "published" } else { "draft" },
        candidates: drawn.candidates.to_string(),
        rooms: drawn.rooms.to_string(),
        seed: drawn.seed.to_string(),
        at: drawn.published_at.unwrap_or(drawn.made_at).page(),
        asked: unit.asked.as_ref().map(|of| asked_words(page, of)).unwrap_or_default(),
        ..base
    }
}

#[cfg(test)]
#[path = "tests/pages.rs"]
pub(crate) mod tests;
