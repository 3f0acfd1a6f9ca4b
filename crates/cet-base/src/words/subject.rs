//! Kinds of subject: written or oral, and its level.

use crate::store::Value;
use crate::stored_as;

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

    /// Parses the name that files and the database use.
    #[must_use]
    pub fn from_wire(text: &str) -> Option<Self> {
        [Self::Written, Self::Oral].into_iter().find(|mode| mode.wire() == text)
    }
}

/// 四级 or 六级: only one subject of a level can be entered, because a level takes half a day (R8). A sitting may define
/// more levels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Level(i64);

impl Level {
    /// 四级, in the morning.
    pub const FOUR: Self = Self(4);
    /// 六级, in the afternoon.
    pub const SIX: Self = Self(6);

    /// Parses a level of 1 to 9, as in files and the database.
    #[must_use]
    pub fn from_number(number: i64) -> Option<Self> {
        (1..=9).contains(&number).then_some(Self(number))
    }

    /// The number in files and in the database.
    #[must_use]
    pub fn number(self) -> i64 {
        self.0
    }
}

stored_as!(Mode, String, |mode| Value::Text(mode.wire()), |raw| Mode::from_wire(&raw));
stored_as!(Level, i64, |level| Value::Int(level.number()), Level::from_number);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modes_and_levels_are_read_back_as_written() {
        for mode in [Mode::Written, Mode::Oral] {
            assert_eq!(Mode::from_wire(mode.wire()), Some(mode));
        }
        for level in [Level::FOUR, Level::SIX] {
            assert_eq!(Level::from_number(level.number()), Some(level));
        }
        assert_eq!(Mode::from_wire("Written"), None);
        assert_eq!(Level::from_number(0), None);
        assert_eq!(Level::from_number(10), None);
    }
}
