//! Registering, login and logout: each one transaction, with no hashing inside.

pub mod address;
pub mod change;
pub mod recover;
pub mod retrieve;
pub mod sessions;
pub mod wishes;

use std::net::IpAddr;

use super::device::Device;
use super::rate_limits::{self, LoginLimits};
use super::rules::Profile;
use super::store::{self, Login, NewRow, ProfileRow};
use super::{mails, session, token};
use crate::audit::{self, Actor, Changes, Event};
use crate::consent;
use crate::context::Context;
use crate::limit::{self, Spent, Wait};
use crate::sealed::{OwnDocument, Sealed, Telephone, TelephoneOf};
use crate::store::{DbError, Stop, Tx};
use crate::texts::Lang;
use crate::vault::{Vault, VaultError};
use crate::words::codes::SchoolCode;
use crate::words::email::Email;
use crate::words::ids::PassportId;

/// A passport to be created.
#[derive(Clone)]
pub struct NewPassport {
    /// The address.
    pub email: Email,
    /// The password's hash.
    pub password_hash: String,
    /// The optional part.
    pub profile: Profile,
    /// The network address of the request.
    pub address: IpAddr,
}

/// The result of registering; both are committed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Registered {
    /// A new passport was created.
    Made(PassportId),
    /// The address belongs to a passport: the user is told so, after [`repeated`] and [`taken`].
    Taken,
}

/// Creates a passport (A1).
///
/// # Errors
/// [`Wait`] when too many came from the network; [`DbError`].
pub async fn register(
    tx: &mut Tx<'_>,
    context: &Context,
    new: &NewPassport,
    lang: Lang,
) -> Result<Registered, Stop<Wait>> {
    let id = PassportId(tx.new_id());
    if !store::claim_email(tx, &new.email.key(), id).await? {
        let there = store::login_of(tx, &new.email.key()).await?;
        // The same hash: the answer to it was lost.
        let made = there.password_hash == new.password_hash;
        return Ok(if made { Registered::Made(there.id) } else { Registered::Taken });
    }
    let limits = &context.config.limits;
    let ceiling = rate_limits::registrations(limits);
    let network = limit::network(new.address);
    if !limits.is_exempt(new.address) {
        limit::spend(tx, &ceiling, &network).await?;
    }
    let row = NewRow {
        id,
        public_id: &new_public_id(&context.vault).map_err(|error| DbError::Other(error.to_string()))?,
        email: &new.email.address(),
        password_hash: &new.password_hash,
        lang,
        profile: profile_row(&context.vault, id, &new.profile)?,
    };
    store::insert(tx, row).await?;
    if !new.profile.is_empty() {
        consent::note(tx, id, consent::Kind::Profile).await?;
    }
    record(tx, id, ("passport-registered", Changes::NONE), new.address).await?;
    Ok(Registered::Made(id))
}

/// The password hash of a passport that was registered a few minutes ago with this address and the very same profile:
/// if the password is right, the form was submitted again and gets the first result. Comparing it counts as an attempt to
/// log in, which is returned too. `None` for an older or another passport, and if its login is rate-limited.
pub async fn repeated(
    tx: &mut Tx<'_>,
    vault: &Vault,
    limits: &LoginLimits,
    email: &Email,
    profile: &Profile,
) -> Result<Option<(String, Spent)>, DbError> {
    let login = store::login_of(tx, &email.key()).await?;
    let (Some(account), Some(made)) =
        (store::account(tx, login.id).await?, store::created_at(tx, login.id).await?)
    else {
        return Ok(None);
    };
    if tx.now().await? >= made.plus(token::REPEATED) || !holds(vault, &account, profile) {
        return Ok(None);
    }
    match limits.spend(tx).await {
        Ok(spent) => Ok(Some((login.password_hash, spent))),
        Err(Stop::Refused(_)) => Ok(None),
        Err(Stop::Fault(fault)) => Err(fault),
    }
}

/// Counts an attempt to register a taken address, and notifies its owner. A password that was compared with the owner's
/// counts as a wrong one at login, so that this form does not bypass that limit.
///
/// # Errors
/// [`Wait`] when the network got this refusal too often; [`DbError`].
pub async fn taken(
    tx: &mut Tx<'_>,
    context: &Context,
    email: &Email,
    compared: Option<&LoginLimits>,
    (address, lang): (IpAddr, Lang),
) -> Result<(), Stop<Wait>> {
    note_taken(tx, context, email, address, lang).await?;
    if let Some(limits) = compared {
        limits.fail(tx).await?;
    }
    Ok(())
}

/// Whether the passport's profile equals this one.
fn holds(vault: &Vault, account: &store::Account, profile: &Profile) -> bool {
    let document = profile.document.as_ref();
    let phone = profile.phone.as_ref().map_or("", crate::words::text::Phone::as_str);
    account.telephone(vault).is_ok_and(|held| held == phone)
        && account.document_kind.as_deref() == document.map(|document| document.kind.wire())
        && account
            .document_number(vault)
            .is_ok_and(|held| held == document.map_or("", |document| document.number.as_str()))
        && account.name == profile.name.as_ref().map_or("", |name| name.as_str())
}

