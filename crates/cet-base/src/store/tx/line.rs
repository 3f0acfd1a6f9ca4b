//! The client side of a PostgreSQL transaction: queued statements, and timeouts of answers.
//!
//! What every statement goes through is boxed: an `async fn` would be compiled anew into each unit of each crate that
//! awaits a statement, with the driver's own futures in it.

use std::pin::Pin;
use std::time::Duration;

use deadpool_postgres::ClientWrapper;
use futures_util::future;

use super::{Conn, Tx, values};
use crate::store::pipeline::{self, Waiting};
use crate::store::turns::{Held, Turns};
use crate::store::{Clock, DbError, Param, Row, Value, error};

type Pending<'a, T> = Pin<Box<dyn Future<Output = Result<T, DbError>> + Send + 'a>>;

/// The client's timeouts.
#[derive(Clone, Copy, Debug)]
pub(in crate::store) struct Timeouts {
    /// For an answer.
    pub(in crate::store) answer: Duration,
    /// In addition for the answer to COMMIT.
    pub(in crate::store) commit: Duration,
}

/// A connection to PostgreSQL with its queued statements.
pub(super) struct Line<'a> {
    pub(super) client: &'a ClientWrapper,
    pub(super) waiting: Waiting,
    pub(super) timeouts: Timeouts,
    pub(super) turns: Option<(&'a Turns, Held)>,
}

impl Tx<'_> {
    /// Ends the transaction on PostgreSQL, running the queued statements first when it is to be committed.
    pub(in crate::store) async fn end_postgres(&mut self, keep: bool) -> Result<(), DbError> {
        let Conn::Postgres(line) = &mut self.conn else { return Ok(()) };
        let (client, timeouts, waiting) = (line.client, line.timeouts, std::mem::take(&mut line.waiting));
        if self.lost {
            return Err(DbError::outage(NoAnswer::BeforeCommit));
        }
        if waiting.is_to_begin() && (!keep || waiting.count() == 0) {
            return Ok(());
        }
        if !keep {
            let undone = within(timeouts.answer, client.batch_execute("ROLLBACK")).await;
            return self.noted(undone);
        }
        if client.is_closed() {
            return self.noted(Err(DbError::outage(NoAnswer::BeforeCommit)));
        }
        // After an error in a queued statement PostgreSQL turns the COMMIT into a ROLLBACK.
        let ending = future::join(waiting.send(client), client.batch_execute("COMMIT"));
        let limit = timeouts.answer.saturating_add(timeouts.commit);
        let ended = match tokio::time::timeout(limit, ending).await {
            Err(_) => Err(DbError::unknown(NoAnswer::Commit)),
            // The COMMIT was sent right behind it, perhaps in the same packet.
            Ok((Err(DbError::Outage(cause)), _)) => Err(DbError::Unknown(cause)),
            Ok((Err(error), _)) => Err(error),
            Ok((Ok(_), ended)) => ended.map_err(error::after_commit),
        };
        self.noted(ended)
    }

    /// Queues a statement; returns its number in the transaction, from 1.
    pub(super) fn push<'s>(&'s mut self, sql: &'s str, params: &'s [&'s dyn Param]) -> Pending<'s, usize> {
        Box::pin(async move {
            let Conn::Postgres(line) = &mut self.conn else { return Ok(0) };
            let statement = within(line.timeouts.answer, line.client.prepare_cached(sql)).await;
            let statement = self.noted(statement)?;
            let Conn::Postgres(Line { waiting, .. }) = &mut self.conn else { return Ok(0) };
            waiting.push(statement, values(params));
            let place = self.counts.len().saturating_add(waiting.count());
            if waiting.count() >= pipeline::MOST {
                self.send().await?;
            }
            Ok(place)
        })
    }

    /// Runs the queued statements.
    pub(super) fn send(&mut self) -> Pending<'_, ()> {
        Box::pin(async move {
            let Conn::Postgres(line) = &mut self.conn else { return Ok(()) };
            if !line.waiting.is_empty() {
                let sent =
                    within(line.timeouts.answer, std::mem::take(&mut line.waiting).send(line.client)).await;
                let counts = self.noted(sent)?;
                self.counts.extend(counts);
            }
            Ok(())
        })
    }

    /// All rows of a query, after the queued statements.
    pub(super) fn query_postgres<'s>(
        &'s mut self,
        sql: &'s str,
        params: &'s [&'s dyn Param],
    ) -> Pending<'s, Vec<tokio_postgres::Row>> {
        Box::pin(self.answered(sql, params))
    }

    async fn answered(
        &mut self,
        sql: &str,
        params: &[&dyn Param],
    ) -> Result<Vec<tokio_postgres::Row>, DbError> {
        let Conn::Postgres(line) = &mut self.conn else { return Ok(Vec::new()) };
        let (client, limit, waiting) = (line.client, line.timeouts.answer, std::mem::take(&mut line.waiting));
        // After a row lock the use case asks for the time, which must be read after the lock was granted.
        let with_time = match self.clock {
            Clock::Real { rehearsal } if self.now.is_none() && sql.contains("FOR UPDATE") => Some(*rehearsal),
            Clock::Real { .. } | Clock::Fixed(_) => None,
        };
        let prepared = within(limit, async {
            let clock = match with_time {
                Some(rehearsal) => Some(client.prepare_cached(postgres_clock(rehearsal)).await?),
                None => None,
            };
            Ok::<_, tokio_postgres::Error>((client.prepare_cached(sql).await?, clock))
        });
        let prepared = prepared.await;
        let (statement, clock) = self.noted(prepared)?;
        let values: Vec<Value<'_>> = values(params).collect();
        let refs = pipeline::refs(&values);
        let sent = async { if waiting.is_empty() { Ok(Vec::new()) } else { waiting.send(client).await } };
        let time = async {
            match &clock {
                Some(statement) => client.query_one(statement, &[]).await.map(Some),
                None => Ok(None),
            }
        };
        // They are sent, and fail, in this order.
        let all = future::join3(sent, client.query(&statement, &refs), time);
        let answered = within(limit, async { Ok::<_, DbError>(all.await) }).await;
        let (sent, rows, time) = self.noted(answered)?;
        let counts = self.noted(sent)?;
        self.counts.extend(counts);
        let rows = self.noted(rows.map_err(DbError::from))?;
        self.locked_at = match self.noted(time.map_err(DbError::from))? {
            Some(row) => Some(Row::Postgres(&row).get(0)?),
            None => None,
        };
        Ok(rows)
    }
}

