//! SQLite: one writer thread with group commit, and connections for reading.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};
use tokio::sync::{mpsc, oneshot};

use super::connect::Lane;
use super::load::{Load, PoolLoad, Waiting};
use super::{Cause, Clock, DbError, OpenError, Tx, poll_once, read_only};
use crate::private_file;
use crate::words::ids::IdMaker;

/// The most use cases that may wait for the writer; further ones get `too-busy`.
const QUEUE: usize = 8_192;
/// Use cases that share one COMMIT.
const BATCH: usize = 1_024;
/// Prepared statements kept by each connection.
const STATEMENTS: usize = 256;
/// How long to wait for another writing process (a command while a node runs).
const BUSY: Duration = Duration::from_secs(20);
/// The writer's page cache, in KiB (negative means KiB to SQLite). A larger one would cost: in a database below 1 GiB
/// each COMMIT that has split a page walks all cached pages.
const WRITER_CACHE_KIB: i64 = -16_384;
/// The same during an import, which touches index pages all over: with 8 MiB it writes 20,000 rows a second here, with
/// 64 MiB 50,000.
const BULK_CACHE_KIB: i64 = -65_536;
/// Pages in the write-ahead log before a checkpoint: the more there are, the more copies of one page are saved.
const CHECKPOINT_PAGES: i64 = 16_000;
/// The write-ahead log is cut to this size when it begins anew after a checkpoint: else it stays as large as it ever was.
const LOG_BYTES: i64 = 16 << 20;
/// Idle reading connections that are kept.
const IDLE_READERS: usize = 16;

/// Runs inside the writer's batch, or gets the error when the batch could not begin; the closure it returns is called
/// after COMMIT with whether that succeeded.
type Job = Box<dyn FnOnce(Result<&mut Connection, DbError>) -> Answer + Send>;
type Answer = Box<dyn FnOnce(Result<(), DbError>) + Send>;

/// A use case that keeps its result for its caller: one copy of the code around it serves all of them. Returns whether
/// the result is `Ok`, or nothing when the use case waited for something else than the database.
type Run = Box<dyn FnMut(&mut Tx<'_>) -> Option<bool> + Send>;

/// What became of a use case that ran to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    Keep,
    RolledBack,
}

/// Claimed once: by the writer that begins the use case, or by the caller that gave up waiting for it.
#[derive(Default)]
struct Claim(AtomicBool);

impl Claim {
    /// Whether this call was the first.
    fn take(&self) -> bool {
        !self.0.swap(true, Ordering::SeqCst)
    }
}

/// Why the writer did not report the outcome.
#[derive(Clone, Copy, Debug)]
enum WriterLost {
    /// Its thread has ended.
    Gone,
    /// It began, and has not ended within the limit.
    Silent,
}

impl std::fmt::Display for WriterLost {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Gone => "the thread that writes has ended",
            Self::Silent => "the thread that writes did not answer in time",
        })
    }
}

impl std::error::Error for WriterLost {}

/// An open SQLite database.
pub(super) struct Sqlite {
    path: PathBuf,
    durable: bool,
    limit: Duration,
    clock: Clock,
    ids: Arc<IdMaker>,
    jobs: mpsc::Sender<Job>,
    waiting: Arc<Waiting>,
    readers: Mutex<Vec<Connection>>,
}

impl Sqlite {
    pub(super) fn open(
        path: &str,
        durable: bool,
        limit: Duration,
        clock: Clock,
        ids: Arc<IdMaker>,
    ) -> Result<Self, OpenError> {
        let path = PathBuf::from(path);
        make_private(&path)?;
        let writer = connect(&path, durable).map_err(|error| read_only::of_sqlite(&path, error))?;
        writer.pragma_update(None, "cache_size", WRITER_CACHE_KIB).map_err(DbError::from)?;
        let (jobs, queue) = mpsc::channel(QUEUE);
        std::thread::Builder::new()
            .name("sqlite-writer".to_owned())
            .spawn(move || write_loop(writer, queue))
            .map_err(|error| OpenError::Database(DbError::Engine(Cause::new(error))))?;
        let (waiting, readers) = (Arc::default(), Mutex::new(Vec::new()));
        Ok(Self { path, durable, limit, clock, ids, jobs, waiting, readers })
    }

