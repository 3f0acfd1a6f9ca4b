//! `/staff` and the pages below it.

mod audit;
mod login;
mod overview;
mod password;
mod rebinds;
mod registrations;
mod retrieval;
mod second_factor;

use axum::Router;
use axum::response::Response;
use axum::routing::{get, post};
use http::header;

use super::refusal::StaffRefusal;
use crate::app::App;
use crate::passport::password::HashError;
use crate::web::answer::{BUSY_SECONDS, PageError, status_of};
use crate::web::page::Refused;

/// The room's routes.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/staff", get(overview::show))
        .route("/staff/login", get(login::form).post(login::log_in))
        .route("/staff/logout", post(login::log_out))
        .route("/staff/second-factor", get(second_factor::form).post(second_factor::check))
        .route("/staff/second-factor.svg", get(second_factor::picture))
        .route("/staff/recovery-codes", get(second_factor::codes).post(second_factor::noted))
        .route("/staff/password", get(password::form).post(password::change))
        .route("/staff/registrations", get(registrations::show))
        .route("/staff/registrations.csv", get(registrations::csv))
        .route("/staff/registrations.xlsx", get(registrations::xlsx))
        .route("/staff/registrations/search", post(registrations::search))
        .route("/staff/registrations/{school}/{id}", get(registrations::one))
        .route("/staff/registrations/{school}/{id}/document", post(registrations::document))
        .route("/staff/retrieval", get(retrieval::form).post(retrieval::retrieve))
        .route("/staff/rebinds", get(rebinds::show).post(rebinds::ask))
        .route("/staff/rebinds/new", get(rebinds::form))
        .route("/staff/rebinds/{id}", get(rebinds::one))
        .route("/staff/rebinds/{id}/approval", post(rebinds::approve))
        .route("/staff/rebinds/{id}/refusal", post(rebinds::refuse))
        .route("/staff/audit", get(audit::show))
        .route("/staff/audit.csv", get(audit::csv))
        .route("/staff/audit.xlsx", get(audit::xlsx))
}

/// Too much to do is told on the form.
fn hashed<T>(result: Result<T, HashError>) -> Result<Result<T, StaffRefusal>, PageError> {
    match result {
        Ok(value) => Ok(Ok(value)),
        Err(HashError::Busy) => Ok(Err(StaffRefusal::TooBusy(BUSY_SECONDS))),
        Err(HashError::Fault(text)) => Err(PageError::fault(text)),
    }
}

/// A form that comes back.
fn refused(
    refusals: &[Refused],
    why: &[StaffRefusal],
    view: &impl askama::Template,
) -> Result<Response, PageError> {
    let status = refusals.first().map_or(http::StatusCode::OK, |refusal| status_of(refusal.code));
    let mut response = crate::web::answer::html(status, view)?;
    if let Some(seconds) = why.iter().find_map(|refusal| refusal.retry_after()) {
        response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
    }
    Ok(response)
}
