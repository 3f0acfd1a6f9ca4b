//! What is wrong with a row, told with its place and without more of a person than needed.

use std::fmt;
use std::sync::Arc;

/// A sheet of a workbook of which several are read.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SheetName {
    /// Its place among those that are read, from 0.
    pub index: u16,
    /// Its name.
    pub name: Arc<str>,
}

/// Where a row stands.
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

/// What is wrong with one row, or odd about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowFault {
    /// Where it stands.
    pub place: Place,
    /// The column, when one is to blame.
    pub column: Option<&'static str>,
    /// What it is.
    pub wrong: Wrong,
}

/// The kinds of fault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wrong {
    /// Bytes that are no characters of the file's encoding.
    Bytes,
    /// Another number of fields than the header has.
    Fields {
        /// As many as the header has.
        expected: usize,
        /// As many as there are.
        found: usize,
    },
    /// Fewer fields than the header has, taken as empty: an oddity. Excel leaves empty fields at the end out.
    Short,
    /// More than a cell may hold.
    TooLong {
        /// The limit in the unit of the text.
        max: usize,
    },
    /// A number where a spreadsheet has lost digits.
    Number,
    /// A number that a spreadsheet kept whole, but perhaps without its leading zeros: an oddity.
    NumberTaken,
    /// A character that shows nothing and belongs to no text.
    Character(char),
    /// Cells merged into one, so that others lost their value.
    Merged {
        /// As `B3:B5`.
        range: String,
    },
    /// Something else than expected.
    Expected {
        /// What belongs there.
        expected: String,
        /// What stands there, masked.
        found: String,
    },
    /// What no column holds, as a date or a formula without a value.
    Odd(&'static str),
    /// Something that our own words say.
    Own(&'static str),
    /// The key also stands in another line, about somebody else; an oddity, not an error.
    Shared {
        /// The place of the other.
        first: Place,
    },
    /// The same person or ticket a second time.
    Doubled {
        /// The place of the first.
        first: Place,
    },
    /// Two students of one school under one student number: an oddity, and the photo of neither can be told.
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
    /// A cell in a column without a name, which nobody reads: a warning.
    Stray {
        /// As `C3`.
        cell: String,
    },
    /// A row that holds nothing in the columns of the table, only beside them: no row, but not unseen.
    Outside,
}

impl Wrong {
    /// What a summary calls all oddities of this kind.
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

    /// Whether it is no fault of a row at all: what it tells of is no row.
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

/// What a message may show of a cell: little of a long text, and no run of digits that could be a document's number.
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
