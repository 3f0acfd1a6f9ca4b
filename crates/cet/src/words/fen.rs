//! Money.

use std::fmt;

/// An amount of money in whole fen (1/100 yuan), never negative. Source: requirements Y1, interface section 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fen(i64);

/// Why a number or a text is no amount of money.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FenError {
    /// Below zero.
    Negative,
    /// Above [`Fen::MAX`].
    TooLarge,
    /// Not yuan with at most two decimals.
    NotYuan,
}

impl Fen {
    /// Nothing.
    pub const ZERO: Self = Self(0);
    /// One million yuan: far above any fee, far below overflow when thousands are summed.
    pub const MAX: Self = Self(100_000_000);

    /// An amount from a number of fen.
    ///
    /// # Errors
    /// [`FenError::Negative`] and [`FenError::TooLarge`] outside `0..=MAX`.
    pub const fn new(fen: i64) -> Result<Self, FenError> {
        if fen < 0 {
            Err(FenError::Negative)
        } else if fen > Self::MAX.0 {
            Err(FenError::TooLarge)
        } else {
            Ok(Self(fen))
        }
    }

    /// Parses yuan with at most two decimals, as `0.01` or `30`.
    ///
    /// # Errors
    /// [`FenError::NotYuan`] for anything else, [`FenError::TooLarge`] above [`Fen::MAX`].
    pub fn from_yuan(text: &str) -> Result<Self, FenError> {
        let (whole, part) = text.split_once('.').unwrap_or((text, "00"));
        let digits = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
        if !digits(whole) || !digits(part) || part.len() > 2 {
            return Err(FenError::NotYuan);
        }
        let whole: i64 = whole.parse().map_err(|_| FenError::TooLarge)?;
        let part: i64 = format!("{part:0<2}").parse().map_err(|_| FenError::NotYuan)?;
        let fen = whole.checked_mul(100).and_then(|w| w.checked_add(part)).ok_or(FenError::TooLarge)?;
        Self::new(fen)
    }

    /// The number of fen.
    #[must_use]
    pub const fn get(self) -> i64 {
        self.0
    }

    /// Whether there is nothing to pay.
    #[must_use]
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }

    /// The sum, or nothing when it passes [`Fen::MAX`].
    #[must_use]
    pub fn checked_add(self, other: Self) -> Option<Self> {
        self.0.checked_add(other.0).and_then(|sum| Self::new(sum).ok())
    }

    /// The sum of many amounts, or nothing when it passes [`Fen::MAX`].
    pub fn sum(amounts: impl IntoIterator<Item = Self>) -> Option<Self> {
        amounts.into_iter().try_fold(Self::ZERO, Self::checked_add)
    }
}

impl fmt::Display for Fen {
    /// Yuan with two decimals, without the sign: `0.02`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:02}", self.0 / 100, self.0 % 100)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn yuan_are_read_without_floats() {
        assert_eq!(Fen::from_yuan("0.01"), Fen::new(1));
        assert_eq!(Fen::from_yuan("30"), Fen::new(3000));
        assert_eq!(Fen::from_yuan("0.1"), Fen::new(10));
        assert_eq!(Fen::from_yuan("12.34").map(|f| f.to_string()), Ok("12.34".to_owned()));
    }

    #[test]
    fn what_is_not_yuan_is_refused() {
        for text in ["", ".", "1.", ".5", "1.234", "-1", "+1", "1e3", "１", "1,000", " 1", "0x1"] {
            assert_eq!(Fen::from_yuan(text), Err(FenError::NotYuan), "{text}");
        }
        assert_eq!(Fen::from_yuan("99999999999999999999"), Err(FenError::TooLarge));
        assert_eq!(Fen::new(-1), Err(FenError::Negative));
    }

    #[test]
    fn a_sum_that_is_too_large_is_nothing() {
        assert_eq!(Fen::MAX.checked_add(Fen(1)), None);
        assert_eq!(Fen::sum([Fen(1), Fen(2)]), Some(Fen(3)));
    }
}
