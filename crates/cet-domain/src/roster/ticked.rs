//! What staff do with rows that they ticked in a list of students (S2): the rows are in the scope all together or none is
//! touched (TH22); each is then changed in a transaction of its own.

use std::collections::BTreeSet;

use super::staff_queries::{self, Change};
use super::{StudentRecord, store, verbs};
use crate::audit::{self, Actor, Event};
use crate::params;
use crate::store::{DbError, Tx};
use crate::words::codes::{SchoolCode, SittingCode, SubjectCode};
use crate::words::ids::RecordId;
use crate::words::staff::Scope;
use crate::words::subject_list::SubjectList;
use cet_base::{in_scope, scoped};

/// The most rows of one form.
pub const MOST_TICKED: usize = 500;

/// The key of a row.
pub type Key = (SchoolCode, RecordId);

/// The ticked rows of a scope.
#[derive(Default)]
pub struct Ticked {
    /// Those that are current, in the order of their keys.
    pub current: Vec<StudentRecord>,
    /// How many were replaced or taken back since the list was shown.
    pub gone: usize,
}

/// Finds ticked rows. `None` if one of them is not in the scope: then nothing is done with the others either.
pub async fn find(
    tx: &mut Tx<'_>,
    scope: &Scope,
    sitting: &SittingCode,
    keys: &BTreeSet<Key>,
) -> Result<Option<Ticked>, DbError> {
    let mut found = Ticked::default();
    for (school, id) in keys {
        match staff_queries::one(tx, scope, sitting, *school, *id).await? {
            Some(record) => found.current.push(record),
            None if is_in_scope(tx, scope, (*school, *id)).await? => {
                found.gone = found.gone.saturating_add(1);
            }
            None => return Ok(None),
        }
    }
    Ok(Some(found))
}

/// Whether a row, current or not, is in the scope.
pub(super) async fn is_in_scope(tx: &mut Tx<'_>, scope: &Scope, (school, id): Key) -> Result<bool, DbError> {
    let found: Option<(RecordId,)> = scope
        .query_opt(
            tx,
            scoped!(
                "SELECT id
                   FROM student_record
                  WHERE school = $5
                    AND id = $6
                    AND ",
                in_scope!("school", "campus")
            ),
            params![school, id],
        )
        .await?;
    Ok(found.is_some())
}

/// Which way a bar goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Barring {
    /// The student may not enter the subjects.
    Bar,
    /// The student may enter them again, as far as the rules allow.
    Lift,
}

/// What became of one student.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Barred {
    /// It is stored.
    Done,
    /// It is stored, but 资格科目 names one of the subjects, so that the bar does nothing there (R4).
    Listed,
    /// The record says so already.
    Unchanged,
    /// A candidate has saved the record (R6).
    Saved,
    /// The record was replaced or taken back.
    Gone,
}

/// R4: 限制科目 after a bar, or after one was lifted; other subjects stay as they are.
#[must_use]
pub(crate) fn barred_after(had: &SubjectList, of: &[SubjectCode], way: Barring) -> SubjectList {
    let mut all: BTreeSet<SubjectCode> = had.0.iter().copied().collect();
    for code in of {
        match way {
            Barring::Bar => all.insert(*code),
            Barring::Lift => all.remove(code),
        };
    }
    SubjectList(all.into_iter().collect())
}

/// Bars a student from subjects, or lifts the bar, unless a candidate has saved the record (R6). It adds to what the
/// record holds now, so that nobody's correction is overwritten unseen.
///
/// Locks: the student's record.
pub async fn bar(
    tx: &mut Tx<'_>,
    scope: &Scope,
    sitting: &SittingCode,
    (school, id): Key,
    (subjects, way): (&[SubjectCode], Barring),
    (actor, address): (&Actor, &str),
) -> Result<Barred, DbError> {
    let Some(of) = staff_queries::one(tx, scope, sitting, school, id).await? else { return Ok(Barred::Gone) };
    store::lock(tx, sitting, &of.document_key.bytes()).await?;
    // Read again under the lock: an import or a colleague may have changed it.
    let Some(of) = staff_queries::one(tx, scope, sitting, school, id).await? else { return Ok(Barred::Gone) };
    let was = Change::of(of.clone());
    let barred = barred_after(&was.barred, subjects, way);
    if barred.0.iter().collect::<BTreeSet<_>>() == was.barred.0.iter().collect() {
        return Ok(Barred::Unchanged);
    }
    let to = Change { barred, ..was.clone() };
    if !staff_queries::change(tx, scope, &of, &to).await? {
        return Ok(Barred::Saved);
    }
    let event = Event {
        school,
        actor: actor.clone(),
        action: "record-corrected",
        object_kind: "student",
        object: &id.to_string(),
        address,
        detail: &format!("sitting={sitting}"),
        changes: verbs::changes(&was, &to),
    };
    audit::record(tx, &event).await?;
    let listed = way == Barring::Bar && subjects.iter().any(|code| of.listed.0.contains(code));
    Ok(if listed { Barred::Listed } else { Barred::Done })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(codes: &str) -> SubjectList {
        SubjectList(codes.chars().map(|code| SubjectCode::parse(&code.to_string()).unwrap()).collect())
    }

    /// R4.
    #[test]
    fn a_bar_adds_to_what_is_barred_and_lifting_takes_away_only_what_it_names() {
        for (had, of, way, after) in [
            ("", "1", Barring::Bar, "1"),
            ("2", "1", Barring::Bar, "12"),
            ("12", "2", Barring::Bar, "12"),
            ("12", "2", Barring::Lift, "1"),
            ("1", "2", Barring::Lift, "1"),
            ("1", "", Barring::Bar, "1"),
        ] {
            assert_eq!(barred_after(&list(had), &list(of).0, way).0, list(after).0, "{had} {of} {way:?}");
        }
    }
}
