//! `/recover` and `/recover/{token}` (A5).

use axum::extract::Path;
use axum::response::Response;
use http::StatusCode;

use super::links::{dead, find};
use super::{hashed, status_of, waited, with_wait};
use crate::captcha;
use crate::passport::notice::{Message, announce};
use crate::passport::views::{NewPasswordView, RecoverView};
use crate::passport::{MaybeCandidate, kept};
use crate::web::answer::{PageError, html, see_other};
use crate::web::form_data::FormData;
use crate::web::page::Captcha;
use crate::web::page::OnPage as _;
use cet_base::store::DbError;
use cet_base::words::email::Email;
use cet_domain::passport::refusal::PassportRefusal;
use cet_domain::passport::rules::refused_password;
use cet_domain::passport::token::Purpose;
use cet_domain::passport::turns::Asker;
use cet_domain::passport::verbs::recover::{self, Named};

const PATH: &str = "/recover";

pub(super) async fn form(who: MaybeCandidate) -> Result<Response, PageError> {
    let captcha = captcha::challenge(&who, PATH, None).await?;
    html(StatusCode::OK, &RecoverView::new(who.page(), captcha, false))
}

/// Gives everyone the same response, and does not know more: a job looks for the passport (TH6).
pub(super) async fn ask(who: MaybeCandidate, form: FormData) -> Result<Response, PageError> {
    let email = Email::parse(form.one("email")?).ok();
    let mut refused = Vec::new();
    if email.is_none() {
        refused.push(PassportRefusal::EmailInvalid);
    }
    if captcha::check(&who, PATH, None, &form).await?.is_err() {
        refused.push(PassportRefusal::Captcha);
    }
    let Some(email) = email.filter(|_| refused.is_empty()) else { return again(&who, &form, &refused).await };
    let (app, lang, address) = (who.app.clone(), who.lang, who.address);
    let noted =
        who.app.db.write_again(async move |tx| recover::ask(tx, &app, &email, lang, address).await).await;
    if let Err(refusal) = waited(noted)? {
        return again(&who, &form, &[refusal]).await;
    }
    who.app.wake_jobs();
    let sent = html(StatusCode::OK, &RecoverView::new(who.page(), Captcha::Off, true))?;
    Ok(kept::address(&who, sent, form.one("email")?))
}

async fn again(
    who: &MaybeCandidate,
    form: &FormData,
    refused: &[PassportRefusal],
) -> Result<Response, PageError> {
    let page = who.page();
    let said = refused.iter().map(|refusal| refusal.on(&page)).collect();
    let captcha = captcha::challenge_again(who, PATH, None, form).await?;
    let view = RecoverView::new(page.refusing(said, form.typed(&["email"])), captcha, false);
    Ok(with_wait(html(status_of(refused), &view)?, refused))
}

pub(super) async fn new_password(
    who: MaybeCandidate,
    Path(token): Path<String>,
) -> Result<Response, PageError> {
    match find(&who, token, Purpose::Recovery).await? {
        Some(_) => html(StatusCode::OK, &NewPasswordView::new(who.page())),
        None => dead(&who),
    }
}

pub(super) async fn set(
    who: MaybeCandidate,
    Path(token): Path<String>,
    form: FormData,
) -> Result<Response, PageError> {
    let email = Email::parse(form.one("email")?).ok();
    let password = form.one("password")?;
    let mut refused = refused_password(password, form.one("password_again")?, email.as_ref());
    let given = token.clone();
    let named: Result<Named, DbError> =
        who.app.db.write_again(async move |tx| recover::try_name(tx, &given, email.as_ref()).await).await;
    match named? {
        Named::Dead => return dead(&who),
        Named::Wrong => refused.push(PassportRefusal::EmailMismatch),
        Named::Right => {}
    }
    if !refused.is_empty() {
        return set_again(&who, &form, &refused);
    }
    let asker = Asker::candidate(who.address);
    let hash = match hashed(who.app.passwords.hash(&who.app.vault, password, &asker).await)? {
        Ok(hash) => hash,
        Err(refusal) => return set_again(&who, &form, &[refusal]),
    };
    let (app, address) = (who.app.clone(), who.address);
    let done: Result<_, DbError> = who
        .app
        .db
        .write_again(async move |tx| recover::set_password(tx, &app, &token, &hash, address).await)
        .await;
    match done? {
        Some(_) => Ok(kept::address(&who, was_set(&who), form.one("email")?)),
        None => dead(&who),
    }
}

fn was_set(who: &MaybeCandidate) -> Response {
    let mut response = see_other("/login");
    announce(&who.app, &mut response, Message::PasswordReset);
    response
}

fn set_again(
    who: &MaybeCandidate,
    form: &FormData,
    refused: &[PassportRefusal],
) -> Result<Response, PageError> {
    let page = who.page();
    let said = refused.iter().map(|refusal| refusal.on(&page)).collect();
    let view = NewPasswordView::new(page.refusing(said, form.typed(&["email"])));
    Ok(with_wait(html(status_of(refused), &view)?, refused))
}
