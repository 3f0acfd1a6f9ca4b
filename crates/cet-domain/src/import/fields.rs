//! Parses the cells of one row.

use super::Findings;
use crate::sheet::words::Expected;
use crate::sheet::{Cell, Place, Wrong, cell_rules, masked};
use crate::words::text::{Line, LineError, half_width};

/// The cells of one row; every error of the row is reported, not only the first.
pub struct Fields<'r> {
    place: &'r Place,
    cells: &'r [Cell],
    columns: &'static [&'static str],
    findings: &'r mut Findings,
}

/// The digits that a spreadsheet's number represents exactly.
const WHOLE_DIGITS: usize = 15;

impl<'r> Fields<'r> {
    /// The cells of a row by the names of their columns.
    pub fn new(
        place: &'r Place,
        cells: &'r [Cell],
        columns: &'static [&'static str],
        findings: &'r mut Findings,
    ) -> Self {
        Self { place, cells, columns, findings }
    }

    /// Reports an error in a column.
    pub fn error(&mut self, column: &'static str, wrong: Wrong) {
        self.findings.error(self.place, Some(column), wrong);
    }

    /// Reports an unexpected value: the key of what was expected. What was found is a cell's text and is shown masked.
    pub fn expected(&mut self, column: &'static str, expected: &'static str, found: &str) {
        self.expected_value(column, Expected::of(expected), found);
    }

    /// As [`Self::expected`], with a value in the text of what was expected.
    pub(crate) fn expected_value(&mut self, column: &'static str, expected: Expected, found: &str) {
        let wrong = match found.chars().find(|c| c.is_control()) {
            Some(c) => Wrong::Character(c),
            None => Wrong::Expected { expected, found: masked(found) },
        };
        self.error(column, wrong);
    }

    /// Reports a warning in a column.
    pub fn warn(&mut self, column: &'static str, wrong: Wrong) {
        self.findings.warn(self.place, Some(column), wrong);
    }

    /// Counts an anomaly that needs no line of its own.
    pub fn tally(&mut self, kind: &'static str) {
        self.findings.tally(self.place, kind);
    }

    fn cell(&self, column: &'static str) -> Option<&'r Cell> {
        let place = self.columns.iter().position(|known| *known == column)?;
        self.cells.get(place)
    }

    /// The text of a column; a number is converted to its digits.
    pub fn text(&mut self, column: &'static str) -> Option<&'r str> {
        match self.cell(column)? {
            Cell::Text(text) | Cell::Number(text) => Some(text.trim()),
            Cell::Odd(what) => {
                self.error(column, Wrong::Odd(what));
                None
            }
        }
    }

    /// The text of a column, without reporting errors.
    #[must_use]
    pub(crate) fn peek(&self, column: &'static str) -> Option<&'r str> {
        self.cell(column).map(|cell| cell.text().trim())
    }

    /// The text of a column in which every digit matters. A spreadsheet's number is accepted as long as it is exact,
    /// with a warning about leading zeros; never one that lost digits, nor one written as `3.3E+17` (TH30).
    pub fn exact(&mut self, column: &'static str) -> Option<std::borrow::Cow<'r, str>> {
        match self.cell(column)? {
            Cell::Number(digits)
                if digits.len() <= WHOLE_DIGITS && digits.bytes().all(|byte| byte.is_ascii_digit()) =>
            {
                self.warn(column, Wrong::NumberTaken);
                Some(digits.as_str().into())
            }
            Cell::Number(digits) => {
                let is_whole = digits.bytes().all(|byte| byte.is_ascii_digit());
                self.error(column, if is_whole { Wrong::Number } else { Wrong::Own("sheet-own-fraction") });
                None
            }
            Cell::Text(text) if is_scientific(text.trim()) => {
                self.error(column, Wrong::Number);
                None
            }
            Cell::Text(_) | Cell::Odd(_) => self.text(column).map(cell_rules::number),
        }
    }

    /// One line of text that may be empty.
    pub fn line<const MAX: usize>(&mut self, column: &'static str) -> Option<String> {
        let text = self.text(column)?;
        self.checked_line::<MAX>(column, text)
    }

    /// As [`Self::line`] for a column in which every digit matters; full-width characters are converted to ASCII.
    pub(crate) fn exact_line<const MAX: usize>(&mut self, column: &'static str) -> Option<String> {
        let text = self.exact(column)?;
        self.checked_line::<MAX>(column, &half_width(&text))
    }

    fn checked_line<const MAX: usize>(&mut self, column: &'static str, text: &str) -> Option<String> {
        match Line::<MAX>::optional(text) {
            Ok(line) => Some(line.map_or_else(String::new, |line| line.as_str().to_owned())),
            Err(LineError::TooLong { max }) => {
                self.error(column, Wrong::TooLong { max });
                None
            }
            Err(LineError::Empty | LineError::Control | LineError::Unexpected) => {
                let odd = text.chars().find(|c| c.is_control()).unwrap_or('\0');
                self.error(column, Wrong::Character(odd));
                None
            }
        }
    }

    /// A code; full-width digits and letters are converted to ASCII, and the `.0` of a program that takes codes for numbers
    /// is no part of it.
    pub fn code<T>(
        &mut self,
        column: &'static str,
        expected: &'static str,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Option<T> {
        let text = self.text(column)?;
        let plain = half_width(text);
        let digits = |text: &&str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let whole = plain.strip_suffix(".0").filter(digits);
        let code = parse(whole.unwrap_or(&plain));
        if code.is_none() {
            self.expected(column, expected, text);
        }
        code
    }
}

/// `3.30101E+17`, the format of a long number that a spreadsheet exports to CSV.
fn is_scientific(text: &str) -> bool {
    let Some((mantissa, exponent)) = text.split_once(['E', 'e']) else { return false };
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let mantissa = match mantissa.split_once('.') {
        Some((whole, part)) => digits(whole) && digits(part),
        None => false,
    };
    match exponent.strip_prefix('+') {
        Some(signed) => digits(signed) && (mantissa || digits(text.split(['E', 'e']).next().unwrap_or(""))),
        None => mantissa && digits(exponent),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// TH30.
    #[test]
    fn numbers_of_spreadsheets_are_told_from_passports() {
        for text in ["3.30101E+17", "3.30101e17", "3E+17"] {
            assert!(is_scientific(text), "{text}");
        }
        for text in ["E12345678", "12345E67", "1E5", "E", "330101199001010000", "A.1E+5"] {
            assert!(!is_scientific(text), "{text}");
        }
    }

    fn told(cell: Cell, read: impl Fn(&mut Fields<'_>) -> bool) -> (bool, Vec<String>) {
        let (place, cells, mut findings) = (Place { sheet: None, line: 2 }, [cell], Findings::default());
        let done = read(&mut Fields::new(&place, &cells, &["学号"], &mut findings));
        (done, findings.errors.iter().map(ToString::to_string).collect())
    }

    /// TH30.
    #[test]
    fn a_fraction_is_not_told_as_lost_digits() {
        for (number, lost) in [("1.5", false), ("-5", false), ("330101199001010000", true)] {
            let (done, errors) =
                told(Cell::Number(number.to_owned()), |fields| fields.exact("学号").is_some());
            assert!(
                !done && errors.len() == 1 && errors[0].contains("lost its last digits") == lost,
                "{errors:?}"
            );
        }
    }

    #[test]
    fn codes_are_read_and_shown_as_they_are_written() {
        for (text, code) in [
            ("993010", true),
            ("９９３０１０", true),
            ("993010.0", true),
            ("993010.5", false),
            ("x.0", false),
        ] {
            let read = |fields: &mut Fields<'_>| {
                fields.code("学号", "sheet-expect-name", |text| (text == "993010").then_some(())).is_some()
            };
            assert_eq!(told(Cell::Text(text.to_owned()), read).0, code, "{text}");
        }
        assert_eq!(
            (masked("993019.0"), masked("330101199001010000.0")),
            ("993019.0".to_owned(), "33…".to_owned())
        );
    }

    #[test]
    fn numbers_in_full_width_are_kept_in_half_width() {
        let read = |fields: &mut Fields<'_>| fields.exact_line::<40>("学号").as_deref() == Some("F0081");
        assert_eq!(told(Cell::Text("Ｆ００８１".to_owned()), read), (true, Vec::new()));
    }
}
