//! Sweeping what has ended: sessions, counts that nobody looks at, links, captchas. And answering who forgot a password.

use super::session::{self, Life};
use super::{store, token, verbs};
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
            let links = token::sweep(tx).await?.saturating_add(store::sweep_held(tx).await?);
            let captchas = captcha::sweep(tx).await?;
            Ok::<u64, DbError>(sessions.saturating_add(counts).saturating_add(links).saturating_add(captchas))
        })
        .await?;
    Ok(i64::try_from(gone).unwrap_or(i64::MAX))
}

/// Answers requests for a new password by mail (A5); answers how many.
///
/// # Errors
/// [`DbError`].
pub async fn recover(app: &App) -> Result<i64, DbError> {
    let node = app.clone();
    app.db.write(async move |tx| verbs::recover::answer(tx, &node).await).await
}
