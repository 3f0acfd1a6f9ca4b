//! Ending a place in line, as part of a transaction that another module's verb has open.

use super::{EndedFor, Standby, store};
use crate::audit::{self, Actor, Changes};
use crate::registration::{self, Registration};
use crate::seat_pool::PoolKey;
use crate::store::{DbError, Tx};
use crate::words::ids::EntryId;

/// Ends a place of a locked registration; returns the pools whose line the caller takes it out of, in the order of their
/// keys and last of all. A registration that is left empty is released by the caller, who knows its entries.
pub async fn end(
    tx: &mut Tx<'_>,
    of: &mut Registration,
    standby: &Standby,
    (why, entry): (EndedFor, Option<EntryId>),
    (by, address): (Actor, &str),
) -> Result<Vec<PoolKey>, DbError> {
    let now = tx.now().await?;
    if !store::end(tx, of.school, standby, (why, entry), now).await? {
        return Err(DbError::Other("a place in line changed under the lock of its registration".to_owned()));
    }
    of.in_line = of.in_line.saturating_sub(1).max(0);
    registration::store::set_in_line(tx, of, of.in_line, of.release_at).await?;
    record(tx, of, standby, action(why), (by, address)).await?;
    Ok(standby.pools())
}

const fn action(why: EndedFor) -> &'static str {
    match why {
        EndedFor::Given => "standby-given",
        EndedFor::Left => "standby-left",
        EndedFor::Entered | EndedFor::Closed | EndedFor::Refused => "standby-ended",
    }
}

/// Writes down what became of a place.
pub async fn record(
    tx: &mut Tx<'_>,
    of: &Registration,
    standby: &Standby,
    action: &'static str,
    (by, address): (Actor, &str),
) -> Result<(), DbError> {
    let campuses: Vec<String> = standby.campuses().iter().map(ToString::to_string).collect();
    let event = audit::Event {
        school: of.school,
        actor: by,
        action,
        object_kind: "registration",
        object: &of.id.to_string(),
        address,
        detail: &format!("subject={} campus={}", standby.subject, campuses.join("+")),
        changes: Changes::NONE,
    };
    audit::record(tx, &event).await
}
