//! The sweep of overdue entries and empty registrations: one batch of each; the loop is the runner's.

use std::sync::Arc;

use crate::registration;
use crate::sitting::Catalogue;
use crate::store::{Db, DbError};

/// Registrations of one transaction: few enough that nobody waits long for a pool's row.
const BATCH: i64 = 50;

/// Ends a batch of overdue entries and releases a batch of empty registrations; answers how many of both. Any node may
/// run it at any time, several at once too. What others work on is left to the next round, so 0 means: rest.
///
/// # Errors
/// [`DbError`] of the batch that failed, of which nothing is kept.
pub async fn sweep(db: &Db, catalogue: Arc<Catalogue>) -> Result<i64, DbError> {
    let batch = db.write(async move |tx| super::verbs::expire_due(tx, &catalogue, BATCH).await).await?;
    let released = db.write(async |tx| registration::release::release_empty_ones(tx, BATCH).await).await?;
    let ended = batch.ended;
    if ended > 0 || released > 0 {
        tracing::info!(
            ended,
            released,
            "ended {ended} overdue entries, released {released} empty registrations"
        );
    }
    Ok(i64::try_from(ended.saturating_add(released)).unwrap_or(i64::MAX))
}
