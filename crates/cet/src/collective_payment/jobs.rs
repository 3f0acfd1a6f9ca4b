//! The time limit of collective payments.

use crate::app::App;
use crate::store::{DbError, Tx};

/// Collective payments of one transaction, each with up to two thousand registrations.
const BATCH: i64 = 1;

/// Releases one whose time limit has come; answers how many. Any node may run it at any time.
///
/// # Errors
/// [`DbError`] of the batch that failed, of which nothing is kept.
pub async fn release_due(app: &App) -> Result<i64, DbError> {
    app.db.write(async |tx: &mut Tx<'_>| super::verbs::release_due(tx, BATCH).await).await
}