    pub(super) async fn write<T, E, F>(&self, use_case: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
        F: AsyncFn(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    {
        let kept = Arc::new(Mutex::new(None));
        let theirs = Arc::clone(&kept);
        let run = move |tx: &mut Tx<'_>| {
            let result = poll_once(use_case(tx))?;
            let ended = result.is_ok();
            *theirs.lock().unwrap_or_else(PoisonError::into_inner) = Some(result);
            Some(ended)
        };
        self.enqueue(Box::new(run)).await?;
        let result = kept.lock().unwrap_or_else(PoisonError::into_inner).take();
        result.unwrap_or_else(|| Err(waited().into()))
    }

    /// Has the writer run a use case; `Ok` when the use case's own result stands. Boxed, so that one copy of it serves all.
    fn enqueue(&self, mut run: Run) -> BoxFuture<'_, Result<(), DbError>> {
        let outcome = async move {
            let (reply, answer) = oneshot::channel();
            let (clock, ids) = (self.clock.clone(), Arc::clone(&self.ids));
            let claim = Arc::new(Claim::default());
            let theirs = Arc::clone(&claim);
            let (queue, asked) = (self.waiting.queue.clone(), Instant::now());
            let job: Job = Box::new(move |begun| {
                queue.observe(asked.elapsed());
                let result = match begun {
                    Ok(conn) if theirs.take() => in_savepoint(conn, &clock, &ids, &mut *run),
                    // The caller has already got `Busy`.
                    Ok(_) => Err(DbError::Busy),
                    Err(error) => Err(error),
                };
                Box::new(move |committed| {
                    let result = match result {
                        Ok(Outcome::Keep) => committed,
                        Ok(Outcome::RolledBack) => Ok(()),
                        Err(error) => Err(error),
                    };
                    // The caller may be gone; the work is committed all the same (store.md, rule 10).
                    let _gone = reply.send(result);
                })
            });
            self.jobs.try_send(job).map_err(|error| match error {
                mpsc::error::TrySendError::Full(_) => DbError::Busy,
                mpsc::error::TrySendError::Closed(_) => DbError::outage(WriterLost::Gone),
            })?;
            match tokio::time::timeout(self.limit, answer).await {
                Ok(Ok(result)) => result,
                // The writer ended after taking the work and before reporting its outcome.
                Ok(Err(_)) => Err(DbError::unknown(WriterLost::Gone)),
                Err(_) if claim.take() => Err(DbError::Busy),
                Err(_) => Err(DbError::unknown(WriterLost::Silent)),
            }
        };
        outcome.boxed()
    }

    /// Readers open connections on demand and never wait for one.
    pub(super) fn load(&self) -> Load {
        let pool = |lane: Lane| PoolLoad {
            name: lane.name(),
            wait: self.waiting.pool(lane),
            waiting: 0,
            busy: 0,
            idle: 0,
            most: 0,
        };
        Load {
            queue: self.waiting.queue.clone(),
            queue_length: self.jobs.max_capacity().saturating_sub(self.jobs.capacity()),
            pools: Lane::ALL.map(pool).into(),
        }
    }

    /// Sets the writer's page cache to the bulk or the usual size. Does nothing when the queue is full.
    pub(super) fn keep_pages(&self, bulk: bool) {
        let kib = if bulk { BULK_CACHE_KIB } else { WRITER_CACHE_KIB };
        let job: Job = Box::new(move |begun| {
            let _as_it_was = begun.map(|conn| conn.pragma_update(None, "cache_size", kib));
            Box::new(|_| ())
        });
        let _as_it_was = self.jobs.try_send(job);
    }

