//! A school's own registrations (集体报名): made without a passport for a student of its roster, and taken over by the
//! student's when he saves.

use super::Binding;
use crate::audit::{self, Actor, Changes, Value};
use crate::entry::{self, Entry, rules as entries};
use crate::message::{self, Facts};
use crate::registration::verbs::confirmation;
use crate::registration::{Registration, RegistrationRefusal, rules, store};
use crate::roster::{self, Snapshot, StudentRecord};
use crate::sitting::Catalogue;
use crate::store::{DbError, Stop, Tx};
use crate::words::codes::{SchoolCode, SittingCode};
use crate::words::ids::{PassportId, RecordId, RegistrationId};
use crate::words::staff::Scope;

/// A student to be registered by the school.
pub struct RegisterCommand<'a> {
    /// The account's scope.
    pub scope: &'a Scope,
    /// The sitting.
    pub sitting: &'a SittingCode,
    /// The row of the roster.
    pub record: (SchoolCode, RecordId),
    /// The account.
    pub by: Actor,
    /// The network address, for the audit log.
    pub address: &'a str,
}

/// The registration of a student, locked: the one that there is, whoever saved it, else a new one of the school. The caller
/// enters the first subject in the same transaction: without one there is nothing to register.
///
/// Locks: the student's record; the registration, or the student's key, by inserting it.
///
/// # Errors
/// [`RegistrationRefusal::RecordNotFound`], also out of scope; [`RegistrationRefusal::StudentBound`] when another school
/// holds the student.
pub async fn register(
    tx: &mut Tx<'_>,
    catalogue: &Catalogue,
    cmd: &RegisterCommand<'_>,
) -> Result<Registration, Stop<RegistrationRefusal>> {
    let not_found = || Stop::Refused(RegistrationRefusal::RecordNotFound);
    let plan = catalogue.sitting(cmd.sitting).ok_or_else(not_found)?;
    let (school, id) = cmd.record;
    let found =
        roster::staff_queries::one(tx, cmd.scope, cmd.sitting, school, id).await?.ok_or_else(not_found)?;
    let key = found.document_key.bytes();
    roster::store::lock(tx, cmd.sitting, &key).await?;
    // Read again under the lock: an import may have replaced or moved it.
    let found =
        roster::staff_queries::one(tx, cmd.scope, cmd.sitting, school, id).await?.ok_or_else(not_found)?;
    if store::lives_elsewhere(tx, school, cmd.sitting, &key).await? {
        return Err(Stop::Refused(RegistrationRefusal::StudentBound));
    }
    if let Some(there) = store::live_of_student(tx, school, cmd.sitting, &key).await?
        && !super::release_if_overdue(tx, catalogue, school, there).await?
    {
        return store::lock(tx, school, there).await?.ok_or_else(not_found);
    }
    let now = tx.now().await?;
    let granted = confirmation(tx, plan, &found).await?.eligibility.granted();
    let snapshot = found.snapshot(
        catalogue.school_name(school).unwrap_or_default(),
        catalogue.campus_name(found.campus).unwrap_or_default(),
        granted,
    );
    let new = Registration {
        school,
        id: RegistrationId(tx.new_id()),
        sitting: cmd.sitting.clone(),
        passport: PassportId::NONE,
        saved_at: now,
        release_at: Some(now.plus(rules::EMPTY_FOR)),
        in_line: 0,
        campus: snapshot.campus,
        school_name: snapshot.school_name.clone(),
        campus_name: snapshot.campus_name.clone(),
        subjects: snapshot.subjects.clone(),
        listed: snapshot.listed.clone(),
        barred: snapshot.barred.clone(),
    };
    if !store::insert(tx, &new, found.id, &snapshot).await? {
        // The student saved at this moment: his registration is entered instead, by a repeat.
        return Err(Stop::Refused(RegistrationRefusal::StudentBound));
    }
    log(tx, &new, (cmd.by.clone(), cmd.address), ("registration-made", Changes::NONE)).await?;
    Ok(new)
}

/// A registration that the school made and no passport has taken over, with what it holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MadeBySchool {
    /// The registration.
    pub registration: Registration,
    /// Its live entries.
    pub entries: Vec<Entry>,
}

/// The school's own registration of a student, if there is one that still holds an entry.
pub async fn made_by_school(tx: &mut Tx<'_>, found: &StudentRecord) -> Result<Option<MadeBySchool>, DbError> {
    let key = found.document_key.bytes();
    let Some(id) = store::live_of_student(tx, found.school, &found.sitting, &key).await? else {
        return Ok(None);
    };
    let live = store::live(tx, found.school, id).await?;
    let Some(registration) = live.filter(|of| !of.passport.is_one()) else { return Ok(None) };
    let now = tx.now().await?;
    let mut all = entry::store::of_registration(tx, found.school, id).await?;
    all.retain(|entry| entries::is_live(entry, now));
    Ok((!all.is_empty()).then_some(MadeBySchool { registration, entries: all }))
}

/// Gives the school's registration `other` of the student to the passport that has claimed `fresh`: claim, snapshot of what
/// was checked, subjects of its entries included. `None` when it is another passport's.
///
/// Locks: the registration; the claim is the caller's.
pub(super) async fn take_over(
    tx: &mut Tx<'_>,
    catalogue: &Catalogue,
    (fresh, other): (&Registration, RegistrationId),
    binding: &Binding<'_>,
) -> Result<Option<Registration>, DbError> {
    let live = store::lock(tx, fresh.school, other).await?;
    let Some(of) = live.filter(|of| !of.passport.is_one()) else { return Ok(None) };
    let now = tx.now().await?;
    let held = entry::store::of_registration(tx, of.school, of.id).await?;
    let held: Vec<&Entry> = held.iter().filter(|entry| entries::is_live(entry, now)).collect();
    let mut snapshot: Snapshot = binding.snapshot.clone();
    let more = held.iter().map(|entry| entry.subject).filter(|code| !fresh.subjects.0.contains(code));
    snapshot.subjects.0.extend(more);
    store::delete_claim(tx, fresh).await?;
    if !store::insert_claim(tx, binding.passport, binding.sitting, of.school, of.id).await?
        || !store::take_over(tx, &of, (binding.passport, binding.record), &snapshot).await?
    {
        return Err(DbError::Other("a registration changed under its own lock".to_owned()));
    }
    let Some(of) = store::lock(tx, of.school, of.id).await? else { return Ok(None) };
    let changes = Changes::NONE.field("passport", Value::Nothing, binding.passport);
    let by = (Actor::Passport(binding.passport), binding.address);
    log(tx, &of, by, ("registration-taken-over", changes)).await?;
    let facts = Facts::Saved {
        school: of.school_name.clone(),
        campus: of.campus_name.clone(),
        until: now.plus(rules::EMPTY_FOR).micros(),
        entered: held.iter().map(|entry| entry::messages::line(catalogue, entry)).collect(),
    };
    message::tell(tx, of.passport, &of.id.to_string(), &facts).await?;
    Ok(Some(of))
}

async fn log(
    tx: &mut Tx<'_>,
    of: &Registration,
    (actor, address): (Actor, &str),
    (action, changes): (&'static str, Changes),
) -> Result<(), DbError> {
    let event = audit::Event {
        school: of.school,
        actor,
        action,
        object_kind: "registration",
        object: &of.id.to_string(),
        address,
        detail: &format!("campus={}", of.campus),
        changes,
    };
    audit::record(tx, &event).await
}
