//! The SQL of used captchas.

use crate::params;
use crate::store::{DbError, Tx};
use crate::words::time::Time;

/// The most rows that one sweep deletes.
const SWEPT_AT_ONCE: i64 = 1000;

/// Uses a nonce up; whether it was in time and nobody did before.
pub(super) async fn use_up(tx: &mut Tx<'_>, nonce: &[u8], expires: Time) -> Result<bool, DbError> {
    if tx.now().await? >= expires {
        return Ok(false);
    }
    let rows = tx
        .execute(
            "INSERT INTO captcha_used (nonce, expires_at) VALUES ($1, $2) ON CONFLICT DO NOTHING",
            params![nonce, expires],
        )
        .await?;
    Ok(rows == 1)
}

pub(super) async fn delete_expired(tx: &mut Tx<'_>) -> Result<u64, DbError> {
    let now = tx.now().await?;
    tx.execute(
        "DELETE FROM captcha_used
          WHERE nonce IN (SELECT nonce FROM captcha_used WHERE expires_at < $1 ORDER BY expires_at LIMIT $2)",
        params![now, SWEPT_AT_ONCE],
    )
    .await
}
