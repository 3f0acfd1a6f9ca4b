//! Background jobs for staff.

use super::session;
use crate::jobs::batch::Round;
use crate::store::{Db, DbError};

/// Deletes expired sessions; returns how many.
pub async fn sweep(db: &Db) -> Result<Round, DbError> {
    session::ended().run(db).await
}
