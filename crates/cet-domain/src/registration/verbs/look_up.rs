//! 资格查询 and the data of the confirmation page (R3, R4).

use super::{Eligibility, Student, eligibility, has_accepted, of_passport, spend_look_up};
use crate::audit::{self, Actor, Changes};
use crate::consent;
use crate::registration::{RegistrationRefusal, brakes, rules, store};
use crate::roster::{self, DocumentKeys, StudentRecord};
use crate::score;
use crate::sitting::Plan;
use crate::store::{DbError, Tx};
use crate::words::codes::SchoolCode;
use crate::words::ids::{PassportId, RecordId};
use crate::words::name::PersonName;

/// The lookup request.
#[derive(Clone, Debug)]
pub struct LookUpCommand {
    /// The daily limit of documents for a passport (`[limits] documents`).
    pub documents_a_day: usize,
    /// Who asks.
    pub passport: PassportId,
    /// The document's kind and number, by their keys.
    pub document: DocumentKeys,
    /// The name as it was typed.
    pub name: PersonName,
    /// The student number, if the sitting asks for it (W3).
    pub student_number: Option<String>,
    /// The network address, for the audit log.
    pub address: String,
}

/// Finds a student by document and name; what misses presses the brake of the document (R24). The refusal is not an `Err`, because the count against the daily limit must be
/// committed; the caller counts refused lookups per address. A student who is bound to another passport is still found:
/// saving is refused (R3).
///
/// # Errors
/// [`DbError`]. The inner error is [`RegistrationRefusal::AgreementNeeded`], [`RegistrationRefusal::PassportBound`] (to
/// another student than the one looked up), [`RegistrationRefusal::TooMany`], or
/// [`RegistrationRefusal::RecordNotFound`], for a wrong name too.
pub async fn look_up(
    tx: &mut Tx<'_>,
    plan: &Plan,
    cmd: &LookUpCommand,
) -> Result<Result<StudentRecord, RegistrationRefusal>, DbError> {
    if !has_accepted(tx, plan, cmd.passport).await? {
        return Ok(Err(RegistrationRefusal::AgreementNeeded));
    }
    if let Some(of) = of_passport(tx, cmd.passport, &plan.code).await? {
        let snapshot = store::snapshot(tx, of.school, of.id).await?;
        if snapshot.is_some_and(|snapshot| !cmd.document.holds(&snapshot.document_key)) {
            return Ok(Err(RegistrationRefusal::PassportBound));
        }
    }
    consent::note(tx, cmd.passport, consent::Kind::Document).await?;
    if let Err(refusal) =
        spend_look_up(tx, cmd.passport, &cmd.document.whole().bytes(), cmd.documents_a_day).await?
    {
        record(tx, cmd, None, "look-up-refused").await?;
        return Ok(Err(refusal));
    }
    let found = roster::store::find_typed(tx, &plan.code, &cmd.document).await?;
    // Counted for a document that nobody has too, so that both answers take as long (TH8).
    let named = found.as_ref().map_or_else(|| cmd.document.whole(), |found| found.document_key).bytes();
    // Compared with somebody's name too where there is nobody, for the same reason.
    let meant = cmd.name.is_written_for(found.as_ref().map_or(roster::NOBODY, |found| &found.name));
    if let Some(found) = found.filter(|found| meant && has_number(plan, cmd, found)) {
        record(tx, cmd, Some(&found), "record-looked-up").await?;
        Ok(Ok(found))
    } else {
        brakes::missed(tx, &plan.code, &named).await?;
        record(tx, cmd, None, "record-not-found").await?;
        Ok(Err(RegistrationRefusal::RecordNotFound))
    }
}

/// Whether the student number fits, where the sitting asks for it. The name is compared by all its letters, in whatever way
/// they are written; never nearly (R3).
fn has_number(plan: &Plan, cmd: &LookUpCommand, found: &StudentRecord) -> bool {
    let number = cmd.student_number.as_deref().unwrap_or_default().trim();
    !plan.ask_student_number || found.student_number.trim() == number
}

async fn record(
    tx: &mut Tx<'_>,
    cmd: &LookUpCommand,
    found: Option<&StudentRecord>,
    action: &'static str,
) -> Result<(), DbError> {
    let event = audit::Event {
        school: found.map_or(SchoolCode::NONE, |found| found.school),
        actor: Actor::Passport(cmd.passport),
        action,
        object_kind: "student-record",
        object: &found.map(|found| found.id.to_string()).unwrap_or_default(),
        address: &cmd.address,
        detail: "",
        changes: Changes::NONE,
    };
    audit::record(tx, &event).await
}

/// The data of the confirmation page besides the record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Confirmation {
    /// The verdict on every subject that the home campus offers, and whether a review can be requested (R4, V1).
    pub eligibility: Eligibility,
    /// Whether the record can be saved now (R5).
    pub window: Result<(), RegistrationRefusal>,
}

/// The confirmation data of a record that was looked up. Only a review that was approved for this very document counts
/// (W7).
pub async fn confirmation(
    tx: &mut Tx<'_>,
    plan: &Plan,
    found: &StudentRecord,
) -> Result<Confirmation, DbError> {
    let now = tx.now().await?;
    let best = score::store::best_cet4(tx, found.document_key).await?;
    let key = found.document_key.bytes();
    let approved = store::look_up::review_approved(tx, found.school, &plan.code, &key).await?;
    let student = Student {
        campus: found.campus,
        listed: &found.listed.0,
        barred: &found.barred.0,
        best_cet4: best.and_then(|points| u16::try_from(points).ok()),
        cet6_review_approved: approved,
    };
    Ok(Confirmation {
        eligibility: eligibility(plan, &student),
        window: rules::may_bind(&super::binding_windows(plan, found.campus), now),
    })
}

/// The record that was looked up, if it still is the current one of that document: what the candidate has checked must
/// be what is saved.
pub async fn looked_up(
    tx: &mut Tx<'_>,
    plan: &Plan,
    record: Option<(SchoolCode, RecordId)>,
) -> Result<Option<StudentRecord>, DbError> {
    let Some((school, id)) = record else { return Ok(None) };
    let found = roster::store::find_by_id(tx, school, id).await?.filter(|found| found.sitting == plan.code);
    let Some(found) = found else { return Ok(None) };
    let newest = roster::store::find(tx, &plan.code, found.document_key).await?;
    Ok(newest.filter(|newest| (newest.school, newest.id) == (school, id)))
}
