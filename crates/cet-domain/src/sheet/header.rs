//! The header: searched for in the first rows; its columns are found by name, in any order.

use std::fmt;

use super::names::{Spelling, same};
use super::table::{Chosen, Table};
use super::words::Say as _;
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
        f.write_str(&self.in_english())
    }
}

/// Rows that are searched for the header: there may be titles and explanations above it.
const FIRST_ROWS: usize = 10;

/// Where the values of a column come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Source {
    /// A column of the file, by its index.
    Column(usize),
    /// The file lacks it: every row has this value.
    Fixed(String),
}

impl Source {
    /// The index of the file's column.
    pub(super) fn column(&self) -> Option<usize> {
        match self {
            Self::Column(at) => Some(*at),
            Self::Fixed(_) => None,
        }
    }
}

/// A header that has every column.
#[derive(Clone, Debug)]
pub(super) struct Header {
    /// For each column of the table, where its values come from.
    pub(super) places: Vec<Source>,
    /// The columns that the file lacks and may lack.
    pub(super) missing: Vec<&'static str>,
    /// For each column of the file, whether it has a name.
    pub(super) named: Vec<bool>,
    /// The names of unknown columns.
    pub(super) unknown: Vec<String>,
}

impl Header {
    /// Whether all cells of the table's columns are blank.
    pub(super) fn is_blank(&self, is_blank: impl Fn(usize) -> bool) -> bool {
        self.places.iter().filter_map(Source::column).all(is_blank)
    }

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

fn matched(found: &[String], table: &Table) -> Match {
    let columns = table.columns;
    let spelt: Vec<Spelling> = found.iter().map(|name| Spelling::of(name)).collect();
    let mut of: Vec<Option<&'static str>> = vec![None; spelt.len()];
    let mut places = Vec::with_capacity(columns.len());
    let mut faults = Vec::new();
    let mut missing = Vec::new();
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
            places.push(Source::Column(*first));
            break;
        }
        if of.iter().flatten().any(|found| same(found, column)) {
            continue;
        }
        match table.lacking(column) {
            Some(value) => {
                if value.is_empty() {
                    missing.push(*column);
                }
                places.push(Source::Fixed(value));
            }
            None => faults.push(HeaderFault::Missing(column)),
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
        return Match { known, result: Ok(Header { places, missing, named, unknown }) };
    }
    faults.extend(unknown.into_iter().map(HeaderFault::Unknown));
    Match { known, result: Err(faults) }
}

/// The header that a person chose: the row of that line, each of its columns as chosen.
fn chosen_header(chosen: &Chosen, line: u64, names: &[String], table: &Table) -> Match {
    if line != chosen.header {
        return Match { known: 0, result: Err(Vec::new()) };
    }
    let mut places = Vec::with_capacity(table.columns.len());
    let (mut missing, mut faults, mut known) = (Vec::new(), Vec::new(), 0_usize);
    for column in table.columns {
        let mut at = (0..names.len()).filter(|at| chosen.columns.get(*at).is_some_and(|of| of == column));
        if let Some(first) = at.next() {
            known = known.saturating_add(1);
            if at.next().is_some() {
                faults.push(HeaderFault::Doubled(column));
            }
            places.push(Source::Column(first));
            continue;
        }
        match table.lacking(column) {
            Some(value) => {
                if value.is_empty() {
                    missing.push(*column);
                }
                places.push(Source::Fixed(value));
            }
            None => faults.push(HeaderFault::Missing(column)),
        }
    }
    if !faults.is_empty() {
        return Match { known, result: Err(faults) };
    }
    let is_used = |at: usize| chosen.columns.get(at).is_some_and(|of| !of.is_empty());
    let named: Vec<bool> = names.iter().map(|name| !Spelling::of(name).is_empty()).collect();
    let unknown = names
        .iter()
        .enumerate()
        .filter(|(at, name)| !is_used(*at) && !Spelling::of(name).is_empty())
        .map(|(_, name)| super::masked(name))
        .collect();
    Match { known, result: Ok(Header { places, missing, named, unknown }) }
}

/// The columns of the table that a row names, for each of its fields; of a synonym too.
pub(super) fn guessed(found: &[String], table: &Table) -> Vec<Option<&'static str>> {
    let spelt: Vec<Spelling> = found.iter().map(|name| Spelling::of(name)).collect();
    let mut of: Vec<Option<&'static str>> = vec![None; spelt.len()];
    for column in table.columns {
        let first = (0..Spelling::WAYS).find_map(|how| {
            (0..spelt.len())
                .filter(|&at| of.get(at).is_some_and(Option::is_none))
                .find(|&at| spelt.get(at).is_some_and(|spelling| spelling.names(column, how)))
        });
        if let Some(place) = first.and_then(|at| of.get_mut(at)) {
            *place = Some(column);
        }
    }
    of
}

/// How many of the columns a row names; for guessing an encoding and a separator.
pub(super) fn known(found: &[String], table: &Table) -> usize {
    matched(found, table).known
}

/// The search for the header of one sheet or file, fed with its first rows.
pub(super) struct Search<'t> {
    table: &'t Table,
    seen: usize,
    /// The lines above the header, or of all rows that were searched.
    pub(super) above: Vec<u64>,
    pub(super) found: Option<Header>,
    /// The row that names the most columns, but not all.
    best: Option<(usize, u64, Vec<HeaderFault>)>,
    too_wide: bool,
}

impl<'t> Search<'t> {
    pub(super) fn of(table: &'t Table) -> Self {
        Self { table, seen: 0, above: Vec::new(), found: None, best: None, too_wide: false }
    }

    /// Whether the search needs the next row.
    pub(super) fn goes_on(&self) -> bool {
        self.found.is_none() && self.seen < FIRST_ROWS
    }

    /// Checks a row that is not blank; `wide`: it has more columns than allowed.
    pub(super) fn row(&mut self, line: u64, names: &[String], wide: bool) {
        self.seen = self.seen.saturating_add(1);
        let Match { known, result } = match &self.table.chosen {
            Some(chosen) if chosen.header > 0 => chosen_header(chosen, line, names, self.table),
            Some(_) | None => matched(names, self.table),
        };
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
        self.known().saturating_mul(2) >= self.table.columns.len()
    }

    /// Whether a row that names so many of the columns is a header: no other row names two.
    fn is_meant(&self, known: usize) -> bool {
        known >= 2 || known.saturating_mul(3) >= self.table.columns.len()
    }

    /// Why there is no header: what the most similar row lacks, or that there is none.
    pub(super) fn failure(self, sheet: Option<super::SheetName>) -> SheetError {
        if self.too_wide {
            let limit = u64::try_from(MOST_COLUMNS).unwrap_or(u64::MAX);
            return SheetError::TooLarge { what: "sheet-unit-columns", limit };
        }
        let is_meant = self.best.as_ref().is_some_and(|(known, _, _)| self.is_meant(*known));
        match self.best {
            Some((_, line, faults)) if is_meant => {
                SheetError::Header { place: Place { sheet, line }, faults }
            }
            Some(_) | None if self.seen == 0 => SheetError::Empty,
            Some(_) | None => SheetError::NoHeader { columns: self.table.columns },
        }
    }
}
