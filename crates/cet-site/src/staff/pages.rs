//! `/staff` and the pages below it.

mod accounts;
mod audit;
mod exports;
mod language;
mod login;
mod messages;
mod orders;
mod overview;
mod password;
mod rebinds;
mod refunds;
mod registrations;
mod retrieval;
mod second_factor;
mod sessions;
mod statistics;
pub(crate) mod students;
mod suspense;

use crate::web::route::{boxed, get, post};
use axum::Router;
use axum::response::Response;

use super::list;
use super::member::StaffMember;
use crate::app::App;
use crate::web::answer::{BUSY_SECONDS, PageError, refused_html};
use crate::web::page::Refused;
use cet_base::store::{DbError, Stop};
use cet_base::words::staff::By;
use cet_domain::limit::Wait;
use cet_domain::passport::password::HashError;
use cet_domain::staff::refusal::StaffRefusal;
pub(crate) use students::one::with_refusal as student_page;

/// Routes of this module.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/staff", get(overview::show))
        .route("/staff/login", get(login::form).post(boxed(login::log_in)))
        .route("/staff/logout", post(login::log_out))
        .route("/staff/second-factor", get(second_factor::form).post(boxed(second_factor::check)))
        .route("/staff/second-factor.svg", get(second_factor::picture))
        .route("/staff/recovery-codes", get(second_factor::codes).post(boxed(second_factor::noted)))
        .route("/staff/password", get(password::form).post(boxed(password::change)))
        .route("/staff/account/language", post(language::set))
        .route("/staff/account/sessions", get(sessions::show).post(boxed(sessions::end_others)))
        .route("/staff/account/sessions/{id}/end", post(sessions::end))
        .route("/staff/registrations", get(list::show::<registrations::Registrations>))
        .route("/staff/registrations.csv", get(list::csv::<registrations::Registrations>))
        .route("/staff/registrations.xlsx", get(list::xlsx::<registrations::Registrations>))
        .route("/staff/registrations/ticked/csv", post(registrations::bulk::csv))
        .route("/staff/registrations/ticked/xlsx", post(registrations::bulk::xlsx))
        .route("/staff/messages/ticked", post(messages::write))
        .route("/staff/registrations/search", post(registrations::find::search))
        .route("/staff/registrations/{school}/{id}", get(registrations::one::show))
        .route("/staff/registrations/{school}/{id}/document", post(registrations::one::document))
        .route("/staff/retrieval", get(retrieval::form).post(boxed(retrieval::retrieve)))
        .route("/staff/rebinds", get(list::show::<rebinds::Rebinds>).post(boxed(rebinds::ask)))
        .route("/staff/rebinds.csv", get(list::csv::<rebinds::Rebinds>))
        .route("/staff/rebinds.xlsx", get(list::xlsx::<rebinds::Rebinds>))
        .route("/staff/rebinds/new", get(rebinds::form))
        .route("/staff/rebinds/{id}", get(rebinds::one))
        .route("/staff/rebinds/{id}/document", post(rebinds::document))
        .route("/staff/rebinds/{id}/approval", post(rebinds::approve))
        .route("/staff/rebinds/{id}/refusal", post(rebinds::refuse))
        .route("/staff/students", get(list::show::<students::Students>))
        .route("/staff/students.csv", get(list::csv::<students::Students>))
        .route("/staff/students.xlsx", get(list::xlsx::<students::Students>))
        .route("/staff/students/search", post(students::search))
        .route("/staff/students/ticked/bar", post(students::bulk::bar))
        .route("/staff/students/ticked/lift", post(students::bulk::lift))
        .route("/staff/students/ticked/csv", post(students::bulk::csv))
        .route("/staff/students/ticked/xlsx", post(students::bulk::xlsx))
        .route("/staff/students/{key}", get(students::one::show).post(boxed(students::correct::correct)))
        .route("/staff/students/{key}/document", post(students::one::document))
        .merge(money_routes())
        .route("/staff/statistics", get(statistics::show))
        .route("/staff/statistics.csv", get(statistics::csv))
        .route("/staff/statistics.xlsx", get(statistics::xlsx))
        .route("/staff/exports", get(list::show::<exports::Files>).post(boxed(exports::ask)))
        .route("/staff/exports.csv", get(list::csv::<exports::Files>))
        .route("/staff/exports.xlsx", get(list::xlsx::<exports::Files>))
        .route("/staff/exports/new", get(exports::form))
        .route("/staff/exports/{id}", get(exports::one))
        .route("/staff/exports/{id}/file", get(exports::file))
        .route("/staff/exports/{id}/approval", post(exports::approve))
        .route("/staff/exports/{id}/refusal", post(exports::refuse))
        .merge(account_routes())
        .route("/staff/audit", get(list::show::<audit::Log>))
        .route("/staff/audit.csv", get(list::csv::<audit::Log>))
        .route("/staff/audit.xlsx", get(list::xlsx::<audit::Log>))
}

