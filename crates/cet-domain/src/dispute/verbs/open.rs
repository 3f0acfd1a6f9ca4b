//! 这是我本人: a candidate opens a dispute about the student that was looked up.

use super::{fault, log, opened, sealed};
use crate::audit::{Actor, Changes, Value};
use crate::dispute::{Dispute, DisputeRefusal, DisputeState, rules, store};
use crate::limit::{self, Rule};
use crate::message::{self, Facts};
use crate::passport::rules::same_student_number;
use crate::registration::{self, RegistrationRefusal, verbs::obstacles};
use crate::roster::{self, StudentRecord};
use crate::sealed::{Sealed, Telephone, TelephoneOf};
use crate::store::{DbError, Stop, Tx};
use crate::vault::{Vault, to_hex};
use crate::words::codes::{SchoolCode, SittingCode};
use crate::words::ids::{DisputeId, PassportId, RecordId};

/// What a candidate says.
#[derive(Clone)]
pub struct OpenCommand {
    /// Who says it.
    pub passport: PassportId,
    /// For which sitting.
    pub sitting: SittingCode,
    /// The record that the session remembers from the look-up.
    pub record: Option<(SchoolCode, RecordId)>,
    /// 学号.
    pub student_number: String,
    /// A telephone number for the school.
    pub phone: String,
    /// A note; may be empty.
    pub note: String,
    /// The network it comes from; `None` for an exempt one.
    pub network: Option<String>,
    /// The network address, for the audit log.
    pub address: String,
}

/// Opens a dispute and tells both sides. The same one again, while it waits, is the same dispute.
///
/// Locks: the student's record, the disputes about the student.
///
/// # Errors
/// [`DisputeRefusal::NotLookedUp`], [`DisputeRefusal::PassportBound`], [`DisputeRefusal::Free`],
/// [`DisputeRefusal::Open`], [`DisputeRefusal::TooMany`].
pub async fn open(
    tx: &mut Tx<'_>,
    vault: &Vault,
    cmd: &OpenCommand,
) -> Result<DisputeId, Stop<DisputeRefusal>> {
    let Some((school, id)) = cmd.record else { return Err(Stop::Refused(DisputeRefusal::NotLookedUp)) };
    let found = roster::store::find_by_id(tx, school, id).await?;
    let found = found.filter(|found| found.sitting == cmd.sitting);
    let found = found.ok_or(Stop::Refused(DisputeRefusal::NotLookedUp))?;
    let key = found.document_key.bytes();
    roster::store::lock(tx, &cmd.sitting, &key).await?;
    // What others say of the student keeps nobody from saying so too.
    let waiting = store::lock_waiting_of(tx, &key, &cmd.sitting, school).await?;
    if let Some(of) = waiting.iter().find(|of| of.claimant == cmd.passport) {
        if same(vault, of, cmd)? {
            return Ok(of.id);
        }
        if !super::lapse::if_moot(tx, of).await? {
            return Err(Stop::Refused(DisputeRefusal::Open));
        }
    }
    let new = disputed(tx, vault, &found, cmd).await?;
    count(tx, cmd, &new).await?;
    if !store::insert(tx, &new).await? {
        return Err(Stop::Refused(DisputeRefusal::Open));
    }
    let changes = Changes::NONE.set("state", Value::code(new.state.wire()));
    log(tx, &new, (Actor::Passport(cmd.passport), &cmd.address), ("dispute-opened", changes)).await?;
    tell(tx, &new).await?;
    Ok(new.id)
}

/// Whether this passport has opened exactly this dispute before.
fn same(vault: &Vault, of: &Dispute, cmd: &OpenCommand) -> Result<bool, DbError> {
    Ok(of.claimant == cmd.passport
        && opened(vault, &of.number_sealed)? == cmd.student_number
        && of.telephone(vault).map_err(fault)? == cmd.phone
        && opened(vault, &of.note_sealed)? == cmd.note)
}

