//! Why an import stored nothing.

use std::fmt;

use super::Findings;
use crate::sheet::{Note, SheetError};
use crate::store::{DbError, Stop};

/// Why nothing was stored.
#[derive(Debug)]
pub enum ImportError {
    /// The file as a whole is invalid.
    Sheet(SheetError),
    /// Rows are invalid.
    Rows {
        /// Number of rows of the file.
        rows: u64,
        /// The findings.
        findings: Box<Findings>,
        /// Other content of the file.
        notes: Vec<Note>,
    },
    /// There is no such sitting.
    NoSitting(String),
    /// Another import of this sitting was published in the meantime: the comparison must be repeated.
    Overtaken,
    /// The file changed while it was read, or the staged rows were swept.
    Changed,
    /// An internal failure.
    Fault(DbError),
}

impl fmt::Display for ImportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sheet(error) => error.fmt(f),
            Self::Rows { rows, findings, .. } => {
                write!(f, "{} of {rows} rows have errors, nothing was stored", findings.error_rows)
            }
            Self::NoSitting(code) => write!(f, "there is no sitting {code}: import its file first"),
            Self::Overtaken => {
                f.write_str("another import was published meanwhile, nothing was stored: run it again")
            }
            Self::Changed => {
                f.write_str("the file or the staged rows changed meanwhile, nothing was stored: run it again")
            }
            Self::Fault(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for ImportError {}

impl From<SheetError> for ImportError {
    fn from(error: SheetError) -> Self {
        Self::Sheet(error)
    }
}

impl From<DbError> for ImportError {
    fn from(error: DbError) -> Self {
        Self::Fault(error)
    }
}

/// Converts the refusals of publishing.
impl From<Stop<ImportError>> for ImportError {
    fn from(stop: Stop<ImportError>) -> Self {
        match stop {
            Stop::Refused(error) => error,
            Stop::Fault(fault) => Self::Fault(fault),
        }
    }
}
