//! `/account/password` (A4).

use axum::response::Response;
use http::{StatusCode, header};

use super::{current, hashed, status_of, with_wait};
use crate::passport::Candidate;
use crate::passport::cookies;
use crate::passport::views::PasswordView;
use crate::web::answer::{PageError, html, see_other};
use crate::web::flash;
use crate::web::form_data::FormData;
use crate::web::page::OnPage as _;
use cet_base::store::DbError;
use cet_base::words::email::Email;
use cet_domain::passport::refusal::PassportRefusal;
use cet_domain::passport::rules::refused_password;
use cet_domain::passport::store;
use cet_domain::passport::turns::Asker;
use cet_domain::passport::verbs::change::{self, Changed};

pub(super) async fn form(who: Candidate) -> Result<Response, PageError> {
    html(StatusCode::OK, &PasswordView::new(who.page()))
}

pub(super) async fn change(who: Candidate, form: FormData) -> Result<Response, PageError> {
    let password = form.one("password")?;
    let id = who.session.passport;
    let known: Result<_, DbError> = who.app.db.read(async move |tx| store::account(tx, id).await).await;
    let email = known?.and_then(|account| Email::parse(&account.email).ok());
    let mut refused = refused_password(password, form.one("password_again")?, email.as_ref());
    let proven = match current::prove(&who, form.one("current_password")?).await? {
        Ok(proven) => Some(proven),
        Err(PassportRefusal::CurrentPassword)
            if refused.is_empty() && current::is_new_one(&who, password).await? =>
        {
            return Ok(flash::set(&who, see_other("/account"), "password-changed"));
        }
        Err(refusal) => {
            refused.push(refusal);
            None
        }
    };
    let Some(proven) = proven.filter(|_| refused.is_empty()) else { return again(&who, &refused) };
    let hash =
        match hashed(who.app.passwords.hash(&who.app.vault, password, &Asker::candidate(who.address)).await)?
        {
            Ok(hash) => hash,
            Err(refusal) => return again(&who, &[refusal]),
        };
    let (token, app) = (proven.new_token.clone(), who.app.clone());
    let done: Result<Changed, DbError> =
        who.app.db.write_again(async move |tx| change::change_password(tx, &app, &proven, &hash).await).await;
    match done? {
        Changed::Renewed => {
            let mut response = see_other("/account");
            if let Some(cookie) = cookies::cookie(&who.app, &token) {
                response.headers_mut().append(header::SET_COOKIE, cookie);
            }
            Ok(flash::set(&who, response, "password-changed"))
        }
        Changed::Stale | Changed::Done | Changed::EmailTaken | Changed::Meanwhile => {
            again(&who, &[PassportRefusal::CurrentPassword])
        }
    }
}

fn again(who: &Candidate, refused: &[PassportRefusal]) -> Result<Response, PageError> {
    let page = who.page();
    let said = refused.iter().map(|refusal| refusal.on(&page)).collect();
    let view = PasswordView::new(page.refusing(said, crate::web::page::Typed::default()));
    Ok(with_wait(html(status_of(refused), &view)?, refused))
}
