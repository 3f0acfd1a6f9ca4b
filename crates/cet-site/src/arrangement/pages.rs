//! `/staff/arrangements`: the state of each subject at a campus (T1), and the lists that a school prints (T4);
//! `/staff/accommodations`: who needs a separate room.

mod accommodations;
mod unit;

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Router;
use axum::response::Response;
use axum::routing::get;
use http::StatusCode;

use super::ArrangeRefusal;
use super::plan::UnitPlan;
use super::store::lists::{self, Stand};
use super::verbs;
use super::views::{ListView, UnitLine};
use crate::app::App;
use crate::sitting::Plan;
use crate::sitting::catalogue::Catalogue;
use crate::staff::list::{Asked, PAGE};
use crate::staff::{Permission, StaffMember};
use crate::store::{DbError, Stop, Tx};
use crate::web::answer::{PageError, html};
use crate::web::page::{Choice, Notice, Page, Tone};
use crate::words::codes::{CampusCode, SubjectCode};
use crate::words::time::Time;

const PATH: &str = "/staff/arrangements";

/// Routes of this module.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/staff/arrangements", get(show))
        .route("/staff/arrangements/{campus}/{subject}", get(unit::show))
        .route("/staff/arrangements/{campus}/{subject}/{file}", get(unit::file))
        .route("/staff/accommodations", get(accommodations::show).post(accommodations::set))
}

fn plan(who: &StaffMember) -> Result<Arc<Plan>, PageError> {
    who.app.catalogue.get().current().cloned().ok_or(PageError::NotFound)
}

/// A unit of the list: from its settings, from its draw, or from both.
#[derive(Default)]
struct Unit {
    planned: Option<UnitPlan>,
    drawn: Option<Stand>,
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
            Ok(Read { units, fault, now })
        })
        .await;
    Ok(read?)
}

async fn show(who: StaffMember) -> Result<Response, PageError> {
    who.needs(Permission::SeatLists)?;
    let plan = plan(&who)?;
    let asked = Asked::read(&who, &["campus", "subject"]);
    let Read { units, fault, now } = read(&who, &plan).await?;
    let (mut page, menu) = who.frame("arrangement-title").await?;
    if let Some(fault) = fault {
        page = page.noting(Notice::new(
            Tone::Warn,
            who.page().m("arrangement-settings-wrong"),
            fault.to_string(),
        ));
    }
    let catalogue = who.app.catalogue.get();
    let key = |campus: CampusCode, subject: SubjectCode| format!("{campus}-{subject}");
    let wanted = units.iter().filter(|((campus, subject), _)| {
        campus.as_str().starts_with(asked.get("campus"))
            && (asked.get("subject").is_empty() || subject.as_str() == asked.get("subject"))
            && *key(*campus, *subject) > *asked.after
    });
    let page_rows = usize::try_from(PAGE).unwrap_or(usize::MAX);
    let mut shown: Vec<_> = wanted.take(page_rows.saturating_add(1)).collect();
    let more = shown.len() > page_rows;
    shown.truncate(page_rows);
    let link = |after: &str| format!("{PATH}?{}", asked.query(after));
    let next = shown.last().filter(|_| more).map(|((campus, subject), _)| link(&key(*campus, *subject)));
    let lines = shown
        .into_iter()
        .map(|((campus, subject), unit)| line(&page, &catalogue, &plan, (*campus, *subject), unit, now))
        .collect();
    let choice =
        |code: SubjectCode| Choice { value: code.to_string(), text: subject_name(&page, &plan, code) };
    let subjects = plan.subjects().iter().map(|subject| choice(subject.code)).collect();
    let first = (!asked.after.is_empty()).then(|| link(""));
    html(StatusCode::OK, &ListView { page, menu, asked, subjects, lines, first, next })
}

fn subject_name(page: &Page, plan: &Plan, code: SubjectCode) -> String {
    let english = page.lang() == crate::texts::Lang::En;
    let name = plan.subject(code).map(|subject| if english { &subject.name_en } else { &subject.name });
    format!("({code}) {}", name.map_or("", String::as_str))
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
        ..base
    }
}

#[cfg(test)]
#[path = "tests/pages.rs"]
pub(crate) mod tests;
