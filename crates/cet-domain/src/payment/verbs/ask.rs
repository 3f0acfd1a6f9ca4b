//! Queries a gateway and applies its answer.

use futures_util::future::join_all;
use gateway::GatewayCode;

use super::settle::apply_gateway_answer;
use crate::payment::context::PaymentContext;
use crate::payment::entries;
use crate::payment::events::{self, Event, Kind};
use crate::payment::gateways::GatewayAnswer;
use crate::payment::rules::asking::{ask_after_silence, is_asked_on_wish, next_ask};
use crate::payment::rules::{self, ClosedFor, EntryState, OrderState, Step, step};
use crate::payment::store::{self, Order};
use crate::store::{DbError, Tx};
use crate::words::ids::PassportId;

/// The most orders that 更新 queries, the newest first: the open one and late ones.
const MOST_REFRESHED: usize = 5;

/// Queries an order, closes its trade and closes it (Y1, Y4); an order that turns out to be paid is booked. Returns the
/// resulting order: still open when the gateway did not answer.
///
/// # Errors
/// [`DbError`]: the order is as it was, or as the gateway's answer left it.
pub(crate) async fn end_order(
    payments: &PaymentContext,
    order: &Order,
    why: ClosedFor,
) -> Result<Order, DbError> {
    let now = payments.now().await?;
    let answer = payments.gateways.end(order, now).await;
    apply_answer(payments, order, answer, Some(why)).await
}

pub(super) async fn apply_answer(
    payments: &PaymentContext,
    order: &Order,
    answer: GatewayAnswer,
    ending: Option<ClosedFor>,
) -> Result<Order, DbError> {
    let (asked, books) = (order.clone(), payments.books());
    payments
        .db
        .write_again(async move |tx: &mut Tx<'_>| {
            apply_gateway_answer(tx, &asked, &answer, ending, &books).await
        })
        .await
}

/// The result of 更新.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refreshed {
    /// There was an answer for every order.
    Answered,
    /// A gateway did not answer.
    Silent,
    /// There is no order to query.
    NothingOpen,
    /// Nobody was asked: it is too often. Seconds to wait.
    TooOften(u64),
}

/// 更新: queries the gateways for the open order of a passport, and for closed ones whose money may still arrive, whether
/// or not the registration that they paid for still exists (Y5). What is refused is a [`Refreshed`] too.
///
/// # Errors
/// [`DbError`]: what was booked until then stays booked.
pub async fn refresh(payments: &PaymentContext, passport: PassportId) -> Result<Refreshed, DbError> {
    if let Err(seconds) = payments.refreshes.count(passport, payments.db.clock().process_now()) {
        return Ok(Refreshed::TooOften(seconds));
    }
    let orders = payments.db.read(async move |tx: &mut Tx<'_>| store::newest_of(tx, passport).await).await?;
    let now = payments.now().await?;
    let waiting = orders.into_iter().filter(|order| is_asked_on_wish(&order.asking(), now));
    let asked = waiting.take(MOST_REFRESHED).map(async |order| {
        let answer = payments.gateways.query(&order, now).await;
        (order, answer)
    });
    let mut refreshed = Refreshed::NothingOpen;
    for (order, answer) in join_all(asked).await {
        refreshed = match (refreshed, &answer) {
            (Refreshed::Silent, _) | (_, GatewayAnswer::Silence) => Refreshed::Silent,
            _ => Refreshed::Answered,
        };
        wanted(payments, &order).await?;
        apply_answer(payments, &order, answer, None).await?;
    }
    Ok(refreshed)
}

/// Tells that the candidate had the gateway of an open order asked; again only after something else was told, so that
/// pressing the button fills nothing.
async fn wanted(payments: &PaymentContext, order: &Order) -> Result<(), DbError> {
    if order.state != OrderState::Open {
        return Ok(());
    }
    let of = order.clone();
    payments
        .db
        .write(async move |tx: &mut Tx<'_>| {
            if events::last_of(tx, (&of).into()).await? != Some(Kind::Asked) {
                events::record(tx, &of, Event::new(Kind::Asked).at(of.method.gateway)).await?;
            }
            Ok::<_, DbError>(())
        })
        .await
}

