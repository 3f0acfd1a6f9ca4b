//! Why a lookup or binding is refused, as shown to the user (interface section 1).

use crate::words::time::Time;

/// The errors that a candidate can cause in this module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RegistrationRefusal {
    /// The current version of the agreement is not accepted (R2).
    AgreementNeeded,
    /// No student with this document and name; a wrong name is indistinguishable (TH8).
    RecordNotFound,
    /// Too many documents on one day, or too many releases: wait until this time (W2, W3).
    TooMany(Time),
    /// No record was looked up in this session, or it is no longer in the roster.
    NotLookedUp,
    /// The school has corrected the record since it was shown.
    RecordChanged,
    /// 我已检查并确认学籍与资格信息正确 is not ticked.
    NotChecked,
    /// Registration at the home campus has not opened; with the opening time, if set (R5).
    WindowNotOpen(Option<Time>),
    /// Registration at the home campus closed at this time.
    WindowClosed(Time),
    /// The student is bound to another passport (R6).
    StudentBound,
    /// The passport is bound to another student (R6).
    PassportBound,
    /// Somebody held this student before and let go, or the brakes are on: name and document are not enough (R24, W3). With
    /// whether a student number was typed that is not the student's.
    ProofNeeded(bool),
    /// Two people of the school found that this student is not this passport's (R24).
    DisputeDecided,
    /// The passport holds no registration of this sitting.
    NotBound,
}

impl RegistrationRefusal {
    /// The code of `data-code`.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::AgreementNeeded => "agreement-needed",
            Self::RecordNotFound => "record-not-found",
            Self::TooMany(_) => "too-many",
            Self::NotLookedUp => "not-looked-up",
            Self::RecordChanged => "record-changed",
            Self::NotChecked => "not-checked",
            Self::WindowNotOpen(_) => "window-not-open",
            Self::WindowClosed(_) => "window-closed",
            Self::StudentBound => "student-bound",
            Self::PassportBound => "passport-bound",
            Self::ProofNeeded(_) => "proof-needed",
            Self::DisputeDecided => "dispute-decided",
            Self::NotBound => "not-bound",
        }
    }

    /// When a retry makes sense, for `Retry-After`; only `too-many` has it.
    #[must_use]
    pub fn retry_at(&self) -> Option<Time> {
        match self {
            Self::TooMany(until) => Some(*until),
            Self::AgreementNeeded
            | Self::RecordNotFound
            | Self::NotLookedUp
            | Self::RecordChanged
            | Self::NotChecked
            | Self::WindowNotOpen(_)
            | Self::WindowClosed(_)
            | Self::StudentBound
            | Self::PassportBound
            | Self::ProofNeeded(_)
            | Self::DisputeDecided
            | Self::NotBound => None,
        }
    }
}
