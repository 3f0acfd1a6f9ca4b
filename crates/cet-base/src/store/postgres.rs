//! PostgreSQL 15 and later: one transaction per use case, READ COMMITTED, retried after a conflict.

use std::sync::Arc;
use std::time::Instant;

use deadpool_postgres::{ClientWrapper, Object};

use super::connect::{Lane, Pools};
use super::health::Health;
use super::load::{Load, PoolLoad, Waiting};
use super::turns::{self, Held, Turns};
use super::tx::Timeouts;
use super::{Address, Clock, DbError, Limits, Link, OpenError, Settings, Tx};
use crate::words::codes::SchoolCode;
use crate::words::ids::IdMaker;

/// How often a use case is retried after a serialisation failure or a deadlock.
const RETRIES: usize = 5;
/// The oldest server this program is tested with.
const OLDEST: i64 = 150_000;

/// Connections to one PostgreSQL database.
#[derive(Clone)]
pub(super) struct Postgres {
    pools: Pools,
    limits: Limits,
    shared: Arc<Shared>,
    ids: Arc<IdMaker>,
}

struct Shared {
    address: Address,
    turns: Turns,
    health: Health,
    waiting: Waiting,
}

impl Postgres {
    pub(super) async fn open(
        settings: &Settings,
        limits: Limits,
        ids: Arc<IdMaker>,
    ) -> Result<Self, OpenError> {
        let address: Address = settings.url.parse()?;
        let pools = Pools::open(&address, settings.pool, &limits)?;
        let shared = Shared {
            address,
            turns: Turns::of(settings.pool),
            health: Health::default(),
            waiting: Waiting::default(),
        };
        let this = Self { pools, limits, shared: Arc::new(shared), ids };
        if settings.durable {
            this.refuse_unsafe_settings().await?;
        }
        Ok(this)
    }

    async fn refuse_unsafe_settings(&self) -> Result<(), OpenError> {
        let client = self.client(Lane::Probe).await?;
        let show = async |name: &str| -> Result<String, DbError> {
            let row = client.query_one("SELECT current_setting($1)", &[&name]).await?;
            Ok(row.try_get(0)?)
        };
        let version: i64 = show("server_version_num").await?.parse().unwrap_or(0);
        if version < OLDEST {
            return Err(OpenError::Unsafe("PostgreSQL 15 or later is needed".to_owned()));
        }
        for name in ["fsync", "full_page_writes", "synchronous_commit"] {
            let value = show(name).await?;
            if value == "off" {
                return Err(OpenError::Unsafe(format!(
                    "PostgreSQL runs with {name} = off: an acknowledged payment could be lost; turn it on"
                )));
            }
        }
        Ok(())
    }

    /// The connection's properties: what the address asks for, and what the server reports.
    pub(super) async fn link(&self) -> Result<Link, DbError> {
        let client = self.client(Lane::Probe).await?;
        let sql = "SELECT CAST(current_setting('server_version_num') AS BIGINT) / 10000, version
                     FROM pg_stat_ssl WHERE pid = pg_backend_pid()";
        let row = client.query_one(sql, &[]).await?;
        Ok(Link::to_server(&self.shared.address, row.try_get(0)?, row.try_get(1)?))
    }

    pub(super) async fn client(&self, lane: Lane) -> Result<Object, DbError> {
        let asked = Instant::now();
        let client = self.pools.of(lane).get().await.map_err(DbError::from);
        self.shared.waiting.pool(lane).observe(asked.elapsed());
        self.shared.health.note_failure(&client);
        client
    }

    pub(super) fn load(&self) -> Load {
        let pool = |lane: Lane| {
            let status = self.pools.of(lane).status();
            PoolLoad {
                name: lane.name(),
                wait: self.shared.waiting.pool(lane),
                waiting: status.waiting,
                busy: status.size.saturating_sub(status.available),
                idle: status.available,
                most: status.max_size,
            }
        };
        Load {
            queue: self.shared.waiting.queue.clone(),
            queue_length: self.shared.waiting.queue_length(),
            pools: Lane::ALL.map(pool).into(),
        }
    }

