//! When a ticket can be printed (T2).

use crate::words::time::Time;

/// The facts about an entry for the decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PrintFacts {
    /// Whether it is paid.
    pub paid: bool,
    /// Whether its seat is published.
    pub arranged: bool,
    /// When tickets of the subject can be printed; `None` until that is set.
    pub prints_from: Option<Time>,
    /// When printing ends; `None`: with the day of the exam.
    pub prints_to: Option<Time>,
    /// When the exam ends; `None` until the date is set.
    pub exam_to: Option<Time>,
}

/// Why a ticket can't be printed now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotPrintable {
    /// It is not paid.
    Unpaid,
    /// Staff ended it at this time, to give its money back.
    Ended(Time),
    /// Tickets can be printed from this time on, or from a time that is not set yet.
    TooEarly(Option<Time>),
    /// Printing ended at this time.
    TooLate(Time),
    /// Its seat is not published.
    Unarranged,
    /// The day of the exam is over.
    Over,
    /// This installation has no key to sign tickets with.
    NoKey,
    /// Of what is paid no exam has a date yet.
    Undated,
}

/// Whether the ticket can be printed at `now`: from its printing time to the end of printing, if there is
/// one, at the latest to that of the day of the exam.
///
/// # Errors
/// The first [`NotPrintable`] that applies; those that the candidate can resolve come first.
pub fn may_print(facts: &PrintFacts, now: Time) -> Result<(), NotPrintable> {
    if !facts.paid {
        return Err(NotPrintable::Unpaid);
    }
    // Days of China, in a form that sorts.
    if facts.exam_to.is_some_and(|end| end.page_date() < now.page_date()) {
        return Err(NotPrintable::Over);
    }
    match facts.prints_from.filter(|_| facts.exam_to.is_some()) {
        Some(from) if from <= now => {}
        from => return Err(NotPrintable::TooEarly(from)),
    }
    if let Some(end) = facts.prints_to.filter(|end| *end <= now) {
        return Err(NotPrintable::TooLate(end));
    }
    if facts.arranged { Ok(()) } else { Err(NotPrintable::Unarranged) }
}

/// Whether an exam is part of the candidate's calendar: from when it is paid and has a date.
///
/// # Errors
/// [`NotPrintable::Unpaid`], [`NotPrintable::Undated`].
pub(crate) fn may_be_dated(paid: bool, exam_from: Option<Time>) -> Result<Time, NotPrintable> {
    if !paid {
        return Err(NotPrintable::Unpaid);
    }
    exam_from.ok_or(NotPrintable::Undated)
}

#[cfg(test)]
#[path = "tests/rules.rs"]
mod tests;
