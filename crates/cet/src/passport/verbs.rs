//! Registering, logging in and out: each one transaction, with no hashing inside.

use std::net::IpAddr;

use super::brakes::{self, LoginBrakes};
use super::rules::Profile;
use super::store::{self, Login, NewRow};
use super::{notice, session};
use crate::app::App;
use crate::audit::{self, Actor, Event};
use crate::limit::{self, Wait};
use crate::store::{DbError, Stop, Tx};
use crate::vault::Vault;
use crate::web::texts::Lang;
use crate::words::codes::SchoolCode;
use crate::words::email::Email;
use crate::words::ids::PassportId;

/// A passport to be made.
#[derive(Clone)]
pub struct NewPassport {
    /// The address.
    pub email: Email,
    /// The password's hash.
    pub password_hash: String,
    /// The optional part.
    pub profile: Profile,
    /// Where it comes from.
    pub address: IpAddr,
}

/// How registering ended; both are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Registered {
    /// There is a new passport.
    Made(PassportId),
    /// Somebody has one with this address; the owner is told.
    Taken,
}

/// Makes a passport (A1), or tells the owner of the address that somebody tried.
///
/// # Errors
/// [`Wait`] when too many came from the network; [`DbError`].
pub async fn register(tx: &mut Tx<'_>, app: &App, new: &NewPassport, lang: Lang) -> Result<Registered, Stop<Wait>> {
    let id = PassportId(tx.new_id());
    if !store::claim_email(tx, &new.email.key(), id).await? {
        note_taken(tx, app, &new.email, new.address, lang).await?;
        return Ok(Registered::Taken);
    }
    let limits = &app.config.limits;
    let ceiling = brakes::registrations(limits);
    let network = limit::network(new.address);
    if !limits.is_exempt(new.address) {
        limit::check(tx, &ceiling, &network).await?;
        limit::fail(tx, &ceiling, &network).await?;
    }
    let fault = |error: crate::vault::VaultError| DbError::Other(error.to_string());
    let vault = &app.vault;
    let seal = |text: Option<&str>| text.map(|text| vault.seal(text)).transpose().map_err(fault);
    let document = new.profile.document.as_ref();
    let row = NewRow {
        id,
        public_id: &new_public_id(vault).map_err(fault)?,
        email: &new.email.address(),
        password_hash: &new.password_hash,
        phone: seal(new.profile.phone.as_ref().map(crate::words::text::Phone::as_str))?,
        document_kind: document.map(|document| document.kind.wire()),
        document: seal(document.map(|document| document.number.as_str()))?,
        name: new.profile.name.as_ref().map_or("", |name| name.as_str()),
    };
    store::insert(tx, row).await?;
    record(tx, id, "passport-registered", new.address).await?;
    Ok(Registered::Made(id))
}

/// 通行证ID: 32 upper-case hex digits, random, so that it says nothing and can't be guessed.
fn new_public_id(vault: &Vault) -> Result<String, crate::vault::VaultError> {
    Ok(crate::vault::to_hex(&vault.random::<16>()?).to_uppercase())
}

/// Whether somebody has a passport with this address. If so the answer is counted and the owner is told.
///
/// # Errors
/// [`Wait`] when the network was answered so too often; [`DbError`].
pub async fn is_taken(
    tx: &mut Tx<'_>,
    app: &App,
    email: &Email,
    address: IpAddr,
    lang: Lang,
) -> Result<bool, Stop<Wait>> {
    if store::by_email(tx, &email.key()).await?.is_none() {
        return Ok(false);
    }
    note_taken(tx, app, email, address, lang).await?;
    Ok(true)
}

async fn note_taken(
    tx: &mut Tx<'_>,
    app: &App,
    email: &Email,
    address: IpAddr,
    lang: Lang,
) -> Result<(), Stop<Wait>> {
    let limits = &app.config.limits;
    if !limits.is_exempt(address) {
        let rule = brakes::taken_emails(limits);
        let network = limit::network(address);
        limit::check(tx, &rule, &network).await?;
        limit::fail(tx, &rule, &network).await?;
    }
    notice::tell_owner(tx, app, email, lang).await?;
    Ok(())
}

/// What is known of an address before the password is hashed: its passport, if there is one.
///
/// # Errors
/// [`Wait`] when too many wrong passwords came; [`DbError`].
pub async fn before_login(
    tx: &mut Tx<'_>,
    brakes: &LoginBrakes,
    email_key: &str,
) -> Result<Option<Login>, Stop<Wait>> {
    brakes.check(tx).await?;
    let Some(id) = store::by_email(tx, email_key).await? else { return Ok(None) };
    Ok(store::login(tx, id).await?)
}

/// Begins a session after the right password, and ends the one that the browser still had (T10).
///
/// # Errors
/// [`DbError`].
pub async fn log_in(
    tx: &mut Tx<'_>,
    id: PassportId,
    token: &str,
    old: Option<&[u8]>,
    brakes: &LoginBrakes,
    address: IpAddr,
) -> Result<(), DbError> {
    if let Some(old) = old {
        session::end(tx, old).await?;
    }
    brakes.clear(tx).await?;
    session::begin(tx, id, token).await?;
    record(tx, id, "logged-in", address).await
}

/// Ends a session (A8).
///
/// # Errors
/// [`DbError`].
pub async fn log_out(tx: &mut Tx<'_>, session: &session::Session, address: IpAddr) -> Result<(), DbError> {
    session::end(tx, &session.token_hash).await?;
    record(tx, session.passport, "logged-out", address).await
}

async fn record(tx: &mut Tx<'_>, id: PassportId, action: &'static str, address: IpAddr) -> Result<(), DbError> {
    let event = Event {
        school: SchoolCode::NONE,
        actor: Actor::Passport(id),
        action,
        object_kind: "passport",
        object: &id.to_string(),
        address: &address.to_string(),
        detail: "",
    };
    audit::record(tx, &event).await
}
