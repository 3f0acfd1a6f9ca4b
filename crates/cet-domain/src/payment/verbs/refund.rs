//! Sends refunds through the gateway that received the money.

use gateway::{RefundState, RefundToMake};

use crate::audit::{self, Actor, Changes, Value};
use crate::payment::desk::PaymentContext;
use crate::payment::events::{self, Event, Kind};
use crate::payment::mail;
use crate::payment::rules::RefundReason;
use crate::payment::store::{self, DueRefund, Order};
use crate::store::{DbError, Tx};

/// The operator name of refunds, for 首信易支付.
const OPERATOR: &str = "system";

/// Processes one claimed refund: sent, or queried if it may have been sent before; never sent again while its outcome
/// is unknown (F10). Returns whether it is done.
///
/// # Errors
/// [`DbError`] when the database fails; the claim expires and the next job continues.
pub async fn refund_one(shop: &PaymentContext, refund: DueRefund) -> Result<bool, DbError> {
    let (school, id) = (refund.school, refund.order);
    let order = shop.db.read(async move |tx: &mut Tx<'_>| store::by_id(tx, school, id).await).await?;
    let order = order.ok_or(DbError::Decode("order of a refund"))?;
    let heard = send(shop, &order, &refund).await?;
    let (told, is_refused) = (told(&heard, &refund), matches!(heard, RefundState::Refused { .. }));
    let catalogue = shop.catalogue.get();
    let done = match heard {
        RefundState::Done { amount_fen, .. } if amount_fen == refund.amount.get() => true,
        RefundState::Done { .. } => {
            tracing::error!(refund = refund.request_no, "a gateway refunded another sum");
            false
        }
        RefundState::Refused { code } => {
            tracing::error!(refund = refund.request_no, code, "a gateway refuses a refund");
            false
        }
        RefundState::Pending | RefundState::NotExist => false,
    };
    shop.db
        .write(async move |tx: &mut Tx<'_>| {
            if !done {
                store::refund_later(tx, &refund).await?;
                if is_refused {
                    mail::tell_of_refund_refused(tx, &catalogue, &order, &refund).await?;
                }
                if let Some(told) = told.clone() {
                    events::record(tx, &order, told.at(order.method.gateway)).await?;
                }
            } else if store::refund_done(tx, refund.school, refund.id).await? == 1 {
                let told = Event::new(Kind::RefundDone).refund(refund.id).amount(refund.amount);
                events::record(tx, &order, told.at(order.method.gateway)).await?;
                record(tx, &refund).await?;
                mail::tell_of_refund_done(tx, &catalogue, &order, &refund).await?;
            }
            Ok(done)
        })
        .await
}

/// What is told of a refund that is not done.
fn told(heard: &RefundState, refund: &DueRefund) -> Option<Event> {
    let (kind, why) = match heard {
        RefundState::Refused { code } => (Kind::RefundRefused, code.as_str()),
        RefundState::Done { .. } => (Kind::RefundRefused, "sum"),
        // Told once: whether it is being done or was not heard of, it is asked for until that is known.
        RefundState::Pending if refund.tries == 1 => (Kind::RefundUnknown, ""),
        RefundState::Pending | RefundState::NotExist => return None,
    };
    let event = Event::new(kind).refund(refund.id).amount(refund.amount);
    Some(if why.is_empty() { event } else { event.because(why) })
}

async fn send(shop: &PaymentContext, order: &Order, refund: &DueRefund) -> Result<RefundState, DbError> {
    let Some(gateway) = shop.desk.gateway(order.method.gateway) else { return Ok(RefundState::Pending) };
    let to_make = RefundToMake {
        order: order.reference(),
        refund_number: refund.request_no.clone(),
        amount_fen: refund.amount.get(),
        reason: for_payer(&refund.reason).to_owned(),
        operator: OPERATOR.to_owned(),
    };
    let now = shop.now().await?;
    if refund.tries > 1 {
        let known = shop.desk.refund_query(gateway.as_ref(), &to_make, now).await;
        if known != RefundState::NotExist {
            return Ok(known);
        }
    }
    Ok(shop.desk.refund(gateway.as_ref(), &to_make, now).await)
}

fn for_payer(reason: &str) -> &'static str {
    match RefundReason::from_wire(reason) {
        Some(RefundReason::Surplus) => "重复付款退回",
        Some(RefundReason::Replaced) => "支付单已关闭，款项退回",
        Some(RefundReason::Locked) => "集体缴费科目，款项退回",
        Some(RefundReason::Cancelled) => "科目已取消，款项退回",
        Some(RefundReason::NeedsWritten) => "口试须有已支付的同级别笔试，款项退回",
        Some(RefundReason::NoSeat) | None => "付款过晚，考位已不能保留，款项退回",
    }
}

async fn record(tx: &mut Tx<'_>, refund: &DueRefund) -> Result<(), DbError> {
    let event = audit::Event {
        school: refund.school,
        actor: Actor::Job("refunds"),
        action: "refund-done",
        object_kind: "refund",
        object: &refund.id.to_string(),
        address: "",
        detail: &refund.reason,
        changes: Changes::NONE
            .field("state", Value::code("due"), Value::code("done"))
            .set("amount", refund.amount),
    };
    audit::record(tx, &event).await
}
