//! The one table of payments: the effect of each event in each state of an order and of its entries.
//!
//! Pure: facts in, decision out. The verbs carry it out and only check row counts.

pub mod asking;
pub mod outcome;
pub mod refunding;

use jiff::SignedDuration;

use crate::hold::usual_deadline;
use crate::words::time::Time;

/// The minimum life of an order, within the hold.
pub(crate) const LEAST_TIME: SignedDuration = SignedDuration::from_mins(1);

/// Why an order was closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ClosedFor {
    /// Its deadline came, or the gateway closed it.
    Deadline,
    /// The candidate chose another way to pay, or other entries (Y1).
    Replaced,
    /// The candidate cancelled one of its entries (TH37).
    GivenUp,
}

impl ClosedFor {
    /// The code of this reason.
    #[must_use]
    pub const fn wire(self) -> &'static str {
        match self {
            Self::Deadline => "deadline",
            Self::Replaced => "replaced",
            Self::GivenUp => "given-up",
        }
    }
}

/// The state of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum OrderState {
    /// Waits for money.
    Open,
    /// Money arrived and was booked.
    Paid,
    /// Accepts no more money.
    Closed(ClosedFor),
}

impl OrderState {
    /// Every state.
    pub const ALL: [Self; 5] = [
        Self::Open,
        Self::Paid,
        Self::Closed(ClosedFor::Deadline),
        Self::Closed(ClosedFor::Replaced),
        Self::Closed(ClosedFor::GivenUp),
    ];

    /// The name in the database, whatever it was closed for.
    #[must_use]
    pub const fn wire(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Paid => "paid",
            Self::Closed(_) => "closed",
        }
    }
}

/// An event of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Event {
    /// Authenticated money of a new trade, of exactly the order's sum.
    Money,
    /// Authenticated money with another sum, merchant's number or gateway than the order has.
    WrongMoney,
    /// Authenticated money of a trade that is already booked.
    SameMoney,
    /// The gateway reports that received money was refunded.
    Refunded,
    /// The gateway reports that the trade is closed (unpaid, or refunded in full).
    TradeClosed,
    /// The gateway waits for the payer.
    TradeWaiting,
    /// The gateway knows no such trade (yet).
    TradeMissing,
    /// The bank declined; the payer may retry.
    Declined,
    /// The gateway does not answer, or its answer can't be trusted.
    Silence,
    /// The order's deadline has passed, or its entries can no longer all be paid.
    Due,
    /// The candidate chose another way to pay, or other entries.
    OtherChoice,
}

impl Event {
    /// Every event.
    pub const ALL: [Self; 11] = [
        Self::Money,
        Self::WrongMoney,
        Self::SameMoney,
        Self::Refunded,
        Self::TradeClosed,
        Self::TradeWaiting,
        Self::TradeMissing,
        Self::Declined,
        Self::Silence,
        Self::Due,
        Self::OtherChoice,
    ];
}

/// The action on the order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Step {
    /// Book the money: [`line()`] decides for each line.
    Book,
    /// Nothing changes.
    Keep,
    /// Query the gateway, close the trade there, then close the order for this reason.
    End(ClosedFor),
    /// Close the order: the gateway accepts no more money for it, or has no close request.
    Close(ClosedFor),
    /// Nothing changes, but raise an alarm: this can't come from an honest gateway.
    Alarm,
}

/// The effect of an event on an order. `ending` is the reason for which the order is being ended, if it is.
#[must_use]
pub fn step(order: OrderState, event: Event, ending: Option<ClosedFor>) -> Step {
    match (event, order) {
        (Event::Money, _) => Step::Book,
        (Event::WrongMoney, _) => Step::Alarm,
        // Paid never becomes unpaid by a gateway's message, and closed stays closed (I7, TH35).
        (Event::SameMoney | Event::Refunded | Event::Declined | Event::Silence, _)
        | (_, OrderState::Paid | OrderState::Closed(_)) => Step::Keep,
        (Event::TradeClosed, OrderState::Open) => Step::Close(ending.unwrap_or(ClosedFor::Deadline)),
        // A trade that does not exist, or can't be closed, counts as closed once we want to end it (Y1); before that,
        // the payer's form may still create it.
        (Event::TradeWaiting | Event::TradeMissing, OrderState::Open) => match ending {
            Some(why) => Step::Close(why),
            None => Step::Keep,
        },
        (Event::Due, OrderState::Open) => Step::End(ClosedFor::Deadline),
        (Event::OtherChoice, OrderState::Open) => Step::End(ClosedFor::Replaced),
    }
}

/// The state of an entry when money arrives for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EntryState {
    /// Holds its seat, unpaid.
    Held,
    /// Holds its seat, locked by a collective payment (Y6).
    Locked,
    /// Paid by other money.
    Paid,
    /// Its hold ended without payment.
    Expired,
    /// Ended with the written entry that it requires (R10).
    Withdrawn,
    /// The candidate cancelled it.
    Cancelled,
}

impl EntryState {
    /// Every state.
    pub const ALL: [Self; 6] =
        [Self::Held, Self::Locked, Self::Paid, Self::Expired, Self::Withdrawn, Self::Cancelled];
}

