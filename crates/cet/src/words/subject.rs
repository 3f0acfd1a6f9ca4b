//! What kinds of subject there are: written or oral, of level 4 or 6.

/// How a subject is examined.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mode {
    /// 笔试.
    Written,
    /// 口试.
    Oral,
}

impl Mode {
    /// The name in files and in the database, as `written`.
    #[must_use]
    pub fn wire(self) -> &'static str {
        match self {
            Self::Written => "written",
            Self::Oral => "oral",
        }
    }

    /// Reads the name that files and the database use.
    #[must_use]
    pub fn from_wire(text: &str) -> Option<Self> {
        [Self::Written, Self::Oral].into_iter().find(|mode| mode.wire() == text)
    }
}

/// Of one level only one subject can be entered, because a level is half a day (R8).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// 四级, in the morning.
    Four,
    /// 六级, in the afternoon.
    Six,
}

impl Level {
    /// The number in files and in the database.
    #[must_use]
    pub fn number(self) -> i64 {
        match self {
            Self::Four => 4,
            Self::Six => 6,
        }
    }

    /// Reads the number that files and the database use.
    #[must_use]
    pub fn from_number(number: i64) -> Option<Self> {
        [Self::Four, Self::Six].into_iter().find(|level| level.number() == number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modes_and_levels_are_read_back_as_written() {
        for mode in [Mode::Written, Mode::Oral] {
            assert_eq!(Mode::from_wire(mode.wire()), Some(mode));
        }
        for level in [Level::Four, Level::Six] {
            assert_eq!(Level::from_number(level.number()), Some(level));
        }
        assert_eq!(Mode::from_wire("Written"), None);
        assert_eq!(Level::from_number(5), None);
    }
}
