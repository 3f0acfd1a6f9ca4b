//! PostgreSQL 15 and later: one transaction per use case, READ COMMITTED, retried after a conflict.

use std::sync::Arc;
use std::time::Instant;

use deadpool_postgres::{ClientWrapper, Object};
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;

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

    pub(super) fn client(&self, lane: Lane) -> BoxFuture<'_, Result<Object, DbError>> {
        let client = async move {
            let asked = Instant::now();
            let client = self.pools.of(lane).get().await.map_err(DbError::from);
            self.shared.waiting.pool(lane).observe(asked.elapsed());
            self.shared.health.note_failure(&client);
            client
        };
        client.boxed()
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
        let mut attempts = Attempts::of(self);
        loop {
            let connection = attempts.connect().await?;
            let mut tx = attempts.begin(&connection, clock)?;
            // Boxed: it holds a use case with all its statements, and is part of every handler's future.
            let result = Box::pin(use_case(&mut tx)).await;
            let ended = Attempts::end(tx, result.is_ok()).await;
            match attempts.next(connection, ended).await? {
                Next::Return => return result,
                Next::Retry => {}
            }
        }
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
        let lost = tx.is_lost();
        self.end_read(client, lost);
        result
    }

    fn end_read(&self, client: Object, lost: bool) {
        if lost {
            drop(Object::take(client));
        } else {
            self.shared.health.note_success();
        }
    }
}

/// The attempts of one use case: what surrounds it, without its types, and its futures boxed, so that one copy of it
/// serves all of them. An `async fn` would be compiled anew into every unit that awaits it, here some 600 use cases.
struct Attempts<'p> {
    db: &'p Postgres,
    deadline: tokio::time::Instant,
    tries: usize,
    held: Held,
}

/// How an attempt ended.
enum Ended {
    /// By COMMIT, or by ROLLBACK because the use case returned an error: its result stands.
    AsItSays {
        usable: bool,
    },
    /// COMMIT failed.
    Failed {
        error: DbError,
        usable: bool,
    },
    Collided {
        turns: Held,
        usable: bool,
    },
    /// The rows are contended: retry once there is a turn for this school's.
    Crowded {
        school: SchoolCode,
        usable: bool,
    },
}

/// What the caller does after an attempt.
enum Next {
    Return,
    Retry,
}

impl<'p> Attempts<'p> {
    fn of(db: &'p Postgres) -> Self {
        Self { db, deadline: turns::until(db.limits.wait), tries: 0, held: Held::default() }
    }

    async fn connect(&self) -> Result<Connection, DbError> {
        self.db.client(Lane::Write).await.map(|client| Connection(Some(client)))
    }

    fn begin<'c>(&mut self, connection: &'c Connection, clock: &'c Clock) -> Result<Tx<'c>, DbError>
    where
        'p: 'c,
    {
        let limits = &self.db.limits;
        let timeouts = Timeouts { answer: limits.answer(Lane::Write), commit: limits.commit };
        let turns = (&self.db.shared.turns, std::mem::take(&mut self.held));
        Ok(Tx::postgres(connection.client()?, clock, &self.db.ids, timeouts, turns))
    }

    fn end(mut tx: Tx<'_>, ok: bool) -> BoxFuture<'_, Ended> {
        let end = async move {
            let keep = ok && !tx.collided() && tx.missing_turn().is_none();
            let ended = tx.end_postgres(keep).await;
            let collided = tx.collided() || ended == Err(DbError::Retry);
            let usable = !tx.is_lost() && (ended.is_ok() || collided);
            if let Some(school) = tx.missing_turn() {
                return Ended::Crowded { school, usable };
            }
            match ended {
                _ if collided => Ended::Collided { turns: tx.into_turns(), usable },
                Err(error) if keep => Ended::Failed { error, usable },
                // Without a COMMIT nothing is kept: the use case's own error says more than a failed ROLLBACK.
                Ok(()) | Err(_) => Ended::AsItSays { usable },
            }
        };
        end.boxed()
    }

    fn next(&mut self, mut connection: Connection, ended: Ended) -> BoxFuture<'_, Result<Next, DbError>> {
        let next = async move {
            let (Ended::AsItSays { usable }
            | Ended::Failed { usable, .. }
            | Ended::Collided { usable, .. }
            | Ended::Crowded { usable, .. }) = ended;
            if usable {
                connection.give_back();
                self.db.shared.health.note_success();
            }
            match ended {
                Ended::AsItSays { .. } => Ok(Next::Return),
                Ended::Failed { error, .. } => Err(error),
                Ended::Collided { turns, .. } if self.tries < RETRIES => {
                    self.held = turns;
                    self.tries += 1;
                    Ok(Next::Retry)
                }
                Ended::Collided { .. } => Err(DbError::Retry),
                Ended::Crowded { school, .. } => {
                    drop(connection);
                    let _counted = self.db.shared.waiting.in_queue();
                    self.held = self.db.shared.turns.wait(school, self.deadline).await?;
                    Ok(Next::Retry)
                }
            }
        };
        next.boxed()
    }
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
