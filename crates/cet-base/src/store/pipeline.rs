//! Statements that are sent to PostgreSQL together with the next one: a round trip costs more than most statements do.

use deadpool_postgres::ClientWrapper;
use futures_util::future;
use tokio_postgres::Statement;
use tokio_postgres::types::ToSql;

use super::{DbError, Value};

/// The most statements that are queued; more are sent at once.
pub(super) const MOST: usize = 16;

/// BEGIN and statements whose row counts have not been asked for yet.
#[derive(Default)]
pub(super) struct Waiting {
    begin: bool,
    statements: Vec<(Statement, Vec<Owned>)>,
}

/// An owned copy of a parameter.
#[derive(Debug)]
enum Owned {
    Null,
    Int(i64),
    Bool(bool),
    Text(String),
    Bytes(Vec<u8>),
}

impl Owned {
    fn of(value: Value<'_>) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Int(v) => Self::Int(v),
            Value::Bool(v) => Self::Bool(v),
            Value::Text(v) => Self::Text(v.to_owned()),
            Value::Bytes(v) => Self::Bytes(v.to_owned()),
        }
    }

    fn value(&self) -> Value<'_> {
        match self {
            Self::Null => Value::Null,
            Self::Int(v) => Value::Int(*v),
            Self::Bool(v) => Value::Bool(*v),
            Self::Text(v) => Value::Text(v),
            Self::Bytes(v) => Value::Bytes(v),
        }
    }
}

impl Waiting {
    /// A transaction that begins with its first statement.
    pub(super) fn to_begin() -> Self {
        Self { begin: true, statements: Vec::new() }
    }

    /// Whether BEGIN has not been sent.
    pub(super) fn is_to_begin(&self) -> bool {
        self.begin
    }

    pub(super) fn is_empty(&self) -> bool {
        !self.begin && self.statements.is_empty()
    }

    pub(super) fn count(&self) -> usize {
        self.statements.len()
    }

    pub(super) fn push<'v>(&mut self, statement: Statement, values: impl Iterator<Item = Value<'v>>) {
        self.statements.push((statement, values.map(Owned::of).collect()));
    }

    /// Sends all of it in order before whatever is polled after this; returns how many rows each statement changed.
    ///
    /// # Errors
    /// The first that failed; the transaction is then aborted.
    pub(super) async fn send(self, client: &ClientWrapper) -> Result<Vec<u64>, DbError> {
        let begin = async { if self.begin { client.batch_execute("BEGIN").await } else { Ok(()) } };
        let each = self.statements.iter().map(|(statement, values)| {
            // Sized and Sync, as the client requires.
            let values: Vec<Value<'_>> = values.iter().map(Owned::value).collect();
            async move { client.execute_raw(statement, values).await }
        });
        let (begun, done) = future::join(begin, future::join_all(each)).await;
        begun?;
        Ok(done.into_iter().collect::<Result<_, _>>()?)
    }
}

/// References in the form that the client takes.
pub(super) fn refs<'v>(values: &'v [Value<'v>]) -> Vec<&'v (dyn ToSql + Sync)> {
    values.iter().map(|value| value as &(dyn ToSql + Sync)).collect()
}
