//! Carries an approved request out: refunds are due, entries end, seats are free, candidates are told; a line at a time
//! under the lock of its registration, and each exactly as it was asked for, or not at all.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::refund_request::facts;
use crate::audit::{self, Actor, Changes, Event};
use crate::entry::{self, Entry, rules::withdrawal};
use crate::payment::entries;
use crate::payment::events::{self, Kind};
use crate::payment::mail;
use crate::payment::rules::RefundReason;
use crate::payment::rules::refunding::{Effect, effect};
use crate::payment::store::refund_requests::{self as requests, Line, Request};
use crate::payment::store::{self, Order};
use crate::registration::{self, Registration};
use crate::seat_pool::PoolKey;
use crate::sitting::Catalogue;
use crate::store::{DbError, Tx};
use crate::words::fen::FenSum;
use crate::words::ids::EntryId;

/// The most lines of one transaction.
pub(super) const AT_ONCE: i64 = 50;

/// How many lines one transaction dealt with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Carried {
    /// Carried out.
    pub done: i64,
    /// Left as they were, because they had changed.
    pub left: i64,
}

/// Carries out the next lines of an approved request that the caller has locked (Y5): each as it was asked for, or not at all.
/// Nothing is done for one that is not approved, or done already.
///
/// Locks: registrations by key, then seat pools by key.
///
/// # Errors
/// [`DbError`]: nothing of these lines was done.
pub async fn carry_out(
    tx: &mut Tx<'_>,
    catalogue: Arc<Catalogue>,
    id: i64,
    by: (Actor, String),
) -> Result<Carried, DbError> {
    let of = requests::lock(tx, id).await?.filter(|of| of.working);
    let Some(of) = of else { return Ok(Carried::default()) };
    let lines = requests::lines(tx, id, "asked", AT_ONCE).await?;
    let more = i64::try_from(lines.len()).unwrap_or(i64::MAX) >= AT_ONCE;
    let mut groups: BTreeMap<_, Vec<Line>> = BTreeMap::new();
    for line in lines {
        groups.entry((line.school, line.registration)).or_default().push(line);
    }
    let (mut carried, mut freed) = (Carried::default(), Vec::new());
    for ((school, registration), lines) in groups {
        let live = registration::store::lock(tx, school, registration).await?;
        let pools = match &live {
            Some(live) => carry_registration(tx, &catalogue, (&of, live), &lines, &by).await?,
            None => None,
        };
        let n = i64::try_from(lines.len()).unwrap_or(i64::MAX);
        let state = if pools.is_some() { "done" } else { "left" };
        for line in &lines {
            requests::set_line(tx, id, line, state).await?;
        }
        match pools {
            Some(pools) => {
                carried.done = carried.done.saturating_add(n);
                freed.extend(pools);
            }
            None => carried.left = carried.left.saturating_add(n),
        }
    }
    entry::verbs::give_back(tx, freed).await?;
    if !more {
        requests::finish(tx, id).await?;
    }
    Ok(carried)
}

/// Carries out the lines of one locked registration; the pools whose seats are free then. `None`: something of them has
/// changed, and nothing was done.
async fn carry_registration(
    tx: &mut Tx<'_>,
    catalogue: &Catalogue,
    (of, live): (&Request, &Registration),
    lines: &[Line],
    by: &(Actor, String),
) -> Result<Option<Vec<PoolKey>>, DbError> {
    let now = tx.now().await?;
    let mut entries = entry::store::of_registration(tx, live.school, live.id).await?;
    let mut going: Vec<EntryId> = Vec::new();
    for line in lines {
        let Some(found) = requests::of_entry(tx, line.school, line.entry).await? else { return Ok(None) };
        let facts = facts(catalogue, &of.sitting, &found, now);
        let same = found.receipt == Some(line.receipt) && found.back == line.back;
        let wanted = Effect::from_wire(&line.effect);
        if !same || effect(&facts, line.amount).ok() != wanted {
            return Ok(None);
        }
        if wanted == Some(Effect::Withdraw) {
            going.push(line.entry);
        }
    }
    if withdrawal(&entries, &going, &entry::verbs::needs(catalogue), now).is_err() {
        return Ok(None);
    }
    refund(tx, catalogue, (of, live), lines, by).await?;
    let by = (&by.0, by.1.as_str());
    let entries: &mut [Entry] = &mut entries;
    Ok(Some(entry::verbs::withdraw(tx, catalogue, live, entries, &going, by).await?))
}

/// One refund for each receipt, so that a trade is refunded in as few requests as can be.
pub(super) async fn refund(
    tx: &mut Tx<'_>,
    catalogue: &Catalogue,
    (of, live): (&Request, &Registration),
    lines: &[Line],
    (by, address): &(Actor, String),
) -> Result<(), DbError> {
    let reason = RefundReason::from_wire(&of.why).ok_or(DbError::Decode("reason of a refund"))?;
    let mut receipts: BTreeMap<i64, Vec<&Line>> = BTreeMap::new();
    for line in lines {
        receipts.entry(line.receipt).or_default().push(line);
    }
    for lines in receipts.into_values() {
        let Some(first) = lines.first() else { continue };
        let id = tx.new_id();
        let amount = FenSum::of(lines.iter().filter_map(|line| FenSum::new(line.amount).ok()));
        requests::insert_refund(tx, (of.id, id), first, amount, &of.why).await?;
        for line in &lines {
            requests::insert_refund_line(tx, id, line).await?;
        }
        let order = store::by_id(tx, live.school, first.order).await?.ok_or(DbError::Decode("order"))?;
        let event = Event {
            school: live.school,
            actor: by.clone(),
            action: "refund-due",
            object_kind: "order",
            object: &order.id.to_string(),
            address,
            detail: &format!("{} request={}", reason.wire(), of.id),
            changes: Changes::NONE.set("refund", amount),
        };
        audit::record(tx, &event).await?;
        tell_of_request(tx, &order, of, amount).await?;
        let told = events::Event::new(Kind::RefundDue).receipt(first.receipt).refund(id).amount(amount);
        events::record(tx, &order, told.because(reason.wire())).await?;
        let all = entries::all(tx, live.school, live.id).await?;
        let sums: Vec<(EntryId, i64)> = lines.iter().map(|line| (line.entry, line.amount)).collect();
        let is_ending = |line: &&&Line| Effect::from_wire(&line.effect) == Some(Effect::Withdraw);
        let ended: Vec<EntryId> = lines.iter().filter(is_ending).map(|line| line.entry).collect();
        let (to, what) = ((&order, id, order.passport), (amount, reason.wire()));
        let back = mail::Back::Given { sums: &sums, ended: &ended };
        mail::tell_of_refund(tx, catalogue, to, (&all, back), what).await?;
    }
    Ok(())
}

/// Tells an order who asked and who approved, where the request is of many: of its own request it was told then.
async fn tell_of_request(
    tx: &mut Tx<'_>,
    order: &Order,
    of: &Request,
    amount: FenSum,
) -> Result<(), DbError> {
    if !of.order_number.is_empty() {
        return Ok(());
    }
    let told = |kind, by: &str| events::Event::new(kind).amount(amount).because(&of.why).by(by);
    events::record(tx, order, told(Kind::RefundAsked, &of.requester)).await?;
    match &of.approver {
        Some(approver) => events::record(tx, order, told(Kind::RefundApproved, approver)).await,
        None => Ok(()),
    }
}
