//! The database layer: one SQL text for SQLite and PostgreSQL, and the only place that knows which of them is used.
//!
//! A use case is one `async fn verb(tx: &mut Tx<'_>, …)`, run by [`Db::write`]: everything it did is committed when it
//! returns `Ok`, and rolled back when it returns `Err`. On SQLite one writer thread runs many use cases, each in a
//! savepoint, and commits them together; on PostgreSQL each is a transaction of its own, retried after a serialisation
//! failure or a deadlock. No feature's SQL is here.

mod address;
mod again;
pub mod backup;
mod clock;
mod connect;
mod error;
mod health;
mod limits;
mod link;
mod load;
mod migrate;
mod pipeline;
mod postgres;
mod read_only;
mod scoped;
mod sqlite;
#[cfg(test)]
mod tests;
mod tls;
mod turns;
mod tx;
mod value;

#[cfg(any(test, feature = "testing"))]
#[doc(hidden)]
pub mod testing;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

pub use address::{Address, AddressError};
pub use again::Ending;
pub use clock::Clock;
use connect::Lane;
pub use error::{Cause, DbError, OpenError, Stop};
pub use limits::Limits;
pub use link::{Link, Verified};
pub use load::{Load, PoolLoad};
pub use migrate::{Version, VersionState};
pub use scoped::Scoped;
pub use tx::{Soon, Tx};
pub use value::{Column, FromRow, Param, Row, Value};

use crate::words::ids::IdMaker;

/// How to open a database.
#[derive(Clone, Debug)]
pub struct Settings {
    /// `sqlite:PATH` or `postgres://…`.
    pub url: String,
    /// Connections of this node to PostgreSQL; SQLite ignores it.
    pub pool: usize,
    /// Whether commits survive a power loss. Only tests and throw-away databases may turn this off.
    pub durable: bool,
    /// The source of time.
    pub clock: Clock,
    /// This process's number in the ids it makes, 0 to 1023: concurrent writers need different ones.
    pub node: u16,
}

/// An open database; clones share it.
#[derive(Clone)]
pub struct Db {
    backend: Backend,
    clock: Clock,
    /// Whether this process writes no more.
    closed: Arc<AtomicBool>,
    /// Which answers to COMMIT a test wants to lose.
    #[cfg(any(test, feature = "testing"))]
    lost: testing::LostAnswers,
}

#[derive(Clone)]
enum Backend {
    Sqlite(Arc<sqlite::Sqlite>),
    Postgres(postgres::Postgres),
}

/// Guard of a bulk write ([`Db::bulk`]).
pub struct Bulk(Db);

impl Drop for Bulk {
    fn drop(&mut self) {
        if let Backend::Sqlite(db) = &self.0.backend {
            db.keep_pages(false);
        }
    }
}

impl Db {
    /// Opens the database; creates the file of SQLite, never a PostgreSQL database.
    ///
    /// # Errors
    /// [`OpenError`] names what is wrong with the address, the server or its settings.
    pub async fn open(settings: Settings) -> Result<Self, OpenError> {
        Self::open_with(settings, Limits::default()).await
    }

    /// The same with other limits.
    ///
    /// # Errors
    /// As [`Db::open`].
    pub async fn open_with(settings: Settings, limits: Limits) -> Result<Self, OpenError> {
        let clock = settings.clock.clone();
        let ids = Arc::new(IdMaker::new(settings.node));
        let backend = if let Some(path) = settings.url.strip_prefix("sqlite:") {
            Backend::Sqlite(Arc::new(sqlite::Sqlite::open(
                path,
                settings.durable,
                limits.writer,
                clock.clone(),
                ids,
            )?))
        } else if settings.url.starts_with("postgres:") || settings.url.starts_with("postgresql:") {
            Backend::Postgres(postgres::Postgres::open(&settings, limits, ids).await?)
        } else {
            return Err(OpenError::Address);
        };
        Ok(Self {
            backend,
            clock,
            closed: Arc::default(),
            #[cfg(any(test, feature = "testing"))]
            lost: testing::LostAnswers::default(),
        })
    }

