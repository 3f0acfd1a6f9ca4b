//! Why a change of settings is refused.

use super::setting::{Key, Line};
use crate::sitting::consistency::{Misfit, Missing};
use crate::sitting::limit::Limit;
use crate::sitting::plan::SittingState;
use crate::sitting::window::Scope as Place;

/// Why a change is not made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChangeRefusal {
    /// No such sitting, setting or change for this member of staff.
    NotFound,
    /// Nothing differs from what is set.
    Nothing,
    /// The reason is missing.
    NoReason,
    /// Settings whose values are others than those that the form was made from.
    Meanwhile(Vec<Line>),
    /// Settings whose values are no longer those that the change set.
    UndoImpossible(Vec<Key>),
    /// A capacity below the number of taken seats (R15).
    BelowTaken(Key, i64),
    /// A pool that can't be removed: so many hold a seat of it or wait for one.
    PoolHeld(Key, i64),
    /// A setting that a limit of a place above does not allow.
    OutsideLimits(Key, Place, Limit),
    /// Dates that contradict each other.
    Misfit(Box<Misfit>),
    /// A place without any campus.
    PlaceUnknown(Key),
    /// Another campus that arranges a place's candidates, for which somebody else is responsible.
    CampusElsewhere(Key),
    /// A sitting in this state can't be changed like this.
    State(SittingState),
    /// The sitting can't be published yet.
    Missing(Vec<Missing>),
    /// Registrations exist, so the sitting stays published.
    Registered,
    /// The last exam is not over.
    NotOver,
    /// Something refers to the subject.
    SubjectUsed(Key),
    /// The arrangement of the campus is published.
    Arranged(Key),
    /// Only another person can decide.
    SamePerson,
    /// What was asked is so already: nothing is left to approve.
    AlreadySo,
    /// Already decided, or lapsed.
    Over,
    /// The time from which it is to hold has passed.
    FromPast,
    /// The stored change is not what was asked.
    Tampered,
}

impl ChangeRefusal {
    /// The public code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotFound => "not-found",
            Self::Nothing => "nothing-chosen",
            Self::NoReason | Self::CampusElsewhere(_) => "field-invalid",
            Self::Meanwhile(_) | Self::AlreadySo | Self::Tampered => "changed-meanwhile",
            Self::UndoImpossible(_) => "undo-impossible",
            Self::BelowTaken(..) | Self::PoolHeld(..) => "below-taken",
            Self::OutsideLimits(..) => "outside-limits",
            Self::Misfit(misfit) => misfit.why.code(),
            Self::PlaceUnknown(_) => "place-unknown",
            Self::State(_)
            | Self::Missing(_)
            | Self::Registered
            | Self::NotOver
            | Self::SubjectUsed(_)
            | Self::Arranged(_) => "sitting-state",
            Self::FromPast => "date-order",
            Self::SamePerson => "needs-second",
            Self::Over => "review-final",
        }
    }

    /// The setting that it is about, if it is about one.
    #[must_use]
    pub const fn key(&self) -> Option<&Key> {
        match self {
            Self::BelowTaken(key, _)
            | Self::PoolHeld(key, _)
            | Self::OutsideLimits(key, ..)
            | Self::PlaceUnknown(key)
            | Self::CampusElsewhere(key)
            | Self::SubjectUsed(key)
            | Self::Arranged(key) => Some(key),
            _ => None,
        }
    }
}
