//! Account management by staff (S4, TH24): only a higher role grants, in its own part of the tree, never to the own
//! account or another one of the same person, and a grant is effective from the next request on.

use super::rules::{Role, Scope, may_grant};
use super::store::{self, Listed, NewAccount};
use super::verbs::{self, Wrong};
use super::{mails, totp};
use crate::audit::{Actor, Changes, Value};
use crate::sealed::Sealed;
use crate::sitting::provinces;
use crate::sitting::store as sittings;
use crate::store::{DbError, Stop, Tx};
use crate::vault::{Vault, VaultError, to_hex};
use crate::words::codes::ProvinceCode;
use crate::words::email::Email;
use cet_base::form_mark::Seen;

/// The longest number of a person, in characters.
const LONGEST_PERSON: usize = 64;

/// The managing member of staff: account, person, current role, and address of the request.
#[derive(Clone, Debug)]
pub struct Granter {
    /// The account's name.
    pub account: String,
    /// The person.
    pub person: String,
    /// The role.
    pub role: Role,
    /// The part of the tree whose accounts it manages.
    pub scope: Scope,
    /// The network address.
    pub address: String,
}

/// Why an account was not created or changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccountRefusal {
    /// There is none with this name.
    NotFound,
    /// An invalid field.
    Wrong(Wrong),
    /// The person is missing, or too long.
    NoPerson,
    /// The address can't be one.
    Email,
    /// No campus lies in the scope.
    PlaceUnknown,
    /// The scope lies outside of the member's.
    PlaceElsewhere,
    /// The name is taken.
    Taken,
    /// It is the member's own, or the same person's.
    Own,
    /// The role is not lower than the member's.
    NotLower,
    /// It was already closed.
    Ended,
    /// Closing it, which cannot be undone, was not confirmed.
    Unconfirmed,
    /// Its role, scope or address has changed since the form was loaded.
    Meanwhile,
}

/// Whether a member of staff may change this account at all.
///
/// # Errors
/// [`AccountRefusal::Own`], [`AccountRefusal::NotLower`].
pub fn refused(by: &Granter, of: &Listed) -> Result<(), AccountRefusal> {
    if of.name == by.account || of.person == by.person {
        return Err(AccountRefusal::Own);
    }
    if may_grant(by.role, of.role) { Ok(()) } else { Err(AccountRefusal::NotLower) }
}

/// An account as it was typed.
#[derive(Clone)]
pub struct Wanted {
    /// Its name.
    pub name: String,
    /// Its role.
    pub role: Role,
    /// Its scope.
    pub scope: Scope,
    /// The number under which its holder is known.
    pub person: String,
    /// The address at which its holder is told; one of a new account may be missing.
    pub email: Option<Email>,
}

impl Wanted {
    /// Parses an account.
    ///
    /// # Errors
    /// [`AccountRefusal`], for the first field that is wrong.
    pub fn parse([name, role, scope, person, email]: [&str; 5]) -> Result<Self, AccountRefusal> {
        let (name, role, scope) =
            verbs::parse_account(name.trim(), role.trim(), scope.trim()).map_err(AccountRefusal::Wrong)?;
        let (person, email) = (person.trim(), email.trim());
        if person.is_empty() || person.chars().count() > LONGEST_PERSON || person.contains(char::is_control) {
            return Err(AccountRefusal::NoPerson);
        }
        let email = match email {
            "" => None,
            text => Some(Email::parse(text).map_err(|_| AccountRefusal::Email)?),
        };
        Ok(Self { name, role, scope, person: person.to_owned(), email })
    }

    /// The account, whose password must be changed and whose second factor is set up at the first log-in.
    ///
    /// # Errors
    /// [`VaultError`].
    pub fn account(&self, vault: &Vault, password_hash: String) -> Result<NewAccount, VaultError> {
        let secret = totp::base32(&vault.random::<{ totp::SECRET }>()?);
        Ok(NewAccount {
            name: self.name.clone(),
            person: verbs::person_key(vault, &self.person),
            role: self.role,
            scope: self.scope.clone(),
            password_hash,
            must_change: true,
            totp_sealed: Sealed::new(vault, self.name.as_str(), &secret)?,
            enrolled: false,
            person_sealed: Some(vault.seal(&self.person)?),
            email_sealed: self.email.as_ref().map(|email| vault.seal(&email.address())).transpose()?,
        })
    }
}

/// Whether there is such a place: the nation, a province, or a school or campus of the tree.
///
/// # Errors
/// [`DbError`].
pub async fn exists(tx: &mut Tx<'_>, scope: &Scope) -> Result<bool, DbError> {
    let code = scope.prefix();
    if code.is_empty() {
        return Ok(true);
    }
    let province = ProvinceCode::parse(code).ok().and_then(provinces::standard_name);
    Ok(province.is_some() || sittings::has_campus(tx, code).await?)
}

