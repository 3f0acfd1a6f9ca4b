//! Why an entry can't be made, cancelled or paid, as shown to the user (interface section 1).

use crate::words::codes::{CampusCode, SubjectCode};
use crate::words::ids::OrderId;
use crate::words::time::Time;

/// The errors that a candidate can cause in this module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EntryRefusal {
    /// No subject was ticked.
    NothingChosen,
    /// The passport holds no registration of this sitting.
    NotBound,
    /// The subject is not among the 资格科目 (R4).
    NotEligible(SubjectCode),
    /// Another written subject of the same level is entered or ticked: 同级别科目只能报考1科 (R8).
    LevelTaken {
        /// The subject that can't be entered.
        subject: SubjectCode,
        /// The conflicting subject.
        other: SubjectCode,
    },
    /// No seat is left (R12).
    PoolFull(SubjectCode),
    /// The campus does not offer the subject on this page.
    PoolUnknown(SubjectCode),
    /// The oral subject needs a written one that is not entered or, when paying, neither paid nor paid with it (R10).
    OralNeedsWritten(SubjectCode),
    /// The candidate may not take the oral test at this campus (R11).
    OralCampusNotAllowed(CampusCode),
    /// The exam's date is not set (R10).
    DateUnset(SubjectCode),
    /// The fee is not set, or is zero (R10).
    FeeUnset(SubjectCode),
    /// The subject is already entered.
    AlreadyEntered(SubjectCode),
    /// Registration at the campus has not opened; with the opening time, if set.
    WindowNotOpen(Option<Time>),
    /// Registration at the campus closed at this time.
    WindowClosed(Time),
    /// An open order pays for the entry: it must be paid or closed first (Y1).
    OrderOpen(OrderId),
    /// The entry is paid (R13).
    EntryPaid,
    /// A collective payment of the school locks the entry (R13, Y6).
    EntryLocked,
    /// The student is registered elsewhere: at another school, or at this very moment.
    HeldElsewhere,
    /// The candidate has no such live entry.
    NotFound,
    /// The subject was held several times without payment: it can't be entered before this time (TH44).
    CoolingDown {
        /// The subject.
        subject: SubjectCode,
        /// From when it may be entered again.
        until: Time,
    },
}

impl EntryRefusal {
    /// The code of `data-code`.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NothingChosen => "nothing-chosen",
            Self::NotBound => "not-bound",
            Self::NotEligible(_) => "not-eligible",
            Self::LevelTaken { .. } => "level-taken",
            Self::PoolFull(_) => "pool-full",
            Self::PoolUnknown(_) => "pool-unknown",
            Self::OralNeedsWritten(_) => "oral-needs-written",
            Self::OralCampusNotAllowed(_) => "oral-campus-not-allowed",
            Self::DateUnset(_) => "date-unset",
            Self::FeeUnset(_) => "fee-unset",
            Self::AlreadyEntered(_) => "already-entered",
            Self::WindowNotOpen(_) => "window-not-open",
            Self::WindowClosed(_) => "window-closed",
            Self::OrderOpen(_) => "order-open",
            Self::EntryPaid => "entry-paid",
            Self::EntryLocked => "entry-locked",
            Self::HeldElsewhere => "student-bound",
            Self::NotFound => "not-found",
            Self::CoolingDown { .. } => "too-many",
        }
    }

    /// When a retry makes sense, for `Retry-After`; only `too-many` has it.
    #[must_use]
    pub fn retry_at(&self) -> Option<Time> {
        match self {
            Self::CoolingDown { until, .. } => Some(*until),
            Self::NothingChosen
            | Self::NotBound
            | Self::NotEligible(_)
            | Self::LevelTaken { .. }
            | Self::PoolFull(_)
            | Self::PoolUnknown(_)
            | Self::OralNeedsWritten(_)
            | Self::OralCampusNotAllowed(_)
            | Self::DateUnset(_)
            | Self::FeeUnset(_)
            | Self::AlreadyEntered(_)
            | Self::WindowNotOpen(_)
            | Self::WindowClosed(_)
            | Self::OrderOpen(_)
            | Self::EntryPaid
            | Self::EntryLocked
            | Self::HeldElsewhere
            | Self::NotFound => None,
        }
    }
}
