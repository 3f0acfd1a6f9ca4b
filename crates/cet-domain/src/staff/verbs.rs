//! Creating accounts and logging in: each one transaction, with no hashing inside.

use std::net::IpAddr;

use jiff::SignedDuration;

use super::rules::{Role, Scope};
pub use super::second_factor::{
    Attempt, NotPassed, Passed, recovery_codes, second_factor, second_factor_again,
};
use super::store::{self, Listed, NewAccount};
use super::{mails, session};
use crate::audit::{self, Actor, Changes, Event, Value};
use crate::config::Limits;
use crate::limit::{self, Rule, Spent, Then, Wait};
use crate::passport::device::Device;
use crate::store::{DbError, Stop, Tx};
use crate::vault::{Vault, to_hex, token_hash};
use crate::words::codes::SchoolCode;

pub(super) const PERIOD: SignedDuration = SignedDuration::from_mins(15);
pub(super) const DOUBLING: Then =
    Then::Doubling { first: SignedDuration::from_mins(5), longest: SignedDuration::from_hours(2) };

/// From this many wrong passwords for one account from one network on, a challenge comes before the next.
const CHALLENGE_ACCOUNT: i64 = 3;
/// The same for one network, whatever the account.
const CHALLENGE_NETWORK: i64 = 20;

/// The rate limits that apply to a login attempt.
#[derive(Clone, Debug)]
pub struct Brakes {
    account: (Rule, String),
    network: Option<(Rule, String)>,
}

impl Brakes {
    /// The limits of one attempt.
    #[must_use]
    pub fn new(limits: &Limits, name: &str, address: IpAddr) -> Self {
        let network = limit::network(address);
        let rule = |what, most| Rule { what, most, period: PERIOD, then: DOUBLING };
        Self {
            account: (rule("staff-account", limits.passwords), format!("{}:{network}", short(name))),
            network: (!limits.is_exempt(address))
                .then(|| (rule("staff-network", limits.network_passwords), network)),
        }
    }

    /// Whether so many passwords were wrong lately that a challenge has to be solved before the next is looked at.
    pub async fn asks_challenge(&self, tx: &mut Tx<'_>) -> Result<bool, DbError> {
        let of_account = limit::counted(tx, &self.account.0, &self.account.1).await?;
        Ok(of_account >= CHALLENGE_ACCOUNT || self.network_asks_challenge(tx).await?)
    }

    /// The same for the network alone, while no account was named yet.
    pub async fn network_asks_challenge(&self, tx: &mut Tx<'_>) -> Result<bool, DbError> {
        match &self.network {
            Some((rule, whom)) => Ok(limit::counted(tx, rule, whom).await? >= CHALLENGE_NETWORK),
            None => Ok(false),
        }
    }

    /// The count of the network's wrong passwords; none for an exempt one.
    #[must_use]
    pub fn of_network(self) -> Option<(Rule, String)> {
        self.network
    }

    /// Counts an attempt at the account before the password is looked at (TH63).
    ///
    /// # Errors
    /// [`Wait`]; a [`DbError`].
    pub async fn spend(&self, tx: &mut Tx<'_>) -> Result<Spent, Stop<Wait>> {
        self.check_network(tx).await?;
        limit::spend(tx, &self.account.0, &self.account.1).await
    }

    /// Forgets the account's wrong passwords, after a right one.
    pub async fn clear(&self, tx: &mut Tx<'_>) -> Result<(), DbError> {
        limit::clear(tx, &self.account.0, &self.account.1).await
    }

    async fn check_network(&self, tx: &mut Tx<'_>) -> Result<(), Stop<Wait>> {
        match &self.network {
            Some((rule, whom)) => limit::check(tx, rule, whom).await,
            None => Ok(()),
        }
    }

    /// Counts a wrong password for the network; the account's is counted already.
    pub async fn fail(&self, tx: &mut Tx<'_>) -> Result<(), DbError> {
        match &self.network {
            Some((rule, whom)) => limit::fail(tx, rule, whom).await,
            None => Ok(()),
        }
    }
}

