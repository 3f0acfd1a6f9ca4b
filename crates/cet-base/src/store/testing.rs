//! Databases for tests: a fresh one per test, on both kinds with the same code.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::must_use_candidate,
    clippy::new_without_default,
    reason = "what tests share fails as tests do"
)]

mod patient;
#[cfg(any(test, feature = "testing"))]
pub mod proxy;

pub use patient::patient;

use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::OnceCell;

use super::{Address, Clock, Db, Settings, Tx};
use crate::words::time::Time;

/// The time at which every test begins: 2017-09-20 12:00 in China.
pub const NOON: Time = Time::from_micros(1_505_880_000_000_000);

/// Which database a test runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A temporary file.
    Sqlite,
    /// A database of its own on the server that `CET_TEST_POSTGRES` names.
    Postgres,
}

/// A database for one test, migrated, with a clock set to [`NOON`]; it is deleted on drop.
pub struct TestDb {
    /// The database.
    pub db: Db,
    /// Its clock: `clock.set(…)` moves it.
    pub clock: Clock,
    /// Its address, to open it a second time as another node would.
    pub url: String,
    _folder: Option<Folder>,
}

impl TestDb {
    /// Opens the same database again, as another node with the same clock.
    pub async fn another_node(&self) -> Db {
        open(&self.url, self.clock.clone()).await
    }

    /// Removes what protects the log from changes, as only the owner of the database's files can.
    pub async fn let_the_log_be_changed(&self) {
        let statements: &[&str] = if self.url.starts_with("sqlite:") {
            &[
                "DROP TRIGGER audit_log_is_not_changed",
                "DROP TRIGGER audit_log_is_not_shortened",
                "DROP TRIGGER audit_chain_is_not_changed",
                "DROP TRIGGER audit_chain_is_not_shortened",
            ]
        } else {
            &[
                "DROP TRIGGER audit_log_only_grows ON audit_log",
                "DROP TRIGGER audit_chain_only_grows ON audit_chain",
                "DROP TRIGGER audit_log_stays ON audit_log",
                "DROP TRIGGER audit_chain_stays ON audit_chain",
            ]
        };
        for sql in statements {
            let done = self.db.write(async move |tx: &mut Tx<'_>| tx.execute(sql, &[]).await).await;
            done.unwrap_or_else(|error| fail(&error));
        }
    }
}

/// Opens a fresh database. A test of PostgreSQL fails if `CET_TEST_POSTGRES` is not set; its name or module contains
/// `postgres`, so that it can be skipped on purpose.
pub async fn fresh(kind: Kind) -> TestDb {
    let clock = Clock::fixed(NOON);
    match kind {
        Kind::Sqlite => {
            let folder = Folder::new();
            let file = folder.0.join("test.sqlite");
            let copied = crate::private_file::write(&file, sqlite_template().await);
            copied.unwrap_or_else(|error| fail(&error));
            let url = format!("sqlite:{}", file.display());
            let db = open(&url, clock.clone()).await;
            TestDb { db, clock, url, _folder: Some(folder) }
        }
        Kind::Postgres => {
            let server = server();
            let url = postgres_copy(&server).await;
            let db = open(&url, clock.clone()).await;
            TestDb { db, clock, url, _folder: None }
        }
    }
}

/// The address of a PostgreSQL database without any table, as an operator creates it.
pub async fn empty_postgres() -> String {
    static NUMBER: AtomicU64 = AtomicU64::new(0);
    let server = server();
    let name = format!("cet_empty_{}_{}", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed));
    run(&server, &format!("DROP DATABASE IF EXISTS {name}")).await;
    run(&server, &format!("CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C'")).await;
    address(&server, &name)
}

async fn open(url: &str, clock: Clock) -> Db {
    static NODE: AtomicU64 = AtomicU64::new(0);
    let node = u16::try_from(NODE.fetch_add(1, Ordering::Relaxed) % 1024).unwrap_or(0);
    let settings = Settings { url: url.to_owned(), pool: 16, durable: false, clock, node };
    Db::open_with(settings, patient()).await.unwrap_or_else(|error| fail(&error))
}

#[expect(clippy::disallowed_methods, reason = "tests find their PostgreSQL by the environment")]
fn server() -> String {
    std::env::var("CET_TEST_POSTGRES").unwrap_or_else(|_| {
        fail(&"this test needs PostgreSQL, and CET_TEST_POSTGRES names none: scripts/test starts one. To leave such tests out, \
               which are then counted as filtered out: cargo test --workspace -- --skip postgres --skip browser")
    })
}

/// The folder of the server's certificates: `authority.pem` signed them, `another.pem` did not but has the same name.
#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "tests find their certificates by the environment")]
pub fn certificates() -> std::path::PathBuf {
    let folder = std::env::var("CET_TEST_POSTGRES_TLS").unwrap_or_else(|_| {
        fail(&"CET_TEST_POSTGRES_TLS must name the folder of the server's certificates; scripts/test makes them")
    });
    folder.into()
}

