//! Mails that their server took too late: when the words of a message stop being true, and what is true instead.
//!
//! Messages keep the words of their own time, beside which their page shows it; a mail is read as if it were of now. It is
//! asked when a mail is made, and again when it is sent ([`Ends`](crate::outbox::Ends)).

use super::Facts;
use super::words::{self, Composed};
use crate::hold::usual_deadline;
use crate::texts::Texts;
use crate::words::time::Time;

/// From when on what a message asks for can't be done any more; `None`: it tells only of what happened, which stays true.
#[must_use]
pub(super) fn ends(facts: &Facts) -> Option<Time> {
    let deadline = |hold_ends: i64| usual_deadline(Time::from_micros(hold_ends));
    match facts {
        // Until then a subject has to be entered; what the school entered stays.
        Facts::Saved { until, entered, .. } => entered.is_empty().then(|| Time::from_micros(*until)),
        Facts::Entered { until, .. } | Facts::Reminder { until, .. } | Facts::StandbyGiven { until, .. } => {
            Some(deadline(*until))
        }
        Facts::DisputeEnded { until, .. } => until.map(deadline),
        Facts::Seated { seats } | Facts::SeatChanged { seats } => last(seats.iter().map(|seat| seat.begins)),
        Facts::SettingChanged { lines, .. } => last(lines.iter().map(|line| line.begins)),
        Facts::Paid { .. }
        | Facts::Expired { .. }
        | Facts::Cancelled { .. }
        | Facts::Released { .. }
        | Facts::ReviewDecided { .. }
        | Facts::ReportAnswered { .. }
        | Facts::DisputeOpened { .. }
        | Facts::DisputeReceived { .. }
        | Facts::RefundDue { .. }
        | Facts::RefundDone { .. }
        | Facts::RefundRefused { .. }
        | Facts::StandbyEnded { .. }
        | Facts::FromStaff { .. } => None,
    }
}

/// When the last of some exams begins; `None` where one is not set.
fn last(exams: impl Iterator<Item = Option<i64>>) -> Option<Time> {
    let all: Option<Vec<i64>> = exams.collect();
    all?.into_iter().max().map(Time::from_micros)
}

/// What is true of a message from its end on; `None`: nothing that is worth a mail, since another one has told what came of it.
/// A mail that can't be switched off is never left out (I20).
#[must_use]
pub(super) fn afterwards(facts: &Facts, written: Option<&str>, t: &'static Texts) -> Option<Composed> {
    match facts {
        Facts::StandbyGiven { lines, until } => Some(words::standby_missed(t, lines, *until)),
        Facts::DisputeEnded { end, lines, .. } => {
            let told = Facts::DisputeEnded { end: *end, lines: lines.clone(), until: None };
            Some(words::compose(&told, written, t))
        }
        Facts::SeatChanged { seats } => Some(words::seat_was_changed(t, seats)),
        Facts::SettingChanged { lines, .. } => Some(words::setting_was_changed(t, lines)),
        // Ended, paid or examined by then: that is told by a message of its own, or on the ticket.
        Facts::Saved { .. } | Facts::Entered { .. } | Facts::Reminder { .. } | Facts::Seated { .. } => None,
        Facts::Paid { .. }
        | Facts::Expired { .. }
        | Facts::Cancelled { .. }
        | Facts::Released { .. }
        | Facts::ReviewDecided { .. }
        | Facts::ReportAnswered { .. }
        | Facts::DisputeOpened { .. }
        | Facts::DisputeReceived { .. }
        | Facts::RefundDue { .. }
        | Facts::RefundDone { .. }
        | Facts::RefundRefused { .. }
        | Facts::StandbyEnded { .. }
        | Facts::FromStaff { .. } => Some(words::compose(facts, written, t)),
    }
}
