//! 保存并提交复核, and deleting a refused application (V2, V3, V4).

use jiff::SignedDuration;

use super::{Person, changes, grant, lock_student, person, record};
use crate::audit::{self, Actor, Changes, Value};
use crate::limit::{self, Rule, Then};
use crate::review::rules::{Match, Outcome, may_submit, may_withdraw, outcome};
use crate::review::{Review, ReviewRefusal, ReviewState, store};
use crate::score::{self, Ticket};
use crate::sitting::{Catalogue, Plan};
use crate::store::{DbError, Stop, Tx};
use crate::words::codes::{SchoolCode, SittingCode};
use crate::words::ids::{PassportId, RecordId, ReviewId};
use crate::words::time::Time;

/// Tries of one passport that were not approved (W7).
const TRIES: Rule =
    Rule { what: "review-passport", most: 5, period: SignedDuration::from_hours(24), then: Then::Rest };

/// The submission of a candidate. It has no Debug: a ticket number is personal data.
#[derive(Clone)]
pub struct SubmitCommand {
    /// Who submits.
    pub passport: PassportId,
    /// For which sitting.
    pub sitting: SittingCode,
    /// The record that the session remembers from the lookup.
    pub looked_up: Option<(SchoolCode, RecordId)>,
    /// 准考证号, if what was typed can be one.
    pub ticket: Option<Ticket>,
    /// Whether the confirmation is ticked.
    pub confirmed: bool,
    /// The network address, for the audit log.
    pub address: String,
}

/// Decides an application by the three rules and stores it; of a refused one only the count of tries is kept, which is
/// why the refusal is not an `Err`.
///
/// Locks: the student's record and registration, the passport's claim, the application, the ticket.
///
/// # Errors
/// [`DbError`]. The inner error holds all refusals that apply.
pub async fn submit(
    tx: &mut Tx<'_>,
    catalogue: &Catalogue,
    cmd: &SubmitCommand,
) -> Result<Result<ReviewState, Vec<ReviewRefusal>>, DbError> {
    let Some(plan) = catalogue.sitting(&cmd.sitting) else { return Ok(Err(vec![ReviewRefusal::NotOpen])) };
    let found = person(tx, plan, cmd.passport, cmd.looked_up).await?;
    if let Some(person) = &found {
        lock_student(tx, person.school, &plan.code, &person.document_key).await?;
    }
    let existing = locked(tx, cmd.passport, &plan.code).await?;
    if let Some(state) = submitted_before(cmd, found.as_ref(), existing.as_ref()) {
        return Ok(Ok(state));
    }
    let (person, ticket) = match checked(tx, cmd, found, existing.as_ref()).await? {
        Ok(sound) => sound,
        Err(refused) => return Ok(Err(refused)),
    };
    let key = &person.document_key;
    let serves_another = store::serves_another(tx, &plan.code, ticket, key).await?;
    let score = score::store::by_ticket(tx, ticket, key, &person.name_key).await?;
    let hit = score.map(|score| Match::of(&score, key, &person.name_key, serves_another));
    let state = match outcome(hit) {
        Outcome::Pending => ReviewState::Pending,
        Outcome::Approved if store::take_ticket(tx, &plan.code, ticket, key).await? => ReviewState::Approved,
        Outcome::Approved | Outcome::Refused => return refuse_unknown_ticket(tx, cmd, &person).await,
    };
    let of = application(plan, cmd, person, existing.as_ref(), (state, ticket), tx.now().await?, tx.new_id());
    if !store_application(tx, &of, cmd.passport, existing.as_ref()).await? {
        return Ok(Err(vec![ReviewRefusal::Exists]));
    }
    let mut changed = changes(existing.as_ref(), &of);
    if state == ReviewState::Approved {
        changed = grant(tx, catalogue, &of, changed).await?;
    } else {
        limit::fail(tx, &TRIES, &cmd.passport.to_string()).await?;
    }
    record(tx, &of, Actor::Passport(cmd.passport), ("review-submitted", changed), &cmd.address).await?;
    Ok(Ok(state))
}

/// The state of an application that was already submitted with this very ticket, if it waits or has been approved.
fn submitted_before(
    cmd: &SubmitCommand,
    person: Option<&Person>,
    existing: Option<&Review>,
) -> Option<ReviewState> {
    let of = existing.filter(|of| matches!(of.state, ReviewState::Pending | ReviewState::Approved))?;
    let same_person = person.is_none_or(|person| person.document_key == of.document_key);
    let same = cmd.confirmed && cmd.ticket.is_some() && of.ticket == cmd.ticket && same_person;
    same.then_some(of.state)
}

/// The application of a passport, locked with its claim.
async fn locked(
    tx: &mut Tx<'_>,
    passport: PassportId,
    sitting: &SittingCode,
) -> Result<Option<Review>, DbError> {
    match store::lock_claim(tx, passport, sitting).await? {
        Some((school, id)) => store::lock(tx, school, id).await,
        None => Ok(None),
    }
}

