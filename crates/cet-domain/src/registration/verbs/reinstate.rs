//! Reinstates a released registration, because money for one of its entries came late and a seat is left (Y4).

use super::{confirmation, looked_up};
use crate::audit::{self, Actor, Changes, Value};
use crate::registration::{Registration, store};
use crate::roster;
use crate::sitting::Catalogue;
use crate::store::{DbError, Tx};
use crate::words::codes::{SchoolCode, SubjectCode};
use crate::words::ids::{PassportId, RegistrationId};

/// Binds the student of a released registration again, to the passport that paid, with a new snapshot of the current
/// record. Returns `None`, and changes nothing, when either is bound again, the roster has another record, a subject is not
/// granted, or two people found that the student is not this passport's.
///
/// Locks: the released registration, the student's record, then the claim.
///
/// # Errors
/// [`DbError`], also when the student is being bound concurrently.
pub(crate) async fn reinstate(
    tx: &mut Tx<'_>,
    catalogue: &Catalogue,
    school: SchoolCode,
    (id, passport): (RegistrationId, PassportId),
    subjects: &[SubjectCode],
) -> Result<Option<Registration>, DbError> {
    let Some((sitting, record)) = store::released(tx, school, id).await? else { return Ok(None) };
    let Some(plan) = catalogue.sitting(&sitting) else { return Ok(None) };
    let Some(found) = looked_up(tx, plan, Some((school, record))).await? else { return Ok(None) };
    roster::store::lock(tx, &sitting, &found.document_key.bytes()).await?;
    let granted = confirmation(tx, plan, &found).await?.eligibility.granted();
    let key = found.document_key.bytes().to_vec();
    let free = store::live_of_student(tx, school, &sitting, &key).await?.is_none();
    // Whoever lost a dispute about the student can't have it back by paying late (R24, W3).
    let (_, lost) = store::let_go::standing(tx, passport, &sitting, &key).await?;
    if !free || lost || !subjects.iter().all(|subject| granted.contains(subject)) {
        return Ok(None);
    }
    if !store::insert_claim(tx, passport, &sitting, school, id).await? {
        return Ok(None);
    }
    let snapshot = found.snapshot(
        catalogue.school_name(found.campus.school()).unwrap_or_default(),
        catalogue.campus_name(found.campus).unwrap_or_default(),
        granted,
    );
    store::reinstate(tx, school, (id, passport), &snapshot).await?;
    let changes = Changes::NONE.set("passport", passport);
    record_it(tx, school, id, ("registration-revived", changes)).await?;
    store::lock(tx, school, id).await
}

/// Releases a reinstated registration again, because no seat was left after all.
pub(crate) async fn release_again(tx: &mut Tx<'_>, of: &Registration) -> Result<(), DbError> {
    store::delete_claim(tx, of).await?;
    store::release(tx, of).await?;
    let changes = Changes::NONE.field("passport", of.passport, Value::Nothing);
    record_it(tx, of.school, of.id, ("registration-released", changes)).await
}

async fn record_it(
    tx: &mut Tx<'_>,
    school: SchoolCode,
    id: RegistrationId,
    (action, changes): (&'static str, Changes),
) -> Result<(), DbError> {
    let event = audit::Event {
        school,
        actor: Actor::Job("late-money"),
        action,
        object_kind: "registration",
        object: &id.to_string(),
        address: "",
        detail: "",
        changes,
    };
    audit::record(tx, &event).await
}
