//! The line of a full pool, as far as the pool's row knows of it (R16): how many wait, and the last number that was given.

use crate::params;
use crate::seat_pool::PoolKey;
use crate::store::{DbError, Tx};
use crate::words::codes::{CampusCode, SittingCode, SubjectCode};

/// Puts one more person in the line; returns the number, or `None` where a seat is free for whoever comes now. The numbers
/// of a pool only grow, because its row is locked until the transaction ends: whoever joins later is behind.
pub async fn join(tx: &mut Tx<'_>, pool: &PoolKey) -> Result<Option<i64>, DbError> {
    tx.turn(pool.school())?;
    let given: Option<(i64,)> = tx
        .query_opt(
            "UPDATE seat_pool
                SET waiting = waiting + 1, line_last = line_last + 1
              WHERE school = $1
                AND sitting = $2
                AND campus = $3
                AND subject = $4
                AND capacity - taken <= waiting
             RETURNING line_last",
            params![pool.school(), pool.sitting, pool.campus, pool.subject],
        )
        .await?;
    Ok(given.map(|(number,)| number))
}

// COALESCE keeps PostgreSQL, when it has no statistics, from using seat_pool_waiting for one pool.

/// Takes one person out of the line.
///
/// # Errors
/// [`DbError::Other`] when nobody waits, which only a bug of ours can cause.
pub async fn leave(tx: &mut Tx<'_>, pool: &PoolKey) -> Result<(), DbError> {
    let left = tx
        .execute(
            "UPDATE seat_pool
                SET waiting = waiting - 1
              WHERE school = $1
                AND sitting = $2
                AND campus = $3
                AND subject = $4
                AND COALESCE(waiting, 0) > 0",
            params![pool.school(), pool.sitting, pool.campus, pool.subject],
        )
        .await?;
    if left == 1 { Ok(()) } else { Err(DbError::Other(format!("nobody waits at {pool:?}"))) }
}

/// Gives a free seat to somebody in the line; returns whether there was one (R15).
pub async fn hand(tx: &mut Tx<'_>, pool: &PoolKey) -> Result<bool, DbError> {
    tx.turn(pool.school())?;
    let taken = tx
        .execute(
            "UPDATE seat_pool
                SET taken = taken + 1, waiting = waiting - 1
              WHERE school = $1
                AND sitting = $2
                AND campus = $3
                AND subject = $4
                AND taken < capacity
                AND COALESCE(waiting, 0) > 0",
            params![pool.school(), pool.sitting, pool.campus, pool.subject],
        )
        .await?;
    Ok(taken == 1)
}

/// The pools where somebody waits, and whether a seat is free there. `with_seats`: only those with a free one.
pub(crate) async fn waited_for(
    tx: &mut Tx<'_>,
    with_seats: bool,
    limit: i64,
) -> Result<Vec<PoolKey>, DbError> {
    let rows: Vec<(CampusCode, SittingCode, SubjectCode)> = tx
        .query(
            "SELECT campus, sitting, subject
               FROM seat_pool
              WHERE waiting > 0
                AND (taken < capacity OR CAST($1 AS BOOLEAN) = FALSE)
              ORDER BY sitting, campus, subject
              LIMIT $2",
            params![with_seats, limit],
        )
        .await?;
    Ok(rows.into_iter().map(|(campus, sitting, subject)| PoolKey { campus, sitting, subject }).collect())
}
