//! 编排: each paid entry gets a room, a seat and a ticket number (T1).
//!
//! A unit is one subject at one arranging campus; the candidates of other campuses may be arranged with it
//! (`arrange_as`). Once registration has closed at all of them, [`verbs::arrange`] draws the unit's seats from a seed
//! and stores them as its draft, as often as wanted; [`verbs::publish`] makes the draft final by one row. Whoever
//! becomes paid after that (late money within an order's deadline) gets a free seat by a further, late draw. The inputs
//! of the draw are stored with each seat (class, needs, order), so that [`verbs::replay`] can repeat the draw from the
//! recorded seeds and compare, on any machine and either database. Schools print the lists of published units
//! (`cet-site`), and may name its rooms ([`verbs::room_names`]): seats and numbers do not know of that.
//!
//! **Invariant (one seat):** a unit is published once, and each of its campuses belongs to one unit only. Enforced by
//! the primary keys of `arrangement_unit` and `arrangement_source` and the unique keys of `seat_assignment`; checked by
//! [`verify`].
//! Deliberately absent: the candidates' names and documents in the draw, and any change of a published seat.

pub mod bundle;
pub mod jobs;
pub mod lists;
pub mod plan;
pub mod refusal;
pub mod rules;
mod seat_plan;
pub mod settings;
pub mod store;
pub mod verbs;
pub mod verify;
pub mod whole;

use crate::record;
use crate::texts::Texts;
use crate::words::codes::{CampusCode, SchoolCode, SittingCode, SubjectCode};
use crate::words::ids::EntryId;
use crate::words::subject::Mode;

pub use refusal::{AccommodateRefusal, ArrangeRefusal, RoomNameRefusal};
pub use settings::Settings;

/// The unit of arrangement: a subject at the campus that arranges it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Unit {
    /// The arranging campus: ticket numbers begin with it.
    pub campus: CampusCode,
    /// The sitting.
    pub sitting: SittingCode,
    /// The sitting's year.
    pub year: i64,
    /// The half of the year.
    pub half: i64,
    /// The subject.
    pub subject: SubjectCode,
    /// Written or oral.
    pub mode: Mode,
}

impl Unit {
    /// The school under which the unit is stored.
    #[must_use]
    pub fn school(&self) -> SchoolCode {
        self.campus.school()
    }
}

impl std::fmt::Display for Unit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.campus, self.subject)
    }
}

/// Approved accommodations (合理便利): only candidates with the same ones may share a room.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Needs {
    /// 延长考试时间.
    pub extra_time: bool,
    /// 大字试卷.
    pub large_print: bool,
    /// 免除听力.
    pub hearing: bool,
}

impl Needs {
    /// The bit set in the database: 1 extra time, 2 large print, 4 hearing; also the order of rooms.
    #[must_use]
    pub fn number(self) -> i64 {
        let bit = |set: bool, value: i64| if set { value } else { 0 };
        bit(self.extra_time, 1) | bit(self.large_print, 2) | bit(self.hearing, 4)
    }

    /// As text for lists, joined by `、`; empty for none.
    #[must_use]
    pub fn words(self, t: &'static Texts) -> String {
        let named = [
            (self.extra_time, "arrangement-extra-time"),
            (self.large_print, "arrangement-large-print"),
            (self.hearing, "arrangement-hearing"),
        ];
        let words: Vec<&str> = named.into_iter().filter(|(set, _)| *set).map(|(_, key)| t.m(key)).collect();
        words.join(t.m("arrangement-and"))
    }

    /// Parses that bit set.
    #[must_use]
    pub fn from_number(number: i64) -> Option<Self> {
        let bit = |value: i64| number & value != 0;
        (0..8).contains(&number).then(|| Self { extra_time: bit(1), large_print: bit(2), hearing: bit(4) })
    }
}

crate::stored_as!(Needs, i64, |needs| crate::store::Value::Int(needs.number()), Needs::from_number);

/// A candidate for a seat, with the inputs of the draw.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// The home school, under which the entry is stored.
    pub school: SchoolCode,
    /// The paid entry.
    pub entry: EntryId,
    /// The class: the same number for the same campus, college, major, grade and class ([`rules::class_number`]).
    pub class: i64,
    /// Approved accommodations.
    pub needs: Needs,
}

record! {
    /// The seat of an entry, and its ticket number.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Assignment {
        /// The batch of an oral subject, from 1; 0 for a written one.
        pub session: i64,
        /// The room, from 1.
        pub room: i64,
        /// The seat, or the machine of an oral subject, from 1.
        pub seat: i64,
        /// 准考证号, 15 characters.
        pub ticket: String,
    }
}
