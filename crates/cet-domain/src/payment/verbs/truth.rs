//! The line of an order: what is known of it and of its money, for whoever paid it, whatever became of the registration (Y4).

use super::history::{OrderMoney, with_money};
use super::show::PassportMoney;
use crate::payment::events::{self, Kind, PastEvent};
use crate::payment::rules::outcome::Outcome;
use crate::payment::store::history::{LineKnown, lines_between};
use crate::store::{DbError, Tx};
use crate::words::fen::FenSum;
use crate::words::ids::{EntryId, OrderId, PassportId};
use crate::words::time::Time;

/// An order with its lines, its money and all that happened to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderTruth {
    /// The order and its money.
    pub money: OrderMoney,
    /// What it pays for.
    pub lines: Vec<LineKnown>,
    /// What happened, the oldest first.
    pub events: Vec<PastEvent>,
}

/// What has become of an order, as its last sentence says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It can be paid.
    Waiting,
    /// The bank said no; it can be paid again.
    Declined,
    /// Its gateway is asked.
    Asking,
    /// All of it is paid.
    Paid,
    /// It is paid, and money that came besides goes back.
    PaidTwice {
        /// What came besides.
        extra: FenSum,
        /// Whether all of that is back.
        is_back: bool,
    },
    /// Some of it is paid, the rest goes back.
    InPart {
        /// The rest.
        rest: FenSum,
        /// Whether all of that is back.
        is_back: bool,
    },
    /// It was closed without money; whether something of it still waits for payment.
    Closed {
        /// Whether it does.
        is_owed: bool,
    },
    /// All of its money goes back.
    GoingBack(FenSum),
    /// The same, and its gateway refused or does not explain it: staff see to it.
    WithStaff(FenSum),
    /// All of its money is back.
    Back(FenSum),
}

/// What has become of one line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineFate {
    /// No money was used for it.
    Unpaid,
    /// It is paid.
    Paid,
    /// It had ended, took its seat again and is paid.
    SeatedAgain,
    /// Its money goes back, or is back.
    Unused,
    /// It was paid, and finance staff ended it: its money goes back, or is back.
    Ended(Time),
}

impl OrderTruth {
    /// What has become of it.
    #[must_use]
    pub fn fate(&self, now: Time) -> Fate {
        let (order, flow) = (&self.money.order, self.money.flow());
        let is_back = flow.due.is_zero();
        match self.money.outcome(now) {
            Outcome::Waiting if self.money.is_declined(now) => Fate::Declined,
            Outcome::Waiting => Fate::Waiting,
            Outcome::Asking => Fate::Asking,
            Outcome::Closed => Fate::Closed { is_owed: self.lines.iter().any(|line| line.is_owed(now)) },
            Outcome::Back => Fate::Back(flow.back()),
            Outcome::GoingBack if self.is_with_staff() => Fate::WithStaff(flow.due),
            Outcome::GoingBack => Fate::GoingBack(flow.back()),
            Outcome::Paid if flow.back().is_zero() => Fate::Paid,
            // A test that staff ended is not valid, whatever else is paid for.
            Outcome::Paid if self.has_ended() => Fate::InPart { rest: flow.back(), is_back },
            // What was booked first paid for something; what it did not pay for, or came after it, goes back.
            Outcome::Paid if flow.kept() == order.amount => Fate::PaidTwice { extra: flow.back(), is_back },
            Outcome::Paid => Fate::InPart { rest: flow.back(), is_back },
        }
    }

    /// What has become of the line of an entry.
    #[must_use]
    pub fn line_fate(&self, entry: EntryId) -> LineFate {
        if let Some(at) = self.ended_at(entry) {
            return LineFate::Ended(at);
        }
        let of = |kind| self.events.iter().any(|told| told.kind == kind && told.entry == Some(entry));
        if of(Kind::SeatedAgain) {
            LineFate::SeatedAgain
        } else if of(Kind::Booked) {
            LineFate::Paid
        } else if of(Kind::NotBooked) {
            LineFate::Unused
        } else {
            LineFate::Unpaid
        }
    }

    /// When finance staff ended the entry of a line, to give its money back.
    fn ended_at(&self, entry: EntryId) -> Option<Time> {
        let ended = self.money.returned.iter().filter(|one| one.entry == entry && one.is_ended);
        ended.filter_map(|one| one.ended_at).max()
    }

    fn has_ended(&self) -> bool {
        self.lines.iter().any(|line| self.ended_at(line.entry).is_some())
    }

    /// When money that came late took seats again, and of which entries: the last time.
    #[must_use]
    pub fn seated_again(&self) -> Option<(Time, Vec<EntryId>)> {
        let again = || self.events.iter().filter(|told| told.kind == Kind::SeatedAgain);
        let at = again().map(|told| told.at).max()?;
        Some((at, again().filter(|told| told.at == at).filter_map(|told| told.entry).collect()))
    }

    /// Whether no job goes on with something that goes back: the last word about a refund is that its gateway refuses it, or
    /// does not explain it.
    #[must_use]
    pub fn is_with_staff(&self) -> bool {
        let stops = |told: &PastEvent| match told.kind {
            Kind::RefundRefused => true,
            // One without a reason is only being waited for.
            Kind::RefundUnknown => told.detail.reason.is_some(),
            _ => false,
        };
        let goes_on = |told: &PastEvent| {
            matches!(told.kind, Kind::RefundDue | Kind::RefundSent | Kind::RefundDone | Kind::ByHand)
                || told.kind == Kind::RefundUnknown && told.detail.reason.is_none()
        };
        let stopped = |at: usize, of: &PastEvent| {
            let mut later = self.events.iter().skip(at);
            stops(of) && !later.any(|told| told.refund == of.refund && goes_on(told))
        };
        self.events.iter().enumerate().any(|(at, told)| stopped(at, told))
    }
}

/// The lines of a passport's newest orders, the newest first.
pub async fn truths(
    tx: &mut Tx<'_>,
    passport: PassportId,
    of: &PassportMoney,
) -> Result<Vec<OrderTruth>, DbError> {
    let ids = || of.orders.iter().map(|order| order.id);
    let Some(span): Option<(OrderId, OrderId)> = ids().min().zip(ids().max()) else { return Ok(Vec::new()) };
    let lines = lines_between(tx, passport, span).await?;
    let told = events::of_passport(tx, passport, span).await?;
    let whole = |money: OrderMoney| {
        let id = money.order.id;
        OrderTruth {
            money,
            lines: lines.iter().filter(|line| line.order == id).cloned().collect(),
            events: told.iter().filter(|(of, _)| *of == id).map(|(_, told)| told.clone()).collect(),
        }
    };
    Ok(with_money(tx, passport, of).await?.into_iter().map(whole).collect())
}