/// Why there was no answer.
#[derive(Clone, Copy, Debug)]
enum NoAnswer {
    /// No answer within the limit.
    Answer(Duration),
    /// The connection was lost before COMMIT was sent.
    BeforeCommit,
    /// No answer to COMMIT within the limit.
    Commit,
}

impl std::fmt::Display for NoAnswer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Answer(limit) => write!(f, "no answer within {limit:?}"),
            Self::BeforeCommit => f.write_str("the connection was lost before COMMIT was sent"),
            Self::Commit => f.write_str("no answer to COMMIT"),
        }
    }
}

impl std::error::Error for NoAnswer {}

/// An answer within the timeout. Not for COMMIT: without an answer nothing counts as kept.
pub(super) async fn within<T, E: Into<DbError>>(
    limit: Duration,
    answer: impl Future<Output = Result<T, E>>,
) -> Result<T, DbError> {
    match tokio::time::timeout(limit, answer).await {
        Ok(answer) => answer.map_err(Into::into),
        Err(_) => Err(DbError::outage(NoAnswer::Answer(limit))),
    }
}

/// The time of the statement itself, not of the transaction's start.
pub(super) fn postgres_clock(rehearsal: bool) -> &'static str {
    if rehearsal {
        "SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000000 AS BIGINT)
              + COALESCE((SELECT shift FROM rehearsal WHERE id = 1), 0)"
    } else {
        "SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000000 AS BIGINT)"
    }
}
