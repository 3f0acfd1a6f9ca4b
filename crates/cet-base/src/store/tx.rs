//! An open transaction, and the operations of a use case on it.

mod line;

use deadpool_postgres::ClientWrapper;

pub(super) use self::line::Timeouts;
use self::line::{Line, postgres_clock};
use super::pipeline::Waiting;
use super::turns::{Held, Turns};
use super::{Clock, DbError, FromRow, Param, Row};
use crate::words::codes::SchoolCode;
use crate::words::ids::IdMaker;
use crate::words::time::Time;

/// An open transaction of either database.
pub struct Tx<'a> {
    conn: Conn<'a>,
    clock: &'a Clock,
    ids: &'a IdMaker,
    now: Option<Time>,
    /// PostgreSQL's time right after a row was locked, valid until the next statement.
    locked_at: Option<Time>,
    /// The row counts of the statements of [`Tx::execute_soon`] that have run.
    counts: Vec<u64>,
    /// PostgreSQL aborted a statement because of a conflict: the use case must be retried.
    collided: bool,
    /// The connection broke or timed out.
    lost: bool,
    /// The guards that a test leaves out of the statements.
    #[cfg(any(test, feature = "testing"))]
    pub(super) left_out: Vec<&'static str>,
}

/// The connection that runs the statements.
enum Conn<'a> {
    /// `&mut`, so that the future of a use case stays `Send`.
    Sqlite(&'a mut rusqlite::Connection),
    Postgres(Line<'a>),
}

/// A statement that has been or will be run: [`Tx::changed`] returns how many rows it changed.
#[derive(Clone, Copy, Debug)]
#[must_use = "a row count that decides must be asked for; `.ignore()` where it does not"]
pub struct Soon(usize);

impl Soon {
    /// For statements whose row count does not matter.
    pub fn ignore(self) {}
}

impl<'a> Tx<'a> {
    pub(super) fn sqlite(conn: &'a mut rusqlite::Connection, clock: &'a Clock, ids: &'a IdMaker) -> Self {
        Self::of(Conn::Sqlite(conn), clock, ids)
    }

    /// A transaction that begins with its first statement.
    pub(super) fn postgres(
        client: &'a ClientWrapper,
        clock: &'a Clock,
        ids: &'a IdMaker,
        timeouts: Timeouts,
        turns: (&'a Turns, Held),
    ) -> Self {
        let line = Line { client, waiting: Waiting::to_begin(), timeouts, turns: Some(turns) };
        Self::of(Conn::Postgres(line), clock, ids)
    }

    /// Lookups without a transaction.
    pub(super) fn postgres_read(
        client: &'a ClientWrapper,
        clock: &'a Clock,
        ids: &'a IdMaker,
        timeouts: Timeouts,
    ) -> Self {
        let line = Line { client, waiting: Waiting::default(), timeouts, turns: None };
        Self::of(Conn::Postgres(line), clock, ids)
    }

    fn of(conn: Conn<'a>, clock: &'a Clock, ids: &'a IdMaker) -> Self {
        Self {
            conn,
            clock,
            ids,
            now: None,
            locked_at: None,
            counts: Vec::new(),
            collided: false,
            lost: false,
            #[cfg(any(test, feature = "testing"))]
            left_out: Vec::new(),
        }
    }

    pub(super) fn collided(&self) -> bool {
        self.collided
    }

    pub(super) fn is_lost(&self) -> bool {
        self.lost
    }

    /// The school for whose rows there was no turn; the use case must be rolled back and retried.
    pub(super) fn missing_turn(&self) -> Option<SchoolCode> {
        match &self.conn {
            Conn::Postgres(Line { turns: Some((_, held)), .. }) => held.missing(),
            Conn::Postgres(_) | Conn::Sqlite(_) => None,
        }
    }

    /// The turns of this transaction, for its retry.
    pub(super) fn into_turns(self) -> Held {
        match self.conn {
            Conn::Postgres(Line { turns: Some((_, held)), .. }) => held,
            Conn::Postgres(_) | Conn::Sqlite(_) => Held::default(),
        }
    }

    /// Requests a turn before this transaction waits for a lock on contended rows of a school: its registrations and
    /// seat pools. If none is free, the store rolls the use case back and retries it later (`docs/locking.md`).
    ///
    /// # Errors
    /// [`DbError::Busy`]; the use case must end with it.
    pub fn turn(&mut self, school: SchoolCode) -> Result<(), DbError> {
        match &mut self.conn {
            Conn::Postgres(Line { turns: Some((turns, held)), .. }) => turns.take(held, school),
            Conn::Postgres(_) | Conn::Sqlite(_) => Ok(()),
        }
    }

    /// Records a conflict or a lost connection, even if the use case ignores the error.
    fn noted<T>(&mut self, result: Result<T, DbError>) -> Result<T, DbError> {
        self.collided |= matches!(result, Err(DbError::Retry));
        self.lost |= matches!(result, Err(DbError::Outage(_) | DbError::Unknown(_)));
        result
    }

    /// The time that decides windows and expiry: read once per transaction (TH46).
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

    /// Runs a statement that changes rows; returns how many it changed.
    ///
    /// # Errors
    /// [`DbError`]; the use case must end with it.
    pub async fn execute(&mut self, sql: &str, params: &[&dyn Param]) -> Result<u64, DbError> {
        let soon = self.execute_soon(sql, params).await?;
        self.changed(soon).await
    }

    /// Runs a statement that changes rows, on PostgreSQL together with the next one, which saves a round trip. Later
    /// statements see its effect; an error may be returned by a later one, at the latest when the use case ends.
    ///
    /// # Errors
    /// [`DbError`]; the use case must end with it.
    pub async fn execute_soon(&mut self, sql: &str, params: &[&dyn Param]) -> Result<Soon, DbError> {
        self.locked_at = None;
        #[cfg(any(test, feature = "testing"))]
        let sql = &*self.without_guards(sql);
        let place = match &mut self.conn {
            Conn::Sqlite(conn) => {
                let mut statement = conn.prepare_cached(&for_sqlite(sql))?;
                bind(&mut statement, params)?;
                self.counts.push(u64::try_from(statement.raw_execute()?).unwrap_or(u64::MAX));
                self.counts.len()
            }
            Conn::Postgres(..) => self.push(sql, params).await?,
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

    /// All rows of a query.
    ///
    /// # Errors
    /// As [`Tx::execute`].
    pub async fn query<T: FromRow>(&mut self, sql: &str, params: &[&dyn Param]) -> Result<Vec<T>, DbError> {
        self.locked_at = None;
        #[cfg(any(test, feature = "testing"))]
        let sql = &*self.without_guards(sql);
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

    /// The only row of a query, or `None`.
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

    /// The only row of a query that always returns one, as a count.
    ///
    /// # Errors
    /// As [`Tx::query_opt`], and [`DbError::Decode`] when there is none.
    pub async fn query_one<T: FromRow>(&mut self, sql: &str, params: &[&dyn Param]) -> Result<T, DbError> {
        self.query_opt(sql, params).await?.ok_or(DbError::Decode("single row"))
    }
}

fn values<'p>(params: &'p [&'p dyn Param]) -> impl ExactSizeIterator<Item = super::Value<'p>> {
    params.iter().map(|param| param.value())
}

/// The text in SQLite's syntax: without the lock clauses, because its single writer is the lock, and with `?2` for
/// `$2`, which it would take for a name and number by first appearance. No statement holds another dollar sign.
pub(super) fn for_sqlite(sql: &str) -> String {
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
