//! What became of each line of booked money: told, and logged.

use crate::audit::{self, Actor, Changes, Value};
use crate::payment::choice::EntryFacts;
use crate::payment::events::{self, Event, Kind};
use crate::payment::rules::{EntryState, LineStep, OrderState, RefundReason};
use crate::payment::store::{self, NewReceipt, Order};
use crate::store::{DbError, Tx};
use crate::words::fen::{Fen, FenSum};
use crate::words::ids::EntryId;

/// Why a line's money goes back: as its refund says, and as it is told where that is finer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Unused {
    pub(super) reason: RefundReason,
    pub(super) told: &'static str,
}

impl From<RefundReason> for Unused {
    fn from(reason: RefundReason) -> Self {
        Self { reason, told: reason.wire() }
    }
}

/// A line whose money was booked.
pub(super) struct Booked {
    pub(super) entry: EntryId,
    /// The state of its entry before.
    pub(super) was: EntryState,
    pub(super) amount: Fen,
    /// Why it was not paid.
    pub(super) unused: Option<Unused>,
}

impl Booked {
    pub(super) const fn is_paid(&self) -> bool {
        self.unused.is_none()
    }

    /// Whether its entry had ended and took its seat again (Y4).
    pub(super) const fn is_seated_again(&self) -> bool {
        self.is_paid() && matches!(self.was, EntryState::Expired | EntryState::Withdrawn)
    }
}

/// Why money for an ended entry goes back: where its candidate has entered the subject again and paid, it came twice.
pub(super) async fn or_twice(
    tx: &mut Tx<'_>,
    (order, entry): (&Order, &EntryFacts),
    (step, unused): (LineStep, Option<Unused>),
) -> Result<Option<Unused>, DbError> {
    let is_late = step == LineStep::Retake && unused.is_some();
    let is_twice = is_late && store::is_paid_again(tx, order, entry).await?;
    Ok(if is_twice { Some(RefundReason::Surplus.into()) } else { unused })
}

/// The money that goes back: its id as a refund, how much, and the weightiest reason.
pub(super) struct Back {
    pub(super) id: i64,
    pub(super) amount: FenSum,
    pub(super) why: Unused,
}

/// What goes back of these lines; the refund's id is `id`.
pub(super) fn back(lines: &[Booked], id: i64) -> Option<Back> {
    let unused = |line: &Booked| line.unused.map(|why| (FenSum::from(line.amount), why));
    let mut all = lines.iter().filter_map(unused);
    let (amount, why) = all.next()?;
    let first = Back { id, amount, why };
    Some(all.fold(first, |back, (amount, why)| Back {
        id,
        amount: back.amount.plus(amount),
        why: if why.reason < back.why.reason { why } else { back.why },
    }))
}

/// Tells the use of the money, line by line.
pub(super) async fn tell(
    tx: &mut Tx<'_>,
    order: &Order,
    receipt: &NewReceipt,
    (lines, back): (&[Booked], Option<&Back>),
) -> Result<(), DbError> {
    let heard = Event::new(if receipt.proof == "notice" { Kind::Notified } else { Kind::Answered });
    let heard = heard.at(receipt.gateway).trade(&receipt.trade_no, receipt.proof).receipt(receipt.id);
    let heard = if receipt.proof == "notice" { heard } else { heard.said("paid") };
    events::record(tx, order, heard.amount(receipt.amount)).await?;
    for line in lines {
        let kind = match line.unused {
            Some(_) => Kind::NotBooked,
            None if line.is_seated_again() => Kind::SeatedAgain,
            None => Kind::Booked,
        };
        let event = Event::new(kind).entry(line.entry).receipt(receipt.id).amount(line.amount.into());
        let event = match line.unused {
            Some(why) => event.because(why.told),
            None => event,
        };
        events::record(tx, order, event).await?;
    }
    if let Some(back) = back {
        let event = Event::new(Kind::RefundDue).receipt(receipt.id).refund(back.id).amount(back.amount);
        events::record(tx, order, event.because(back.why.told)).await?;
    }
    Ok(())
}

/// Logs the use of the money: on the order, and on each entry that it paid.
pub(super) async fn log(
    tx: &mut Tx<'_>,
    (order, next): (&Order, OrderState),
    receipt: &NewReceipt,
    (lines, back): (&[Booked], Option<&Back>),
) -> Result<(), DbError> {
    let id = order.id.to_string();
    let of_order = ("order", id.as_str());
    let from = format!("order={id} receipt={}", receipt.id);
    let paid: Vec<&Booked> = lines.iter().filter(|line| line.is_paid()).collect();
    let entries: Vec<String> = paid.iter().map(|one| one.entry.to_string()).collect();
    let mut events = Vec::with_capacity(paid.len().saturating_add(2));
    for (one, entry) in paid.iter().zip(&entries) {
        use EntryState as Was;
        let (action, was) = match one.was {
            Was::Expired => ("entry-retaken", "expired"),
            Was::Withdrawn => ("entry-retaken", "withdrawn"),
            Was::Held | Was::Locked | Was::Paid | Was::Cancelled => ("entry-paid", "held"),
        };
        let changes =
            Changes::NONE.field("state", Value::code(was), Value::code("paid")).set("amount", one.amount);
        events.push(caused(order, action, ("entry", entry), &from, changes));
    }
    if let Some(back) = back {
        let changes = Changes::NONE.set("refund", back.amount);
        events.push(caused(order, "refund-due", of_order, back.why.reason.wire(), changes));
    }
    let changes = moved(order.state, next).set("received", receipt.amount);
    events.push(caused(order, "money-booked", of_order, receipt.proof, changes));
    audit::record_all(tx, &events).await
}

pub(super) fn moved(was: OrderState, next: OrderState) -> Changes {
    Changes::NONE.field("state", Value::code(was.wire()), Value::code(next.wire()))
}

/// A log event caused by an order's gateway.
pub(super) fn caused<'e>(
    order: &Order,
    action: &'static str,
    (object_kind, object): (&'static str, &'e str),
    detail: &'e str,
    changes: Changes,
) -> audit::Event<'e> {
    audit::Event {
        school: order.school,
        actor: Actor::Gateway(order.method.gateway.as_str()),
        action,
        object_kind,
        object,
        address: "",
        detail,
        changes,
    }
}
