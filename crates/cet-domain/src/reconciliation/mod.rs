//! Reconciliation (Y5): the daily bills of the gateways, compared with our receipts and refunds.
//!
//! A bill is uploaded by finance staff or fetched by a job, kept as it came, and compared by a job under a lease.
//! [`rules`] decides what is a difference; nothing is booked from a bill: what a gateway has and we have not is asked for
//! as every order is (`payment`). Each day of each gateway is signed by somebody who has not handled its differences.

pub mod bill;
pub mod fetch;
pub mod jobs;
pub mod refusal;
pub mod rules;
pub mod store;
#[cfg(test)]
mod tests;
pub mod verbs;
pub mod verify;
mod work;

use std::fmt;

use gateway::{CHINA, GatewayCode};
use jiff::civil::Date;

pub use self::refusal::ReconciliationRefusal;
use crate::store::DbError;
use crate::words::time::Time;

/// A day of bills, in China's time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(Date);

impl Day {
    /// Parses `2017-10-12`; nothing else, and no year in which no gateway has a bill.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::read(text).filter(|day| (1987..=2100).contains(&day.0.year()))
    }

    /// Reads the day of a row.
    fn read(text: &str) -> Option<Self> {
        let day: Date = text.parse().ok()?;
        (day.to_string() == text).then_some(Self(day))
    }

    /// The day of a moment.
    #[must_use]
    pub fn of(at: Time) -> Self {
        Self(CHINA.to_datetime(at.timestamp()).date())
    }

    /// As a date.
    #[must_use]
    pub const fn date(self) -> Date {
        self.0
    }

    /// Its first moment.
    #[must_use]
    pub fn begins(self) -> Time {
        let first = self.0.to_datetime(jiff::civil::Time::midnight());
        CHINA.to_timestamp(first).map_or_else(|_| Time::from_micros(0), Time::from)
    }

    /// The day after.
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0.tomorrow().unwrap_or(self.0))
    }

    /// The day before.
    #[must_use]
    pub fn before(self) -> Self {
        Self(self.0.yesterday().unwrap_or(self.0))
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A gateway's bill of one day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Of {
    /// The gateway.
    pub gateway: GatewayCode,
    /// The day.
    pub day: Day,
}

impl Of {
    /// Reads the key of a row.
    pub(crate) fn read(gateway: &str, day: &str) -> Result<Self, DbError> {
        let gateway = GatewayCode::parse(gateway).ok_or(DbError::Decode("gateway"))?;
        Ok(Self { gateway, day: Day::read(day).ok_or(DbError::Decode("day"))? })
    }
}

/// What a difference is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// We booked money that the bill does not have.
    OursOnly,
    /// The bill has money for an order of ours that we did not book.
    TheirsOnly,
    /// Both have it, with different sums.
    Sum,
    /// The bill has more than one payment of an order.
    Twice,
    /// A payment for an order that we do not have.
    UnknownOrder,
    /// A refund of ours that the bill does not have.
    RefundMissing,
    /// A refund of the bill that we do not have.
    RefundExtra,
    /// Bill and receipt agree, but the receipt is not divided among entries and refunds.
    Entries,
}

impl Class {
    /// All of them, in the order in which pages show them.
    pub const ALL: [Self; 8] = [
        Self::TheirsOnly,
        Self::OursOnly,
        Self::Sum,
        Self::Twice,
        Self::UnknownOrder,
        Self::RefundMissing,
        Self::RefundExtra,
        Self::Entries,
    ];

    /// The name in the database and in queries.
    #[must_use]
    pub const fn wire(self) -> &'static str {
        match self {
            Self::OursOnly => "ours-only",
            Self::TheirsOnly => "theirs-only",
            Self::Sum => "sum",
            Self::Twice => "twice",
            Self::UnknownOrder => "unknown-order",
            Self::RefundMissing => "refund-missing",
            Self::RefundExtra => "refund-extra",
            Self::Entries => "entries",
        }
    }

    /// Parses a class.
    #[must_use]
    pub fn from_wire(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|class| class.wire() == text)
    }

    /// Whether the gateway's answer can make our books agree with the bill (补记账).
    #[must_use]
    pub const fn can_be_booked(self) -> bool {
        matches!(self, Self::TheirsOnly | Self::RefundExtra)
    }
}

/// What somebody decides about a difference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// It is explained: no money moves.
    Explained,
    /// Somebody goes on with it.
    Follow,
    /// 补记账: the gateway is asked, and its answer is booked.
    Booked,
}

impl Decision {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Explained, Self::Follow, Self::Booked];

    /// The name in forms and in the database.
    #[must_use]
    pub const fn wire(self) -> &'static str {
        match self {
            Self::Explained => "explained",
            Self::Follow => "follow",
            Self::Booked => "booked",
        }
    }

    /// Parses a decision.
    #[must_use]
    pub fn from_wire(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|decision| decision.wire() == text)
    }
}
