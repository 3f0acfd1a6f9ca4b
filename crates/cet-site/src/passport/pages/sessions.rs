//! `/account/sessions` (A9).

use axum::extract::Path;
use axum::response::Response;
use http::StatusCode;

use crate::passport::Candidate;
use crate::passport::views::sessions::{SessionsView, rows, session_named};
use crate::web::answer::{PageError, html, see_other};
use crate::web::flash;
use crate::web::page::{Notice, Tone};
use cet_base::store::DbError;
use cet_base::words::ids::PassportId;
use cet_domain::passport::session::{self, Life, Listed};
use cet_domain::passport::verbs::sessions;

/// The page's address.
const PATH: &str = "/account/sessions";

fn owner(id: PassportId) -> Vec<u8> {
    format!("passport:{id}").into_bytes()
}

pub(super) async fn show(who: Candidate) -> Result<Response, PageError> {
    let (id, life) = (who.session.passport, Life::from(&who.app.config.session));
    let found: Result<Vec<Listed>, DbError> =
        who.app.db.read(async move |tx| session::of_passport(tx, id, life).await).await;
    let mut page = who.page().titled("passport-sessions-title").described("passport-sessions-about");
    if flash::get(&who) == Some("sessions-ended") {
        let (title, text) = (page.m("passport-sessions-ended"), page.m("passport-sessions-ended-text"));
        page = page.noting(Notice::new(Tone::Ok, title, text));
    }
    let rows = rows(page.t, &who.app.vault, &owner(id), &who.session.token_hash, &found?);
    Ok(flash::clear(&who, html(StatusCode::OK, &SessionsView { page, base: PATH, rows })?))
}

pub(super) async fn end(who: Candidate, Path(name): Path<String>) -> Result<Response, PageError> {
    let named = session_named(&who.app.vault, &owner(who.session.passport), &name);
    let id = named.ok_or(PageError::NotFound)?;
    let (session, address) = (who.session.clone(), who.address);
    let done: Result<(), DbError> =
        who.app.db.write_again(async move |tx| sessions::end_one(tx, &session, id, address).await).await;
    done?;
    Ok(flash::set(&who, see_other(PATH), "sessions-ended"))
}

pub(super) async fn end_others(who: Candidate) -> Result<Response, PageError> {
    let (session, address) = (who.session.clone(), who.address);
    let done: Result<(), DbError> =
        who.app.db.write_again(async move |tx| sessions::end_others(tx, &session, address).await).await;
    done?;
    Ok(flash::set(&who, see_other(PATH), "sessions-ended"))
}
