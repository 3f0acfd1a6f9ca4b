//! Processes a gateway's notification.

use gateway::{
    Acknowledgement, Doubtful, GatewayCode, Headers, HttpNotice, Notice, NoticeReply, Outcome, WireError,
};

use super::settle::{Proof, ProofBy, apply_gateway_answer, settle};
use crate::alarms::{self, MONEY_DOUBTFUL, REFUNDED_ELSEWHERE};
use crate::payment::context::PaymentContext;
#[cfg(test)]
use crate::payment::context::Without;
use crate::payment::gateways::GatewayAnswer;
use crate::payment::store::{self, Order};
use crate::payment::suspense::{self, Doubt, Suspense};
use crate::store::{DbError, Tx};
use crate::words::time::Time;

/// Why a notification gets no answer of its gateway's form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotHeard {
    /// This gateway is not configured.
    NoGateway,
    /// It is not to be believed, and its network sent too many such: seconds until more of them are answered.
    TooMany(u64),
}

/// Processes a notification and returns the answer that the gateway expects. Each of its orders is judged by itself, in
/// its own transaction: valid money is booked, money that can never be ours is shown to finance. Only committed work is
/// acknowledged; if anything is still to be stored the gateway must send all of it again, which changes nothing for the
/// rest (TH33, TH34, TH35).
///
/// # Errors
/// [`NotHeard`]: nothing was done.
pub async fn receive(
    payments: &PaymentContext,
    code: GatewayCode,
    network: &str,
    (headers, body): (&Headers, &[u8]),
) -> Result<NoticeReply, NotHeard> {
    let gateway = payments.gateways.gateway(code).ok_or(NotHeard::NoGateway)?;
    // Of a gateway that does not sign a time no forged notification costs a round to the database.
    let now = if code.profile().signs_time { payments.now().await } else { Ok(Time::from_micros(0)) };
    let at = match now {
        Ok(now) => now.timestamp(),
        Err(error) => {
            tracing::error!(gateway = code.as_str(), %error, "a notification could not be judged");
            return Ok(gateway.acknowledge(Acknowledgement::Failed));
        }
    };
    let parse = || gateway.parse_notice(HttpNotice { headers, body, at });
    let mut told = parse();
    if let Err(why) = &told
        && payments.gateways.knows_more_keys(code, why, Time::from(at)).await
    {
        told = parse();
    }
    let told = match told {
        Ok(told) => told,
        Err(error) => {
            not_believed(payments, code, &error, network)?;
            return Ok(gateway.acknowledge(Acknowledgement::of(&error)));
        }
    };
    let mut answer = Acknowledgement::Done;
    for one in told {
        let number = one.as_ref().map_or_else(|told| &told.wire_number, |told| &told.wire_number).clone();
        let dealt_with = match one {
            Ok(notice) => process_notice(payments, notice).await,
            Err(told) => put_aside(payments, told).await,
        };
        match dealt_with {
            Ok(true) => {}
            Ok(false) => answer = Acknowledgement::Failed,
            Err(error) => {
                tracing::error!(order = number, %error, "a notification could not be stored");
                answer = Acknowledgement::Failed;
            }
        }
    }
    Ok(gateway.acknowledge(answer))
}

/// Counts what is not believed, and logs a sample: a flood of it must not fill the log. A believed one is never refused for
/// what else its network sent: gateways may stand behind one proxy.
fn not_believed(
    payments: &PaymentContext,
    code: GatewayCode,
    error: &WireError,
    network: &str,
) -> Result<(), NotHeard> {
    let now = payments.db.clock().process_now();
    if let Some(seconds) = payments.alarms.forged.wait(network, now) {
        payments.alarms.forged.refuse(code, now);
        return Err(NotHeard::TooMany(seconds));
    }
    let noted = payments.alarms.forged.note(code, error, network, now);
    if let Some(unlogged) = noted.log {
        tracing::warn!(gateway = code.as_str(), %error, unlogged, "a notification is not to be believed");
    }
    if noted.is_last {
        payments.alarms.sound(alarms::FORGED_NOTICES);
        tracing::warn!(
            gateway = code.as_str(),
            "a network sends many notifications that are not to be believed"
        );
    }
    Ok(())
}

