//! The arrangement settings of a campus: room sizes, machines, oral batches of a day, the format of oral tickets.

use serde::{Deserialize, Serialize};

use super::rules::numbers::OralTicket;

/// 尾考场: how the candidates that do not fill a room are seated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Tail {
    /// In a smaller last room.
    #[default]
    Short,
    /// The last two rooms share the rest evenly.
    Balanced,
    /// In the last full room if it has enough spare seats, else in a smaller one.
    Merged,
}

impl Tail {
    /// Parses the name in the database.
    #[must_use]
    pub fn from_wire(text: &str) -> Option<Self> {
        [("short", Self::Short), ("balanced", Self::Balanced), ("merged", Self::Merged)]
            .into_iter()
            .find_map(|(name, tail)| (name == text).then_some(tail))
    }
}

/// The settings of one arranging campus. They are recorded with each arrangement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Seats of a written room, 1 to 99.
    pub room_size: usize,
    /// Columns of seats in a written room; seats are numbered in serpentines down and up the columns.
    pub columns: usize,
    /// How the last room is filled.
    pub tail: Tail,
    /// Extra seats beyond `room_size` for a merged tail.
    pub spare_seats: usize,
    /// Rooms with machines for oral subjects, 1 to 99.
    pub oral_rooms: usize,
    /// Machines per room, 1 to 99.
    pub machines: usize,
    /// Start times of a day's oral batches, in minutes after midnight, ascending.
    pub sessions: Vec<i64>,
    /// The format of oral ticket numbers.
    pub oral_ticket: OralTicket,
}

/// The most seats of a room, spare ones included: a ticket number has two digits for the seat.
const MOST_SEATS: usize = 99;
/// The most batches of a day: an oral ticket number has two digits for the batch.
const MOST_SESSIONS: usize = 99;
pub(crate) use crate::sitting::hours::SESSION_MINUTES;

impl Default for Settings {
    /// Rooms of 30 in 5 columns; 30 machines; 11 batches from 8:30 to 17:45 (facts 1.2).
    fn default() -> Self {
        Self {
            room_size: 30,
            columns: 5,
            tail: Tail::Short,
            spare_seats: 0,
            oral_rooms: 1,
            machines: 30,
            sessions: vec![510, 555, 600, 645, 690, 810, 855, 900, 945, 990, 1_035],
            oral_ticket: OralTicket::default(),
        }
    }
}

/// A setting that is out of range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SettingFault {
    /// Its name.
    pub what: &'static str,
    /// The expected value.
    pub expected: &'static str,
}

impl std::fmt::Display for SettingFault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: expected {}", self.what, self.expected)
    }
}

impl Settings {
    /// The same settings, if all are in range.
    ///
    /// # Errors
    /// The first [`SettingFault`].
    pub fn checked(self) -> Result<Self, SettingFault> {
        let fault = |what, expected| Err(SettingFault { what, expected });
        if !(1..=MOST_SEATS).contains(&self.room_size) {
            return fault("room_size", "1 to 99");
        }
        if !(1..=self.room_size).contains(&self.columns) {
            return fault("columns", "1 to the seats of a room");
        }
        if self.room_size.saturating_add(self.spare_seats) > MOST_SEATS {
            return fault("spare_seats", "at most 99 seats with them");
        }
        if !(1..=99).contains(&self.oral_rooms) {
            return fault("oral_rooms", "1 to 99");
        }
        if !(1..=99).contains(&self.machines) {
            return fault("machines", "1 to 99");
        }
        if self.oral_rooms.saturating_mul(self.machines) > 999 {
            return fault("oral_rooms", "at most 999 machines in all");
        }
        let rising = self
            .sessions
            .iter()
            .zip(self.sessions.iter().skip(1))
            .all(|(earlier, later)| earlier.saturating_add(SESSION_MINUTES) <= *later);
        let of_a_day = self.sessions.iter().all(|start| (0..=1_410).contains(start));
        if self.sessions.is_empty() || self.sessions.len() > MOST_SESSIONS || !rising || !of_a_day {
            return fault(
                "oral_sessions",
                "1 to 99 times of a day, rising, each half an hour after the last",
            );
        }
        Ok(self)
    }

    /// The text that is stored with an arrangement.
    #[must_use]
    pub fn recorded(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Parses a stored text.
    #[must_use]
    pub(crate) fn from_recorded(text: &str) -> Option<Self> {
        serde_json::from_str::<Self>(text).ok()?.checked().ok()
    }

    /// These settings with the number of oral rooms of `now`, if that is greater. Nothing else may change after the
    /// publication: sizes and times are part of ticket numbers.
    #[must_use]
    pub(crate) fn with_more_rooms(self, now: &Self) -> Self {
        let more = Self { oral_rooms: self.oral_rooms.max(now.oral_rooms), ..self.clone() };
        more.checked().unwrap_or(self)
    }

    /// The most candidates in one room at the same time.
    #[must_use]
    pub(crate) fn most_in_a_room(&self, mode: crate::words::subject::Mode) -> usize {
        match mode {
            crate::words::subject::Mode::Written => self.room_size.saturating_add(self.spare_seats),
            crate::words::subject::Mode::Oral => self.machines,
        }
    }
}

/// Parses the start times of batches, as `08:30;09:15`.
#[must_use]
pub fn parse_sessions(text: &str) -> Option<Vec<i64>> {
    text.split(';')
        .map(|start| {
            let (hour, minute) = start.trim().split_once(':')?;
            let (hour, minute): (i64, i64) = (hour.parse().ok()?, minute.parse().ok()?);
            let good = (0..24).contains(&hour) && (0..60).contains(&minute);
            good.then(|| hour.saturating_mul(60).saturating_add(minute))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_settings_keep_their_own_limits_and_are_read_back() {
        let settings = Settings::default().checked().unwrap();
        assert_eq!(Settings::from_recorded(&settings.recorded()), Some(settings));
    }

    #[test]
    fn the_shipped_grid_is_eleven_batches_of_one_day() {
        let grid = "08:30;09:15;10:00;10:45;11:30;13:30;14:15;15:00;15:45;16:30;17:15";
        assert_eq!(parse_sessions(grid), Some(Settings::default().sessions));
    }

    #[test]
    fn settings_out_of_their_limits_are_refused_by_name() {
        let fault = |change: fn(&mut Settings)| {
            let mut settings = Settings::default();
            change(&mut settings);
            settings.checked().unwrap_err().what
        };
        assert_eq!(fault(|s| s.room_size = 100), "room_size");
        assert_eq!(fault(|s| s.room_size = 0), "room_size");
        assert_eq!(fault(|s| s.columns = 0), "columns");
        assert_eq!(fault(|s| s.spare_seats = 70), "spare_seats");
        assert_eq!(fault(|s| s.machines = 0), "machines");
        assert_eq!(fault(|s| s.oral_rooms = 50), "oral_rooms");
        assert_eq!(fault(|s| s.sessions = vec![600, 610]), "oral_sessions");
        assert_eq!(fault(|s| s.sessions = Vec::new()), "oral_sessions");
        for text in ["", "8", "24:00", "08:60", "08:30;"] {
            assert_eq!(parse_sessions(text), None, "{text}");
        }
    }
}
