//! `/register`, `/login`, `/logout`, `/recover`, `/retrieve`, `/account` and below, `/home`.

mod account;
mod closing;
mod current;
mod home;
mod links;
mod login;
mod password;
mod profile;
mod recover;
mod register;
mod retrieve;
mod sessions;

use crate::web::route::{boxed, get, post};
use axum::Router;
use axum::response::Response;
use http::{StatusCode, header};

use crate::app::App;
use crate::web::answer::{BUSY_SECONDS, PageError};
use cet_base::store::{DbError, Stop};
use cet_domain::limit::Wait;
use cet_domain::passport::password::HashError;
use cet_domain::passport::refusal::PassportRefusal;

/// Routes of this module.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/register", get(register::form).post(boxed(register::register)))
        .route("/login", get(login::form).post(boxed(login::log_in)))
        .route("/logout", post(login::log_out))
        .route("/recover", get(recover::form).post(boxed(recover::ask)))
        .route("/recover/{token}", get(recover::new_password).post(boxed(recover::set)))
        .route("/retrieve", get(retrieve::form).post(boxed(retrieve::retrieve)))
        .route("/account", get(account::show))
        .route("/account/profile", get(profile::form).post(boxed(profile::change)))
        .route("/account/password", get(password::form).post(boxed(password::change)))
        .route("/account/closing", get(closing::form).post(boxed(closing::close)))
        .route("/account/sessions", get(sessions::show).post(boxed(sessions::end_others)))
        .route("/account/sessions/{id}/end", post(sessions::end))
        .route("/account/verification", post(links::send))
        .route("/account/verification/{token}", get(links::ask_verification).post(boxed(links::verify)))
        .route("/account/undo/{token}", get(links::ask_undo).post(boxed(links::undo)))
        .route("/home", get(home::show))
}

/// The status of a page with these refusals.
fn status_of(refused: &[PassportRefusal]) -> StatusCode {
    let status = cet_base::refusal::status_of_all(refused.iter().map(|refusal| refusal.code()));
    status.and_then(|status| StatusCode::from_u16(status).ok()).unwrap_or(StatusCode::UNPROCESSABLE_ENTITY)
}

/// Adds `Retry-After`, if a refusal has a wait time.
fn with_wait(mut response: Response, refused: &[PassportRefusal]) -> Response {
    if let Some(seconds) = refused.iter().find_map(|refusal| refusal.retry_after()) {
        response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
    }
    response
}

/// Shows an overloaded hasher as a refusal on the form, which keeps what was typed.
fn hashed<T>(result: Result<T, HashError>) -> Result<Result<T, PassportRefusal>, PageError> {
    match result {
        Ok(value) => Ok(Ok(value)),
        Err(HashError::Busy) => Ok(Err(PassportRefusal::TooBusy(BUSY_SECONDS))),
        Err(HashError::Fault(text)) => Err(PageError::fault(text)),
    }
}

fn waited<T>(result: Result<T, Stop<Wait>>) -> Result<Result<T, PassportRefusal>, PageError> {
    match result {
        Ok(value) => Ok(Ok(value)),
        Err(Stop::Refused(wait)) => Ok(Err(PassportRefusal::TooMany(wait.seconds))),
        Err(Stop::Fault(DbError::Busy)) => Ok(Err(PassportRefusal::TooBusy(BUSY_SECONDS))),
        Err(Stop::Fault(fault)) => Err(fault.into()),
    }
}

#[cfg(test)]
#[path = "tests/pages.rs"]
mod tests;
