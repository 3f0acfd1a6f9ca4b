//! What a node does for imports by itself.

use super::store;
use crate::store::{Db, DbError, Tx};

/// Removes some of what killed or failed imports left behind; answers how many rows.
///
/// # Errors
/// [`DbError`]; the next run tries again.
pub async fn sweep(db: &Db) -> Result<i64, DbError> {
    if !db.read(async |tx: &mut Tx<'_>| store::is_sweeping_due(tx).await).await? {
        return Ok(0);
    }
    let gone = db.write(async |tx: &mut Tx<'_>| store::sweep_abandoned(tx).await).await?;
    Ok(i64::try_from(gone).unwrap_or(i64::MAX))
}
