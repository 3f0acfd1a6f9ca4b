//! Confirming as paid, releasing, and the time limit.

use std::collections::BTreeSet;

use crate::audit::{self, Actor, Changes, Value};
use crate::collective_payment::{CollectivePayment, CollectiveRefusal, Line, State, rules, store};
use crate::entry::{self, EntryState, messages};
use crate::message::{self, Facts, facts::PaidBy};
use crate::registration::{self, Registration};
use crate::sitting::Catalogue;
use crate::store::{DbError, Stop, Tx};
use crate::words::codes::SchoolCode;
use crate::words::ids::{CollectivePaymentId, EntryId};
use crate::words::staff::Scope;

/// The request to settle a collective payment.
#[derive(Clone, Debug)]
pub struct SettleCommand {
    /// Its id.
    pub id: CollectivePaymentId,
    /// The account's scope.
    pub scope: Scope,
    /// The account.
    pub by: String,
    /// The network address, for the log.
    pub address: String,
}

/// Confirms that the school's money has arrived: the entries become paid.
///
/// Locks: the collective payment; the registrations in the order of their keys.
///
/// # Errors
/// [`CollectiveRefusal::NotFound`], [`CollectiveRefusal::Settled`], [`CollectiveRefusal::TimeUp`].
pub async fn confirm(
    tx: &mut Tx<'_>,
    catalogue: &Catalogue,
    cmd: &SettleCommand,
) -> Result<(), Stop<CollectiveRefusal>> {
    let of = found(tx, cmd).await?;
    if settled_before(&of, cmd, State::Paid) {
        return Ok(());
    }
    let now = tx.now().await?;
    rules::may_confirm(of.state, of.locks_until, now).map_err(Stop::Refused)?;
    if !store::settle(tx, &of, State::Paid, &cmd.by, now).await? {
        return by_another_browser(tx, cmd, State::Paid).await;
    }
    let by = Actor::Staff(cmd.by.clone());
    let (lines, registrations) = locked_lines(tx, &of).await?;
    for line in &lines {
        if !entry::verbs::mark_paid(tx, of.school, &[line.entry], Some(of.id.0), now).await?.is_empty() {
            return Err(changed().into());
        }
        let changes = Changes::NONE
            .field("state", Value::code("held"), Value::code("paid"))
            .set("amount", line.amount)
            .field("lock", of.id, Value::Nothing);
        record_entry(tx, &of, line.entry, ("entry-paid", changes), (&by, &cmd.address)).await?;
    }
    record(tx, &of, ("collective-payment-paid", State::Paid), (by, &cmd.address)).await?;
    for registration in &registrations {
        tell(tx, catalogue, &of, &lines, registration).await?;
    }
    Ok(())
}

/// Tells a candidate what the school has paid, and what is unpaid still.
async fn tell(
    tx: &mut Tx<'_>,
    catalogue: &Catalogue,
    by: &CollectivePayment,
    lines: &[Line],
    of: &Registration,
) -> Result<(), DbError> {
    let now = tx.now().await?;
    let entries = entry::store::of_registration(tx, of.school, of.id).await?;
    let paid: BTreeSet<EntryId> =
        lines.iter().filter(|line| line.registration == of.id).map(|line| line.entry).collect();
    let unpaid =
        entries.iter().filter(|entry| entry.state == EntryState::Held && entry::rules::is_live(entry, now));
    let facts = Facts::Paid {
        lines: entries
            .iter()
            .filter(|entry| paid.contains(&entry.id))
            .map(|entry| messages::line(catalogue, entry))
            .collect(),
        by: PaidBy::School,
        unpaid: unpaid.map(|entry| messages::line(catalogue, entry)).collect(),
        late: false,
    };
    message::tell(tx, of.passport, &format!("{}-{}", by.id, of.id), &facts).await
}

/// Releases the entries to their candidates. Those past their hold end at once.
///
/// Locks: the collective payment; the registrations in the order of their keys.
///
/// # Errors
/// [`CollectiveRefusal::NotFound`], [`CollectiveRefusal::Settled`].
pub async fn release(tx: &mut Tx<'_>, cmd: &SettleCommand) -> Result<(), Stop<CollectiveRefusal>> {
    let of = found(tx, cmd).await?;
    if settled_before(&of, cmd, State::Released) {
        return Ok(());
    }
    rules::may_release(of.state).map_err(Stop::Refused)?;
    let by = Actor::Staff(cmd.by.clone());
    if unlock(tx, &of, &cmd.by, (by, &cmd.address)).await? {
        Ok(())
    } else {
        by_another_browser(tx, cmd, State::Released).await
    }
}

