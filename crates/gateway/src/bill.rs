//! The daily bills of both gateways: every payment and refund of one day, as GBK text in lines.
//!
//! [`BillReader`] takes a bill line by line and keeps nothing of it, so that the size of a bill is no matter; a bill
//! counts only when [`BillReader::end`] has found its last lines and their sums right. [`BillWriter`] is the other side,
//! for the sandbox. `docs/files.md` describes both formats.

mod dialect;
mod reader;
#[cfg(test)]
mod tests;
mod writer;

pub use reader::BillReader;
pub use writer::BillWriter;

use std::fmt;

use jiff::Timestamp;

use crate::vocabulary::HttpRequest;

/// What a line of a bill tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum BillKind {
    /// Money came.
    Payment,
    /// Money went back.
    Refund,
}

/// One payment or refund of a bill.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BillRow {
    /// Which of the two.
    pub kind: BillKind,
    /// The order's number on the wire.
    pub wire_number: String,
    /// The trade by the number under which its money is booked, as in [`TradeState::Paid`](crate::TradeState::Paid).
    pub trade_no: String,
    /// The gateway's own number of the payment; of a refund, the number that the merchant gave it.
    pub reference: String,
    /// In fen, of a refund too.
    pub amount_fen: i64,
    /// When it was done.
    pub at: Timestamp,
}

/// How many payments and refunds a bill has, and their sums in fen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BillSums {
    /// Payments.
    pub payments: u64,
    /// Their sum.
    pub paid_fen: i64,
    /// Refunds.
    pub refunds: u64,
    /// Their sum, not negative.
    pub refunded_fen: i64,
}

impl BillSums {
    /// Adds a row; `None` beyond what a number can hold.
    #[must_use]
    pub fn with(self, kind: BillKind, amount_fen: i64) -> Option<Self> {
        Some(match kind {
            BillKind::Payment => Self {
                payments: self.payments.checked_add(1)?,
                paid_fen: self.paid_fen.checked_add(amount_fen)?,
                ..self
            },
            BillKind::Refund => Self {
                refunds: self.refunds.checked_add(1)?,
                refunded_fen: self.refunded_fen.checked_add(amount_fen)?,
                ..self
            },
        })
    }
}

/// Why a bill is not taken; nothing of it counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BillError {
    /// A line, by its number, is not GBK text, or longer than any real one.
    Encoding(u64),
    /// It does not begin as a bill of this gateway: title, account, day and columns.
    Heading,
    /// It is the bill of another merchant, or of two.
    Merchant,
    /// It is the bill of another day, or a row is of another.
    Day,
    /// A line is not a row of the bill.
    Row(u64),
    /// It ends before its last lines.
    CutOff,
    /// Its rows do not add up to its own sums.
    Sums,
}

impl fmt::Display for BillError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Encoding(line) => write!(f, "line {line} is not GBK text"),
            Self::Heading => f.write_str("not a bill of this gateway"),
            Self::Merchant => f.write_str("the bill of another merchant"),
            Self::Day => f.write_str("the bill of another day"),
            Self::Row(line) => write!(f, "line {line} is no row of a bill"),
            Self::CutOff => f.write_str("the bill is cut off"),
            Self::Sums => f.write_str("rows and sums of the bill disagree"),
        }
    }
}

impl std::error::Error for BillError {}

/// How a gateway gives its bill of a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BillRequest {
    /// The answer names the URL of the bill.
    AddressBy(HttpRequest),
    /// The answer is the bill.
    FileBy(HttpRequest),
}

/// The answer to [`BillRequest::AddressBy`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BillAddress {
    /// The bill is at this URL, which belongs to the gateway.
    At(String),
    /// There is no bill yet.
    NotYet,
}
