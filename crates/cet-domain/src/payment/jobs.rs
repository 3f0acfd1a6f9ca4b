//! The jobs of payment: due work, each piece claimed so that two nodes never do the same at once, and safe to be done
//! twice. A piece that fails leaves the others; its claim runs out and it is due again.

use futures_util::future::BoxFuture;

use super::desk::PaymentContext;
use super::store;
use super::verbs;
use crate::jobs::aside::{self, Key, Queue, Round, Way};
use crate::store::{DbError, Tx};
use crate::words::codes::SchoolCode;
use crate::words::ids::OrderId;

/// Most pieces of work of one batch: an order may wait half a minute for its gateway, and a claim lasts two.
const BATCH: usize = 12;
/// Most gateways' answers that are waited for at once.
const AT_ONCE: usize = 4;
/// Refunds are sent one after the other; each takes at most two calls, and a claim lasts one minute.
const REFUNDS: usize = 3;

/// Asks the gateways for orders whose notification never came, ends orders whose deadline is over, and asks again for
/// closed ones as long as money for them may come (Y4, Y5). Answers how many were asked.
///
/// # Errors
/// [`DbError`] when nothing could be claimed.
pub async fn ask_due(shop: &PaymentContext) -> Result<Round, DbError> {
    aside::run(&shop.db, &Orders { shop: shop.clone() }).await
}

/// Sends refunds that are due. Answers how many were tried.
///
/// # Errors
/// [`DbError`] when nothing could be claimed.
pub async fn refund_due(shop: &PaymentContext) -> Result<Round, DbError> {
    aside::run(&shop.db, &Refunds { shop: shop.clone() }).await
}

/// Orders that are to be asked for.
struct Orders {
    shop: PaymentContext,
}

impl Queue for Orders {
    type Item = (SchoolCode, OrderId);

    fn job(&self) -> &'static str {
        "orders"
    }

    fn way(&self) -> Way {
        Way::Alone { most: BATCH, at_once: AT_ONCE }
    }

    fn key(&self, (school, id): &Self::Item) -> Key {
        Key::of(*school, id.0)
    }

    fn waiting(&self, most: i64) -> BoxFuture<'_, Result<Vec<Self::Item>, DbError>> {
        Box::pin(
            async move { self.shop.db.read(async move |tx: &mut Tx<'_>| store::due(tx, most).await).await },
        )
    }

    fn work(&self, items: Vec<Self::Item>) -> BoxFuture<'_, Result<i64, DbError>> {
        Box::pin(async move {
            let mut asked = 0_i64;
            for (school, id) in items {
                let claim = async move |tx: &mut Tx<'_>| store::claim(tx, school, id).await;
                let Some(order) = self.shop.db.write(claim).await? else { continue };
                verbs::ask_one(&self.shop, order).await?;
                asked = asked.saturating_add(1);
            }
            Ok(asked)
        })
    }

    fn is_over(&self, key: Key) -> BoxFuture<'_, Result<bool, DbError>> {
        Box::pin(async move {
            let Some(id) = key.id() else { return Ok(true) };
            let school = key.school;
            self.shop
                .db
                .read(async move |tx: &mut Tx<'_>| store::is_asked_no_more(tx, school, OrderId(id)).await)
                .await
        })
    }
}

/// Refunds that are to be sent.
struct Refunds {
    shop: PaymentContext,
}

impl Queue for Refunds {
    type Item = (SchoolCode, i64);

    fn job(&self) -> &'static str {
        "refunds"
    }

    fn way(&self) -> Way {
        Way::Alone { most: REFUNDS, at_once: 1 }
    }

    fn key(&self, (school, id): &Self::Item) -> Key {
        Key::of(*school, *id)
    }

    fn waiting(&self, most: i64) -> BoxFuture<'_, Result<Vec<Self::Item>, DbError>> {
        Box::pin(async move {
            self.shop.db.read(async move |tx: &mut Tx<'_>| store::due_refunds(tx, most).await).await
        })
    }

    fn work(&self, items: Vec<Self::Item>) -> BoxFuture<'_, Result<i64, DbError>> {
        Box::pin(async move {
            let mut tried = 0_i64;
            for (school, id) in items {
                let claim = async move |tx: &mut Tx<'_>| store::claim_refund(tx, school, id).await;
                let Some(refund) = self.shop.db.write(claim).await? else { continue };
                verbs::refund_one(&self.shop, refund).await?;
                tried = tried.saturating_add(1);
            }
            Ok(tried)
        })
    }

    fn is_over(&self, key: Key) -> BoxFuture<'_, Result<bool, DbError>> {
        Box::pin(async move {
            let Some(id) = key.id() else { return Ok(true) };
            let school = key.school;
            self.shop.db.read(async move |tx: &mut Tx<'_>| store::is_refunded(tx, school, id).await).await
        })
    }
}
