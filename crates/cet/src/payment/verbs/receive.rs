//! A gateway's notification arrives.

use gateway::{Acknowledgement, GatewayCode, Notice, Outcome};

use super::settle::{Proof, ProofBy, Settled, hear, settle};
use crate::payment::desk::{Heard, Shop};
use crate::payment::store::{self, Order};
use crate::store::{DbError, Tx};

/// Takes a notification and answers with the body that the gateway expects. Only what is committed is acknowledged;
/// a notification of several orders only when each of them is (T33-T35). `None`: this gateway is not configured.
pub async fn receive(shop: &Shop, code: GatewayCode, body: &[u8]) -> Option<&'static str> {
    let gateway = shop.desk.gateway(code)?;
    let notices = match gateway.parse_notice(body) {
        Ok(notices) => notices,
        Err(error) => {
            tracing::warn!(gateway = code.as_str(), %error, "a notification is not to be believed");
            return Some(gateway.acknowledge(Acknowledgement::Failed));
        }
    };
    let mut answer = Acknowledgement::Done;
    for notice in notices {
        let number = notice.order_number.clone();
        match one(shop, notice).await {
            Ok(true) => {}
            Ok(false) => answer = Acknowledgement::Failed,
            Err(error) => {
                tracing::error!(order = %number, %error, "a notification could not be stored");
                answer = Acknowledgement::Failed;
            }
        }
    }
    Some(gateway.acknowledge(answer))
}

/// Whether the notice of one order is dealt with.
async fn one(shop: &Shop, notice: Notice) -> Result<bool, DbError> {
    let number = notice.order_number.clone();
    let found = shop.db.read(async move |tx: &mut Tx<'_>| store::by_number(tx, &number).await).await?;
    let Some(order) = found.filter(|order| fits(shop, order, &notice)) else {
        tracing::warn!(gateway = notice.gateway.as_str(), "a notification is not of an order of ours");
        return Ok(false);
    };
    match notice.outcome {
        Outcome::Paid if notice.proven => book(shop, notice).await,
        // What no signature binds together is a hint: the gateway's answer to our own question decides.
        Outcome::Paid => ask(shop, &order).await,
        Outcome::Closed if notice.proven => {
            note(shop, &order, Heard::Closed).await?;
            Ok(true)
        }
        Outcome::Closed | Outcome::Pending | Outcome::Declined | Outcome::Refunded { .. } => {
            shop.db.write(async move |tx: &mut Tx<'_>| store::wake(tx, order.school, order.id).await).await?;
            Ok(true)
        }
    }
}

/// Gateway, number on the wire and amount are those of our own order (Y3).
fn fits(shop: &Shop, order: &Order, notice: &Notice) -> bool {
    let wire_number =
        shop.desk.gateway(notice.gateway).map(|gateway| gateway.wire_number(&order.reference()));
    order.method.gateway == notice.gateway
        && wire_number.as_ref() == Some(&notice.wire_number)
        && order.amount.get() == notice.amount_fen
}

async fn book(shop: &Shop, notice: Notice) -> Result<bool, DbError> {
    let proof = Proof {
        gateway: notice.gateway,
        number: notice.order_number,
        trade_no: notice.trade_no,
        amount_fen: notice.amount_fen,
        by: ProofBy::Notice,
    };
    let books = shop.books();
    match shop.db.write(async move |tx: &mut Tx<'_>| settle(tx, &proof, &books).await).await? {
        Settled::Booked { .. } | Settled::Same => Ok(true),
        Settled::Mismatch | Settled::Unknown => Ok(false),
    }
}

async fn ask(shop: &Shop, order: &Order) -> Result<bool, DbError> {
    let now = shop.now().await?;
    let heard = shop.desk.query(order, now).await;
    let paid = matches!(&heard, Heard::Paid { amount_fen, .. } if *amount_fen == order.amount.get());
    note(shop, order, heard).await?;
    Ok(paid)
}

async fn note(shop: &Shop, order: &Order, heard: Heard) -> Result<Order, DbError> {
    let (asked, books) = (order.clone(), shop.books());
    shop.db.write(async move |tx: &mut Tx<'_>| hear(tx, &asked, &heard, None, &books).await).await
}
