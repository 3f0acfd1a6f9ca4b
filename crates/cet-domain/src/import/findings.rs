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

/// Whether so many of some document numbers end in 000 that a spreadsheet cut them. Of real numbers one in a thousand does, by
/// a spread of the root of how many are expected; six times that no file of an honest list reaches.
#[must_use]
pub fn are_cut(count: u64, of: u64) -> bool {
    const FEWEST: u64 = 3;
    let (count, of) = (u128::from(count), u128::from(of));
    // In thousandths, and squared: no root is drawn.
    let above = count.saturating_mul(1_000).saturating_sub(of);
    let spread = of.saturating_mul(1_000);
    count >= u128::from(FEWEST) && above.saturating_mul(above) >= spread.saturating_mul(36)
}

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

    /// Ends the findings of a file of so many rows: a kind that chance explains is none.
    pub fn settle(&mut self, rows: u64) {
        let count = |tally: &Tally| tally.count;
        if !self.kinds.get(ENDS_IN_ZEROS).map(count).is_some_and(|count| are_cut(count, rows)) {
            self.kinds.remove(ENDS_IN_ZEROS);
        }
    }

    /// How many places the anomalies of all kinds are in: as many as their list says.
    #[must_use]
    pub fn told(&self) -> u64 {
        self.kinds.values().fold(0, |sum, tally| sum.saturating_add(tally.count))
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

#[cfg(test)]
mod tests {
    use super::*;

    /// S2.
    #[test]
    fn numbers_that_end_in_zeros_are_told_only_where_chance_does_not_explain_them() {
        for (count, of, cut) in [
            (0, 0, false),
            (1, 1, false),
            (2, 2, false),
            (3, 3, true),
            (1, 40, false),
            (3, 40, true),
            (40, 40, true),
            (3, 300, false),
            (4, 300, true),
            (3, 5_000, false),
            (12, 5_000, false),
            (18, 5_000, false),
            (19, 5_000, true),
            (5_000, 5_000, true),
            (130, 100_000, false),
            (160, 100_000, true),
            (u64::MAX, u64::MAX, true),
        ] {
            assert_eq!(are_cut(count, of), cut, "{count} of {of}");
        }
    }

    #[test]
    fn as_many_places_are_told_as_the_kinds_have() {
        let place = |line| Place { sheet: None, line };
        let mut found = Findings::default();
        for line in 2..42 {
            found.tally(&place(line), ENDS_IN_ZEROS);
            if line < 40 {
                found.warn(&place(line), None, Wrong::CheckDigit { found: String::new() });
            }
        }
        let mut of_few = found.clone();
        found.settle(40);
        assert_eq!((found.warning_count, found.told()), (38, 78), "both lists are read");
        of_few.settle(100_000);
        assert_eq!((of_few.warning_count, of_few.told(), of_few.kinds.len()), (38, 38, 1));
    }
}