/// A digest: a typed name may be anything, even a password, and must not be stored in the table of counts.
fn short(name: &str) -> String {
    to_hex(token_hash(name).get(..12).unwrap_or_default())
}

/// The stored key of an account's holder: equal for all spellings of the same text.
#[must_use]
pub fn person_key(vault: &Vault, person: &str) -> String {
    let plain: String = person.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect();
    to_hex(vault.sign_token("staff-person", plain.as_bytes()).get(..16).unwrap_or_default())
}

/// Creates an account; returns whether the name was free.
pub async fn add(tx: &mut Tx<'_>, new: &NewAccount, by: Actor, address: &str) -> Result<bool, DbError> {
    if !store::insert(tx, new).await? {
        return Ok(false);
    }
    store::grant(tx, &new.name, new.role, &new.scope).await?;
    let changes = Changes::NONE
        .set("role", Value::code(new.role.wire()))
        .set("scope", Value::place(new.scope.prefix()));
    record(tx, by, ("staff-added", changes), &new.name, address, "").await?;
    Ok(true)
}

/// Disables an account and ends its sessions (TH25); returns whether it was not disabled yet.
pub async fn disable(tx: &mut Tx<'_>, name: &str, by: Actor, address: &str) -> Result<bool, DbError> {
    if !store::disable(tx, name).await? {
        return Ok(false);
    }
    session::end_all(tx, name).await?;
    let changes = Changes::NONE.field("state", Value::code("active"), Value::code("disabled"));
    record(tx, by, ("staff-disabled", changes), name, address, "").await?;
    Ok(true)
}

/// Changes the role and scope of a locked account, effective from its next request on (TH24).
pub(crate) async fn regrant(
    tx: &mut Tx<'_>,
    of: &Listed,
    (role, scope): (Role, &Scope),
    by: Actor,
    address: &str,
) -> Result<(), DbError> {
    store::accounts::set(tx, &of.name, role, scope).await?;
    store::grant(tx, &of.name, role, scope).await?;
    let (old_role, old_scope) = (Value::code(of.role.wire()), Value::place(of.scope.prefix()));
    let changes = Changes::NONE.field("role", old_role, Value::code(role.wire())).field(
        "scope",
        old_scope,
        Value::place(scope.prefix()),
    );
    record(tx, by, ("staff-granted", changes), &of.name, address, "").await
}

/// The login data of a name before the password is hashed, and whether a challenge comes first.
///
/// # Errors
/// [`Wait`] when there were too many wrong passwords; [`DbError`].
pub async fn before_login(
    tx: &mut Tx<'_>,
    brakes: &Brakes,
    name: &str,
) -> Result<(Option<store::Login>, bool), Stop<Wait>> {
    limit::check(tx, &brakes.account.0, &brakes.account.1).await?;
    brakes.check_network(tx).await?;
    Ok((store::login(tx, name).await?, brakes.asks_challenge(tx).await?))
}

/// Counts a wrong password; where it was that of an account, the log has a line, without what was typed.
pub async fn password_refused(
    tx: &mut Tx<'_>,
    brakes: &Brakes,
    account: Option<&str>,
    address: &str,
) -> Result<(), DbError> {
    brakes.fail(tx).await?;
    let Some(name) = account else { return Ok(()) };
    record(tx, Actor::Visitor, ("staff-password-refused", Changes::NONE), name, address, "").await
}

/// Begins a session after the right password, and ends the browser's previous one.
///
/// # Errors
/// [`Wait`] when the network's limit was reached in the meantime; [`DbError`].
pub async fn log_in(
    tx: &mut Tx<'_>,
    name: &str,
    token: &str,
    old: Option<&[u8]>,
    brakes: &Brakes,
    (address, device): (&str, &Device),
) -> Result<(), Stop<Wait>> {
    brakes.check_network(tx).await?;
    if let Some(old) = old {
        session::end(tx, old).await?;
    }
    brakes.clear(tx).await?;
    session::begin(tx, name, token, device).await?;
    let passed = ("staff-password-passed", Changes::NONE);
    Ok(record(tx, Actor::Staff(name.to_owned()), passed, name, address, "").await?)
}

