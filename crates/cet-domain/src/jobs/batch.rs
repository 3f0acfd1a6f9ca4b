//! Batch processing that isolates bad items: a failed batch is retried item by item, failing items are set aside with a
//! growing back-off, reported once and by `cet verify`, and the rest proceeds. Once repaired, an item is processed like
//! any other.

mod store;

use std::panic::AssertUnwindSafe;

use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, join_all};

pub use store::finding;
pub(crate) use store::is_set_aside;

use crate::store::{Db, DbError, Tx};
use crate::words::codes::SchoolCode;
use store::{Failed, SetAside, delete, put_aside, set_aside_of};

/// Characters of an error message that are stored.
const KEPT_OF_ERROR: usize = 300;

/// The result of one round. It compares with a number by `done`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Round {
    /// How much was done; 0 means: pause.
    pub done: i64,
    /// How many items were newly set aside.
    pub set_aside: i64,
    /// How many items are known to be left undone.
    pub left: i64,
}

impl Round {
    /// A round that did this much.
    #[must_use]
    pub fn of(done: i64) -> Self {
        Self { done, ..Self::default() }
    }

    /// The sum of both.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            done: self.done.saturating_add(other.done),
            set_aside: self.set_aside.saturating_add(other.set_aside),
            left: self.left.saturating_add(other.left),
        }
    }
}

impl std::ops::Add for Round {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        self.and(other)
    }
}

impl PartialEq<i64> for Round {
    fn eq(&self, done: &i64) -> bool {
        self.done == *done
    }
}

impl PartialOrd<i64> for Round {
    fn partial_cmp(&self, done: &i64) -> Option<std::cmp::Ordering> {
        Some(self.done.cmp(done))
    }
}

/// Combines the results of independent steps of one round: all of them have run before the first failure is returned.
///
/// # Errors
/// The first one.
pub fn all_of(steps: impl IntoIterator<Item = Result<Round, DbError>>) -> Result<Round, DbError> {
    let (mut whole, mut first) = (Round::default(), None);
    for step in steps {
        match step {
            Ok(round) => whole = whole.and(round),
            Err(error) => first = first.or(Some(error)),
        }
    }
    first.map_or(Ok(whole), Err)
}

/// The key of an item.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    /// The school of its row.
    pub school: SchoolCode,
    /// Its id, or a digest of a value that nobody should read.
    pub item: String,
}

impl Key {
    /// The key of a row with an id.
    #[must_use]
    pub fn of(school: SchoolCode, id: i64) -> Self {
        Self { school, item: id.to_string() }
    }

    /// The id, if it is one.
    #[must_use]
    pub fn id(&self) -> Option<i64> {
        self.item.parse().ok()
    }
}

/// How items are processed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Batching {
    /// This many in one transaction.
    Together(usize),
    /// Each in its own transaction, some concurrently.
    Alone {
        /// Items per round.
        most: usize,
        /// Items at the same time.
        at_once: usize,
    },
}

/// A job's queue. Whoever processes an item checks it again, because another node may have done it before.
pub trait Queue: Sync {
    /// An item of work.
    type Item: Clone + Send + Sync;

    /// The job's name.
    fn job(&self) -> &'static str;

    /// How its items are processed.
    fn batching(&self) -> Batching;

    /// The key of an item.
    fn key(&self, item: &Self::Item) -> Key;

    /// Waiting items, the longest waiting first.
    fn waiting(&self, most: i64) -> BoxFuture<'_, Result<Vec<Self::Item>, DbError>>;

    /// Processes some items, all or nothing; returns how much was done.
    fn work(&self, items: Vec<Self::Item>) -> BoxFuture<'_, Result<i64, DbError>>;

    /// Whether an item that no longer waits is finished, rather than only postponed by its own row.
    fn is_over(&self, _key: Key) -> BoxFuture<'_, Result<bool, DbError>> {
        Box::pin(async { Ok(true) })
    }
}

/// One round of a job.
///
/// # Errors
/// [`DbError`] when the database fails; what was done by then is kept.
pub fn run<'a, Q: Queue>(db: &'a Db, queue: &'a Q) -> BoxFuture<'a, Result<Round, DbError>> {
    Box::pin(round(db, queue))
}

