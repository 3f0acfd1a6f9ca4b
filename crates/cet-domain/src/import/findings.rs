//! Errors and anomalies in a file's rows.

use std::collections::BTreeMap;

use crate::sheet::{Place, RowFault, Wrong};
use crate::texts::Texts;

/// Errors and warnings: all are counted, the first of each are kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Findings {
    /// The first errors.
    pub errors: Vec<RowFault>,
    /// Their total number: of one row there may be several.
    pub error_count: u64,
    /// How many rows have errors.
    pub error_rows: u64,
    /// The row of the last error: the errors of a row come one after the other.
    last: Option<Place>,
    /// The first warnings.
    pub warnings: Vec<RowFault>,
    /// Their total number.
    pub warning_count: u64,
    /// The anomalies by kind, including those without a warning of their own.
    pub kinds: BTreeMap<&'static str, Tally>,
}

/// How often a kind of anomaly was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tally {
    /// The number of rows.
    pub count: u64,
    /// The first position.
    pub first: Place,
}

/// Document numbers of 16 and more digits that end in 000: a spreadsheet keeps 15 digits and replaces the rest by
/// zeros.
pub(crate) const ENDS_IN_ZEROS: &str = "sheet-kind-ends-in-zeros";

/// More than anybody reads; a file with a wrong layout has a million.
const KEPT: usize = 1_000;

impl Findings {
    /// Adds an error.
    pub fn error(&mut self, place: &Place, column: Option<&'static str>, wrong: Wrong) {
        self.error_count = self.error_count.saturating_add(1);
        if self.last.as_ref() != Some(place) {
            self.error_rows = self.error_rows.saturating_add(1);
            self.last = Some(place.clone());
        }
        if self.errors.len() < KEPT {
            self.errors.push(RowFault { place: place.clone(), column, wrong });
        }
    }

    /// Adds a warning.
    pub fn warn(&mut self, place: &Place, column: Option<&'static str>, wrong: Wrong) {
        self.tally(place, wrong.kind());
        self.warning_count = self.warning_count.saturating_add(1);
        if self.warnings.len() < KEPT {
            self.warnings.push(RowFault { place: place.clone(), column, wrong });
        }
    }

    /// Counts an anomaly that needs no line of its own.
    pub fn tally(&mut self, place: &Place, kind: &'static str) {
        let add = Tally { count: 1, first: place.clone() };
        self.add(kind, add);
    }

    fn add(&mut self, kind: &'static str, add: Tally) {
        let Some(tally) = self.kinds.get_mut(kind) else {
            self.kinds.insert(kind, add);
            return;
        };
        tally.count = tally.count.saturating_add(add.count);
        if add.first < tally.first {
            tally.first = add.first;
        }
    }

    /// Adds the findings of another part of the file.
    pub fn join(&mut self, mut other: Self) {
        self.error_count = self.error_count.saturating_add(other.error_count);
        self.error_rows = self.error_rows.saturating_add(other.error_rows);
        self.warning_count = self.warning_count.saturating_add(other.warning_count);
        self.errors.append(&mut other.errors);
        self.warnings.append(&mut other.warnings);
        other.kinds.into_iter().for_each(|(kind, tally)| self.add(kind, tally));
        if self.errors.len() > 2 * KEPT || self.warnings.len() > 2 * KEPT {
            self.sort();
        }
    }

    /// Sorts them by line.
    pub fn sort(&mut self) {
        for list in [&mut self.errors, &mut self.warnings] {
            list.sort_by(|one, other| one.place.cmp(&other.place));
            list.truncate(KEPT);
        }
    }

    /// Findings in so many rows that the file as a whole is probably wrong.
    #[must_use]
    pub fn headlines(&self, t: &'static Texts, rows: u64) -> Vec<String> {
        const FEWEST: u64 = 3;
        [ENDS_IN_ZEROS, Wrong::NameDigits.kind()]
            .into_iter()
            .filter_map(|kind| self.kinds.get(kind).map(|tally| (kind, tally.count)))
            .filter(|(_, count)| *count >= FEWEST && count.saturating_mul(2) >= rows)
            .map(|(kind, count)| {
                let (count, rows) = (count.to_string(), rows.to_string());
                t.f("sheet-headline", &[("count", &count), ("rows", &rows), ("what", t.m(kind))])
            })
            .collect()
    }
}
