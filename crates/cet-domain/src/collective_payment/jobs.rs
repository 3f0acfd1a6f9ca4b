//! The time limit of collective payments.

use futures_util::future::BoxFuture;

use super::{store, verbs};
use crate::context::Context;
use crate::jobs::batch::{self, Batching, Key, Queue, Round};
use crate::store::{Db, DbError, Tx};
use crate::words::codes::SchoolCode;
use crate::words::ids::CollectivePaymentId;

/// Releases those whose time limit has passed; returns how many. Any node may run it at any time.
pub async fn release_due(context: &Context) -> Result<Round, DbError> {
    batch::run(&context.db, &Due { db: context.db.clone() }).await
}

/// Open ones past their time limit: each has up to two thousand registrations, so each is its own transaction.
struct Due {
    db: Db,
}

impl Queue for Due {
    type Item = (SchoolCode, CollectivePaymentId);

    fn job(&self) -> &'static str {
        "collective-payment"
    }

    fn batching(&self) -> Batching {
        Batching::Alone { most: 1, at_once: 1 }
    }

    fn key(&self, (school, id): &Self::Item) -> Key {
        Key::of(*school, id.0)
    }

    fn waiting(&self, most: i64) -> BoxFuture<'_, Result<Vec<Self::Item>, DbError>> {
        Box::pin(async move {
            self.db
                .read(async move |tx: &mut Tx<'_>| {
                    let now = tx.now().await?;
                    store::due(tx, now, most).await
                })
                .await
        })
    }

    fn work(&self, items: Vec<Self::Item>) -> BoxFuture<'_, Result<i64, DbError>> {
        Box::pin(async move {
            self.db.write(async move |tx: &mut Tx<'_>| verbs::release_these(tx, &items).await).await
        })
    }
}
