//! An open transaction, and the four things a use case does with it.

use deadpool_postgres::ClientWrapper;

use super::{Clock, DbError, FromRow, Param, Row};
use crate::words::ids::IdMaker;
use crate::words::time::Time;

/// An open transaction of either database.
pub struct Tx<'a> {
    conn: Conn<'a>,
    clock: &'a Clock,
    ids: &'a IdMaker,
    now: Option<Time>,
    /// PostgreSQL gave up a statement in favour of another transaction: the use case is to be run again.
    collided: bool,
}

/// Where the statements go.
enum Conn<'a> {
    /// `&mut`, so that the future of a use case stays `Send`.
    Sqlite(&'a mut rusqlite::Connection),
    Postgres(&'a ClientWrapper),
}

impl<'a> Tx<'a> {
    pub(super) fn sqlite(conn: &'a mut rusqlite::Connection, clock: &'a Clock, ids: &'a IdMaker) -> Self {
        Self { conn: Conn::Sqlite(conn), clock, ids, now: None, collided: false }
    }

    pub(super) fn postgres(client: &'a ClientWrapper, clock: &'a Clock, ids: &'a IdMaker) -> Self {
        Self { conn: Conn::Postgres(client), clock, ids, now: None, collided: false }
    }

    pub(super) fn collided(&self) -> bool {
        self.collided
    }

    /// Remembers a collision, whatever the use case makes of the error.
    fn noted<T>(&mut self, result: Result<T, DbError>) -> Result<T, DbError> {
        self.collided |= matches!(result, Err(DbError::Retry));
        result
    }

    /// The time that decides windows and expiry: asked once for each transaction (T46).
    ///
    /// # Errors
    /// [`DbError`] when the database can't be asked.
    pub async fn now(&mut self) -> Result<Time, DbError> {
        if let Some(now) = self.now {
            return Ok(now);
        }
        let now = match (&self.conn, self.clock) {
            (_, Clock::Fixed(_)) => self.clock.process_now(),
            (Conn::Sqlite(_), Clock::Real { rehearsal }) => {
                let shift = if *rehearsal { self.shift().await? } else { 0 };
                Time::from_micros(self.clock.process_now().micros().saturating_add(shift))
            }
            (Conn::Postgres(_), Clock::Real { rehearsal }) => {
                let sql = if *rehearsal {
                    "SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000000 AS BIGINT)
                          + COALESCE((SELECT shift FROM rehearsal WHERE id = 1), 0)"
                } else {
                    "SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000000 AS BIGINT)"
                };
                self.query_one::<(Time,)>(sql, &[]).await?.0
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
        match &mut self.conn {
            Conn::Sqlite(conn) => {
                let mut statement = conn.prepare_cached(&for_sqlite(sql))?;
                bind(&mut statement, params)?;
                Ok(u64::try_from(statement.raw_execute()?).unwrap_or(u64::MAX))
            }
            Conn::Postgres(client) => {
                let statement = client.prepare_cached(sql).await?;
                let done = client.execute_raw(&statement, values(params)).await.map_err(DbError::from);
                self.noted(done)
            }
        }
    }

    /// All rows of a query.
    ///
    /// # Errors
    /// As [`Tx::execute`].
    pub async fn query<T: FromRow>(&mut self, sql: &str, params: &[&dyn Param]) -> Result<Vec<T>, DbError> {
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
            Conn::Postgres(client) => {
                let statement = client.prepare_cached(sql).await?;
                let values: Vec<super::Value<'_>> = values(params).collect();
                let refs: Vec<&(dyn tokio_postgres::types::ToSql + Sync)> =
                    values.iter().map(|v| v as &(dyn tokio_postgres::types::ToSql + Sync)).collect();
                let done = client.query(&statement, &refs).await.map_err(DbError::from);
                let rows = self.noted(done)?;
                rows.iter().map(|row| T::from_row(&Row::Postgres(row))).collect()
            }
        }
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

fn values<'p>(params: &'p [&'p dyn Param]) -> impl ExactSizeIterator<Item = super::Value<'p>> {
    params.iter().map(|param| param.value())
}

/// The single writer is the lock on SQLite, so its text goes without the lock clauses.
fn for_sqlite(sql: &str) -> std::borrow::Cow<'_, str> {
    if sql.contains("FOR UPDATE") {
        sql.replace("FOR UPDATE SKIP LOCKED", "").replace("FOR UPDATE", "").into()
    } else {
        sql.into()
    }
}

/// `$2` is a named parameter in SQLite, numbered by first appearance: so bind by the number in the name.
fn bind(statement: &mut rusqlite::CachedStatement<'_>, params: &[&dyn Param]) -> Result<(), DbError> {
    for index in 1..=statement.parameter_count() {
        let number: Option<usize> = statement
            .parameter_name(index)
            .and_then(|name| name.strip_prefix('$'))
            .and_then(|n| n.parse().ok());
        let value = number
            .and_then(|n| n.checked_sub(1))
            .and_then(|n| params.get(n))
            .ok_or(DbError::Decode("numbered parameter"))?
            .value();
        statement.raw_bind_parameter(index, value)?;
    }
    Ok(())
}