/// Releases a batch of those past their time limit, over all schools; returns how many.
pub async fn release_due(tx: &mut Tx<'_>, limit: i64) -> Result<i64, DbError> {
    let now = tx.now().await?;
    let due = store::due(tx, now, limit).await?;
    release_these(tx, &due).await
}

/// Releases those of these that are still open and past their time limit; returns how many.
pub(crate) async fn release_these(
    tx: &mut Tx<'_>,
    some: &[(SchoolCode, CollectivePaymentId)],
) -> Result<i64, DbError> {
    let now = tx.now().await?;
    let mut released = 0_i64;
    for &(school, id) in some {
        let Some(of) = store::find_due(tx, school, id, now).await? else { continue };
        if unlock(tx, &of, "", (Actor::Job("collective-payment"), "")).await? {
            released = released.saturating_add(1);
        }
    }
    Ok(released)
}

/// Whether this account has already settled it in this way; a repeat succeeds.
fn settled_before(of: &CollectivePayment, cmd: &SettleCommand, state: State) -> bool {
    of.state == state && of.settled_by == cmd.by
}

/// It was settled between the read and the lock.
async fn by_another_browser(
    tx: &mut Tx<'_>,
    cmd: &SettleCommand,
    state: State,
) -> Result<(), Stop<CollectiveRefusal>> {
    if settled_before(&found(tx, cmd).await?, cmd, state) {
        Ok(())
    } else {
        Err(Stop::Refused(CollectiveRefusal::Settled))
    }
}

async fn found(tx: &mut Tx<'_>, cmd: &SettleCommand) -> Result<CollectivePayment, Stop<CollectiveRefusal>> {
    store::find(tx, &cmd.scope, cmd.id).await?.ok_or(Stop::Refused(CollectiveRefusal::NotFound))
}

async fn unlock(
    tx: &mut Tx<'_>,
    of: &CollectivePayment,
    settled_by: &str,
    (by, address): (Actor, &str),
) -> Result<bool, DbError> {
    let now = tx.now().await?;
    if !store::settle(tx, of, State::Released, settled_by, now).await? {
        return Ok(false);
    }
    for line in &locked_lines(tx, of).await?.0 {
        if !entry::verbs::unlock(tx, of.school, line.entry, of.id.0).await? {
            return Err(changed());
        }
        let changes = Changes::NONE.field("lock", of.id, Value::Nothing);
        record_entry(tx, of, line.entry, ("entry-unlocked", changes), (&by, address)).await?;
    }
    record(tx, of, ("collective-payment-released", State::Released), (by, address)).await?;
    Ok(true)
}

/// Its lines and their registrations, after each registration has been locked.
async fn locked_lines(
    tx: &mut Tx<'_>,
    of: &CollectivePayment,
) -> Result<(Vec<Line>, Vec<Registration>), DbError> {
    let lines = store::lines(tx, of.school, of.id).await?;
    let mut locked: Vec<Registration> = Vec::new();
    for line in &lines {
        if locked.last().is_none_or(|last| last.id != line.registration) {
            let found = registration::store::lock(tx, of.school, line.registration).await?;
            locked.push(found.ok_or_else(changed)?);
        }
    }
    Ok((lines, locked))
}

fn changed() -> DbError {
    DbError::Other("a locked entry changed while its collective payment was open".to_owned())
}

async fn record_entry(
    tx: &mut Tx<'_>,
    of: &CollectivePayment,
    id: EntryId,
    (action, changes): (&'static str, Changes),
    (by, address): (&Actor, &str),
) -> Result<(), DbError> {
    let event = audit::Event {
        school: of.school,
        actor: by.clone(),
        action,
        object_kind: "entry",
        object: &id.to_string(),
        address,
        detail: &format!("collective-payment={}", of.id),
        changes,
    };
    audit::record(tx, &event).await
}

async fn record(
    tx: &mut Tx<'_>,
    of: &CollectivePayment,
    (action, state): (&'static str, State),
    (actor, address): (Actor, &str),
) -> Result<(), DbError> {
    let event = audit::Event {
        school: of.school,
        actor,
        action,
        object_kind: "collective-payment",
        object: &of.id.to_string(),
        address,
        detail: &format!("entries={} amount={}", of.entries, of.amount),
        changes: Changes::NONE.field("state", Value::code(of.state.wire()), Value::code(state.wire())),
    };
    audit::record(tx, &event).await
}
