//! The jobs of payment: due items, each claimed so that two nodes never process the same one at once, and idempotent. A
//! failing item does not block the others; its claim expires and it is due again.
//!
//! Each gateway has rounds of its own: one that does not answer keeps only its own orders and refunds waiting.

use futures_util::future::BoxFuture;
use gateway::GatewayCode;

use super::context::PaymentContext;
use super::store::{self, refund_requests as requests};
use super::verbs;
use crate::audit::Actor;
use crate::jobs::batch::{self, Batching, Key, Queue, Round};
use crate::store::{DbError, Tx};
use crate::words::codes::SchoolCode;
use crate::words::ids::OrderId;

/// The most items of one batch: an order may wait half a minute for its gateway, and a claim lasts 40 s.
const BATCH: usize = 12;
/// The most calls to one gateway at once.
const AT_ONCE: usize = 4;
/// Refunds of one gateway are sent one after the other; each takes at most two calls, and a claim lasts one minute.
const REFUNDS: usize = 3;

/// Queries a gateway for orders without a notification, ends its orders past their deadline, and queries closed ones
/// again as long as money for them may arrive (Y4, Y5). Returns how many were queried.
///
/// # Errors
/// [`DbError`] when nothing could be claimed.
pub async fn ask_due(payments: &PaymentContext, gateway: GatewayCode) -> Result<Round, DbError> {
    batch::run(&payments.db, &Orders { payments: payments.clone(), gateway }).await
}

/// Sends the refunds of a gateway that are due. Returns how many were tried.
///
/// # Errors
/// [`DbError`] when nothing could be claimed.
pub async fn refund_due(payments: &PaymentContext, gateway: GatewayCode) -> Result<Round, DbError> {
    batch::run(&payments.db, &Refunds { payments: payments.clone(), gateway }).await
}

/// Carries approved requests for refunds out: their refunds are due then. Returns how many lines were done.
///
/// # Errors
/// [`DbError`] when nothing could be claimed.
pub async fn carry_due(payments: &PaymentContext) -> Result<Round, DbError> {
    batch::run(&payments.db, &Requests { payments: payments.clone() }).await
}

/// Orders of a gateway that are due to be queried.
struct Orders {
    payments: PaymentContext,
    gateway: GatewayCode,
}

impl Queue for Orders {
    type Item = (SchoolCode, OrderId);

    fn job(&self) -> &'static str {
        "orders"
    }

    fn batching(&self) -> Batching {
        Batching::Alone { most: BATCH, at_once: AT_ONCE }
    }

    fn key(&self, (school, id): &Self::Item) -> Key {
        Key::of(*school, id.0)
    }

    fn waiting(&self, most: i64) -> BoxFuture<'_, Result<Vec<Self::Item>, DbError>> {
        let gateway = self.gateway;
        Box::pin(async move {
            self.payments.db.read(async move |tx: &mut Tx<'_>| store::due(tx, gateway, most).await).await
        })
    }

    fn work(&self, items: Vec<Self::Item>) -> BoxFuture<'_, Result<i64, DbError>> {
        Box::pin(async move {
            let mut asked = 0_i64;
            for (school, id) in items {
                let claim = async move |tx: &mut Tx<'_>| store::claim(tx, school, id).await;
                let Some(order) = self.payments.db.write(claim).await? else { continue };
                verbs::ask_one(&self.payments, order).await?;
                asked = asked.saturating_add(1);
            }
            Ok(asked)
        })
    }

    fn is_over(&self, key: Key) -> BoxFuture<'_, Result<bool, DbError>> {
        Box::pin(async move {
            let Some(id) = key.id() else { return Ok(true) };
            let school = key.school;
            self.payments
                .db
                .read(async move |tx: &mut Tx<'_>| store::is_asked_no_more(tx, school, OrderId(id)).await)
                .await
        })
    }
}

/// Refunds of a gateway that are due.
struct Refunds {
    payments: PaymentContext,
    gateway: GatewayCode,
}

impl Queue for Refunds {
    type Item = (SchoolCode, i64);

    fn job(&self) -> &'static str {
        "refunds"
    }

    fn batching(&self) -> Batching {
        Batching::Alone { most: REFUNDS, at_once: 1 }
    }

    fn key(&self, (school, id): &Self::Item) -> Key {
        Key::of(*school, *id)
    }

    fn waiting(&self, most: i64) -> BoxFuture<'_, Result<Vec<Self::Item>, DbError>> {
        let gateway = self.gateway;
        Box::pin(async move {
            self.payments
                .db
                .read(async move |tx: &mut Tx<'_>| store::due_refunds(tx, gateway, most).await)
                .await
        })
    }

    fn work(&self, items: Vec<Self::Item>) -> BoxFuture<'_, Result<i64, DbError>> {
        Box::pin(async move {
            let mut tried = 0_i64;
            for (school, id) in items {
                let claim = async move |tx: &mut Tx<'_>| verbs::claim_refund(tx, school, id).await;
                let Some(refund) = self.payments.db.write(claim).await? else { continue };
                verbs::refund_one(&self.payments, refund).await?;
                tried = tried.saturating_add(1);
            }
            Ok(tried)
        })
    }

    fn is_over(&self, key: Key) -> BoxFuture<'_, Result<bool, DbError>> {
        Box::pin(async move {
            let Some(id) = key.id() else { return Ok(true) };
            let school = key.school;
            self.payments.db.read(async move |tx: &mut Tx<'_>| store::is_refunded(tx, school, id).await).await
        })
    }
}

/// Approved requests for refunds with more lines than their approval carried out.
struct Requests {
    payments: PaymentContext,
}

impl Queue for Requests {
    type Item = i64;

    fn job(&self) -> &'static str {
        "refund-requests"
    }

    fn batching(&self) -> Batching {
        Batching::Alone { most: 1, at_once: 1 }
    }

    fn key(&self, id: &Self::Item) -> Key {
        Key::of(SchoolCode::NONE, *id)
    }

    fn waiting(&self, most: i64) -> BoxFuture<'_, Result<Vec<Self::Item>, DbError>> {
        Box::pin(async move {
            self.payments.db.read(async move |tx: &mut Tx<'_>| requests::working(tx, most).await).await
        })
    }

    fn work(&self, items: Vec<Self::Item>) -> BoxFuture<'_, Result<i64, DbError>> {
        Box::pin(async move {
            let mut done = 0_i64;
            for id in items {
                let books = self.payments.books();
                let by = (Actor::Job("refund-requests"), String::new());
                let carried = self
                    .payments
                    .db
                    .write(async move |tx: &mut Tx<'_>| {
                        verbs::carry_out(tx, books.catalogue.clone(), id, by.clone()).await
                    })
                    .await?;
                done = done.saturating_add(carried.done).saturating_add(carried.left);
            }
            Ok(done)
        })
    }

    fn is_over(&self, key: Key) -> BoxFuture<'_, Result<bool, DbError>> {
        Box::pin(async move {
            let Some(id) = key.id() else { return Ok(true) };
            self.payments.db.read(async move |tx: &mut Tx<'_>| requests::is_over(tx, id).await).await
        })
    }
}
