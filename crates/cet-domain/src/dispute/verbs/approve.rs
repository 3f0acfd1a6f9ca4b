//! Another person approves what was decided, and it is carried out: in one transaction, or not at all (ADR 11).

use super::read::{Disputed, values};
use super::{lapse, log, opened};
use crate::audit::{self, Actor, Changes, Value};
use crate::dispute::rules::{handover, may_approve};
use crate::dispute::store::{self, scoped};
use crate::dispute::{Decision, Dispute, DisputeRefusal, DisputeState};
use crate::entry::messages::line;
use crate::entry::rules::is_live;
use crate::entry::verbs::{Handover, give_back_and_leave, hand_over, needs};
use crate::entry::{Entry, EntryState};
use crate::message::{self, DisputeEnd, Facts};
use crate::passport;
use crate::payment::verbs::{Asked, hand_back};
use crate::registration::{self, Registration, release};
use crate::review;
use crate::roster;
use crate::seat_pool::PoolKey;
use crate::sitting::Catalogue;
use crate::standby::{self, EndedFor};
use crate::store::{DbError, Stop, Tx};
use crate::vault::Vault;
use crate::words::ids::{DisputeId, EntryId, PassportId};
use crate::words::staff::By;
use cet_base::form_mark::Seen;

/// An approval.
#[derive(Clone)]
pub struct ApproveCommand {
    /// The dispute.
    pub id: DisputeId,
    /// The mark of what the page showed.
    pub seen: Seen,
    /// Who approves.
    pub by: By,
}

/// Carries a decision out. Idempotent for the same account.
///
/// Locks: the student's record, the disputes about the student, the registration, both claims, the claimant's passport, seat pools by key.
///
/// # Errors
/// [`DisputeRefusal`]: nothing was done.
pub async fn approve(
    tx: &mut Tx<'_>,
    (vault, catalogue): (&Vault, &Catalogue),
    cmd: &ApproveCommand,
) -> Result<(), Stop<DisputeRefusal>> {
    let not_found = || Stop::Refused(DisputeRefusal::NotFound);
    let before = scoped::find(tx, &cmd.by.scope, cmd.id).await?.ok_or_else(not_found)?;
    roster::store::lock(tx, &before.sitting, &before.document_key).await?;
    let waiting = store::lock_waiting_of(tx, &before.document_key, &before.sitting, before.school).await?;
    let of = scoped::lock(tx, &cmd.by.scope, cmd.id).await?.ok_or_else(not_found)?;
    if of.approved_by.as_ref() == Some(&cmd.by.account) {
        return Ok(());
    }
    let read = Disputed::read(tx, catalogue, (&of, true)).await?;
    // Read once the registration is locked: a wait for it carries no approval past the end of its decision, and no entry past
    // the end of its hold.
    let now = tx.now().await?;
    let decision = may_approve(&of, &cmd.by, now).map_err(Stop::Refused)?;
    let rivals = scoped::rivals(tx, &cmd.by.scope, &of).await?;
    if !cmd.seen.fits("dispute", values(&of, read.as_ref().map(|(disputed, _)| disputed), &rivals)) {
        return Err(Stop::Refused(DisputeRefusal::Changed));
    }
    let (disputed, all) = read.ok_or(Stop::Refused(DisputeRefusal::Over))?;
    let state = if decision == Decision::Refuse { DisputeState::Refused } else { DisputeState::Approved };
    if !store::approve(tx, &of, state, &cmd.by).await? {
        return Err(Stop::Refused(DisputeRefusal::Over));
    }
    let (was, is) = (Value::code(of.state.wire()), Value::code(state.wire()));
    let changes = Changes::NONE.field("state", was, is).set("decision", Value::code(decision.wire()));
    let by = (Actor::Staff(cmd.by.account.clone()), cmd.by.address.as_str());
    log(tx, &of, by, ("dispute-approved", changes)).await?;
    if decision == Decision::Refuse {
        tell(tx, vault, &of, (DisputeEnd::Stays, DisputeEnd::Refused), (Vec::new(), None)).await?;
        return Ok(());
    }
    if disputed.order_open {
        return Err(Stop::Refused(DisputeRefusal::OrderOpen));
    }
    let standings: Vec<_> = disputed.lines.iter().map(super::Line::standing).collect();
    let what = handover(&all, &standings, decision, &needs(catalogue), now).map_err(Stop::Refused)?;
    let case = Case { of: &of, live: &disputed.registration, what: &what, by: &cmd.by };
    let (freed, left) = carry_out(tx, (vault, catalogue), &case, (decision, all)).await?;
    end_others(tx, (&of, decision), &waiting, &cmd.by).await?;
    give_back_and_leave(tx, freed, left).await?;
    Ok(())
}

