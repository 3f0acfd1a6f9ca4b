//! The one table of payments: what each event does in each state of an order and of what it pays for.
//!
//! Pure: facts in, decision out. The verbs carry it out and add only row counts.

pub mod asking;
pub mod outcome;

use jiff::SignedDuration;

use crate::words::time::Time;

/// How long before the end of its entries' hold an order stops taking money (facts 4.2, Y4).
pub const BEFORE_HOLD_ENDS: SignedDuration = SignedDuration::from_mins(10);
/// What an order lives at least, as far as the hold lasts.
pub const LEAST_TIME: SignedDuration = SignedDuration::from_mins(1);

/// Why an order was closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ClosedFor {
    /// Its deadline came, or the gateway closed it.
    Deadline,
    /// The candidate chose another way to pay, or other entries (Y1).
    Replaced,
}

/// The state of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum OrderState {
    /// Waits for money.
    Open,
    /// Money came and was dealt with.
    Paid,
    /// Takes no money any more.
    Closed(ClosedFor),
}

impl OrderState {
    /// Every state.
    pub const ALL: [Self; 4] =
        [Self::Open, Self::Paid, Self::Closed(ClosedFor::Deadline), Self::Closed(ClosedFor::Replaced)];

    /// The word in the database, whatever it was closed for.
    #[must_use]
    pub const fn wire(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Paid => "paid",
            Self::Closed(_) => "closed",
        }
    }
}

/// What happens to an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Event {
    /// Proven money of a trade that was not seen before, of exactly the order's sum.
    Money,
    /// Proven money of another sum, merchant's number or gateway than the order has.
    WrongMoney,
    /// Proven money of a trade that is booked already.
    SameMoney,
    /// The gateway says that money it had taken was given back.
    Refunded,
    /// The gateway says that the trade is closed (unpaid, or refunded in full).
    TradeClosed,
    /// The gateway waits for the payer.
    TradeWaiting,
    /// The gateway knows no such trade (yet).
    TradeMissing,
    /// The bank said no; the payer may try again.
    Declined,
    /// The gateway does not answer, or its answer is not to be believed.
    Silence,
    /// The order's deadline is over, or what it pays for can no longer be paid as a whole.
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

/// What is done with the order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Step {
    /// Book the money: each line goes by [`line()`].
    Book,
    /// Nothing changes.
    Keep,
    /// Ask the gateway, end the trade there, then close the order for this reason.
    End(ClosedFor),
    /// Close the order: the gateway takes no more money for it, or has no word for closing.
    Close(ClosedFor),
    /// Nothing changes, and somebody has to look: this can't come from an honest gateway.
    Alarm,
}

/// What an event does to an order. `ending` is the reason for which the order is being ended, if it is.
#[must_use]
pub fn step(order: OrderState, event: Event, ending: Option<ClosedFor>) -> Step {
    match (event, order) {
        (Event::Money, _) => Step::Book,
        (Event::WrongMoney, _) => Step::Alarm,
        // Paid never becomes unpaid by what a gateway says, and closed stays closed (I7, TH35).
        (Event::SameMoney | Event::Refunded | Event::Declined | Event::Silence, _)
        | (_, OrderState::Paid | OrderState::Closed(_)) => Step::Keep,
        (Event::TradeClosed, OrderState::Open) => Step::Close(ending.unwrap_or(ClosedFor::Deadline)),
        // A trade that is not there, or can't be closed, counts as closed once we want its end (Y1); before, the
        // payer's form may still make it.
        (Event::TradeWaiting | Event::TradeMissing, OrderState::Open) => match ending {
            Some(why) => Step::Close(why),
            None => Step::Keep,
        },
        (Event::Due, OrderState::Open) => Step::End(ClosedFor::Deadline),
        (Event::OtherChoice, OrderState::Open) => Step::End(ClosedFor::Replaced),
    }
}

