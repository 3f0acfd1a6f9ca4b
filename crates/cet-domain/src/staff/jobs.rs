//! Background jobs for staff.

use std::sync::Arc;

use super::{lapsed_refunds, session};
use crate::jobs::batch::Round;
use crate::sitting::Catalogue;
use crate::store::{Db, DbError};
use crate::vault::Vault;

/// Deletes expired sessions; returns how many.
pub async fn sweep(db: &Db) -> Result<Round, DbError> {
    session::ended().run(db).await
}

/// Ends requests for refunds that nobody decided in time and mails whoever asked (Y5); returns how many.
///
/// # Errors
/// [`DbError`]: what was not ended is ended by the next round.
pub async fn lapse_refund_requests(
    db: &Db,
    vault: &Arc<Vault>,
    catalogue: &Arc<Catalogue>,
) -> Result<Round, DbError> {
    lapsed_refunds::round(db, vault, catalogue).await
}