/// An order that is not ours. A repeated notification would change nothing.
async fn put_aside(payments: &PaymentContext, told: Box<Doubtful>) -> Result<bool, DbError> {
    tracing::warn!(gateway = told.gateway.as_str(), why = %told.why, "a notification is not of an order of ours");
    if is_money(told.outcome.as_ref()) {
        keep(payments, Suspense::of_doubtful(*told)).await?;
    }
    Ok(true)
}

/// An unreadable state may mean money.
const fn is_money(outcome: Option<&Outcome>) -> bool {
    matches!(outcome, None | Some(Outcome::Paid))
}

async fn keep(payments: &PaymentContext, money: Suspense) -> Result<(), DbError> {
    let new = payments.db.write(async move |tx: &mut Tx<'_>| suspense::keep(tx, &money).await).await?;
    if new {
        payments.alarms.sound(MONEY_DOUBTFUL);
    }
    Ok(())
}

/// Whether the notice of one order has been processed.
async fn process_notice(payments: &PaymentContext, notice: Notice) -> Result<bool, DbError> {
    let number = notice.order_number.clone();
    let found = payments.db.read(async move |tx: &mut Tx<'_>| store::by_number(tx, &number).await).await?;
    let order = match found {
        Some(order) if doubt(payments, &order, &notice).is_none() => order,
        other => return store_unmatched(payments, notice, other).await,
    };
    match notice.outcome {
        Outcome::Paid if notice.proven => {
            book(payments, order, notice).await?;
            Ok(true)
        }
        // A notice whose fields are not bound by a signature is a hint: our own query decides.
        Outcome::Paid => query_and_apply(payments, &order).await,
        Outcome::Closed if notice.proven => {
            apply_answer(payments, &order, GatewayAnswer::Closed).await?;
            Ok(true)
        }
        Outcome::Refunded { total_fen, .. } => {
            if !book_first(payments, &order).await? {
                return Ok(false);
            }
            refunded(payments, &order, &notice, total_fen).await?;
            wake(payments, &order).await?;
            Ok(true)
        }
        Outcome::OneRefund { refund_number, amount_fen, is_done } => {
            let number = refund_number.clone();
            one_refund(payments, &order, (number, amount_fen, is_done), notice.proven).await?;
            wake(payments, &order).await?;
            Ok(true)
        }
        Outcome::Closed | Outcome::Pending | Outcome::Declined => {
            wake(payments, &order).await?;
            Ok(true)
        }
    }
}

/// Why a notice does not match our order as it was opened: gateway, number and amount must agree (Y3). For a mere hint
/// the amount is ignored, since no signature covers it.
fn doubt(payments: &PaymentContext, order: &Order, notice: &Notice) -> Option<Doubt> {
    let wire_number =
        payments.gateways.gateway(notice.gateway).map(|gateway| gateway.wire_number(&order.reference()));
    let sum_fits = order.amount.get() == notice.amount_fen;
    #[cfg(test)]
    let sum_fits = sum_fits || payments.without == Without::Amount;
    if order.method.gateway != notice.gateway {
        Some(Doubt::Gateway)
    } else if wire_number.as_ref() != Some(&notice.wire_number) {
        Some(Doubt::Order)
    } else if notice.proven && !sum_fits {
        Some(Doubt::Sum)
    } else {
        None
    }
}

async fn store_unmatched(
    payments: &PaymentContext,
    notice: Notice,
    order: Option<Order>,
) -> Result<bool, DbError> {
    let doubt = order.as_ref().and_then(|order| doubt(payments, order, &notice)).unwrap_or(Doubt::Order);
    tracing::warn!(
        gateway = notice.gateway.as_str(),
        why = doubt.wire(),
        "a notification does not fit an order of ours"
    );
    if is_money(Some(&notice.outcome)) {
        keep(payments, Suspense::of_notice(notice, order.as_ref(), doubt)).await?;
    }
    // Our own query decides.
    if let Some(order) = order {
        wake(payments, &order).await?;
    }
    Ok(true)
}

/// What went back is judged by what came: where a refund is told of before its payment, the gateway is asked for that
/// first (Y3). False: it gave no answer to believe, and tells of the refund again.
async fn book_first(payments: &PaymentContext, order: &Order) -> Result<bool, DbError> {
    let (school, id) = (order.school, order.id);
    let booked =
        payments.db.read(async move |tx: &mut Tx<'_>| store::dossier::receipts(tx, school, id).await).await?;
    if !booked.is_empty() {
        return Ok(true);
    }
    let answer = payments.gateways.query(order, payments.now().await?).await;
    let is_heard = answer != GatewayAnswer::Silence;
    apply_answer(payments, order, answer).await?;
    Ok(is_heard)
}

/// Puts a refund before finance that this system did not send.
async fn refunded(
    payments: &PaymentContext,
    order: &Order,
    notice: &Notice,
    total_fen: i64,
) -> Result<(), DbError> {
    let told = suspense::Refunded {
        order: order.clone(),
        trade_no: notice.trade_no.clone(),
        total_fen,
        proof: suspense::proof(notice.proven),
    };
    let new =
        payments.db.write(async move |tx: &mut Tx<'_>| suspense::keep_refunded(tx, &told).await).await?;
    if new {
        payments.alarms.sound(REFUNDED_ELSEWHERE);
    }
    Ok(())
}

/// A refund of ours is asked for at once, and its own answer decides; one that this system did not send is put before
/// finance.
async fn one_refund(
    payments: &PaymentContext,
    order: &Order,
    (number, amount_fen, is_done): (String, i64, bool),
    proven: bool,
) -> Result<(), DbError> {
    let order = order.clone();
    let new = payments
        .db
        .write(async move |tx: &mut Tx<'_>| {
            if store::wake_refund(tx, order.school, order.id, &number).await? || !is_done {
                return Ok(false);
            }
            suspense::keep_other_refund(tx, &order, (&number, amount_fen), proven).await
        })
        .await?;
    if new {
        payments.alarms.sound(REFUNDED_ELSEWHERE);
    }
    Ok(())
}

async fn wake(payments: &PaymentContext, order: &Order) -> Result<(), DbError> {
    let (school, id) = (order.school, order.id);
    payments.db.write(async move |tx: &mut Tx<'_>| store::wake(tx, school, id).await).await
}

async fn book(payments: &PaymentContext, order: Order, notice: Notice) -> Result<(), DbError> {
    let proof = Proof {
        gateway: notice.gateway,
        trade_no: notice.trade_no,
        amount_fen: notice.amount_fen,
        by: ProofBy::Notice,
    };
    let books = payments.books();
    payments.db.write(async move |tx: &mut Tx<'_>| settle(tx, &order, &proof, &books).await).await?;
    Ok(())
}

/// Whether the gateway's answer confirms its hint that money has arrived; another sum is shown to finance.
async fn query_and_apply(payments: &PaymentContext, order: &Order) -> Result<bool, DbError> {
    let now = payments.now().await?;
    let answer = payments.gateways.query(order, now).await;
    let paid = matches!(&answer, GatewayAnswer::Paid { .. });
    apply_answer(payments, order, answer).await?;
    Ok(paid)
}

async fn apply_answer(
    payments: &PaymentContext,
    order: &Order,
    answer: GatewayAnswer,
) -> Result<Order, DbError> {
    let (asked, books) = (order.clone(), payments.books());
    payments
        .db
        .write(async move |tx: &mut Tx<'_>| apply_gateway_answer(tx, &asked, &answer, None, &books).await)
        .await
}
