//! The jobs of payment: batches of due work, claimed so that two nodes never do the same at once, and safe to be done
//! twice. A failure of one piece is logged and leaves the others; its claim runs out and it is due again.

use super::desk::Shop;
use super::store;
use super::verbs;
use crate::store::{DbError, Tx};

/// Most pieces of work of one batch: an order may wait half a minute for its gateway, and a claim lasts two.
const BATCH: i64 = 12;
/// Most gateways' answers that are waited for at once.
const AT_ONCE: usize = 4;

/// Asks the gateways for orders whose notification never came, ends orders whose deadline is over, and asks once more
/// for closed ones when the last notification could have come (Y4, Y5). Answers how many were claimed.
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
        let asked = few.into_iter().map(async |order| {
            let number = order.number.clone();
            if let Err(error) = verbs::ask_one(shop, order).await {
                tracing::error!(order = %number, %error, "an order could not be asked for");
            }
        });
        futures_util::future::join_all(asked).await;
    }
}

/// Sends refunds that are due. Answers how many were claimed.
///
/// # Errors
/// [`DbError`] when nothing could be claimed.
pub async fn refund_due(shop: &Shop) -> Result<usize, DbError> {
    let refunds =
        shop.db.write(async |tx: &mut Tx<'_>| store::claim_refunds(tx, AT_ONCE_REFUNDS).await).await?;
    let claimed = refunds.len();
    for refund in refunds {
        let number = refund.request_no.clone();
        if let Err(error) = verbs::refund_one(shop, refund).await {
            tracing::error!(refund = number, %error, "a refund could not be sent");
        }
    }
    Ok(claimed)
}

/// Refunds are sent one after the other; each takes at most two calls, and a claim lasts one minute.
const AT_ONCE_REFUNDS: i64 = 3;
