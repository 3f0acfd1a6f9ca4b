//! Sweeping: sessions that ended, counts that nobody looks at, captchas that are over.

use super::session::{self, Life};
use crate::app::App;
use crate::store::DbError;
use crate::{captcha, limit};

/// Deletes some of what has ended; answers how many rows went.
///
/// # Errors
/// [`DbError`].
pub async fn sweep(app: &App) -> Result<i64, DbError> {
    let life = Life::from(&app.config.session);
    let gone = app
        .db
        .write(async move |tx| {
            let sessions = session::sweep(tx, life).await?;
            let counts = limit::sweep(tx).await?;
            Ok::<u64, DbError>(sessions.saturating_add(counts).saturating_add(captcha::sweep(tx).await?))
        })
        .await?;
    Ok(i64::try_from(gone).unwrap_or(i64::MAX))
}
