//! 修改资料 and 修改密码 (A4): with the current password, effective at once.

use std::net::IpAddr;

use crate::audit::{Changes, Value};
use crate::consent;
use crate::context::Context;
use crate::limit::Wait;
use crate::passport::mails;
use crate::passport::rules::Profile;
use crate::passport::session::{self, Session};
use crate::passport::store::{self, Account, Locked};
use crate::passport::token::{self, Purpose};
use crate::store::{DbError, Stop, Tx};
use crate::texts::Lang;
use crate::vault::{Vault, VaultError};
use crate::words::email::Email;
use crate::words::ids::PassportId;
use crate::words::text::Phone;
use cet_base::form_mark::Seen;

/// The author of a change, proven by the current password.
#[derive(Clone)]
pub struct Proven {
    /// The session.
    pub session: Session,
    /// The hash that the current password was checked against.
    pub checked: String,
    /// The token under which the session continues, if it has to change.
    pub new_token: String,
    /// The network address.
    pub address: IpAddr,
}

/// The result of a change; all are committed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Changed {
    /// Done; the session continues unchanged.
    Done,
    /// Done; the session continues under the new token, all others ended.
    Renewed,
    /// The new address belongs to another passport; its owner is notified, nothing is changed.
    EmailTaken,
    /// The password was changed in the meantime; nothing is changed.
    Stale,
    /// The profile was changed since the form was loaded; nothing is changed.
    Meanwhile,
}

/// The values of a profile form, for its mark (R19).
///
/// # Errors
/// [`DbError`] when a sealed value can't be decrypted.
pub fn profile_values(vault: &Vault, account: &Account) -> Result<[String; 5], DbError> {
    let fault = |error: VaultError| DbError::Other(error.to_string());
    Ok([
        account.email.clone(),
        account.telephone(vault).map_err(fault)?,
        account.document_kind.clone().unwrap_or_default(),
        account.document_number(vault).map_err(fault)?,
        account.name.clone(),
    ])
}

/// Changes the profile, the address included. A new address is effective at once and unverified; a verified old one is
/// notified and can be restored for 7 days, an unverified one is not notified (W5). Unchanged values are not logged.
///
/// # Errors
/// [`Wait`] when too many addresses were tried; [`DbError`].
pub async fn change_profile(
    tx: &mut Tx<'_>,
    context: &Context,
    who: &Proven,
    (email, profile, seen): (&Email, &Profile, &Seen),
    lang: Lang,
) -> Result<Changed, Stop<Wait>> {
    let id = who.session.passport;
    if session::is_begun(tx, &who.new_token).await? {
        return Ok(Changed::Renewed);
    }
    let Some(before) = lock(tx, who).await? else { return Ok(Changed::Stale) };
    let shown = store::account(tx, id).await?.ok_or(DbError::Decode("passport that is there"))?;
    let same = shown.email == email.address() && super::holds(&context.vault, &shown, profile);
    let values = profile_values(&context.vault, &shown)?;
    // A repeat of the form whose first answer was lost succeeds too.
    if !same && !seen.fits("profile", &values) {
        return Ok(Changed::Meanwhile);
    }
    let old = Email::parse(&before.email).map_err(|error| DbError::Other(error.to_string()))?;
    let moves = old.key() != email.key();
    if moves && !store::claim_email(tx, &email.key(), id).await? {
        super::note_taken(tx, context, email, who.address, lang).await?;
        return Ok(Changed::EmailTaken);
    }
    if !same {
        store::set_profile(tx, id, super::profile_row(&context.vault, id, profile)?).await?;
        if !profile.is_empty() {
            consent::note(tx, id, consent::Kind::Profile).await?;
        }
        // A new address is logged separately.
        let spelling = if moves { shown.email.clone() } else { email.address() };
        let changes = profile_changes(&values, profile).withheld("email", &shown.email, spelling);
        if !changes.is_empty() {
            super::record(tx, id, ("profile-changed", changes), who.address).await?;
        }
    }
    if !moves {
        store::respell_email(tx, id, &email.address()).await?;
        return Ok(Changed::Done);
    }
    store::set_email(tx, id, &email.address(), None).await?;
    token::revoke_pending(tx, id).await?;
    release_address(tx, context, id, &old, before.email_verified_at.is_some(), lang).await?;
    super::address::mail_verification(tx, context, id, &email.address(), lang).await?;
    session::renew(tx, id, &who.session.token_hash, &who.new_token).await?;
    let changes = Changes::NONE.withheld("email", &shown.email, email.address()).field(
        "email-verified",
        before.email_verified_at.is_some(),
        false,
    );
    super::record(tx, id, ("email-changed", changes), who.address).await?;
    Ok(Changed::Renewed)
}

/// The changes besides the address.
fn profile_changes([_, phone, kind, document, name]: &[String; 5], to: &Profile) -> Changes {
    let new = to.document.as_ref();
    Changes::NONE
        .withheld("phone", phone, to.phone.as_ref().map_or("", Phone::as_str))
        .field("document-kind", Value::code(kind), Value::code(new.map_or("", |new| new.kind.wire())))
        .withheld("document", document, new.map_or("", |new| new.number.as_str()))
        .withheld("name", name, to.name.as_ref().map_or("", |name| name.as_str()))
}

/// Releases the old address.
async fn release_address(
    tx: &mut Tx<'_>,
    context: &Context,
    id: PassportId,
    old: &Email,
    verified: bool,
    lang: Lang,
) -> Result<(), DbError> {
    if !verified {
        return store::give_up_email(tx, &old.key(), id, None).await;
    }
    let until = tx.now().await?.plus(Purpose::Undo.life());
    store::give_up_email(tx, &old.key(), id, Some(until)).await?;
    let issued = token::issue(tx, &context.vault, id, Purpose::Undo, &old.address()).await?;
    mails::post(tx, context, lang, old, Purpose::Undo, &issued).await
}

/// Whether the address belongs to another passport, for a form that is shown again anyway; if so the refusal is counted
/// and the owner notified.
///
/// # Errors
/// [`Wait`] when the network got this refusal too often; [`DbError`].
pub async fn is_taken(
    tx: &mut Tx<'_>,
    context: &Context,
    id: PassportId,
    email: &Email,
    address: IpAddr,
    lang: Lang,
) -> Result<bool, Stop<Wait>> {
    if store::is_free(tx, &email.key(), Some(id)).await? {
        return Ok(false);
    }
    super::note_taken(tx, context, email, address, lang).await?;
    Ok(true)
}

/// Changes the password: every other session and every pending link ends, this session continues under a new token.
pub async fn change_password(
    tx: &mut Tx<'_>,
    context: &Context,
    who: &Proven,
    hash: &str,
) -> Result<Changed, DbError> {
    let id = who.session.passport;
    if session::is_begun(tx, &who.new_token).await? {
        return Ok(Changed::Renewed);
    }
    if lock(tx, who).await?.is_none() {
        return Ok(Changed::Stale);
    }
    store::set_password(tx, id, hash).await?;
    token::revoke_pending(tx, id).await?;
    session::renew(tx, id, &who.session.token_hash, &who.new_token).await?;
    mails::password_changed(tx, context, id).await?;
    super::record(tx, id, ("password-changed", Changes::NONE.replaced("password")), who.address).await?;
    Ok(Changed::Renewed)
}

/// Locks the passport; `None` if the password that was checked is no longer current.
async fn lock(tx: &mut Tx<'_>, who: &Proven) -> Result<Option<Locked>, DbError> {
    let found = store::lock(tx, who.session.passport).await?;
    Ok(found.filter(|found| found.password_hash == who.checked))
}
