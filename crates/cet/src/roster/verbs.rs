//! Correcting one student's record (S2): one transaction.

use super::StudentRecord;
use super::desk::{self, Change};
use crate::audit::{self, Actor, Event};
use crate::sitting::subject::join_codes;
use crate::staff::Scope;
use crate::store::{DbError, Tx};

/// Corrects a record of the scope, as long as no candidate has saved it (R6); answers whether nobody had.
///
/// # Errors
/// [`DbError`].
pub async fn correct(
    tx: &mut Tx<'_>,
    scope: &Scope,
    of: &StudentRecord,
    to: &Change,
    (actor, address): (&Actor, &str),
) -> Result<bool, DbError> {
    if !desk::change(tx, scope, of, to).await? {
        return Ok(false);
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
    Ok(true)
}
