//! 保存并继续: binding a passport and a student, both ways, for one sitting (R6).

use super::proof::{self, Shown, Whom};
use crate::audit::{self, Actor, Changes};
use crate::message::{self, Facts};
use crate::registration::verbs::enter_by;
use crate::registration::{Registration, RegistrationRefusal, rules, store};
use crate::roster::Snapshot;
use crate::sitting::Catalogue;
use crate::store::{DbError, Stop, Tx};
use crate::words::codes::SittingCode;
use crate::words::ids::{PassportId, RecordId, RegistrationId};
use crate::words::time::Time;

/// How often obstacles are cleared away before the request is refused: once for each side.
const TRIES: usize = 3;

/// The binding of a passport to a student.
pub struct Binding<'a> {
    /// The passport.
    pub passport: PassportId,
    /// The sitting.
    pub sitting: &'a SittingCode,
    /// The row of the roster.
    pub record: RecordId,
    /// The copy of the row that is kept.
    pub snapshot: Snapshot,
    /// What the passport shows beyond name and document (R24).
    pub shown: &'a Shown,
    /// The network address, for the audit log.
    pub address: &'a str,
}

impl Binding<'_> {
    pub(super) fn whom(&self) -> Whom<'_> {
        Whom {
            sitting: self.sitting,
            document_key: &self.snapshot.document_key,
            student_number: &self.snapshot.student_number,
        }
    }
}

/// Binds a passport and a student; idempotent. A registration that the student's school made is taken over. Expired registrations of either side are released first.
///
/// Locks: the claim, then the student's key, by inserting both; if either insert conflicts, the transaction rolls back.
///
/// # Errors
/// [`RegistrationRefusal::PassportBound`], [`RegistrationRefusal::StudentBound`], [`RegistrationRefusal::TooMany`],
/// [`RegistrationRefusal::ProofNeeded`], [`RegistrationRefusal::DisputeDecided`].
pub async fn bind(
    tx: &mut Tx<'_>,
    catalogue: &Catalogue,
    binding: &Binding<'_>,
) -> Result<Registration, Stop<RegistrationRefusal>> {
    let now = tx.now().await?;
    let school = binding.snapshot.campus.school();
    let key = &binding.snapshot.document_key;
    let fresh = registration(binding, RegistrationId(tx.new_id()), now);
    let mut claimed = false;
    for _ in 0..TRIES {
        if !claimed {
            claimed = store::insert_claim(tx, binding.passport, binding.sitting, school, fresh.id).await?;
        }
        if !claimed {
            if let Some(bound) = own_registration(tx, catalogue, binding).await? {
                return Ok(bound);
            }
            continue;
        }
        // The student's key is one of its school: another school's registration of the student is looked for.
        if store::lives_elsewhere(tx, school, binding.sitting, key).await? {
            return Err(Stop::Refused(RegistrationRefusal::StudentBound));
        }
        if store::insert(tx, &fresh, binding.record, &binding.snapshot).await? {
            check_fresh(tx, binding, now).await?;
            audit_saved(tx, &fresh, binding.address).await?;
            tell_saved(tx, catalogue, &fresh).await?;
            return Ok(fresh);
        }
        if let Some(other) = store::live_of_student(tx, school, binding.sitting, key).await?
            && !super::release_if_overdue(tx, catalogue, school, other).await?
        {
            let taken = super::school::take_over(tx, catalogue, (&fresh, other), binding).await?;
            let of = taken.ok_or(Stop::Refused(RegistrationRefusal::StudentBound))?;
            check_fresh(tx, binding, now).await?;
            return Ok(of);
        }
    }
    let refusal =
        if claimed { RegistrationRefusal::StudentBound } else { RegistrationRefusal::PassportBound };
    Err(Stop::Refused(refusal))
}

/// The passport has a claim already: returns it if it is for the same student, releases it if it is finished (`None`),
/// and refuses otherwise.
async fn own_registration(
    tx: &mut Tx<'_>,
    catalogue: &Catalogue,
    binding: &Binding<'_>,
) -> Result<Option<Registration>, Stop<RegistrationRefusal>> {
    let Some((school, id)) = store::claim(tx, binding.passport, binding.sitting).await? else {
        return Ok(None);
    };
    let Some(of) = store::lock(tx, school, id).await? else { return Ok(None) };
    if super::release_if_overdue(tx, catalogue, school, id).await? {
        return Ok(None);
    }
    let same = store::snapshot(tx, school, id)
        .await?
        .is_some_and(|snapshot| snapshot.document_key == binding.snapshot.document_key);
    if same { Ok(Some(of)) } else { Err(Stop::Refused(RegistrationRefusal::PassportBound)) }
}

/// Checked after binding, because registrations that were just released count too.
async fn check_fresh(
    tx: &mut Tx<'_>,
    binding: &Binding<'_>,
    now: Time,
) -> Result<(), Stop<RegistrationRefusal>> {
    match store::tally(tx, binding.passport, binding.sitting).await? {
        Some((_, until)) if now < until => Err(Stop::Refused(RegistrationRefusal::TooMany(until))),
        Some(_) | None => proof::check(tx, binding).await,
    }
}

fn registration(binding: &Binding<'_>, id: RegistrationId, now: Time) -> Registration {
    let snapshot = &binding.snapshot;
    Registration {
        school: snapshot.campus.school(),
        id,
        sitting: binding.sitting.clone(),
        passport: binding.passport,
        saved_at: now,
        release_at: Some(now.plus(rules::EMPTY_FOR)),
        in_line: 0,
        campus: snapshot.campus,
        school_name: snapshot.school_name.clone(),
        campus_name: snapshot.campus_name.clone(),
        subjects: snapshot.subjects.clone(),
        listed: snapshot.listed.clone(),
        barred: snapshot.barred.clone(),
    }
}

async fn tell_saved(tx: &mut Tx<'_>, catalogue: &Catalogue, of: &Registration) -> Result<(), DbError> {
    let released = of.saved_at.plus(rules::EMPTY_FOR);
    let by = catalogue.sitting(&of.sitting).map(|plan| enter_by(plan, of.campus, released, of.saved_at));
    let facts = Facts::Saved {
        school: of.school_name.clone(),
        campus: of.campus_name.clone(),
        until: by.map_or(released, |by| by.at).micros(),
        entered: Vec::new(),
    };
    message::tell(tx, of.passport, &of.id.to_string(), &facts).await
}

async fn audit_saved(tx: &mut Tx<'_>, of: &Registration, address: &str) -> Result<(), DbError> {
    let event = audit::Event {
        school: of.school,
        actor: Actor::Passport(of.passport),
        action: "registration-saved",
        object_kind: "registration",
        object: &of.id.to_string(),
        address,
        detail: &format!("campus={}", of.campus),
        changes: Changes::NONE,
    };
    audit::record(tx, &event).await
}