/// Sets a password that its owner chose; other sessions end, this one continues under a new token.
pub async fn set_password(
    tx: &mut Tx<'_>,
    vault: &Vault,
    session: &session::StaffSession,
    hash: &str,
    token: &str,
    address: &str,
) -> Result<(), DbError> {
    let name = session.account.as_str();
    store::set_password(tx, name, hash).await?;
    let device = session::device(tx, &session.token_hash).await?;
    session::end_all(tx, name).await?;
    session::begin(tx, name, token, &device).await?;
    session::pass(tx, &token_hash(token), token, None).await?;
    mails::secret_changed(tx, vault, name, mails::Secret::Password).await?;
    let changed = ("staff-password-changed", Changes::NONE.replaced("password"));
    record(tx, Actor::Staff(name.to_owned()), changed, name, address, "").await
}

/// Ends a session.
pub async fn log_out(tx: &mut Tx<'_>, session: &session::StaffSession, address: &str) -> Result<(), DbError> {
    session::end(tx, &session.token_hash).await?;
    let name = session.account.as_str();
    record(tx, Actor::Staff(name.to_owned()), ("staff-logged-out", Changes::NONE), name, address, "").await
}

/// Ends one session of the account (A9); one that has ended already is the same success.
pub async fn end_one(
    tx: &mut Tx<'_>,
    session: &session::StaffSession,
    id: i64,
    address: &str,
) -> Result<(), DbError> {
    if session::end_by_id(tx, &session.account, id).await? {
        sessions_ended(tx, session, 1, address).await?;
    }
    Ok(())
}

/// Ends all sessions of the account but this one.
pub async fn end_others(
    tx: &mut Tx<'_>,
    session: &session::StaffSession,
    address: &str,
) -> Result<(), DbError> {
    let ended = session::end_others(tx, &session.account, &session.token_hash).await?;
    if ended > 0 {
        sessions_ended(tx, session, i64::try_from(ended).unwrap_or(i64::MAX), address).await?;
    }
    Ok(())
}

async fn sessions_ended(
    tx: &mut Tx<'_>,
    of: &session::StaffSession,
    ended: i64,
    address: &str,
) -> Result<(), DbError> {
    let changes = Changes::NONE.set("sessions", Value::Number(ended));
    let name = of.account.as_str();
    record(tx, Actor::Staff(name.to_owned()), ("sessions-ended", changes), name, address, "").await
}

pub(super) async fn record(
    tx: &mut Tx<'_>,
    actor: Actor,
    (action, changes): (&'static str, Changes),
    name: &str,
    address: &str,
    detail: &str,
) -> Result<(), DbError> {
    let event = Event {
        school: SchoolCode::NONE,
        actor,
        action,
        object_kind: "staff",
        object: name,
        address,
        detail,
        changes,
    };
    audit::record(tx, &event).await
}

/// The invalid field of a requested account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wrong {
    /// The name.
    Name,
    /// The role.
    Role,
    /// The scope does not fit the role.
    Scope,
}

/// Parses name, role and scope of a new account.
///
/// # Errors
/// [`Wrong`].
pub fn parse_account(name: &str, role: &str, scope: &str) -> Result<(String, Role, Scope), Wrong> {
    if !super::rules::is_name(name) {
        return Err(Wrong::Name);
    }
    let role = Role::from_wire(role).ok_or(Wrong::Role)?;
    let scope = Scope::parse(scope).filter(|scope| role.fits(scope)).ok_or(Wrong::Scope)?;
    Ok((name.to_owned(), role, scope))
}
