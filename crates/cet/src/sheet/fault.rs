//! What is wrong with a row, told with its line and without more of a person than needed.

use std::fmt;

/// What is wrong with one row, or odd about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowFault {
    /// The line in the file, from 1.
    pub line: u64,
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
    /// More than a cell may hold.
    TooLong {
        /// The limit in the unit of the text.
        max: usize,
    },
    /// A number where a spreadsheet may have lost digits or zeros.
    Number,
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
    /// The key also stands in another line, about somebody else; an oddity, not an error.
    Shared {
        /// The line of the other.
        first: u64,
    },
    /// The same person or ticket a second time.
    Doubled {
        /// The line of the first, where it is known.
        first: Option<u64>,
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
    /// Characters that no font on tickets has: a warning (T53).
    Unprintable {
        /// As `U+E815 U+30001`.
        found: String,
    },
}

impl fmt::Display for RowFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: ", self.line)?;
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
            Self::TooLong { max } => write!(f, "expected at most {max}, found more"),
            Self::Number => f.write_str(
                "expected text, found a number of a spreadsheet, which loses digits: format the column as text and type it again",
            ),
            Self::Merged { range } => write!(f, "expected single cells, found the merged cells {range}"),
            Self::Expected { expected, found } if found.is_empty() => write!(f, "expected {expected}, found nothing"),
            Self::Expected { expected, found } => write!(f, "expected {expected}, found \"{found}\""),
            Self::Doubled { first: Some(first) } => write!(f, "stands twice in this file, first in line {first}"),
            Self::Shared { first } => write!(f, "stands with another document in line {first}; both are taken"),
            Self::Doubled { first: None } => f.write_str("stands twice in this file"),
            Self::OtherSchool { school } => {
                write!(f, "the person is in the roster of school {school} for this sitting: that school has to decide first")
            }
            Self::CheckDigit { found } => {
                write!(f, "the form or the check digit of \"{found}\" does not fit this kind of document; taken as it is")
            }
            Self::Unprintable { found } => {
                write!(f, "tickets would show boxes instead of {found}, which no font has: correct it, or let the operator add a font")
            }
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
