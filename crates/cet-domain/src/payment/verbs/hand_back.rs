//! Money that goes back because a dispute took a registration away from its payer (R24): the two people of the dispute are
//! the two people of the refund, so it is asked for and approved in the transaction that carries the dispute out.

use std::collections::BTreeMap;

use super::refund_carry::refund;
use super::refund_request::{facts, record, tell};
use crate::audit::{Actor, Changes, Value};
use crate::payment::events::Kind;
use crate::payment::refund_request::LIFE;
use crate::payment::rules::RefundReason;
use crate::payment::store;
use crate::payment::store::refund_requests::{self as requests, Candidate, Line, Request};
use crate::registration::Registration;
use crate::sitting::Catalogue;
use crate::store::{DbError, Tx};
use crate::words::fen::FenSum;
use crate::words::ids::{EntryId, OrderId};
use crate::words::staff::{By, Scope};
use crate::words::time::Time;

/// Who asked for the refund, by deciding the dispute.
#[derive(Clone, Debug)]
pub struct Asked<'a> {
    /// The account.
    pub account: &'a str,
    /// The person.
    pub person: &'a str,
    /// Its scope.
    pub scope: &'a Scope,
    /// When.
    pub at: Time,
    /// What finance reads.
    pub reason: &'a str,
}

/// What is left of the money that a gateway received for a paid entry; `None` for one that its school paid for (Y6).
///
/// # Errors
/// [`DbError`].
pub(crate) async fn paid_for(
    tx: &mut Tx<'_>,
    live: &Registration,
    entry: EntryId,
) -> Result<Option<i64>, DbError> {
    let found = requests::of_entry(tx, live.school, entry).await?;
    Ok(found.and_then(|of| of.price.map(|price| price.saturating_sub(of.back).max(0))))
}

/// Orders that all of the money for some paid entries goes back to who paid it (R24, Y5): one request an order, asked for and
/// approved. The entries themselves are ended by the caller, who has locked the registration.
///
/// # Errors
/// [`DbError`], also where both were one person or the decision has lapsed: then the caller's transaction is undone.
pub(crate) async fn hand_back(
    tx: &mut Tx<'_>,
    catalogue: &Catalogue,
    live: &Registration,
    entries: &[EntryId],
    (asked, approved): (&Asked<'_>, &By),
) -> Result<(), DbError> {
    let now = tx.now().await?;
    let mut orders: BTreeMap<OrderId, Vec<Line>> = BTreeMap::new();
    for id in entries {
        let Some(of) = requests::of_entry(tx, live.school, *id).await? else { continue };
        let left = facts(catalogue, &live.sitting, &of, now).left();
        if left > 0 {
            let line = line(&of, left)?;
            orders.entry(line.order).or_default().push(line);
        }
    }
    for (order, lines) in orders {
        one(tx, catalogue, (live, order), &lines, (asked, approved)).await?;
    }
    Ok(())
}

fn line(of: &Candidate, amount: i64) -> Result<Line, DbError> {
    Ok(Line {
        school: of.school,
        entry: of.entry,
        registration: of.registration,
        order: of.order.ok_or(DbError::Decode("order of a receipt"))?,
        receipt: of.receipt.ok_or(DbError::Decode("receipt of an entry"))?,
        amount,
        back: of.back,
        effect: "withdraw".to_owned(),
        state: "done".to_owned(),
    })
}

async fn one(
    tx: &mut Tx<'_>,
    catalogue: &Catalogue,
    (live, order): (&Registration, OrderId),
    lines: &[Line],
    (asked, approved): (&Asked<'_>, &By),
) -> Result<(), DbError> {
    let order = store::by_id(tx, live.school, order).await?.ok_or(DbError::Decode("order"))?;
    let request = Request {
        id: tx.new_id(),
        scope: asked.scope.clone(),
        sitting: live.sitting.clone(),
        order_number: order.number.to_string(),
        subject: String::new(),
        campus: String::new(),
        why: RefundReason::Mistaken.wire().to_owned(),
        reason: asked.reason.to_owned(),
        lines: i64::try_from(lines.len()).unwrap_or(i64::MAX),
        amount: FenSum::of(lines.iter().filter_map(|line| FenSum::new(line.amount).ok())),
        state: "asked".to_owned(),
        requester: asked.account.to_owned(),
        requester_person: asked.person.to_owned(),
        asked_at: asked.at,
        expires_at: asked.at.plus(LIFE),
        approver: None,
        decided_at: None,
        note: String::new(),
        working: false,
    };
    requests::insert(tx, &request).await?;
    for line in lines {
        requests::insert_line(tx, request.id, line).await?;
        requests::set_line(tx, request.id, line, "done").await?;
    }
    let by = (approved.account.as_str(), approved.person.as_str());
    if !requests::decide(tx, request.id, ("approved", ""), by).await? {
        return Err(DbError::Other(
            "a refund of a dispute by one person, or by a lapsed decision".to_owned(),
        ));
    }
    let changes = Changes::NONE
        .field("state", Value::code("asked"), Value::code("approved"))
        .set("refund", request.amount);
    record(tx, approved, &request, ("refund-approved", changes)).await?;
    tell(tx, approved, &request, Kind::RefundApproved).await?;
    let actor = Actor::Staff(approved.account.clone());
    refund(tx, catalogue, (&request, live), lines, &(actor, approved.address.clone())).await?;
    requests::finish(tx, request.id).await
}
