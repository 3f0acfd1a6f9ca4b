//! Entries (报考科目): one subject entered under a registration, at one campus; each holds one seat.
//!
//! A candidate enters subjects ([`verbs::enter`]): by the rules, all or nothing, each for 24 hours. After that an
//! unpaid entry is invisible to every page and rule; a job, or the next request for its seat, ends it in the database
//! ([`jobs::sweep`]). An unpaid one can be cancelled inside the window ([`verbs::cancel`]); a payment makes it
//! paid ([`verbs::mark_paid`]), and it never becomes unpaid again.
//!
//! **Invariant (seats):** `taken` of a pool = its entries in state `held` or `paid`, at every commit.
//! **Invariant (lock):** an entry is only changed under the lock of its registration's row (`docs/locking.md`).
//! Deliberately absent: gateways, money, and any counter of seats.

pub mod jobs;
#[cfg(test)]
#[path = "tests/live.rs"]
mod live_tests;
pub mod messages;
#[cfg(test)]
#[path = "tests/messages.rs"]
mod messages_tests;
pub mod progress;
pub mod refusal;
pub mod rules;
#[cfg(test)]
#[path = "tests/stalled.rs"]
mod stalled_tests;
pub mod store;
#[cfg(test)]
pub(crate) mod testing;
pub mod verbs;

use crate::record;
use crate::seat_pool::PoolKey;
use crate::store::Value;
use crate::stored_as;
use crate::words::codes::{CampusCode, SittingCode, SubjectCode};
use crate::words::fen::Fen;
use crate::words::ids::{EntryId, OrderId};
use crate::words::subject::{Level, Mode};
use crate::words::time::Time;

/// The longest id of a command.
const LONGEST_COMMAND: usize = 64;

/// What a form names as the id of its command, if it can be one.
#[must_use]
pub fn command_id(text: &str) -> Option<&str> {
    let is_one =
        (1..=LONGEST_COMMAND).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric());
    is_one.then_some(text)
}

pub use refusal::EntryRefusal;
pub use store::{arrangeable, figures, staff_queries};

/// The state of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EntryState {
    /// It holds a seat and is not paid.
    Held,
    /// It is paid and counts as entered (R14).
    Paid,
    /// The candidate cancelled it, or it ended with the written entry it required.
    Cancelled,
    /// It was not paid in time.
    Expired,
    /// Staff withdrew it after it was paid; the money was refunded.
    Withdrawn,
}

impl EntryState {
    const ALL: [Self; 5] = [Self::Held, Self::Paid, Self::Cancelled, Self::Expired, Self::Withdrawn];

    /// The name in the database.
    #[must_use]
    pub fn wire(self) -> &'static str {
        match self {
            Self::Held => "held",
            Self::Paid => "paid",
            Self::Cancelled => "cancelled",
            Self::Expired => "expired",
            Self::Withdrawn => "withdrawn",
        }
    }

    fn from_wire(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.wire() == text)
    }
}

stored_as!(EntryState, String, |state| Value::Text(state.wire()), |raw| EntryState::from_wire(&raw));

/// 科目报考方式: the channel through which it was entered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EntryChannel {
    /// 考生注册.
    Own,
    /// 集体报名.
    School,
}

impl EntryChannel {
    /// The name in the database and of `data-channel`.
    #[must_use]
    pub fn wire(self) -> &'static str {
        match self {
            Self::Own => "self",
            Self::School => "school",
        }
    }

    fn from_wire(text: &str) -> Option<Self> {
        [Self::Own, Self::School].into_iter().find(|channel| channel.wire() == text)
    }
}

stored_as!(EntryChannel, String, |channel| Value::Text(channel.wire()), |raw| EntryChannel::from_wire(&raw));

record! {
    /// One entry as it is stored.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Entry {
        /// Its id.
        pub id: EntryId,
        /// Its sitting.
        pub sitting: SittingCode,
        /// Its subject.
        pub subject: SubjectCode,
        /// Written or oral.
        pub mode: Mode,
        /// The subject's level.
        pub level: Level,
        /// The campus of the seat.
        pub campus: CampusCode,
        /// The name of that campus when it was entered.
        pub campus_name: String,
        /// The name of that campus's school when it was entered.
        pub school_name: String,
        /// Its state in the database; [`rules::is_live`] tells whether it has expired.
        pub state: EntryState,
        /// The fee when it was entered.
        pub fee: Fen,
        /// Own or school.
        pub channel: EntryChannel,
        /// When it was entered.
        pub entered_at: Time,
        /// The end of its hold (R13).
        pub expires_at: Time,
        /// When it was paid.
        pub paid_at: Option<Time>,
        /// When it was cancelled, expired or withdrawn.
        pub ended_at: Option<Time>,
        /// The collective payment that locks it (Y6).
        pub locked_by: Option<i64>,
        /// The open order that pays for it (Y4).
        pub order: Option<OrderId>,
    }
}

impl Entry {
    /// The pool of its seat.
    #[must_use]
    pub fn pool(&self) -> PoolKey {
        PoolKey { campus: self.campus, sitting: self.sitting.clone(), subject: self.subject }
    }
}
