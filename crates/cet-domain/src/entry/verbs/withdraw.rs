//! Ends paid entries whose money goes back. The caller has locked the registration, and records the money itself.

use super::needs;
use super::pools::SeatChanges;
use crate::audit::{self, Actor, Changes, Value};
use crate::entry::{Entry, EntryState, rules, store};
use crate::registration::{self, Registration};
use crate::seat_pool::PoolKey;
use crate::sitting::Catalogue;
use crate::store::{DbError, Tx};
use crate::words::ids::EntryId;

/// Ends paid entries of a locked registration, and the unpaid oral ones that hang on them; returns the pools whose seats
/// [`give_back`] is to free at the end of the transaction.
///
/// # Errors
/// [`DbError`], also when [`rules::withdrawal`] does not allow it: ask it first, under the same lock.
pub async fn withdraw(
    tx: &mut Tx<'_>,
    catalogue: &Catalogue,
    of: &Registration,
    entries: &mut [Entry],
    going: &[EntryId],
    (by, address): (&Actor, &str),
) -> Result<Vec<PoolKey>, DbError> {
    let now = tx.now().await?;
    let along = rules::withdrawal(entries, going, &needs(catalogue), now).map_err(|_| broken())?;
    let mut freed = withdraw_paid(tx, of, entries, going, (by, address)).await?;
    freed.extend(super::expire::end_all(tx, of, entries, &along, EntryState::Cancelled, by).await?);
    registration::release::release_if_empty(tx, of, rules::held(entries, now), by.clone()).await?;
    Ok(freed)
}

fn broken() -> DbError {
    DbError::Other("an entry changed under the lock of its registration".to_owned())
}

/// Ends paid entries alone; returns the pools of their seats.
pub(super) async fn withdraw_paid(
    tx: &mut Tx<'_>,
    of: &Registration,
    entries: &mut [Entry],
    going: &[EntryId],
    (by, address): (&Actor, &str),
) -> Result<Vec<PoolKey>, DbError> {
    let now = tx.now().await?;
    let mut freed = Vec::new();
    for entry in entries.iter_mut().filter(|entry| going.contains(&entry.id)) {
        if !store::withdraw(tx, of.school, entry.id, now).await? {
            return Err(broken());
        }
        entry.state = EntryState::Withdrawn;
        entry.ended_at = Some(now);
        freed.push(entry.pool());
        let event = audit::Event {
            school: of.school,
            actor: by.clone(),
            action: "entry-withdrawn",
            object_kind: "entry",
            object: &entry.id.to_string(),
            address,
            detail: &format!("subject={} campus={}", entry.subject, entry.campus),
            changes: Changes::NONE.field("state", Value::code("paid"), Value::code("withdrawn")),
        };
        audit::record(tx, &event).await?;
    }
    Ok(freed)
}

/// Frees seats, at the end of a transaction that has locked all its registrations.
///
/// Locks: the pools by key.
pub(crate) async fn give_back(tx: &mut Tx<'_>, freed: Vec<PoolKey>) -> Result<(), DbError> {
    give_back_and_leave(tx, freed, Vec::new()).await
}

/// The same, and takes the registration out of the lines of some pools.
///
/// Locks: all of these pools by key.
pub(crate) async fn give_back_and_leave(
    tx: &mut Tx<'_>,
    freed: Vec<PoolKey>,
    left: Vec<PoolKey>,
) -> Result<(), DbError> {
    let mut seats = SeatChanges::default();
    for pool in freed {
        seats.give_back(pool);
    }
    for pool in left {
        seats.leave_line(pool);
    }
    seats.apply_returns(tx).await
}