/// The optional part as stored: telephone and number sealed.
fn profile_row<'p>(vault: &Vault, id: PassportId, profile: &'p Profile) -> Result<ProfileRow<'p>, DbError> {
    let fault = |error: VaultError| DbError::Other(error.to_string());
    let phone = profile.phone.as_ref().map(crate::words::text::Phone::as_str);
    let phone = phone.map(|phone| Sealed::<Telephone>::new(vault, TelephoneOf::Passport(id), phone));
    let document = profile.document.as_ref();
    let number = document.map(|document| Sealed::<OwnDocument>::new(vault, id, document.number.as_str()));
    Ok(ProfileRow {
        phone: phone.transpose().map_err(fault)?,
        document_kind: document.map(|document| document.kind.wire()),
        document: number.transpose().map_err(fault)?,
        name: profile.name.as_ref().map_or("", |name| name.as_str()),
    })
}

/// 通行证ID: 32 upper-case hex digits, random, so that it reveals nothing and can't be guessed.
fn new_public_id(vault: &Vault) -> Result<String, crate::vault::VaultError> {
    Ok(crate::vault::to_hex(&vault.random::<16>()?).to_uppercase())
}

/// Whether the address belongs to a passport. If so the refusal is counted and the owner notified.
///
/// # Errors
/// [`Wait`] when the network got this refusal too often; [`DbError`].
pub async fn is_taken(
    tx: &mut Tx<'_>,
    context: &Context,
    email: &Email,
    address: IpAddr,
    lang: Lang,
) -> Result<bool, Stop<Wait>> {
    if store::is_free(tx, &email.key(), None).await? {
        return Ok(false);
    }
    note_taken(tx, context, email, address, lang).await?;
    Ok(true)
}

async fn note_taken(
    tx: &mut Tx<'_>,
    context: &Context,
    email: &Email,
    address: IpAddr,
    lang: Lang,
) -> Result<(), Stop<Wait>> {
    let limits = &context.config.limits;
    if !limits.is_exempt(address) {
        let rule = rate_limits::taken_emails(limits);
        let network = limit::network(address);
        limit::spend(tx, &rule, &network).await?;
    }
    mails::tell_owner(tx, context, email, lang).await?;
    Ok(())
}

/// The login data of an address before the password is hashed; for an unknown one, a passport without a hash (TH4). The
/// attempt is counted already.
///
/// # Errors
/// [`Wait`] when there were too many wrong passwords; [`DbError`].
pub async fn before_login(
    tx: &mut Tx<'_>,
    limits: &LoginLimits,
    email_key: &str,
) -> Result<(Login, Spent), Stop<Wait>> {
    let spent = limits.spend(tx).await?;
    Ok((store::login_of(tx, email_key).await?, spent))
}

/// Begins a session after the right password, and ends the browser's previous one (TH10). A language that was chosen in this
/// browser is that of the mails to come; what a browser merely prefers changes nothing. Returns whether the password
/// that was checked is still current: it may have been changed in the meantime.
///
/// # Errors
/// [`Wait`] when the network's limit was reached in the meantime; [`DbError`].
pub async fn log_in(
    tx: &mut Tx<'_>,
    checked: &Login,
    token: &str,
    old: Option<&[u8]>,
    limits: &LoginLimits,
    (address, chosen, device): (IpAddr, Option<Lang>, &Device),
) -> Result<bool, Stop<Wait>> {
    let id = checked.id;
    limits.check_network(tx).await?;
    if store::lock(tx, id).await?.is_none_or(|now| now.password_hash != checked.password_hash) {
        return Ok(false);
    }
    if let Some(old) = old {
        session::end(tx, old).await?;
    }
    if let Some(lang) = chosen.filter(|lang| checked.lang != *lang) {
        store::set_lang(tx, id, lang).await?;
    }
    limits.clear(tx).await?;
    if session::begin(tx, id, token, device).await? {
        record(tx, id, ("logged-in", Changes::NONE), address).await?;
    }
    Ok(true)
}

/// The language of the mails to come, chosen by somebody who is signed in.
pub async fn choose_language(tx: &mut Tx<'_>, id: PassportId, lang: Lang) -> Result<(), DbError> {
    store::set_lang(tx, id, lang).await
}

/// Ends a session (A8).
pub async fn log_out(tx: &mut Tx<'_>, session: &session::Session, address: IpAddr) -> Result<(), DbError> {
    if session::end(tx, &session.token_hash).await? {
        record(tx, session.passport, ("logged-out", Changes::NONE), address).await?;
    }
    Ok(())
}

async fn record(
    tx: &mut Tx<'_>,
    id: PassportId,
    what: (&'static str, Changes),
    address: IpAddr,
) -> Result<(), DbError> {
    record_by(tx, Actor::Passport(id), id, what, &address.to_string()).await
}

/// Logs an action of somebody who is not logged in.
async fn record_by_visitor(
    tx: &mut Tx<'_>,
    id: PassportId,
    action: &'static str,
    address: &str,
) -> Result<(), DbError> {
    record_by(tx, Actor::Visitor, id, (action, Changes::NONE), address).await
}

async fn record_by(
    tx: &mut Tx<'_>,
    actor: Actor,
    id: PassportId,
    (action, changes): (&'static str, Changes),
    address: &str,
) -> Result<(), DbError> {
    let event = Event {
        school: SchoolCode::NONE,
        actor,
        action,
        object_kind: "passport",
        object: &id.to_string(),
        address,
        detail: "",
        changes,
    };
    audit::record(tx, &event).await
}
