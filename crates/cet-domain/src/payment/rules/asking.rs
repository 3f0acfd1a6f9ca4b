//! When a gateway is queried for an order.

use jiff::SignedDuration;

use super::OrderState;
use crate::words::time::Time;

/// The latest delay of a notification from Alipay: its eighth try (facts 3.1).
pub const LATEST_NOTICE: SignedDuration = SignedDuration::from_mins(24 * 60 + 22);
/// When an order is queried again after it was closed, if the gateway can't close trades: its page stays open, and a
/// payer can still pay there.
pub const AFTER_CLOSING: [SignedDuration; 5] = [
    SignedDuration::from_mins(10),
    SignedDuration::from_hours(1),
    SignedDuration::from_hours(3),
    SignedDuration::from_hours(12),
    SignedDuration::from_hours(24),
];
/// Gateways that can close trades accept no new ones after the deadline. An order that was closed before, perhaps
/// without a trade to close, is queried a little later.
pub const AFTER_DEADLINE: SignedDuration = SignedDuration::from_mins(10);
/// How long after it was closed an order is queried at the candidate's request (更新).
pub const ON_WISH: SignedDuration = SignedDuration::from_hours(30 * 24);

/// The facts that decide when an order is queried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asking {
    /// Its state.
    pub state: OrderState,
    /// How often a job has queried it.
    pub asked: i64,
    /// Until when it accepts money.
    pub deadline: Time,
    /// When it was paid or closed; for an open one it does not matter.
    pub settled_at: Time,
    /// Whether its gateway can close trades.
    pub ends_trades: bool,
}

/// When a job queries next, after the gateway has answered, or after the order entered its state. `None`: never again.
/// Queries that were missed while no job ran are made up for by one.
#[must_use]
pub fn next_ask(of: &Asking, now: Time) -> Option<Time> {
    match of.state {
        OrderState::Paid => None,
        OrderState::Open => Some(next_of_open(of, now)),
        OrderState::Closed(_) => next_of_closed(of, now),
    }
}

/// The same after the gateway gave no answer: in half an hour at the latest, until it answers.
#[must_use]
pub fn ask_after_silence(of: &Asking, now: Time) -> Option<Time> {
    let soon = now.plus(SignedDuration::from_mins(30));
    match of.state {
        OrderState::Closed(_) => Some(next_of_closed(of, now).map_or(soon, |next| next.min(soon))),
        OrderState::Open | OrderState::Paid => next_ask(of, now),
    }
}

/// Whether an order is queried at its candidate's request: as long as money for it may arrive.
#[must_use]
pub fn is_asked_on_wish(of: &Asking, now: Time) -> bool {
    match of.state {
        OrderState::Open => true,
        OrderState::Paid => false,
        OrderState::Closed(_) => now < of.settled_at.plus(ON_WISH),
    }
}

/// At growing intervals and at the deadline in any case; after it until the gateway answers, because the entries wait.
fn next_of_open(of: &Asking, now: Time) -> Time {
    let mins = SignedDuration::from_mins;
    if now < of.deadline {
        let wait = match of.asked {
            0 => mins(1),
            1 => mins(3),
            2 => mins(10),
            _ => mins(30),
        };
        return now.plus(wait).min(of.deadline);
    }
    now.plus(if of.asked < 20 { SignedDuration::from_secs(20) } else { mins(2) })
}

/// The next of its times: those after closing or the deadline, and finally when the last notification could have
/// arrived.
fn next_of_closed(of: &Asking, now: Time) -> Option<Time> {
    let last = of.deadline.plus(LATEST_NOTICE);
    let later = |times: &[Time]| times.iter().copied().chain([last]).filter(|at| *at > now).min();
    if of.ends_trades {
        let before_deadline = of.settled_at < of.deadline;
        let once: &[Time] = if before_deadline { &[of.deadline.plus(AFTER_DEADLINE)] } else { &[] };
        later(once)
    } else {
        later(&AFTER_CLOSING.map(|after| of.settled_at.plus(after)))
    }
}

#[cfg(test)]
#[path = "../tests/asking.rs"]
mod tests;
