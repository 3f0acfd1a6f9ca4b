//! 保存并继续: binds the student that was looked up and checked (R5, R6).

use super::{Binding, MadeBySchool, Shown, bind};
use crate::consent;
use crate::registration::verbs::{confirmation, has_accepted, looked_up, obstacles, of_passport};
use crate::registration::{Registration, RegistrationRefusal, store};
use crate::roster::{self, StudentRecord};
use crate::sitting::Catalogue;
use crate::store::{DbError, Stop, Tx};
use crate::words::codes::{SchoolCode, SittingCode};
use crate::words::ids::{PassportId, RecordId};
use cet_base::form_mark::Seen;

/// The request to save.
#[derive(Clone, Debug)]
pub struct SaveCommand {
    /// Who saves.
    pub passport: PassportId,
    /// For which sitting.
    pub sitting: SittingCode,
    /// The record that the session remembers from the lookup.
    pub record: Option<(SchoolCode, RecordId)>,
    /// The mark of the values that the page showed.
    pub seen: Seen,
    /// Whether 我已检查并确认学籍与资格信息正确 is ticked.
    pub checked: bool,
    /// What the passport shows beyond name and document (R24).
    pub shown: Shown,
    /// The network address, for the audit log.
    pub address: String,
}

/// Binds the passport to the student that was looked up and stores a snapshot of the record, with the subjects that are
/// granted now. Idempotent for the same passport and student.
///
/// Locks: the student's record, against a concurrent approval of a review; the claim, then the student's key.
///
/// # Errors
/// All refusals that apply; nothing is bound then.
pub async fn save(
    tx: &mut Tx<'_>,
    catalogue: &Catalogue,
    cmd: &SaveCommand,
) -> Result<Registration, Stop<Vec<RegistrationRefusal>>> {
    let not_looked_up = || Stop::Refused(vec![RegistrationRefusal::NotLookedUp]);
    let plan = catalogue.sitting(&cmd.sitting).ok_or_else(not_looked_up)?;
    let mut refused = Vec::new();
    if !has_accepted(tx, plan, cmd.passport).await? {
        refused.push(RegistrationRefusal::AgreementNeeded);
    }
    let found = looked_up(tx, plan, cmd.record).await?;
    if found.is_none() {
        refused.push(RegistrationRefusal::NotLookedUp);
    }
    if !cmd.checked {
        refused.push(RegistrationRefusal::NotChecked);
    }
    let Some(found) = found else {
        return saved_before(tx, cmd).await?.ok_or(Stop::Refused(refused));
    };
    roster::store::lock(tx, &plan.code, &found.document_key.bytes()).await?;
    // Read again under the lock: the school may correct a record until it is saved.
    let found = roster::store::find_by_id(tx, found.school, found.id).await?.unwrap_or(found);
    let school_made = super::made_by_school(tx, &found).await?;
    if !cmd.seen.fits("record", shown_values(&found, school_made.as_ref())) {
        refused.push(RegistrationRefusal::RecordChanged);
    }
    let facts = confirmation(tx, plan, &found).await?;
    refused.extend(window(facts.window, school_made.as_ref()).err());
    if !refused.is_empty() {
        if let Some(bound) = saved_before(tx, cmd).await? {
            return Ok(bound);
        }
        refused.extend(obstacles(tx, cmd.passport, &cmd.sitting, &found).await?);
        return Err(Stop::Refused(refused));
    }
    let binding = Binding {
        passport: cmd.passport,
        sitting: &cmd.sitting,
        record: found.id,
        snapshot: found.snapshot(
            catalogue.school_name(found.campus.school()).unwrap_or_default(),
            catalogue.campus_name(found.campus).unwrap_or_default(),
            facts.eligibility.granted(),
        ),
        shown: &cmd.shown,
        address: &cmd.address,
    };
    match bind(tx, catalogue, &binding).await {
        Ok(of) => {
            consent::note(tx, cmd.passport, consent::Kind::Photo).await?;
            Ok(of)
        }
        Err(Stop::Fault(fault)) => Err(Stop::Fault(fault)),
        Err(Stop::Refused(refusal)) => {
            let others = obstacles(tx, cmd.passport, &cmd.sitting, &found).await?;
            let others = others.into_iter().filter(|other| other.code() != refusal.code());
            Err(Stop::Refused([refusal.clone()].into_iter().chain(others).collect()))
        }
    }
}

/// Whether the record can be saved now. What the school has entered can be taken over after the window closed too: nothing is
/// entered by that, and without it the student could not print a ticket.
///
/// # Errors
/// The refusal of the window.
pub fn window(
    window: Result<(), RegistrationRefusal>,
    school_made: Option<&MadeBySchool>,
) -> Result<(), RegistrationRefusal> {
    match window {
        Err(RegistrationRefusal::WindowClosed(_)) if school_made.is_some() => Ok(()),
        window => window,
    }
}

/// The values that the confirmation page shows, for its mark (R19): the record, and which registration the school made.
#[must_use]
pub fn shown_values(found: &StudentRecord, school_made: Option<&MadeBySchool>) -> Vec<String> {
    let made = school_made.map(|made| made.registration.id.to_string());
    found.values().into_iter().chain(made).collect()
}

/// An earlier registration of this passport for the same student: it stays saved, whatever has closed or changed since.
async fn saved_before(tx: &mut Tx<'_>, cmd: &SaveCommand) -> Result<Option<Registration>, DbError> {
    let Some((school, record)) = cmd.record.filter(|_| cmd.checked) else { return Ok(None) };
    let Some(of) = of_passport(tx, cmd.passport, &cmd.sitting).await? else { return Ok(None) };
    let Some(found) = roster::store::find_by_id(tx, school, record).await? else { return Ok(None) };
    let kept = store::snapshot(tx, of.school, of.id).await?;
    let same = kept.is_some_and(|kept| kept.document_key == found.document_key.bytes());
    Ok(Some(of).filter(|_| same && found.sitting == cmd.sitting))
}
