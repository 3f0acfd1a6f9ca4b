//! Which entries a school may pay for, and until when it locks them: no database, no clock.

use jiff::SignedDuration;

use super::{CollectiveRefusal, State};
use crate::entry::{Entry, EntryRefusal, EntryState, rules};
use crate::words::codes::SubjectCode;
use crate::words::time::Time;

/// Entries of one collective payment at most: it is one transaction.
pub const MOST_ENTRIES: usize = 2_000;

/// Why an unpaid entry is left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LeftOut {
    /// The candidate's own order is open: that has to be settled first (Y1).
    OrderOpen,
    /// Another collective payment locks it.
    Locked,
    /// The written entry that the oral one needs is neither paid nor chosen with it (R10).
    OralNeedsWritten,
}

/// What one registration adds to a collective payment.
#[derive(Debug, Default)]
pub struct Chosen<'e> {
    /// The entries that are locked.
    pub taken: Vec<&'e Entry>,
    /// Those that are named, and why.
    pub left_out: Vec<(&'e Entry, LeftOut)>,
}

/// Chooses of one registration's entries the live unpaid ones, of one subject if one is named.
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

/// When a collective payment made at `now` unlocks itself.
#[must_use]
pub fn locks_until(now: Time, days: i64) -> Time {
    now.plus(SignedDuration::from_hours(days.saturating_mul(24)))
}

/// Whether it may be confirmed as paid: open, and before its time limit. After that its seats may be somebody else's at
/// any moment.
///
/// # Errors
/// The refusal that applies.
pub fn may_confirm(state: State, locks_until: Time, now: Time) -> Result<(), CollectiveRefusal> {
    may_release(state)?;
    if now < locks_until { Ok(()) } else { Err(CollectiveRefusal::TimeUp(locks_until)) }
}

/// Whether it may be released: open.
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
