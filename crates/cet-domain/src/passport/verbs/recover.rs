//! A forgotten password (A5): the request, the mail, and setting a new one by the link.

use std::net::IpAddr;

use jiff::SignedDuration;

use crate::audit::Changes;
use crate::context::Context;
use crate::limit::{self, Wait};
use crate::passport::store::recovery::{self, Request};
use crate::passport::token::{self, Live, Purpose};
use crate::passport::{mails, rate_limits, session, store};
use crate::store::{DbError, Stop, Tx};
use crate::texts::Lang;
use crate::words::email::Email;
use crate::words::ids::PassportId;

/// Mails to one passport per hour; further requests get the same page and no mail (TH6).
pub(crate) const MAILS_AN_HOUR: i64 = 3;

/// Records a recovery request, whether or not there is such a passport: a job processes it (TH6).
///
/// # Errors
/// [`Wait`] when too many came from the network; [`DbError`].
pub async fn ask(
    tx: &mut Tx<'_>,
    context: &Context,
    email: &Email,
    lang: Lang,
    address: IpAddr,
) -> Result<(), Stop<Wait>> {
    let limits = &context.config.limits;
    if !limits.is_exempt(address) {
        let (rule, network) = (rate_limits::recoveries(limits), limit::network(address));
        limit::spend(tx, &rule, &network).await?;
    }
    let sealed = context.vault.seal(&email.address()).map_err(|error| DbError::Other(error.to_string()))?;
    let id = tx.new_id();
    recovery::insert(tx, id, &sealed, lang, address).await?;
    Ok(())
}

/// Processes a request: a mail if there is a passport, nothing otherwise. `false` when another node is processing it.
///
/// # Errors
/// [`DbError`], also when it can't be decrypted with the keys of this installation.
pub async fn answer(tx: &mut Tx<'_>, context: &Context, id: i64) -> Result<bool, DbError> {
    let request = recovery::lock_if_idle(tx, id).await?;
    let Some(request) = request else { return Ok(false) };
    let opened = context.vault.open(&request.sealed).map_err(|error| DbError::Other(error.to_string()))?;
    if let Ok(email) = Email::parse(&opened) {
        answer_one(tx, context, &email, &request).await?;
    }
    recovery::delete(tx, request.id).await?;
    Ok(true)
}

async fn answer_one(
    tx: &mut Tx<'_>,
    context: &Context,
    email: &Email,
    request: &Request,
) -> Result<(), DbError> {
    let Some(id) = store::by_email(tx, &email.key()).await? else { return Ok(()) };
    let Some(passport) = store::lock(tx, id).await? else { return Ok(()) };
    let Ok(owner) = Email::parse(&passport.email) else { return Ok(()) };
    let hour_ago = tx.now().await?.minus(SignedDuration::from_hours(1));
    // Changed since it was looked up, or mailed often enough.
    if owner.key() != email.key()
        || token::made_since(tx, id, Purpose::Recovery, hour_ago).await? >= MAILS_AN_HOUR
    {
        return Ok(());
    }
    let lang = Lang::parse(&request.lang).unwrap_or(Lang::Zh);
    let issued = token::issue(tx, &context.vault, id, Purpose::Recovery, &passport.email).await?;
    mails::post(tx, context, lang, &owner, Purpose::Recovery, &issued).await?;
    super::record_by_visitor(tx, id, "recovery-mailed", &request.address).await
}

/// The check of a link and the name typed on its page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Named {
    /// Used, expired, revoked or never issued.
    Dead,
    /// Another name than the passport's; counted and committed.
    Wrong,
    /// The passport's own.
    Right,
}

/// Checks a link and the typed e-mail address; a wrong one is counted and does not use up the link (A5).
pub async fn try_name(tx: &mut Tx<'_>, text: &str, email: Option<&Email>) -> Result<Named, DbError> {
    let Some(token) = token::find(tx, text, Purpose::Recovery).await? else { return Ok(Named::Dead) };
    let owner = Email::parse(&token.email).ok();
    if email.is_some_and(|email| owner.is_some_and(|owner| owner.key() == email.key())) {
        return Ok(Named::Right);
    }
    token::count_try(tx, token.id).await?;
    Ok(Named::Wrong)
}

/// Sets the password by a link, which is used up: of two tabs the second is refused here (TH16). Ends every session and
/// every other link. Returns the passport; `None` if the link is invalid by now.
pub async fn set_password(
    tx: &mut Tx<'_>,
    context: &Context,
    text: &str,
    hash: &str,
    address: IpAddr,
) -> Result<Option<PassportId>, DbError> {
    let Some(token) = take(tx, text, Purpose::Recovery).await? else {
        return set_before(tx, text, hash).await;
    };
    let id = token.passport;
    store::set_password(tx, id, hash).await?;
    session::end_all(tx, id).await?;
    token::revoke_pending(tx, id).await?;
    if let Ok(email) = Email::parse(&token.email) {
        // Whoever forgot a password has typed wrong ones.
        rate_limits::LoginLimits::new(&context.config.limits, &email.key(), address, None).clear(tx).await?;
    }
    mails::password_changed(tx, context, id).await?;
    super::record(tx, id, ("password-recovered", Changes::NONE.replaced("password")), address).await?;
    Ok(Some(id))
}

/// The passport whose password was set to this very hash by the link before: the answer to that was lost.
async fn set_before(tx: &mut Tx<'_>, text: &str, hash: &str) -> Result<Option<PassportId>, DbError> {
    let Some(past) = token::find_past(tx, text, Purpose::Recovery).await? else { return Ok(None) };
    let login = store::login(tx, past.passport).await?;
    Ok(login.filter(|login| login.password_hash == hash).map(|login| login.id))
}

/// Uses up a link after locking its passport, as every change of one does.
pub(super) async fn take(tx: &mut Tx<'_>, text: &str, purpose: Purpose) -> Result<Option<Live>, DbError> {
    let Some(seen) = token::find(tx, text, purpose).await? else { return Ok(None) };
    if store::lock(tx, seen.passport).await?.is_none() {
        return Ok(None);
    }
    // Read again under the lock.
    let Some(token) = token::find(tx, text, purpose).await? else { return Ok(None) };
    Ok(token::consume(tx, &token).await?.then_some(token))
}
