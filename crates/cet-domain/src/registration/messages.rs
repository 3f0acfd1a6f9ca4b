//! What candidates are told of their registration (A10).

use super::Registration;
use crate::message::{self, Facts};
use crate::store::{DbError, Tx};

/// Tells that a registration without subjects was released.
pub async fn released(tx: &mut Tx<'_>, of: &Registration) -> Result<(), DbError> {
    let now = tx.now().await?;
    let facts = Facts::Released {
        school: of.school_name.clone(),
        campus: of.campus_name.clone(),
        saved: of.saved_at.micros(),
    };
    // One that came back for late money may be released another time.
    message::tell(tx, of.passport, &format!("{}-{}", of.id, now.micros()), &facts).await
}