/// Ends what others said of the student: the registration is the claimant's now, and theirs is turned down with a message; or it was
/// let go, and there is nothing left to decide.
async fn end_others(
    tx: &mut Tx<'_>,
    (of, decision): (&Dispute, Decision),
    waiting: &[Dispute],
    by: &By,
) -> Result<(), DbError> {
    for rival in waiting.iter().filter(|rival| rival.id != of.id) {
        if decision != Decision::Move || (rival.registration, rival.holder) != (of.registration, of.holder) {
            lapse::if_moot(tx, rival).await?;
            continue;
        }
        if !store::turn_down(tx, rival, of, by).await? {
            return Err(DbError::Other("a dispute changed under its own lock".to_owned()));
        }
        let (was, is) = (Value::code(rival.state.wire()), Value::code(DisputeState::Refused.wire()));
        let refuse = Value::code(Decision::Refuse.wire());
        let changes = Changes::NONE.field("state", was, is).set("decision", refuse);
        let actor = (Actor::Staff(by.account.clone()), by.address.as_str());
        log(tx, rival, actor, ("dispute-approved", changes)).await?;
        let facts = Facts::DisputeEnded { end: DisputeEnd::GivenToAnother, lines: Vec::new(), until: None };
        message::tell(tx, rival.claimant, &rival.id.to_string(), &facts).await?;
    }
    Ok(())
}

/// What is carried out, on what, by whom.
struct Case<'a> {
    of: &'a Dispute,
    live: &'a Registration,
    what: &'a Handover,
    by: &'a By,
}

/// Returns the pools whose seats are to be freed, and those whose lines are left.
async fn carry_out(
    tx: &mut Tx<'_>,
    (vault, catalogue): (&Vault, &Catalogue),
    case: &Case<'_>,
    (decision, mut all): (Decision, Vec<Entry>),
) -> Result<(Vec<PoolKey>, Vec<PoolKey>), Stop<DisputeRefusal>> {
    let (of, live, by) = (case.of, case.live, case.by);
    let old: Vec<Entry> = all.iter().filter(|entry| case.what.ends(entry.id)).cloned().collect();
    money_back(tx, catalogue, case, &old).await?;
    let actor = Actor::Staff(by.account.clone());
    let freed = hand_over(tx, catalogue, live, &mut all, (case.what, &actor, &by.address)).await?;
    let left = if decision == Decision::Release {
        leave_lines(tx, live, (&actor, &by.address)).await?
    } else {
        Vec::new()
    };
    let now = tx.now().await?;
    let stay: Vec<&Entry> = all.iter().filter(|entry| is_live(entry, now)).collect();
    let to = match decision {
        Decision::Move => Some(of.claimant),
        _ if stay.is_empty() => None,
        // What the school pays for waits for its student, as if no passport had taken it over.
        _ => Some(PassportId::NONE),
    };
    match to {
        Some(to) => give(tx, case, (to, stay.is_empty())).await?,
        None => release::let_go(tx, live, actor).await?,
    }
    let lines = old.iter().map(|entry| line(catalogue, entry)).collect();
    let kept = stay.iter().map(|entry| line(catalogue, entry)).collect();
    let until = stay.iter().filter(|entry| entry.state == EntryState::Held && entry.locked_by.is_none());
    let until = until.map(|entry| entry.expires_at.micros()).min();
    let (end, new_end) = match decision {
        Decision::Move => (DisputeEnd::GivenAway, DisputeEnd::Given),
        _ => (DisputeEnd::LetGo, DisputeEnd::Free),
    };
    tell_side(tx, vault, of, (of.holder, end), (lines, None)).await?;
    tell_side(tx, vault, of, (of.claimant, new_end), (kept, until)).await?;
    Ok((freed, left))
}

