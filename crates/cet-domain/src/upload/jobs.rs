//! The background job of uploads.

use std::sync::Arc;

use super::rules::End;
use super::{store, work};
use crate::import::store as imports;
use crate::jobs::batch::Round;
use crate::store::{Db, DbError, Tx};
use crate::ticket::store::before as photos;
use crate::vault::Vault;

/// Uploads that are given up per round.
const LAPSED_AT_ONCE: i64 = 20;
/// Photos of before that are deleted per round.
const PHOTOS_AT_ONCE: i64 = 100;

/// Works on the upload that has waited longest, and cleans up.
pub async fn round(db: &Db, vault: &Arc<Vault>) -> Result<Round, DbError> {
    let worked = work::next(db, vault).await?;
    if worked > 0 {
        return Ok(Round::of(worked));
    }
    Ok(Round::of(sweep(db).await?))
}

/// Gives up what waits for too long, and deletes files that nobody needs any more.
async fn sweep(db: &Db) -> Result<i64, DbError> {
    let lapsed: Vec<(i64, Option<i64>)> =
        db.read(async |tx: &mut Tx<'_>| store::lapsed(tx, LAPSED_AT_ONCE).await).await?;
    let count = i64::try_from(lapsed.len()).unwrap_or(i64::MAX);
    db.write(async move |tx: &mut Tx<'_>| {
        for (id, import) in &lapsed {
            if store::give_up(tx, *id, End::Lapsed).await?
                && let Some(import) = import
            {
                imports::abandon(tx, *import).await?;
            }
        }
        let deleted = store::delete_parts(tx).await?.saturating_add(store::delete_pictures(tx).await?);
        let deleted = deleted.saturating_add(photos::forget(tx, PHOTOS_AT_ONCE).await?);
        Ok(deleted.saturating_add(count))
    })
    .await
}
