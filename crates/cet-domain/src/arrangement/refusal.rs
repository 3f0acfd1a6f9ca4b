//! Why a unit is not arranged or published, as shown to the user.

use super::rules::ArrangeFault;
use super::settings::SettingFault;
use crate::words::codes::CampusCode;
use crate::words::time::Time;

/// The errors that an operator or a member of staff can cause in this module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ArrangeRefusal {
    /// Registration at one of its campuses has not closed (T1).
    NotClosed {
        /// The campus.
        campus: CampusCode,
        /// When it closes.
        closes: Time,
    },
    /// It is published: seats and ticket numbers are final.
    Published,
    /// There is no draft to publish.
    NothingDrawn,
    /// This many unpaid entries may still become paid; publishing now would leave them without a seat.
    Undecided(i64),
    /// Entries, accommodations or campuses have changed since the draft was drawn.
    Stale,
    /// Another oral subject of the same day has since been published with one of its batches and rooms.
    RoomTaken,
    /// The candidates of this campus are published under another arranging campus.
    ArrangedElsewhere(CampusCode),
    /// A setting of the campus is out of range.
    Setting(CampusCode, SettingFault),
    /// The draw is impossible.
    Impossible(ArrangeFault),
    /// Nobody asked that this draft be published, or the request has lapsed.
    NotAsked,
    /// Whoever asked can't be the second person.
    SamePerson,
    /// There is nothing to arrange at this place.
    NoUnit,
    /// More subjects of campuses than a page may arrange at once.
    TooMany(usize),
}

impl ArrangeRefusal {
    /// The stable code for scripts.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotClosed { .. } => "window-not-closed",
            Self::Published => "arrangement-published",
            Self::NothingDrawn => "arrangement-missing",
            Self::Undecided(_) => "entries-undecided",
            Self::Stale => "arrangement-stale",
            Self::RoomTaken => "room-taken",
            Self::ArrangedElsewhere(_) => "arranged-elsewhere",
            Self::Setting(..) => "setting-invalid",
            Self::Impossible(_) => "arrangement-impossible",
            Self::NotAsked => "not-asked",
            Self::SamePerson => "needs-second",
            Self::NoUnit => "place-unknown",
            Self::TooMany(_) => "too-many",
        }
    }
}

impl std::fmt::Display for ArrangeRefusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NotClosed { campus, closes } => {
                write!(f, "registration at campus {campus} closes only at {closes}")
            }
            Self::Published => f.write_str("published already, nothing was changed"),
            Self::NothingDrawn => f.write_str("there is no draft to publish: arrange first"),
            Self::Undecided(count) => {
                write!(
                    f,
                    "{count} unpaid entries may still be paid (hold, open order or collective payment): publish later"
                )
            }
            Self::Stale => f.write_str("entries or settings have changed since the draft: arrange again"),
            Self::RoomTaken => f.write_str("another subject has taken a batch and room: arrange again"),
            Self::ArrangedElsewhere(campus) => {
                write!(f, "the candidates of campus {campus} are published with another campus")
            }
            Self::Setting(campus, fault) => write!(f, "setting of campus {campus}: {fault}"),
            Self::Impossible(fault) => fault.fmt(f),
            Self::NotAsked => {
                f.write_str("nobody asked to publish this draft, or the request has lapsed: ask again")
            }
            Self::SamePerson => f.write_str("another person must agree to what you asked for"),
            Self::NoUnit => f.write_str("nothing is to be arranged at this place: name another campus"),
            Self::TooMany(most) => {
                write!(f, "more than {most} subjects of campuses: name a school, or use `cet arrange`")
            }
        }
    }
}

impl std::error::Error for ArrangeRefusal {}

/// Why an accommodation can't be set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AccommodateRefusal {
    /// Nobody with this student number has entered that subject, within the account's scope.
    NoEntry,
    /// Two candidates have this student number.
    Several,
    /// The seat is published already.
    Published,
    /// Somebody else changed it since the page was loaded.
    Meanwhile,
    /// A field of the form is missing or invalid.
    Field(&'static str),
    /// The settings of the arranging campus are out of range.
    Settings(ArrangeRefusal),
}

impl AccommodateRefusal {
    /// The code of `data-code`.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoEntry => "record-not-found",
            Self::Meanwhile => "changed-meanwhile",
            Self::Several | Self::Published | Self::Field(_) | Self::Settings(_) => "field-invalid",
        }
    }
}

/// Why rooms get no names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RoomNameRefusal {
    /// Nothing is arranged there, or not in the account's scope.
    NoUnit,
    /// Somebody else changed one of them since the page was loaded.
    Meanwhile,
    /// Tickets with another name may be printed already, and that their candidates are told is not confirmed.
    Unconfirmed,
}

impl RoomNameRefusal {
    /// The code of `data-code`.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::NoUnit => "not-found",
            Self::Meanwhile => "changed-meanwhile",
            Self::Unconfirmed => "not-checked",
        }
    }
}