/// A file that is migrated once per process: a copy of it is a fresh database.
async fn sqlite_template() -> &'static [u8] {
    static TEMPLATE: OnceCell<Vec<u8>> = OnceCell::const_new();
    TEMPLATE
        .get_or_init(async || {
            let folder = Folder::new();
            let (made, copy) = (folder.0.join("made.sqlite"), folder.0.join("copy.sqlite"));
            let db = open(&format!("sqlite:{}", made.display()), Clock::fixed(NOON)).await;
            db.migrate().await.unwrap_or_else(|error| fail(&error));
            db.back_up(&copy).await.unwrap_or_else(|error| fail(&error));
            std::fs::read(&copy).unwrap_or_else(|error| fail(&error))
        })
        .await
}

/// A copy of a template that is migrated once per process: 30 ms instead of a full migration.
async fn postgres_copy(server: &str) -> String {
    static TEMPLATE: OnceCell<String> = OnceCell::const_new();
    static NUMBER: AtomicU64 = AtomicU64::new(0);
    let process = std::process::id();
    let template = TEMPLATE
        .get_or_init(async || {
            let name = format!("cet_template_{process}");
            run(server, &format!("DROP DATABASE IF EXISTS {name}")).await;
            run(server, &format!("CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C'"))
                .await;
            let db = open(&address(server, &name), Clock::fixed(NOON)).await;
            db.migrate().await.unwrap_or_else(|error| fail(&error));
            name
        })
        .await;
    let name = format!("cet_{process}_{}", NUMBER.fetch_add(1, Ordering::Relaxed));
    // The template's last connection may still be closing.
    for _ in 0..200 {
        if try_run(server, &format!("CREATE DATABASE {name} TEMPLATE {template}")).await.is_ok() {
            return address(server, &name);
        }
    }
    fail(&format!("could not copy {template}"))
}

/// `server` is an address without a database at its end: `postgres://user@host:port/`.
fn address(server: &str, database: &str) -> String {
    let (base, query) = server.split_once('?').map_or((server, String::new()), |(b, q)| (b, format!("?{q}")));
    let base = base.trim_end_matches('/');
    format!("{base}/{database}{query}")
}

/// The database's name in its address.
fn name_in(url: &str) -> Option<&str> {
    url.split('?').next()?.rsplit_once('/').map(|(_, name)| name)
}

async fn run(server: &str, sql: &str) {
    try_run(server, sql).await.unwrap_or_else(|error| fail(&error));
}

async fn try_run(server: &str, sql: &str) -> Result<(), tokio_postgres::Error> {
    let (client, connection) = client(&address(server, "postgres")).await?;
    let done = client.batch_execute(sql).await;
    drop(client);
    let _ended = connection.await;
    done
}

/// A connection outside the pools, opened as theirs are; its task ends with the client.
pub async fn client(
    url: &str,
) -> Result<
    (tokio_postgres::Client, tokio::task::JoinHandle<Result<(), tokio_postgres::Error>>),
    tokio_postgres::Error,
> {
    let address: Address = url.parse().unwrap_or_else(|error| fail(&error));
    let tls = address.connector().unwrap_or_else(|error| fail(&error));
    let (client, connection) = address.config.connect(tls).await?;
    Ok((client, tokio::spawn(connection)))
}

/// The address with other settings, which override its own.
pub fn with(url: &str, settings: &str) -> String {
    format!("{url}{}{settings}", if url.contains('?') { '&' } else { '?' })
}

pub fn fail(error: &dyn std::fmt::Display) -> ! {
    panic!("{error}")
}

/// A folder that is deleted after the test.
pub struct Folder(pub std::path::PathBuf);

impl Folder {
    pub fn new() -> Self {
        static NUMBER: AtomicU64 = AtomicU64::new(0);
        let name = format!("cet-test-{}-{}", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed));
        let path = std::env::temp_dir().join(name);
        crate::private_file::folder(&path).unwrap_or_else(|error| fail(&error));
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _already_gone = std::fs::remove_dir_all(&self.0);
    }
}

