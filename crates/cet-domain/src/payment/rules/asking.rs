//! When a gateway is queried for an order.

use jiff::SignedDuration;

use super::OrderState;
use crate::store::Value;
use crate::stored_as;
use crate::words::time::Time;

/// The latest delay of a notification from Alipay: its eighth try (facts 3.1).
pub(crate) const LATEST_NOTICE: SignedDuration = SignedDuration::from_mins(24 * 60 + 22);
/// When an order is queried again after it was closed, if the gateway can't close trades: its page stays open, and a
/// payer can still pay there.
pub(crate) const AFTER_CLOSING: [SignedDuration; 5] = [
    SignedDuration::from_mins(10),
    SignedDuration::from_hours(1),
    SignedDuration::from_hours(3),
    SignedDuration::from_hours(12),
    SignedDuration::from_hours(24),
];
/// Gateways that can close trades accept no new ones after the deadline. An order that was closed before, perhaps
/// without a trade to close, is queried a little later.
pub(crate) const AFTER_DEADLINE: SignedDuration = SignedDuration::from_mins(10);
/// How long after it was closed an order is queried at the candidate's request (更新).
pub(crate) const ON_WISH: SignedDuration = SignedDuration::from_hours(30 * 24);

/// How long after coming back a candidate waits for the gateway's answer, which is asked for all the while.
pub(crate) const AFTER_RETURN: SignedDuration = SignedDuration::from_mins(1);
/// How often it is asked for then.
pub(crate) const WHILE_SOMEBODY_WAITS: SignedDuration = SignedDuration::from_secs(3);
/// How long it is asked for every minute: banks that are slow.
pub(crate) const SLOW_BANK: SignedDuration = SignedDuration::from_mins(10);
/// How long after coming back an answer that nothing was paid may still be too early: the bank tells the gateway last.
pub(crate) const TOO_EARLY: SignedDuration = SignedDuration::from_secs(15);

/// What a gateway says of an open order, as the candidate is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Answer {
    /// It waits for the payer.
    Waiting,
    /// It knows no such trade.
    Missing,
    /// The bank said no, and took nothing.
    Declined,
    /// It does not answer, or not so that it can be believed.
    Silence,
}

impl Answer {
    const ALL: [Self; 4] = [Self::Waiting, Self::Missing, Self::Declined, Self::Silence];

    /// The word in the database.
    #[must_use]
    pub const fn wire(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Missing => "missing",
            Self::Declined => "declined",
            Self::Silence => "silence",
        }
    }

    fn from_wire(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|answer| answer.wire() == text)
    }
}

stored_as!(Answer, String, |answer| Value::Text(answer.wire()), |raw| Answer::from_wire(&raw));

/// How an open order stands for somebody who may just have paid it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outlook {
    /// Nobody came back from its gateway, or the gateway has said since that nothing was paid.
    Unpaid,
    /// Somebody came back, and the gateway is asked; until then at the latest.
    Asking(Time),
    /// The bank said no since.
    Declined,
    /// The gateway was asked since and does not answer.
    Silent,
}

/// What is known of an open order whose candidate came back (Y3): coming back decides nothing by itself.
#[must_use]
pub fn outlook(returned_at: Option<Time>, answer: Option<(Answer, Time)>, now: Time) -> Outlook {
    let Some(returned) = returned_at else { return Outlook::Unpaid };
    let since = answer.filter(|(_, at)| *at >= returned);
    let until = returned.plus(AFTER_RETURN);
    match since {
        Some((Answer::Declined, _)) => Outlook::Declined,
        Some((Answer::Waiting | Answer::Missing, at)) if at >= returned.plus(TOO_EARLY) => Outlook::Unpaid,
        _ if now < until => Outlook::Asking(until),
        Some((Answer::Silence, _)) | None => Outlook::Silent,
        Some((Answer::Waiting | Answer::Missing, _)) => Outlook::Unpaid,
    }
}

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
    /// When its candidate came back from the gateway, if they did.
    pub returned_at: Option<Time>,
}

/// When a job queries next, after the gateway has answered, or after the order entered its state. `None`: never again.
/// Queries that were missed while no job ran are made up for by one.
#[must_use]
pub(crate) fn next_ask(of: &Asking, now: Time) -> Option<Time> {
    match of.state {
        OrderState::Paid => None,
        OrderState::Open => Some(next_of_open(of, now)),
        OrderState::Closed(_) => next_of_closed(of, now),
    }
}

/// The same after the gateway gave no answer: in half an hour at the latest, until it answers.
#[must_use]
pub(crate) fn ask_after_silence(of: &Asking, now: Time) -> Option<Time> {
    let soon = now.plus(SignedDuration::from_mins(30));
    match of.state {
        OrderState::Closed(_) => Some(next_of_closed(of, now).map_or(soon, |next| next.min(soon))),
        OrderState::Open | OrderState::Paid => next_ask(of, now),
    }
}

/// Whether an order is queried at its candidate's request: as long as money for it may arrive.
#[must_use]
pub(crate) fn is_asked_on_wish(of: &Asking, now: Time) -> bool {
    match of.state {
        OrderState::Open => true,
        OrderState::Paid => false,
        OrderState::Closed(_) => now < of.settled_at.plus(ON_WISH),
    }
}

/// Every few seconds while somebody waits for the answer; else at growing intervals, and at the deadline in any case;
/// after it until the gateway answers, because the entries wait.
fn next_of_open(of: &Asking, now: Time) -> Time {
    let mins = SignedDuration::from_mins;
    if now < of.deadline {
        let waits = |for_long: SignedDuration| of.returned_at.is_some_and(|at| now < at.plus(for_long));
        let wait = match of.asked {
            _ if waits(AFTER_RETURN) => WHILE_SOMEBODY_WAITS,
            _ if waits(SLOW_BANK) => mins(1),
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
/// arrived; every few seconds while somebody waits who came back from it.
fn next_of_closed(of: &Asking, now: Time) -> Option<Time> {
    if of.returned_at.is_some_and(|back| of.settled_at < back && now < back.plus(AFTER_RETURN)) {
        return Some(now.plus(WHILE_SOMEBODY_WAITS));
    }
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
