//! Errors of the layers below a use case.

use std::error::Error;
use std::fmt;
use std::sync::Arc;

use super::AddressError;

/// A failure of the database or of this layer: ours, never the user's. Every function that takes a `Tx` or a `Db` may
/// return it, when a query fails or its result is not what it should be; its documentation lists only further meanings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DbError {
    /// A unique constraint was violated. Use cases must not rely on it: they use `ON CONFLICT DO NOTHING` and the row
    /// count.
    Unique,
    /// A serialisation failure or deadlock that outlasted all retries.
    Retry,
    /// More work waits than the limits allow, or something waited longer than they allow. Nothing was kept; the user is
    /// asked to retry (`too-busy`).
    Busy,
    /// The database can't be reached, is starting or stopping, or the connection broke before COMMIT. Nothing was kept.
    Outage(Cause),
    /// COMMIT was sent but its answer never came: it is unknown whether the work was kept.
    Unknown(Cause),
    /// The use case panicked and was rolled back.
    Panicked,
    /// A task of this process ended before it returned its result.
    TaskLost(Cause),
    /// The disk is full: nothing was kept.
    Full,
    /// A stored value is not what the program expects there.
    Decode(&'static str),
    /// The database rejected a statement, in its own words (which never hold personal data).
    Engine(Cause),
    /// Any other internal error.
    Other(String),
}

impl DbError {
    /// Whether the database is known to be down for a while: the same work will succeed later, and nothing was kept.
    #[must_use]
    pub fn is_outage(&self) -> bool {
        matches!(self, Self::Outage(_))
    }

    pub(super) fn outage(cause: impl Error + Send + Sync + 'static) -> Self {
        Self::Outage(Cause::new(cause))
    }

    pub(super) fn unknown(cause: impl Error + Send + Sync + 'static) -> Self {
        Self::Unknown(Cause::new(cause))
    }
}

/// The source of a failure. Two are equal when their messages are.
#[derive(Clone, Debug)]
pub struct Cause(Arc<dyn Error + Send + Sync>);

impl Cause {
    /// Wraps an error.
    pub fn new(error: impl Error + Send + Sync + 'static) -> Self {
        Self(Arc::new(error))
    }

    pub(super) fn inner(&self) -> &(dyn Error + 'static) {
        &*self.0
    }
}

impl PartialEq for Cause {
    fn eq(&self, other: &Self) -> bool {
        self.0.to_string() == other.0.to_string()
    }
}

impl Eq for Cause {}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)?;
        match self.0.source() {
            Some(below) => write!(f, ": {below}"),
            None => Ok(()),
        }
    }
}

impl fmt::Display for DbError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unique => f.write_str("a unique key was broken"),
            Self::Retry => f.write_str("the transaction kept colliding with others"),
            Self::Busy => f.write_str("more work waits than the limit allows"),
            Self::Outage(cause) => write!(f, "the database can't be reached: {cause}"),
            Self::Unknown(cause) => write!(f, "it is unknown whether the work was kept: {cause}"),
            Self::Panicked => f.write_str("the use case panicked"),
            Self::TaskLost(cause) => write!(f, "a task ended before its result: {cause}"),
            Self::Full => f.write_str("the disk is full"),
            Self::Decode(what) => write!(f, "a stored value is not a {what}"),
            Self::Engine(cause) => cause.fmt(f),
            Self::Other(text) => f.write_str(text),
        }
    }
}

impl Error for DbError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Outage(cause) | Self::Unknown(cause) | Self::TaskLost(cause) | Self::Engine(cause) => {
                Some(&*cause.0)
            }
            Self::Unique
            | Self::Retry
            | Self::Busy
            | Self::Panicked
            | Self::Full
            | Self::Decode(_)
            | Self::Other(_) => None,
        }
    }
}

impl From<tokio::task::JoinError> for DbError {
    fn from(error: tokio::task::JoinError) -> Self {
        if error.is_panic() { Self::Panicked } else { Self::TaskLost(Cause::new(error)) }
    }
}

impl From<rusqlite::Error> for DbError {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode as Code;
        match &error {
            rusqlite::Error::SqliteFailure(cause, _) => match cause.code {
                Code::ConstraintViolation if matches!(cause.extended_code, 2067 | 1555) => Self::Unique,
                Code::DatabaseBusy | Code::DatabaseLocked => Self::Busy,
                Code::DiskFull => Self::Full,
                // Somebody took the file or its folder from this user, or its disk is read-only now.
                Code::ReadOnly | Code::CannotOpen => Self::Outage(Cause::new(error)),
                _ => Self::Engine(Cause::new(error)),
            },
            _ => Self::Engine(Cause::new(error)),
        }
    }
}

