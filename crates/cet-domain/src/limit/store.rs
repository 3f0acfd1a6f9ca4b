//! The SQL of the counts.

use jiff::SignedDuration;

use super::rules::Count;
use crate::jobs::sweep::Sweep;
use crate::params;
use crate::store::{DbError, Tx};
use crate::words::time::Time;

/// The most counts that one sweep deletes.
const SWEPT_AT_ONCE: usize = 500;

pub(super) async fn until(tx: &mut Tx<'_>, key: &str) -> Result<Option<Time>, DbError> {
    let row = tx.query_opt::<(Time,)>("SELECT until FROM attempt WHERE key = $1", params![key]).await?;
    Ok(row.map(|(until,)| until))
}

pub(super) async fn read(tx: &mut Tx<'_>, key: &str) -> Result<Option<Count>, DbError> {
    let row = tx
        .query_opt::<(Time, i64, Time, i64)>(
            "SELECT since, failures, until, level FROM attempt WHERE key = $1",
            params![key],
        )
        .await?;
    Ok(row.map(|(since, failures, until, level)| Count { since, failures, until, level }))
}

/// Locks the count, creating it if needed, so that two concurrent first failures both count.
pub(super) async fn lock(tx: &mut Tx<'_>, key: &str, now: Time) -> Result<Count, DbError> {
    tx.execute(
        "INSERT INTO attempt (key, since, failures, until, level) VALUES ($1, $2, 0, 0, 0) ON CONFLICT DO NOTHING",
        params![key, now],
    )
    .await?;
    let (since, failures, until, level) = tx
        .query_one::<(Time, i64, Time, i64)>(
            "SELECT since, failures, until, level FROM attempt WHERE key = $1 FOR UPDATE",
            params![key],
        )
        .await?;
    Ok(Count { since, failures, until, level })
}

pub(super) async fn save(tx: &mut Tx<'_>, key: &str, count: Count) -> Result<(), DbError> {
    tx.execute(
        "UPDATE attempt SET since = $2, failures = $3, until = $4, level = $5 WHERE key = $1",
        params![key, count.since, count.failures, count.until, count.level],
    )
    .await?;
    Ok(())
}

pub(super) async fn delete(tx: &mut Tx<'_>, key: &str) -> Result<(), DbError> {
    tx.execute("DELETE FROM attempt WHERE key = $1", params![key]).await?;
    Ok(())
}

/// Deletes all whose keys begin like this. Reads the whole table, which is why only rare acts do it.
pub(super) async fn delete_all(tx: &mut Tx<'_>, begins: &str) -> Result<(), DbError> {
    tx.execute("DELETE FROM attempt WHERE substr(key, 1, length($1)) = $1", params![begins]).await?;
    Ok(())
}

/// Outdated counts: begun long ago, and not refusing anybody now.
pub(super) fn old(memory: SignedDuration) -> Sweep<String> {
    Sweep::new(
        "counts",
        SWEPT_AT_ONCE,
        &[memory, SignedDuration::ZERO],
        "SELECT key FROM attempt WHERE since < $2 AND until < $3 ORDER BY since LIMIT $1",
        "DELETE FROM attempt WHERE key = $1 AND since < $2 AND until < $3",
    )
}