/// Person and ticket, if nothing but the score may stand against the application.
async fn checked(
    tx: &mut Tx<'_>,
    cmd: &SubmitCommand,
    person: Option<Person>,
    existing: Option<&Review>,
) -> Result<Result<(Person, Ticket), Vec<ReviewRefusal>>, DbError> {
    let mut refused = Vec::new();
    let key = person.as_ref().map(|person| person.document_key.as_slice());
    // If the person is no longer known, the existing application is reported.
    let key = key.or(existing.map(|of| of.document_key.as_slice())).unwrap_or_default();
    let taken = may_submit(existing, key).err();
    match &person {
        None => refused.push(ReviewRefusal::NotLookedUp),
        Some(person) if !person.may_ask && taken.is_none() => refused.push(ReviewRefusal::NotOpen),
        Some(_) => {}
    }
    refused.extend(taken);
    if !cmd.confirmed {
        refused.push(ReviewRefusal::NotChecked);
    }
    if cmd.ticket.is_none() {
        refused.push(ReviewRefusal::TicketUnknown);
    }
    match limit::check(tx, &TRIES, &cmd.passport.to_string()).await {
        Ok(()) => {}
        Err(Stop::Refused(wait)) => refused.push(ReviewRefusal::TooMany(wait.seconds)),
        Err(Stop::Fault(fault)) => return Err(fault),
    }
    match (person, cmd.ticket) {
        (Some(person), Some(ticket)) if refused.is_empty() => Ok(Ok((person, ticket))),
        _ => Ok(Err(refused)),
    }
}

/// Rule 3: counted and logged, without the ticket that was tried.
async fn refuse_unknown_ticket(
    tx: &mut Tx<'_>,
    cmd: &SubmitCommand,
    person: &Person,
) -> Result<Result<ReviewState, Vec<ReviewRefusal>>, DbError> {
    limit::fail(tx, &TRIES, &cmd.passport.to_string()).await?;
    let event = audit::Event {
        school: person.school,
        actor: Actor::Passport(cmd.passport),
        action: "review-not-matched",
        object_kind: "sitting",
        object: cmd.sitting.as_str(),
        address: &cmd.address,
        detail: "",
        changes: Changes::NONE,
    };
    audit::record(tx, &event).await?;
    Ok(Err(vec![ReviewRefusal::TicketUnknown]))
}

fn application(
    plan: &Plan,
    cmd: &SubmitCommand,
    person: Person,
    existing: Option<&Review>,
    (state, ticket): (ReviewState, Ticket),
    now: Time,
    new_id: i64,
) -> Review {
    Review {
        school: person.school,
        id: existing.map_or(ReviewId(new_id), |of| of.id),
        sitting: plan.code.clone(),
        campus: person.campus,
        passport: Some(cmd.passport),
        document_key: person.document_key,
        document_kind: person.document_kind,
        document_sealed: person.document_sealed,
        name: person.name,
        ticket: Some(ticket),
        state,
        malicious: false,
        submissions: existing.map_or(1, |of| of.submissions.saturating_add(1)),
        submitted_at: now,
        decided_by: None,
        decided_at: (state == ReviewState::Approved).then_some(now),
        evidence_sealed: None,
    }
}

/// Stores the application, replacing a refused or deleted one; `false` when another browser was faster.
async fn store_application(
    tx: &mut Tx<'_>,
    of: &Review,
    passport: PassportId,
    existing: Option<&Review>,
) -> Result<bool, DbError> {
    match existing {
        None => {
            if !store::insert_claim(tx, passport, &of.sitting, of.school, of.id).await? {
                return Ok(false);
            }
        }
        Some(before) => {
            store::delete(tx, before.school, before.id).await?;
            store::move_claim(tx, passport, &of.sitting, of.school).await?;
        }
    }
    if store::insert(tx, of).await? {
        Ok(true)
    } else {
        Err(DbError::Other("an application's id is taken".to_owned()))
    }
}

/// The request to delete the passport's own application.
#[derive(Clone, Debug)]
pub struct WithdrawCommand {
    /// The passport.
    pub passport: PassportId,
    /// The sitting.
    pub sitting: SittingCode,
    /// The network address, for the audit log.
    pub address: String,
}

/// Deletes a refused application; idempotent.
///
/// Locks: the passport's claim, the application.
///
/// # Errors
/// [`ReviewRefusal::Nothing`] when there is none; [`ReviewRefusal::Pending`], [`ReviewRefusal::Final`],
/// [`ReviewRefusal::Closed`].
pub async fn withdraw(tx: &mut Tx<'_>, cmd: &WithdrawCommand) -> Result<(), Stop<ReviewRefusal>> {
    let Some(of) = locked(tx, cmd.passport, &cmd.sitting).await? else {
        return Err(Stop::Refused(ReviewRefusal::Nothing));
    };
    may_withdraw(&of).map_err(Stop::Refused)?;
    if of.state == ReviewState::Withdrawn {
        return Ok(());
    }
    store::withdraw(tx, &of).await?;
    let withdrawn = Value::code(ReviewState::Withdrawn.wire());
    let changed = Changes::NONE.field("state", Value::code(of.state.wire()), withdrawn);
    record(tx, &of, Actor::Passport(cmd.passport), ("review-withdrawn", changed), &cmd.address).await?;
    Ok(())
}