    pub(super) fn read<T, E, F>(&self, use_case: &F) -> Result<T, E>
    where
        E: From<DbError>,
        F: AsyncFn(&mut Tx<'_>) -> Result<T, E>,
    {
        let mut conn = self.begin_read()?;
        let result = poll_once(use_case(&mut Tx::sqlite(&mut conn, &self.clock, &self.ids)));
        self.end_read(conn);
        result.unwrap_or_else(|| Err(waited().into()))
    }

    fn begin_read(&self) -> Result<Connection, DbError> {
        let idle = self.readers.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let conn = match idle {
            Some(conn) => conn,
            None => connect(&self.path, self.durable)
                .and_then(|conn| conn.pragma_update(None, "query_only", true).map(|()| conn))?,
        };
        // One snapshot for all lookups of a page.
        run_cached(&conn, "BEGIN")?;
        Ok(conn)
    }

    fn end_read(&self, conn: Connection) {
        let ended = run_cached(&conn, "ROLLBACK");
        let mut readers = self.readers.lock().unwrap_or_else(PoisonError::into_inner);
        if ended.is_ok() && readers.len() < IDLE_READERS {
            readers.push(conn);
        }
    }

    /// Runs a closure on a connection of its own (migrations).
    pub(super) async fn with_connection<T, F>(&self, work: F) -> Result<T, DbError>
    where
        T: Send + 'static,
        F: FnOnce(&mut Connection) -> Result<T, DbError> + Send + 'static,
    {
        let (path, durable) = (self.path.clone(), self.durable);
        let joined = tokio::task::spawn_blocking(move || work(&mut connect(&path, durable)?)).await;
        joined.unwrap_or_else(|error| Err(error.into()))
    }
}

impl Sqlite {
    /// Refuses a file that SQLite could open for reading only.
    pub(super) async fn refuse_read_only(&self) -> Result<(), OpenError> {
        let path = self.path.clone();
        self.with_connection(move |conn| Ok(read_only::refuse_sqlite(conn, &path))).await?
    }
}

/// Creates the file before SQLite does, which gives its log and the log's index the permissions of the database. The
/// permissions of others are removed from an existing file.
fn make_private(path: &std::path::Path) -> Result<(), OpenError> {
    let unsafe_file = |path: &std::path::Path, error: std::io::Error| {
        if let Some(in_words) = read_only::of_io(path, &error) {
            return in_words;
        }
        let hint = format!("; only its owner may read the database: type `chmod 600 {}`", path.display());
        let hint = if path.exists() { hint } else { String::new() };
        OpenError::Unsafe(format!("{}: {error}{hint}", path.display()))
    };
    let mut were_open = Vec::new();
    let was_open = private_file::make_sure(path).map_err(|error| unsafe_file(path, error))?;
    were_open.extend(was_open.map(|_| path.to_path_buf()));
    for suffix in ["-wal", "-shm"] {
        let beside = PathBuf::from(format!("{}{suffix}", path.display()));
        match private_file::tighten(&beside) {
            Ok(was_open) => were_open.extend(was_open.map(|_| beside)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => return Err(unsafe_file(&beside, error)),
        }
    }
    for path in were_open {
        tracing::warn!(file = %path.display(), "others could read this file; now only its owner can");
    }
    Ok(())
}

fn connect(path: &std::path::Path, durable: bool) -> rusqlite::Result<Connection> {
    let flags =
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let conn = Connection::open_with_flags(path, flags)?;
    conn.busy_timeout(BUSY)?;
    // Else SQLite prepares a statement again whenever a bound value might change its plan: a quarter of the cost of the
    // information page.
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    conn.set_prepared_statement_cache_capacity(STATEMENTS);
    conn.pragma_update(None, "journal_mode", "WAL")?;
    conn.pragma_update(None, "synchronous", if durable { "FULL" } else { "OFF" })?;
    conn.pragma_update(None, "foreign_keys", true)?;
    conn.pragma_update(None, "temp_store", "MEMORY")?;
    conn.pragma_update(None, "cache_size", -8_192)?;
    conn.pragma_update(None, "wal_autocheckpoint", CHECKPOINT_PAGES)?;
    conn.pragma_update(None, "journal_size_limit", LOG_BYTES)?;
    Ok(conn)
}

/// Runs one use case in its savepoint; releases it on `Ok`, rolls back on `Err` and on a panic.
fn in_savepoint(
    conn: &mut Connection,
    clock: &Clock,
    ids: &IdMaker,
    run: &mut (dyn FnMut(&mut Tx<'_>) -> Option<bool> + Send),
) -> Result<Outcome, DbError> {
    run_cached(conn, "SAVEPOINT use_case")?;
    let run = std::panic::AssertUnwindSafe(|| run(&mut Tx::sqlite(conn, clock, ids)));
    let result = match std::panic::catch_unwind(run) {
        Ok(Some(true)) => Ok(Outcome::Keep),
        Ok(Some(false)) => Ok(Outcome::RolledBack),
        Ok(None) => Err(waited()),
        Err(_) => Err(DbError::Panicked),
    };
    if result != Ok(Outcome::Keep) {
        run_cached(conn, "ROLLBACK TO use_case")?;
    }
    run_cached(conn, "RELEASE use_case")?;
    result
}

fn run_cached(conn: &Connection, sql: &str) -> Result<(), DbError> {
    conn.prepare_cached(sql)?.raw_execute()?;
    Ok(())
}

fn waited() -> DbError {
    DbError::Other("a use case waited for something else than the database".to_owned())
}

fn write_loop(mut conn: Connection, mut queue: mpsc::Receiver<Job>) {
    let mut answers: Vec<Answer> = Vec::with_capacity(BATCH);
    while let Some(first) = queue.blocking_recv() {
        let begun = run_cached(&conn, "BEGIN IMMEDIATE");
        let mut outcome = begun.clone();
        let mut next = Some(first);
        while let Some(job) = next.take() {
            answers.push(job(begun.clone().map(|()| &mut conn)));
            // A full disk or an I/O error may have rolled the whole batch back.
            if begun.is_ok() && conn.is_autocommit() {
                outcome = Err(DbError::Full);
                break;
            }
            if answers.len() < BATCH {
                next = queue.try_recv().ok();
            }
        }
        if outcome.is_ok() {
            outcome = commit(&conn);
        }
        for answer in answers.drain(..) {
            answer(outcome.clone());
        }
    }
}

fn commit(conn: &Connection) -> Result<(), DbError> {
    let Err(error) = run_cached(conn, "COMMIT") else { return Ok(()) };
    let undone = run_cached(conn, "ROLLBACK");
    if matches!(error, DbError::Full | DbError::Busy) && (undone.is_ok() || conn.is_autocommit()) {
        return Err(error);
    }
    // After a failed fsync the file's content is unknown: restart the process rather than guess.
    tracing::error!(%error, "a commit failed in a way that cannot be repaired; the process stops");
    std::process::abort();
}
