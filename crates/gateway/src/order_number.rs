use std::fmt;
use std::str::FromStr;

use crate::refused::BuildError;

/// The number of a payment order: the five digits of the school, then fifteen digits; the same for every gateway.
///
/// The length is fixed on purpose. PayEase signs its fields concatenated without a separator; with numbers of different
/// lengths the text of "order …001, status 1, 0.02 yuan" would equal that of "order …00, status 1, 10.02 yuan".
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct OrderNumber(String);

impl OrderNumber {
    /// The length of a number in digits.
    pub const LENGTH: usize = 20;
    /// The first serial that is too large.
    pub const SERIAL_END: u64 = 1_000_000_000_000_000;

    /// Creates the number of order `serial` at `school`.
    ///
    /// # Errors
    /// [`BuildError::OrderNumber`] unless `school` has five digits and `serial` is below [`Self::SERIAL_END`].
    pub fn new(school: &str, serial: u64) -> Result<Self, BuildError> {
        if school.len() != 5 || serial >= Self::SERIAL_END {
            return Err(BuildError::OrderNumber);
        }
        format!("{school}{serial:015}").parse()
    }

    /// The twenty digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for OrderNumber {
    type Err = BuildError;

    fn from_str(text: &str) -> Result<Self, BuildError> {
        if text.len() == Self::LENGTH && text.bytes().all(|b| b.is_ascii_digit()) {
            Ok(Self(text.to_owned()))
        } else {
            Err(BuildError::OrderNumber)
        }
    }
}

impl fmt::Display for OrderNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_starts_with_the_school_and_has_twenty_digits() {
        let number = OrderNumber::new("99301", 7).unwrap();
        assert_eq!(number.as_str(), "99301000000000000007");
        assert_eq!(number.as_str().parse(), Ok(number));
    }

    #[test]
    fn shorter_longer_and_lettered_numbers_are_refused() {
        assert!(OrderNumber::new("9930", 7).is_err());
        assert!(OrderNumber::new("9930x", 7).is_err());
        assert!(OrderNumber::new("99301", OrderNumber::SERIAL_END).is_err());
        assert!("993010000000000000071".parse::<OrderNumber>().is_err());
    }
}
