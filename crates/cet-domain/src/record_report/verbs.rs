//! The use cases of reports; each is one transaction.

use super::{Field, Report, ReportRefusal, ReportState, store};
use crate::audit::{self, Actor, Changes, Value};
use crate::message::{self, Facts};
use crate::registration::store::live_of_student;
use crate::roster::staff_queries::{self, Change};
use crate::roster::verbs::{Corrected, correct};
use crate::roster::{self, StudentRecord};
use crate::store::{DbError, Stop, Tx};
use crate::vault::Vault;
use crate::words::codes::{SchoolCode, SittingCode};
use crate::words::ids::{PassportId, RecordId, ReportId};
use crate::words::staff::Scope;
use cet_base::form_mark::Seen;

/// What a candidate reports.
#[derive(Clone)]
pub struct ReportCommand {
    /// Who reports.
    pub passport: PassportId,
    /// For which sitting.
    pub sitting: SittingCode,
    /// The record that the page showed: the bound one, else the one looked up.
    pub record: Option<(SchoolCode, RecordId)>,
    /// What is wrong.
    pub field: Field,
    /// What is right.
    pub right: String,
    /// A note; may be empty.
    pub note: String,
    /// The network address, for the audit log.
    pub address: String,
}

/// The record that a report is about, if it still is in the roster of the sitting.
pub async fn record_of(
    tx: &mut Tx<'_>,
    sitting: &SittingCode,
    record: Option<(SchoolCode, RecordId)>,
) -> Result<Option<StudentRecord>, DbError> {
    let Some((school, id)) = record else { return Ok(None) };
    let found = roster::store::find_by_id(tx, school, id).await?;
    Ok(found.filter(|found| found.sitting == *sitting))
}

/// Reports a wrong record to its school. The same report again, while it waits, is the same report.
///
/// Locks: the student's record.
///
/// # Errors
/// [`ReportRefusal::NotLookedUp`]; [`ReportRefusal::Open`] while another one of this passport and record waits.
pub async fn report(
    tx: &mut Tx<'_>,
    vault: &Vault,
    cmd: &ReportCommand,
) -> Result<ReportId, Stop<ReportRefusal>> {
    let found = record_of(tx, &cmd.sitting, cmd.record).await?;
    let found = found.ok_or(Stop::Refused(ReportRefusal::NotLookedUp))?;
    roster::store::lock(tx, &found.sitting, &found.document_key.bytes()).await?;
    if let Some(open) = store::open_of(tx, cmd.passport, (found.school, found.id)).await? {
        let same = open.field == cmd.field
            && opened(vault, &open.right_sealed)? == cmd.right
            && opened(vault, &open.note_sealed)? == cmd.note;
        return if same { Ok(open.id) } else { Err(Stop::Refused(ReportRefusal::Open)) };
    }
    let new = Report {
        school: found.school,
        id: ReportId(tx.new_id()),
        sitting: found.sitting.clone(),
        campus: found.campus,
        passport: cmd.passport,
        record: found.id,
        said_sealed: sealed(vault, &cmd.field.said(&found))?,
        name: found.name,
        student_number: found.student_number,
        field: cmd.field,
        right_sealed: sealed(vault, &cmd.right)?,
        note_sealed: sealed(vault, &cmd.note)?,
        state: ReportState::Open,
        reported_at: tx.now().await?,
        answered_by: None,
        answered_at: None,
        answer_sealed: None,
    };
    if !store::insert(tx, &new).await? {
        return Err(Stop::Refused(ReportRefusal::Open));
    }
    let changes = Changes::NONE.set("state", Value::code(new.state.wire()));
    let actor = Actor::Passport(cmd.passport);
    log(tx, &new, actor, ("record-reported", changes), &cmd.address).await?;
    Ok(new.id)
}

fn sealed(vault: &Vault, text: &str) -> Result<Vec<u8>, DbError> {
    vault.seal(text).map_err(|error| DbError::Other(error.to_string()))
}

fn opened(vault: &Vault, sealed: &[u8]) -> Result<String, DbError> {
    vault.open(sealed).map_err(|error| DbError::Other(error.to_string()))
}

/// What a school's page of a report is made of.
pub struct Read {
    /// The report.
    pub report: Report,
    /// The student's record as it stands now; `None` if the roster has none of this student in the scope any more.
    pub record: Option<StudentRecord>,
    /// Whether a candidate has saved it: then it can't be corrected (R6).
    pub is_saved: bool,
}

impl Read {
    /// The values for the mark of its forms (R19).
    #[must_use]
    pub fn values(&self) -> Vec<String> {
        let record = self.record.as_ref().map(StudentRecord::values);
        self.report.standing().into_iter().chain(record.into_iter().flatten()).collect()
    }
}

/// Reads a report of the scope with its record.
pub async fn read(tx: &mut Tx<'_>, scope: &Scope, id: ReportId) -> Result<Option<Read>, DbError> {
    let Some(report) = store::find(tx, scope, id).await? else { return Ok(None) };
    Ok(Some(with_record(tx, scope, report).await?))
}

async fn with_record(tx: &mut Tx<'_>, scope: &Scope, report: Report) -> Result<Read, DbError> {
    let reported = roster::store::find_by_id(tx, report.school, report.record).await?;
    let record = match reported {
        // A later import may have replaced the row since.
        Some(of) => match roster::store::find(tx, &of.sitting, of.document_key).await? {
            Some(newest) => staff_queries::one(tx, scope, &newest.sitting, newest.school, newest.id).await?,
            None => None,
        },
        None => None,
    };
    let is_saved = match &record {
        Some(of) => {
            let key = of.document_key.bytes();
            live_of_student(tx, of.school, &of.sitting, &key).await?.is_some()
        }
        None => false,
    };
    Ok(Read { report, record, is_saved })
}

