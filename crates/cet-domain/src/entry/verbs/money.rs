//! The effects of payment on entries. The caller has locked the registration, and records money and audit itself.

use super::{needs, pools};
use crate::audit::Actor;
use crate::entry::{rules, store};
use crate::registration::{self, Registration};
use crate::seat_pool;
use crate::sitting::Catalogue;
use crate::store::{DbError, Tx};
use crate::words::codes::SchoolCode;
use crate::words::ids::{EntryId, OrderId};
use crate::words::time::Time;

/// The result of late money for an ended entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LateMoney {
    /// The entry has its seat again and is paid.
    Seated,
    /// No seat is left: the money is refunded.
    NoSeat,
    /// Registration is over there, or not open: the money is refunded, even if seats are free.
    WindowClosed,
    /// The rules no longer allow it (replaced by another entry, cancelled): the money is refunded.
    NotAllowed,
}

/// Makes held entries paid; returns those that could not be, because they have ended, are paid, or are locked by
/// another payer than `lock` (a collective payment; `None` is the candidate). A held entry past its hold still has its
/// seat, so its money is in time.
pub async fn mark_paid(
    tx: &mut Tx<'_>,
    school: SchoolCode,
    entries: &[EntryId],
    lock: Option<i64>,
    at: Time,
) -> Result<Vec<EntryId>, DbError> {
    let mut sorted = entries.to_vec();
    sorted.sort_unstable();
    let mut left = Vec::new();
    for entry in sorted {
        if !store::mark_paid(tx, school, entry, lock, at).await? {
            left.push(entry);
        }
    }
    Ok(left)
}

/// Gives an expired entry whose money came late a seat again, if there is one and the rules still allow it (Y4). A seat for
/// which somebody waits is none (R16).
///
/// Locks: the pool. Call it for entries in the order of their pools' keys.
pub(crate) async fn retake(
    tx: &mut Tx<'_>,
    catalogue: &Catalogue,
    of: &Registration,
    entry: EntryId,
) -> Result<LateMoney, DbError> {
    let now = tx.now().await?;
    let entries = store::of_registration(tx, of.school, of.id).await?;
    let Some(expired) = entries.iter().find(|candidate| candidate.id == entry) else {
        return Ok(LateMoney::NotAllowed);
    };
    let plan = catalogue.sitting(&expired.sitting);
    let window = plan.and_then(|plan| plan.window_state(expired.campus, of.campus, expired.mode, now));
    if !rules::may_retake(&entries, entry, window, &needs(catalogue), now) {
        return Ok(if rules::is_closed(window) { LateMoney::WindowClosed } else { LateMoney::NotAllowed });
    }
    if !pools::take(tx, catalogue, &expired.pool()).await? {
        return Ok(LateMoney::NoSeat);
    }
    if !store::reinstate(tx, of.school, entry, now).await? {
        return Err(DbError::Other("an entry changed under the lock of its registration".to_owned()));
    }
    registration::store::set_release(tx, of, None).await?;
    let again = std::slice::from_ref(expired);
    let mut left = super::enter::end_waiting(tx, of, again, &Actor::Job("payment")).await?;
    left.sort_unstable();
    for pool in left {
        seat_pool::line::leave(tx, &pool).await?;
    }
    Ok(LateMoney::Seated)
}

/// Attaches held entries to an order that is opened for them: until it is settled they neither expire nor can they be
/// cancelled (Y4). Returns those that were not free.
pub(crate) async fn tie_to_order(
    tx: &mut Tx<'_>,
    school: SchoolCode,
    entries: &[EntryId],
    order: OrderId,
) -> Result<Vec<EntryId>, DbError> {
    let mut sorted = entries.to_vec();
    sorted.sort_unstable();
    let mut left = Vec::new();
    for entry in sorted {
        if !store::attach_to_order(tx, school, entry, order).await? {
            left.push(entry);
        }
    }
    Ok(left)
}

/// Detaches the entries of an order that was closed without money. Call [`super::expire_entries`] afterwards, because
/// the entries may be overdue.
pub(crate) async fn untie_from_order(
    tx: &mut Tx<'_>,
    of: &Registration,
    order: OrderId,
) -> Result<(), DbError> {
    store::detach_from_order(tx, of.school, of.id, order).await
}

/// Locks held entries for a collective payment of the school: until it is released the candidate can neither pay nor
/// cancel them, and they do not expire (R13, Y6). Returns those that were not free: ended, paid, locked, or with an
/// open order.
pub(crate) async fn lock_for_school(
    tx: &mut Tx<'_>,
    school: SchoolCode,
    entries: &[EntryId],
    lock: i64,
) -> Result<Vec<EntryId>, DbError> {
    let mut sorted = entries.to_vec();
    sorted.sort_unstable();
    let mut left = Vec::new();
    for entry in sorted {
        if !store::reserve_for_collective(tx, school, entry, lock).await? {
            left.push(entry);
        }
    }
    Ok(left)
}

/// Releases an entry from a collective payment; returns whether it was locked by it. An entry past its hold ends at
/// once.
pub(crate) async fn unlock(
    tx: &mut Tx<'_>,
    school: SchoolCode,
    entry: EntryId,
    lock: i64,
) -> Result<bool, DbError> {
    store::free_from_collective(tx, school, entry, lock).await
}
