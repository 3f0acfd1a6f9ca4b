//! Staff who manage accounts (S4, T24): only a higher role grants, never to the own account or another one of the same
//! person, and what is granted holds from the next request on.

use super::rules::{Role, Scope, may_grant};
use super::store::{self, Listed, NewAccount};
use super::verbs::{self, Wrong};
use crate::audit::Actor;
use crate::store::{Stop, Tx};
use crate::web::meant::Seen;
use crate::web::page::{Page, Refused};

/// Who manages: account, person, role now, and where the request came from.
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

/// Why an account was not made or changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccountRefusal {
    /// There is none of this name.
    NotFound,
    /// A field that is wrong.
    Wrong(Wrong),
    /// Nothing says who holds it.
    NoPerson,
    /// The name is taken.
    Taken,
    /// It is the member's own, or the same person's.
    Own,
    /// The role is not lower than the member's.
    NotLower,
    /// It was ended before.
    Ended,
    /// Its role or scope is no longer what the form showed.
    Meanwhile,
}

impl AccountRefusal {
    /// How a page says it.
    #[must_use]
    pub fn on(self, page: &Page) -> Refused {
        let said = |code, field: &'static str, words: &'static str| {
            Refused::new(page.t, code).at(field).saying(page.m(words))
        };
        let plain = |code, words: &'static str| Refused::new(page.t, code).saying(page.m(words));
        match self {
            Self::NotFound => Refused::new(page.t, "not-found"),
            Self::Wrong(Wrong::Name) => said("field-invalid", "name", "staff-account-name-wrong"),
            Self::Wrong(Wrong::Role) => said("field-invalid", "role", "staff-account-role-wrong"),
            Self::Wrong(Wrong::Scope) => said("field-invalid", "scope", "staff-account-scope-wrong"),
            Self::NoPerson => said("field-invalid", "person", "staff-account-person-wrong"),
            Self::Taken => said("field-invalid", "name", "staff-account-taken"),
            Self::Own => plain("not-eligible", "staff-account-own"),
            Self::NotLower => said("field-invalid", "role", "staff-account-not-lower"),
            Self::Ended => plain("review-final", "staff-account-over"),
            Self::Meanwhile => plain("changed-meanwhile", "staff-seen-account"),
        }
    }
}

/// Whether somebody may change this account at all.
///
/// # Errors
/// [`AccountRefusal::Own`], [`AccountRefusal::NotLower`].
pub fn refused(by: &Granter, of: &Listed) -> Result<(), AccountRefusal> {
    if of.name == by.account || of.person == by.person {
        return Err(AccountRefusal::Own);
    }
    if may_grant(by.role, of.role) { Ok(()) } else { Err(AccountRefusal::NotLower) }
}

/// Makes an account of a lower role.
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

/// Gives an account another role and scope; its sessions have them with their next request. What it has already changes
/// nothing.
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
        // The same form again, whose first answer was lost, is the same success.
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

/// Ends an account and its sessions; of one that was ended before nothing is left to do.
///
/// # Errors
/// [`AccountRefusal`]; [`crate::store::DbError`].
pub async fn end(tx: &mut Tx<'_>, by: &Granter, name: &str) -> Result<(), Stop<AccountRefusal>> {
    changeable(tx, by, name).await?;
    verbs::disable(tx, name, Actor::Staff(by.account.clone()), &by.address).await?;
    Ok(())
}

/// What the form of an account shows, for the mark of what it was made of (R19).
#[must_use]
pub fn values(of: &Listed) -> [&str; 2] {
    [of.role.wire(), of.scope.prefix()]
}

async fn changeable(tx: &mut Tx<'_>, by: &Granter, name: &str) -> Result<Listed, Stop<AccountRefusal>> {
    let of = store::accounts::lock(tx, name).await?.ok_or(Stop::Refused(AccountRefusal::NotFound))?;
    refused(by, &of).map_err(Stop::Refused)?;
    Ok(of)
}
