//! A refund that somebody made in the gateway's own console: booked once finance has settled it, so that order, day and receipt
//! say what the bank says, and none of it can go back a second time (Y9).

use std::collections::BTreeMap;

use gateway::OrderNumber;

use super::settling::{SettleRefusal, SettledAs};
use crate::payment::events::{self, Kind};
use crate::payment::mail;
use crate::payment::rules::refunding::shares;
use crate::payment::store::refund_requests::{self as requests, Candidate, Line};
use crate::payment::store::settling::{ConsoleRefund, IN_CONSOLE, Settled, insert_console_refund};
use crate::payment::store::{self, Order};
use crate::payment::suspense::Doubt;
use crate::registration;
use crate::sitting::Catalogue;
use crate::store::{Stop, Tx};
use crate::words::codes::SchoolCode;
use crate::words::fen::{Fen, FenSum};
use crate::words::staff::By;

/// Whether settling it so books a refund.
pub(super) fn is_booked(doubt: &str, settled: SettledAs) -> bool {
    doubt == Doubt::Refunded.wire() && matches!(settled, SettledAs::Ours | SettledAs::Refund)
}

/// Locks the registration of the order that it names.
pub(super) async fn lock(
    tx: &mut Tx<'_>,
    (school, number): (SchoolCode, &str),
) -> Result<(), Stop<SettleRefusal>> {
    let order = order(tx, number).await?;
    registration::store::lock(tx, school, order.registration).await?;
    Ok(())
}

async fn order(tx: &mut Tx<'_>, number: &str) -> Result<Order, Stop<SettleRefusal>> {
    let number: OrderNumber = number.parse().map_err(|_| Stop::Refused(SettleRefusal::NotFound))?;
    store::by_number(tx, &number).await?.ok_or(Stop::Refused(SettleRefusal::NotFound))
}

/// Books it against the lines that its order paid for; returns the sum. The registration is locked.
pub(super) async fn book(
    tx: &mut Tx<'_>,
    catalogue: &Catalogue,
    by: &By,
    ((school, id), of): ((SchoolCode, i64), &Settled),
    (typed, note): (Option<Fen>, &str),
) -> Result<FenSum, Stop<SettleRefusal>> {
    let order = order(tx, &of.order_number).await?;
    let amount = if of.amount > 0 { of.amount } else { typed.map_or(0, Fen::get) };
    if amount <= 0 {
        return Err(Stop::Refused(SettleRefusal::NoSum));
    }
    let found = requests::of_order(tx, &by.scope, &order.number).await?;
    let lines = divided(&order, found, amount).ok_or(Stop::Refused(SettleRefusal::TooMuch))?;
    let receipt = lines.first().map(|line| line.receipt).ok_or(Stop::Refused(SettleRefusal::TooMuch))?;
    let refund = ConsoleRefund {
        id: tx.new_id(),
        suspense: (id, of.received_at),
        order: order.id,
        receipt,
        amount,
        by: (&by.account, note),
    };
    insert_console_refund(tx, school, &refund).await?;
    for line in &lines {
        requests::insert_refund_line(tx, refund.id, line).await?;
    }
    let sum = FenSum::of(lines.iter().filter_map(|line| FenSum::new(line.amount).ok()));
    let told = |kind| events::Event::new(kind).refund(refund.id).amount(sum);
    let due = told(Kind::RefundDue).receipt(receipt).because(IN_CONSOLE).by(&by.account);
    events::record(tx, &order, due).await?;
    events::record(tx, &order, told(Kind::RefundDone).by(&by.account)).await?;
    mail::tell_of_console_refund(tx, catalogue, &order, (refund.id, amount)).await?;
    Ok(sum)
}

/// Of which lines of one receipt the sum went back, and how much of each.
fn divided(order: &Order, found: Vec<Candidate>, amount: i64) -> Option<Vec<Line>> {
    let mut receipts: BTreeMap<i64, Vec<(Candidate, i64)>> = BTreeMap::new();
    for of in found {
        let left = of.price.unwrap_or(0).saturating_sub(of.back).max(0);
        if let Some(receipt) = of.receipt {
            receipts.entry(receipt).or_default().push((of, left));
        }
    }
    receipts.into_iter().find_map(|(receipt, paid)| {
        let left: Vec<i64> = paid.iter().map(|(_, left)| *left).collect();
        let shares = shares(&left, amount)?;
        let line = |((of, _), amount): ((Candidate, i64), i64)| Line {
            school: of.school,
            entry: of.entry,
            registration: of.registration,
            order: order.id,
            receipt,
            amount,
            back: of.back,
            effect: "keep".to_owned(),
            state: "done".to_owned(),
        };
        Some(paid.into_iter().zip(shares).filter(|(_, share)| *share > 0).map(line).collect())
    })
}
