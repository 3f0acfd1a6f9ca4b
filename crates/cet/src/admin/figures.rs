//! What `/metrics` says of the database: counted seldom, so that being watched costs it next to nothing.

use std::time::Duration;

use tokio::sync::Mutex;
use tokio::time::Instant;

use crate::app::App;
use crate::outbox;
use crate::payment::store::figures::{orders_by_state, refunds_by_state};
use crate::seat_pool::scoped::{self, PoolShown};
use crate::staff::Scope;
use crate::store::{DbError, Tx};

/// How long `/metrics` waits for the database.
const PATIENCE: Duration = Duration::from_secs(2);
/// How long a count is shown before the next, whoever asks how often (interface section 9).
const KEPT: Duration = Duration::from_secs(15);
/// A count that takes long is shown so many times as long: counting all orders takes 1 % of one connection at most.
const REST: u32 = 100;
/// A count that did not come is tried again after so long at most.
const AGAIN: Duration = Duration::from_mins(1);
/// Pools that are shown.
const POOLS: i64 = 10;

/// Work that waits, and seats.
#[derive(Clone, Debug)]
pub(super) struct Waiting {
    pub(super) mails: i64,
    pub(super) failed_mails: i64,
    pub(super) refunds: Vec<(&'static str, i64)>,
    /// The fullest pools of the current sitting.
    pub(super) pools: Vec<PoolShown>,
}

/// Orders by state.
pub(super) type Orders = Vec<(&'static str, i64)>;

/// Both counts of a node.
#[derive(Debug, Default)]
pub(super) struct Figures(Mutex<(Kept<Waiting>, Kept<Orders>)>);

impl Figures {
    /// The counts, new or kept; what the database does not answer soon is left out. One is counted after the other, so that
    /// `/readyz` keeps a connection, and apart, so that many orders hide no mail that waits.
    pub(super) async fn get(&self, app: &App) -> (Option<Waiting>, Option<Orders>) {
        let Ok(mut kept) = tokio::time::timeout(PATIENCE, self.0.lock()).await else { return (None, None) };
        let (waiting, orders) = &mut *kept;
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
        Ok::<_, DbError>(Waiting { mails, failed_mails, refunds, pools })
    });
    read.await
}

async fn count_orders(app: &App) -> Result<Orders, DbError> {
    app.db.probe(async |tx: &mut Tx<'_>| orders_by_state(tx).await).await
}

/// A count, or that none came, and until when it is shown.
#[derive(Debug)]
struct Kept<T>(Option<(Option<T>, Instant)>);

impl<T> Default for Kept<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<T: Clone> Kept<T> {
    /// The kept value, or a new one once its time is over.
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
        let value = tokio::time::timeout(PATIENCE, count()).await.ok().and_then(Result::ok);
        let ended = now();
        let shown = shown_for(ended.duration_since(began), value.is_some());
        self.0 = ended.checked_add(shown).map(|until| (value.clone(), until));
        value
    }
}

/// How long a count is shown, or not tried again, that took so long.
fn shown_for(took: Duration, came: bool) -> Duration {
    let shown = took.saturating_mul(REST).max(KEPT);
    if came { shown } else { shown.min(AGAIN) }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::*;

    /// A clock that stands still until it is moved, by milliseconds.
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
        let (clock, mut kept) = (Hands(Instant::now(), AtomicU64::new(0)), Kept::default());
        let mut takes = async |milliseconds: u64, n: i32| {
            let count = async || {
                clock.move_on(milliseconds);
                Ok(n)
            };
            kept.get(|| clock.now(), count).await
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
        let (clock, mut kept) = (Hands(Instant::now(), AtomicU64::new(0)), Kept::default());
        let mut takes = async |milliseconds: u64, count: Result<i32, DbError>| {
            let count = async || {
                clock.move_on(milliseconds);
                count
            };
            kept.get(|| clock.now(), count).await
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
