//! Messages to candidates about money: the receipt of a payment, and refunds (Y4, A10).

use super::choice::EntryFacts;
use super::entries;
use super::events::{self, Kind};
use super::rules::{GIVEN_UP, GIVEN_UP_OWED};
use super::store::{self, DueRefund, Order};
use crate::entry::messages::names;
use crate::entry::rules::Standing;
use crate::message::{self, Facts, Line, facts::BY_HAND, facts::PaidBy};
use crate::sitting::Catalogue;
use crate::store::{DbError, Tx};
use crate::words::codes::SchoolCode;
use crate::words::fen::FenSum;
use crate::words::ids::{EntryId, PassportId};

/// Tells a candidate which entries a receipt paid and which of the registration are still unpaid, in the transaction that
/// booked it.
pub(super) async fn tell_of_payment(
    tx: &mut Tx<'_>,
    catalogue: &Catalogue,
    (order, receipt, to): (&Order, i64, PassportId),
    (all, paid): (&[EntryFacts], &[EntryId]),
    late: bool,
) -> Result<(), DbError> {
    if paid.is_empty() {
        return Ok(());
    }
    let now = tx.now().await?;
    let line = |entry: &EntryFacts| line(catalogue, order, entry);
    let is_paid = |entry: &&EntryFacts| paid.contains(&entry.id);
    // What the school pays for is nothing that its candidate still has to do.
    let is_owed = |entry: &&EntryFacts| !is_paid(entry) && entry.standing(now) == Standing::Held;
    let rest = all.iter().filter(is_owed);
    let facts = Facts::Paid {
        lines: all.iter().filter(is_paid).map(line).collect(),
        by: PaidBy::Order {
            number: order.number.to_string(),
            gateway: order.method.gateway.as_str().to_owned(),
        },
        unpaid: rest.map(line).collect(),
        late,
    };
    message::tell(tx, to, &receipt.to_string(), &facts).await
}

/// Which entries money that goes back had been paid for.
pub(super) enum Back<'e> {
    /// It was not used for these.
    Unused(&'e [EntryId]),
    /// Finance staff give back so much of these, and end some of them.
    Given {
        /// Each with its sum, in fen.
        sums: &'e [(EntryId, i64)],
        /// Those that end.
        ended: &'e [EntryId],
    },
}

