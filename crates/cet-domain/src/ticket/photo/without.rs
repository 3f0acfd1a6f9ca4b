//! The students without a photo that a ticket may print.

use std::collections::{BTreeSet, HashMap};

use super::matching::Roster;
use super::report::{MISSING_LISTED, Missing};
use super::{Matched, store, students};
use crate::roster::DocumentKey;
use crate::roster::store::Listed;
use crate::store::{Db, DbError, Tx};
use crate::vault::Vault;
use crate::words::codes::{SchoolCode, SittingCode};
use crate::words::staff::Scope;

/// The photos of a school.
pub(super) struct Had {
    /// The 学号 by which each was found; empty if it was named by the document.
    kept: HashMap<DocumentKey, String>,
    /// The numbers of photos of before photos were matched to students.
    old: BTreeSet<String>,
}

pub(super) async fn had(db: &Db, sitting: &SittingCode, school: SchoolCode) -> Result<Had, DbError> {
    let sitting = sitting.clone();
    db.read_long(async move |tx: &mut Tx<'_>| {
        let kept = store::kept(tx, school, &sitting).await?.into_iter().collect();
        Ok(Had { kept, old: store::old_numbers(tx, school, &sitting).await? })
    })
    .await
}

impl Had {
    /// Whether a photo takes the place of one of them.
    pub(super) fn holds(&self, photo: &Matched) -> bool {
        self.kept.contains_key(&photo.document_key) || self.old.contains(&photo.student_number)
    }
}

/// The students of a school at a place.
pub struct Without {
    /// Those without a photo.
    pub students: Vec<Listed>,
    /// How many there are.
    pub of: usize,
}

impl Without {
    /// As the report tells it; `None` for a school without a roster.
    pub(super) fn told(&self, school: SchoolCode) -> Option<Missing> {
        let numbers = self.students.iter().take(MISSING_LISTED).map(|student| student.student_number.clone());
        let (count, of) = (self.students.len(), self.of);
        (of > 0).then(|| Missing { school, count, of, numbers: numbers.collect() })
    }
}

/// The students of a school's roster without a printable photo, as far as their places are `within` (TH22). Photos that
/// are `soon` published count already: by document, the 学号 by which each was found.
///
/// # Errors
/// [`DbError`].
pub(crate) async fn without(
    db: &Db,
    vault: &Vault,
    (sitting, school): (&SittingCode, SchoolCode),
    within: Option<&Scope>,
    soon: &HashMap<DocumentKey, String>,
) -> Result<Without, DbError> {
    let all = students(db, sitting, school).await?;
    let had = had(db, sitting, school).await?;
    let named_by = |student: &Listed| {
        let key = &student.document_key;
        soon.get(key).or_else(|| had.kept.get(key)).cloned()
    };
    let roster = Roster::of(vault, all, None);
    let alone = |number: &str| roster.with_number(number) == 1;
    let is_own = |student: &&Listed| within.is_none_or(|within| within.holds(student.campus.as_str()));
    let lacks = |student: &&Listed| match named_by(student) {
        Some(named_by) if named_by.is_empty() => false,
        Some(named_by) => named_by != student.student_number || !alone(&named_by),
        None => !had.old.contains(&student.student_number) || !alone(&student.student_number),
    };
    let own = || roster.students().iter().filter(is_own);
    Ok(Without { students: own().filter(lacks).cloned().collect(), of: own().count() })
}