/// How an entry stands when money arrives for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EntryState {
    /// Holds its seat, unpaid.
    Held,
    /// Holds its seat, and a collective payment keeps it (Y6).
    Locked,
    /// Paid by other money.
    Paid,
    /// Its hold ended without payment.
    Expired,
    /// Went with the written entry that it needs (R10).
    Withdrawn,
    /// The candidate cancelled it.
    Cancelled,
}

impl EntryState {
    /// Every state.
    pub const ALL: [Self; 6] =
        [Self::Held, Self::Locked, Self::Paid, Self::Expired, Self::Withdrawn, Self::Cancelled];
}

/// Why money goes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum RefundReason {
    /// It had been paid already.
    Surplus,
    /// The order had been closed for another one.
    Replaced,
    /// A collective payment keeps the entry.
    Locked,
    /// The candidate had cancelled the entry.
    Cancelled,
    /// It came after the end of the hold, and no seat was left or the rules forbid to take it again.
    NoSeat,
    /// An oral entry whose written entry is not paid (R10).
    NeedsWritten,
}

impl RefundReason {
    /// Every reason.
    pub const ALL: [Self; 6] =
        [Self::Surplus, Self::Replaced, Self::Locked, Self::Cancelled, Self::NoSeat, Self::NeedsWritten];

    /// The word in the database.
    #[must_use]
    pub const fn wire(self) -> &'static str {
        match self {
            Self::Surplus => "surplus",
            Self::Replaced => "replaced",
            Self::Locked => "locked",
            Self::Cancelled => "cancelled",
            Self::NoSeat => "no-seat",
            Self::NeedsWritten => "needs-written",
        }
    }

    /// The reason of this word.
    #[must_use]
    pub fn from_wire(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.wire() == text)
    }
}

/// What is done with one line of an order whose money is booked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LineStep {
    /// The entry is paid.
    Pay,
    /// Its seat is taken again and it is paid; if there is no seat, the line's money goes back.
    Retake,
    /// The line's money goes back.
    Refund(RefundReason),
}

/// Where a line's money goes. `needs_written` says that the entry is an oral one and no written entry that it needs is
/// paid, also not by this money.
#[must_use]
pub fn line(order: OrderState, entry: EntryState, needs_written: bool) -> LineStep {
    use RefundReason as Why;
    match (order, entry) {
        // Of an order that was paid before, this is the second money (TH51).
        (OrderState::Paid, _) | (_, EntryState::Paid) => LineStep::Refund(Why::Surplus),
        (OrderState::Closed(ClosedFor::Replaced), _) => LineStep::Refund(Why::Replaced),
        (_, EntryState::Locked) => LineStep::Refund(Why::Locked),
        (_, EntryState::Cancelled) => LineStep::Refund(Why::Cancelled),
        (_, EntryState::Held | EntryState::Expired | EntryState::Withdrawn) if needs_written => {
            LineStep::Refund(Why::NeedsWritten)
        }
        (_, EntryState::Held) => LineStep::Pay,
        (_, EntryState::Expired | EntryState::Withdrawn) => LineStep::Retake,
    }
}

/// The order's state after its money was booked; `paid_any` says whether a line was paid.
#[must_use]
pub fn after_money(order: OrderState, paid_any: bool) -> OrderState {
    match order {
        OrderState::Open | OrderState::Paid => OrderState::Paid,
        OrderState::Closed(_) if paid_any => OrderState::Paid,
        OrderState::Closed(_) => order,
    }
}

/// Until when an order takes money: ten minutes before the earliest end of its entries' hold, at least a minute from
/// now, never past that end (Y4).
#[must_use]
pub fn deadline(now: Time, hold_ends: Time) -> Time {
    hold_ends.minus(BEFORE_HOLD_ENDS).max(now.plus(LEAST_TIME)).min(hold_ends)
}

/// When a refund is tried again after `tries` attempts.
#[must_use]
pub fn next_try(tries: i64, now: Time) -> Time {
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
