//! The school's actions: decides by hand, and applies for candidates from before 2005 (V2, V3, V4, S2).

use super::{changes, grant, lock_student, of_record, record};
use crate::audit::Actor;
use crate::context::Context;
use crate::review::rules::{Decision, decided, is_decided_so};
use crate::review::{Review, ReviewRefusal, ReviewState, mails, store};
use crate::roster::{self, DocumentKey};
use crate::sitting::{Catalogue, Plan};
use crate::store::{DbError, Stop, Tx};
use crate::words::codes::SchoolCode;
use crate::words::ids::ReviewId;
use crate::words::name::NameKey;
use crate::words::staff::Scope;
use cet_base::form_mark::Seen;

/// A decision on one application.
#[derive(Clone, Debug)]
pub struct DecideCommand {
    /// The school.
    pub school: SchoolCode,
    /// The application.
    pub id: ReviewId,
    /// The decision.
    pub decision: Decision,
    /// The number of submissions that was on the page.
    pub seen: i64,
    /// The mark of the state that was on the page.
    pub shown: Seen,
    /// The evidence, sealed; never empty.
    pub evidence_sealed: Vec<u8>,
    /// The account.
    pub staff: String,
    /// The account's scope.
    pub scope: Scope,
    /// The network address, for the audit log.
    pub address: String,
}

/// Whether this account made the last decision, with the same evidence: then it is a repeat and no second decision.
fn decided_by(context: &Context, of: &Review, staff: &str, evidence_sealed: &[u8]) -> Result<bool, DbError> {
    let open = |sealed: &[u8]| context.vault.open(sealed).map_err(|error| DbError::Other(error.to_string()));
    match &of.evidence_sealed {
        Some(kept) if of.decided_by.as_deref() == Some(staff) => Ok(open(kept)? == open(evidence_sealed)?),
        Some(_) | None => Ok(false),
    }
}

/// Decides an application and notifies the candidate; an approval opens CET6 at once. Idempotent for the same decision
/// of the same account.
///
/// Locks: the student's record and registration, the application, the ticket.
///
/// # Errors
/// [`ReviewRefusal::NotFound`], also for one out of scope; else the reason why it can't be decided so.
pub async fn decide(
    tx: &mut Tx<'_>,
    context: &Context,
    catalogue: &Catalogue,
    cmd: &DecideCommand,
) -> Result<(), Stop<ReviewRefusal>> {
    let not_found = || Stop::Refused(ReviewRefusal::NotFound);
    let before = store::find(tx, cmd.school, cmd.id).await?.ok_or_else(not_found)?;
    lock_student(tx, before.school, &before.sitting, &before.document_key).await?;
    let of = store::lock(tx, cmd.school, cmd.id).await?.filter(|of| cmd.scope.contains(of.school, of.campus));
    let mut of = of.ok_or_else(not_found)?;
    let again = is_decided_so(of.state, of.malicious, cmd.decision) && of.submissions == cmd.seen;
    if again && decided_by(context, &of, &cmd.staff, &cmd.evidence_sealed)? {
        return Ok(());
    }
    if !cmd.shown.fits("review", of.standing()) {
        return Err(Stop::Refused(if of.state == ReviewState::Approved {
            ReviewRefusal::Final
        } else {
            ReviewRefusal::Changed
        }));
    }
    let (state, malicious) =
        decided(of.state, of.malicious, of.submissions, cmd.seen, cmd.decision).map_err(Stop::Refused)?;
    if let (ReviewState::Approved, Some(ticket)) = (state, of.ticket)
        && !store::take_ticket(tx, &of.sitting, ticket, &of.document_key).await?
    {
        return Err(Stop::Refused(ReviewRefusal::TicketTaken));
    }
    let was = of.clone();
    of.state = state;
    of.malicious = malicious;
    of.decided_by = Some(cmd.staff.clone());
    of.decided_at = Some(tx.now().await?);
    of.evidence_sealed = Some(cmd.evidence_sealed.clone());
    store::decide(tx, &of).await?;
    let action = match cmd.decision {
        Decision::Approve => "review-approved",
        Decision::Refuse => "review-refused",
        Decision::Close => "review-closed",
        Decision::Reopen => "review-reopened",
    };
    let mut changed = changes(Some(&was), &of);
    if state == ReviewState::Approved {
        changed = grant(tx, catalogue, &of, changed).await?;
    }
    record(tx, &of, Actor::Staff(cmd.staff.clone()), (action, changed), &cmd.address).await?;
    if let Some(passport) = of.passport {
        mails::tell(tx, &of, passport, cmd.decision).await?;
    }
    Ok(())
}