/// Notifies a candidate of a refund, its reason, and what had been paid for, in the transaction that makes it due; one message
/// for each `event`: the receipt of money that was not used, the refund of what staff give back.
pub(super) async fn tell_of_refund(
    tx: &mut Tx<'_>,
    catalogue: &Catalogue,
    (order, event, to): (&Order, i64, PassportId),
    (all, back): (&[EntryFacts], Back<'_>),
    (amount, reason): (FenSum, &str),
) -> Result<(), DbError> {
    let (lines, ended) = match back {
        Back::Unused(unused) => (some(catalogue, order, all, unused), None),
        Back::Given { sums, ended } => {
            (returned(catalogue, order, all, sums), Some(some(catalogue, order, all, ended)))
        }
    };
    let now = tx.now().await?;
    let is_owed = all.iter().any(|entry| entry.standing(now) == Standing::Held);
    let reason = if reason == GIVEN_UP && is_owed { GIVEN_UP_OWED } else { reason };
    let facts = Facts::RefundDue {
        number: order.number.to_string(),
        amount: amount.get(),
        reason: reason.to_owned(),
        lines,
        ended,
    };
    message::tell(tx, to, &event.to_string(), &facts).await
}

/// Tells that a refund was paid outside the system.
pub(super) async fn tell_of_refund_by_hand(
    tx: &mut Tx<'_>,
    catalogue: &Catalogue,
    order: &Order,
    (school, refund): (SchoolCode, i64),
    amount: i64,
) -> Result<(), DbError> {
    let facts = Facts::RefundDone {
        number: order.number.to_string(),
        amount,
        gateway: BY_HAND.to_owned(),
        lines: unused(tx, catalogue, order, (school, refund)).await?,
    };
    message::tell(tx, order.passport, &refund.to_string(), &facts).await
}

/// Tells that a refund of the gateway's own console is in the books.
pub(super) async fn tell_of_console_refund(
    tx: &mut Tx<'_>,
    catalogue: &Catalogue,
    order: &Order,
    (refund, amount): (i64, i64),
) -> Result<(), DbError> {
    let facts = Facts::RefundDone {
        number: order.number.to_string(),
        amount,
        gateway: order.method.gateway.as_str().to_owned(),
        lines: unused(tx, catalogue, order, (order.school, refund)).await?,
    };
    message::tell(tx, order.passport, &refund.to_string(), &facts).await
}

/// Tells that the gateway has taken a refund.
pub(super) async fn tell_of_refund_done(
    tx: &mut Tx<'_>,
    catalogue: &Catalogue,
    order: &Order,
    refund: &DueRefund,
) -> Result<(), DbError> {
    let facts = Facts::RefundDone {
        number: order.number.to_string(),
        amount: refund.amount.get(),
        gateway: order.method.gateway.as_str().to_owned(),
        lines: unused(tx, catalogue, order, (refund.school, refund.id)).await?,
    };
    message::tell(tx, order.passport, &refund.id.to_string(), &facts).await
}

/// Tells that the gateway refuses a refund, or says nothing of it that could be believed; one message per refund, however
/// often it is tried.
pub(super) async fn tell_of_refund_stopped(
    tx: &mut Tx<'_>,
    catalogue: &Catalogue,
    order: &Order,
    refund: &DueRefund,
    unknown: bool,
) -> Result<(), DbError> {
    let facts = Facts::RefundRefused {
        number: order.number.to_string(),
        amount: refund.amount.get(),
        gateway: order.method.gateway.as_str().to_owned(),
        unknown,
        lines: unused(tx, catalogue, order, (refund.school, refund.id)).await?,
    };
    message::tell(tx, order.passport, &refund.id.to_string(), &facts).await
}

/// What the money of a refund had been paid for, by what was told when it was booked; empty for what was not told by line.
async fn unused(
    tx: &mut Tx<'_>,
    catalogue: &Catalogue,
    order: &Order,
    (school, refund): (SchoolCode, i64),
) -> Result<Vec<Line>, DbError> {
    let given_back = store::refund_requests::entries_of(tx, school, refund).await?;
    if !given_back.is_empty() {
        let all = entries::all(tx, order.school, order.registration).await?;
        return Ok(returned(catalogue, order, &all, &given_back));
    }
    let events = events::of_order(tx, order.into(), 0).await?;
    let due = |told: &&events::PastEvent| told.kind == Kind::RefundDue && told.refund == Some(refund);
    let Some(receipt) = events.iter().find(due).and_then(|told| told.receipt) else { return Ok(Vec::new()) };
    let of = |told: &&events::PastEvent| told.kind == Kind::NotBooked && told.receipt == Some(receipt);
    let ids: Vec<EntryId> = events.iter().filter(of).filter_map(|told| told.entry).collect();
    let all = entries::all(tx, order.school, order.registration).await?;
    Ok(some(catalogue, order, &all, &ids))
}

/// Lines of which something goes back as a message lists them, each with how much that is.
fn returned(catalogue: &Catalogue, order: &Order, all: &[EntryFacts], sums: &[(EntryId, i64)]) -> Vec<Line> {
    let sum = |entry: &EntryFacts| sums.iter().find(|(id, _)| *id == entry.id).map(|(_, fen)| *fen);
    let listed = |entry: &EntryFacts| Some(Line { fee: sum(entry)?, ..line(catalogue, order, entry) });
    all.iter().filter_map(listed).collect()
}

/// Some of an order's entries as a message lists them.
fn some(catalogue: &Catalogue, order: &Order, all: &[EntryFacts], ids: &[EntryId]) -> Vec<Line> {
    all.iter().filter(|entry| ids.contains(&entry.id)).map(|entry| line(catalogue, order, entry)).collect()
}

fn line(catalogue: &Catalogue, order: &Order, entry: &EntryFacts) -> Line {
    let (zh, en) = names(catalogue, &order.sitting, entry.subject);
    Line { entry: entry.id.0, zh, en, campus: entry.campus_name.clone(), fee: entry.fee.get() }
}