/// Why this member may not give this role in this place.
///
/// # Errors
/// [`AccountRefusal`]; [`DbError`].
pub async fn grantable(
    tx: &mut Tx<'_>,
    by: &Granter,
    role: Role,
    scope: &Scope,
) -> Result<(), Stop<AccountRefusal>> {
    if !may_grant(by.role, role) {
        return Err(Stop::Refused(AccountRefusal::NotLower));
    }
    if !by.scope.holds(scope.prefix()) {
        return Err(Stop::Refused(AccountRefusal::PlaceElsewhere));
    }
    if exists(tx, scope).await? { Ok(()) } else { Err(Stop::Refused(AccountRefusal::PlaceUnknown)) }
}

/// Creates an account with a lower role.
///
/// # Errors
/// [`AccountRefusal`]; [`DbError`].
pub async fn make(tx: &mut Tx<'_>, by: &Granter, new: &NewAccount) -> Result<(), Stop<AccountRefusal>> {
    grantable(tx, by, new.role, &new.scope).await?;
    if verbs::add(tx, new, Actor::Staff(by.account.clone()), &by.address).await? {
        store::note_granter(tx, &new.name, &by.person).await?;
        Ok(())
    } else {
        Err(Stop::Refused(AccountRefusal::Taken))
    }
}

/// Changes the role and scope of an account, effective for its sessions from their next request on. Idempotent.
///
/// # Errors
/// [`AccountRefusal`]; [`DbError`].
pub async fn grant(
    tx: &mut Tx<'_>,
    by: &Granter,
    name: &str,
    (role, scope): (Role, &Scope),
    seen: &Seen,
) -> Result<(), Stop<AccountRefusal>> {
    let of = changeable(tx, by, name).await?;
    if of.disabled_at.is_some() {
        return Err(Stop::Refused(AccountRefusal::Ended));
    }
    if !seen.fits("account", values(&of)) {
        // A repeat of the form whose first answer was lost succeeds too.
        let done = of.role == role && of.scope == *scope;
        return if done { Ok(()) } else { Err(Stop::Refused(AccountRefusal::Meanwhile)) };
    }
    grantable(tx, by, role, scope).await?;
    if of.role == role && of.scope == *scope {
        return Ok(());
    }
    verbs::regrant(tx, &of, (role, scope), Actor::Staff(by.account.clone()), &by.address).await?;
    store::note_granter(tx, name, &by.person).await?;
    Ok(())
}

/// Closes an account and ends its sessions; idempotent.
///
/// # Errors
/// [`AccountRefusal`]; [`DbError`].
pub async fn end(tx: &mut Tx<'_>, by: &Granter, name: &str) -> Result<(), Stop<AccountRefusal>> {
    changeable(tx, by, name).await?;
    verbs::disable(tx, name, Actor::Staff(by.account.clone()), &by.address).await?;
    Ok(())
}

/// Sets the address at which the holder is told of what happens to the account. The address from before is told, and the
/// new one. Idempotent.
///
/// # Errors
/// [`AccountRefusal`]; [`DbError`].
pub async fn set_email(
    tx: &mut Tx<'_>,
    vault: &Vault,
    by: &Granter,
    name: &str,
    (email, seen): (&Email, &Seen),
) -> Result<(), Stop<AccountRefusal>> {
    let of = changeable(tx, by, name).await?;
    if of.disabled_at.is_some() {
        return Err(Stop::Refused(AccountRefusal::Ended));
    }
    let before = mails::address(vault, of.email_sealed.as_deref())?;
    if before.as_ref() == Some(email) {
        return Ok(());
    }
    if !seen.fits("account", values(&of)) {
        return Err(Stop::Refused(AccountRefusal::Meanwhile));
    }
    let sealed = vault.seal(&email.address()).map_err(|error| DbError::Other(error.to_string()))?;
    store::accounts::set_email(tx, name, &sealed).await?;
    mails::moved(tx, vault, (before, email.clone()), &of).await?;
    let changed = match &of.email_sealed {
        Some(_) => Changes::NONE.replaced("email"),
        None => Changes::NONE.set("email", Value::Withheld),
    };
    let actor = Actor::Staff(by.account.clone());
    verbs::record(tx, actor, ("staff-email-changed", changed), name, &by.address, "").await?;
    Ok(())
}

/// The values of an account's forms, for their mark (R19). The address is sealed anew whenever it is set.
#[must_use]
pub fn values(of: &Listed) -> [String; 3] {
    let email = of.email_sealed.as_deref().map(to_hex).unwrap_or_default();
    [of.role.wire().to_owned(), of.scope.prefix().to_owned(), email]
}

async fn changeable(tx: &mut Tx<'_>, by: &Granter, name: &str) -> Result<Listed, Stop<AccountRefusal>> {
    let of =
        store::accounts::lock(tx, &by.scope, name).await?.ok_or(Stop::Refused(AccountRefusal::NotFound))?;
    refused(by, &of).map_err(Stop::Refused)?;
    Ok(of)
}
