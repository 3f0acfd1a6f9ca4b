//! What a gateway says of an order that it has no money for.

use crate::payment::events::{self, Kind};
use crate::payment::gateways::GatewayAnswer;
use crate::payment::rules::OrderState;
use crate::payment::rules::asking::Answer;
use crate::payment::store::{self, Order};
use crate::store::{DbError, Tx};
use crate::words::time::Time;

/// Keeps what the gateway says of an order that stays open, where it is news to whoever waits for it; and of one that was
/// closed, if its candidate came back from it since, so that nobody waits longer than for the answer (Y3), or if it was silent
/// before.
pub(super) async fn note_answer(
    tx: &mut Tx<'_>,
    mut order: Order,
    heard: &GatewayAnswer,
) -> Result<Order, DbError> {
    if matches!(order.state, OrderState::Closed(_)) {
        return of_closed(tx, order, heard).await;
    }
    let Some(answer) = heard.of_open().filter(|_| order.state == OrderState::Open) else { return Ok(order) };
    let waits = order.returned_at.is_some();
    if order.answer.is_some_and(|(known, _)| known == answer) && !waits {
        return Ok(order);
    }
    let is_new = |(known, at): (_, Time)| known != answer || order.returned_at.is_some_and(|back| at < back);
    if order.answer.is_none_or(is_new) {
        tell(tx, &order, answer).await?;
    }
    store::note_answer(tx, order.school, order.id, answer).await?;
    order.answer = Some((answer, tx.now().await?));
    Ok(order)
}

/// After a silence any answer is news: the last that was told of it is that nobody answers.
async fn of_closed(tx: &mut Tx<'_>, mut order: Order, heard: &GatewayAnswer) -> Result<Order, DbError> {
    // A trade that is closed is one that nothing is paid for.
    let answer = if *heard == GatewayAnswer::Closed { Some(Answer::Missing) } else { heard.of_open() };
    let Some(answer) = answer else { return Ok(order) };
    let was_silent = order.answer.is_some_and(|(known, _)| known == Answer::Silence);
    let is_news = was_silent && answer != Answer::Silence;
    if is_news {
        tell(tx, &order, answer).await?;
    }
    if is_news || order.is_returned_to_late() {
        store::note_answer(tx, order.school, order.id, answer).await?;
        order.answer = Some((answer, tx.now().await?));
    }
    Ok(order)
}

async fn tell(tx: &mut Tx<'_>, order: &Order, answer: Answer) -> Result<(), DbError> {
    let kind = if answer == Answer::Silence { Kind::Silent } else { Kind::Answered };
    let told = events::Event::new(kind).at(order.method.gateway).said(answer.wire());
    events::record(tx, order, told).await
}
