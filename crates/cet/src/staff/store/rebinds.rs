//! The SQL of requests to move a registration to another passport.

use crate::params;
use crate::staff::rules::Scope;
use crate::store::{DbError, Tx};

/// How many requests wait for a decision in a scope.
///
/// # Errors
/// [`DbError`].
pub async fn count_open(tx: &mut Tx<'_>, scope: &Scope) -> Result<i64, DbError> {
    let now = tx.now().await?;
    let range = scope.sql_range();
    let (open,) = tx
        .query_one::<(i64,)>(
            "SELECT COUNT(*)
               FROM staff_rebind
              WHERE state = 'asked'
                AND expires_at > $1
                AND school >= $2
                AND school < $3",
            params![now, range.from, range.below],
        )
        .await?;
    Ok(open)
}
