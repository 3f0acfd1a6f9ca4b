//! 候补: places in the lines of full pools (R16), their order, and what is told of them.
//!
//! A registration waits for a subject once: at its own campus, or for an oral subject at up to three campuses, the wanted
//! one first. Each of these pools gives it a number of its own line ([`seat_pool::line`](crate::seat_pool::line)); the
//! least number is the first. Joining, leaving and handing out seats are the [`handout`](crate::handout) module's; entries
//! end a place when the candidate enters by another way ([`verbs::end`]).
//!
//! **Invariant (line):** `waiting` of a pool = its rows of `standby_wish` = the places that wait there, at every commit.
//! **Invariant (lock):** a place is only changed under the lock of its registration's row (`docs/locking.md`).
//! Deliberately absent: entries, mails.

pub mod rules;
pub mod store;
pub mod verbs;
pub mod verify;

use crate::record;
use crate::seat_pool::PoolKey;
use crate::store::{Column, DbError, Row, Value};
use crate::stored_as;
use crate::words::codes::{CampusCode, SittingCode, SubjectCode};
use crate::words::ids::StandbyId;
use crate::words::subject::{Level, Mode};
use crate::words::time::Time;

/// Why a place in line ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EndedFor {
    /// A seat was given.
    Given,
    /// The candidate left.
    Left,
    /// The candidate entered the subject, or another one of its level, by another way.
    Entered,
    /// The line closed, as it does shortly before registration (R16).
    Closed,
    /// When the turn came, the rules did not allow the subject any more; or a dispute let the registration go (R24).
    Refused,
}

impl EndedFor {
    const ALL: [Self; 5] = [Self::Given, Self::Left, Self::Entered, Self::Closed, Self::Refused];

    /// The name in the database.
    #[must_use]
    pub const fn wire(self) -> &'static str {
        match self {
            Self::Given => "given",
            Self::Left => "left",
            Self::Entered => "entered",
            Self::Closed => "closed",
            Self::Refused => "refused",
        }
    }

    fn from_wire(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|why| why.wire() == text)
    }
}

stored_as!(EndedFor, String, |why| Value::Text(why.wire()), |raw| EndedFor::from_wire(&raw));

/// A campus that is waited for, and the number in its line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wish {
    /// The campus.
    pub campus: CampusCode,
    /// The number: who has a smaller one is before.
    pub number: i64,
}

/// The campuses that a place waits for, the wanted one first; stored as `993010:17;991010:4`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wishes(pub Vec<Wish>);

impl Wishes {
    /// The text in the database.
    #[must_use]
    pub fn text(&self) -> String {
        let one = |wish: &Wish| format!("{}:{}", wish.campus, wish.number);
        self.0.iter().map(one).collect::<Vec<_>>().join(";")
    }

    /// Reads what [`text`](Self::text) wrote.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let one = |part: &str| {
            let (campus, number) = part.split_once(':')?;
            Some(Wish { campus: CampusCode::parse(campus).ok()?, number: number.parse().ok()? })
        };
        text.split(';').map(one).collect::<Option<Vec<_>>>().map(Self)
    }
}

impl Column for Wishes {
    fn read(row: &Row<'_>, index: usize) -> Result<Self, DbError> {
        let text: String = row.get(index)?;
        Self::parse(&text).ok_or(DbError::Decode("campuses that are waited for"))
    }

    fn read_opt(row: &Row<'_>, index: usize) -> Result<Option<Self>, DbError> {
        let text: Option<String> = row.get(index)?;
        text.map(|text| Self::parse(&text).ok_or(DbError::Decode("campuses that are waited for"))).transpose()
    }
}

record! {
    /// A place in line that still waits.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Standby {
        /// Its id.
        pub id: StandbyId,
        /// Its sitting.
        pub sitting: SittingCode,
        /// The subject.
        pub subject: SubjectCode,
        /// Written or oral.
        pub mode: Mode,
        /// The subject's level.
        pub level: Level,
        /// Where, the wanted campus first.
        pub wishes: Wishes,
        /// Since when.
        pub joined_at: Time,
    }
}

impl Standby {
    /// The pool of a campus that it waits for.
    #[must_use]
    pub fn pool(&self, campus: CampusCode) -> PoolKey {
        PoolKey { campus, sitting: self.sitting.clone(), subject: self.subject }
    }

    /// The pools that it waits for.
    #[must_use]
    pub fn pools(&self) -> Vec<PoolKey> {
        self.wishes.0.iter().map(|wish| self.pool(wish.campus)).collect()
    }

    /// The campuses, the wanted one first.
    #[must_use]
    pub fn campuses(&self) -> Vec<CampusCode> {
        self.wishes.0.iter().map(|wish| wish.campus).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// R16.
    #[test]
    fn the_campuses_of_a_place_are_read_back_in_the_candidates_order() {
        let wish = |campus: &str, number| Wish { campus: CampusCode::parse(campus).unwrap(), number };
        let wishes = Wishes(vec![wish("993010", 17), wish("991010", 4)]);
        assert_eq!(wishes.text(), "993010:17;991010:4");
        assert_eq!(Wishes::parse(&wishes.text()), Some(wishes));
        for text in ["", "993010", "993010:", "993010:x", "9:1", "993010:1;"] {
            assert_eq!(Wishes::parse(text), None, "{text}");
        }
    }
}
