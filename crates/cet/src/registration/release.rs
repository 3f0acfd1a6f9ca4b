//! The end of an empty registration (R7): by a job, by the transaction that ends its last entry, or when somebody who
//! wants its place asks.

use super::{Registration, rules, store};
use crate::audit::{self, Actor, Changes, Value};
use crate::entry::{self, Entry, EntryState};
use crate::payment::holding;
use crate::store::{DbError, Tx};
use crate::words::codes::SchoolCode;
use crate::words::ids::RegistrationId;
use crate::words::time::Time;

/// How long a registration that holds money is left alone before it is looked at again.
const LOOK_AGAIN: jiff::SignedDuration = jiff::SignedDuration::from_mins(10);

/// Releases a locked registration if it holds no entry, no open order and no money, and its time has come; else writes
/// down when it will be looked at. Answers whether it was released. `entries` are all of it, as they now stand.
///
/// Locks: the registration is locked by the caller; deletes the claim.
///
/// # Errors
/// [`DbError`] when the database can't be asked.
pub async fn release_if_empty(
    tx: &mut Tx<'_>,
    of: &Registration,
    entries: &[Entry],
    by: Actor,
) -> Result<bool, DbError> {
    let now = tx.now().await?;
    if entries.iter().any(|entry| entry::rules::is_live(entry, now)) {
        return Ok(false);
    }
    let mut at = rules::release_time(of.saved_at, last_cancelled(entries));
    if at <= now && holding::holds_money(tx, of.school, of.id).await? {
        at = now.plus(LOOK_AGAIN);
    }
    if now < at {
        if of.release_at != Some(at) {
            store::set_release(tx, of, Some(at)).await?;
        }
        return Ok(false);
    }
    release(tx, of, at.max(of.release_at.unwrap_or(at)), by).await?;
    Ok(true)
}

/// When the candidate last cancelled; what went with another entry has the same time.
fn last_cancelled(entries: &[Entry]) -> Option<Time> {
    let cancelled = entries.iter().filter(|entry| entry.state == EntryState::Cancelled);
    cancelled.filter_map(|entry| entry.ended_at).max()
}

async fn release(tx: &mut Tx<'_>, of: &Registration, was_due: Time, by: Actor) -> Result<(), DbError> {
    store::delete_claim(tx, of).await?;
    if !store::release(tx, of).await? {
        return Err(DbError::Other("a registration changed under its own lock".to_owned()));
    }
    let before = store::tally(tx, of.passport, &of.sitting).await?.map_or(0, |(releases, _)| releases);
    let releases = before.saturating_add(1);
    store::set_tally(tx, of, releases, rules::bind_again(releases, was_due)).await?;
    audit::record(
        tx,
        &audit::Event {
            school: of.school,
            actor: by,
            action: "registration-released",
            object_kind: "registration",
            object: &of.id.to_string(),
            address: "",
            detail: "",
            changes: Changes::NONE.field("passport", of.passport, Value::Nothing),
        },
    )
    .await
}

/// Registrations whose time may have come, over all schools.
///
/// # Errors
/// [`DbError`] when the database can't be asked.
pub async fn empty_ones(tx: &mut Tx<'_>, limit: i64) -> Result<Vec<(SchoolCode, RegistrationId)>, DbError> {
    let now = tx.now().await?;
    store::due_for_release(tx, now, limit).await
}

/// Releases registrations whose time has come, over all schools.
///
/// # Errors
/// As [`release_some`].
pub async fn release_empty_ones(tx: &mut Tx<'_>, limit: i64) -> Result<usize, DbError> {
    let found = empty_ones(tx, limit).await?;
    release_some(tx, &found).await
}

/// Releases those of these registrations whose time has come; answers how many. Those that somebody works on wait for
/// the next round.
///
/// # Errors
/// [`DbError`] when the database can't be asked.
pub async fn release_some(tx: &mut Tx<'_>, some: &[(SchoolCode, RegistrationId)]) -> Result<usize, DbError> {
    let mut done = 0_usize;
    for &(school, id) in some {
        let Some(of) = store::lock_if_idle(tx, school, id).await? else { continue };
        let entries = entry::store::of_registration(tx, school, id).await?;
        if release_if_empty(tx, &of, &entries, Actor::Job("release")).await? {
            done = done.saturating_add(1);
        }
    }
    Ok(done)
}
