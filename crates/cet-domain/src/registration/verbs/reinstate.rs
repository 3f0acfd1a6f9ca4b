//! Reinstates a released registration, because money for one of its entries came late and a seat is left (Y4).

use super::{confirmation, looked_up};
use crate::audit::{self, Actor, Changes, Value};
use crate::registration::{Registration, store};
use crate::roster;
use crate::sitting::Catalogue;
use crate::store::{DbError, Tx};
use crate::words::codes::{SchoolCode, SubjectCode};
use crate::words::ids::{PassportId, RegistrationId};

/// Why a released registration stays gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum StaysGone {
    /// Another passport has bound the student.
    BoundElsewhere,
    /// The roster does not grant a subject (any more).
    NotGranted,
    /// The passport has bound again, the roster has another record, or two people found that the student is not this
    /// passport's.
    Other,
}

/// Binds the student of a released registration again, to the passport that paid, with a new snapshot of the current
/// record. Changes nothing where it stays gone, as when either is bound again, the roster has another record, a subject is not
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
) -> Result<Result<Registration, StaysGone>, DbError> {
    let gone = |why| Ok(Err(why));
    let Some((sitting, record)) = store::released(tx, school, id).await? else {
        return gone(StaysGone::Other);
    };
    let Some(plan) = catalogue.sitting(&sitting) else { return gone(StaysGone::Other) };
    let Some(found) = looked_up(tx, plan, Some((school, record))).await? else {
        return gone(StaysGone::Other);
    };
    roster::store::lock(tx, &sitting, &found.document_key.bytes()).await?;
    let granted = confirmation(tx, plan, &found).await?.eligibility.granted();
    let key = found.document_key.bytes().to_vec();
    if let Some(live) = store::live_of_student(tx, school, &sitting, &key).await? {
        let is_own = store::live(tx, school, live).await?.is_some_and(|of| of.passport == passport);
        return gone(if is_own { StaysGone::Other } else { StaysGone::BoundElsewhere });
    }
    // Whoever lost a dispute about the student can't have it back by paying late (R24, W3).
    let (_, lost) = store::let_go::standing(tx, passport, &sitting, &key).await?;
    if lost {
        return gone(StaysGone::Other);
    }
    if !subjects.iter().all(|subject| granted.contains(subject)) {
        return gone(StaysGone::NotGranted);
    }
    if !store::insert_claim(tx, passport, &sitting, school, id).await? {
        return gone(StaysGone::Other);
    }
    let snapshot = found.snapshot(
        catalogue.school_name(found.campus.school()).unwrap_or_default(),
        catalogue.campus_name(found.campus).unwrap_or_default(),
        granted,
    );
    store::reinstate(tx, school, (id, passport), &snapshot).await?;
    let changes = Changes::NONE.set("passport", passport);
    record_it(tx, school, id, ("registration-revived", changes)).await?;
    Ok(store::lock(tx, school, id).await?.ok_or(StaysGone::Other))
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
