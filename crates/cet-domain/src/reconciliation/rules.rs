//! What is a difference between a bill and our books. Pure.
//!
//! Our receipts and refunds of the bill's day are looked up in the bill ([`Comparison::ours`]). What remains of the bill
//! is looked up in our books, whatever their day ([`of_theirs`]), and what remains of ours may stand in another day's
//! bill ([`of_ours`]): money that was paid before midnight and booked after it is no difference.

use gateway::bill::{BillKind, BillRow, BillSums};
use jiff::SignedDuration;

use super::bill::Bill;
use super::{Class, Day, ReconciliationRefusal as Refusal};
use crate::payment::store::settling::CONSOLE;
use crate::words::codes::SchoolCode;
use crate::words::time::Time;

/// How far from midnight the two clocks may disagree about the day.
pub(crate) const NEAR_MIDNIGHT: SignedDuration = SignedDuration::from_mins(30);
/// The most rows that one side has alone: beyond, the bill is not ours.
pub(crate) const MOST_ALONE: usize = 5_000;

/// A receipt or a refund of ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ours {
    /// Money in or out.
    pub kind: BillKind,
    /// The order's number on the wire, or the refund's number.
    pub key: String,
    /// The order's number.
    pub order_number: String,
    /// The trade.
    pub trade_no: String,
    /// In fen.
    pub amount: i64,
    /// How much of it is divided among entries and refunds; of a refund, all.
    pub divided: i64,
    /// When it was booked.
    pub at: Time,
}

/// A difference that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// What it is.
    pub class: Class,
    /// The order's number.
    pub order_number: String,
    /// The trade.
    pub trade_no: String,
    /// The number of the refund, or the gateway's of the payment.
    pub reference: String,
    /// In fen.
    pub ours: Option<i64>,
    /// In fen.
    pub theirs: Option<i64>,
    /// When it was done.
    pub at: Time,
    /// Whether the next day's bill may have it.
    pub may_be_next_day: bool,
}

impl Ours {
    /// Whether somebody refunded it in the gateway's own console: no bill has the number that we gave it.
    #[must_use]
    pub fn is_of_console(&self) -> bool {
        self.kind == BillKind::Refund && self.key.starts_with(CONSOLE)
    }
}

/// The school whose refund has this number, if it is one of ours that was sent.
pub(super) fn school_of_refund(number: &str) -> Option<SchoolCode> {
    SchoolCode::parse(number.strip_prefix('R')?.get(..5)?).ok()
}

impl Found {
    fn of_ours(class: Class, ours: &Ours, theirs: Option<i64>) -> Self {
        let is_refund = ours.kind == BillKind::Refund;
        Self {
            class,
            order_number: ours.order_number.clone(),
            trade_no: ours.trade_no.clone(),
            reference: if is_refund { ours.key.clone() } else { ours.trade_no.clone() },
            ours: Some(ours.amount),
            theirs,
            at: ours.at,
            may_be_next_day: false,
        }
    }

    fn of_theirs(class: Class, row: &BillRow, order_number: &str, ours: Option<i64>) -> Self {
        Self {
            class,
            order_number: order_number.to_owned(),
            trade_no: row.trade_no.clone(),
            reference: row.reference.clone(),
            ours,
            theirs: Some(row.amount_fen),
            at: Time::from(row.at),
            may_be_next_day: false,
        }
    }
}

/// What was found in a bill and in our books of its day.
#[derive(Debug)]
pub struct Comparison {
    bill: Bill,
    /// What the bills of other days have: the number of a payment's trade, or of a refund.
    elsewhere: Vec<(BillKind, String)>,
    /// Counts and sums of ours.
    pub ours: BillSums,
    /// How many rows both have, with the same sum.
    pub matched: u64,
    /// Differences so far.
    pub found: Vec<Found>,
    /// Ours that the bill does not have.
    pub alone: Vec<Ours>,
}

impl Comparison {
    /// Begins with a bill.
    #[must_use]
    pub fn new(bill: Bill) -> Self {
        let ours = BillSums::default();
        Self { bill, elsewhere: Vec::new(), ours, matched: 0, found: Vec::new(), alone: Vec::new() }
    }

    /// Says what the bills of other days have: in this one it is a second time.
    #[must_use]
    pub fn beside(mut self, mut elsewhere: Vec<(BillKind, String)>) -> Self {
        elsewhere.sort_unstable_by(|one, other| key_of(one).cmp(&key_of(other)));
        self.elsewhere = elsewhere;
        self
    }

