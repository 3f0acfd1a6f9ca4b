//! One student's record, corrected by hand in any column of a file (S2): read as a row of a file is, and refused as one.
//!
//! Another document is another student to everybody who looks one up: such a correction takes the row out and enters the
//! corrected one, so that no session holds on to the wrong one. A later file with the old number names the old student again.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::added::{self, AddRefusal};
use super::file::{RosterFile, RosterRow};
use super::staff_queries::{self, Change};
use super::store::removal as removals;
use super::verbs::{self, changes};
use super::{StudentRecord, removal::Student, store};
use crate::audit::{self, Actor, Changes, Event, Value};
use crate::import::{self, Stamp, store as imports};
use crate::store::{Db, DbError, Stop, Tx};
use crate::vault::Vault;
use crate::words::codes::CampusCode;
use crate::words::ids::RecordId;
use crate::words::staff::Scope;
use crate::words::subject_list::SubjectList;
use cet_base::form_mark::Seen;

/// What the columns of a form came to: a row that may stand in a roster.
pub struct Row {
    row: RosterRow,
    /// The columns that a file would have warned of.
    pub odd: Vec<&'static str>,
}

impl Row {
    /// 校区.
    #[must_use]
    pub fn campus(&self) -> CampusCode {
        self.row.campus()
    }
}

/// The result of a correction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowCorrected {
    /// It is stored, in this row.
    Done(RecordId),
    /// A candidate has saved the record: nothing is stored (R6).
    Saved,
    /// The record has changed since the form was loaded: nothing is stored.
    Meanwhile,
    /// The roster of the school has a student with the document: this row.
    Exists(RecordId),
    /// The roster of another school has, or a campus out of the scope: nothing is stored.
    Elsewhere,
}

/// Reads the columns of a form as those of a file.
///
/// # Errors
/// [`AddRefusal::Wrong`], [`AddRefusal::NoSitting`].
pub async fn read(
    db: &Db,
    vault: Arc<Vault>,
    of: &StudentRecord,
    values: [String; 17],
    within: &Scope,
) -> Result<Row, Stop<AddRefusal>> {
    let (row, odd) = added::read(db, vault, &of.sitting, values, within).await?;
    Ok(Row { row, odd })
}

/// Corrects a record of the scope that has not changed since the form was loaded, unless a candidate has saved it (R6).
/// The same correction again is the same correction.
///
/// Locks: the student's record; for another document the sitting too.
pub async fn correct(
    tx: &mut Tx<'_>,
    scope: &Scope,
    of: &StudentRecord,
    to: &Row,
    seen: &Seen,
    by: (&Actor, &str),
) -> Result<RowCorrected, DbError> {
    if to.row.document_key() != of.document_key {
        return replace(tx, scope, of, &to.row, seen, by).await;
    }
    let mut change = to.row.change();
    keep_order(&mut change.listed, &of.listed);
    keep_order(&mut change.barred, &of.barred);
    Ok(match verbs::correct(tx, scope, of, &change, seen, by).await? {
        verbs::Corrected::Done => RowCorrected::Done(of.id),
        verbs::Corrected::Saved => RowCorrected::Saved,
        verbs::Corrected::Meanwhile => RowCorrected::Meanwhile,
    })
}

/// Another order of the same subjects is no change.
fn keep_order(new: &mut SubjectList, old: &SubjectList) {
    if new.0.iter().collect::<BTreeSet<_>>() == old.0.iter().collect() {
        new.clone_from(old);
    }
}

/// The row that a form made of one that it took out, if it was this one: then the form was sent twice.
pub async fn made_of(
    tx: &mut Tx<'_>,
    scope: &Scope,
    of: &StudentRecord,
    to: &Row,
) -> Result<Option<RecordId>, DbError> {
    let found = store::find(tx, &of.sitting, to.row.document_key()).await?;
    let found = found.filter(|there| there.school == of.school && scope.holds(there.campus.as_str()));
    Ok(found.filter(|there| to.row.is_of(there)).map(|there| there.id))
}

async fn replace(
    tx: &mut Tx<'_>,
    scope: &Scope,
    of: &StudentRecord,
    to: &RosterRow,
    seen: &Seen,
    by: (&Actor, &str),
) -> Result<RowCorrected, DbError> {
    store::lock(tx, &of.sitting, &of.document_key.bytes()).await?;
    // Whoever enters a student holds it: nobody else can enter the new document meanwhile.
    crate::sitting::store::lock(tx, of.sitting.as_str()).await?;
    let now = staff_queries::one(tx, scope, &of.sitting, of.school, of.id).await?;
    if let Some(there) = store::find(tx, &of.sitting, to.document_key()).await? {
        let is_own = there.school == of.school && scope.holds(there.campus.as_str());
        return Ok(match (is_own, &now) {
            (true, None) if to.is_of(&there) => RowCorrected::Done(there.id),
            (true, _) => RowCorrected::Exists(there.id),
            (false, _) => RowCorrected::Elsewhere,
        });
    }
    let Some(now) = now.filter(|now| seen.fits("student", now.values())) else {
        return Ok(RowCorrected::Meanwhile);
    };
    if removals::has_saved(tx, of.school, &of.sitting, of.document_key).await? {
        return Ok(RowCorrected::Saved);
    }
    let student = Student {
        school: of.school,
        sitting: of.sitting.clone(),
        document_key: of.document_key,
        record: of.id,
    };
    let out = imports::set_apart(tx, imports::ROSTER, of.sitting.as_str(), None).await?;
    removals::set_apart(tx, &student, out).await?;
    removals::insert(tx, &student, (out, None), (&by.0.name(), "")).await?;
    let at = tx.now().await?;
    let import = imports::set_apart(tx, imports::ROSTER, of.sitting.as_str(), Some(at)).await?;
    let id = RecordId(tx.new_id());
    let stamp = Stamp { id: id.0, import, sheet: String::new(), line: 0, fate: "new" };
    import::insert_one::<RosterFile>(tx, to, &stamp).await?;
    log(tx, &now, (id, to), by).await?;
    Ok(RowCorrected::Done(id))
}

/// A line about the row that was taken out, and one about the corrected row with all that changed.
async fn log(
    tx: &mut Tx<'_>,
    was: &StudentRecord,
    (id, to): (RecordId, &RosterRow),
    (actor, address): (&Actor, &str),
) -> Result<(), DbError> {
    let removed = Changes::NONE.field("state", Value::code("published"), Value::code("withdrawn"));
    let corrected = changes(&Change::of(was.clone()), &to.change())
        .field("document-kind", Value::code(&was.document_kind), Value::code(to.document_kind()))
        .withheld("document", was.document_key.bytes(), to.document_key().bytes());
    for (action, object, changes) in
        [("record-removed", was.id, removed), ("record-corrected", id, corrected)]
    {
        let event = Event {
            school: was.school,
            actor: actor.clone(),
            action,
            object_kind: "student",
            object: &object.to_string(),
            address,
            detail: &format!("sitting={}", was.sitting),
            changes,
        };
        audit::record(tx, &event).await?;
    }
    Ok(())
}
