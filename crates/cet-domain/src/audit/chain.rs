//! Links the log's rows into one hash chain per school (S7), in the order in which they become visible.
//!
//! `audit_todo` holds the rows that are in no chain yet, so that the cost of a round depends only on the number of new
//! rows, and a row of a long transaction is found when it is committed. On SQLite it is read on a background thread.

use std::sync::atomic::{AtomicBool, Ordering};

use futures_util::future::BoxFuture;
use jiff::SignedDuration;

use super::line::link_hash;
use super::todo::{self, Head, Waiting};
use crate::jobs::batch::{self, Batching, Key, Queue, Round};
use crate::store::{Db, DbError, Stop, Tx};
use crate::words::time::Time;

/// Rows linked per transaction: on SQLite it blocks candidates no longer than some two milliseconds.
const BATCH: usize = 250;
/// Transactions per round; the rest is left to the next round.
const BATCHES: usize = 400;
/// The mark is updated no more often than this, to save writes.
const MARK_STEP: SignedDuration = SignedDuration::from_secs(15);
/// Without a round for this long, no node was running.
const NO_NODE_AFTER: SignedDuration = SignedDuration::from_mins(1);

/// Links the log's rows for one node. Safe on several nodes at once: a link's place is its key, and the second writer
/// skips it.
pub struct Linker {
    db: Db,
    began: AtomicBool,
}

impl Linker {
    /// The linker of a node.
    #[must_use]
    pub fn new(db: Db) -> Self {
        Self { db, began: AtomicBool::new(false) }
    }

    /// Links all rows that are in no chain, in batches; returns how many.
    pub async fn round(&self) -> Result<Round, DbError> {
        let db = &self.db;
        let (mark, began) = db
            .read(async |tx: &mut Tx<'_>| Ok::<_, DbError>((todo::mark(tx).await?, tx.now().await?)))
            .await?;
        let first = !self.began.load(Ordering::Relaxed);
        if first || began.since(mark.alive_at) >= MARK_STEP {
            let again = first && began.since(mark.alive_at) > NO_NODE_AFTER;
            db.write(async move |tx: &mut Tx<'_>| todo::alive(tx, began, again).await).await?;
        }
        if first {
            todo::adopt(db, mark.clean_at).await?;
            self.began.store(true, Ordering::Relaxed);
        }
        let (mut whole, mut all) = (Round::default(), false);
        for _ in 0..BATCHES {
            let round = batch::run(db, &Rows { db: db.clone() }).await?;
            whole = Round { left: round.left, ..whole.and(round) };
            if round.done == 0 || round.done < i64::try_from(BATCH).unwrap_or(0) {
                all = round.left == 0;
                break;
            }
        }
        if all && began.since(mark.clean_at) >= MARK_STEP {
            db.write(async move |tx: &mut Tx<'_>| todo::clean(tx, began).await).await?;
        }
        Ok(whole)
    }
}

/// One round of a new linker.
pub async fn link_some(db: &Db) -> Result<Round, DbError> {
    Linker::new(db.clone()).round().await
}

/// The rows that wait for a link.
struct Rows {
    db: Db,
}

impl Queue for Rows {
    type Item = Waiting;

    fn job(&self) -> &'static str {
        "audit"
    }

    fn batching(&self) -> Batching {
        Batching::Together(BATCH)
    }

    fn key(&self, item: &Waiting) -> Key {
        Key::of(item.school, item.id)
    }

    fn waiting(&self, most: i64) -> BoxFuture<'_, Result<Vec<Waiting>, DbError>> {
        Box::pin(async move {
            self.db.read_long(async move |tx: &mut Tx<'_>| todo::waiting(tx, most).await).await
        })
    }

    /// 0 when another node was faster.
    fn work(&self, rows: Vec<Waiting>) -> BoxFuture<'_, Result<i64, DbError>> {
        Box::pin(async move {
            let (Some(from), Some(to)) =
                (rows.first().map(|row| row.school), rows.last().map(|row| row.school))
            else {
                return Ok(0);
            };
            let heads =
                self.db.read_long(async move |tx: &mut Tx<'_>| todo::heads(tx, from, to).await).await?;
            let links = links(&rows, heads);
            let linked: Result<(), Stop<Taken>> = self
                .db
                .write(async move |tx: &mut Tx<'_>| {
                    if todo::insert(tx, &links).await? && todo::take_out(tx, &links).await? {
                        Ok(())
                    } else {
                        Err(Stop::Refused(Taken))
                    }
                })
                .await;
            match linked {
                Ok(()) => Ok(i64::try_from(rows.len()).unwrap_or(i64::MAX)),
                Err(Stop::Fault(fault)) => Err(fault),
                // Rows that are linked but still wait were linked by an older version, which does not know
                // `audit_todo`.
                Err(Stop::Refused(Taken)) => {
                    self.db.write(async move |tx: &mut Tx<'_>| todo::take_out_linked(tx, &rows).await).await
                }
            }
        })
    }
}

/// Another node has taken a place of the chain, or linked a row.
struct Taken;

/// A row's place in its chain.
#[derive(Clone, Debug)]
pub(super) struct Link {
    pub(super) row: Waiting,
    pub(super) place: i64,
    pub(super) hash: Vec<u8>,
}

/// The next links of each chain; the rows are sorted by school.
fn links(rows: &[Waiting], mut heads: std::collections::BTreeMap<String, Head>) -> Vec<Link> {
    let mut links = Vec::with_capacity(rows.len());
    for of_school in rows.chunk_by(|one, two| one.school == two.school) {
        let Some(first) = of_school.first() else { continue };
        let mut head = heads.remove(first.school.as_str()).unwrap_or_default();
        for row in of_school {
            let place = head.place.saturating_add(1);
            let hash = link_hash(&head.hash, row.school, place, row.id, &row.hash);
            head = Head { place, hash: hash.clone() };
            links.push(Link { row: row.clone(), place, hash });
        }
    }
    links
}

/// The progress of linking.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Mark {
    /// The start of the last round that linked everything it found.
    pub(super) clean_at: Time,
    /// The start of the current series of rounds without a gap.
    pub(super) alive_since: Time,
    /// The start of a round in the last seconds.
    pub(super) alive_at: Time,
}

#[cfg(test)]
#[path = "tests/chain.rs"]
mod tests;
