//! The use cases of entries; each is one transaction, or part of one that another module's verb has open.

mod cancel;
mod enter;
mod expire;
mod facts;
mod hand_over;
mod handed;
mod money;
mod offers;
mod places;
mod pools;
pub mod release;
pub mod remind;
mod repeat;
mod withdraw;

pub use cancel::{CancelCommand, Cancellation, cancel, cancellation};
pub(crate) use enter::enter_registration;
pub use enter::{EnterCommand, Entered, Submission, enter};
pub use expire::Sweep;
pub(crate) use expire::{expire_entries, expire_some};
pub use hand_over::{Handover, hand_over};
pub use handed::Handed;
pub(crate) use handed::{leave_lines, refusals_at, take_handed};
pub use money::{LateMoney, mark_paid};
pub(crate) use money::{lock_for_school, retake, tie_to_order, unlock, untie_from_order};
pub use offers::{Offer, Offers, entries_of, offers, seats_at};
pub use places::{OralPlace, oral_places};
pub use withdraw::withdraw;
pub(crate) use withdraw::{give_back, give_back_and_leave};

use super::Entry;
use crate::sitting::Catalogue;
use crate::words::codes::SubjectCode;

/// The written subjects that an oral entry requires one of, by its sitting; an empty list means any of its level (R10).
pub fn needs(catalogue: &Catalogue) -> impl Fn(&Entry) -> Vec<SubjectCode> + Sync {
    |oral: &Entry| {
        let plan = catalogue.sitting(&oral.sitting);
        plan.and_then(|plan| plan.subject(oral.subject))
            .map(|subject| subject.needs.clone())
            .unwrap_or_default()
    }
}

#[cfg(test)]
#[path = "tests/verbs.rs"]
mod tests;

#[cfg(test)]
#[path = "tests/race.rs"]
mod race;

#[cfg(test)]
#[path = "tests/lock.rs"]
mod lock;

#[cfg(test)]
#[path = "tests/both_databases.rs"]
mod both_databases;
