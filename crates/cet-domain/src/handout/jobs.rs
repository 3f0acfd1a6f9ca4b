//! The job of the waiting list (R16): gives seats that are free to the first in line, and ends lines that have closed.

use std::sync::Arc;

use futures_util::future::BoxFuture;

use super::verbs::{close_line, closed_lines, firsts, give};
use crate::jobs::batch::{self, Batching, Key, Queue, Round, all_of};
use crate::sitting::Catalogue;
use crate::standby::store::InLine;
use crate::store::{Db, DbError, Stop, Tx};

/// The name of the job, and of the part that gives seats.
pub const GIVES: &str = "standby";
/// The name of the part that ends lines.
pub const CLOSES: &str = "standby-closing";

/// Pools of one round, and people of it: several pools at once, because each has a row of its own.
const WAY: Batching = Batching::Alone { most: 200, at_once: 8 };

/// Gives each free seat that somebody waits for, and ends what has closed; returns how much was done. Any node may run it at
/// any time, also several at once: a registration that another one works on is left to the next round.
///
/// # Errors
/// [`DbError`]: what was done by then is kept.
pub async fn round(db: &Db, catalogue: Arc<Catalogue>) -> Result<Round, DbError> {
    let gives = batch::run(db, &Gives { db: db.clone(), catalogue: Arc::clone(&catalogue) }).await;
    let closes = batch::run(db, &Closes { db: db.clone(), catalogue }).await;
    let done = |round: &Result<Round, DbError>| round.as_ref().map_or(0, |round| round.done);
    let (given, closed) = (done(&gives), done(&closes));
    if given > 0 || closed > 0 {
        tracing::info!(
            given,
            closed,
            "the waiting list: {given} places got a seat or ended, {closed} lines closed"
        );
    }
    all_of([gives, closes])
}

/// Who is first at a pool with a free seat.
struct Gives {
    db: Db,
    catalogue: Arc<Catalogue>,
}

impl Queue for Gives {
    type Item = InLine;

    fn job(&self) -> &'static str {
        GIVES
    }

    fn batching(&self) -> Batching {
        WAY
    }

    fn key(&self, one: &InLine) -> Key {
        Key::of(one.school, one.standby.0)
    }

    fn waiting(&self, most: i64) -> BoxFuture<'_, Result<Vec<InLine>, DbError>> {
        Box::pin(async move {
            let catalogue = Arc::clone(&self.catalogue);
            self.db.read(async move |tx: &mut Tx<'_>| firsts(tx, &catalogue, most).await).await
        })
    }

    fn work(&self, items: Vec<InLine>) -> BoxFuture<'_, Result<i64, DbError>> {
        Box::pin(async move {
            let mut done = 0_i64;
            for one in items {
                let catalogue = Arc::clone(&self.catalogue);
                let given =
                    self.db.write(async move |tx: &mut Tx<'_>| give(tx, &catalogue, &one).await).await;
                match given {
                    Ok(given) => done = done.saturating_add(i64::from(given)),
                    // The seat is gone: the turn comes again.
                    Err(Stop::Refused(_)) => {}
                    Err(Stop::Fault(error)) => return Err(error),
                }
            }
            Ok(done)
        })
    }
}

/// Who waits in a line that has closed.
struct Closes {
    db: Db,
    catalogue: Arc<Catalogue>,
}

impl Queue for Closes {
    type Item = InLine;

    fn job(&self) -> &'static str {
        CLOSES
    }

    fn batching(&self) -> Batching {
        WAY
    }

    fn key(&self, one: &InLine) -> Key {
        Key::of(one.school, one.standby.0)
    }

    fn waiting(&self, most: i64) -> BoxFuture<'_, Result<Vec<InLine>, DbError>> {
        Box::pin(async move {
            let catalogue = Arc::clone(&self.catalogue);
            self.db.read(async move |tx: &mut Tx<'_>| closed_lines(tx, &catalogue, most).await).await
        })
    }

    fn work(&self, items: Vec<InLine>) -> BoxFuture<'_, Result<i64, DbError>> {
        Box::pin(async move {
            let mut done = 0_i64;
            for one in items {
                let catalogue = Arc::clone(&self.catalogue);
                let closed =
                    self.db.write(async move |tx: &mut Tx<'_>| close_line(tx, &catalogue, &one).await);
                done = done.saturating_add(i64::from(closed.await?));
            }
            Ok(done)
        })
    }
}
