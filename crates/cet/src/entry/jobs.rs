//! The sweep of overdue entries and empty registrations: loop, limit, log; nothing else.

use std::sync::Arc;

use crate::registration;
use crate::sitting::Catalogue;
use crate::store::{Db, DbError};

/// Registrations of one transaction: few enough that nobody waits long for a pool's row.
const BATCH: i64 = 50;
/// Transactions of one call: the rest is left to the next call, so that other jobs get their turn.
const ROUNDS: usize = 200;

/// Ends all overdue entries and releases all empty registrations whose time has come. Any node may run it at any time,
/// several at once too.
///
/// # Errors
/// [`DbError`] of the batch that failed; the batches before it are kept.
pub async fn sweep(db: &Db, catalogue: &Arc<Catalogue>) -> Result<(), DbError> {
    let mut ended = 0_usize;
    for _ in 0..ROUNDS {
        let catalogue = Arc::clone(catalogue);
        let batch = db.write(async move |tx| super::verbs::expire_due(tx, &catalogue, BATCH).await).await?;
        ended = ended.saturating_add(batch.ended);
        // Nothing ended: what was found is being worked on by others, who end it or leave it to the next call.
        if batch.ended == 0 {
            break;
        }
    }
    let mut released = 0_usize;
    for _ in 0..ROUNDS {
        let batch = db.write(async |tx| registration::release::release_empty_ones(tx, BATCH).await).await?;
        released = released.saturating_add(batch);
        if batch == 0 {
            break;
        }
    }
    if ended > 0 || released > 0 {
        tracing::info!(ended, released, "ended {ended} overdue entries, released {released} empty registrations");
    }
    Ok(())
}
