//! What can go wrong below a use case.

use std::fmt;

/// A failure of the database or of this layer: ours, never the person's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DbError {
    /// A unique key was broken. Use cases must not decide on it: they use `ON CONFLICT DO NOTHING` and the row count.
    Unique,
    /// A serialisation failure or deadlock that outlasted all repetitions.
    Retry,
    /// More work waits than the limit allows: the person is asked to come back (`too-busy`).
    Busy,
    /// The database or its thread is gone; it is not known whether the last work was kept.
    Closed,
    /// The disk is full: nothing of the work was kept.
    Full,
    /// A stored value is not what the program expects there.
    Decode(&'static str),
    /// Anything else, in the database's words (which never hold a person's data).
    Other(String),
}

impl fmt::Display for DbError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unique => f.write_str("a unique key was broken"),
            Self::Retry => f.write_str("the transaction kept colliding with others"),
            Self::Busy => f.write_str("more work waits than the limit allows"),
            Self::Closed => f.write_str("the database is gone"),
            Self::Full => f.write_str("the disk is full"),
            Self::Decode(what) => write!(f, "a stored value is not a {what}"),
            Self::Other(text) => f.write_str(text),
        }
    }
}

impl std::error::Error for DbError {}

impl From<rusqlite::Error> for DbError {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode as Code;
        match &error {
            rusqlite::Error::SqliteFailure(cause, text) => match cause.code {
                Code::ConstraintViolation if matches!(cause.extended_code, 2067 | 1555) => Self::Unique,
                Code::DatabaseBusy | Code::DatabaseLocked => Self::Busy,
                Code::DiskFull => Self::Full,
                _ => Self::Other(text.clone().unwrap_or_else(|| cause.to_string())),
            },
            _ => Self::Other(error.to_string()),
        }
    }
}

impl From<tokio_postgres::Error> for DbError {
    fn from(error: tokio_postgres::Error) -> Self {
        let Some(cause) = error.as_db_error() else {
            return if error.is_closed() { Self::Closed } else { Self::Other(error.to_string()) };
        };
        match cause.code().code() {
            "23505" => Self::Unique,
            "40001" | "40P01" => Self::Retry,
            "53100" => Self::Full,
            "57P01" | "57P02" | "57P03" => Self::Closed,
            // `detail` may quote a row; the message does not.
            code => Self::Other(format!("{code}: {}", cause.message())),
        }
    }
}

impl From<deadpool_postgres::PoolError> for DbError {
    fn from(error: deadpool_postgres::PoolError) -> Self {
        match error {
            deadpool_postgres::PoolError::Timeout(_) => Self::Busy,
            deadpool_postgres::PoolError::Backend(cause) => {
                if cause.as_db_error().is_some() {
                    cause.into()
                } else {
                    Self::Closed
                }
            }
            other => Self::Other(other.to_string()),
        }
    }
}

/// How a use case ends when it does not succeed: the person was refused, or we failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stop<R> {
    /// Expected, with a reason that is told to the person.
    Refused(R),
    /// Ours.
    Fault(DbError),
}

impl<R> Stop<R> {
    /// The same ending with the refusal in another room's words.
    pub fn map<S>(self, f: impl FnOnce(R) -> S) -> Stop<S> {
        match self {
            Self::Refused(refusal) => Stop::Refused(f(refusal)),
            Self::Fault(fault) => Stop::Fault(fault),
        }
    }
}

impl<R> From<DbError> for Stop<R> {
    fn from(fault: DbError) -> Self {
        Self::Fault(fault)
    }
}

/// Why a database could not be opened or brought to this version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OpenError {
    /// The address is neither `sqlite:PATH` nor `postgres://…`.
    Address,
    /// The server runs with a setting that could lose acknowledged work, or is too old.
    Unsafe(String),
    /// The database itself answered with an error.
    Database(DbError),
    /// A migration was changed after it ran, the database is newer than the program, or a statement failed.
    Migration(String),
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Address => f.write_str("expected sqlite:PATH or postgres://…"),
            Self::Unsafe(text) | Self::Migration(text) => f.write_str(text),
            Self::Database(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for OpenError {}

impl From<DbError> for OpenError {
    fn from(error: DbError) -> Self {
        Self::Database(error)
    }
}
