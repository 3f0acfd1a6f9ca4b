//! Why a collective payment is refused, as staff are told.

use crate::words::time::Time;

/// What staff can cause in this room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CollectiveRefusal {
    /// There is none of this id in the scope (TH21, TH22).
    NotFound,
    /// Nothing that was asked for can be paid by the school.
    NothingChosen,
    /// More than one collective payment may hold.
    TooMany,
    /// Since the confirmation page was shown, number or sum of the entries have changed.
    Changed,
    /// It was confirmed or released before.
    Settled,
    /// Its time limit is over: it unlocks itself.
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