/// From where a browser comes back: the gateway by our own address, and the values that the gateway gave it along. They prove
/// nothing, and only say which of the passport's own orders to ask for (Y3).
#[derive(Clone, Debug)]
pub struct CameFrom {
    /// The gateway.
    pub gateway: GatewayCode,
    /// The values of the query, among them the order's number as this gateway writes it.
    pub brought: Vec<String>,
}

/// Takes note that a passport came back from a gateway: decides nothing, but has the orders that money may come for asked for at once
/// (Y3): the one that the gateway names, else those of this gateway, else all.
///
/// # Errors
/// [`DbError`]: nothing is asked for earlier.
pub async fn came_back(
    payments: &PaymentContext,
    passport: PassportId,
    from: Option<&CameFrom>,
) -> Result<(), DbError> {
    let orders = payments.db.read(async move |tx: &mut Tx<'_>| store::newest_of(tx, passport).await).await?;
    let left = left_for(payments, orders, from);
    for order in left.into_iter().filter(|order| order.ask_at.is_some()).take(MOST_REFRESHED) {
        let (school, id) = (order.school, order.id);
        payments
            .db
            .write(async move |tx: &mut Tx<'_>| {
                if store::came_back(tx, school, id).await? > 0 {
                    events::record(tx, &order, Event::new(Kind::Returned)).await?;
                }
                Ok::<_, DbError>(())
            })
            .await?;
    }
    Ok(())
}

/// The orders that whoever comes back may have paid just now.
fn left_for(payments: &PaymentContext, orders: Vec<Order>, from: Option<&CameFrom>) -> Vec<Order> {
    let Some(from) = from else { return orders };
    let of_gateway = |order: &&Order| order.method.gateway == from.gateway;
    let is_named = |order: &&Order| {
        let gateway = payments.gateways.gateway(from.gateway);
        let number = gateway.map(|gateway| gateway.wire_number(&order.reference()));
        number.is_some_and(|number| from.brought.contains(&number))
    };
    let named: Vec<Order> = orders.iter().filter(of_gateway).filter(is_named).cloned().collect();
    if !named.is_empty() {
        return named;
    }
    // Who gave up brings no number along. The one that waits is the one that was left.
    let waits = |order: &&Order| order.ask_at.is_some();
    let own: Vec<Order> = orders.iter().filter(of_gateway).filter(waits).cloned().collect();
    if own.is_empty() { orders } else { own }
}

/// Processes one claimed order: queries it (Y5); ends it at its deadline, and when its entries can no longer all be paid (Y4). If
/// it is interrupted, the claim expires and the next job continues.
///
/// # Errors
/// [`DbError`], as an interruption.
pub async fn ask_one(payments: &PaymentContext, order: Order) -> Result<Order, DbError> {
    let claimed = order.clone();
    let due = payments.db.read(async move |tx: &mut Tx<'_>| is_due(tx, &claimed).await).await?;
    let now = payments.now().await?;
    let (answer, ending) = match if due { step(order.state, rules::Event::Due, None) } else { Step::Keep } {
        Step::End(why) => (payments.gateways.end(&order, now).await, Some(why)),
        Step::Keep | Step::Book | Step::Close(_) | Step::Alarm => {
            (payments.gateways.query(&order, now).await, None)
        }
    };
    let (asked, books) = (order, payments.books());
    payments
        .db
        .write(async move |tx: &mut Tx<'_>| {
            let after = apply_gateway_answer(tx, &asked, &answer, ending, &books).await?;
            plan_next(tx, &asked, &after, &answer).await?;
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

/// Sets when the job queries again. An order that changed its state has its time already.
async fn plan_next(
    tx: &mut Tx<'_>,
    before: &Order,
    after: &Order,
    answer: &GatewayAnswer,
) -> Result<(), DbError> {
    if after.state != before.state {
        return Ok(());
    }
    let now = tx.now().await?;
    let next = if *answer == GatewayAnswer::Silence { ask_after_silence } else { next_ask };
    store::set_ask(tx, after, next(&after.asking(), now)).await
}
