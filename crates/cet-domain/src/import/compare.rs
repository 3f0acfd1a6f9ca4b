//! Compares the rows of a file with those that earlier imports published.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use super::check::{Joined, Known, Seen};
use super::standing::{self, Standing};
use super::{Findings, ImportError, Kind, Step, Watch};
use crate::sheet::words::Expected;
use crate::sheet::{Place, Wrong};
use crate::store::{Db, DbError};
use crate::words::codes::SchoolCode;

/// How many rows without errors are new, changed and unchanged.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Compared {
    /// Persons that no earlier file has.
    pub new: u64,
    /// Persons whose data differ from the current row.
    pub changed: u64,
    /// Persons whose data equal the current row.
    pub unchanged: u64,
    /// Persons whom another school's roster holds: that school decides.
    pub transfers: u64,
    /// The imports that the current rows belong to.
    imports: BTreeSet<i64>,
}

impl Compared {
    /// Whether all rows are current, and belong to imports of this very file.
    pub(super) fn stands(&self, rows: u64, same: &[i64]) -> bool {
        self.unchanged == rows && self.imports.iter().all(|import| same.contains(import))
    }
}

/// What a row is against those of earlier imports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// No earlier file has the person.
    New,
    /// The current row says something else.
    Changed,
    /// The current row says the same.
    Unchanged,
    /// Another school's roster holds the person.
    Transfer,
}

impl Fate {
    /// The name in the database.
    #[must_use]
    pub const fn wire(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Changed => "changed",
            Self::Unchanged => "unchanged",
            Self::Transfer => "transfer",
        }
    }
}

/// The result of a comparison.
#[derive(Default)]
pub(super) struct Comparison {
    pub(super) counts: Compared,
    /// What is not new.
    pub(super) fates: HashMap<[u8; 16], Fate>,
    /// Who stands at a place that the sender may not change.
    pub(super) elsewhere: Vec<[u8; 16]>,
}

/// Compares the persons of the file with their current rows, but for those of `bad` rows; those in another school's roster
/// are warnings.
pub(super) async fn compare<K: Kind>(
    db: &Db,
    kind: &K,
    (seen, bad): (&Seen, &HashSet<[u8; 16]>),
    place: impl Fn(&Known) -> Place,
    findings: &mut Findings,
    watch: &Arc<Watch>,
) -> Result<Comparison, ImportError> {
    let all: Vec<[u8; 16]> = seen.keys().filter(|key| !bad.contains(*key)).copied().collect();
    let total = u64::try_from(all.len()).ok();
    let mut comparison = Comparison::default();
    let compared = &mut comparison.counts;
    let mut done: u64 = 0;
    for keys in all.chunks(standing::KEYS_AT_ONCE) {
        let mut newest: BTreeMap<[u8; 16], Standing> = BTreeMap::new();
        for row in standing::of(db, kind.sitting(), keys).await? {
            let Some(key) = row.key().filter(|key| seen.contains_key(key)) else { continue };
            if newest.get(&key).is_none_or(|other| other.order() < row.order()) {
                newest.insert(key, row);
            }
        }
        for (key, row) in &newest {
            let Some(known) = seen.get(key) else { continue };
            let (fate, count) = if row.school.as_str().as_bytes() != known.rest {
                let wrong = Wrong::OtherSchool { school: row.school.to_string() };
                findings.warn(&place(known), Some(K::IDENTITY), wrong);
                (Fate::Transfer, &mut compared.transfers)
            } else if !kind.may_change_at(row.campus()) {
                let expected = Expected::of("sheet-expect-own-campus");
                let wrong = Wrong::Expected { expected, found: row.campus().to_owned() };
                findings.error(&place(known), Some("校区代码"), wrong);
                comparison.elsewhere.push(*key);
                continue;
            } else if known.digest == row.digest() {
                (Fate::Unchanged, &mut compared.unchanged)
            } else {
                (Fate::Changed, &mut compared.changed)
            };
            *count = count.saturating_add(1);
            comparison.fates.insert(*key, fate);
            compared.imports.insert(row.import);
        }
        done = done.saturating_add(u64::try_from(keys.len()).unwrap_or(u64::MAX));
        watch(Step::Comparing, done, total);
    }
    let known = comparison.fates.len().saturating_add(comparison.elsewhere.len());
    compared.new = total.unwrap_or(0).saturating_sub(u64::try_from(known).unwrap_or(u64::MAX));
    Ok(comparison)
}

/// Finds numbers of the file that belong to another student of the school who is not in the file. Of a student at a place
/// that the sender doesn't see the number is not said (TH22).
pub(super) async fn joined<K: Kind>(
    db: &Db,
    kind: &K,
    seen: &Seen,
    joined: &Joined,
    place: impl Fn(&Known) -> Place,
    findings: &mut Findings,
) -> Result<(), DbError> {
    let schools: BTreeSet<[u8; 5]> = seen.values().map(|known| known.rest).collect();
    for school in schools {
        let Some(school) = std::str::from_utf8(&school).ok().and_then(|text| SchoolCode::parse(text).ok())
        else {
            continue;
        };
        let mut after = 0;
        loop {
            let page = standing::numbers_of(db, kind.sitting(), school, after).await?;
            let Some(last) = page.last() else { break };
            after = last.id;
            for row in page {
                // Whoever is in the file gets the number in the file.
                let in_file = row.key().is_some_and(|key| seen.contains_key(&key));
                let by = crate::import::identity::joined_by(row.school, row.student_number);
                if let Some(known) = by.as_ref().filter(|_| !in_file).and_then(|by| joined.get(&by.hash))
                    && let Some(by) = by
                {
                    let wrong = if kind.may_change_at(&row.campus) {
                        Wrong::SharedNumber { number: by.number, other: None }
                    } else {
                        Wrong::SharedElsewhere
                    };
                    findings.warn(&place(known), Some(by.column), wrong);
                }
            }
        }
    }
    Ok(())
}
