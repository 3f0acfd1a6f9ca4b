//! The part of `/metrics` that is counted in the database, cached so that monitoring costs the database next to nothing.

use std::time::Duration;

use tokio::sync::Mutex;
use tokio::time::Instant;

use crate::app::App;
use cet_base::store::{DbError, Tx};
use cet_domain::outbox;
use cet_domain::payment::store::figures::{orders_by_state, refunds_by_state};
use cet_domain::seat_pool::scoped::{self, PoolShown};
use cet_domain::staff::Scope;

/// How long `/metrics` waits for the database.
const TIMEOUT: Duration = Duration::from_secs(2);
/// How long a count is cached.
const CACHED: Duration = Duration::from_secs(15);
/// A slow count is cached for this many times its duration, so that counting uses at most 1 % of one connection.
const CACHE_FACTOR: u32 = 100;
/// The longest delay before a failed count is retried.
const RETRY: Duration = Duration::from_mins(1);
/// Maximum number of pools listed.
const POOLS: i64 = 10;

/// Pending work, and seats.
#[derive(Clone, Debug)]
pub(super) struct Waiting {
    pub(super) mails: i64,
    pub(super) failed_mails: i64,
    pub(super) refunds: Vec<(&'static str, i64)>,
    /// The fullest pools of the current sitting.
    pub(super) pools: Vec<PoolShown>,
    /// People on the waiting list of the current sitting, and seats given to them (R16).
    pub(super) standby: (i64, i64),
}

/// Orders by state.
pub(super) type Orders = Vec<(&'static str, i64)>;

/// Both cached counts of a node.
#[derive(Debug, Default)]
pub(super) struct Figures(Mutex<(Cached<Waiting>, Cached<Orders>)>);

impl Figures {
    /// The counts, fresh or cached; `None` if the database does not answer in time. They run one after the other, so
    /// that `/readyz` still gets a connection, and in two transactions, so that a slow count of orders does not hide
    /// the pending mails.
    pub(super) async fn get(&self, app: &App) -> (Option<Waiting>, Option<Orders>) {
        let Ok(mut cached) = tokio::time::timeout(TIMEOUT, self.0.lock()).await else { return (None, None) };
        let (waiting, orders) = &mut *cached;
        (
            waiting.get(Instant::now, async || count_waiting(app).await).await,
            orders.get(Instant::now, async || count_orders(app).await).await,
        )
    }
}

async fn count_waiting(app: &App) -> Result<Waiting, DbError> {
    let sitting = app.catalogue.get().current().map(|plan| plan.code.clone());
    let read = app.db.probe(async move |tx: &mut Tx<'_>| {
        let (mails, failed_mails) = outbox::store::waiting(tx).await?;
        let refunds = refunds_by_state(tx).await?;
        let pools = match &sitting {
            Some(sitting) => scoped::list(tx, &Scope::nation(), sitting, POOLS).await?,
            None => Vec::new(),
        };
        let standby = match &sitting {
            Some(sitting) => cet_domain::standby::store::figures(tx, sitting).await?,
            None => (0, 0),
        };
        Ok::<_, DbError>(Waiting { mails, failed_mails, refunds, pools, standby })
    });
    read.await
}

async fn count_orders(app: &App) -> Result<Orders, DbError> {
    app.db.probe(async |tx: &mut Tx<'_>| orders_by_state(tx).await).await
}

/// A count or its failure, and until when it is cached.
#[derive(Debug)]
struct Cached<T>(Option<(Option<T>, Instant)>);

impl<T> Default for Cached<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<T: Clone> Cached<T> {
    /// Returns the cached value, or a fresh one once it has expired.
    async fn get(
        &mut self,
        now: impl Fn() -> Instant,
        count: impl AsyncFnOnce() -> Result<T, DbError>,
    ) -> Option<T> {
        let began = now();
        if let Some((value, until)) = &self.0
            && began < *until
        {
            return value.clone();
        }
        let value = tokio::time::timeout(TIMEOUT, count()).await.ok().and_then(Result::ok);
        let ended = now();
        let cached = cached_for(ended.duration_since(began), value.is_some());
        self.0 = ended.checked_add(cached).map(|until| (value.clone(), until));
        value
    }
}

/// How long a count with this duration is cached; a failed count is retried sooner.
fn cached_for(took: Duration, succeeded: bool) -> Duration {
    let cached = took.saturating_mul(CACHE_FACTOR).max(CACHED);
    if succeeded { cached } else { cached.min(RETRY) }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::*;

    /// A clock that only moves when told to, by milliseconds.
    struct Hands(Instant, AtomicU64);

    impl Hands {
        fn now(&self) -> Instant {
            self.0 + Duration::from_millis(self.1.load(Ordering::SeqCst))
        }

        fn move_on(&self, milliseconds: u64) {
            self.1.fetch_add(milliseconds, Ordering::SeqCst);
        }
    }

    #[tokio::test]
    async fn a_count_is_shown_for_a_quarter_of_a_minute_and_one_that_took_long_a_hundred_times_as_long() {
        let (clock, mut cached) = (Hands(Instant::now(), AtomicU64::new(0)), Cached::default());
        let mut takes = async |milliseconds: u64, n: i32| {
            let count = async || {
                clock.move_on(milliseconds);
                Ok(n)
            };
            cached.get(|| clock.now(), count).await
        };
        assert_eq!((takes(10, 1).await, takes(10, 2).await), (Some(1), Some(1)));
        clock.move_on(14_999);
        assert_eq!(takes(10, 3).await, Some(1));
        clock.move_on(1);
        assert_eq!(takes(1_000, 4).await, Some(4));
        clock.move_on(99_999);
        assert_eq!(takes(10, 5).await, Some(4));
        clock.move_on(1);
        assert_eq!(takes(10, 6).await, Some(6));
    }

    #[tokio::test]
    async fn an_old_count_is_not_shown_for_one_that_does_not_come_and_the_database_is_not_asked_each_time() {
        let (clock, mut cached) = (Hands(Instant::now(), AtomicU64::new(0)), Cached::default());
        let mut takes = async |milliseconds: u64, count: Result<i32, DbError>| {
            let count = async || {
                clock.move_on(milliseconds);
                count
            };
            cached.get(|| clock.now(), count).await
        };
        assert_eq!(takes(0, Ok(1)).await, Some(1));
        clock.move_on(15_000);
        assert_eq!(takes(0, Err(DbError::Busy)).await, None);
        clock.move_on(14_999);
        assert_eq!(takes(0, Ok(2)).await, None);
        clock.move_on(1);
        assert_eq!(takes(2_000, Err(DbError::Busy)).await, None);
        clock.move_on(60_000);
        assert_eq!(takes(0, Ok(3)).await, Some(3));
    }
}