/// What is told of a line whose entry may not take a seat again because its registration was released or another entry is in
/// its place. Its money goes back as [`RefundReason::NoSeat`], although there may be seats.
pub(crate) const NOT_ALLOWED: &str = "not-allowed";
/// The same where another passport has bound the student meanwhile.
pub(crate) const BOUND_ELSEWHERE: &str = "bound-elsewhere";
/// The same where the roster grants the subject no more.
pub(crate) const NOT_GRANTED: &str = "not-granted";
/// The same where registration is over.
pub(crate) const WINDOW_CLOSED: &str = "window-closed";
/// What is told of money for an order that was closed because one of its entries was cancelled: it goes back as
/// [`RefundReason::Cancelled`], also for entries that were not.
pub(crate) const GIVEN_UP: &str = "given-up";
/// The same in a message, while something is left to pay.
pub(crate) const GIVEN_UP_OWED: &str = "given-up-owed";

/// Why money is refunded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum RefundReason {
    /// It was already paid.
    Surplus,
    /// The order was closed in favour of another one.
    Replaced,
    /// A collective payment has locked the entry.
    Locked,
    /// The candidate cancelled the entry, or another one of the same order.
    Cancelled,
    /// It arrived after the hold, and no seat was left or the rules forbid taking one.
    NoSeat,
    /// An oral entry whose written entry is not paid (R10).
    NeedsWritten,
    /// Staff: the exam does not take place.
    ExamCancelled,
    /// Staff: it should not have been taken.
    Mistaken,
    /// Staff: the authority decided it.
    Instructed,
}

impl RefundReason {
    /// Every reason.
    pub const ALL: [Self; 9] = [
        Self::Surplus,
        Self::Replaced,
        Self::Locked,
        Self::Cancelled,
        Self::NoSeat,
        Self::NeedsWritten,
        Self::ExamCancelled,
        Self::Mistaken,
        Self::Instructed,
    ];

    /// The name in the database.
    #[must_use]
    pub const fn wire(self) -> &'static str {
        match self {
            Self::Surplus => "surplus",
            Self::Replaced => "replaced",
            Self::Locked => "locked",
            Self::Cancelled => "cancelled",
            Self::NoSeat => "no-seat",
            Self::NeedsWritten => "needs-written",
            Self::ExamCancelled => "exam-cancelled",
            Self::Mistaken => "mistaken",
            Self::Instructed => "instructed",
        }
    }

    /// Parses that name.
    #[must_use]
    pub fn from_wire(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.wire() == text)
    }
}

/// The action on one line of an order whose money is booked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LineStep {
    /// The entry is paid.
    Pay,
    /// It takes a seat again and is paid; if there is no seat, the line's money is refunded.
    Retake,
    /// The line's money is refunded.
    Refund(RefundReason),
}

/// The use of a line's money. `needs_written` means that the entry is an oral one and no written entry that it requires
/// is paid, nor paid by this money.
#[must_use]
pub fn line(order: OrderState, entry: EntryState, needs_written: bool) -> LineStep {
    use RefundReason as Why;
    match (order, entry) {
        // For an order that was already paid, this is the second payment (TH51).
        (OrderState::Paid, _) | (_, EntryState::Paid) => LineStep::Refund(Why::Surplus),
        (OrderState::Closed(ClosedFor::Replaced), _) => LineStep::Refund(Why::Replaced),
        (OrderState::Closed(ClosedFor::GivenUp), _) | (_, EntryState::Cancelled) => {
            LineStep::Refund(Why::Cancelled)
        }
        (_, EntryState::Locked) => LineStep::Refund(Why::Locked),
        (_, EntryState::Held | EntryState::Expired | EntryState::Withdrawn) if needs_written => {
            LineStep::Refund(Why::NeedsWritten)
        }
        (_, EntryState::Held) => LineStep::Pay,
        (_, EntryState::Expired | EntryState::Withdrawn) => LineStep::Retake,
    }
}

/// The order's state after its money was booked; `paid_any`: at least one line was paid.
#[must_use]
pub(crate) fn after_money(order: OrderState, paid_any: bool) -> OrderState {
    match order {
        OrderState::Open | OrderState::Paid => OrderState::Paid,
        OrderState::Closed(_) if paid_any => OrderState::Paid,
        OrderState::Closed(_) => order,
    }
}

/// Until when an order accepts money: ten minutes before the earliest end of its entries' hold, at least a minute from
/// now, never past that end (Y4).
#[must_use]
pub fn deadline(now: Time, hold_ends: Time) -> Time {
    usual_deadline(hold_ends).max(now.plus(LEAST_TIME)).min(hold_ends)
}

/// Until when an entry is to be paid, as every page and message says it: ten minutes before its hold ends, or when the open
/// order ends that pays for it together with one that ends sooner. It does not move with the clock: what is paid after it,
/// in the last minutes of the hold, may come too late.
#[must_use]
pub fn pay_until(now: Time, hold_ends: Time, order_ends: Option<Time>) -> Time {
    let usual = usual_deadline(hold_ends);
    order_ends.filter(|ends| now < *ends).map_or(usual, |ends| ends.min(usual))
}

/// When a refund is retried after `tries` attempts.
#[must_use]
pub(crate) fn next_try(tries: i64, now: Time) -> Time {
    let mins = match tries {
        ..=1 => 1,
        2 => 5,
        3 => 15,
        4 => 60,
        _ => 6 * 60,
    };
    now.plus(SignedDuration::from_mins(mins))
}

#[cfg(test)]
#[path = "tests/rules.rs"]
mod tests;
