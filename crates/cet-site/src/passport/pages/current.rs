//! Asking for the current password again before a passport is changed (W5).

use super::{hashed, waited};
use crate::passport::Candidate;
use crate::web::answer::PageError;
use cet_base::store::{DbError, Stop};
use cet_domain::limit;
use cet_domain::passport::refusal::PassportRefusal;
use cet_domain::passport::store::{self, Login};
use cet_domain::passport::turns::Asker;
use cet_domain::passport::verbs::change::Proven;
use cet_domain::passport::{rate_limits, session, token};

/// Checks the current password; failed attempts count towards the rate limit.
pub(super) async fn prove(
    who: &Candidate,
    password: &str,
) -> Result<Result<Proven, PassportRefusal>, PageError> {
    let app = &who.app;
    let (id, rule) = (who.session.passport, rate_limits::current_passwords(&app.config.limits));
    let whom = id.to_string();
    let asked = whom.clone();
    let known: Result<Option<Login>, Stop<limit::Wait>> = app
        .db
        .read(async move |tx| {
            limit::check(tx, &rule, &asked).await?;
            Ok(store::login(tx, id).await?)
        })
        .await;
    let login = match waited(known)? {
        Ok(login) => login,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let hash = login.as_ref().map(|login| login.password_hash.as_str()).filter(|hash| !hash.is_empty());
    let right = match hashed(app.passwords.is_right(password, hash, &Asker::candidate(who.address)).await)? {
        Ok(right) => right,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let counted: Result<(), DbError> = app
        .db
        .write_again(async move |tx| {
            if right { limit::clear(tx, &rule, &whom).await } else { limit::fail(tx, &rule, &whom).await }
        })
        .await;
    counted?;
    Ok(match login.filter(|_| right) {
        Some(login) => Ok(Proven {
            session: who.session.clone(),
            checked: login.password_hash,
            new_token: session::new_token(&app.vault).map_err(PageError::fault)?,
            address: who.address,
        }),
        None => Err(PassportRefusal::CurrentPassword),
    })
}

/// Whether the password was set a few minutes ago, i.e. the form was submitted twice and its current password is no
/// longer right. Both attempts count towards the rate limit: [`prove`] counts the first, this function the second.
pub(super) async fn is_new_one(who: &Candidate, password: &str) -> Result<bool, PageError> {
    let (app, id) = (&who.app, who.session.passport);
    let known: Result<Option<Login>, DbError> = app
        .db
        .read(async move |tx| {
            let changed = store::credentials_changed_at(tx, id).await?;
            let now = tx.now().await?;
            let just = changed.is_some_and(|changed| now < changed.plus(token::REPEATED));
            if just { store::login(tx, id).await } else { Ok(None) }
        })
        .await;
    let Some(login) = known? else { return Ok(false) };
    let (hash, asker) = (Some(login.password_hash.as_str()), Asker::candidate(who.address));
    let right = hashed(app.passwords.is_right(password, hash, &asker).await)?.unwrap_or(false);
    let (rule, whom) = (rate_limits::current_passwords(&app.config.limits), id.to_string());
    let counted: Result<(), DbError> =
        app.db
            .write(async move |tx| {
                if right { limit::clear(tx, &rule, &whom).await } else { limit::fail(tx, &rule, &whom).await }
            })
            .await;
    counted?;
    Ok(right)
}
