//! What came free at a pool, from which the chance in its line is told (R16).

use crate::params;
use crate::seat_pool::PoolKey;
use crate::store::{DbError, Tx};
use crate::words::time::Time;

/// How many entries of a pool ended since a time.
pub(crate) async fn freed_since(tx: &mut Tx<'_>, pool: &PoolKey, since: Time) -> Result<i64, DbError> {
    let row: (i64,) = tx
        .query_one(
            "SELECT COUNT(*)
               FROM entry
              WHERE pool_school = $1
                AND sitting = $2
                AND campus = $3
                AND subject = $4
                AND ended_at >= $5",
            params![pool.school(), pool.sitting, pool.campus, pool.subject, since],
        )
        .await?;
    Ok(row.0)
}