/// An error that PostgreSQL reported. Its `detail` is left out: that may quote a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ServerError {
    code: String,
    message: String,
}

impl fmt::Display for ServerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.message)
    }
}

impl Error for ServerError {}

impl From<&tokio_postgres::error::DbError> for ServerError {
    fn from(error: &tokio_postgres::error::DbError) -> Self {
        Self { code: error.code().code().to_owned(), message: error.message().to_owned() }
    }
}

/// For a statement whose transaction is rolled back after an error: everything except COMMIT.
impl From<tokio_postgres::Error> for DbError {
    fn from(error: tokio_postgres::Error) -> Self {
        let Some(cause) = error.as_db_error() else {
            return if is_transport(&error) { Self::outage(error) } else { Self::Engine(Cause::new(error)) };
        };
        let said = ServerError::from(cause);
        match said.code.as_str() {
            "23505" => Self::Unique,
            "40001" | "40P01" => Self::Retry,
            "53100" => Self::Full,
            // A lock, a statement or an idle transaction timed out (`Limits`), or there are too many connections.
            "55P03" | "57014" | "25P03" | "53300" => Self::Busy,
            // Shutting down, crashed, starting, no longer the primary; and the class of connection failures.
            "57P01" | "57P02" | "57P03" | "57P05" | "25006" => Self::outage(said),
            code if code.starts_with("08") => Self::outage(said),
            _ => Self::Engine(Cause::new(said)),
        }
    }
}

/// The outcome of a COMMIT that PostgreSQL did not confirm.
pub(super) fn after_commit(error: tokio_postgres::Error) -> DbError {
    use tokio_postgres::error::Severity;
    let Some(cause) = error.as_db_error() else { return DbError::unknown(error) };
    let ended = matches!(cause.parsed_severity(), Some(Severity::Fatal | Severity::Panic) | None);
    // An ERROR rolls back. A session that was terminated may have committed before it could answer, except where the
    // idle timeout ended it before it saw the COMMIT.
    if ended && cause.code().code() != "25P03" {
        DbError::unknown(ServerError::from(cause))
    } else {
        error.into()
    }
}

/// Whether the connection failed, rather than a statement on it.
fn is_transport(error: &tokio_postgres::Error) -> bool {
    let io = error.source().and_then(|cause| cause.downcast_ref::<std::io::Error>());
    error.is_closed()
        || io.is_some_and(|io| {
            !matches!(io.kind(), std::io::ErrorKind::InvalidInput | std::io::ErrorKind::InvalidData)
        })
}

impl From<deadpool_postgres::PoolError> for DbError {
    fn from(error: deadpool_postgres::PoolError) -> Self {
        use deadpool_postgres::{PoolError, TimeoutType};
        match error {
            // All connections are in use.
            PoolError::Timeout(TimeoutType::Wait) => Self::Busy,
            PoolError::Timeout(TimeoutType::Create | TimeoutType::Recycle) | PoolError::Closed => {
                Self::outage(error)
            }
            // No connection, and no error from PostgreSQL: no TLS there, or a certificate that is rejected.
            PoolError::Backend(cause) if cause.as_db_error().is_none() => Self::outage(cause),
            PoolError::Backend(cause) => cause.into(),
            PoolError::NoRuntimeSpecified | PoolError::PostCreateHook(_) => Self::Engine(Cause::new(error)),
        }
    }
}

/// Why a use case did not succeed: the user was refused, or we failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stop<R> {
    /// Expected, with a reason that is shown to the user.
    Refused(R),
    /// An internal failure.
    Fault(DbError),
}

impl<R> Stop<R> {
    /// Converts the refusal into that of another module.
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
    /// The PostgreSQL address holds something that can't be used.
    Postgres(AddressError),
    /// The server's settings could lose acknowledged work, or it is too old.
    Unsafe(String),
    /// The database takes no writes; what to do.
    ReadOnly(String),
    /// The database returned an error.
    Database(DbError),
    /// A migration was changed after it ran, the database is newer than the program, or a statement failed.
    Migration(String),
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Address => f.write_str("expected sqlite:PATH or postgres://…"),
            Self::Postgres(error) => error.fmt(f),
            Self::Unsafe(text) | Self::ReadOnly(text) | Self::Migration(text) => f.write_str(text),
            Self::Database(error) => error.fmt(f),
        }
    }
}

impl Error for OpenError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Postgres(error) => Some(error),
            Self::Database(error) => Some(error),
            Self::Address | Self::Unsafe(_) | Self::ReadOnly(_) | Self::Migration(_) => None,
        }
    }
}

impl From<DbError> for OpenError {
    fn from(error: DbError) -> Self {
        Self::Database(error)
    }
}

impl From<AddressError> for OpenError {
    fn from(error: AddressError) -> Self {
        Self::Postgres(error)
    }
}
