//! Collective payment (集体缴费) and collective entering (集体报名) by a school (S2, Y6, R13).
//!
//! A school chooses unpaid entries of its candidates ([`verbs::open`]); they are locked in the same transaction. From
//! then on the candidate can neither pay nor cancel them, and they do not expire. When the school's money has arrived
//! they are confirmed as paid ([`verbs::confirm`]), or released ([`verbs::release`]). A payment that nobody settles is
//! released at its time limit ([`jobs::release_due`]). Individual money that still arrives for a locked entry is
//! refunded; the payment module decides that.
//!
//! **Invariant (lock):** an entry is locked by a collective payment exactly while that one is open and has a line for
//! it.
//! **Invariant (scope):** whatever is read or written here for staff is in their scope (TH22).
//! Deliberately absent: seats; an entry that is past its hold when it is unlocked ends like every other.

pub mod group;
pub mod jobs;
pub mod outcome;
pub mod refusal;
pub mod rules;
pub mod store;
pub mod verbs;

pub use refusal::CollectiveRefusal;

use crate::record;
use crate::store::Value;
use crate::stored_as;
use crate::words::codes::{SchoolCode, SittingCode, SubjectCode};
use crate::words::fen::{Fen, FenSum};
use crate::words::ids::{CollectivePaymentId, EntryId, RegistrationId};
use crate::words::time::Time;

/// The state of a collective payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Its entries are locked.
    Open,
    /// The school's money has arrived, its entries are paid.
    Paid,
    /// Its entries were released, by staff or at its time limit.
    Released,
}

impl State {
    const ALL: [Self; 3] = [Self::Open, Self::Paid, Self::Released];

    /// The name in the database.
    #[must_use]
    pub const fn wire(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Paid => "paid",
            Self::Released => "released",
        }
    }
}

stored_as!(State, String, |state| Value::Text(state.wire()), |raw| State::ALL
    .into_iter()
    .find(|state| state.wire() == raw));

record! {
    /// A collective payment as it is stored.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct CollectivePayment {
        /// The school.
        pub school: SchoolCode,
        /// Its id.
        pub id: CollectivePaymentId,
        /// Its sitting.
        pub sitting: SittingCode,
        /// Its state.
        pub state: State,
        /// The account that created it.
        pub made_by: String,
        /// When it was created.
        pub made_at: Time,
        /// Its time limit, at which it is released.
        pub locks_until: Time,
        /// The account that confirmed or released it; empty if the time limit did.
        pub settled_by: String,
        /// When it was confirmed or released.
        pub settled_at: Option<Time>,
        /// The number of entries.
        pub entries: i64,
        /// The sum of their fees.
        pub amount: FenSum,
        /// A note of the school, as the number of its transfer.
        pub note: String,
    }
}

record! {
    /// One entry of a collective payment.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Line {
        /// Its registration.
        pub registration: RegistrationId,
        /// The entry.
        pub entry: EntryId,
        /// Its subject.
        pub subject: SubjectCode,
        /// Its fee when the collective payment was created.
        pub amount: Fen,
    }
}

#[cfg(test)]
mod tests;
