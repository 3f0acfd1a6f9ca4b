//! Content of a file besides the rows that are read: each item is reported, so that nothing is skipped silently.

use std::fmt;
use std::sync::Arc;

use super::Place;
use super::words::Say as _;

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
    /// A column of the table that the file lacks: taken as empty.
    Missing {
        /// The column's name.
        name: &'static str,
        /// The sheet, when several are read.
        sheet: Option<Arc<str>>,
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
        f.write_str(&self.in_english())
    }
}
