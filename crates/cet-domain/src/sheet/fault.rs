//! Faults of rows, reported with their place and without more personal data than needed.

use std::fmt;
use std::sync::Arc;

use super::words::{Expected, Say as _};

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
        f.write_str(&self.in_english())
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
        expected: Expected,
        /// The value found, masked.
        found: String,
    },
    /// A type of value that no column has, as a date or a formula without a value, by the key of its text.
    Odd(&'static str),
    /// A fault with a message of its own, by its key.
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
    /// The first row of a person or ticket that is there a second time.
    DoubledLater {
        /// The place of the second.
        other: Place,
    },
    /// Two students of one school with the same student number: an anomaly, and photos can be assigned to neither.
    SharedNumber {
        /// The number.
        number: String,
        /// The place of the other; `None`: in an earlier file.
        other: Option<Place>,
    },
    /// The student number of a student of the school at a place that the sender does not see.
    SharedElsewhere,
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
    /// Another education than the template offers: a warning.
    Education {
        /// The value found, masked.
        found: String,
    },
    /// A cell in a column without a name, which is not read: a warning.
    Stray {
        /// As `C3`.
        cell: String,
    },
    /// A row with values only outside the columns of the table: it is not imported, but reported.
    Outside,
}

impl Wrong {
    /// The key of the text for this kind of anomaly in a summary.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Short => "sheet-kind-short",
            Self::NumberTaken => "sheet-kind-number-taken",
            Self::Shared { .. } => "sheet-kind-shared",
            Self::SharedNumber { .. } | Self::SharedElsewhere => "sheet-kind-shared-number",
            Self::OtherSchool { .. } => "sheet-kind-other-school",
            Self::CheckDigit { .. } => "sheet-kind-check-digit",
            Self::Unprintable { .. } => "sheet-kind-unprintable",
            Self::NameDigits => "sheet-kind-name-digits",
            Self::Education { .. } => "sheet-kind-education",
            Self::Stray { .. } => "sheet-kind-stray",
            Self::Outside => "sheet-kind-outside",
            _ => "sheet-kind-others",
        }
    }

    /// Whether it is about something that is not a row.
    #[must_use]
    pub(crate) fn is_no_row(&self) -> bool {
        matches!(self, Self::Outside)
    }
}

impl fmt::Display for RowFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.in_english())
    }
}

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.in_english())
    }
}

/// The part of a cell that a message may show: little of a long text, and no run of digits that could be a document
/// number.
#[must_use]
pub fn masked(text: &str) -> String {
    const SHOWN: usize = 12;
    let text = text.trim();
    let shown: Vec<char> = text.chars().filter(|c| !c.is_control()).take(SHOWN + 1).collect();
    // The `.0` of a code that a program took for a number makes no document number of it.
    let whole = text.strip_suffix(".0").unwrap_or(text);
    let digits = whole.chars().filter(char::is_ascii_digit).count();
    if digits > 6 {
        let head: String = shown.iter().take(2).collect();
        return format!("{head}…");
    }
    let cut = if shown.len() > SHOWN { "…" } else { "" };
    shown.into_iter().take(SHOWN).chain(cut.chars()).collect()
}
