//! The header: searched for in the first rows; its columns are found by name, in any order.

use std::fmt;

use super::names::{Spelling, same};
use super::{MOST_COLUMNS, Place, SheetError};

/// A fault of a header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HeaderFault {
    /// A required column is missing.
    Missing(&'static str),
    /// A name of no known column.
    Unknown(String),
    /// A column occurs twice.
    Doubled(&'static str),
}

impl fmt::Display for HeaderFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing(name) => write!(f, "column {name} is missing"),
            Self::Unknown(name) => write!(f, "column \"{name}\" is not known"),
            Self::Doubled(name) => write!(f, "column {name} stands twice"),
        }
    }
}

/// Rows that are searched for the header: there may be titles and explanations above it.
const FIRST_ROWS: usize = 10;

/// A header that has every column.
#[derive(Clone, Debug)]
pub(super) struct Header {
    /// For each required column, its index in the file.
    pub(super) places: Vec<usize>,
    /// For each column of the file, whether it has a name.
    pub(super) named: Vec<bool>,
    /// The names of unknown columns.
    pub(super) unknown: Vec<String>,
}

impl Header {
    /// The first non-blank cell in a column without a name.
    pub(super) fn stray(&self, is_blank: impl Fn(usize) -> bool, width: usize) -> Option<usize> {
        (0..width).find(|&at| !self.named.get(at).copied().unwrap_or_default() && !is_blank(at))
    }
}

/// How many of the columns a row names, and the faults if not all.
struct Match {
    known: usize,
    result: Result<Header, Vec<HeaderFault>>,
}

fn matched(found: &[String], columns: &'static [&'static str]) -> Match {
    let spelt: Vec<Spelling> = found.iter().map(|name| Spelling::of(name)).collect();
    let mut of: Vec<Option<&'static str>> = vec![None; spelt.len()];
    let mut places = Vec::with_capacity(columns.len());
    let mut faults = Vec::new();
    let mut known: usize = 0;
    for column in columns {
        // The column's own name takes precedence over synonyms.
        for how in 0..Spelling::WAYS {
            let at: Vec<usize> = (0..spelt.len())
                .filter(|&at| of.get(at).is_some_and(Option::is_none))
                .filter(|&at| spelt.get(at).is_some_and(|spelling| spelling.names(column, how)))
                .filter(|&at| how == 0 || !spelt.get(at).is_some_and(|spelling| spelling.is_any(columns)))
                .collect();
            let Some(first) = at.first() else { continue };
            known = known.saturating_add(1);
            if at.len() > 1 {
                faults.push(HeaderFault::Doubled(column));
            }
            for &at in &at {
                if let Some(place) = of.get_mut(at) {
                    *place = Some(column);
                }
            }
            places.push(*first);
            break;
        }
        if !of.iter().flatten().any(|found| same(found, column)) {
            faults.push(HeaderFault::Missing(column));
        }
    }
    let unknown: Vec<String> = spelt
        .iter()
        .zip(&of)
        .filter(|(spelling, of)| of.is_none() && !spelling.is_empty())
        .map(|(spelling, _)| super::masked(spelling.as_str()))
        .collect();
    if faults.is_empty() {
        let named = spelt.iter().map(|spelling| !spelling.is_empty()).collect();
        return Match { known, result: Ok(Header { places, named, unknown }) };
    }
    faults.extend(unknown.into_iter().map(HeaderFault::Unknown));
    Match { known, result: Err(faults) }
}

/// How many of the columns a row names; for guessing an encoding and a separator.
pub(super) fn known(found: &[String], columns: &'static [&'static str]) -> usize {
    matched(found, columns).known
}

/// The search for the header of one sheet or file, fed with its first rows.
pub(super) struct Search {
    columns: &'static [&'static str],
    seen: usize,
    /// The lines above the header, or of all rows that were searched.
    pub(super) above: Vec<u64>,
    pub(super) found: Option<Header>,
    /// The row that names the most columns, but not all.
    best: Option<(usize, u64, Vec<HeaderFault>)>,
    too_wide: bool,
}

impl Search {
    pub(super) fn of(columns: &'static [&'static str]) -> Self {
        Self { columns, seen: 0, above: Vec::new(), found: None, best: None, too_wide: false }
    }

    /// Whether the search needs the next row.
    pub(super) fn goes_on(&self) -> bool {
        self.found.is_none() && self.seen < FIRST_ROWS
    }

    /// Checks a row that is not blank; `wide`: it has more columns than allowed.
    pub(super) fn row(&mut self, line: u64, names: &[String], wide: bool) {
        self.seen = self.seen.saturating_add(1);
        let Match { known, result } = matched(names, self.columns);
        match result {
            Ok(header) => self.found = Some(header),
            Err(faults) => {
                self.too_wide |= wide;
                self.above.push(line);
                if known > self.best.as_ref().map_or(0, |(best, _, _)| *best) {
                    self.best = Some((known, line, faults));
                }
            }
        }
    }

    /// How many of the columns the best row names.
    pub(super) fn known(&self) -> usize {
        self.best.as_ref().map_or(0, |(known, _, _)| *known)
    }

    /// Whether a row is surely meant as the header although it is incomplete.
    pub(super) fn is_near(&self) -> bool {
        self.known().saturating_mul(2) >= self.columns.len()
    }

    /// Why there is no header: what the most similar row lacks, or that there is none.
    pub(super) fn failure(self, sheet: Option<super::SheetName>) -> SheetError {
        if self.too_wide {
            let limit = u64::try_from(MOST_COLUMNS).unwrap_or(u64::MAX);
            return SheetError::TooLarge { what: "columns", limit };
        }
        match self.best {
            Some((known, line, faults)) if known.saturating_mul(3) >= self.columns.len() => {
                SheetError::Header { place: Place { sheet, line }, faults }
            }
            Some(_) | None if self.seen == 0 => SheetError::Empty,
            Some(_) | None => SheetError::NoHeader { columns: self.columns },
        }
    }
}
