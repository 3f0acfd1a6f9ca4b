//! `/staff/sittings`, `/staff/pools`, `/staff/notices`, `/staff/changes` and the pages below them.

mod arrangement;
mod changes;
mod fees;
mod limits;
mod news;
mod notices;
mod oral;
mod places;
mod pool_files;
mod pool_rows;
mod pools;
mod portal;
mod publication;
mod sitting_list;
mod sittings;
mod subjects;
mod texts;
mod windows;

pub(super) use texts::shown;

use std::sync::Arc;

pub(crate) use self::changes::latest;
pub(crate) use self::sittings::check_page;

use crate::web::route::{boxed, get, post};
use axum::Router;

use crate::app::App;
use crate::staff::{StaffMember, list};
use crate::web::answer::PageError;
use cet_base::words::codes::SittingCode;
use cet_domain::sitting::Plan;

/// Routes of this module.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/staff/changes", get(list::show::<changes::Log>))
        .route("/staff/changes.csv", get(list::csv::<changes::Log>))
        .route("/staff/changes.xlsx", get(list::xlsx::<changes::Log>))
        .route("/staff/changes/{id}", get(changes::one))
        .route("/staff/changes/{id}/approval", post(changes::approve))
        .route("/staff/changes/{id}/refusal", post(changes::refuse))
        .route("/staff/changes/{id}/undo", post(changes::undo))
        .route("/staff/pools", get(pools::show).post(boxed(pools::submit)))
        .route("/staff/pools.csv", get(pool_files::csv))
        .route("/staff/pools.xlsx", get(pool_files::xlsx))
        .route("/staff/notices", get(notices::list))
        .route("/staff/notices.csv", get(notices::list))
        .route("/staff/notices.xlsx", get(notices::list))
        .route("/staff/notices/{place}/{step}", get(notices::show).post(boxed(notices::submit)))
        .route("/staff/sittings", get(list::show::<sitting_list::Sittings>).post(boxed(sittings::create)))
        .route("/staff/sittings.csv", get(list::csv::<sitting_list::Sittings>))
        .route("/staff/sittings.xlsx", get(list::xlsx::<sitting_list::Sittings>))
        .route("/staff/sittings/{code}", get(sittings::board))
        .route("/staff/sittings/{code}/settings", get(sittings::show).post(boxed(sittings::submit)))
        .route("/staff/sittings/{code}/publication", get(publication::show).post(boxed(publication::publish)))
        .route("/staff/sittings/{code}/withdrawal", post(publication::withdraw))
        .route("/staff/sittings/{code}/closing", post(publication::close))
        .route("/staff/sittings/{code}/archiving", post(publication::archive))
        .route("/staff/sittings/{code}/subjects", get(subjects::list))
        .route("/staff/sittings/{code}/subjects.csv", get(subjects::list))
        .route("/staff/sittings/{code}/subjects.xlsx", get(subjects::list))
        .route("/staff/sittings/{code}/subjects/{subject}", get(subjects::show).post(boxed(subjects::submit)))
        .route("/staff/sittings/{code}/windows", get(windows::list))
        .route("/staff/sittings/{code}/windows.csv", get(windows::list))
        .route("/staff/sittings/{code}/windows.xlsx", get(windows::list))
        .route(
            "/staff/sittings/{code}/windows/{place}/{mode}",
            get(windows::show).post(boxed(windows::submit)),
        )
        .route("/staff/sittings/{code}/limits", get(limits::list))
        .route("/staff/sittings/{code}/limits.csv", get(limits::list))
        .route("/staff/sittings/{code}/limits.xlsx", get(limits::list))
        .route("/staff/sittings/{code}/limits/{place}", get(limits::show).post(boxed(limits::submit)))
        .route("/staff/sittings/{code}/fees", get(fees::list))
        .route("/staff/sittings/{code}/fees.csv", get(fees::list))
        .route("/staff/sittings/{code}/fees.xlsx", get(fees::list))
        .route("/staff/sittings/{code}/fees/{place}", get(fees::show).post(boxed(fees::submit)))
        .route("/staff/sittings/{code}/oral", get(oral::list))
        .route("/staff/sittings/{code}/oral.csv", get(oral::list))
        .route("/staff/sittings/{code}/oral.xlsx", get(oral::list))
        .route("/staff/sittings/{code}/oral/{place}", get(oral::show).post(boxed(oral::submit)))
        .route("/staff/sittings/{code}/arrangement", get(arrangement::list))
        .route("/staff/sittings/{code}/arrangement.csv", get(arrangement::list))
        .route("/staff/sittings/{code}/arrangement.xlsx", get(arrangement::list))
        .route(
            "/staff/sittings/{code}/arrangement/{place}",
            get(arrangement::show).post(boxed(arrangement::submit)),
        )
        .route("/staff/portal", get(portal::list))
        .route("/staff/portal.csv", get(portal::list))
        .route("/staff/portal.xlsx", get(portal::list))
        .route("/staff/portal/{page}/{lang}", get(portal::show).post(boxed(portal::submit)))
        .route("/staff/portal/news", get(list::show::<news::All>).post(boxed(news::add)))
        .route("/staff/portal/news.csv", get(list::csv::<news::All>))
        .route("/staff/portal/news.xlsx", get(list::xlsx::<news::All>))
        .route("/staff/portal/news/{id}", get(news::show).post(boxed(news::submit)))
        .route("/staff/sittings/{code}/texts/{kind}/{lang}", get(texts::show).post(boxed(texts::submit)))
}

/// The sitting of an address, drafts included.
fn plan(who: &StaffMember, code: &str) -> Result<Arc<Plan>, PageError> {
    let code = SittingCode::parse(code).map_err(|_| PageError::NotFound)?;
    who.app.catalogue.get().sitting(&code).cloned().ok_or(PageError::NotFound)
}

/// The sitting that `?sitting=` names, else the current one, else the newest, which is prepared.
async fn chosen(who: &StaffMember) -> Result<Arc<Plan>, PageError> {
    match chosen_or_none(who)? {
        Some(plan) => Ok(plan),
        None => Err(who.no_sitting().await),
    }
}

/// The same for a list, which is empty before there is any.
fn chosen_or_none(who: &StaffMember) -> Result<Option<Arc<Plan>>, PageError> {
    let code = who.query("sitting").unwrap_or_default();
    if !code.trim().is_empty() {
        return plan(who, code.trim()).map(Some);
    }
    let catalogue = who.app.catalogue.get();
    let newest = || catalogue.all().into_iter().next();
    Ok(catalogue.current().or_else(newest).cloned())
}
