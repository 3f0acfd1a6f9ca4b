//! The background job of uploads.

use std::sync::Arc;

use super::rules::End;
use super::{store, verbs, work};
use crate::import::store as imports;
use crate::jobs::batch::Round;
use crate::store::{Db, DbError, Stop, Tx};
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
    if go_on_withdrawing(db).await? {
        return Ok(Round::of(1));
    }
    Ok(Round::of(sweep(db).await?))
}

/// One step of taking back an upload, if one is being taken back.
async fn go_on_withdrawing(db: &Db) -> Result<bool, DbError> {
    let found = db.read(async |tx: &mut Tx<'_>| store::to_take_back(tx).await).await?;
    let Some(of) = found else { return Ok(false) };
    match db.write(async |tx: &mut Tx<'_>| verbs::go_on_withdrawing(tx).await).await {
        Ok(went_on) => Ok(went_on),
        Err(Stop::Fault(fault)) => Err(fault),
        Err(Stop::Refused(why)) => {
            tracing::warn!(upload = of.id, "an upload can't be taken back any more: {why:?}");
            db.write(async move |tx: &mut Tx<'_>| store::taken_back(tx, of.id).await).await?;
            Ok(true)
        }
    }
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
