//! The expiry of unpaid entries (R13).

use super::needs;
use super::pools::SeatChanges;
use crate::audit::{self, Actor, Changes};
use crate::entry::{Entry, EntryState, messages, rules, store};
use crate::registration::{self, Registration};
use crate::seat_pool::PoolKey;
use crate::sitting::Catalogue;
use crate::store::{DbError, Tx};
use crate::words::codes::SchoolCode;
use crate::words::ids::{EntryId, RegistrationId};

/// Result of one sweep batch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sweep {
    /// Registrations with overdue entries that were found.
    pub found: usize,
    /// Entries that ended.
    pub ended: usize,
}

/// Ends overdue entries of these registrations, gives their seats back and releases registrations that became empty.
/// Locked registrations, locked entries and entries with an open order are left for later.
///
/// Locks: registrations without waiting (`SKIP LOCKED`), in the order of their keys; then the pools by key.
pub(crate) async fn expire_some(
    tx: &mut Tx<'_>,
    catalogue: &Catalogue,
    some: &[(SchoolCode, RegistrationId)],
) -> Result<Sweep, DbError> {
    // The caller may have appended pieces that were set aside, so the list is not sorted.
    let mut found = some.to_vec();
    found.sort_unstable();
    let mut sweep = Sweep { found: found.len(), ended: 0 };
    let mut seats = SeatChanges::default();
    for (school, registration) in found {
        for pool in end_overdue(tx, catalogue, school, registration).await?.unwrap_or_default() {
            sweep.ended = sweep.ended.saturating_add(1);
            seats.give_back(pool);
        }
    }
    seats.apply_returns(tx).await?;
    Ok(sweep)
}

/// Ends the overdue entries of one registration that the caller has locked and gives their seats back; for a verb that
/// has just settled the order for which the entries waited. Returns how many entries ended.
///
/// Locks: the pools by key; the caller must not touch another pool afterwards.
pub(crate) async fn expire_entries(
    tx: &mut Tx<'_>,
    catalogue: &Catalogue,
    of: &Registration,
) -> Result<usize, DbError> {
    let freed = end_overdue_of(tx, catalogue, of).await?;
    let ended = freed.len();
    let mut seats = SeatChanges::default();
    for pool in freed {
        seats.give_back(pool);
    }
    seats.apply_returns(tx).await?;
    Ok(ended)
}

/// Ends the overdue entries of one registration unless it is locked; returns the pools whose seats are to be given
/// back, one for each entry.
pub(super) async fn end_overdue(
    tx: &mut Tx<'_>,
    catalogue: &Catalogue,
    school: SchoolCode,
    registration: RegistrationId,
) -> Result<Option<Vec<PoolKey>>, DbError> {
    match registration::store::lock_if_idle(tx, school, registration).await? {
        Some(of) => end_overdue_of(tx, catalogue, &of).await.map(Some),
        None => Ok(None),
    }
}

async fn end_overdue_of(
    tx: &mut Tx<'_>,
    catalogue: &Catalogue,
    of: &Registration,
) -> Result<Vec<PoolKey>, DbError> {
    let now = tx.now().await?;
    let mut entries = store::of_registration(tx, of.school, of.id).await?;
    let due = rules::due(&entries, &needs(catalogue), now);
    let by = Actor::Job("expiry");
    let freed = end_all(tx, of, &mut entries, &due, EntryState::Expired, &by).await?;
    if !freed.is_empty() {
        let held = rules::held(&entries, now);
        let released = registration::release::release_if_empty(tx, of, held, by).await?;
        messages::expired(tx, catalogue, of, (&entries, &due), released).await?;
    }
    Ok(freed)
}

/// Ends some held entries of a locked registration and updates the slice; returns the pools whose seats are to be given
/// back.
pub(super) async fn end_all(
    tx: &mut Tx<'_>,
    of: &Registration,
    entries: &mut [Entry],
    going: &[EntryId],
    state: EntryState,
    by: &Actor,
) -> Result<Vec<PoolKey>, DbError> {
    let now = tx.now().await?;
    let mut freed = Vec::new();
    for entry in entries.iter_mut().filter(|entry| going.contains(&entry.id)) {
        if !store::close(tx, of.school, entry.id, state, now).await? {
            return Err(DbError::Other("an entry changed under the lock of its registration".to_owned()));
        }
        entry.state = state;
        entry.ended_at = Some(now);
        freed.push(entry.pool());
        audit::record(
            tx,
            &audit::Event {
                school: of.school,
                actor: by.clone(),
                action: if state == EntryState::Cancelled { "entry-cancelled" } else { "entry-expired" },
                object_kind: "entry",
                object: &entry.id.to_string(),
                address: "",
                detail: &format!("subject={} campus={}", entry.subject, entry.campus),
                changes: Changes::NONE,
            },
        )
        .await?;
    }
    Ok(freed)
}
