//! The sweep of overdue entries and empty registrations: one batch of each; the runner loops.

use std::sync::Arc;

use futures_util::future::BoxFuture;

use super::store;
use super::verbs::{release, remind};
use crate::jobs::batch::{self, Batching, Key, Queue, Round, all_of};
use crate::sitting::Catalogue;
use crate::store::{Db, DbError, Tx};
use crate::words::codes::SchoolCode;
use crate::words::ids::RegistrationId;

/// Registrations per transaction: few enough that nobody waits long for a pool's row.
const BATCH: usize = 50;
/// The job name under which a registration is set aside if its entries can't be ended.
pub(crate) const EXPIRY: &str = "expiry";

/// Ends a batch of overdue entries and releases a batch of empty registrations; returns the total. Any node may run it
/// at any time, also several at once. Locked rows are left to the next round, so 0 means: pause.
pub async fn sweep(db: &Db, catalogue: Arc<Catalogue>) -> Result<Round, DbError> {
    let overdue = batch::run(db, &Overdue { db: db.clone(), catalogue }).await;
    let empty = batch::run(db, &Empty { db: db.clone() }).await;
    let (ended, released) = (done(&overdue), done(&empty));
    if ended > 0 || released > 0 {
        tracing::info!(
            ended,
            released,
            "ended {ended} overdue entries, released {released} empty registrations"
        );
    }
    all_of([overdue, empty])
}

/// Reminds a batch of candidates whose hold ends soon; answers how many. Any node may run it at any time.
///
/// # Errors
/// [`DbError`]: nobody is reminded twice.
pub async fn remind(db: &Db, catalogue: Arc<Catalogue>) -> Result<Round, DbError> {
    batch::run(db, &Reminders { db: db.clone(), catalogue }).await
}

fn done(round: &Result<Round, DbError>) -> i64 {
    round.as_ref().map_or(0, |round| round.done)
}

fn count(done: usize) -> i64 {
    i64::try_from(done).unwrap_or(i64::MAX)
}

/// Registrations with overdue entries.
struct Overdue {
    db: Db,
    catalogue: Arc<Catalogue>,
}

impl Queue for Overdue {
    type Item = (SchoolCode, RegistrationId);

    fn job(&self) -> &'static str {
        EXPIRY
    }

    fn batching(&self) -> Batching {
        Batching::Together(BATCH)
    }

    fn key(&self, (school, id): &Self::Item) -> Key {
        Key::of(*school, id.0)
    }

    fn waiting(&self, most: i64) -> BoxFuture<'_, Result<Vec<Self::Item>, DbError>> {
        Box::pin(async move {
            self.db
                .read(async move |tx: &mut Tx<'_>| {
                    let now = tx.now().await?;
                    store::overdue(tx, now, most).await
                })
                .await
        })
    }

    fn work(&self, items: Vec<Self::Item>) -> BoxFuture<'_, Result<i64, DbError>> {
        Box::pin(async move {
            let catalogue = Arc::clone(&self.catalogue);
            self.db
                .write(async move |tx: &mut Tx<'_>| {
                    super::verbs::expire_some(tx, &catalogue, &items).await.map(|sweep| count(sweep.ended))
                })
                .await
        })
    }
}

/// Registrations that may have been empty for long enough.
struct Empty {
    db: Db,
}

impl Queue for Empty {
    type Item = (SchoolCode, RegistrationId);

    fn job(&self) -> &'static str {
        "release"
    }

    fn batching(&self) -> Batching {
        Batching::Together(BATCH)
    }

    fn key(&self, (school, id): &Self::Item) -> Key {
        Key::of(*school, id.0)
    }

    fn waiting(&self, most: i64) -> BoxFuture<'_, Result<Vec<Self::Item>, DbError>> {
        Box::pin(async move {
            self.db.read(async move |tx: &mut Tx<'_>| release::empty_ones(tx, most).await).await
        })
    }

    fn work(&self, items: Vec<Self::Item>) -> BoxFuture<'_, Result<i64, DbError>> {
        Box::pin(async move {
            self.db
                .write(async move |tx: &mut Tx<'_>| release::release_some(tx, &items).await.map(count))
                .await
        })
    }
}

/// Registrations with unpaid entries whose hold ends soon.
struct Reminders {
    db: Db,
    catalogue: Arc<Catalogue>,
}

impl Queue for Reminders {
    type Item = (SchoolCode, RegistrationId);

    fn job(&self) -> &'static str {
        "reminders"
    }

    fn batching(&self) -> Batching {
        Batching::Together(BATCH)
    }

    fn key(&self, (school, id): &Self::Item) -> Key {
        Key::of(*school, id.0)
    }

    fn waiting(&self, most: i64) -> BoxFuture<'_, Result<Vec<Self::Item>, DbError>> {
        Box::pin(async move {
            self.db.read(async move |tx: &mut Tx<'_>| remind::due_for_reminder(tx, most).await).await
        })
    }

    fn work(&self, items: Vec<Self::Item>) -> BoxFuture<'_, Result<i64, DbError>> {
        Box::pin(async move {
            let catalogue = Arc::clone(&self.catalogue);
            self.db
                .write(async move |tx: &mut Tx<'_>| {
                    remind::remind_some(tx, &catalogue, &items).await.map(count)
                })
                .await
        })
    }
}

#[cfg(test)]
#[path = "tests/jobs.rs"]
mod tests;
