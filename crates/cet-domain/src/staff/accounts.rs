//! Account management by staff (S4, TH24): only a higher role grants, never to the own account or another one of the
//! same person, and a grant is effective from the next request on.

use super::rules::{Role, Scope, may_grant};
use super::store::{self, Listed, NewAccount};
use super::verbs::{self, Wrong};
use crate::audit::Actor;
use crate::store::{Stop, Tx};
use cet_base::form_mark::Seen;

/// The managing member of staff: account, person, current role, and address of the request.
#[derive(Clone, Debug)]
pub struct Granter {
    /// The account's name.
    pub account: String,
    /// The person.
    pub person: String,
    /// The role.
    pub role: Role,
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
    /// The person is missing.
    NoPerson,
    /// The name is taken.
    Taken,
    /// It is the member's own, or the same person's.
    Own,
    /// The role is not lower than the member's.
    NotLower,
    /// It was already closed.
    Ended,
    /// Its role or scope has changed since the form was loaded.
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

/// Creates an account with a lower role.
///
/// # Errors
/// [`AccountRefusal`]; [`crate::store::DbError`].
pub async fn make(tx: &mut Tx<'_>, by: &Granter, new: &NewAccount) -> Result<(), Stop<AccountRefusal>> {
    if !may_grant(by.role, new.role) {
        return Err(Stop::Refused(AccountRefusal::NotLower));
    }
    if verbs::add(tx, new, Actor::Staff(by.account.clone()), &by.address).await? {
        Ok(())
    } else {
        Err(Stop::Refused(AccountRefusal::Taken))
    }
}

/// Changes the role and scope of an account, effective for its sessions from their next request on. Idempotent.
///
/// # Errors
/// [`AccountRefusal`]; [`crate::store::DbError`].
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
    if !may_grant(by.role, role) {
        return Err(Stop::Refused(AccountRefusal::NotLower));
    }
    if of.role == role && of.scope == *scope {
        return Ok(());
    }
    verbs::regrant(tx, &of, (role, scope), Actor::Staff(by.account.clone()), &by.address).await?;
    Ok(())
}

/// Closes an account and ends its sessions; idempotent.
///
/// # Errors
/// [`AccountRefusal`]; [`crate::store::DbError`].
pub async fn end(tx: &mut Tx<'_>, by: &Granter, name: &str) -> Result<(), Stop<AccountRefusal>> {
    changeable(tx, by, name).await?;
    verbs::disable(tx, name, Actor::Staff(by.account.clone()), &by.address).await?;
    Ok(())
}

/// The values of an account's form, for its mark (R19).
#[must_use]
pub fn values(of: &Listed) -> [&str; 2] {
    [of.role.wire(), of.scope.prefix()]
}

async fn changeable(tx: &mut Tx<'_>, by: &Granter, name: &str) -> Result<Listed, Stop<AccountRefusal>> {
    let of = store::accounts::lock(tx, name).await?.ok_or(Stop::Refused(AccountRefusal::NotFound))?;
    refused(by, &of).map_err(Stop::Refused)?;
    Ok(of)
}
