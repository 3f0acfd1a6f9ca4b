//! Tables from outside: CSV in UTF-8 or GB18030, and XLSX; recognised by content, not by name.
//!
//! A file is inspected once before anything in it is trusted: sizes, structure, encoding, the header. Then its rows are
//! read in order, as often as needed, without ever holding the whole file in memory (TH30, TH31).

pub(crate) mod cell_rules;
mod csv_rows;
mod fault;
mod header;
mod hidden;
mod inert;
mod inspect;
mod kinds;
pub mod look;
mod names;
mod notes;
mod package;
mod small;
mod survey;
mod table;
#[cfg(test)]
mod tests;
pub mod words;
mod xlsx_rows;

use std::fmt;
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub use fault::{Place, RowFault, SheetName, Wrong, masked};
pub use header::HeaderFault;
pub use inert::inert;
pub use names::column_shown;
pub use notes::Note;
pub use small::{SmallRow, small};
pub use table::{Chosen, Table};
use words::Say as _;

/// The longest cell in bytes (TH31).
pub(crate) const LONGEST_CELL: usize = 1_024;
/// The most columns of a table (TH31).
pub(crate) const MOST_COLUMNS: usize = 64;

/// Size limits of a file. A larger one is refused before it is unpacked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of an XLSX file, compressed.
    pub packed: u64,
    /// Bytes of all its parts together, decompressed.
    pub unpacked: u64,
    /// Bytes of a CSV file.
    pub csv: u64,
    /// Rows below the header.
    pub rows: u64,
}

const MIB: u64 = 1024 * 1024;

impl Limits {
    /// For a file that a school uploads (TH31).
    #[must_use]
    pub const fn upload() -> Self {
        Self { packed: 20 * MIB, unpacked: 200 * MIB, csv: 100 * MIB, rows: 200_000 }
    }

    /// For a command that an operator runs: as strict on compressed files, except for the number of rows.
    #[must_use]
    pub const fn command(rows: u64) -> Self {
        Self { packed: 20 * MIB, unpacked: 200 * MIB, csv: 2_048 * MIB, rows }
    }
}

/// The encoding of a CSV file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// With or without a byte order mark.
    Utf8,
    /// Including GBK and GB2312, which are subsets.
    Gb18030,
}

impl fmt::Display for Encoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Utf8 => "UTF-8",
            Self::Gb18030 => "GB18030",
        })
    }
}

/// The format of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Comma-separated.
    Csv(Encoding),
    /// A workbook, of which every visible sheet with the header is read.
    Xlsx,
}

impl fmt::Display for Form {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Csv(encoding) => write!(f, "CSV, {encoding}"),
            Self::Xlsx => f.write_str("XLSX"),
        }
    }
}

/// One cell.
#[derive(Clone, PartialEq, Eq)]
pub enum Cell {
    /// Text, as typed.
    Text(String),
    /// A number of a spreadsheet: a long one has lost its last digits.
    Number(String),
    /// A type of value that no column has: a date, a boolean, an error.
    Odd(&'static str),
}

impl Cell {
    /// The text, also of a number; empty for [`Self::Odd`].
    #[must_use]
    pub fn text(&self) -> &str {
        match self {
            Self::Text(text) | Self::Number(text) => text,
            Self::Odd(_) => "",
        }
    }

    /// Whether it is blank.
    #[must_use]
    pub(crate) fn is_blank(&self) -> bool {
        match self {
            Self::Text(text) | Self::Number(text) => text.trim().is_empty(),
            Self::Odd(_) => false,
        }
    }
}

impl fmt::Debug for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Text(_) => "Text(..)",
            Self::Number(_) => "Number(..)",
            Self::Odd(_) => "Odd(..)",
        })
    }
}

/// One row below the header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SheetRow {
    /// Its place; for a row with line breaks its first line.
    pub place: Place,
    /// The cells in the order of the required columns, or why they can't be read.
    pub cells: Result<Vec<Cell>, RowFault>,
    /// For a row that ends early: the number of fields in the header, and in the row.
    pub short: Option<(usize, usize)>,
    /// A non-blank cell in a column without a name, as `C3`.
    pub stray: Option<String>,
}

impl SheetRow {
    /// A row that can't be read.
    fn wrong(place: Place, column: Option<&'static str>, wrong: Wrong) -> Self {
        let fault = RowFault { place: place.clone(), column, wrong };
        Self { place, cells: Err(fault), short: None, stray: None }
    }
}