    fn is_elsewhere(&self, ours: &Ours) -> bool {
        let number = if ours.kind == BillKind::Payment { &ours.trade_no } else { &ours.key };
        let wanted = (ours.kind == BillKind::Payment, number.as_str());
        self.elsewhere.binary_search_by(|one| key_of(one).cmp(&wanted)).is_ok()
    }

    /// The bill's counts and sums.
    #[must_use]
    pub const fn theirs(&self) -> BillSums {
        self.bill.sums
    }

    /// Looks a receipt or refund of the day up in the bill; false: too much differs.
    #[must_use]
    pub fn ours(&mut self, ours: Ours) -> bool {
        self.ours = self.ours.with(ours.kind, ours.amount).unwrap_or(self.ours);
        let rows = self.bill.places(ours.kind, &ours.key);
        let same = |place: &usize| {
            !self.bill.is_matched(*place)
                && self.bill.row(*place).is_some_and(|row| row.trade_no == ours.trade_no)
        };
        let exact = |place: &usize| self.bill.row(*place).is_some_and(|row| row.amount_fen == ours.amount);
        // Of several the one with our sum, so that the others are what is too much.
        let place = rows.clone().filter(same).find(exact).or_else(|| rows.clone().find(same));
        let Some(place) = place else {
            self.alone.push(ours);
            return self.alone.len() <= MOST_ALONE;
        };
        self.bill.mark(place);
        let theirs = self.bill.row(place).map_or(0, |row| row.amount_fen);
        if self.is_elsewhere(&ours) {
            let is_payment = ours.kind == BillKind::Payment;
            let class = if is_payment { Class::Twice } else { Class::RefundExtra };
            self.found.push(Found::of_ours(class, &ours, Some(theirs)));
        } else if theirs != ours.amount {
            self.found.push(Found::of_ours(Class::Sum, &ours, Some(theirs)));
        } else if ours.divided != ours.amount {
            self.found.push(Found::of_ours(Class::Entries, &ours, Some(theirs)));
        } else {
            self.matched = self.matched.saturating_add(1);
        }
        self.found.len() <= MOST_ALONE
    }

    /// Looks refunds of the gateway's console up in what is left of the bill: by trade and sum, since both sides number them
    /// for themselves.
    pub fn of_console(&mut self) {
        for ours in std::mem::take(&mut self.alone) {
            let same = |row: &BillRow| {
                row.kind == BillKind::Refund
                    && row.trade_no == ours.trade_no
                    && row.amount_fen == ours.amount
                    && school_of_refund(&row.reference).is_none()
            };
            let is_same = |place: &usize| self.bill.row(*place).as_ref().is_some_and(same);
            // What another day's bill has is not this one's.
            let is_sought = ours.is_of_console() && !self.is_elsewhere(&ours);
            let place = if is_sought { self.bill.left().find(is_same) } else { None };
            match place {
                Some(place) => {
                    self.bill.mark(place);
                    self.matched = self.matched.saturating_add(1);
                }
                None => self.alone.push(ours),
            }
        }
    }

    /// The rows of the bill that are not in our books of its day, each with whether another payment of its order was
    /// before it in this bill; `None`: too many.
    #[must_use]
    pub fn left(&self) -> Option<Vec<(BillRow, bool)>> {
        let mut left = Vec::new();
        for place in self.bill.left() {
            if left.len() >= MOST_ALONE {
                return None;
            }
            let Some(row) = self.bill.row(place) else { continue };
            let of_order = self.bill.places(row.kind, key(&row));
            let again = of_order
                .clone()
                .any(|other| other != place && (self.bill.is_matched(other) || other < place));
            left.push((row, again));
        }
        Some(left)
    }
}

/// By what money of another day's bill is looked up.
fn key_of((kind, number): &(BillKind, String)) -> (bool, &str) {
    (*kind == BillKind::Payment, number.as_str())
}

/// By what a row is looked up.
fn key(row: &BillRow) -> &str {
    match row.kind {
        BillKind::Payment => &row.wire_number,
        BillKind::Refund => &row.reference,
    }
}

/// What our books know of a row that is not booked on its day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Known {
    /// Neither the order nor the refund.
    Nothing,
    /// The order, but not this money; or a refund that is not done yet.
    Owed {
        /// The order's number.
        order_number: String,
        /// Whether another trade of the order is booked.
        is_paid: bool,
    },
    /// It was booked on another day.
    Booked {
        /// The order's number.
        order_number: String,
        /// In fen.
        amount: i64,
        /// Whether another day's bill has it already.
        is_taken: bool,
    },
}

