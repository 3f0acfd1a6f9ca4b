//! The SQL of the rehearsal's row.

use crate::params;
use crate::store::{DbError, Tx};

/// Inserts the row if needed, so that later changes are plain updates; a first offset applies only to a new row.
pub async fn begin(tx: &mut Tx<'_>, shift: i64) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO rehearsal (id, shift, behaviour) VALUES (1, $1, $2) ON CONFLICT DO NOTHING",
        params![shift, ""],
    )
    .await?;
    Ok(())
}

/// Advances the clock.
pub async fn advance(tx: &mut Tx<'_>, micros: u32, seconds: i64) -> Result<(), DbError> {
    let by = seconds.saturating_mul(1_000_000).saturating_add(i64::from(micros));
    tx.execute("UPDATE rehearsal SET shift = shift + $1 WHERE id = 1", params![by.max(0)]).await?;
    Ok(())
}

/// The offset of the clock, in microseconds.
pub async fn shift(tx: &mut Tx<'_>) -> Result<i64, DbError> {
    let row = tx.query_opt::<(i64,)>("SELECT shift FROM rehearsal WHERE id = 1", &[]).await?;
    Ok(row.map_or(0, |(shift,)| shift))
}

/// The stored behaviour of the sandbox gateways, JSON; empty for the default.
pub async fn behaviour(tx: &mut Tx<'_>) -> Result<String, DbError> {
    let row = tx.query_opt::<(String,)>("SELECT behaviour FROM rehearsal WHERE id = 1", &[]).await?;
    Ok(row.map_or_else(String::new, |(behaviour,)| behaviour))
}

/// Stores the behaviour of the sandbox gateways.
pub async fn set_behaviour(tx: &mut Tx<'_>, json: &str) -> Result<(), DbError> {
    tx.execute("UPDATE rehearsal SET behaviour = $1 WHERE id = 1", params![json]).await?;
    Ok(())
}