/// Why a file can't be read at all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SheetError {
    /// It can't be opened or read.
    Io(String),
    /// It is larger than a limit allows.
    TooLarge {
        /// The key of what is too large.
        what: &'static str,
        /// The limit.
        limit: u64,
    },
    /// It is neither CSV nor XLSX; the key of what it is and what to do.
    OtherForm(&'static str),
    /// A compressed part that no spreadsheet program writes.
    Hostile(&'static str),
    /// The workbook can't be read; the reader's reason, empty if it is no whole package.
    Workbook(String),
    /// The row that is meant as its header is incomplete.
    Header {
        /// The place of that row.
        place: Place,
        /// Its faults.
        faults: Vec<HeaderFault>,
    },
    /// None of its first rows resembles the header.
    NoHeader {
        /// The required columns.
        columns: &'static [&'static str],
    },
    /// A sheet with rows has most of the header, but not all, while another sheet has all of it.
    OtherSheet {
        /// Number of its rows.
        rows: u64,
        /// The place of the row that is meant as its header.
        place: Place,
        /// The faults of that row.
        faults: Vec<HeaderFault>,
    },
    /// The list is in a hidden sheet only.
    HiddenList {
        /// The sheet's name.
        sheet: Arc<str>,
    },
    /// A quotation mark is never closed.
    Quote {
        /// The line of the row in which it opens.
        line: u64,
    },
    /// It has no rows.
    Empty,
}

impl fmt::Display for SheetError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.in_english())
    }
}

impl std::error::Error for SheetError {}

impl From<std::io::Error> for SheetError {
    fn from(error: std::io::Error) -> Self {
        Self::Io(error.to_string())
    }
}

/// How to locate the rows of a file again.
#[derive(Debug)]
enum Plan {
    Csv(csv_rows::CsvPlan),
    Xlsx(Vec<survey::SheetPlan>),
}

/// Reads a workbook with a library that panics on some broken ones, such as a reference of seven letters: a fault of the file.
fn guarded<T>(read: impl FnOnce() -> Result<T, SheetError>) -> Result<T, SheetError> {
    catch_unwind(AssertUnwindSafe(read)).unwrap_or_else(|_| Err(SheetError::Workbook(String::new())))
}

/// An inspected file, ready to be read.
#[derive(Clone, Debug)]
pub struct Sheet {
    path: PathBuf,
    table: Arc<Table>,
    limits: Limits,
    form: Form,
    hash: String,
    plan: Arc<Plan>,
    notes: Vec<Note>,
}

impl Sheet {
    /// Inspects a file: its format, sizes, sheets and headers.
    ///
    /// # Errors
    /// [`SheetError`]: the file can't be read at all.
    pub fn open(path: &Path, table: Table, limits: Limits) -> Result<Self, SheetError> {
        let seen = inspect::inspect(path, &table, limits)?;
        let (plan, notes) = match seen.form {
            Form::Csv(encoding) => {
                let (plan, notes) = csv_rows::plan(path, &table, encoding, seen.separator)?;
                (Plan::Csv(plan), notes)
            }
            Form::Xlsx => {
                let (plans, notes) = guarded(|| survey::survey(path, &table, &seen.hidden_rows))?;
                (Plan::Xlsx(plans), notes)
            }
        };
        let (path, plan) = (path.to_owned(), Arc::new(plan));
        let sheet =
            Self { path, table: Arc::new(table), limits, form: seen.form, hash: seen.hash, plan, notes };
        // Only checks whether there is any row.
        sheet.read(|_| ControlFlow::Break(()))?;
        Ok(sheet)
    }

    /// The format of the file.
    #[must_use]
    pub fn form(&self) -> Form {
        self.form
    }

    /// SHA-256 of the file in hex digits.
    #[must_use]
    pub fn hash(&self) -> &str {
        &self.hash
    }

    /// Other content of the file besides the rows that are read.
    #[must_use]
    pub fn notes(&self) -> &[Note] {
        &self.notes
    }

    /// The place of a row by the index of its sheet (0 for CSV) and its line.
    #[must_use]
    pub fn place(&self, sheet: u16, line: u64) -> Place {
        let name = match &*self.plan {
            Plan::Xlsx(plans) => plans.get(usize::from(sheet)).and_then(|plan| plan.named.clone()),
            Plan::Csv(_) => None,
        };
        Place { sheet: name, line }
    }

    /// Reads the rows below the headers in order, until `each` breaks; blank rows are skipped.
    ///
    /// # Errors
    /// [`SheetError`] when the file as a whole is invalid.
    pub fn read(&self, each: impl FnMut(SheetRow) -> ControlFlow<()>) -> Result<(), SheetError> {
        match &*self.plan {
            Plan::Csv(plan) => csv_rows::read(&self.path, self.table.columns, plan, self.limits, each),
            Plan::Xlsx(plans) => {
                guarded(|| xlsx_rows::read(&self.path, self.table.columns, plans, self.limits, each))
            }
        }
    }
}