fn money_routes() -> Router<App> {
    Router::new()
        .route("/staff/money.csv", get(statistics::money_csv))
        .route("/staff/money.xlsx", get(statistics::money_xlsx))
        .route("/staff/orders", get(list::show::<orders::Orders>))
        .route("/staff/orders/search", post(orders::find::search))
        .route("/staff/orders.csv", get(list::csv::<orders::Orders>))
        .route("/staff/orders.xlsx", get(list::xlsx::<orders::Orders>))
        .route("/staff/orders/{number}", get(orders::one::show))
        .route("/staff/orders/{number}/ask", post(orders::one::ask))
        .route("/staff/refunds", get(list::show::<refunds::Refunds>))
        .route("/staff/refunds.csv", get(list::csv::<refunds::Refunds>))
        .route("/staff/refunds.xlsx", get(list::xlsx::<refunds::Refunds>))
        .route("/staff/refunds/new", get(refunds::new::form).post(boxed(refunds::new::submit)))
        .route("/staff/refunds/{id}", get(refunds::request::show))
        .route("/staff/refunds/{id}/approval", post(refunds::request::approve))
        .route("/staff/refunds/{id}/refusal", post(refunds::request::refuse))
        .route("/staff/refunds/{id}/retry", post(refunds::one::retry))
        .route("/staff/refunds/{id}/by-hand", post(refunds::one::by_hand))
        .route("/staff/suspense", get(list::show::<suspense::InSuspense>))
        .route("/staff/suspense.csv", get(list::csv::<suspense::InSuspense>))
        .route("/staff/suspense.xlsx", get(list::xlsx::<suspense::InSuspense>))
        .route("/staff/suspense/{id}", get(suspense::one))
        .route("/staff/suspense/{id}/resolution", post(suspense::settle))
}

fn account_routes() -> Router<App> {
    Router::new()
        .route("/staff/accounts", get(list::show::<accounts::Accounts>).post(boxed(accounts::submit)))
        .route("/staff/accounts.csv", get(list::csv::<accounts::Accounts>))
        .route("/staff/accounts.xlsx", get(list::xlsx::<accounts::Accounts>))
        .route("/staff/accounts/file", get(accounts::bulk::form).post(boxed(accounts::bulk::submit)))
        .route("/staff/accounts/{name}", get(accounts::one))
        .route("/staff/accounts/{name}/grant", post(accounts::grant))
        .route("/staff/accounts/{name}/email", post(accounts::email))
        .route("/staff/accounts/{name}/reset", get(accounts::reset::show).post(boxed(accounts::reset::ask)))
        .route("/staff/accounts/{name}/reset/approval", post(accounts::reset::approve))
        .route("/staff/accounts/{name}/reset/refusal", post(accounts::reset::refuse))
        .route("/staff/accounts/{name}/end", post(accounts::end))
}

/// The member as requests and decisions name them.
fn by(who: &StaffMember) -> By {
    By {
        account: who.name.clone(),
        person: who.person.clone(),
        scope: who.scope.clone(),
        address: who.from(),
    }
}

/// Shows an overloaded hasher as a refusal on the form.
fn hashed<T>(result: Result<T, HashError>) -> Result<Result<T, StaffRefusal>, PageError> {
    match result {
        Ok(value) => Ok(Ok(value)),
        Err(HashError::Busy) => Ok(Err(StaffRefusal::TooBusy(BUSY_SECONDS))),
        Err(HashError::Fault(text)) => Err(PageError::fault(text)),
    }
}

fn waited<T>(result: Result<T, Stop<Wait>>) -> Result<Result<T, StaffRefusal>, PageError> {
    match result {
        Ok(value) => Ok(Ok(value)),
        Err(Stop::Refused(wait)) => Ok(Err(StaffRefusal::TooMany(wait.seconds))),
        Err(Stop::Fault(DbError::Busy)) => Ok(Err(StaffRefusal::TooBusy(BUSY_SECONDS))),
        Err(Stop::Fault(fault)) => Err(fault.into()),
    }
}

/// Shows a form again, with a refusal.
fn refused(
    refusals: &[Refused],
    why: &[StaffRefusal],
    view: &impl askama::Template,
) -> Result<Response, PageError> {
    refused_html(refusals, why.iter().find_map(|refusal| refusal.retry_after()), view)
}
