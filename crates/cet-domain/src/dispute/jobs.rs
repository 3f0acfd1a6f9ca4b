//! Ends disputes that have nothing left to decide.

use super::{store, verbs};
use crate::jobs::batch::Round;
use crate::store::{Db, DbError, Tx};

/// Disputes of one transaction.
const AT_ONCE: i64 = 50;

/// Ends disputes about registrations that the holder lost otherwise, and tells the claimants that the student is free.
pub async fn lapse(db: &Db) -> Result<Round, DbError> {
    let found = db.read(async |tx: &mut Tx<'_>| store::moot(tx, AT_ONCE).await).await?;
    if found.is_empty() {
        return Ok(Round::default());
    }
    let ended = db.write(async move |tx: &mut Tx<'_>| verbs::lapse_some(tx, &found).await).await?;
    Ok(Round::of(ended))
}
