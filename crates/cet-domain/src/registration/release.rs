//! The release of an empty registration (R7): by a job, by the transaction that ends its last entry, or when somebody
//! else needs its place.

use super::{Registration, holding, rules, store};
use crate::audit::{self, Actor, Changes, Value};
use crate::store::{DbError, Tx};
use crate::words::time::Time;

/// When a registration that holds money is checked again.
const LOOK_AGAIN: jiff::SignedDuration = jiff::SignedDuration::from_mins(10);

/// The state of a registration's entries, as far as it decides the release.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Held {
    /// Whether any is live.
    pub any_live: bool,
    /// When the candidate last cancelled one; entries cancelled with it have the same time.
    pub last_cancelled: Option<Time>,
}

/// Releases a locked registration if it holds no entry, no place in a line (R16), no open order and no money, and its time
/// has come; else stores when it is to be checked again. Returns whether it was released. `entries` is their current state.
///
/// Locks: the registration is locked by the caller; deletes the claim.
pub(crate) async fn release_if_empty(
    tx: &mut Tx<'_>,
    of: &Registration,
    entries: Held,
    by: Actor,
) -> Result<bool, DbError> {
    let now = tx.now().await?;
    if entries.any_live || of.in_line > 0 {
        return Ok(false);
    }
    let mut at = rules::release_time(of.saved_at, entries.last_cancelled);
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

/// Releases a locked registration whose entries have ended, because a dispute went against its passport (R24): money on its way
/// back does not keep it.
///
/// Locks: the registration is locked by the caller; deletes the claim.
pub async fn let_go(tx: &mut Tx<'_>, of: &Registration, by: Actor) -> Result<(), DbError> {
    let now = tx.now().await?;
    store::let_go::note(tx, of, true).await?;
    release(tx, of, now, by).await
}

/// Counts a registration that a dispute takes away from its passport as one that the passport let go (W3). The registration
/// goes on without it.
pub(crate) async fn taken_away(tx: &mut Tx<'_>, of: &Registration) -> Result<(), DbError> {
    let now = tx.now().await?;
    store::let_go::note(tx, of, true).await?;
    count(tx, of, now).await
}

async fn release(tx: &mut Tx<'_>, of: &Registration, was_due: Time, by: Actor) -> Result<(), DbError> {
    store::delete_claim(tx, of).await?;
    if of.passport.is_one() {
        store::let_go::note(tx, of, false).await?;
    }
    if !store::release(tx, of).await? {
        return Err(DbError::Other("a registration changed under its own lock".to_owned()));
    }
    if !of.passport.is_one() {
        return log(tx, of, by, Changes::NONE.set("state", Value::code("released"))).await;
    }
    count(tx, of, was_due).await?;
    log(tx, of, by, Changes::NONE.field("passport", of.passport, Value::Nothing)).await
}

async fn count(tx: &mut Tx<'_>, of: &Registration, at: Time) -> Result<(), DbError> {
    let before = store::tally(tx, of.passport, &of.sitting).await?.map_or(0, |(releases, _)| releases);
    let releases = before.saturating_add(1);
    store::set_tally(tx, of, releases, rules::bind_again(releases, at)).await
}

async fn log(tx: &mut Tx<'_>, of: &Registration, by: Actor, changes: Changes) -> Result<(), DbError> {
    let event = audit::Event {
        school: of.school,
        actor: by,
        action: "registration-released",
        object_kind: "registration",
        object: &of.id.to_string(),
        address: "",
        detail: "",
        changes,
    };
    audit::record(tx, &event).await
}
