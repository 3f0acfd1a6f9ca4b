//! Taking a number, and giving it back.

use std::sync::Arc;

use jiff::SignedDuration;

use super::rules::{Step, step};
use super::store::{self, NodeRow};
use super::{Held, Holder};
use crate::store::{Db, DbError, Stop, Tx};

/// After so long a node that was never stopped properly is not listed any more.
const FORGOTTEN: SignedDuration = SignedDuration::from_hours(7 * 24);

/// What one look at the number came to.
enum Looked {
    Taken,
    Living(Held),
    Perhaps(NodeRow),
}

/// Takes the number. The row of a process that was killed a moment ago is watched first, for [`super::LEASE`] at most, with `wait`
/// between two looks at it.
///
/// # Errors
/// [`Held`] if another process is running under it.
pub async fn take(db: &Db, of: &Arc<Holder>, wait: impl AsyncFn()) -> Result<(), Stop<Held>> {
    let (mut first, mut looks) = (None, 0_u32);
    loop {
        let (me, seen) = (Arc::clone(of), first.clone());
        let looked = db.write(async move |tx: &mut Tx<'_>| look(tx, &me, seen.as_ref(), looks).await).await;
        match looked.map_err(Stop::Fault)? {
            Looked::Taken => return Ok(()),
            Looked::Living(held) => return Err(Stop::Refused(held)),
            Looked::Perhaps(row) if first.is_none() => {
                tracing::info!(
                    node = of.number,
                    "server.node was held a moment ago: watching for up to {} s whether that process still runs",
                    super::LEASE.as_secs()
                );
                first = Some(row);
            }
            Looked::Perhaps(_) => {}
        }
        looks = looks.saturating_add(1);
        wait().await;
    }
}

async fn look(tx: &mut Tx<'_>, of: &Holder, first: Option<&NodeRow>, looks: u32) -> Result<Looked, DbError> {
    let now = tx.now().await?;
    let Some(found) = store::find(tx, of.number).await? else {
        store::forget(tx, now.minus(FORGOTTEN)).await?;
        let taken = store::take(tx, of, None, now).await?;
        return again_if_lost(tx, of, taken).await;
    };
    if found.boot == of.boot {
        return Ok(Looked::Taken);
    }
    match step(Some(&found), first, looks, now) {
        Step::Take => {
            let taken = store::take(tx, of, Some(&found), now).await?;
            again_if_lost(tx, of, taken).await
        }
        Step::LookAgain => Ok(Looked::Perhaps(found)),
        Step::Refuse => {
            Ok(Looked::Living(Held { number: found.number, mark: found.mark, since: found.since }))
        }
    }
}

/// Another start was quicker: its row is watched as any other.
async fn again_if_lost(tx: &mut Tx<'_>, of: &Holder, taken: bool) -> Result<Looked, DbError> {
    if taken {
        return Ok(Looked::Taken);
    }
    let found = store::find(tx, of.number).await?;
    found.map(Looked::Perhaps).ok_or(DbError::Retry)
}

/// Renews the number; returns who took it over, if somebody did. A row that is gone, as with a backup that was restored, is made
/// anew.
pub(super) async fn renew(tx: &mut Tx<'_>, of: &Holder) -> Result<Option<Held>, DbError> {
    let now = tx.now().await?;
    if store::renew(tx, of, now).await? {
        return Ok(None);
    }
    if store::take(tx, of, None, now).await? {
        return Ok(None);
    }
    let found = store::find(tx, of.number).await?.filter(|found| found.boot != of.boot);
    Ok(found.map(|found| Held { number: found.number, mark: found.mark, since: found.since }))
}

/// Gives the number back, so that the next start need not watch its row.
///
/// # Errors
/// [`DbError`]: the row lapses by itself.
pub async fn give_back(db: &Db, of: &Arc<Holder>) -> Result<(), DbError> {
    let me = Arc::clone(of);
    db.write(async move |tx: &mut Tx<'_>| store::give_back(tx, &me).await).await
}
