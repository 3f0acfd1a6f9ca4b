//! The background job of imports.

use futures_util::future::BoxFuture;

use super::store;
use crate::jobs::batch::{self, Batching, Key, Queue, Round};
use crate::store::{Db, DbError, Tx};
use crate::words::codes::SchoolCode;

/// Removes a batch of the rows that killed or failed imports left behind; returns how many.
pub async fn sweep(db: &Db) -> Result<Round, DbError> {
    batch::run(db, &Abandoned { db: db.clone() }).await
}

/// Unfinished imports, one at a time.
struct Abandoned {
    db: Db,
}

impl Queue for Abandoned {
    type Item = i64;

    fn job(&self) -> &'static str {
        "imports"
    }

    fn batching(&self) -> Batching {
        Batching::Alone { most: 1, at_once: 1 }
    }

    fn key(&self, id: &i64) -> Key {
        Key::of(SchoolCode::NONE, *id)
    }

    fn waiting(&self, most: i64) -> BoxFuture<'_, Result<Vec<i64>, DbError>> {
        Box::pin(
            async move { self.db.read(async move |tx: &mut Tx<'_>| store::abandoned(tx, most).await).await },
        )
    }

    fn work(&self, ids: Vec<i64>) -> BoxFuture<'_, Result<i64, DbError>> {
        Box::pin(async move {
            self.db
                .write(async move |tx: &mut Tx<'_>| {
                    let mut gone = 0_u64;
                    for id in &ids {
                        gone = gone.saturating_add(store::sweep_abandoned(tx, *id).await?);
                    }
                    Ok(i64::try_from(gone).unwrap_or(i64::MAX))
                })
                .await
        })
    }
}
