//! Money.

use std::fmt;

/// An amount of money in whole fen (1/100 yuan), never negative. Source: requirements Y1, interface section 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fen(i64);

/// Why a number or a text is not an amount of money.
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
    /// No money.
    pub const ZERO: Self = Self(0);
    /// One million yuan: far above any fee. Applies to one amount; totals are a [`FenSum`].
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
}

/// A sum of amounts in whole fen, never negative. Its only bound is the database's own: 92 billion times [`Fen::MAX`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct FenSum(i64);

impl FenSum {
    /// No money.
    pub const ZERO: Self = Self(0);

    /// A sum from a number of fen.
    ///
    /// # Errors
    /// [`FenError::Negative`] below zero.
    pub const fn new(fen: i64) -> Result<Self, FenError> {
        if fen < 0 { Err(FenError::Negative) } else { Ok(Self(fen)) }
    }

    /// The sum of amounts, or of other sums. It saturates, so that an overflow never looks small.
    pub fn of<A: Into<Self>>(amounts: impl IntoIterator<Item = A>) -> Self {
        amounts.into_iter().fold(Self::ZERO, Self::plus)
    }

    /// The sum of both.
    #[must_use]
    pub fn plus(self, other: impl Into<Self>) -> Self {
        Self(self.0.saturating_add(other.into().0))
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
}

impl From<Fen> for FenSum {
    fn from(amount: Fen) -> Self {
        Self(amount.0)
    }
}

impl fmt::Display for FenSum {
    /// Yuan with two decimals, without the sign: `300000000.00`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:02}", self.0 / 100, self.0 % 100)
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
    fn a_sum_has_no_bound_of_one_amount_and_never_turns_round() {
        assert_eq!(FenSum::of([Fen(1), Fen(2)]).to_string(), "0.03");
        let nation = FenSum::of(std::iter::repeat_n(Fen::MAX, 300));
        assert_eq!(nation.to_string(), "300000000.00");
        assert_eq!(FenSum::of([nation, nation]).get(), 60_000_000_000);
        assert_eq!(FenSum(i64::MAX).plus(Fen(1)), FenSum(i64::MAX));
        assert_eq!(FenSum::new(-1), Err(FenError::Negative));
    }
}
