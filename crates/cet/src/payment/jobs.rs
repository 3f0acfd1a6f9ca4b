//! The jobs of payment: batches of due work, claimed so that two nodes never do the same at once, and safe to be done
//! twice. A failure of one piece is logged and leaves the others; its claim runs out and it is due again.

use super::desk::Shop;
use super::store;
use super::verbs;
use crate::store::{DbError, Tx};
use crate::words::codes::SchoolCode;
use crate::words::ids::OrderId;

/// Most pieces of work of one batch: an order may wait half a minute for its gateway, and a claim lasts two.
const BATCH: i64 = 12;
/// Most gateways' answers that are waited for at once.
const AT_ONCE: usize = 4;

/// Asks the gateways for orders whose notification never came, ends orders whose deadline is over, and asks again for
/// closed ones as long as money for them may come (Y4, Y5). Answers how many were claimed.
///
/// # Errors
/// [`DbError`] when nothing could be claimed.
pub async fn ask_due(shop: &Shop) -> Result<usize, DbError> {
    let orders = shop.db.write(async |tx: &mut Tx<'_>| store::claim_due(tx, BATCH).await).await?;
    let claimed = orders.len();
    let mut waiting = orders.into_iter();
    loop {
        let few: Vec<_> = waiting.by_ref().take(AT_ONCE).collect();
        if few.is_empty() {
            return Ok(claimed);
        }
        let asked = few.into_iter().map(async |(school, id)| {
            if let Err(error) = ask(shop, &school, id).await {
                tracing::error!(school, id, %error, "an order could not be asked for");
            }
        });
        futures_util::future::join_all(asked).await;
    }
}

async fn ask(shop: &Shop, school: &str, id: i64) -> Result<(), DbError> {
    let school = SchoolCode::parse(school).map_err(|_| DbError::Decode("school of an order"))?;
    let read = shop.db.read(async move |tx: &mut Tx<'_>| store::by_id(tx, school, OrderId(id)).await);
    let order = read.await?.ok_or(DbError::Decode("claimed order"))?;
    verbs::ask_one(shop, order).await?;
    Ok(())
}

/// Sends refunds that are due. Answers how many were claimed.
///
/// # Errors
/// [`DbError`] when nothing could be claimed.
pub async fn refund_due(shop: &Shop) -> Result<usize, DbError> {
    let refunds =
        shop.db.write(async |tx: &mut Tx<'_>| store::claim_refunds(tx, AT_ONCE_REFUNDS).await).await?;
    let claimed = refunds.len();
    for (school, id) in refunds {
        if let Err(error) = send(shop, &school, id).await {
            tracing::error!(school, id, %error, "a refund could not be sent");
        }
    }
    Ok(claimed)
}

async fn send(shop: &Shop, school: &str, id: i64) -> Result<(), DbError> {
    let school = SchoolCode::parse(school).map_err(|_| DbError::Decode("school of a refund"))?;
    let read = shop.db.read(async move |tx: &mut Tx<'_>| store::claimed_refund(tx, school, id).await);
    verbs::refund_one(shop, read.await?).await?;
    Ok(())
}

/// Refunds are sent one after the other; each takes at most two calls, and a claim lasts one minute.
const AT_ONCE_REFUNDS: i64 = 3;