/// A school's application for one of its own students.
#[derive(Clone, Debug)]
pub struct ApplyCommand {
    /// The document in its roster.
    pub document: DocumentKey,
    /// The name, for comparison.
    pub name: NameKey,
    /// The evidence of the old score, sealed; never empty.
    pub evidence_sealed: Vec<u8>,
    /// The account.
    pub staff: String,
    /// The account's scope.
    pub scope: Scope,
    /// The network address, for the audit log.
    pub address: String,
}

/// Applies and approves in one step, for a student whose score is from before 2005 or whose ticket number is lost.
/// Idempotent for the same account and application.
///
/// Locks: the student's record and registration.
///
/// # Errors
/// [`ReviewRefusal::RecordNotFound`] if the student is not in the school's roster; [`ReviewRefusal::NotOpen`] if CET6
/// is not offered, barred, or already open; [`ReviewRefusal::Exists`] when the candidate's own application waits or is
/// approved.
pub async fn apply(
    tx: &mut Tx<'_>,
    context: &Context,
    catalogue: &Catalogue,
    plan: &Plan,
    cmd: &ApplyCommand,
) -> Result<ReviewId, Stop<ReviewRefusal>> {
    let found = roster::store::find(tx, &plan.code, cmd.document).await?.filter(|found| {
        found.name_key == cmd.name.as_str()
            && cmd.scope.school() == Some(found.school)
            && cmd.scope.holds(found.campus.as_str())
    });
    let found = found.ok_or(Stop::Refused(ReviewRefusal::RecordNotFound))?;
    let key = found.document_key.bytes().to_vec();
    lock_student(tx, found.school, &plan.code, &key).await?;
    for state in [ReviewState::Approved, ReviewState::Pending] {
        let Some(id) = store::of_document(tx, found.school, &plan.code, &key, state).await? else { continue };
        let there = store::find(tx, found.school, id).await?.filter(|of| of.passport.is_none());
        return match there {
            Some(of) if decided_by(context, &of, &cmd.staff, &cmd.evidence_sealed)? => Ok(id),
            Some(_) | None => Err(Stop::Refused(ReviewRefusal::Exists)),
        };
    }
    let person = of_record(tx, plan, found).await?;
    if !person.may_ask {
        return Err(Stop::Refused(ReviewRefusal::NotOpen));
    }
    let now = tx.now().await?;
    let of = Review {
        school: person.school,
        id: ReviewId(tx.new_id()),
        sitting: plan.code.clone(),
        campus: person.campus,
        passport: None,
        document_key: person.document_key,
        document_kind: person.document_kind,
        document_sealed: person.document_sealed,
        name: person.name,
        ticket: None,
        state: ReviewState::Approved,
        malicious: false,
        submissions: 1,
        submitted_at: now,
        decided_by: Some(cmd.staff.clone()),
        decided_at: Some(now),
        evidence_sealed: Some(cmd.evidence_sealed.clone()),
    };
    if !store::insert(tx, &of).await? {
        return Err(Stop::Refused(ReviewRefusal::Exists));
    }
    let changed = grant(tx, catalogue, &of, changes(None, &of)).await?;
    record(tx, &of, Actor::Staff(cmd.staff.clone()), ("review-applied", changed), &cmd.address).await?;
    notify_bound(tx, &of).await?;
    Ok(of.id)
}

/// Notifies the passport bound to the student; without one there is nobody to notify.
async fn notify_bound(tx: &mut Tx<'_>, of: &Review) -> Result<(), DbError> {
    use crate::registration::store::{live, live_of_student};
    let Some(id) = live_of_student(tx, of.school, &of.sitting, &of.document_key).await? else {
        return Ok(());
    };
    match live(tx, of.school, id).await? {
        Some(bound) => mails::tell(tx, of, bound.passport, Decision::Approve).await,
        None => Ok(()),
    }
}
