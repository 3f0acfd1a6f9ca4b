//! Why a collective payment is refused, as shown to staff.

use crate::words::time::Time;

/// The errors that staff can cause in this module.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CollectiveRefusal {
    /// The scope has none with this id (TH21, TH22).
    NotFound,
    /// None of the chosen entries can be paid by the school.
    NothingChosen,
    /// More entries than one collective payment may have.
    TooMany,
    /// The number or sum of the entries has changed since the confirmation page was shown.
    Changed,
    /// It was already confirmed or released.
    Settled,
    /// Its time limit has passed: it is released automatically.
    TimeUp(Time),
    /// A subject that the sitting does not have.
    SubjectUnknown,
}

impl CollectiveRefusal {
    /// The code of `data-code`.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::NotFound => "not-found",
            Self::NothingChosen => "nothing-chosen",
            Self::Changed => "changed-meanwhile",
            Self::TooMany | Self::Settled | Self::TimeUp(_) | Self::SubjectUnknown => "field-invalid",
        }
    }
}
