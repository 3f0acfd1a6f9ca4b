//! An open transaction, and the four things a use case does with it.

use deadpool_postgres::ClientWrapper;
use futures_util::future;

use super::pipeline::{self, Waiting};
use super::{Clock, DbError, FromRow, Param, Row, error};
use crate::words::ids::IdMaker;
use crate::words::time::Time;

/// An open transaction of either database.
pub struct Tx<'a> {
    conn: Conn<'a>,
    clock: &'a Clock,
    ids: &'a IdMaker,
    now: Option<Time>,
    /// The time of PostgreSQL right after a row was locked, good until the next statement.
    locked_at: Option<Time>,
    /// How many rows each statement of [`Tx::execute_soon`] changed that has run.
    counts: Vec<u64>,
    /// PostgreSQL gave up a statement in favour of another transaction: the use case is to be run again.
    collided: bool,
}

/// The connection was found closed before COMMIT was sent.
#[derive(Clone, Copy, Debug)]
struct NotSent;

impl std::fmt::Display for NotSent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the connection closed before COMMIT was sent")
    }
}

impl std::error::Error for NotSent {}

/// Where the statements go.
enum Conn<'a> {
    /// `&mut`, so that the future of a use case stays `Send`.
    Sqlite(&'a mut rusqlite::Connection),
    Postgres(&'a ClientWrapper, Waiting),
}

/// A statement that has been or will be run: [`Tx::changed`] tells how many rows it changed.
#[derive(Clone, Copy, Debug)]
#[must_use = "a row count that decides must be asked for; `.ignore()` where it does not"]
pub struct Soon(usize);

impl Soon {
    /// For statements whose row count decides nothing.
    pub fn ignore(self) {}
}

impl<'a> Tx<'a> {
    pub(super) fn sqlite(conn: &'a mut rusqlite::Connection, clock: &'a Clock, ids: &'a IdMaker) -> Self {
        Self::of(Conn::Sqlite(conn), clock, ids)
    }

    /// A transaction that begins with its first statement.
    pub(super) fn postgres(client: &'a ClientWrapper, clock: &'a Clock, ids: &'a IdMaker) -> Self {
        Self::of(Conn::Postgres(client, Waiting::to_begin()), clock, ids)
    }

    /// Look-ups without a transaction.
    pub(super) fn postgres_read(client: &'a ClientWrapper, clock: &'a Clock, ids: &'a IdMaker) -> Self {
        Self::of(Conn::Postgres(client, Waiting::default()), clock, ids)
    }

    fn of(conn: Conn<'a>, clock: &'a Clock, ids: &'a IdMaker) -> Self {
        Self { conn, clock, ids, now: None, locked_at: None, counts: Vec::new(), collided: false }
    }

    pub(super) fn collided(&self) -> bool {
        self.collided
    }

    /// Remembers a collision, whatever the use case makes of the error.
    fn noted<T>(&mut self, result: Result<T, DbError>) -> Result<T, DbError> {
        self.collided |= matches!(result, Err(DbError::Retry));
        result
    }

    /// Ends the transaction on PostgreSQL, and first runs what waits when it is to be kept.
    pub(super) async fn end_postgres(&mut self, keep: bool) -> Result<(), DbError> {
        let Conn::Postgres(client, waiting) = &mut self.conn else { return Ok(()) };
        let (client, waiting) = (*client, std::mem::take(waiting));
        if waiting.is_to_begin() && (!keep || waiting.count() == 0) {
            return Ok(());
        }
        if !keep {
            return Ok(client.batch_execute("ROLLBACK").await?);
        }
        // After an error in what waited PostgreSQL makes a ROLLBACK of it.
        if client.is_closed() {
            return Err(DbError::outage(NotSent));
        }
        let (sent, ended) = future::join(waiting.send(client), client.batch_execute("COMMIT")).await;
        match self.noted(sent) {
            // The COMMIT went out right behind it, perhaps in the same packet.
            Err(DbError::Outage(cause)) => Err(DbError::Unknown(cause)),
            Err(error) => Err(error),
            Ok(_) => ended.map_err(error::after_commit),
        }
    }

    /// The time that decides windows and expiry: asked once for each transaction (T46).
    ///
    /// # Errors
    /// [`DbError`] when the database can't be asked.
    pub async fn now(&mut self) -> Result<Time, DbError> {
        if let Some(now) = self.now {
            return Ok(now);
        }
        if let Some(now) = self.locked_at.take() {
            self.now = Some(now);
            return Ok(now);
        }
        let now = match (&self.conn, self.clock) {
            (_, Clock::Fixed(_)) => self.clock.process_now(),
            (Conn::Sqlite(_), Clock::Real { rehearsal }) => {
                let shift = if *rehearsal { self.shift().await? } else { 0 };
                Time::from_micros(self.clock.process_now().micros().saturating_add(shift))
            }
            (Conn::Postgres(..), Clock::Real { rehearsal }) => {
                self.query_one::<(Time,)>(postgres_clock(*rehearsal), &[]).await?.0
            }
        };
        self.now = Some(now);
        Ok(now)
    }

    /// A fresh id for a row.
    #[must_use]
    pub fn new_id(&self) -> i64 {
        self.ids.next(self.clock.process_now())
    }

    async fn shift(&mut self) -> Result<i64, DbError> {
        let row = self.query_opt::<(i64,)>("SELECT shift FROM rehearsal WHERE id = 1", &[]).await?;
        Ok(row.map_or(0, |(shift,)| shift))
    }

    /// Runs a statement that changes rows; answers how many it changed.
    ///
    /// # Errors
    /// [`DbError`]; the use case must end with it.
    pub async fn execute(&mut self, sql: &str, params: &[&dyn Param]) -> Result<u64, DbError> {
        let soon = self.execute_soon(sql, params).await?;
        self.changed(soon).await
    }

    /// Runs a statement that changes rows, on PostgreSQL together with the next one, which saves a round trip. What the
    /// next statements find is the same; an error may show with a later one, at the latest when the use case ends.
    ///
    /// # Errors
    /// [`DbError`]; the use case must end with it.
    pub async fn execute_soon(&mut self, sql: &str, params: &[&dyn Param]) -> Result<Soon, DbError> {
        self.locked_at = None;
        let place = match &mut self.conn {
            Conn::Sqlite(conn) => {
                let mut statement = conn.prepare_cached(&for_sqlite(sql))?;
                bind(&mut statement, params)?;
                self.counts.push(u64::try_from(statement.raw_execute()?).unwrap_or(u64::MAX));
                self.counts.len()
            }
            Conn::Postgres(client, waiting) => {
                let statement = client.prepare_cached(sql).await?;
                waiting.push(statement, values(params));
                let (place, full) =
                    (self.counts.len().saturating_add(waiting.count()), waiting.count() >= pipeline::MOST);
                if full {
                    self.send().await?;
                }
                place
            }
        };
        Ok(Soon(place.saturating_sub(1)))
    }

    /// How many rows a statement of [`Tx::execute_soon`] changed.
    ///
    /// # Errors
    /// As [`Tx::execute`].
    pub async fn changed(&mut self, soon: Soon) -> Result<u64, DbError> {
        if soon.0 >= self.counts.len() {
            self.send().await?;
        }
        self.counts.get(soon.0).copied().ok_or(DbError::Decode("statement of this transaction"))
    }

    /// Runs what waits.
    async fn send(&mut self) -> Result<(), DbError> {
        let Conn::Postgres(client, waiting) = &mut self.conn else { return Ok(()) };
        if !waiting.is_empty() {
            let sent = std::mem::take(waiting).send(client).await;
            let counts = self.noted(sent)?;
            self.counts.extend(counts);
        }
        Ok(())
    }

    /// All rows of a query.
    ///
    /// # Errors
    /// As [`Tx::execute`].
    pub async fn query<T: FromRow>(&mut self, sql: &str, params: &[&dyn Param]) -> Result<Vec<T>, DbError> {
        self.locked_at = None;
        match &mut self.conn {
            Conn::Sqlite(conn) => {
                let mut statement = conn.prepare_cached(&for_sqlite(sql))?;
                bind(&mut statement, params)?;
                let mut rows = statement.raw_query();
                let mut all = Vec::new();
                while let Some(row) = rows.next()? {
                    all.push(T::from_row(&Row::Sqlite(row))?);
                }
                Ok(all)
            }
            Conn::Postgres(..) => {
                let rows = self.query_postgres(sql, params).await?;
                rows.iter().map(|row| T::from_row(&Row::Postgres(row))).collect()
            }
        }
    }

    async fn query_postgres(
        &mut self,
        sql: &str,
        params: &[&dyn Param],
    ) -> Result<Vec<tokio_postgres::Row>, DbError> {
        let Conn::Postgres(client, waiting) = &mut self.conn else { return Ok(Vec::new()) };
        let client = *client;
        let statement = client.prepare_cached(sql).await?;
        let clock = match self.clock {
            // Who locks a row asks for the time next, and not before it has the lock.
            Clock::Real { rehearsal } if self.now.is_none() && sql.contains("FOR UPDATE") => {
                Some(client.prepare_cached(postgres_clock(*rehearsal)).await?)
            }
            Clock::Real { .. } | Clock::Fixed(_) => None,
        };
        let values: Vec<super::Value<'_>> = values(params).collect();
        let refs = pipeline::refs(&values);
        let waiting = std::mem::take(waiting);
        let sent = async { if waiting.is_empty() { Ok(Vec::new()) } else { waiting.send(client).await } };
        let time = async {
            match &clock {
                Some(statement) => client.query_one(statement, &[]).await.map(Some),
                None => Ok(None),
            }
        };
        // In this order they are sent, and in this order they fail.
        let (sent, rows, time) = future::join3(sent, client.query(&statement, &refs), time).await;
        let counts = self.noted(sent)?;
        self.counts.extend(counts);
        let rows = self.noted(rows.map_err(DbError::from))?;
        self.locked_at = match time? {
            Some(row) => Some(Row::Postgres(&row).get(0)?),
            None => None,
        };
        Ok(rows)
    }

    /// The only row of a query, or nothing.
    ///
    /// # Errors
    /// As [`Tx::execute`], and [`DbError::Decode`] when there are several.
    pub async fn query_opt<T: FromRow>(
        &mut self,
        sql: &str,
        params: &[&dyn Param],
    ) -> Result<Option<T>, DbError> {
        let mut rows = self.query(sql, params).await?;
        if rows.len() > 1 {
            return Err(DbError::Decode("single row"));
        }
        Ok(rows.pop())
    }

    /// The only row of a query that always has one, as a count.
    ///
    /// # Errors
    /// As [`Tx::query_opt`], and [`DbError::Decode`] when there is none.
    pub async fn query_one<T: FromRow>(&mut self, sql: &str, params: &[&dyn Param]) -> Result<T, DbError> {
        self.query_opt(sql, params).await?.ok_or(DbError::Decode("single row"))
    }
}

/// The time of the statement itself, not of the transaction's beginning.
fn postgres_clock(rehearsal: bool) -> &'static str {
    if rehearsal {
        "SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000000 AS BIGINT)
              + COALESCE((SELECT shift FROM rehearsal WHERE id = 1), 0)"
    } else {
        "SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000000 AS BIGINT)"
    }
}

fn values<'p>(params: &'p [&'p dyn Param]) -> impl ExactSizeIterator<Item = super::Value<'p>> {
    params.iter().map(|param| param.value())
}

/// The text as SQLite takes it: without the lock clauses, because its single writer is the lock, and with `?2` for `$2`,
/// which it would take for a name and number by first appearance. No statement holds another dollar sign.
fn for_sqlite(sql: &str) -> String {
    let numbered = sql.replace('$', "?");
    if numbered.contains("FOR UPDATE") {
        numbered.replace("FOR UPDATE SKIP LOCKED", "").replace("FOR UPDATE", "")
    } else {
        numbered
    }
}

fn bind(statement: &mut rusqlite::CachedStatement<'_>, params: &[&dyn Param]) -> Result<(), DbError> {
    if statement.parameter_count() > params.len() {
        return Err(DbError::Decode("numbered parameter"));
    }
    for (number, param) in (1..=statement.parameter_count()).zip(params) {
        statement.raw_bind_parameter(number, param.value())?;
    }
    Ok(())
}
