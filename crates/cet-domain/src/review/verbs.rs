//! The use cases of CET6资格复核; each is one transaction.

mod decide;
mod submit;

pub use decide::{ApplyCommand, DecideCommand, apply, decide};
pub use submit::{SubmitCommand, WithdrawCommand, submit, withdraw};

use super::{Review, ReviewState, mails, store};
use crate::audit::{self, Actor, Changes, Value};
use crate::registration::{self, verbs::grant_cet6};
use crate::roster::{self, StudentRecord};
use crate::sealed::{Document, Sealed};
use crate::sitting::{Catalogue, Plan};
use crate::store::{DbError, Tx};
use crate::words::codes::{CampusCode, SchoolCode, SittingCode, SubjectCode};
use crate::words::ids::{PassportId, RecordId};

/// The applicant: the bound record, else the one that was looked up. It has no Debug: it is personal data.
#[derive(Clone, PartialEq, Eq)]
pub struct Person {
    /// The school that decides.
    pub school: SchoolCode,
    /// The home campus.
    pub campus: CampusCode,
    /// 姓名.
    pub name: String,
    /// The name in comparison form.
    pub name_key: String,
    /// 证件类型, by its name in the database.
    pub document_kind: String,
    /// 证件号码, sealed.
    pub document_sealed: Sealed<Document>,
    /// The lookup key of the document.
    pub document_key: Vec<u8>,
    /// Whether the record is bound to the passport.
    pub bound: bool,
    /// Whether the button is shown: CET6 is offered, not barred, and not open yet (V1).
    pub may_ask: bool,
}

/// The person for whom a passport may apply now (W7): no data come from a form.
pub async fn person(
    tx: &mut Tx<'_>,
    plan: &Plan,
    passport: PassportId,
    looked_up: Option<(SchoolCode, RecordId)>,
) -> Result<Option<Person>, DbError> {
    if let Some(of) = registration::verbs::of_passport(tx, passport, &plan.code).await? {
        let kept = registration::store::snapshot(tx, of.school, of.id).await?;
        return Ok(kept.map(|kept| Person {
            school: of.school,
            campus: kept.campus,
            may_ask: plan.offers(of.campus, SubjectCode::CET6)
                && !of.barred.0.contains(&SubjectCode::CET6)
                && !of.subjects.0.contains(&SubjectCode::CET6),
            name: kept.name,
            name_key: kept.name_key,
            document_kind: kept.document_kind,
            document_sealed: kept.document_sealed,
            document_key: kept.document_key,
            bound: true,
        }));
    }
    match registration::verbs::looked_up(tx, plan, looked_up).await? {
        Some(found) => Ok(Some(of_record(tx, plan, found).await?)),
        None => Ok(None),
    }
}

async fn of_record(tx: &mut Tx<'_>, plan: &Plan, found: StudentRecord) -> Result<Person, DbError> {
    let says = registration::verbs::confirmation(tx, plan, &found).await?;
    Ok(Person {
        school: found.school,
        campus: found.campus,
        may_ask: says.eligibility.may_ask_for_cet6_review,
        name: found.name,
        name_key: found.name_key,
        document_kind: found.document_kind,
        document_sealed: found.document_sealed,
        document_key: found.document_key.bytes().to_vec(),
        bound: false,
    })
}

/// The current application of a passport.
pub async fn of_passport(
    tx: &mut Tx<'_>,
    passport: PassportId,
    sitting: &SittingCode,
) -> Result<Option<Review>, DbError> {
    match store::claim(tx, passport, sitting).await? {
        Some((school, id)) => store::find(tx, school, id).await,
        None => Ok(None),
    }
}

/// Why the school refused an application, sealed: what its candidate was told, and nothing that a school wrote for itself
/// (why it takes applications again).
pub async fn reason_told(
    tx: &mut Tx<'_>,
    passport: PassportId,
    of: &Review,
) -> Result<Option<Vec<u8>>, DbError> {
    match of.state {
        ReviewState::Refused => mails::words_told(tx, of, passport).await,
        ReviewState::Pending | ReviewState::Approved | ReviewState::Withdrawn => Ok(None),
    }
}

/// Whether a passport has an application whose state the button shows (V1, V5).
pub async fn shows_state(
    tx: &mut Tx<'_>,
    passport: PassportId,
    sitting: &SittingCode,
) -> Result<bool, DbError> {
    Ok(of_passport(tx, passport, sitting).await?.is_some_and(|of| of.state != ReviewState::Withdrawn))
}

/// Locks the student's record and the registration, if there is one: both come before the application. Without the
/// record's lock, an approval and a concurrent save of a registration would not see each other, and CET6 would stay
/// closed.
async fn lock_student(
    tx: &mut Tx<'_>,
    school: SchoolCode,
    sitting: &SittingCode,
    document_key: &[u8],
) -> Result<(), DbError> {
    roster::store::lock(tx, sitting, document_key).await?;
    if let Some(id) = registration::store::live_of_student(tx, school, sitting, document_key).await? {
        registration::store::lock(tx, school, id).await?;
    }
    Ok(())
}

/// Opens CET6 for the registration of an approved student, if already bound; adds its 资格科目 to the changes.
async fn grant(
    tx: &mut Tx<'_>,
    catalogue: &Catalogue,
    of: &Review,
    changes: Changes,
) -> Result<Changes, DbError> {
    let bound = registration::store::live_of_student(tx, of.school, &of.sitting, &of.document_key).await?;
    let Some(id) = bound else { return Ok(changes) };
    Ok(match grant_cet6(tx, catalogue, of.school, id).await? {
        Some((had, has)) => changes.field("subjects", Value::codes(had), Value::codes(has)),
        None => changes,
    })
}

/// The changes of an application's state; `None` for a new one.
fn changes(before: Option<&Review>, of: &Review) -> Changes {
    let state = |of: &Review| Value::code(of.state.wire());
    let ticket =
        |of: &Review| of.ticket.as_ref().map(|ticket| ticket.as_str().to_owned()).unwrap_or_default();
    let evidence = |of: &Review| of.evidence_sealed.clone().unwrap_or_default();
    Changes::NONE
        .field("state", before.map(state), state(of))
        .field("malicious", before.is_some_and(|before| before.malicious), of.malicious)
        .field("submissions", before.map(|before| before.submissions), of.submissions)
        .withheld("ticket", before.map(ticket).unwrap_or_default(), ticket(of))
        .withheld("evidence", before.map(evidence).unwrap_or_default(), evidence(of))
}

async fn record(
    tx: &mut Tx<'_>,
    of: &Review,
    actor: Actor,
    (action, changes): (&'static str, Changes),
    address: &str,
) -> Result<(), DbError> {
    let event = audit::Event {
        school: of.school,
        actor,
        action,
        object_kind: "review",
        object: &of.id.to_string(),
        address,
        detail: &format!("sitting={}", of.sitting),
        changes,
    };
    audit::record(tx, &event).await
}