/// What a row of the bill is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Booked on another day.
    Late,
    /// A difference.
    Differs(Found),
}

/// Decides about a row of the bill that is not in our books of its day.
#[must_use]
pub(crate) fn of_theirs(row: &BillRow, again: bool, known: &Known) -> Verdict {
    let differs = |class, number: &str, ours| Verdict::Differs(Found::of_theirs(class, row, number, ours));
    match (row.kind, known) {
        (BillKind::Payment, Known::Nothing) => differs(Class::UnknownOrder, &row.wire_number, None),
        (BillKind::Refund, Known::Nothing) => differs(Class::RefundExtra, &row.wire_number, None),
        (BillKind::Payment, Known::Owed { order_number, is_paid }) if again || *is_paid => {
            differs(Class::Twice, order_number, None)
        }
        (BillKind::Payment, Known::Owed { order_number, .. }) => {
            differs(Class::TheirsOnly, order_number, None)
        }
        (BillKind::Refund, Known::Owed { order_number, .. }) => {
            differs(Class::RefundExtra, order_number, None)
        }
        (BillKind::Payment, Known::Booked { order_number, amount, is_taken }) if again || *is_taken => {
            differs(Class::Twice, order_number, Some(*amount))
        }
        (BillKind::Refund, Known::Booked { order_number, amount, is_taken }) if again || *is_taken => {
            differs(Class::RefundExtra, order_number, Some(*amount))
        }
        (_, Known::Booked { amount, .. }) if *amount == row.amount_fen => Verdict::Late,
        (_, Known::Booked { order_number, amount, .. }) => differs(Class::Sum, order_number, Some(*amount)),
    }
}

/// Decides about money of ours that the bill of its day does not have: `elsewhere` says that another day's bill has it,
/// `next_is_there` that the next day's was compared.
#[must_use]
pub fn of_ours(ours: &Ours, day: Day, elsewhere: bool, next_is_there: bool) -> Option<Found> {
    if elsewhere {
        return None;
    }
    let class = match ours.kind {
        BillKind::Payment => Class::OursOnly,
        BillKind::Refund => Class::RefundMissing,
    };
    let near = ours.at >= day.next().begins().minus(NEAR_MIDNIGHT);
    Some(Found { may_be_next_day: near && !next_is_there, ..Found::of_ours(class, ours, None) })
}

/// What the differences of one class come to, payments and refunds apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Differing {
    /// The class.
    pub class: Class,
    /// Money in or out.
    pub kind: BillKind,
    /// The sum of our side, in fen.
    pub ours: i64,
    /// The sum of the bill's side, in fen.
    pub theirs: i64,
}

impl Differing {
    /// How far the two sides of the day are apart because of them.
    const fn apart(self) -> i64 {
        let apart = match self.class {
            // Our side, where there is one, was counted with another row or on another day.
            Class::Twice | Class::UnknownOrder | Class::RefundExtra => self.theirs.saturating_neg(),
            Class::OursOnly | Class::TheirsOnly | Class::Sum | Class::RefundMissing | Class::Entries => {
                self.ours.saturating_sub(self.theirs)
            }
        };
        match self.kind {
            BillKind::Payment => apart,
            BillKind::Refund => apart.saturating_neg(),
        }
    }
}

/// How much of what a day's sides are apart (ours less the bill's) is no difference: money that one side has on this day,
/// and the other on the day before or after.
#[must_use]
pub fn across_days(apart: i64, differences: &[Differing]) -> i64 {
    differences.iter().fold(apart, |left, some| left.saturating_sub(some.apart()))
}

/// What decides whether somebody may sign a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Signing<'a> {
    /// The day's state.
    pub state: &'a str,
    /// Whether a bill of it is being compared.
    pub at_work: bool,
    /// Its differences that are not resolved.
    pub open: i64,
    /// Those that wait for the next day's bill.
    pub next_day: i64,
    /// Whether this person handled a difference of it.
    pub handled: bool,
}

/// Whether the day can be signed by this person now (I27).
///
/// # Errors
/// Why not.
pub fn may_sign(of: Signing<'_>) -> Result<(), Refusal> {
    match of.state {
        "signed" => Err(Refusal::Signed),
        "compared" if of.at_work => Err(Refusal::NotCompared),
        "compared" if of.open > 0 || of.next_day > 0 => Err(Refusal::Open(of.open, of.next_day)),
        "compared" if of.handled => Err(Refusal::Handled),
        "compared" => Ok(()),
        _ => Err(Refusal::NotCompared),
    }
}