    /// Runs one use case that may write. Its result has been committed when this returns.
    ///
    /// # Errors
    /// The use case's own, after which nothing of it remains; or a [`DbError`] of the layer.
    pub async fn write<T, E, F>(&self, use_case: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
        F: AsyncFn(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    {
        if self.closed.load(Ordering::Relaxed) {
            return Err(DbError::outage(NoMoreWrites).into());
        }
        #[cfg(any(test, feature = "testing"))]
        if let Some(lost) = self.lost.next() {
            return testing::lose(self, lost, use_case).await;
        }
        self.run(use_case).await
    }

    async fn run<T, E, F>(&self, use_case: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
        F: AsyncFn(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    {
        match &self.backend {
            Backend::Sqlite(db) => db.write(use_case).await,
            Backend::Postgres(db) => db.write(&self.clock, use_case).await,
        }
    }

    /// Refuses every write of this process from now on; what has begun ends. Reading goes on.
    pub fn stop_writes(&self) {
        self.closed.store(true, Ordering::Relaxed);
    }

    /// Whether this process writes no more.
    #[must_use]
    pub fn writes_no_more(&self) -> bool {
        self.closed.load(Ordering::Relaxed)
    }

    /// Runs a short read: a page's few lookups by key. It must not write.
    ///
    /// # Errors
    /// As [`Db::write`].
    pub async fn read<T, E, F>(&self, use_case: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
        F: AsyncFn(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    {
        match &self.backend {
            // A page's lookups take some ten microseconds: moving them to another thread would cost more.
            Backend::Sqlite(db) => db.read(&use_case),
            Backend::Postgres(db) => db.read(Lane::Read, &self.clock, use_case).await,
        }
    }

    /// Runs a long read (`cet verify`, exports) without blocking the server's async threads.
    ///
    /// # Errors
    /// As [`Db::write`].
    pub async fn read_long<T, E, F>(&self, use_case: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
        F: AsyncFn(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    {
        match &self.backend {
            Backend::Sqlite(db) => {
                let db = Arc::clone(db);
                let joined = tokio::task::spawn_blocking(move || db.read(&use_case)).await;
                joined.unwrap_or_else(|error| Err(DbError::from(error).into()))
            }
            Backend::Postgres(db) => db.read(Lane::Long, &self.clock, use_case).await,
        }
    }

    /// Runs a short read on dedicated connections: for `/readyz` and `/metrics`.
    ///
    /// # Errors
    /// As [`Db::write`]; [`DbError::Outage`] also when the answer does not come soon.
    pub async fn probe<T, E, F>(&self, use_case: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
        F: AsyncFn(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    {
        match &self.backend {
            Backend::Sqlite(_) => self.read_long(use_case).await,
            Backend::Postgres(db) => db.read(Lane::Probe, &self.clock, use_case).await,
        }
    }

    /// Compares the database's migrations with this program's.
    pub async fn version(&self) -> Result<VersionState, DbError> {
        match &self.backend {
            Backend::Sqlite(db) => db.with_connection(migrate::sqlite_state).await,
            Backend::Postgres(db) => migrate::postgres_state(db).await,
        }
    }

    /// Whether a migration, by its name, has run on the database.
    pub async fn has(&self, migration: &str) -> Result<bool, DbError> {
        Ok(match self.version().await? {
            VersionState::Current | VersionState::Newer { .. } => true,
            VersionState::Older { found, .. } => migrate::has(found, migration),
        })
    }

    /// Migrates the database to this program's version; returns the names of the migrations that ran.
    ///
    /// # Errors
    /// [`OpenError::Migration`] when a migration that has run has been changed, when the database is newer than
    /// this program, or when a statement fails.
    pub async fn migrate(&self) -> Result<Vec<&'static str>, OpenError> {
        match &self.backend {
            Backend::Sqlite(db) => {
                let clock = self.clock.clone();
                db.with_connection(move |conn| Ok(migrate::sqlite_run(conn, &clock)))
                    .await
                    .map_err(OpenError::Database)?
            }
            Backend::Postgres(db) => migrate::postgres_run(db, &self.clock).await,
        }
    }

    /// Announces a bulk write, for as long as the returned guard lives.
    #[must_use]
    pub fn bulk(&self) -> Bulk {
        if let Backend::Sqlite(db) = &self.backend {
            db.keep_pages(true);
        }
        Bulk(self.clone())
    }

    /// Runs ANALYZE on tables that were just filled (none: on all), so that PostgreSQL does not plan by stale statistics. The rows are
    /// kept if this fails, so a failure is only logged.
    pub async fn analyze(&self, tables: &[&str]) {
        let Backend::Postgres(db) = &self.backend else { return };
        let done = async {
            let client = db.client(Lane::Long).await?;
            Ok::<_, DbError>(client.batch_execute(&format!("ANALYZE {}", tables.join(", "))).await?)
        };
        if let Err(error) = done.await {
            tracing::warn!(%error, ?tables, "tables could not be analysed; autovacuum will come later");
        }
    }

    /// `sqlite` or `postgres`, for messages.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self.backend {
            Backend::Sqlite(_) => "sqlite",
            Backend::Postgres(_) => "postgres",
        }
    }

    /// How many use cases wait for the database, and for how long.
    #[must_use]
    pub fn load(&self) -> Load {
        match &self.backend {
            Backend::Sqlite(db) => db.load(),
            Backend::Postgres(db) => db.load(),
        }
    }

    /// The state of the connection to the database, for an operator.
    pub async fn link(&self) -> Result<Link, DbError> {
        match &self.backend {
            Backend::Sqlite(_) => Ok(Link::File),
            Backend::Postgres(db) => db.link().await,
        }
    }

    /// The clock that use cases see.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.clock
    }
}

/// [`Db::stop_writes`] was called.
#[derive(Clone, Copy, Debug)]
struct NoMoreWrites;

impl std::fmt::Display for NoMoreWrites {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("this node takes no more writes: another one has its number")
    }
}

impl std::error::Error for NoMoreWrites {}

/// Polls a future of this layer once. On SQLite nothing inside a use case is ever pending, so once is enough.
fn poll_once<T>(future: impl Future<Output = T>) -> Option<T> {
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    match std::pin::pin!(future).poll(&mut context) {
        std::task::Poll::Ready(value) => Some(value),
        std::task::Poll::Pending => None,
    }
}

/// Parameters of a statement: `params![id, name]`.
#[macro_export]
macro_rules! params {
    ($($value:expr),* $(,)?) => { &[$(&$value as &dyn $crate::store::Param),*] };
}

/// A struct that is read from a row, column by column in the order of its fields.
#[macro_export]
macro_rules! record {
    ($(#[$meta:meta])* $vis:vis struct $name:ident { $($(#[$fmeta:meta])* $fvis:vis $field:ident : $ty:ty),* $(,)? }) => {
        $(#[$meta])* $vis struct $name { $($(#[$fmeta])* $fvis $field: $ty),* }
        impl $crate::store::FromRow for $name {
            fn from_row(row: &$crate::store::Row<'_>) -> Result<Self, $crate::store::DbError> {
                let mut column = 0..;
                Ok(Self { $($field: row.get(column.next().unwrap_or(usize::MAX))?),* })
            }
        }
    };
}
