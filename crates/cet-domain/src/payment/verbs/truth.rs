//! The line of an order: what is known of it and of its money, for whoever paid it, whatever became of the registration (Y4).

use super::history::{OrderMoney, with_money};
use super::show::PassportMoney;
use crate::payment::events::{self, Kind, PastEvent};
use crate::payment::rules::outcome::{Course, Courses, Outcome};
use crate::payment::store::RefundShown;
use crate::payment::store::history::{LineKnown, in_doubt_between, lines_between};
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
    /// What its gateway says that it refunded, and this system did not send, while finance checks it; zero where no sum was told.
    pub in_doubt: Vec<FenSum>,
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
    /// All of it is paid, and staff give a part of it back.
    PaidLess {
        /// The part.
        part: FenSum,
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
    /// All of its money goes back, and so much of it is under way.
    GoingBack(FenSum),
    /// The same, and its gateway refused a part of it or does not explain it: staff see to it.
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

impl OrderMoney {
    /// What has become of it; whether something of one without money is still owed is for [`OrderTruth::fate`].
    #[must_use]
    pub fn fate(&self, now: Time) -> Fate {
        let (order, flow) = (&self.order, self.flow());
        let (back, is_back) = (flow.back(), flow.due.is_zero());
        let of_lines = FenSum::of(self.returned.iter().map(|one| one.amount));
        match self.outcome(now) {
            Outcome::Waiting if self.is_declined(now) => Fate::Declined,
            Outcome::Waiting => Fate::Waiting,
            Outcome::Asking => Fate::Asking,
            Outcome::Closed => Fate::Closed { is_owed: false },
            Outcome::Back => Fate::Back(back),
            Outcome::GoingBack if self.is_with_staff() => Fate::WithStaff(flow.due),
            Outcome::GoingBack => Fate::GoingBack(flow.due),
            Outcome::Paid if back.is_zero() => Fate::Paid,
            // A test that staff ended is not valid, whatever else is paid for.
            Outcome::Paid if self.returned.iter().any(|one| one.is_ended) => {
                Fate::InPart { rest: back, is_back }
            }
            Outcome::Paid if of_lines == back => Fate::PaidLess { part: back, is_back },
            // What was booked first paid for something; what it did not pay for, or came after it, goes back.
            Outcome::Paid if flow.kept().plus(of_lines) == order.amount => {
                Fate::PaidTwice { extra: back, is_back }
            }
            Outcome::Paid => Fate::InPart { rest: back, is_back },
        }
    }

    /// What goes back or is back, by how far it has come.
    #[must_use]
    pub fn courses(&self) -> Courses {
        self.refunds.iter().fold(Courses::default(), |all, one| all.plus(one.course(), one.amount))
    }

    /// The same without what staff give back of lines.
    #[must_use]
    pub fn back_besides_lines(&self) -> Courses {
        let is_of_lines = |refund: &RefundShown| self.returned.iter().any(|one| one.refund == refund.id);
        let besides = self.refunds.iter().filter(|refund| !is_of_lines(refund));
        besides.fold(Courses::default(), |all, one| all.plus(one.course(), one.amount))
    }

    /// Whether no job goes on with something that goes back: its gateway refuses it, or does not explain it.
    #[must_use]
    pub fn is_with_staff(&self) -> bool {
        self.refunds.iter().any(|refund| refund.course() == Course::WithStaff)
    }
}

impl OrderTruth {
    /// What has become of it.
    #[must_use]
    pub fn fate(&self, now: Time) -> Fate {
        match self.money.fate(now) {
            Fate::Closed { .. } => Fate::Closed { is_owed: self.lines.iter().any(|line| line.is_owed(now)) },
            other => other,
        }
    }

    /// What goes back or is back of the lines that are not paid (any more).
    #[must_use]
    pub fn back_of_unpaid(&self) -> Courses {
        let is_unpaid = |entry| !matches!(self.line_fate(entry), LineFate::Paid | LineFate::SeatedAgain);
        let unused = self.lines.iter().any(|line| self.line_fate(line.entry) == LineFate::Unused);
        let mut all = Courses::default();
        for refund in &self.money.refunds {
            let mut of_lines = self.money.returned.iter().filter(|one| one.refund == refund.id).peekable();
            if of_lines.peek().is_none() {
                // What the money was not used for, whole; else it came besides.
                all = if unused { all.plus(refund.course(), refund.amount) } else { all };
                continue;
            }
            let ended = FenSum::of(of_lines.filter(|one| is_unpaid(one.entry)).map(|one| one.amount));
            all = all.plus(refund.course(), ended);
        }
        all
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

    /// When money that came late took seats again, and of which entries: the last time.
    #[must_use]
    pub fn seated_again(&self) -> Option<(Time, Vec<EntryId>)> {
        let again = || self.events.iter().filter(|told| told.kind == Kind::SeatedAgain);
        let at = again().map(|told| told.at).max()?;
        Some((at, again().filter(|told| told.at == at).filter_map(|told| told.entry).collect()))
    }

    /// Whether finance staff see to something that goes back.
    #[must_use]
    pub fn is_with_staff(&self) -> bool {
        self.money.is_with_staff()
    }
}

/// The lines of a passport's newest orders, the newest first: what became of each and of its money (Y4).
///
/// # Errors
/// [`DbError`].
pub async fn truths(
    tx: &mut Tx<'_>,
    passport: PassportId,
    of: &PassportMoney,
) -> Result<Vec<OrderTruth>, DbError> {
    let ids = || of.orders.iter().map(|order| order.id);
    let Some(span): Option<(OrderId, OrderId)> = ids().min().zip(ids().max()) else { return Ok(Vec::new()) };
    let lines = lines_between(tx, passport, span).await?;
    let told = events::of_passport(tx, passport, span).await?;
    let doubts = in_doubt_between(tx, passport, span).await?;
    let whole = |money: OrderMoney| {
        let id = money.order.id;
        OrderTruth {
            money,
            lines: lines.iter().filter(|line| line.order == id).cloned().collect(),
            events: told.iter().filter(|(of, _)| *of == id).map(|(_, told)| told.clone()).collect(),
            in_doubt: doubts.iter().filter(|(of, _)| *of == id).map(|(_, sum)| *sum).collect(),
        }
    };
    Ok(with_money(tx, passport, of).await?.into_iter().map(whole).collect())
}
