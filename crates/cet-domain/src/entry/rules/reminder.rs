//! When the candidate of an unpaid entry is reminded (A10).

use super::{REMINDER, Standing, standing};
use crate::entry::{Entry, EntryState};
use crate::words::time::Time;

/// When the candidate is reminded of a new entry; never of one whose hold is that short from the beginning.
#[must_use]
pub(crate) fn remind_at(entry: &Entry) -> Option<Time> {
    let at = entry.expires_at.minus(REMINDER);
    (entry.state == EntryState::Held && entry.entered_at <= at).then_some(at)
}

/// Whether the candidate of an entry is to be reminded now: it waits for the candidate's own payment, and can be paid.
#[must_use]
pub(crate) fn is_reminder_due(entry: &Entry, now: Time) -> bool {
    let is_time = |at: Time| at <= now && now < crate::hold::usual_deadline(entry.expires_at);
    standing(entry, now) == Standing::Held && remind_at(entry).is_some_and(is_time)
}
