//! Which entries a school may pay for, and until when they are locked: no database, no clock.

use jiff::SignedDuration;

use super::{CollectiveRefusal, State};
use crate::entry::{Entry, EntryRefusal, EntryState, rules};
use crate::words::codes::SubjectCode;
use crate::words::time::Time;

/// The most entries of one collective payment: it is one transaction.
pub const MOST_ENTRIES: usize = 2_000;

/// Why an unpaid entry is left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LeftOut {
    /// The candidate's own order is open: that must be settled first (Y1).
    OrderOpen,
    /// Locked by another collective payment.
    Locked,
    /// The written entry that the oral one needs is neither paid nor chosen too (R10).
    OralNeedsWritten,
}

/// The entries of one registration for a collective payment.
#[derive(Debug, Default)]
pub struct Chosen<'e> {
    /// The entries to lock.
    pub taken: Vec<&'e Entry>,
    /// The entries that are left out, and why.
    pub left_out: Vec<(&'e Entry, LeftOut)>,
}

/// Chooses the live unpaid entries of one registration, only those of one subject if given.
pub fn choose<'e>(
    entries: &'e [Entry],
    subject: Option<SubjectCode>,
    needs: &impl Fn(&Entry) -> Vec<SubjectCode>,
    now: Time,
) -> Chosen<'e> {
    let mut chosen = Chosen::default();
    let asked = |entry: &&Entry| {
        entry.state == EntryState::Held
            && rules::is_live(entry, now)
            && subject.is_none_or(|subject| entry.subject == subject)
    };
    for entry in entries.iter().filter(asked) {
        match (entry.locked_by, entry.order) {
            (Some(_), _) => chosen.left_out.push((entry, LeftOut::Locked)),
            (None, Some(_)) => chosen.left_out.push((entry, LeftOut::OrderOpen)),
            (None, None) => chosen.taken.push(entry),
        }
    }
    let ids: Vec<_> = chosen.taken.iter().map(|entry| entry.id).collect();
    for refusal in rules::may_pay(entries, &ids, needs, now) {
        let EntryRefusal::OralNeedsWritten(oral) = refusal else { continue };
        if let Some(at) = chosen.taken.iter().position(|entry| entry.subject == oral) {
            chosen.left_out.push((chosen.taken.remove(at), LeftOut::OralNeedsWritten));
        }
    }
    chosen
}

/// The time limit of a collective payment made at `now`.
#[must_use]
pub fn locks_until(now: Time, days: i64) -> Time {
    now.plus(SignedDuration::from_hours(days.saturating_mul(24)))
}

/// Whether it may be confirmed as paid: it is open, and its time limit has not passed. After that its seats may be
/// given to others at any moment.
///
/// # Errors
/// The refusal that applies.
pub fn may_confirm(state: State, locks_until: Time, now: Time) -> Result<(), CollectiveRefusal> {
    may_release(state)?;
    if now < locks_until { Ok(()) } else { Err(CollectiveRefusal::TimeUp(locks_until)) }
}

/// Whether it may be released: it is open.
///
/// # Errors
/// The refusal that applies.
pub fn may_release(state: State) -> Result<(), CollectiveRefusal> {
    match state {
        State::Open => Ok(()),
        State::Paid | State::Released => Err(CollectiveRefusal::Settled),
    }
}

#[cfg(test)]
#[path = "tests/rules.rs"]
mod tests;