/// What a school answers.
#[derive(Clone)]
pub struct AnswerCommand {
    /// The report.
    pub id: ReportId,
    /// The value that the record is to have there; `None` to answer only.
    pub value: Option<String>,
    /// What the candidate is told.
    pub answer: String,
    /// The mark of what the page showed.
    pub seen: Seen,
    /// The account's scope.
    pub scope: Scope,
    /// The account.
    pub by: String,
    /// The network address, for the audit log.
    pub address: String,
}

/// Answers a report, after correcting the record if a value is given, and tells the candidate. The same answer of the same
/// account again is the same answer.
///
/// Locks: the student's record, the report.
///
/// # Errors
/// [`ReportRefusal::NotFound`], also for one out of scope; [`ReportRefusal::Over`], [`ReportRefusal::Changed`]; of a
/// correction also [`ReportRefusal::Saved`], [`ReportRefusal::ByImport`], [`ReportRefusal::Same`], [`ReportRefusal::Wrong`].
pub async fn answer(tx: &mut Tx<'_>, vault: &Vault, cmd: &AnswerCommand) -> Result<(), Stop<ReportRefusal>> {
    let not_found = || Stop::Refused(ReportRefusal::NotFound);
    let before = store::find(tx, &cmd.scope, cmd.id).await?.ok_or_else(not_found)?;
    if let Some(of) = roster::store::find_by_id(tx, before.school, before.record).await? {
        roster::store::lock(tx, &of.sitting, &of.document_key.bytes()).await?;
    }
    let report = store::lock(tx, &cmd.scope, cmd.id).await?.ok_or_else(not_found)?;
    let state = if cmd.value.is_some() { ReportState::Corrected } else { ReportState::Answered };
    if let Some(kept) = &report.answer_sealed {
        let mut same = report.state == state
            && report.answered_by.as_deref() == Some(&cmd.by)
            && opened(vault, kept)? == cmd.answer;
        if let Some(value) = cmd.value.as_deref().filter(|_| same) {
            let field = report.field;
            let now = with_record(tx, &cmd.scope, report).await?;
            same = now.record.is_some_and(|of| field.says_already(&of, value));
        }
        return if same { Ok(()) } else { Err(Stop::Refused(ReportRefusal::Over)) };
    }
    let now = with_record(tx, &cmd.scope, report).await?;
    if !cmd.seen.fits("record-report", now.values()) {
        return Err(Stop::Refused(ReportRefusal::Changed));
    }
    if let Some(value) = &cmd.value {
        correct_record(tx, &now, value, cmd).await?;
    }
    let mut of = now.report;
    of.state = state;
    of.answered_by = Some(cmd.by.clone());
    of.answered_at = Some(tx.now().await?);
    of.answer_sealed = Some(sealed(vault, &cmd.answer)?);
    if !store::answer(tx, &of).await? {
        return Err(DbError::Other("a report changed under its own lock".to_owned()).into());
    }
    let (was, is) = (Value::code(ReportState::Open.wire()), Value::code(state.wire()));
    let changes = Changes::NONE.field("state", was, is).withheld("answer", "", &cmd.answer);
    log(tx, &of, Actor::Staff(cmd.by.clone()), ("report-answered", changes), &cmd.address).await?;
    let corrected = state == ReportState::Corrected;
    let facts = Facts::ReportAnswered { field: of.field.wire().to_owned(), corrected };
    message::tell_with_words(tx, of.passport, &of.id.to_string(), &facts, of.answer_sealed.clone()).await?;
    Ok(())
}

/// Corrects the record by the verb of the student's page, which keeps R6 and writes its own line with before and after.
async fn correct_record(
    tx: &mut Tx<'_>,
    now: &Read,
    value: &str,
    cmd: &AnswerCommand,
) -> Result<(), Stop<ReportRefusal>> {
    let field = now.report.field;
    if !field.is_correctable() {
        return Err(Stop::Refused(ReportRefusal::ByImport));
    }
    let record = now.record.as_ref().ok_or(Stop::Refused(ReportRefusal::Changed))?;
    let to = field.corrected(Change::of(record.clone()), value);
    let to = to.ok_or(Stop::Refused(ReportRefusal::Wrong("value")))?;
    // A correction of nothing would be told to the candidate as one.
    if field.says_already(record, value) {
        return Err(Stop::Refused(ReportRefusal::Same));
    }
    if to.campus.school() != record.school || !cmd.scope.holds(to.campus.as_str()) {
        return Err(Stop::Refused(ReportRefusal::Wrong("value")));
    }
    let by = (&Actor::Staff(cmd.by.clone()), cmd.address.as_str());
    match correct(tx, &cmd.scope, record, &to, &Seen::default(), by).await? {
        Corrected::Done => Ok(()),
        Corrected::Saved => Err(Stop::Refused(ReportRefusal::Saved)),
        Corrected::Meanwhile => Err(Stop::Refused(ReportRefusal::Changed)),
    }
}

async fn log(
    tx: &mut Tx<'_>,
    of: &Report,
    actor: Actor,
    (action, changes): (&'static str, Changes),
    address: &str,
) -> Result<(), DbError> {
    let event = audit::Event {
        school: of.school,
        actor,
        action,
        object_kind: "report",
        object: &of.id.to_string(),
        address,
        detail: &format!("record={} field={}", of.record, of.field.wire()),
        changes,
    };
    audit::record(tx, &event).await
}
