//! PostgreSQL 15 and later: one transaction a use case, READ COMMITTED, run again after a collision.

use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use deadpool_postgres::{ClientWrapper, Manager, ManagerConfig, Object, Pool, RecyclingMethod, Runtime};
use tokio_postgres::NoTls;

use super::{Cause, Clock, DbError, OpenError, Settings, Tx};
use crate::words::ids::IdMaker;

/// How often a use case is run again after a serialisation failure or a deadlock.
const RETRIES: usize = 5;
/// How long a use case waits for a connection before it is answered `too-busy`.
const WAIT: Duration = Duration::from_secs(5);
/// The oldest server this program is tested with.
const OLDEST: i64 = 150_000;

/// Connections to one PostgreSQL database.
#[derive(Clone)]
pub(super) struct Postgres {
    pool: Pool,
    ids: Arc<IdMaker>,
}

impl Postgres {
    pub(super) async fn open(settings: &Settings, ids: Arc<IdMaker>) -> Result<Self, OpenError> {
        let mut config = tokio_postgres::Config::from_str(&settings.url).map_err(|_| OpenError::Address)?;
        config.application_name("cet");
        let manager =
            Manager::from_config(config, NoTls, ManagerConfig { recycling_method: RecyclingMethod::Fast });
        let pool = Pool::builder(manager)
            .max_size(settings.pool.max(1))
            .runtime(Runtime::Tokio1)
            .wait_timeout(Some(WAIT))
            .create_timeout(Some(WAIT))
            .build()
            .map_err(|error| OpenError::Database(DbError::Engine(Cause::new(error))))?;
        let this = Self { pool, ids };
        if settings.durable {
            this.refuse_unsafe_settings().await?;
        }
        Ok(this)
    }

    async fn refuse_unsafe_settings(&self) -> Result<(), OpenError> {
        let client = self.client().await?;
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

    pub(super) async fn client(&self) -> Result<Object, DbError> {
        Ok(self.pool.get().await?)
    }

    pub(super) async fn write<T, E, F>(&self, clock: &Clock, use_case: F) -> Result<T, E>
    where
        E: From<DbError>,
        F: AsyncFn(&mut Tx<'_>) -> Result<T, E>,
    {
        let mut tries = 0;
        loop {
            let mut held = Held(Some(self.client().await?));
            let result = self.attempt(held.client()?, clock, &use_case).await;
            match result {
                Attempt::Done(result) => {
                    held.give_back();
                    return result;
                }
                Attempt::Collided if tries < RETRIES => {
                    held.give_back();
                    tries += 1;
                }
                Attempt::Collided => {
                    held.give_back();
                    return Err(DbError::Retry.into());
                }
                Attempt::Broken(result) => return result,
            }
        }
    }

    async fn attempt<T, E, F>(&self, client: &ClientWrapper, clock: &Clock, use_case: &F) -> Attempt<T, E>
    where
        E: From<DbError>,
        F: AsyncFn(&mut Tx<'_>) -> Result<T, E>,
    {
        let mut tx = Tx::postgres(client, clock, &self.ids);
        let result = use_case(&mut tx).await;
        let keep = result.is_ok() && !tx.collided();
        match tx.end_postgres(keep).await {
            _ if tx.collided() => Attempt::Collided,
            Ok(()) => Attempt::Done(result),
            Err(DbError::Retry) => Attempt::Collided,
            Err(error) if keep => Attempt::Broken(Err(error.into())),
            // Nothing is kept without a COMMIT: the use case's own reason says more than the lost ROLLBACK.
            Err(_) => Attempt::Broken(result),
        }
    }

    pub(super) async fn read<T, E, F>(&self, clock: &Clock, use_case: F) -> Result<T, E>
    where
        E: From<DbError>,
        F: AsyncFn(&mut Tx<'_>) -> Result<T, E>,
    {
        // Without BEGIN and COMMIT: a page's look-ups by key need no common snapshot, and two round trips are saved.
        let client = self.client().await?;
        use_case(&mut Tx::postgres_read(&client, clock, &self.ids)).await
    }
}

enum Attempt<T, E> {
    Done(Result<T, E>),
    Collided,
    /// The connection is not to be used again.
    Broken(Result<T, E>),
}

/// A connection inside a transaction: unless given back in order it is closed, which rolls back (a dropped request).
struct Held(Option<Object>);

impl Held {
    fn client(&self) -> Result<&ClientWrapper, DbError> {
        self.0.as_deref().ok_or(DbError::Decode("connection that is held"))
    }

    fn give_back(&mut self) {
        self.0 = None;
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        if let Some(object) = self.0.take() {
            drop(Object::take(object));
        }
    }
}
