//! Messages to candidates about money: the receipt of a payment, and refunds (Y4, A10).

use super::choice::EntryFacts;
use super::rules::RefundReason;
use super::store::{DueRefund, Order};
use crate::entry::told::names;
use crate::message::{self, Facts, Line, facts::BY_HAND, facts::PaidBy};
use crate::sitting::Catalogue;
use crate::store::{DbError, Tx};
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
    let line = |entry: &EntryFacts| {
        let (zh, en) = names(catalogue, &order.sitting, entry.subject);
        Line { entry: entry.id.0, zh, en, campus: entry.campus_name.clone(), fee: entry.fee.get() }
    };
    let is_paid = |entry: &&EntryFacts| paid.contains(&entry.id);
    let rest = all.iter().filter(|entry| !is_paid(entry) && entry.is_unpaid(now));
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

/// Notifies a candidate of a refund and its reason, in the transaction that booked it; one message per receipt.
pub(super) async fn tell_of_refund(
    tx: &mut Tx<'_>,
    (order, receipt, to): (&Order, i64, PassportId),
    (amount, reason): (FenSum, RefundReason),
) -> Result<(), DbError> {
    let facts = Facts::RefundDue {
        number: order.number.to_string(),
        amount: amount.get(),
        reason: reason.wire().to_owned(),
    };
    message::tell(tx, to, &receipt.to_string(), &facts).await
}

/// Tells that a refund was paid outside the system.
pub(super) async fn tell_of_refund_by_hand(
    tx: &mut Tx<'_>,
    order: &Order,
    refund: i64,
    amount: i64,
) -> Result<(), DbError> {
    let facts = Facts::RefundDone { number: order.number.to_string(), amount, gateway: BY_HAND.to_owned() };
    message::tell(tx, order.passport, &refund.to_string(), &facts).await
}

/// Tells that the gateway has taken a refund.
pub(super) async fn tell_of_refund_done(
    tx: &mut Tx<'_>,
    order: &Order,
    refund: &DueRefund,
) -> Result<(), DbError> {
    let facts = Facts::RefundDone {
        number: order.number.to_string(),
        amount: refund.amount.get(),
        gateway: order.method.gateway.as_str().to_owned(),
    };
    message::tell(tx, order.passport, &refund.id.to_string(), &facts).await
}
