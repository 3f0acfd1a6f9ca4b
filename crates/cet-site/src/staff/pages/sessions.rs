//! `/staff/account/sessions` (A9).

use axum::extract::Path;
use axum::response::Response;
use http::StatusCode;

use crate::passport::views::sessions::{StaffSessionsView, rows, session_named};
use crate::staff::StaffMember;
use crate::web::answer::{PageError, html, see_other};
use crate::web::flash;
use crate::web::page::{Notice, Tone};
use cet_base::store::DbError;
use cet_domain::passport::session::Listed;
use cet_domain::staff::{session, verbs};

/// The page's address.
const PATH: &str = "/staff/account/sessions";

fn owner(account: &str) -> Vec<u8> {
    format!("staff:{account}").into_bytes()
}

pub(super) async fn show(who: StaffMember) -> Result<Response, PageError> {
    let name = who.name.clone();
    let found: Result<Vec<Listed>, DbError> =
        who.app.db.read(async move |tx| session::of_account(tx, &name).await).await;
    let (mut page, menu) = who.frame("passport-sessions-title").await?;
    if flash::get(&who) == Some("sessions-ended") {
        let (title, text) = (page.m("passport-sessions-ended"), page.m("passport-sessions-ended-text"));
        page = page.noting(Notice::new(Tone::Ok, title, text));
    }
    let rows = rows(page.t, &who.app.vault, &owner(&who.name), &who.session.token_hash, &found?);
    Ok(flash::clear(&who, html(StatusCode::OK, &StaffSessionsView { page, menu, base: PATH, rows })?))
}

pub(super) async fn end(who: StaffMember, Path(name): Path<String>) -> Result<Response, PageError> {
    let id = session_named(&who.app.vault, &owner(&who.name), &name).ok_or(PageError::NotFound)?;
    let (session, address) = (who.session.clone(), who.from());
    let done: Result<(), DbError> =
        who.app.db.write_again(async move |tx| verbs::end_one(tx, &session, id, &address).await).await;
    done?;
    Ok(flash::set(&who, see_other(PATH), "sessions-ended"))
}

pub(super) async fn end_others(who: StaffMember) -> Result<Response, PageError> {
    let (session, address) = (who.session.clone(), who.from());
    let done: Result<(), DbError> =
        who.app.db.write_again(async move |tx| verbs::end_others(tx, &session, &address).await).await;
    done?;
    Ok(flash::set(&who, see_other(PATH), "sessions-ended"))
}
