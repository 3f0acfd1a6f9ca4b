//! Places in the line, and how far it has moved.

/// A place in the line; the lesser goes first.
///
/// Who had come before the opening is ordered by chance alone, and before all who came after it; these are ordered by the
/// second in which they came, and within a second by chance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// When its holder came, in seconds since 1970; [`Place::DRAWN`] for all who came before the opening.
    pub second: i64,
    /// The draw: uniform, and unknown before the opening.
    pub tie: u64,
}

impl Place {
    /// The second of all who came before the opening.
    pub const DRAWN: i64 = i64::MIN;

    /// The place of somebody who came before the opening.
    #[must_use]
    pub const fn drawn(tie: u64) -> Self {
        Self { second: Self::DRAWN, tie }
    }

    /// The place of somebody who came in this second.
    #[must_use]
    pub const fn at(second: i64, tie: u64) -> Self {
        Self { second, tie }
    }
}

/// The last admitted place of a line. The default admits nobody.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Frontier(Option<Place>);

impl Frontier {
    /// A frontier at this place.
    #[must_use]
    pub const fn at(place: Place) -> Self {
        Self(Some(place))
    }

    /// The last admitted place.
    #[must_use]
    pub const fn place(self) -> Option<Place> {
        self.0
    }

    /// Whether the place is admitted.
    #[must_use]
    pub(crate) fn admits(self, place: Place) -> bool {
        self.0.is_some_and(|last| place <= last)
    }

    /// The farther one of both: a frontier never moves back, so nobody who was admitted is sent away.
    #[must_use]
    pub(crate) fn farther(self, other: Self) -> Self {
        Self(self.0.max(other.0))
    }
}