    pub(super) async fn write<T, E, F>(&self, clock: &Clock, use_case: F) -> Result<T, E>
    where
        E: From<DbError>,
        F: AsyncFn(&mut Tx<'_>) -> Result<T, E>,
    {
        let deadline = turns::until(self.limits.wait);
        let (mut tries, mut held) = (0, Held::default());
        loop {
            let mut connection = Connection(Some(self.client(Lane::Write).await?));
            // Boxed: it holds a use case with all its statements, and is part of every handler's future.
            let attempt = self.attempt(connection.client()?, clock, std::mem::take(&mut held), &use_case);
            let (attempt, usable) = Box::pin(attempt).await;
            if usable {
                connection.give_back();
                self.shared.health.note_success();
            }
            match attempt {
                Attempt::Done(result) => return result,
                Attempt::Collided(turns) if tries < RETRIES => {
                    held = turns;
                    tries += 1;
                }
                Attempt::Collided(_) => return Err(DbError::Retry.into()),
                Attempt::Crowded(school) => {
                    drop(connection);
                    let _counted = self.shared.waiting.in_queue();
                    held = self.shared.turns.wait(school, deadline).await?;
                }
            }
        }
    }

    /// Runs a use case once; also returns whether its connection can be reused.
    async fn attempt<T, E, F>(
        &self,
        client: &ClientWrapper,
        clock: &Clock,
        held: Held,
        use_case: &F,
    ) -> (Attempt<T, E>, bool)
    where
        E: From<DbError>,
        F: AsyncFn(&mut Tx<'_>) -> Result<T, E>,
    {
        let timeouts = Timeouts { answer: self.limits.answer(Lane::Write), commit: self.limits.commit };
        let mut tx = Tx::postgres(client, clock, &self.ids, timeouts, (&self.shared.turns, held));
        let result = use_case(&mut tx).await;
        let keep = result.is_ok() && !tx.collided() && tx.missing_turn().is_none();
        let ended = tx.end_postgres(keep).await;
        let collided = tx.collided() || ended == Err(DbError::Retry);
        let usable = !tx.is_lost() && (ended.is_ok() || collided);
        if let Some(school) = tx.missing_turn() {
            return (Attempt::Crowded(school), usable);
        }
        let attempt = match ended {
            _ if collided => Attempt::Collided(tx.into_turns()),
            Err(error) if keep => Attempt::Done(Err(error.into())),
            // Without a COMMIT nothing is kept: the use case's own error says more than a failed ROLLBACK.
            Ok(()) | Err(_) => Attempt::Done(result),
        };
        (attempt, usable)
    }

    pub(super) async fn read<T, E, F>(&self, lane: Lane, clock: &Clock, use_case: F) -> Result<T, E>
    where
        E: From<DbError>,
        F: AsyncFn(&mut Tx<'_>) -> Result<T, E>,
    {
        // Without BEGIN and COMMIT: a page's lookups by key need no common snapshot, and two round trips are saved.
        let client = self.client(lane).await?;
        let timeouts = Timeouts { answer: self.limits.answer(lane), commit: self.limits.commit };
        let mut tx = Tx::postgres_read(&client, clock, &self.ids, timeouts);
        let result = Box::pin(use_case(&mut tx)).await;
        if tx.is_lost() {
            drop(Object::take(client));
        } else {
            self.shared.health.note_success();
        }
        result
    }
}

enum Attempt<T, E> {
    Done(Result<T, E>),
    Collided(Held),
    /// The rows are contended: retry once there is a turn for this school's.
    Crowded(SchoolCode),
}

/// A connection inside a transaction: unless returned in good order it is closed, which rolls back (a cancelled
/// request).
struct Connection(Option<Object>);

impl Connection {
    fn client(&self) -> Result<&ClientWrapper, DbError> {
        self.0.as_deref().ok_or(DbError::Decode("connection that is held"))
    }

    fn give_back(&mut self) {
        self.0 = None;
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        if let Some(object) = self.0.take() {
            drop(Object::take(object));
        }
    }
}
