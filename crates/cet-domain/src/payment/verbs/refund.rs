//! Sends refunds through the gateway that received the money.

use gateway::{RefundState, RefundToMake};

use crate::alarms::REFUND_STOPPED;
use crate::audit::{self, Actor, Changes, Value};
use crate::payment::context::PaymentContext;
#[cfg(test)]
use crate::payment::context::Without;
use crate::payment::events::{self, Event, Kind};
use crate::payment::mail;
use crate::payment::rules::RefundReason;
use crate::payment::store::{self, DueRefund, Order};
use crate::sitting::Catalogue;
use crate::store::{DbError, Tx};
use crate::words::codes::SchoolCode;

/// The operator name of refunds, for 首信易支付.
const OPERATOR: &str = "system";
/// The longest stored answer of a gateway, in characters.
const LONGEST_ANSWER: usize = 200;

/// What became of a refund.
enum Heard {
    /// The gateway has refunded it.
    Done,
    /// Nothing is known yet.
    Later,
    /// No job goes on with it: finance decides. The state, and what the gateway said.
    Stopped(&'static str, String),
}

/// Claims a refund that is due, and tells once that it is sent; `None` when another node was faster.
///
/// # Errors
/// [`DbError`]: nothing is claimed.
pub(crate) async fn claim_refund(
    tx: &mut Tx<'_>,
    school: SchoolCode,
    id: i64,
) -> Result<Option<DueRefund>, DbError> {
    let claimed = store::claim_refund(tx, school, id).await?;
    if let Some(refund) = claimed.as_ref().filter(|refund| refund.tries == 1) {
        let order = store::by_id(tx, school, refund.order).await?;
        let order = order.ok_or(DbError::Decode("order of a refund"))?;
        let told = Event::new(Kind::RefundSent).refund(refund.id).amount(refund.amount);
        events::record(tx, &order, told.at(order.method.gateway)).await?;
    }
    Ok(claimed)
}

/// Processes one claimed refund: sent, or queried if it may have been sent before; never sent again while its outcome
/// is unknown (F10). One that its gateway refuses, or that may have been made without our number, waits for finance.
/// Returns whether it is done.
///
/// # Errors
/// [`DbError`] when the database fails; the claim expires and the next job continues.
pub(crate) async fn refund_one(payments: &PaymentContext, refund: DueRefund) -> Result<bool, DbError> {
    let (school, id) = (refund.school, refund.order);
    let order = payments.db.read(async move |tx: &mut Tx<'_>| store::by_id(tx, school, id).await).await?;
    let order = order.ok_or(DbError::Decode("order of a refund"))?;
    let answer = send(payments, &order, &refund).await?;
    let told = told(&answer, &refund);
    let heard = match answer {
        RefundState::Done { amount_fen, .. } if amount_fen == refund.amount.get() => Heard::Done,
        RefundState::Done { amount_fen, .. } => Heard::Stopped("unknown", format!("sum {amount_fen}")),
        RefundState::Refused { code } => Heard::Stopped("refused", code),
        RefundState::Unexplained { reasons } => {
            Heard::Stopped("unknown", format!("unexplained {}", reasons.join(" ")))
        }
        RefundState::Pending | RefundState::NotExist => Heard::Later,
    };
    if let Heard::Stopped(state, answer) = &heard {
        tracing::error!(refund = refund.request_no, state, answer, "a refund stops: finance decides");
        payments.alarms.sound(REFUND_STOPPED);
    }
    let catalogue = payments.catalogue.get();
    payments
        .db
        .write(async move |tx: &mut Tx<'_>| {
            let done = note(tx, &catalogue, (&order, &refund), &heard).await?;
            if let Some(told) = told.clone() {
                events::record(tx, &order, told.at(order.method.gateway)).await?;
            }
            Ok(done)
        })
        .await
}

/// Stores what was heard; returns whether the refund is done.
async fn note(
    tx: &mut Tx<'_>,
    catalogue: &Catalogue,
    (order, refund): (&Order, &DueRefund),
    heard: &Heard,
) -> Result<bool, DbError> {
    match heard {
        Heard::Later => store::refund_later(tx, refund).await?,
        Heard::Done => {
            if store::refund_done(tx, refund.school, refund.id).await? == 1 {
                let told = Event::new(Kind::RefundDone).refund(refund.id).amount(refund.amount);
                events::record(tx, order, told.at(order.method.gateway)).await?;
                record(tx, refund, ("refund-done", "done"), &refund.reason).await?;
                mail::tell_of_refund_done(tx, catalogue, order, refund).await?;
            }
        }
        Heard::Stopped(state, answer) => {
            let answer: String = answer.chars().take(LONGEST_ANSWER).collect();
            if store::refund_stopped(tx, refund, state, &answer).await? == 1 {
                let detail = format!("{} answer={answer}", refund.reason);
                record(tx, refund, ("refund-stopped", state), &detail).await?;
                mail::tell_of_refund_stopped(tx, catalogue, order, refund, *state == "unknown").await?;
            }
        }
    }
    Ok(matches!(heard, Heard::Done))
}

/// What is told of a refund that is not done.
fn told(heard: &RefundState, refund: &DueRefund) -> Option<Event> {
    let (kind, why) = match heard {
        RefundState::Refused { code } => (Kind::RefundRefused, code.as_str()),
        RefundState::Done { amount_fen, .. } if *amount_fen == refund.amount.get() => return None,
        RefundState::Done { .. } => (Kind::RefundUnknown, "sum"),
        RefundState::Unexplained { .. } => (Kind::RefundUnknown, "unexplained"),
        // PastEvent once: whether it is being done or was not heard of, it is asked for until that is known.
        RefundState::Pending if refund.tries == 1 => (Kind::RefundUnknown, ""),
        RefundState::Pending | RefundState::NotExist => return None,
    };
    let event = Event::new(kind).refund(refund.id).amount(refund.amount);
    Some(if why.is_empty() { event } else { event.because(why) })
}

async fn send(payments: &PaymentContext, order: &Order, refund: &DueRefund) -> Result<RefundState, DbError> {
    let Some(gateway) = payments.gateways.gateway(order.method.gateway) else {
        return Ok(RefundState::Pending);
    };
    let to_make = RefundToMake {
        order: order.reference(),
        order_fen: order.amount.get(),
        refund_number: refund.request_no.clone(),
        amount_fen: refund.amount.get(),
        reason: for_payer(&refund.reason).to_owned(),
        operator: OPERATOR.to_owned(),
    };
    let now = payments.now().await?;
    let may_be_sent = refund.tries > 1;
    #[cfg(test)]
    let may_be_sent = may_be_sent && payments.without != Without::AskBeforeResend;
    if may_be_sent {
        let known = payments.gateways.refund_query(gateway.as_ref(), &to_make, now).await;
        if !is_not_there(payments, refund, &known).await? {
            return Ok(known);
        }
    }
    Ok(payments.gateways.refund(gateway.as_ref(), &to_make, now).await)
}

/// Whether the gateway does not have this refund: it says so, or all that it lists of this sum are other refunds of ours.
async fn is_not_there(
    payments: &PaymentContext,
    refund: &DueRefund,
    known: &RefundState,
) -> Result<bool, DbError> {
    let reasons = match known {
        RefundState::NotExist => return Ok(true),
        RefundState::Unexplained { reasons } => reasons,
        _ => return Ok(false),
    };
    let (school, order, id) = (refund.school, refund.order, refund.id);
    let mut others = payments
        .db
        .read(async move |tx: &mut Tx<'_>| store::other_numbers(tx, school, order, id).await)
        .await?;
    // Each explains one.
    Ok(reasons.iter().all(|reason| {
        let place = others.iter().position(|other| other == reason);
        place.map(|place| others.swap_remove(place)).is_some()
    }))
}

fn for_payer(reason: &str) -> &'static str {
    match RefundReason::from_wire(reason) {
        Some(RefundReason::Surplus) => "重复付款退回",
        Some(RefundReason::Replaced) => "支付单已关闭，款项退回",
        Some(RefundReason::Locked) => "集体缴费科目，款项退回",
        Some(RefundReason::Cancelled) => "科目已取消，款项退回",
        Some(RefundReason::NeedsWritten) => "口试须有已支付的同级别笔试，款项退回",
        Some(RefundReason::ExamCancelled) => "考试取消，款项退回",
        Some(RefundReason::Mistaken | RefundReason::Instructed) => "报名费退回",
        Some(RefundReason::NoSeat) | None => "付款过晚，考位已不能保留，款项退回",
    }
}

async fn record(
    tx: &mut Tx<'_>,
    refund: &DueRefund,
    (action, state): (&'static str, &str),
    detail: &str,
) -> Result<(), DbError> {
    let event = audit::Event {
        school: refund.school,
        actor: Actor::Job("refunds"),
        action,
        object_kind: "refund",
        object: &refund.id.to_string(),
        address: "",
        detail,
        changes: Changes::NONE
            .field("state", Value::code("due"), Value::code(state))
            .set("amount", refund.amount),
    };
    audit::record(tx, &event).await
}
