//! What a node does for staff by itself.

use super::session;
use crate::store::{Db, DbError, Tx};

/// Deletes sessions that have ended; answers how many.
///
/// # Errors
/// [`DbError`]; the next run tries again.
pub async fn sweep(db: &Db) -> Result<i64, DbError> {
    let ended = db.write(async |tx: &mut Tx<'_>| session::sweep(tx).await).await?;
    Ok(i64::try_from(ended).unwrap_or(i64::MAX))
}
