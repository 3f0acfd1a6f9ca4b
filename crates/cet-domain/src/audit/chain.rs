//! Links the log's rows into one chain a school (S7), in the order in which they come to be seen.
//!
//! `audit_todo` holds what is in no chain yet, so that a round costs as much as there are new rows, and a row whose
//! transaction took long is found when it is committed. On SQLite rows are looked for on a thread beside the pages'.

use std::sync::atomic::{AtomicBool, Ordering};

use futures_util::future::BoxFuture;
use jiff::SignedDuration;

use super::line::link_hash;
use super::todo::{self, Head, Waiting};
use crate::jobs::aside::{self, Key, Queue, Round, Way};
use crate::store::{Db, DbError, Stop, Tx};
use crate::words::time::Time;

/// Rows linked in one transaction: on SQLite candidates wait no longer than that takes, some two milliseconds.
const BATCH: usize = 250;
/// Transactions of one round; what is left then is the next one's.
const BATCHES: usize = 400;
/// The mark moves no oftener than this: a write for each round would be for nothing.
const MARK_STEP: SignedDuration = SignedDuration::from_secs(15);
/// Without a round for so long, no node was at work.
const AWAY: SignedDuration = SignedDuration::from_mins(1);

/// Links the log's rows for one node. Safe on several nodes at once: a link's place is the key, and who comes second
/// leaves it.
pub struct Linker {
    db: Db,
    began: AtomicBool,
}

impl Linker {
    /// A node's.
    #[must_use]
    pub fn new(db: Db) -> Self {
        Self { db, began: AtomicBool::new(false) }
    }

    /// Links all rows that are in no chain, some at a time; answers how many.
    ///
    /// # Errors
    /// [`DbError`]; the next round tries again.
    pub async fn round(&self) -> Result<Round, DbError> {
        let db = &self.db;
        let (mark, began) = db
            .read(async |tx: &mut Tx<'_>| Ok::<_, DbError>((todo::mark(tx).await?, tx.now().await?)))
            .await?;
        let first = !self.began.load(Ordering::Relaxed);
        if first || began.since(mark.alive_at) >= MARK_STEP {
            let again = first && began.since(mark.alive_at) > AWAY;
            db.write(async move |tx: &mut Tx<'_>| todo::alive(tx, began, again).await).await?;
        }
        if first {
            todo::adopt(db, mark.clean_at).await?;
            self.began.store(true, Ordering::Relaxed);
        }
        let (mut whole, mut all) = (Round::default(), false);
        for _ in 0..BATCHES {
            let round = aside::run(db, &Rows { db: db.clone() }).await?;
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

/// One round of a node that has just begun.
///
/// # Errors
/// As [`Linker::round`].
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

    fn way(&self) -> Way {
        Way::Together(BATCH)
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
                // Rows that are linked but still wait were linked by a program that knows nothing of the list.
                Err(Stop::Refused(Taken)) => {
                    self.db.write(async move |tx: &mut Tx<'_>| todo::take_out_linked(tx, &rows).await).await
                }
            }
        })
    }
}

/// A place of a chain was taken, or a row linked, by somebody else.
struct Taken;

/// A row's place in its chain.
#[derive(Clone, Debug)]
pub(super) struct Link {
    pub(super) row: Waiting,
    pub(super) place: i64,
    pub(super) hash: Vec<u8>,
}

/// The next places of each chain; the rows come sorted by school.
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

/// When linking last ran.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Mark {
    /// The beginning of the last round that linked all it found.
    pub(super) clean_at: Time,
    /// Since when rounds follow each other.
    pub(super) alive_since: Time,
    /// The beginning of a round of the last seconds.
    pub(super) alive_at: Time,
}

#[cfg(test)]
#[path = "tests/chain.rs"]
mod tests;