/// Makes two tests of one body: `on_both! { async fn the_pool_refuses(t: TestDb) { … } }`.
#[macro_export]
macro_rules! on_both {
    ($($(#[$meta:meta])* async fn $name:ident($t:ident : TestDb) $body:block)*) => {$(
        mod $name {
            #[allow(unused_imports, reason = "a body may need nothing of its surroundings")]
            use super::*;

            $(#[$meta])*
            async fn both($t: $crate::store::testing::TestDb) $body

            #[test]
            fn sqlite() {
                $crate::store::testing::block_on($crate::store::testing::Kind::Sqlite, both);
            }

            #[test]
            fn postgres() {
                $crate::store::testing::block_on($crate::store::testing::Kind::Postgres, both);
            }
        }
    )*};
}

/// Runs a test's body on a runtime of its own.
pub fn block_on<F: Future<Output = ()>>(kind: Kind, body: impl FnOnce(TestDb) -> F) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    runtime.unwrap_or_else(|error| fail(&error)).block_on(async {
        let db = fresh(kind).await;
        let url = db.url.clone();
        body(db).await;
        // Hundreds of databases of a few megabytes each fill a disk. A failed test keeps its own for inspection.
        if kind == Kind::Postgres
            && let Some(name) = name_in(&url)
        {
            run(&server(), &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await;
        }
    });
}

/// How a counterexample shows what a guard is for: production's own statements run without it.
#[cfg(any(test, feature = "testing"))]
impl Tx<'_> {
    /// Leaves a guard, as it is written there, out of all later statements of this transaction: `AND taken < capacity`.
    pub fn leave_out(&mut self, guard: &'static str) {
        self.left_out.push(guard);
    }

    pub(super) fn without_guards<'s>(&self, sql: &'s str) -> std::borrow::Cow<'s, str> {
        let mut left = mutated(sql);
        for guard in self.left_out.iter().filter(|guard| sql.contains(**guard)) {
            left = left.replace(guard, "").into();
        }
        left
    }
}

/// A statement, another to be sent in its place, and a file that says that it was sent, as
/// `crates/cet/tests/house/mutants.rs` sets them.
#[expect(
    clippy::disallowed_methods,
    reason = "whoever runs the tests again and again sets them by the environment"
)]
static MUTANT: std::sync::LazyLock<Option<[String; 3]>> = std::sync::LazyLock::new(|| {
    let set = |name: &str| std::env::var(name).ok();
    Some([set("CET_SQL_MUTANT")?, set("CET_SQL_MUTANT_TO")?, set("CET_SQL_MUTANT_HIT")?])
});

/// A statement, or what is to be tried in its place.
fn mutated(sql: &str) -> std::borrow::Cow<'_, str> {
    if let Some([from, to, hit]) = &*MUTANT
        && sql.split_whitespace().eq(from.split_whitespace())
    {
        std::fs::write(hit, "").unwrap_or_else(|error| fail(&error));
        return to.clone().into();
    }
    sql.into()
}

/// How a test loses the answer to COMMIT: whether the work was kept or not.
#[cfg(any(test, feature = "testing"))]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lost {
    Kept,
    NotKept,
}

/// Which of the next use cases loses the answer to its COMMIT; shared by the clones of a [`Db`].
#[cfg(any(test, feature = "testing"))]
#[derive(Clone, Default)]
pub(super) struct LostAnswers(std::sync::Arc<std::sync::Mutex<Option<(usize, usize, Lost)>>>);

#[cfg(any(test, feature = "testing"))]
impl LostAnswers {
    pub(super) fn next(&self) -> Option<Lost> {
        let mut planned = self.0.lock().unwrap();
        let (skip, times, lost) = planned.take()?;
        if skip > 0 {
            *planned = Some((skip - 1, times, lost));
            return None;
        }
        *planned = (times > 1).then(|| (0, times - 1, lost));
        Some(lost)
    }
}

#[cfg(any(test, feature = "testing"))]
impl Db {
    /// Loses the answers to `times` COMMITs, after the next `skip` that pass.
    pub fn lose_answers(&self, skip: usize, times: usize, lost: Lost) {
        *self.lost.0.lock().unwrap() = Some((skip, times, lost));
    }

    /// Whether all of them have been lost; no more are lost from now on.
    pub fn all_lost(&self) -> bool {
        self.lost.0.lock().unwrap().take().is_none()
    }
}

/// The connection broke after COMMIT was sent.
#[cfg(any(test, feature = "testing"))]
#[derive(Debug)]
struct AnswerLost;

#[cfg(any(test, feature = "testing"))]
impl std::fmt::Display for AnswerLost {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a test lost the answer to COMMIT")
    }
}

#[cfg(any(test, feature = "testing"))]
impl std::error::Error for AnswerLost {}

/// Runs a use case and loses the answer to its COMMIT. One that returns an error sends no COMMIT.
#[cfg(any(test, feature = "testing"))]
pub(super) async fn lose<T, E, F>(db: &Db, lost: Lost, use_case: F) -> Result<T, E>
where
    T: Send + 'static,
    E: From<super::DbError> + Send + 'static,
    F: AsyncFn(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
{
    let unknown = || E::from(super::DbError::unknown(AnswerLost));
    match lost {
        Lost::Kept => db.run(use_case).await.and_then(|_| Err(unknown())),
        Lost::NotKept => {
            db.run(async move |tx: &mut Tx<'_>| {
                use_case(tx).await?;
                Err(E::from(super::DbError::unknown(AnswerLost)))
            })
            .await
        }
    }
}