/// The dispute, if the student is another passport's now.
async fn disputed(
    tx: &mut Tx<'_>,
    vault: &Vault,
    found: &StudentRecord,
    cmd: &OpenCommand,
) -> Result<Dispute, Stop<DisputeRefusal>> {
    let key = found.document_key.bytes();
    let in_the_way = obstacles(tx, cmd.passport, &cmd.sitting, found).await?;
    if in_the_way.contains(&RegistrationRefusal::PassportBound) {
        return Err(Stop::Refused(DisputeRefusal::PassportBound));
    }
    let held = registration::store::live_of_student(tx, found.school, &cmd.sitting, &key).await?;
    let (Some(id), true) = (held, in_the_way.contains(&RegistrationRefusal::StudentBound)) else {
        return Err(Stop::Refused(DisputeRefusal::Free));
    };
    let live = registration::store::live(tx, found.school, id).await?;
    let live = live.filter(|of| of.passport != cmd.passport).ok_or(Stop::Refused(DisputeRefusal::Free))?;
    let id = DisputeId(tx.new_id());
    Ok(Dispute {
        school: found.school,
        id,
        sitting: cmd.sitting.clone(),
        campus: live.campus,
        record: found.id,
        document_key: key.to_vec(),
        name: found.name.clone(),
        student_number: found.student_number.clone(),
        registration: live.id,
        holder: live.passport,
        claimant: cmd.passport,
        number_sealed: sealed(vault, &cmd.student_number)?,
        number_fits: same_student_number(&cmd.student_number, &found.student_number),
        phone_sealed: Sealed::<Telephone>::new(vault, TelephoneOf::Dispute(found.school, id), &cmd.phone)
            .map_err(fault)?,
        note_sealed: sealed(vault, &cmd.note)?,
        state: DisputeState::Open,
        opened_at: tx.now().await?,
        decision: None,
        evidence_sealed: None,
        answer_sealed: None,
        decided_by: None,
        decided_person: None,
        decided_scope: None,
        decided_at: None,
        approved_by: None,
        ended_at: None,
    })
}

/// The brakes on disputes: by passport, by network, and by student where the number is not the student's.
async fn count(tx: &mut Tx<'_>, cmd: &OpenCommand, new: &Dispute) -> Result<(), Stop<DisputeRefusal>> {
    let student = format!("{}:{}", cmd.sitting, to_hex(&new.document_key));
    let passport = cmd.passport.to_string();
    let mut all: Vec<(Rule, &str)> = vec![(rules::BY_PASSPORT, &passport)];
    all.extend((!new.number_fits).then_some((rules::OF_STUDENT, student.as_str())));
    all.extend(cmd.network.as_deref().map(|network| (rules::FROM_NETWORK, network)));
    for (rule, whom) in &all {
        match limit::spend(tx, rule, whom).await {
            Ok(_) => {}
            Err(Stop::Refused(wait)) => {
                let wait = jiff::SignedDuration::from_secs(i64::try_from(wait.seconds).unwrap_or(i64::MAX));
                return Err(Stop::Refused(DisputeRefusal::TooMany(tx.now().await?.plus(wait))));
            }
            Err(Stop::Fault(fault)) => return Err(Stop::Fault(fault)),
        }
    }
    Ok(())
}

/// Tells both sides, so that a false claim is seen by whom it is against.
async fn tell(tx: &mut Tx<'_>, of: &Dispute) -> Result<(), DbError> {
    let live = registration::store::live(tx, of.school, of.registration).await?;
    let (school, campus) = live.map_or_else(
        || (of.school.to_string(), of.campus.to_string()),
        |live| (live.school_name, live.campus_name),
    );
    let at = of.opened_at.micros();
    let event = of.id.to_string();
    let facts = Facts::DisputeOpened { school: school.clone(), campus: campus.clone(), at };
    message::tell(tx, of.holder, &event, &facts).await?;
    message::tell(tx, of.claimant, &event, &Facts::DisputeReceived { school, campus, at }).await
}
