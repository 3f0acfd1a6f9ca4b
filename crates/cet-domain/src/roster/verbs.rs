//! Correcting one student's record (S2): one transaction.

use super::staff_queries::{self, Change};
use super::{StudentRecord, store};
use crate::audit::{self, Actor, Changes, Event, Value};
use crate::store::{DbError, Tx};
use crate::words::staff::Scope;
use cet_base::form_mark::Seen;

/// The result of a correction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Corrected {
    /// It is stored.
    Done,
    /// A candidate has saved the record: nothing is stored.
    Saved,
    /// The record has changed since the form was loaded: nothing is stored.
    Meanwhile,
}

/// Corrects a record of the scope that has not changed since the form was loaded, unless a candidate has saved it (R6).
/// A correction that changes nothing succeeds, even if it was saved since.
///
/// Locks: the student's record.
pub async fn correct(
    tx: &mut Tx<'_>,
    scope: &Scope,
    of: &StudentRecord,
    to: &Change,
    seen: &Seen,
    (actor, address): (&Actor, &str),
) -> Result<Corrected, DbError> {
    store::lock(tx, &of.sitting, &of.document_key.bytes()).await?;
    let Some(now) = store::find_by_id(tx, of.school, of.id).await? else { return Ok(Corrected::Meanwhile) };
    let fits = seen.fits("student", now.values());
    // A repeat of the form whose first answer was lost succeeds too.
    let was = Change::of(now);
    if was == *to {
        return Ok(Corrected::Done);
    }
    if !fits {
        return Ok(Corrected::Meanwhile);
    }
    if !staff_queries::change(tx, scope, of, to).await? {
        return Ok(Corrected::Saved);
    }
    let event = Event {
        school: of.school,
        actor: actor.clone(),
        action: "record-corrected",
        object_kind: "student",
        object: &of.id.to_string(),
        address,
        detail: &format!("sitting={}", of.sitting),
        changes: changes(&was, to),
    };
    audit::record(tx, &event).await?;
    Ok(Corrected::Done)
}

/// The changes of a correction. A student number opens accounts (W1), and a remark may hold anything: neither value is
/// logged, as no name and no document is.
pub(super) fn changes(was: &Change, to: &Change) -> Changes {
    Changes::NONE
        .field("campus", was.campus, to.campus)
        .withheld("person-name", &was.name, &to.name)
        .text_of("sex", String::new(), &was.sex, &to.sex)
        .text_of("education", String::new(), &was.education, &to.education)
        .text_of("duration", String::new(), &was.duration, &to.duration)
        .text_of("entry-year", String::new(), &was.entry_year, &to.entry_year)
        .text_of("grade", String::new(), &was.grade, &to.grade)
        .text_of("college", String::new(), &was.college, &to.college)
        .text_of("major", String::new(), &was.major, &to.major)
        .text_of("class", String::new(), &was.class, &to.class)
        .withheld("student-number", &was.student_number, &to.student_number)
        .withheld("remark", &was.remark, &to.remark)
        .field("listed", Value::codes(&was.listed.0), Value::codes(&to.listed.0))
        .field("barred", Value::codes(&was.barred.0), Value::codes(&to.barred.0))
}