async fn round<Q: Queue>(db: &Db, queue: &Q) -> Result<Round, DbError> {
    let (most, at_once, together) = match queue.batching() {
        Batching::Together(most) => (most, 1, true),
        Batching::Alone { most, at_once } => (most, at_once.max(1), false),
    };
    // Owned: a closure that holds a reference is not `Send` for every lifetime.
    let job = queue.job().to_owned();
    let (asides, now) = db.read(async move |tx: &mut Tx<'_>| set_aside_of(tx, &job).await).await?;
    let limit = most.saturating_add(asides.len());
    let found = queue.waiting(i64::try_from(limit).unwrap_or(i64::MAX)).await?;
    let all_were_found = found.len() < limit;
    let mut left = i64::try_from(asides.len()).unwrap_or(i64::MAX);
    let (mut fresh, mut due, mut absent) = (Vec::new(), Vec::new(), asides);
    for item in found {
        match absent.remove(&queue.key(&item)) {
            None => fresh.push((item, None)),
            Some(aside) if aside.next <= now => due.push((item, Some(aside))),
            Some(_) => {}
        }
    }
    fresh.truncate(most);
    due.truncate(most);
    let mut whole = Round::default();
    if together {
        (whole, fresh) = process_together(db, queue, fresh).await?;
    }
    fresh.append(&mut due);
    for some in fresh.chunks(at_once) {
        let mut tries = Vec::with_capacity(some.len());
        for (item, before) in some {
            tries.push(boxed_alone(db, queue, item, *before));
        }
        for outcome in join_all(tries).await {
            whole = whole.and(outcome?);
        }
    }
    if all_were_found {
        absent.retain(|_, aside| aside.next <= now);
        forget_finished(db, queue, absent.into_keys().collect()).await?;
    }
    left = left.saturating_add(whole.left);
    Ok(Round { left, ..whole })
}

/// Items with the record of earlier tries.
type Pieces<T> = Vec<(T, Option<SetAside>)>;

/// Processes the fresh ones in one transaction; returns the result, and the items to retry one by one if it failed.
async fn process_together<Q: Queue>(
    db: &Db,
    queue: &Q,
    fresh: Pieces<Q::Item>,
) -> Result<(Round, Pieces<Q::Item>), DbError> {
    if fresh.is_empty() {
        return Ok((Round::default(), fresh));
    }
    let items = fresh.iter().map(|(item, _)| item.clone()).collect();
    let error = match caught(queue.work(items)).await {
        Ok(done) => {
            let left = i64::try_from(fresh.len()).unwrap_or(i64::MAX).saturating_sub(done).max(0);
            return Ok((Round { done, set_aside: 0, left }, Vec::new()));
        }
        Err(error) => error,
    };
    if !is_reachable(db).await {
        return Err(error);
    }
    tracing::debug!(job = queue.job(), %error, "a batch failed; each piece of it is tried for itself");
    Ok((Round::default(), fresh))
}

fn boxed_alone<'a, Q: Queue>(
    db: &'a Db,
    queue: &'a Q,
    item: &'a Q::Item,
    before: Option<SetAside>,
) -> BoxFuture<'a, Result<Round, DbError>> {
    Box::pin(process_alone(db, queue, item, before))
}

/// Processes one item by itself. An error is the database's own, not the item's.
async fn process_alone<Q: Queue>(
    db: &Db,
    queue: &Q,
    item: &Q::Item,
    before: Option<SetAside>,
) -> Result<Round, DbError> {
    let (job, key) = (queue.job(), queue.key(item));
    let mut outcome = caught(queue.work(vec![item.clone()])).await;
    let passing = outcome.as_ref().err().filter(|error| is_transient(error)).map(ToString::to_string);
    if let Some(error) = passing
        && is_reachable(db).await
    {
        tracing::warn!(job, school = %key.school, item = key.item, error, "failed; it is tried again at once");
        outcome = caught(queue.work(vec![item.clone()])).await;
    }
    let error = match outcome {
        Ok(done) => {
            if before.is_some() {
                forget(db, job, key, "what a job had set aside is done").await?;
            }
            return Ok(Round { done, set_aside: 0, left: if before.is_some() { -1 } else { 0 } });
        }
        Err(error) => error.to_string().chars().take(KEPT_OF_ERROR).collect::<String>(),
    };
    let tries = before.map_or(0, |aside| aside.tries).saturating_add(1);
    let failed = Failed { job, key: key.clone(), tries, error: error.clone() };
    if !db.write(async move |tx: &mut Tx<'_>| put_aside(tx, &failed).await).await? {
        return Ok(Round::default());
    }
    tracing::error!(
        job,
        school = %key.school,
        item = key.item,
        error,
        "set aside: a job can't work on it; it is tried again by itself, and `cet verify` lists it"
    );
    Ok(Round { done: 0, set_aside: 1, left: 1 })
}

/// Whether an error may be transient (the database's) rather than the item's own.
fn is_transient(error: &DbError) -> bool {
    match error {
        DbError::Unique | DbError::Decode(_) | DbError::Engine(_) | DbError::Panicked | DbError::Other(_) => {
            false
        }
        DbError::Retry
        | DbError::Busy
        | DbError::Outage(_)
        | DbError::Unknown(_)
        | DbError::TaskLost(_)
        | DbError::Full => true,
    }
}

/// Whether the database accepts a transaction at all.
async fn is_reachable(db: &Db) -> bool {
    let asked = db.write(async |tx: &mut Tx<'_>| {
        tx.query_one::<(i64,)>("SELECT CAST(COUNT(*) AS BIGINT) FROM job_aside WHERE job = ''", &[]).await
    });
    asked.await.is_ok()
}

async fn caught<T>(work: impl Future<Output = Result<T, DbError>>) -> Result<T, DbError> {
    let outcome = AssertUnwindSafe(work).catch_unwind().await;
    outcome.unwrap_or(Err(DbError::Panicked))
}

async fn forget_finished<Q: Queue>(db: &Db, queue: &Q, absent: Vec<Key>) -> Result<(), DbError> {
    for key in absent {
        if queue.is_over(key.clone()).await? {
            forget(db, queue.job(), key, "what a job had set aside is over").await?;
        }
    }
    Ok(())
}

async fn forget(db: &Db, job: &'static str, key: Key, says: &'static str) -> Result<(), DbError> {
    let (of, at) = (job.to_owned(), key.clone());
    let gone = db.write(async move |tx: &mut Tx<'_>| delete(tx, &of, &at).await).await?;
    if gone > 0 {
        tracing::info!(job, school = %key.school, item = key.item, "{says}");
    }
    Ok(())
}
