//! Whether an entry is live.

use crate::entry::{Entry, EntryState};
use crate::words::time::Time;

/// The state of an entry at a time: the one definition for pages, rules and, by its SQL counterparts in `entry::live`,
/// statements.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Standing {
    /// Paid.
    Paid,
    /// Unpaid, within its hold (R13).
    Held,
    /// Unpaid at the end of its hold, but its order is still open: money may be on the way, and the gateway is asked
    /// before the seat is released (Y4).
    AwaitingGateway,
    /// Unpaid, but reserved by a collective payment of its school, whatever the time (Y6).
    Locked,
    /// Ended, or past its hold with nothing that keeps it: it no longer exists for anybody.
    Gone,
}

impl Standing {
    /// The standing of an entry in state `held`.
    #[must_use]
    pub(crate) fn of_held(expires_at: Time, is_locked: bool, has_order: bool, now: Time) -> Self {
        match (is_locked, now < expires_at, has_order) {
            (true, _, _) => Self::Locked,
            (false, true, _) => Self::Held,
            (false, false, true) => Self::AwaitingGateway,
            (false, false, false) => Self::Gone,
        }
    }
}

/// The standing of an entry.
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

/// Whether an entry is held, unpaid, and neither reserved by a collective payment nor attached to an order: it may end,
/// be locked, or be paid for.
#[must_use]
pub(crate) fn is_free(entry: &Entry) -> bool {
    entry.state == EntryState::Held && entry.locked_by.is_none() && entry.order.is_none()
}

/// Whether an entry is live: it keeps its seat, and every page and rule takes it into account.
#[must_use]
pub fn is_live(entry: &Entry, now: Time) -> bool {
    standing(entry, now) != Standing::Gone
}
