//! The report on a file of photos, for the person who sent it.

use super::names;
use crate::roster::DocumentKey;
use crate::sheet::words::{Phrase, Say};
use crate::store::DbError;
use crate::texts::Texts;
use crate::words::codes::SchoolCode;

/// The most lines that are listed of one sort; a file of the wrong kind has thousands.
const MOST_LINES: usize = 200;
/// The most student numbers without a photo that are listed per school.
pub(super) const MISSING_LISTED: usize = 20;

/// Lines of the report: the first of them and their number.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Listing {
    /// At most [`MOST_LINES`] of them.
    pub lines: Vec<Line>,
    /// Their total number.
    pub count: usize,
}

impl Listing {
    pub(super) fn add(&mut self, name: &str, what: Phrase) {
        self.count = self.count.saturating_add(1);
        if self.lines.len() < MOST_LINES {
            self.lines.push(Line { name: names::shown(name), what });
        }
    }
}

/// What is said about one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Its name, as it may be shown.
    pub name: String,
    /// What is said.
    pub what: Phrase,
}

impl Say for Line {
    fn say(&self, t: &'static Texts) -> String {
        t.f("upload-photo-line", &[("name", &self.name), ("what", &self.what.say(t))])
    }
}

impl std::fmt::Display for Line {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.in_english())
    }
}

/// The most pictures that are shown of a file.
const MOST_SHOWN: usize = 60;

/// A picture that is nobody's or may be several people's, small.
#[derive(PartialEq, Eq)]
pub struct Shown {
    /// Its name, and why it is shown.
    pub line: Line,
    /// The JPEG file.
    pub jpeg: Vec<u8>,
}

impl std::fmt::Debug for Shown {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Shown({})", self.line.name)
    }
}

/// The students of a school without a printable photo.
#[derive(Debug, PartialEq, Eq)]
pub struct Missing {
    /// The school.
    pub school: SchoolCode,
    /// Their number.
    pub count: usize,
    /// Number of students in its roster.
    pub of: usize,
    /// The first student numbers.
    pub numbers: Vec<String>,
}

/// The report on a file: every part of it is counted in one of these.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Photos that were stored, or would have been without the bad ones.
    pub good: usize,
    /// How many of them take the place of an earlier one.
    pub replaced: usize,
    /// Whose they are, and the 学号 by which each was found, if not by the document.
    pub fits: Vec<(DocumentKey, String)>,
    /// Whether they were stored.
    pub stored: bool,
    /// Not pictures, or broken ones.
    pub bad: Listing,
    /// Photos that match nobody.
    pub nobody: Listing,
    /// Ambiguous photos.
    pub doubtful: Listing,
    /// Stored ones that are no portraits by their sides.
    pub odd: Listing,
    /// Files that are no photos, as a list.
    pub other: Listing,
    /// Files that systems create by themselves.
    pub junk: usize,
    /// Students without a photo when those of the file are stored, in its schools.
    pub missing: Vec<Missing>,
    /// The first of those that match nobody or are ambiguous, after a check alone.
    pub shown: Vec<Shown>,
    /// Where they are in the archive.
    pub(super) to_show: Vec<(usize, Line)>,
}

impl Report {
    /// Counts a good photo.
    pub(super) fn is_good(&mut self, of: DocumentKey, named_by: &str, replaces: bool) {
        self.good = self.good.saturating_add(1);
        self.replaced = self.replaced.saturating_add(usize::from(replaces));
        self.fits.push((of, named_by.to_owned()));
    }

    /// Reports a photo that matches nobody.
    pub(super) fn is_nobodys(&mut self, place: usize, name: &str, what: Phrase) {
        self.shows(place, name, &what);
        self.nobody.add(name, what);
    }

    /// Reports an ambiguous photo.
    pub(super) fn is_doubtful(&mut self, place: usize, name: &str, what: Phrase) {
        self.shows(place, name, &what);
        self.doubtful.add(name, what);
    }

    fn shows(&mut self, place: usize, name: &str, what: &Phrase) {
        if self.to_show.len() < MOST_SHOWN {
            self.to_show.push((place, Line { name: names::shown(name), what: what.clone() }));
        }
    }
}

/// Why a file was not imported at all.
#[derive(Debug)]
pub enum PhotoError {
    /// It can't be read, is not a ZIP file, or can't be decompressed.
    File {
        /// Its path.
        file: String,
        /// Why, and what to do.
        what: Phrase,
    },
    /// The sitting is unknown.
    NoSitting(String),
    /// An internal failure.
    Fault(DbError),
}

impl std::fmt::Display for PhotoError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::File { file, what } => write!(f, "{file}: {}", what.in_english()),
            Self::NoSitting(code) => write!(f, "{code}: no such sitting"),
            Self::Fault(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for PhotoError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Fault(error) => Some(error),
            Self::File { .. } | Self::NoSitting(_) => None,
        }
    }
}

impl From<DbError> for PhotoError {
    fn from(error: DbError) -> Self {
        Self::Fault(error)
    }
}
