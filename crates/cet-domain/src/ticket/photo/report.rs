//! What became of a file of photos, for the person who sent it.

use super::names;
use crate::store::DbError;
use crate::words::codes::SchoolCode;

/// Lines that are told of one sort; a file of the wrong kind has thousands.
const TOLD: usize = 200;
/// Student numbers without a photo that are told of one school.
pub(super) const MISSING_TOLD: usize = 20;

/// Lines for the person who imports, the first of them and how many there are.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Told {
    /// At most [`TOLD`] of them.
    pub lines: Vec<String>,
    /// How many in all.
    pub count: usize,
}

impl Told {
    pub(super) fn add(&mut self, name: &str, what: impl std::fmt::Display) {
        self.count = self.count.saturating_add(1);
        if self.lines.len() < TOLD {
            self.lines.push(format!("{}: {what}", names::shown(name)));
        }
    }
}

/// The students of a school that no photo would print for.
#[derive(Debug, PartialEq, Eq)]
pub struct Missing {
    /// The school.
    pub school: SchoolCode,
    /// How many have none.
    pub count: usize,
    /// Of so many in its roster.
    pub of: usize,
    /// Student numbers, the first of them.
    pub numbers: Vec<String>,
}

/// What became of a file: every part of it is in one of these.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Photos that were stored, or would have been but for the bad ones.
    pub good: usize,
    /// Whether they were stored.
    pub stored: bool,
    /// No pictures, or broken ones.
    pub bad: Told,
    /// Photos that fit nobody.
    pub nobody: Told,
    /// Photos that may be somebody's.
    pub doubtful: Told,
    /// Stored ones whose sides are no portrait's.
    pub odd: Told,
    /// Files that are no photos, as a list.
    pub other: Told,
    /// What systems put beside files by themselves.
    pub junk: usize,
    /// Who has no photo now, in the schools of the file; nothing where nothing was stored.
    pub missing: Vec<Missing>,
}

/// Why a file was not taken over at all.
#[derive(Debug)]
pub enum PhotoError {
    /// It can't be read, is no ZIP file, or one that can't be unpacked.
    File(String),
    /// The sitting is not known.
    NoSitting(String),
    /// Ours.
    Fault(DbError),
}

impl std::fmt::Display for PhotoError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::File(reason) => f.write_str(reason),
            Self::NoSitting(code) => write!(f, "{code}: no such sitting"),
            Self::Fault(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for PhotoError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Fault(error) => Some(error),
            Self::File(_) | Self::NoSitting(_) => None,
        }
    }
}

impl From<DbError> for PhotoError {
    fn from(error: DbError) -> Self {
        Self::Fault(error)
    }
}
