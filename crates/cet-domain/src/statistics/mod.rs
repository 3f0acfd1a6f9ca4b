//! Statistics (S6): what a sitting adds up to at every place of the tree. A job counts all of it at once, in one
//! statement and so of one moment, and keeps the sums; pages read those of their place only.

pub mod forecast;
pub mod jobs;
pub mod rollup;
pub mod share;
pub mod store;
pub mod verify;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::words::time::Time;

/// Microseconds of a day.
pub(crate) const DAY_MICROS: i64 = 24 * 3_600 * 1_000_000;
/// Microseconds of an hour.
pub(crate) const HOUR_MICROS: i64 = 3_600 * 1_000_000;
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

/// The number of the hour of China that a time is in.
#[must_use]
pub fn hour_of(time: Time) -> i64 {
    time.micros().saturating_add(TO_CHINA_MICROS).div_euclid(HOUR_MICROS)
}

/// When an hour begins.
#[must_use]
pub fn hour_begins(hour: i64) -> Time {
    Time::from_micros(hour.saturating_mul(HOUR_MICROS).saturating_sub(TO_CHINA_MICROS))
}

/// The first day and the first hour of which a count has numbers of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Since {
    /// The number of the day.
    pub day: i64,
    /// The number of the hour.
    pub hour: i64,
}

impl Since {
    /// Every day since registration opened, since the next sitting is estimated by how this one went, and at least those that
    /// pages show; the last hours.
    #[must_use]
    pub fn of(opens: Option<Time>, now: Time) -> Self {
        let shown = day_of(now).saturating_sub(jobs::DAYS).saturating_add(1);
        Self {
            day: opens.map_or(shown, |opens| day_of(opens).min(shown)),
            hour: hour_of(now).saturating_sub(jobs::HOURS).saturating_add(1),
        }
    }
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
#[serde(default)]
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
    /// Seats of these that were taken in the last [`PACE_HOURS`].
    pub pace: i64,
}

/// What was done on one day, or in one hour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct OfDay {
    /// Registrations saved, including those that were released since.
    pub saved: i64,
    /// Entries made, including those that ended since.
    pub entered: i64,
    /// Entries paid.
    pub paid: i64,
}

/// How far the candidates of a place have come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct OfPeople {
    /// Of the nation: passports that have logged in for the sitting and accepted its agreement. Before a student is found a
    /// passport belongs to no place.
    pub agreed: i64,
    /// Those with an entry.
    pub entered: i64,
    /// Those of them with nothing left to pay.
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

impl OfMoney {
    /// Adds the money of the same day and way of another sitting.
    pub const fn add(&mut self, other: Self) {
        self.received = self.received.saturating_add(other.received);
        self.payments = self.payments.saturating_add(other.payments);
        self.refunded = self.refunded.saturating_add(other.refunded);
        self.refunds = self.refunds.saturating_add(other.refunds);
    }
}

/// What was done for subjects of one mode, by day and by hour. Nobody saves a registration for a mode.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct OfMode {
    /// As [`Detail::days`].
    pub days: BTreeMap<i64, OfDay>,
    /// As [`Detail::hours`].
    pub hours: BTreeMap<i64, OfDay>,
    /// Candidates with an entry of the mode, and those with nothing left to pay of it.
    pub people: OfPeople,
}

/// The hours by which a pool's pace is told.
pub const PACE_HOURS: i64 = 2;

/// The way of money that a school paid for its candidates together; the others are gateways.
pub const COLLECTIVE: &str = "collective";

/// The way of refunds that finance paid outside the system: no gateway's bill has them.
pub const BY_HAND: &str = "by-hand";

/// What the sums of a place are made of. Days are numbered as by [`day_of`], hours as by [`hour_of`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Detail {
    /// By subject code.
    pub subjects: BTreeMap<String, OfSubject>,
    /// The days since [`Detail::since`].
    pub days: BTreeMap<i64, OfDay>,
    /// The last [`jobs::HOURS`] hours.
    pub hours: BTreeMap<i64, OfDay>,
    /// The same for the subjects of a mode, by its name in the database.
    pub modes: BTreeMap<String, OfMode>,
    /// Candidates by how far they have come.
    pub people: OfPeople,
    /// The first of the days; `None` where a program of the version before counted, which kept the last two weeks only.
    pub since: Option<i64>,
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
