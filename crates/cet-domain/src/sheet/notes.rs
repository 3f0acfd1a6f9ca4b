//! Content of a file besides the rows that are read: each item is reported, so that nothing is skipped silently.

use std::fmt;
use std::sync::Arc;

use super::Place;

/// A note about a file as a whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Note {
    /// A sheet that is read, of a workbook with several.
    Read {
        /// The sheet's name.
        sheet: Arc<str>,
        /// Number of rows below its header.
        rows: u64,
    },
    /// A non-empty sheet that is not read.
    Unread {
        /// The sheet's name.
        sheet: Arc<str>,
        /// Whether it is hidden.
        hidden: bool,
        /// Number of its rows.
        rows: u64,
        /// Whether it has the header of the table, and is skipped only because it is hidden.
        has_header: bool,
    },
    /// A row above the header.
    Above(Place),
    /// Rows that the spreadsheet hides, by hand or by a filter. They are read.
    HiddenRows {
        /// The sheet.
        sheet: Arc<str>,
        /// Their number.
        count: u64,
        /// The line of the first.
        first: u64,
    },
    /// A column that is not in the table.
    Unknown {
        /// The column's name.
        name: String,
        /// The sheet, when several are read.
        sheet: Option<Arc<str>>,
    },
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Read { sheet, rows } => write!(f, "sheet {sheet}: {rows} rows"),
            Self::Unread { sheet, hidden, rows, has_header } => {
                let hidden = if *hidden { " (hidden)" } else { "" };
                write!(f, "not read: sheet {sheet}{hidden} with {rows} rows, ")?;
                f.write_str(if *has_header {
                    "because it is hidden: unhide it if it belongs to the list"
                } else {
                    "because it has no header of this table"
                })
            }
            Self::Above(place) => write!(f, "not read: {place}, above the header"),
            Self::HiddenRows { sheet, count, first } => {
                write!(
                    f,
                    "read like the others: {count} hidden rows of sheet {sheet}, the first is line {first}"
                )
            }
            Self::Unknown { name, sheet } => {
                write!(f, "not read: column \"{name}\"")?;
                if let Some(sheet) = sheet {
                    write!(f, " of sheet {sheet}")?;
                }
                f.write_str(", which this table does not have")
            }
        }
    }
}
