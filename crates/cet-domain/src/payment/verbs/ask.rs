//! The gateway is asked, and what it says is taken note of.

use futures_util::future::join_all;

use super::settle::apply_gateway_answer;
use crate::payment::desk::{GatewayAnswer, PaymentContext};
use crate::payment::entries;
use crate::payment::rules::asking::{ask_after_silence, is_asked_on_wish, next_ask};
use crate::payment::rules::{ClosedFor, EntryState, Event, OrderState, Step, step};
use crate::payment::store::{self, Order};
use crate::store::{DbError, Tx};
use crate::words::ids::PassportId;

/// Most orders that 更新 asks for, the newest first: the open one and late ones.
const MOST_REFRESHED: usize = 5;

/// Asks for an order, ends its trade and closes it; an order that is paid after all is booked. The answer is the order
/// as it stands then: still open when the gateway did not answer.
pub async fn end_order(shop: &PaymentContext, order: &Order, why: ClosedFor) -> Result<Order, DbError> {
    let now = shop.now().await?;
    let heard = shop.desk.end(order, now).await;
    note(shop, order, heard, Some(why)).await
}

async fn note(
    shop: &PaymentContext,
    order: &Order,
    heard: GatewayAnswer,
    ending: Option<ClosedFor>,
) -> Result<Order, DbError> {
    let (asked, books) = (order.clone(), shop.books());
    shop.db
        .write_again(async move |tx: &mut Tx<'_>| {
            apply_gateway_answer(tx, &asked, &heard, ending, &books).await
        })
        .await
}

/// What 更新 came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refreshed {
    /// Every order was answered for.
    Answered,
    /// A gateway did not answer.
    Silent,
    /// There is no order to ask for.
    NothingOpen,
}

/// 更新: asks the gateways for the open order of a passport, and for closed ones whose money may still turn up, whether or
/// not the registration that they paid for is still there (Y5).
pub async fn refresh(shop: &PaymentContext, passport: PassportId) -> Result<Refreshed, DbError> {
    let orders = shop.db.read(async move |tx: &mut Tx<'_>| store::newest_of(tx, passport).await).await?;
    let now = shop.now().await?;
    let waiting = orders.into_iter().filter(|order| is_asked_on_wish(&order.asking(), now));
    let asked = waiting.take(MOST_REFRESHED).map(async |order| {
        let heard = shop.desk.query(&order, now).await;
        (order, heard)
    });
    let mut answer = Refreshed::NothingOpen;
    for (order, heard) in join_all(asked).await {
        answer = match (answer, &heard) {
            (Refreshed::Silent, _) | (_, GatewayAnswer::Silence) => Refreshed::Silent,
            _ => Refreshed::Answered,
        };
        note(shop, &order, heard, None).await?;
    }
    Ok(answer)
}

/// Takes note that a passport came back from a gateway: decides nothing, but has its open orders asked for at once (Y3).
pub async fn came_back(shop: &PaymentContext, passport: PassportId) -> Result<(), DbError> {
    let orders = shop.db.read(async move |tx: &mut Tx<'_>| store::newest_of(tx, passport).await).await?;
    for order in orders.into_iter().filter(|order| order.state == OrderState::Open) {
        let (school, id) = (order.school, order.id);
        shop.db.write(async move |tx: &mut Tx<'_>| store::came_back(tx, school, id).await).await?;
    }
    Ok(())
}

/// One claimed order of the job: it is asked for; at its deadline, and when what it pays for can't be paid as a whole
/// any more, it is ended. Whatever happens in between, the claim runs out and the next job carries on.
pub async fn ask_one(shop: &PaymentContext, order: Order) -> Result<Order, DbError> {
    let claimed = order.clone();
    let due = shop.db.read(async move |tx: &mut Tx<'_>| is_due(tx, &claimed).await).await?;
    let now = shop.now().await?;
    let (heard, ending) = match if due { step(order.state, Event::Due, None) } else { Step::Keep } {
        Step::End(why) => (shop.desk.end(&order, now).await, Some(why)),
        Step::Keep | Step::Book | Step::Close(_) | Step::Alarm => (shop.desk.query(&order, now).await, None),
    };
    let (asked, books) = (order, shop.books());
    shop.db
        .write(async move |tx: &mut Tx<'_>| {
            let after = apply_gateway_answer(tx, &asked, &heard, ending, &books).await?;
            plan_next(tx, &asked, &after, &heard).await?;
            Ok(after)
        })
        .await
}

async fn is_due(tx: &mut Tx<'_>, order: &Order) -> Result<bool, DbError> {
    let now = tx.now().await?;
    if now >= order.deadline_at {
        return Ok(true);
    }
    let all = entries::all(tx, order.school, order.registration).await?;
    let lines = store::lines_of(tx, order.school, order.id).await?;
    let held = |line: &store::Line| {
        all.iter().any(|entry| entry.id == line.entry && entry.state == EntryState::Held)
    };
    Ok(!lines.iter().all(held))
}

/// Sets when the job asks again. An order that moved on has its time already.
async fn plan_next(
    tx: &mut Tx<'_>,
    before: &Order,
    after: &Order,
    heard: &GatewayAnswer,
) -> Result<(), DbError> {
    if after.state != before.state {
        return Ok(());
    }
    let now = tx.now().await?;
    let next = if *heard == GatewayAnswer::Silence { ask_after_silence } else { next_ask };
    store::set_ask(tx, after, next(&after.asking(), now)).await
}
