//! Asking for the current password again before a passport is changed (W5).

use super::{hashed, waited};
use crate::passport::Candidate;
use crate::web::answer::PageError;
use cet_base::store::{DbError, Stop};
use cet_domain::limit::{self, Spent};
use cet_domain::passport::refusal::PassportRefusal;
use cet_domain::passport::store::{self, Login};
use cet_domain::passport::turns::Asker;
use cet_domain::passport::verbs::change::Proven;
use cet_domain::passport::{rate_limits, session, token};

/// Checks the current password. Each attempt is counted before it is looked at, and a right one forgets them.
pub(super) async fn prove(
    who: &Candidate,
    password: &str,
) -> Result<Result<Proven, PassportRefusal>, PageError> {
    let app = &who.app;
    let (id, rule) = (who.session.passport, rate_limits::current_passwords(&app.config.limits));
    let whom = id.to_string();
    let asked = whom.clone();
    let known: Result<(Option<Login>, Spent), Stop<limit::Wait>> = app
        .db
        .write_again(async move |tx| {
            let spent = limit::spend(tx, &rule, &asked).await?;
            Ok((store::login(tx, id).await?, spent))
        })
        .await;
    let (login, spent) = match waited(known)? {
        Ok(known) => known,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let hash = login.as_ref().map(|login| login.password_hash.as_str()).filter(|hash| !hash.is_empty());
    let right = match hashed(app.passwords.is_right(password, hash, &Asker::candidate(who.address)).await)? {
        Ok(right) => right,
        Err(refusal) => {
            app.give_back(spent).await?;
            return Ok(Err(refusal));
        }
    };
    if right {
        let forgotten: Result<(), DbError> =
            app.db.write_again(async move |tx| limit::clear(tx, &rule, &whom).await).await;
        forgotten?;
    }
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
    let (rule, whom) = (rate_limits::current_passwords(&app.config.limits), id.to_string());
    let asked = whom.clone();
    let known: Result<Option<(Login, Spent)>, Stop<limit::Wait>> = app
        .db
        .write_again(async move |tx| {
            let changed = store::credentials_changed_at(tx, id).await?;
            let now = tx.now().await?;
            if changed.is_none_or(|changed| now >= changed.plus(token::REPEATED)) {
                return Ok(None);
            }
            let spent = limit::spend(tx, &rule, &asked).await?;
            Ok(store::login(tx, id).await?.map(|login| (login, spent)))
        })
        .await;
    let Ok(Some((login, spent))) = waited(known)? else { return Ok(false) };
    let (hash, asker) = (Some(login.password_hash.as_str()), Asker::candidate(who.address));
    let right = hashed(app.passwords.is_right(password, hash, &asker).await)?;
    match right {
        Ok(true) => {
            let forgotten: Result<(), DbError> =
                app.db.write(async move |tx| limit::clear(tx, &rule, &whom).await).await;
            forgotten?;
        }
        Ok(false) => {}
        Err(_) => app.give_back(spent).await?,
    }
    Ok(right.unwrap_or(false))
}
