//! The daily bills of the gateways: every payment and refund of one day, as text in lines.
//!
//! [`BillReader`] takes a bill line by line and keeps nothing of it, so that the size of a bill is no matter; a bill
//! counts only when [`BillReader::end`] has found its last lines and their sums right. [`BillWriter`] is the other side,
//! for the sandbox. `docs/files.md` describes the formats.

mod dialect;
mod packed;
mod reader;
#[cfg(test)]
mod tests;
mod ticked;
#[cfg(test)]
mod ticked_tests;
mod writer;

pub(crate) use dialect::{ALIPAY, PAYEASE};
pub use packed::{BillFile, Packing};

use std::fmt;

use jiff::Timestamp;
use jiff::civil::Date;

use crate::http::HttpRequest;
use crate::refused::BuildError;
use crate::registry::GatewayCode;
use dialect::Dialect;

/// How a gateway writes its bill.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Format {
    /// A title, a heading, and sums in words; GBK.
    Titled(&'static Dialect),
    /// A table whose cells begin with a backtick, with a table of sums behind it; UTF-8.
    Ticked,
}

/// Reads the bill of one gateway, merchant and day.
#[derive(Clone, Debug)]
pub struct BillReader(Reading);

#[derive(Clone, Debug)]
enum Reading {
    Titled(reader::Titled),
    Ticked(ticked::Reader),
}

impl BillReader {
    /// A reader of the bill that this merchant is expected to have for this day, in China's time.
    #[must_use]
    pub fn new(gateway: GatewayCode, merchant: &str, day: Date) -> Self {
        Self(match gateway.profile().bill {
            Format::Titled(dialect) => Reading::Titled(reader::Titled::new(dialect, merchant, day)),
            Format::Ticked => Reading::Ticked(ticked::Reader::new(merchant, day)),
        })
    }

    /// Whether a file that begins with this line is the summary beside a bill, and not the bill.
    #[must_use]
    pub fn is_summary(first_line: &[u8]) -> bool {
        reader::Titled::is_summary(first_line)
    }

    /// Reads the next line, with its end; returns the row that it is. A line without an end is the last one: if it can't
    /// be understood, the file was cut off in its middle.
    ///
    /// # Errors
    /// [`BillError`].
    pub fn line(&mut self, bytes: &[u8]) -> Result<Option<BillRow>, BillError> {
        match &mut self.0 {
            Reading::Titled(reader) => reader.line(bytes),
            Reading::Ticked(reader) => reader.line(bytes),
        }
    }

    /// Ends the bill.
    ///
    /// # Errors
    /// [`BillError::CutOff`] without its last lines, [`BillError::Sums`] if they do not fit its rows.
    pub fn end(self) -> Result<BillSums, BillError> {
        match self.0 {
            Reading::Titled(reader) => reader.end(),
            Reading::Ticked(reader) => reader.end(),
        }
    }
}

/// Writes a bill as its gateway does.
#[derive(Clone, Debug)]
pub struct BillWriter(Writing);

#[derive(Clone, Debug)]
enum Writing {
    Titled(writer::Titled),
    Ticked(ticked::Writer),
}

impl BillWriter {
    /// The bill of a merchant for a day.
    #[must_use]
    pub fn new(gateway: GatewayCode, merchant: &str, day: Date) -> Self {
        Self(match gateway.profile().bill {
            Format::Titled(dialect) => Writing::Titled(writer::Titled::new(dialect, merchant, day)),
            Format::Ticked => Writing::Ticked(ticked::Writer::new(merchant)),
        })
    }

    /// Adds a row, with the name of what was sold where the gateway tells it.
    pub fn row(&mut self, row: &BillRow, subject: &str, made_at: Timestamp) {
        match &mut self.0 {
            Writing::Titled(writer) => writer.row(row, subject, made_at),
            Writing::Ticked(writer) => writer.row(row, subject),
        }
    }

    /// The whole bill, in the gateway's charset.
    ///
    /// # Errors
    /// [`BuildError::Encoding`] for a character that the charset does not have.
    pub fn end(self, now: Timestamp) -> Result<Vec<u8>, BuildError> {
        match self.0 {
            Writing::Titled(writer) => writer.end(now),
            Writing::Ticked(writer) => Ok(writer.end()),
        }
    }

    /// The summary that 支付宝 packs beside the bill; `None` for gateways without one.
    ///
    /// # Errors
    /// [`BuildError::Encoding`].
    pub fn summary(&self) -> Result<Option<Vec<u8>>, BuildError> {
        match &self.0 {
            Writing::Titled(writer) => writer.summary().map(Some),
            Writing::Ticked(_) => Ok(None),
        }
    }
}

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
    /// A line, by its number, is not text in the gateway's charset.
    Encoding(u64),
    /// A line, by its number, is longer than any real one.
    Long(u64),
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
            Self::Encoding(line) => write!(f, "line {line} is not text in the gateway's charset"),
            Self::Long(line) => write!(f, "line {line} is longer than any of a bill"),
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
    /// The bill is there, at a URL that belongs to the gateway.
    At(BillFile),
    /// There is no bill yet.
    NotYet,
    /// There is no bill of the day. Gateways that write none of a day without trades say so of it, and say the same of a
    /// day whose bill is not ready.
    Absent,
}
