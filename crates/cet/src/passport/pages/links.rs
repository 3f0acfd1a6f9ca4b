//! `/account/verification` and `/account/undo/{token}`: what mailed links lead to. Opening one does nothing; its button
//! does (T15).

use axum::extract::Path;
use axum::response::Response;
use http::{StatusCode, header};

use super::waited;
use crate::passport::notice::{Message, announce};
use crate::passport::token::{self, Live, Purpose};
use crate::passport::verbs::address::{self, Asked};
use crate::passport::views::{AskView, DeadLinkView};
use crate::passport::{Candidate, MaybeCandidate, session};
use crate::store::DbError;
use crate::web::answer::{PageError, html, see_other};
use crate::web::said;
use crate::words::email::Email;

/// Sends the verification mail.
pub(super) async fn send(who: Candidate) -> Result<Response, PageError> {
    let (app, id, lang, address) = (who.app.clone(), who.session.passport, who.lang, who.address);
    let asked =
        who.app.db.write(async move |tx| address::ask_verification(tx, &app, id, lang, address).await).await;
    match waited(asked)? {
        Ok(Asked::Mailed) => {
            who.app.wake_jobs();
            Ok(said::saying(&who, see_other("/account"), "verification-sent"))
        }
        Ok(Asked::Verified) => Ok(said::saying(&who, see_other("/account"), "email-verified")),
        Err(refusal) => match refusal.retry_after() {
            Some(seconds) => Err(PageError::TooMany(seconds)),
            None => Err(PageError::fault(refusal.code())),
        },
    }
}

/// Asks whether to verify.
pub(super) async fn ask_verification(
    who: MaybeCandidate,
    Path(token): Path<String>,
) -> Result<Response, PageError> {
    match find(&who, token, Purpose::Verification).await? {
        Some(link) => html(StatusCode::OK, &AskView::verification(who.page(), masked(&link))),
        None => dead(&who),
    }
}

/// Verifies.
pub(super) async fn verify(who: MaybeCandidate, Path(token): Path<String>) -> Result<Response, PageError> {
    let new_token = session::new_token(&who.app.vault).map_err(PageError::fault)?;
    let (given, own, address) = (new_token.clone(), who.session.clone(), who.address);
    let done: Result<_, DbError> = who
        .app
        .db
        .write(async move |tx| address::verify(tx, &token, own.as_ref(), &given, address).await)
        .await;
    match done? {
        None => dead(&who),
        Some(true) => {
            let mut response = see_other("/account");
            if let Some(cookie) = session::cookie(&who.app, &new_token) {
                response.headers_mut().append(header::SET_COOKIE, cookie);
            }
            Ok(said::saying(&who, response, "email-verified"))
        }
        Some(false) => {
            let mut response = see_other("/login");
            announce(&mut response, Message::EmailVerified);
            Ok(response)
        }
    }
}

/// Asks whether to bring the old address back.
pub(super) async fn ask_undo(who: MaybeCandidate, Path(token): Path<String>) -> Result<Response, PageError> {
    match find(&who, token, Purpose::Undo).await? {
        Some(link) => html(StatusCode::OK, &AskView::undo(who.page(), masked(&link))),
        None => dead(&who),
    }
}

/// Brings the old address back.
pub(super) async fn undo(who: MaybeCandidate, Path(token): Path<String>) -> Result<Response, PageError> {
    let address = who.address;
    let done: Result<bool, DbError> =
        who.app.db.write(async move |tx| address::undo(tx, &token, address).await).await;
    if !done? {
        return dead(&who);
    }
    let mut response = see_other("/login");
    announce(&mut response, Message::EmailRestored);
    Ok(response)
}

/// The link, if it works now.
pub(super) async fn find(
    who: &MaybeCandidate,
    token: String,
    purpose: Purpose,
) -> Result<Option<Live>, PageError> {
    let found: Result<_, DbError> =
        who.app.db.read(async move |tx| token::find(tx, &token, purpose).await).await;
    Ok(found?)
}

/// 404 `token-invalid`: used, too old, ended, or never made.
pub(super) fn dead(who: &MaybeCandidate) -> Result<Response, PageError> {
    html(StatusCode::NOT_FOUND, &DeadLinkView::new(who.page()))
}

fn masked(link: &Live) -> String {
    Email::parse(&link.email).map_or_else(|_| String::new(), |email| email.masked())
}
