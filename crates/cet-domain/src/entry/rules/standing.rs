//! Whether an entry is live.

use crate::entry::{Entry, EntryState};
use crate::words::time::Time;

/// How an entry stands at a time: the one answer for pages, rules and, by its twins in `entry::live`, statements.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Standing {
    /// Paid.
    Paid,
    /// Unpaid, and its hold goes on (R13).
    Held,
    /// Unpaid at the end of its hold, but its order is still open: money may be on the way, and the gateway is asked
    /// before the seat is given back (Y4).
    AwaitingGateway,
    /// Unpaid, and a collective payment of its school keeps it, whatever the time (Y6).
    Locked,
    /// Ended, or past its hold with nothing that keeps it: for everybody it is not there.
    Gone,
}

impl Standing {
    /// Of an entry that holds a seat unpaid.
    #[must_use]
    pub fn of_held(expires_at: Time, is_locked: bool, has_order: bool, now: Time) -> Self {
        match (is_locked, now < expires_at, has_order) {
            (true, _, _) => Self::Locked,
            (false, true, _) => Self::Held,
            (false, false, true) => Self::AwaitingGateway,
            (false, false, false) => Self::Gone,
        }
    }
}

/// How an entry stands.
#[must_use]
pub fn standing(entry: &Entry, now: Time) -> Standing {
    match entry.state {
        EntryState::Paid => Standing::Paid,
        EntryState::Held => {
            Standing::of_held(entry.expires_at, entry.locked_by.is_some(), entry.order.is_some(), now)
        }
        EntryState::Cancelled | EntryState::Expired | EntryState::Withdrawn => Standing::Gone,
    }
}

/// Whether an entry holds a seat unpaid and neither a collective payment nor an order keeps it: it may end, or be locked or
/// paid for.
#[must_use]
pub fn is_free(entry: &Entry) -> bool {
    entry.state == EntryState::Held && entry.locked_by.is_none() && entry.order.is_none()
}

/// Whether an entry is there: it keeps its seat, and every page and rule counts with it.
#[must_use]
pub fn is_live(entry: &Entry, now: Time) -> bool {
    standing(entry, now) != Standing::Gone
}
