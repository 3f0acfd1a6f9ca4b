//! Why a dispute, or a decision about one, is not accepted, as shown to the user.

use crate::words::time::Time;

/// The errors that a candidate or staff can cause in this module.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DisputeRefusal {
    /// No record was looked up in this session, or it is no longer in the roster.
    NotLookedUp,
    /// This field of the form is empty or wrong.
    Wrong(&'static str),
    /// The passport holds another student.
    PassportBound,
    /// Staff: the claimant's passport holds another student by now, so nothing can move to it.
    ClaimantBound,
    /// Staff: the claimant's account was closed, so nothing can move to it.
    ClaimantGone,
    /// Nobody else holds the student: there is nothing to dispute.
    Free,
    /// Another dispute of this passport about this student waits already.
    Open,
    /// Too many disputes: wait until this time.
    TooMany(Time),
    /// Staff: none with this id in the scope.
    NotFound,
    /// Staff: it, the registration or its money has changed since the page was loaded.
    Changed,
    /// Staff: it is over, or nothing was decided, or the decision has lapsed.
    Over,
    /// Staff: whoever decided can't approve, under whatever account; nor can a lower place.
    NeedsSecond,
    /// Staff: the gateway has not said what became of an open order of the holder.
    OrderOpen,
    /// Staff: an exam of the registration has begun: it can't be let go, only moved.
    Begun,
    /// Staff: a collective payment stands in the way.
    Locked,
}

impl DisputeRefusal {
    /// The code of `data-code`.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::NotLookedUp => "not-looked-up",
            Self::Wrong(_) => "field-invalid",
            Self::PassportBound | Self::ClaimantBound => "passport-bound",
            Self::Open => "dispute-open",
            Self::TooMany(_) => "too-many",
            Self::NotFound => "not-found",
            Self::ClaimantGone | Self::Free | Self::Changed | Self::Over => "changed-meanwhile",
            Self::NeedsSecond => "needs-second",
            Self::OrderOpen => "order-open",
            Self::Begun => "not-eligible",
            Self::Locked => "entry-locked",
        }
    }

    /// For `Retry-After`.
    #[must_use]
    pub const fn retry_at(self) -> Option<Time> {
        match self {
            Self::TooMany(until) => Some(until),
            _ => None,
        }
    }
}
