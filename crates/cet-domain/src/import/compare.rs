//! Compares the rows of a file with those that earlier imports published.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::check::{Joined, Known, Seen};
use super::standing::{self, Standing};
use super::{Findings, ImportError, Kind, Step, Watch};
use crate::sheet::{Place, Wrong};
use crate::store::{Db, DbError};
use crate::words::codes::SchoolCode;

/// How many rows are new, changed and unchanged.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Compared {
    /// Persons that no earlier file has.
    pub new: u64,
    /// Persons whose data differ from the current row.
    pub changed: u64,
    /// Persons whose data equal the current row.
    pub unchanged: u64,
    /// The imports that the current rows belong to.
    imports: BTreeSet<i64>,
}

impl Compared {
    /// Whether all rows are current, and belong to imports of this very file.
    pub(super) fn stands(&self, rows: u64, same: &[i64]) -> bool {
        self.unchanged == rows && self.imports.iter().all(|import| same.contains(import))
    }
}

/// Compares the persons of the file with their current rows; those in another school's roster are errors.
pub(super) async fn compare<K: Kind>(
    db: &Db,
    sitting: &str,
    seen: &Seen,
    place: impl Fn(&Known) -> Place,
    findings: &mut Findings,
    watch: &Arc<Watch>,
) -> Result<Compared, ImportError> {
    let all: Vec<[u8; 16]> = seen.keys().copied().collect();
    let total = u64::try_from(all.len()).ok();
    let mut compared = Compared::default();
    let mut done: u64 = 0;
    for keys in all.chunks(standing::KEYS_AT_ONCE) {
        let mut newest: BTreeMap<[u8; 16], Standing> = BTreeMap::new();
        let mut elsewhere: BTreeSet<([u8; 16], SchoolCode)> = BTreeSet::new();
        for row in standing::of(db, sitting, keys).await? {
            let Some((key, known)) = row.key().and_then(|key| Some((key, seen.get(&key)?))) else { continue };
            if row.school.as_str().as_bytes() != known.rest {
                elsewhere.insert((key, row.school));
            }
            if newest.get(&key).is_none_or(|other| other.order() < row.order()) {
                newest.insert(key, row);
            }
        }
        for (key, school) in elsewhere {
            let Some(known) = seen.get(&key) else { continue };
            let wrong = Wrong::OtherSchool { school: school.to_string() };
            findings.error(&place(known), Some(K::IDENTITY), wrong);
        }
        for (key, row) in &newest {
            let same = seen.get(key).is_some_and(|known| known.digest == row.digest());
            let count = if same { &mut compared.unchanged } else { &mut compared.changed };
            *count = count.saturating_add(1);
            compared.imports.insert(row.import);
        }
        done = done.saturating_add(u64::try_from(keys.len()).unwrap_or(u64::MAX));
        watch(Step::Comparing, done, total);
    }
    let known = compared.changed.saturating_add(compared.unchanged);
    compared.new = total.unwrap_or(0).saturating_sub(known);
    Ok(compared)
}

/// Finds numbers of the file that belong to another student of the school who is not in the file.
pub(super) async fn joined(
    db: &Db,
    sitting: &str,
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
            let page = standing::numbers_of(db, sitting, school, after).await?;
            let Some(last) = page.last() else { break };
            after = last.id;
            for row in page {
                // Whoever is in the file gets the number in the file.
                let in_file = row.key().is_some_and(|key| seen.contains_key(&key));
                let by = crate::import::identity::joined_by(row.school, row.student_number);
                if let Some(known) = by.as_ref().filter(|_| !in_file).and_then(|by| joined.get(&by.hash))
                    && let Some(by) = by
                {
                    let wrong = Wrong::SharedNumber { number: by.number, other: None };
                    findings.warn(&place(known), Some(by.column), wrong);
                }
            }
        }
    }
    Ok(())
}
