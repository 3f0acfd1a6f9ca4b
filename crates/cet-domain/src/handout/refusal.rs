//! Why somebody can't join a line, as shown to the user (interface section 1).

use crate::entry::EntryRefusal;
use crate::words::codes::{CampusCode, SubjectCode};
use crate::words::time::Time;

/// The errors that a candidate can cause in this module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StandbyRefusal {
    /// The subject could not be entered there, whatever seats there are; or nothing was chosen, or nobody is bound.
    Entry(EntryRefusal),
    /// A seat is free: it can be entered at once.
    SeatFree(CampusCode),
    /// The candidate waits for this subject already, at other campuses: leaving comes first.
    AlreadyWaiting(SubjectCode),
    /// An oral subject is waited for at three campuses at most.
    TooManyCampuses,
    /// The line is closed since then, as registration closes soon.
    LineClosed(Time),
    /// The candidate has no such place in line.
    NotFound,
}

impl StandbyRefusal {
    /// The code of `data-code`.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Entry(why) => why.code(),
            Self::SeatFree(_) => "seat-free",
            Self::AlreadyWaiting(_) => "already-waiting",
            Self::TooManyCampuses => "too-many-campuses",
            Self::LineClosed(_) => "line-closed",
            Self::NotFound => "not-found",
        }
    }

    /// When a retry makes sense, for `Retry-After`.
    #[must_use]
    pub fn retry_at(&self) -> Option<Time> {
        match self {
            Self::Entry(why) => why.retry_at(),
            Self::SeatFree(_)
            | Self::AlreadyWaiting(_)
            | Self::TooManyCampuses
            | Self::LineClosed(_)
            | Self::NotFound => None,
        }
    }
}

impl From<EntryRefusal> for StandbyRefusal {
    fn from(why: EntryRefusal) -> Self {
        Self::Entry(why)
    }
}
