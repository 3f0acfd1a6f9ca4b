//! One member of staff decides; nothing of the registration changes yet.

use super::read::{Disputed, values};
use super::{log, opened, sealed};
use crate::audit::{Actor, Changes, Value};
use crate::dispute::rules::handover;
use crate::dispute::store::{self, scoped};
use crate::dispute::{Decision, Dispute, DisputeRefusal, DisputeState};
use crate::entry::verbs::needs;
use crate::passport;
use crate::sitting::Catalogue;
use crate::store::{DbError, Stop, Tx};
use crate::vault::Vault;
use crate::words::ids::DisputeId;
use crate::words::staff::By;
use cet_base::form_mark::Seen;

/// A decision.
#[derive(Clone)]
pub struct DecideCommand {
    /// The dispute.
    pub id: DisputeId,
    /// What was decided.
    pub decision: Decision,
    /// What the school saw; not empty.
    pub evidence: String,
    /// What both sides are told; may be empty.
    pub answer: String,
    /// The mark of what the page showed.
    pub seen: Seen,
    /// Who decides.
    pub by: By,
}

/// Stores a decision for another person to approve, in place of one that nobody has approved. The same decision of the same
/// account again is the same decision.
///
/// Locks: the dispute.
///
/// # Errors
/// [`DisputeRefusal::NotFound`], also for one out of scope; [`DisputeRefusal::Over`], [`DisputeRefusal::Changed`];
/// [`DisputeRefusal::Begun`], [`DisputeRefusal::Locked`], [`DisputeRefusal::ClaimantGone`] of what could not be carried out.
pub async fn decide(
    tx: &mut Tx<'_>,
    (vault, catalogue): (&Vault, &Catalogue),
    cmd: &DecideCommand,
) -> Result<(), Stop<DisputeRefusal>> {
    let of = scoped::lock(tx, &cmd.by.scope, cmd.id).await?;
    let of = of.ok_or(Stop::Refused(DisputeRefusal::NotFound))?;
    if same(vault, &of, cmd)? {
        return Ok(());
    }
    if !of.state.waits() {
        return Err(Stop::Refused(DisputeRefusal::Over));
    }
    let read = Disputed::read(tx, catalogue, (&of, false)).await?;
    let rivals = scoped::rivals(tx, &cmd.by.scope, &of).await?;
    if !cmd.seen.fits("dispute", values(&of, read.as_ref().map(|(disputed, _)| disputed), &rivals)) {
        return Err(Stop::Refused(DisputeRefusal::Changed));
    }
    let (disputed, all) = read.ok_or(Stop::Refused(DisputeRefusal::Over))?;
    let standings: Vec<_> = disputed.lines.iter().map(super::Line::standing).collect();
    let now = tx.now().await?;
    handover(&all, &standings, cmd.decision, &needs(catalogue), now).map_err(Stop::Refused)?;
    if cmd.decision == Decision::Move {
        let claimant = passport::store::account(tx, of.claimant).await?;
        if claimant.is_none_or(|account| account.email.is_empty()) {
            return Err(Stop::Refused(DisputeRefusal::ClaimantGone));
        }
    }
    let sealed = (sealed(vault, &cmd.evidence)?, sealed(vault, &cmd.answer)?);
    if !store::decide(tx, &of, (cmd.decision, &cmd.by), (&sealed.0, &sealed.1)).await? {
        return Err(DbError::Other("a dispute changed under its own lock".to_owned()).into());
    }
    let (was, is) = (Value::code(of.state.wire()), Value::code(DisputeState::Decided.wire()));
    let changes = Changes::NONE
        .field("state", was, is)
        .set("decision", Value::code(cmd.decision.wire()))
        .withheld("evidence", "", &cmd.evidence);
    let by = (Actor::Staff(cmd.by.account.clone()), cmd.by.address.as_str());
    log(tx, &of, by, ("dispute-decided", changes)).await?;
    Ok(())
}

fn same(vault: &Vault, of: &Dispute, cmd: &DecideCommand) -> Result<bool, DbError> {
    let text = |sealed: &Option<Vec<u8>>| sealed.as_ref().map(|sealed| opened(vault, sealed)).transpose();
    Ok(of.decision == Some(cmd.decision)
        && of.decided_by.as_ref() == Some(&cmd.by.account)
        && text(&of.evidence_sealed)?.as_ref() == Some(&cmd.evidence)
        && text(&of.answer_sealed)?.as_ref() == Some(&cmd.answer))
}