/// Ends the places in line of a registration that is let go (R16): a place whose registration nobody holds would never get its
/// turn, and nobody behind it either. Returns the pools whose lines are to be left.
async fn leave_lines(
    tx: &mut Tx<'_>,
    live: &Registration,
    (by, address): (&Actor, &str),
) -> Result<Vec<PoolKey>, DbError> {
    let mut of = live.clone();
    let mut left = Vec::new();
    for waits in standby::store::of_registration(tx, of.school, of.id).await? {
        let why = (EndedFor::Refused, None);
        left.extend(standby::verbs::end(tx, &mut of, &waits, why, (by.clone(), address)).await?);
    }
    Ok(left)
}

/// All that the holder's gateways received for what ends goes back to whoever paid.
async fn money_back(
    tx: &mut Tx<'_>,
    catalogue: &Catalogue,
    case: &Case<'_>,
    old: &[Entry],
) -> Result<(), DbError> {
    let of = case.of;
    let (Some(account), Some(person), Some(scope), Some(at)) =
        (&of.decided_by, &of.decided_person, &of.decided_scope, of.decided_at)
    else {
        return Err(DbError::Decode("who decided a dispute"));
    };
    let reason = format!("dispute {}", of.id);
    let asked = Asked { account, person, scope, at, reason: &reason };
    let paid = old.iter().filter(|entry| entry.state == EntryState::Paid).map(|entry| entry.id);
    let paid: Vec<EntryId> = paid.collect();
    hand_back(tx, catalogue, case.live, &paid, (&asked, case.by)).await
}

/// Gives the registration to another passport, or to the school alone.
async fn give(
    tx: &mut Tx<'_>,
    case: &Case<'_>,
    (to, is_empty): (PassportId, bool),
) -> Result<(), Stop<DisputeRefusal>> {
    let (of, live) = (case.of, case.live);
    let changed = || Stop::Fault(DbError::Other("a registration changed under its own lock".to_owned()));
    release::taken_away(tx, live).await?;
    registration::store::delete_claim(tx, live).await?;
    if to.is_one() {
        if !registration::store::insert_claim(tx, to, &live.sitting, live.school, live.id).await? {
            return Err(Stop::Refused(DisputeRefusal::ClaimantBound));
        }
        // Whoever closes the account (A11) locks the same row: either finds the other one's work.
        if passport::store::lock(tx, to).await?.is_none_or(|account| account.email.is_empty()) {
            return Err(Stop::Refused(DisputeRefusal::ClaimantGone));
        }
        review::store::move_to_passport(tx, &live.sitting, &of.document_key, of.holder, to).await?;
    }
    if !registration::store::scoped::move_to(tx, live, to).await? {
        return Err(changed());
    }
    let now = tx.now().await?;
    // What waits in a line is not empty (R7): with a time it would come up for release again and again.
    let empty_until = (is_empty && live.in_line == 0).then(|| now.plus(registration::rules::EMPTY_FOR));
    registration::store::set_release(tx, live, empty_until).await?;
    let after = if to.is_one() { Value::from(to) } else { Value::Nothing };
    let event = audit::Event {
        school: live.school,
        actor: Actor::Staff(case.by.account.clone()),
        action: "registration-moved",
        object_kind: "registration",
        object: &live.id.to_string(),
        address: &case.by.address,
        detail: &format!("dispute={}", of.id),
        changes: Changes::NONE.field("passport", live.passport, after),
    };
    audit::record(tx, &event).await?;
    Ok(())
}

async fn tell(
    tx: &mut Tx<'_>,
    vault: &Vault,
    of: &Dispute,
    (holder, claimant): (DisputeEnd, DisputeEnd),
    (lines, until): (Vec<message::Line>, Option<i64>),
) -> Result<(), DbError> {
    tell_side(tx, vault, of, (of.holder, holder), (lines.clone(), until)).await?;
    tell_side(tx, vault, of, (of.claimant, claimant), (lines, until)).await
}

/// Tells one side how it ended, with what the school wrote.
async fn tell_side(
    tx: &mut Tx<'_>,
    vault: &Vault,
    of: &Dispute,
    (to, end): (PassportId, DisputeEnd),
    (lines, until): (Vec<message::Line>, Option<i64>),
) -> Result<(), DbError> {
    let words = match &of.answer_sealed {
        Some(sealed) if !opened(vault, sealed)?.is_empty() => Some(sealed.clone()),
        _ => None,
    };
    let facts = Facts::DisputeEnded { end, lines, until };
    message::tell_with_words(tx, to, &of.id.to_string(), &facts, words).await
}
