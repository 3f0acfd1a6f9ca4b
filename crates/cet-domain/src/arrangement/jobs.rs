//! The job that tells candidates of their seats.

use std::sync::Arc;

use futures_util::future::BoxFuture;

use super::verbs::tell;
use crate::jobs::batch::{self, Batching, Key, Queue, Round};
use crate::sitting::Catalogue;
use crate::store::{Db, DbError, Tx};
use crate::words::codes::SchoolCode;

/// Arrangements of a round, a batch of candidates of each.
const ARRANGEMENTS: usize = 10;

/// Tells candidates of seats that were published; answers how many. Any node may run it at any time.
///
/// # Errors
/// [`DbError`]: nobody is told twice.
pub async fn tell_seats(db: &Db, catalogue: Arc<Catalogue>) -> Result<Round, DbError> {
    batch::run(db, &Untold { db: db.clone(), catalogue }).await
}

/// Published arrangements with somebody to tell.
struct Untold {
    db: Db,
    catalogue: Arc<Catalogue>,
}

impl Queue for Untold {
    type Item = (SchoolCode, i64);

    fn job(&self) -> &'static str {
        "seats"
    }

    fn batching(&self) -> Batching {
        Batching::Alone { most: ARRANGEMENTS, at_once: 1 }
    }

    fn key(&self, (school, id): &Self::Item) -> Key {
        Key::of(*school, *id)
    }

    fn waiting(&self, most: i64) -> BoxFuture<'_, Result<Vec<Self::Item>, DbError>> {
        Box::pin(async move { self.db.read(async move |tx: &mut Tx<'_>| tell::untold(tx, most).await).await })
    }

    fn work(&self, items: Vec<Self::Item>) -> BoxFuture<'_, Result<i64, DbError>> {
        Box::pin(async move {
            let catalogue = Arc::clone(&self.catalogue);
            self.db
                .write(async move |tx: &mut Tx<'_>| {
                    let mut told = 0_i64;
                    for item in &items {
                        told = told.saturating_add(tell::tell_some(tx, &catalogue, *item).await?);
                    }
                    Ok(told)
                })
                .await
        })
    }
}
