//! When a passport may be bound, and when an empty registration is released: facts and `now` in, decision out.

use jiff::SignedDuration;

use super::RegistrationRefusal;
use crate::sitting::window::{Window, WindowState};
use crate::words::time::{Time, doubled};

/// How long a registration without an entry is kept. Source: manual, requirements R7.
pub(crate) const EMPTY_FOR: SignedDuration = SignedDuration::from_hours(24);

/// The minimum time it is kept after the candidate's own cancellation (R7).
pub(crate) const AFTER_CANCELLING: SignedDuration = SignedDuration::from_mins(30);

/// After this many releases without a payment a passport has to wait before it binds again (W3).
pub(crate) const FREE_RELEASES: i64 = 2;

/// The first wait; each further release doubles it (W3).
pub(crate) const RELEASE_WAIT: SignedDuration = SignedDuration::from_mins(30);

/// The longest wait.
pub(crate) const LONGEST_WAIT: SignedDuration = SignedDuration::from_hours(24);

/// Until when the first subject has to be entered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EnterBy {
    /// The time.
    pub at: Time,
    /// Whether registration closes then; else the empty registration is released (R7).
    pub is_closing: bool,
}

/// Whether passports may be bound at a home campus: while registration for written or oral subjects is open there (R5).
///
/// # Errors
/// The refusal of the window that opens next, else of the one that closed last.
pub(crate) fn may_bind(windows: &[Window], now: Time) -> Result<(), RegistrationRefusal> {
    let states = || windows.iter().map(|window| window.state(now));
    if states().any(|state| state == WindowState::Open) {
        return Ok(());
    }
    let opens = states().filter_map(|state| match state {
        WindowState::NotYet(opens) => Some(opens),
        WindowState::Open | WindowState::Closed(_) => None,
    });
    if let Some(opens) = opens.min() {
        return Err(RegistrationRefusal::WindowNotOpen(Some(opens)));
    }
    let closed = windows.iter().map(|window| window.closes()).max();
    Err(closed.map_or(RegistrationRefusal::WindowNotOpen(None), RegistrationRefusal::WindowClosed))
}

/// When a registration without an entry is released: a day after it was saved, and not within half an hour of the
/// candidate's own last cancellation (R7).
#[must_use]
pub(crate) fn release_time(saved_at: Time, last_cancelled: Option<Time>) -> Time {
    let after_cancelling = last_cancelled.map(|at| at.plus(AFTER_CANCELLING));
    after_cancelling.into_iter().fold(saved_at.plus(EMPTY_FOR), Time::max)
}

/// Until when the first subject can be entered: not beyond the release of the empty registration, and not beyond the closing
/// of its window, which is given where one is set.
#[must_use]
pub(crate) fn enter_by(released: Time, closes: Option<Time>, now: Time) -> EnterBy {
    match closes.filter(|closes| now < *closes && *closes < released) {
        Some(at) => EnterBy { at, is_closing: true },
        None => EnterBy { at: released, is_closing: false },
    }
}

/// When a passport may bind again after this many releases without a payment, the last of them at `released` (W3).
#[must_use]
pub(crate) fn bind_again(releases: i64, released: Time) -> Time {
    match usize::try_from(releases.saturating_sub(FREE_RELEASES)) {
        Ok(doublings) => released.plus(doubled(RELEASE_WAIT, doublings, LONGEST_WAIT)),
        Err(_) => released,
    }
}

/// What is known of a passport that is to be bound to a student, beyond name and document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own that the rule asks for")]
pub struct ProofFacts {
    /// Two people of the school found that the student is not this passport's.
    pub found_not_to_be: bool,
    /// Another passport held the student in this sitting and let go.
    pub let_go_by_another: bool,
    /// The brake of the student, or of the network, is on.
    pub braked: bool,
    /// The passport's address is verified.
    pub verified: bool,
    /// Whether the student number that was typed is the student's; `None` if none was typed.
    pub number_fits: Option<bool>,
}

impl ProofFacts {
    /// Whether name and document are not enough.
    #[must_use]
    pub const fn asks(&self) -> bool {
        self.let_go_by_another || self.braked
    }
}

/// Whether the student may be bound to the passport, as far as proof goes (R24, W3). The brakes never lock anybody out: they
/// ask for a verified address or the student number, either of which the real candidate can show.
///
/// # Errors
/// [`RegistrationRefusal::DisputeDecided`], [`RegistrationRefusal::ProofNeeded`].
pub fn proof(facts: &ProofFacts) -> Result<(), RegistrationRefusal> {
    if facts.found_not_to_be {
        return Err(RegistrationRefusal::DisputeDecided);
    }
    if !facts.asks() || facts.verified || facts.number_fits == Some(true) {
        return Ok(());
    }
    Err(RegistrationRefusal::ProofNeeded(facts.number_fits == Some(false)))
}

/// The day, in China, for which a lookup counts, and when the next one begins.
#[must_use]
pub(crate) fn budget_day(now: Time) -> (String, Time) {
    let tomorrow = now.plus(SignedDuration::from_hours(24)).page_date();
    let begins = Time::parse_local(&format!("{tomorrow} 00:00"));
    (now.page_date(), begins.unwrap_or_else(|_| now.plus(SignedDuration::from_hours(24))))
}

#[cfg(test)]
#[path = "tests/rules.rs"]
mod tests;
