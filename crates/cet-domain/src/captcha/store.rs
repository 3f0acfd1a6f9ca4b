//! The SQL of used captchas.

use jiff::SignedDuration;

use crate::jobs::sweep::Sweep;
use crate::params;
use crate::store::{DbError, Tx};
use crate::words::time::Time;

/// The most rows that one sweep deletes.
const SWEPT_AT_ONCE: usize = 1000;

/// Uses up a nonce; returns whether it was valid and unused.
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

/// Used captchas that have expired, so that they need not be remembered.
pub(super) fn expired() -> Sweep<Vec<u8>> {
    Sweep::new(
        "captchas",
        SWEPT_AT_ONCE,
        &[SignedDuration::ZERO],
        "SELECT nonce FROM captcha_used WHERE expires_at < $2 ORDER BY expires_at LIMIT $1",
        "DELETE FROM captcha_used WHERE nonce = $1 AND expires_at < $2",
    )
}
