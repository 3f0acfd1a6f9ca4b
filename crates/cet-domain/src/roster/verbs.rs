//! Correcting one student's record (S2): one transaction.

use super::desk::{self, Change};
use super::{StudentRecord, store};
use crate::audit::{self, Actor, Event};
use crate::store::{DbError, Tx};
use crate::words::staff::Scope;
use crate::words::subject_list::join_codes;
use cet_base::form_mark::Seen;

/// How a correction ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Corrected {
    /// It is stored.
    Done,
    /// A candidate has saved the record: nothing is stored.
    Saved,
    /// The record is no longer what the form showed: nothing is stored.
    Meanwhile,
}

/// Corrects a record of the scope that is still what the form showed, as long as no candidate has saved it (R6). What it
/// holds already changes nothing, whoever has saved it since.
///
/// Locks: the student's record.
///
/// # Errors
/// [`DbError`].
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
    // The same form again, whose first answer was lost, is the same success.
    if Change::of(now) == *to {
        return Ok(Corrected::Done);
    }
    if !fits {
        return Ok(Corrected::Meanwhile);
    }
    if !desk::change(tx, scope, of, to).await? {
        return Ok(Corrected::Saved);
    }
    let event = Event {
        school: of.school,
        actor: actor.clone(),
        action: "record-corrected",
        object_kind: "student",
        object: &of.id.to_string(),
        address,
        detail: &format!("campus={} barred={}", to.campus, join_codes(&to.barred.0)),
    };
    audit::record(tx, &event).await?;
    Ok(Corrected::Done)
}
