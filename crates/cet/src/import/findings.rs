//! What was found wrong or odd in a file's rows.

use crate::sheet::{Cell, RowFault, Wrong, masked};
use crate::words::text::{Line, LineError, ascii_form};

/// Errors and warnings: all are counted, the first of each are kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Findings {
    /// The first errors.
    pub errors: Vec<RowFault>,
    /// How many there are in all.
    pub error_count: u64,
    /// The first warnings.
    pub warnings: Vec<RowFault>,
    /// How many there are in all.
    pub warning_count: u64,
}

/// More than anybody reads; a file in the wrong order has a million.
const KEPT: usize = 1_000;

impl Findings {
    /// Adds an error.
    pub fn error(&mut self, line: u64, column: Option<&'static str>, wrong: Wrong) {
        self.error_count = self.error_count.saturating_add(1);
        if self.errors.len() < KEPT {
            self.errors.push(RowFault { line, column, wrong });
        }
    }

    /// Adds a warning.
    pub fn warn(&mut self, line: u64, column: &'static str, wrong: Wrong) {
        self.warning_count = self.warning_count.saturating_add(1);
        if self.warnings.len() < KEPT {
            self.warnings.push(RowFault { line, column: Some(column), wrong });
        }
    }

    /// Adds what another part of the file had.
    pub fn join(&mut self, mut other: Self) {
        self.error_count = self.error_count.saturating_add(other.error_count);
        self.warning_count = self.warning_count.saturating_add(other.warning_count);
        self.errors.append(&mut other.errors);
        self.warnings.append(&mut other.warnings);
        if self.errors.len() > 2 * KEPT || self.warnings.len() > 2 * KEPT {
            self.sort();
        }
    }

    /// Brings them into the order of lines.
    pub fn sort(&mut self) {
        for list in [&mut self.errors, &mut self.warnings] {
            list.sort_by_key(|fault| fault.line);
            list.truncate(KEPT);
        }
    }
}

/// The cells of one row, read one by one; every fault of the row is found, not only the first.
pub struct Fields<'r> {
    line: u64,
    cells: &'r [Cell],
    columns: &'static [&'static str],
    findings: &'r mut Findings,
}

impl<'r> Fields<'r> {
    /// The cells of a row by the names of their columns.
    pub fn new(
        line: u64,
        cells: &'r [Cell],
        columns: &'static [&'static str],
        findings: &'r mut Findings,
    ) -> Self {
        Self { line, cells, columns, findings }
    }

    /// An error in a column.
    pub fn error(&mut self, column: &'static str, wrong: Wrong) {
        self.findings.error(self.line, Some(column), wrong);
    }

    /// An error: something else was expected there.
    pub fn expected(&mut self, column: &'static str, expected: &str, found: &str) {
        let wrong = Wrong::Expected { expected: expected.to_owned(), found: masked(found) };
        self.error(column, wrong);
    }

    /// A warning in a column.
    pub fn warn(&mut self, column: &'static str, wrong: Wrong) {
        self.findings.warn(self.line, column, wrong);
    }

    /// The text of a column; a number counts by its digits.
    pub fn text(&mut self, column: &'static str) -> Option<&'r str> {
        let place = self.columns.iter().position(|known| *known == column)?;
        match self.cells.get(place)? {
            Cell::Text(text) | Cell::Number(text) => Some(text.trim()),
            Cell::Odd(what) => {
                let wrong = Wrong::Expected { expected: "text".to_owned(), found: (*what).to_owned() };
                self.error(column, wrong);
                None
            }
        }
    }

    /// The text of a column whose digits all matter: no number of a spreadsheet, also not one written as `3.3E+17`.
    pub fn exact(&mut self, column: &'static str) -> Option<&'r str> {
        let place = self.columns.iter().position(|known| *known == column)?;
        let numeric = match self.cells.get(place)? {
            Cell::Number(_) => true,
            Cell::Text(text) => is_scientific(text.trim()),
            Cell::Odd(_) => false,
        };
        if numeric {
            self.error(column, Wrong::Number);
            return None;
        }
        self.text(column)
    }

    /// One line of text that may be empty.
    pub fn line<const MAX: usize>(&mut self, column: &'static str) -> Option<String> {
        let text = self.text(column)?;
        self.checked_line::<MAX>(column, text)
    }

    /// As [`Self::line`] for a column whose digits all matter.
    pub fn exact_line<const MAX: usize>(&mut self, column: &'static str) -> Option<String> {
        let text = self.exact(column)?;
        self.checked_line::<MAX>(column, text)
    }

    fn checked_line<const MAX: usize>(&mut self, column: &'static str, text: &str) -> Option<String> {
        match Line::<MAX>::optional(text) {
            Ok(line) => Some(line.map_or_else(String::new, |line| line.as_str().to_owned())),
            Err(LineError::TooLong { max }) => {
                self.error(column, Wrong::TooLong { max });
                None
            }
            Err(LineError::Empty | LineError::Control | LineError::Unexpected) => {
                self.expected(column, "a line of text without control characters", "");
                None
            }
        }
    }

    /// A code; full-width digits and letters count as ASCII.
    pub fn code<T>(
        &mut self,
        column: &'static str,
        expected: &str,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Option<T> {
        let text = self.text(column)?;
        let code = parse(&ascii(text));
        if code.is_none() {
            self.expected(column, expected, text);
        }
        code
    }
}

/// A text with its full-width forms of ASCII as ASCII.
fn ascii(text: &str) -> std::borrow::Cow<'_, str> {
    if text.is_ascii() {
        return text.into();
    }
    let fold = |c: char| ascii_form(c).map_or_else(|| c.to_string(), Iterator::collect);
    text.chars().map(fold).collect::<String>().into()
}

/// `3.30101E+17`, as a spreadsheet writes a long number into CSV.
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

    #[test]
    fn numbers_of_spreadsheets_are_told_from_passports() {
        for text in ["3.30101E+17", "3.30101e17", "3E+17"] {
            assert!(is_scientific(text), "{text}");
        }
        for text in ["E12345678", "12345E67", "1E5", "E", "330101199001010000", "A.1E+5"] {
            assert!(!is_scientific(text), "{text}");
        }
    }
}
