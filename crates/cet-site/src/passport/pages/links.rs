//! `/account/verification` and `/account/undo/{token}`: the pages of mailed links. Opening a link does nothing; only
//! its button does (TH15).

use axum::extract::Path;
use axum::response::Response;
use http::{StatusCode, header};

use super::waited;
use crate::passport::cookies;
use crate::passport::notice::{Message, announce};
use crate::passport::views::{AskView, DeadLinkView};
use crate::passport::{Candidate, MaybeCandidate};
use crate::web::answer::{PageError, html, see_other};
use crate::web::error_views::ErrorView;
use crate::web::flash;
use crate::web::page::Link;
use cet_base::store::DbError;
use cet_base::words::email::Email;
use cet_base::words::ids::PassportId;
use cet_domain::passport::session;
use cet_domain::passport::token::{self, Live, Purpose};
use cet_domain::passport::verbs::address::{self, Asked};

/// Sends the verification mail.
pub(super) async fn send(who: Candidate) -> Result<Response, PageError> {
    let (app, id, lang, address) = (who.app.clone(), who.session.passport, who.lang, who.address);
    let asked = who
        .app
        .db
        .write_again(async move |tx| address::ask_verification(tx, &app, id, lang, address).await)
        .await;
    match waited(asked)? {
        Ok(Asked::Mailed) => {
            who.app.wake_jobs();
            Ok(flash::set(&who, see_other("/account"), "verification-sent"))
        }
        Ok(Asked::Verified) => Ok(flash::set(&who, see_other("/account"), "email-verified")),
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
    match find(&who, token.clone(), Purpose::Verification).await? {
        Some(link) => html(StatusCode::OK, &AskView::verification(who.page(), masked(&link))),
        None => done_or_dead(&who, token, Purpose::Verification).await,
    }
}

/// Verifies.
pub(super) async fn verify(who: MaybeCandidate, Path(token): Path<String>) -> Result<Response, PageError> {
    let new_token = session::new_token(&who.app.vault).map_err(PageError::fault)?;
    let (given, own, address, text) = (new_token.clone(), who.session.clone(), who.address, token.clone());
    let done: Result<_, DbError> = who
        .app
        .db
        .write_again(async move |tx| address::verify(tx, &text, own.as_ref(), &given, address).await)
        .await;
    match done? {
        None => match done_before(&who, token, Purpose::Verification).await? {
            None => dead(&who),
            Some(passport) if is_own(&who, passport) => {
                Ok(flash::set(&who, see_other("/account"), "email-verified"))
            }
            Some(_) => Ok(to_login(&who, Message::EmailVerified)),
        },
        Some(true) => {
            let mut response = see_other("/account");
            if let Some(cookie) = cookies::cookie(&who.app, &new_token) {
                response.headers_mut().append(header::SET_COOKIE, cookie);
            }
            Ok(flash::set(&who, response, "email-verified"))
        }
        Some(false) => Ok(to_login(&who, Message::EmailVerified)),
    }
}

fn to_login(who: &MaybeCandidate, message: Message) -> Response {
    let mut response = see_other("/login");
    announce(&who.app, &mut response, message);
    response
}

fn is_own(who: &MaybeCandidate, passport: PassportId) -> bool {
    who.session.as_ref().is_some_and(|own| own.passport == passport)
}

/// Asks whether to restore the old address.
pub(super) async fn ask_undo(who: MaybeCandidate, Path(token): Path<String>) -> Result<Response, PageError> {
    match find(&who, token.clone(), Purpose::Undo).await? {
        Some(link) => html(StatusCode::OK, &AskView::undo(who.page(), masked(&link))),
        None => done_or_dead(&who, token, Purpose::Undo).await,
    }
}

/// Restores the old address.
pub(super) async fn undo(who: MaybeCandidate, Path(token): Path<String>) -> Result<Response, PageError> {
    let (app, address, text) = (who.app.clone(), who.address, token.clone());
    let done: Result<bool, DbError> =
        who.app.db.write_again(async move |tx| address::undo(tx, &app, &text, address).await).await;
    if done? || done_before(&who, token, Purpose::Undo).await?.is_some() {
        return Ok(to_login(&who, Message::EmailRestored));
    }
    dead(&who)
}

/// The address that a used link was for, if its work is already done.
async fn done_before(
    who: &MaybeCandidate,
    token: String,
    purpose: Purpose,
) -> Result<Option<PassportId>, PageError> {
    let found: Result<_, DbError> =
        who.app.db.read(async move |tx| address::is_done(tx, &token, purpose).await).await;
    Ok(found?)
}

/// The page of a link that no longer works; it says if the link's work is already done.
async fn done_or_dead(who: &MaybeCandidate, token: String, purpose: Purpose) -> Result<Response, PageError> {
    let Some(passport) = done_before(who, token, purpose).await? else { return dead(who) };
    let page = who.page();
    let (title, text) = match purpose {
        Purpose::Undo => ("passport-email-restored", "passport-email-restored-text"),
        Purpose::Verification | Purpose::Recovery => ("passport-email-verified", "passport-link-done"),
    };
    let (href, way) = if is_own(who, passport) {
        ("/account", "passport-account-title")
    } else {
        ("/login", "error-way-login")
    };
    let ways = vec![Link { href: href.to_owned(), text: page.m(way).to_owned() }];
    let text = page.m(text).to_owned();
    html(StatusCode::OK, &ErrorView { page: page.titled(title), code: None, text, ways, incident: None })
}

/// The link, if it still works.
pub(super) async fn find(
    who: &MaybeCandidate,
    token: String,
    purpose: Purpose,
) -> Result<Option<Live>, PageError> {
    let found: Result<_, DbError> =
        who.app.db.read(async move |tx| token::find(tx, &token, purpose).await).await;
    Ok(found?)
}

/// 404 `token-invalid`: used, expired, revoked, or never issued.
pub(super) fn dead(who: &MaybeCandidate) -> Result<Response, PageError> {
    html(StatusCode::NOT_FOUND, &DeadLinkView::new(who.page()))
}

fn masked(link: &Live) -> String {
    Email::parse(&link.email).map_or_else(|_| String::new(), |email| email.masked())
}
