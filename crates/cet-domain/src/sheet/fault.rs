//! Faults of rows, reported with their place and without more personal data than needed.

use std::fmt;
use std::sync::Arc;

/// A sheet of a workbook with several that are read.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SheetName {
    /// Its index among those that are read, from 0.
    pub index: u16,
    /// Its name.
    pub name: Arc<str>,
}

/// The place of a row.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The sheet, when several are read.
    pub sheet: Option<SheetName>,
    /// The line in the file or sheet, from 1.
    pub line: u64,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.sheet {
            Some(sheet) => write!(f, "sheet {}, line {}", sheet.name, self.line),
            None => write!(f, "line {}", self.line),
        }
    }
}

/// An error or anomaly of one row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowFault {
    /// The place.
    pub place: Place,
    /// The column, if there is one.
    pub column: Option<&'static str>,
    /// The kind of fault.
    pub wrong: Wrong,
}

/// The kinds of fault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wrong {
    /// Bytes that are invalid in the file's encoding.
    Bytes,
    /// Another number of fields than the header has.
    Fields {
        /// Number in the header.
        expected: usize,
        /// Number in the row.
        found: usize,
    },
    /// Fewer fields than the header, missing ones taken as empty: an anomaly. Excel omits trailing empty fields.
    Short,
    /// Longer than a cell may be.
    TooLong {
        /// The limit in the unit of the text.
        max: usize,
    },
    /// A number that has lost digits in a spreadsheet.
    Number,
    /// A number that a spreadsheet kept exactly, except perhaps for leading zeros: an anomaly.
    NumberTaken,
    /// An invisible character that belongs to no text.
    Character(char),
    /// Merged cells, so that all but one lost their value.
    Merged {
        /// As `B3:B5`.
        range: String,
    },
    /// Another value than expected.
    Expected {
        /// The expected value.
        expected: String,
        /// The value found, masked.
        found: String,
    },
    /// A type of value that no column has, as a date or a formula without a value.
    Odd(&'static str),
    /// A fault with a message of its own.
    Own(&'static str),
    /// The key also occurs in another line, for another person; an anomaly, not an error.
    Shared {
        /// The place of the other.
        first: Place,
    },
    /// The same person or ticket a second time.
    Doubled {
        /// The place of the first.
        first: Place,
    },
    /// Two students of one school with the same student number: an anomaly, and photos can be assigned to neither.
    SharedNumber {
        /// The number.
        number: String,
        /// The place of the other; `None`: in an earlier file.
        other: Option<Place>,
    },
    /// The person is in another school's roster of this sitting.
    OtherSchool {
        /// That school's code.
        school: String,
    },
    /// The check digit or form does not fit the kind of document: a warning, never an error (R3).
    CheckDigit {
        /// The number, masked.
        found: String,
    },
    /// Characters that no font on tickets has: a warning (TH53).
    Unprintable {
        /// As `U+E815 U+30001`.
        found: String,
    },
    /// A name with digits in it: a warning.
    NameDigits,
    /// A cell in a column without a name, which is not read: a warning.
    Stray {
        /// As `C3`.
        cell: String,
    },
    /// A row with values only outside the columns of the table: it is not imported, but reported.
    Outside,
}

impl Wrong {
    /// The name of this kind of anomaly in a summary.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Short => "rows that end early; what is missing was taken as empty",
            Self::NumberTaken => "numbers of a spreadsheet, taken as they are: check their leading zeros",
            Self::Shared { .. } => "keys that stand with two documents; both are taken",
            Self::SharedNumber { .. } => {
                "student numbers that two students of a school share: their tickets print without a photo"
            }
            Self::CheckDigit { .. } => "document numbers whose form or check digit does not fit",
            Self::Unprintable { .. } => "names with characters that no font has",
            Self::NameDigits => "names with digits: 姓名 may hold what belongs to another column",
            Self::Stray { .. } => "cells in columns without a name: not read",
            Self::Outside => "rows with nothing in the columns of this table: not read",
            _ => "others",
        }
    }

    /// Whether it is about something that is not a row.
    #[must_use]
    pub fn is_no_row(&self) -> bool {
        matches!(self, Self::Outside)
    }
}

impl fmt::Display for RowFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.place)?;
        if let Some(column) = self.column {
            write!(f, "{column}: ")?;
        }
        self.wrong.fmt(f)
    }
}

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bytes => f.write_str("expected characters of the file's encoding, found broken bytes"),
            Self::Fields { expected, found } => write!(f, "expected {expected} fields as the header has, found {found}"),
            Self::Short => f.write_str("ends early; the missing fields are taken as empty"),
            Self::TooLong { max } => write!(f, "expected at most {max}, found more"),
            Self::Number => f.write_str(
                "expected text, found a number of a spreadsheet, which lost its last digits: format the column as text and type it again",
            ),
            Self::NumberTaken => f.write_str(
                "a number of a spreadsheet, taken as it is: if leading zeros are missing, format the column as text and type it again",
            ),
            Self::Character(c) => write!(f, "expected a line of text, found the character U+{:04X}: delete it", u32::from(*c)),
            Self::Merged { range } => write!(f, "expected single cells, found the merged cells {range}"),
            Self::Expected { expected, found } if found.is_empty() => write!(f, "expected {expected}, found nothing"),
            Self::Expected { expected, found } => write!(f, "expected {expected}, found \"{found}\""),
            Self::Odd(what) => write!(f, "expected text, found {what}"),
            Self::Own(words) => f.write_str(words),
            Self::Doubled { first } => write!(f, "stands twice in this file, first in {first}"),
            Self::Shared { first } => write!(f, "stands with another document in {first}; both are taken"),
            Self::SharedNumber { number, other } => {
                write!(f, "{number} is also the number of another student of this school, ")?;
                match other {
                    Some(place) => write!(f, "in {place}")?,
                    None => f.write_str("in an earlier file")?,
                }
                f.write_str(": no photo is printed for either, correct the number")
            }
            Self::OtherSchool { school } => {
                write!(f, "the person is in the roster of school {school} for this sitting: that school has to decide first")
            }
            Self::CheckDigit { found } => {
                write!(f, "the form or the check digit of \"{found}\" does not fit this kind of document; taken as it is")
            }
            Self::Unprintable { found } => {
                write!(f, "tickets would show boxes instead of {found}, which no font has: correct it, or let the operator add a font")
            }
            Self::NameDigits => f.write_str("a name with digits, taken as it is: does it belong to another column?"),
            Self::Stray { cell } => write!(f, "cell {cell} stands in a column without a name and was not read"),
            Self::Outside => f.write_str("holds nothing in the columns of this table and was not read"),
        }
    }
}

/// The part of a cell that a message may show: little of a long text, and no run of digits that could be a document
/// number.
#[must_use]
pub fn masked(text: &str) -> String {
    const SHOWN: usize = 12;
    let shown: Vec<char> = text.trim().chars().filter(|c| !c.is_control()).take(SHOWN + 1).collect();
    let digits = text.chars().filter(char::is_ascii_digit).count();
    if digits > 6 {
        let head: String = shown.iter().take(2).collect();
        return format!("{head}…");
    }
    let cut = if shown.len() > SHOWN { "…" } else { "" };
    shown.into_iter().take(SHOWN).chain(cut.chars()).collect()
}
