//! What a node does for staff by itself.

use super::session;
use crate::jobs::aside::Round;
use crate::store::{Db, DbError};

/// Deletes sessions that have ended; answers how many.
///
/// # Errors
/// [`DbError`]; the next run tries again.
pub async fn sweep(db: &Db) -> Result<Round, DbError> {
    session::ended().run(db).await
}
