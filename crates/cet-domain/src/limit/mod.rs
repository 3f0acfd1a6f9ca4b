//! Rate limits against guessing (TH2, TH3, TH5): failures are counted by what was tried and by whom, and each time a
//! limit is reached the wait grows. Successes count only against the generous limits of `[limits]`.
//!
//! What is tried is counted before the work, by [`spend`], so that of many tries at once no more are looked at than of as
//! many one after another; [`clear`] forgets the count when it succeeded, [`give_back`] takes it back when nothing was
//! tried after all. Where a success must not wait for others, a use case calls [`check`] before and [`fail`] after it.

mod rules;
mod store;

use std::net::IpAddr;

use rules::Count;
pub use rules::{Rule, Then, Wait};

use crate::jobs::batch::Round;
use crate::store::{Db, DbError, Stop, Tx};

/// Checks whether `whom` may try now.
///
/// # Errors
/// [`Wait`] until the next try; a [`DbError`].
pub async fn check(tx: &mut Tx<'_>, rule: &Rule, whom: &str) -> Result<(), Stop<Wait>> {
    let now = tx.now().await?;
    match store::until(tx, &rule.key(whom)).await?.and_then(|until| Wait::from(until, now)) {
        Some(wait) => Err(Stop::Refused(wait)),
        None => Ok(()),
    }
}

/// A try that was counted before its outcome was known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spent {
    key: String,
    before: Count,
    after: Count,
}

impl Spent {
    /// How long the next try has to wait, if this one was the last of its period.
    pub async fn wait(&self, tx: &mut Tx<'_>) -> Result<Option<Wait>, DbError> {
        Ok(Wait::from(self.after.until, tx.now().await?))
    }
}

/// Counts a try of `whom`, if it may try now. Tries of the same count wait for each other until this transaction ends.
/// Call it in a transaction that commits.
///
/// # Errors
/// [`Wait`] until the next try; a [`DbError`].
pub async fn spend(tx: &mut Tx<'_>, rule: &Rule, whom: &str) -> Result<Spent, Stop<Wait>> {
    let now = tx.now().await?;
    let key = rule.key(whom);
    let before = store::lock(tx, &key, now).await?;
    if let Some(wait) = Wait::from(before.until, now) {
        return Err(Stop::Refused(wait));
    }
    let after = rules::after_failure(rule, before, now);
    store::save(tx, &key, after).await?;
    Ok(Spent { key, before, after })
}

/// Takes back a try that was counted and did not take place.
pub async fn give_back(tx: &mut Tx<'_>, spent: &Spent) -> Result<(), DbError> {
    let now = tx.now().await?;
    let count = store::lock(tx, &spent.key, now).await?;
    store::save(tx, &spent.key, rules::given_back((spent.before, spent.after), count)).await
}

/// Counts a failure, or a success that is limited. Call it in a transaction that commits.
pub async fn fail(tx: &mut Tx<'_>, rule: &Rule, whom: &str) -> Result<(), DbError> {
    let now = tx.now().await?;
    let key = rule.key(whom);
    let before = store::lock(tx, &key, now).await?;
    store::save(tx, &key, rules::after_failure(rule, before, now)).await
}

/// How many failures of `whom` were counted lately: those of this period, and a full count for each time that the limit was
/// reached in a row.
pub async fn counted(tx: &mut Tx<'_>, rule: &Rule, whom: &str) -> Result<i64, DbError> {
    let now = tx.now().await?;
    let count = store::read(tx, &rule.key(whom)).await?;
    Ok(count.map_or(0, |count| rules::counted(rule, count, now)))
}

/// Resets the failures of `whom`, after a success.
pub async fn clear(tx: &mut Tx<'_>, rule: &Rule, whom: &str) -> Result<(), DbError> {
    store::delete(tx, &rule.key(whom)).await
}

/// Resets the failures of everybody whose name begins like this.
pub async fn clear_all(tx: &mut Tx<'_>, rule: &Rule, begins: &str) -> Result<(), DbError> {
    store::delete_all(tx, &rule.key(begins)).await
}

/// Deletes a batch of outdated counts; returns how many.
pub async fn sweep(db: &Db) -> Result<Round, DbError> {
    store::old(rules::MEMORY).run(db).await
}

/// The key of a network: an IPv4 address by itself, an IPv6 address by its /64, which is what one line gets.
#[must_use]
pub fn network(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
    }
}

#[cfg(test)]
mod tests;
