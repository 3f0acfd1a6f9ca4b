//! Statistics (S6): what a sitting adds up to at every place of the tree. A job counts all of it at once, in one
//! statement and so of one moment, and keeps the sums; pages read those of their place only.

pub mod jobs;
pub mod rollup;
pub mod store;
pub mod verify;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::words::time::Time;

/// Microseconds of a day.
pub(crate) const DAY_MICROS: i64 = 24 * 3_600 * 1_000_000;
/// China is UTC+8 all year.
pub(crate) const TO_CHINA_MICROS: i64 = 8 * 3_600 * 1_000_000;

/// The number of the day of China that a time is in.
#[must_use]
pub fn day_of(time: Time) -> i64 {
    time.micros().saturating_add(TO_CHINA_MICROS).div_euclid(DAY_MICROS)
}

/// When a day begins.
#[must_use]
pub fn day_begins(day: i64) -> Time {
    Time::from_micros(day.saturating_mul(DAY_MICROS).saturating_sub(TO_CHINA_MICROS))
}

/// The sums of a place. Amounts are in fen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sums {
    /// Live registrations of the place's own students.
    pub registrations: i64,
    /// Their paid entries.
    pub paid: i64,
    /// Their live entries that are not paid.
    pub unpaid: i64,
    /// What the paid entries cost.
    pub amount: i64,
    /// Money received, that of collective payments included.
    pub received: i64,
    /// Money that went back.
    pub refunded: i64,
    /// Seats of the place's campuses.
    pub capacity: i64,
    /// Seats that are taken.
    pub taken: i64,
}

impl Sums {
    /// Every sum, in the order of the columns.
    #[must_use]
    pub const fn all(&self) -> [i64; 8] {
        [
            self.registrations,
            self.paid,
            self.unpaid,
            self.amount,
            self.received,
            self.refunded,
            self.capacity,
            self.taken,
        ]
    }
}

/// The entries of one subject, and its seats.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfSubject {
    /// Number of paid ones.
    pub paid: i64,
    /// Number of live ones that are not paid.
    pub unpaid: i64,
    /// What the paid ones cost.
    pub amount: i64,
    /// Seats of the place's campuses.
    pub capacity: i64,
    /// Seats that are taken.
    pub taken: i64,
}

/// How many entries were made and paid on one day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfDay {
    /// Entries made, including those that ended since.
    pub entered: i64,
    /// Entries paid.
    pub paid: i64,
}

/// The money that came and went on one day by one way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfMoney {
    /// Received, in fen.
    pub received: i64,
    /// How many payments that were.
    pub payments: i64,
    /// Sent back, in fen.
    pub refunded: i64,
    /// How many refunds that were.
    pub refunds: i64,
}

/// The way of money that a school paid for its candidates together; the others are gateways.
pub const COLLECTIVE: &str = "collective";

/// What the sums of a place are made of. Days are numbered as by [`day_of`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Detail {
    /// By subject code.
    pub subjects: BTreeMap<String, OfSubject>,
    /// The last [`jobs::DAYS`] days.
    pub days: BTreeMap<i64, OfDay>,
    /// Every day with money, by gateway.
    pub money: BTreeMap<i64, BTreeMap<String, OfMoney>>,
}

/// The figures of one place.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// The sums.
    pub sums: Sums,
    /// What they are made of.
    pub detail: Detail,
}

#[cfg(test)]
mod tests;
