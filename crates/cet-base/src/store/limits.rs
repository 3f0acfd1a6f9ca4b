//! How long this layer waits for its database: without an end nowhere.

use std::time::Duration;

/// The longest waits. Each is set where it is cheapest to keep: by the server for its session, or here around the call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// A statement waits so long for somebody else's lock (`lock_timeout`); then `Busy`.
    pub lock: Duration,
    /// A statement runs so long (`statement_timeout`); then `Busy`.
    pub statement: Duration,
    /// A transaction stands so long between two statements (`idle_in_transaction_session_timeout`): a node that
    /// stalled must not hold its locks.
    pub idle: Duration,
    /// A long read ([`super::Db::read_long`]) may run so long; a migration without an end.
    pub long: Duration,
    /// Making a connection, with all that is said before the first statement.
    pub connect: Duration,
    /// Waiting for a free connection, or for a turn among those who want the same rows; then `Busy`.
    pub wait: Duration,
    /// How much longer than the server allows itself this side waits for the answer; then the database is taken for gone.
    pub grace: Duration,
    /// Waiting for the answer to COMMIT, which may wait for a standby; then the outcome is unknown.
    pub commit: Duration,
    /// SQLite's writer has so long to begin a use case and to end it: then `Busy` where it has not begun, else unknown.
    pub writer: Duration,
    /// A look at the database for `/readyz` and `/metrics`, whatever else waits.
    pub probe: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            lock: Duration::from_secs(3),
            statement: Duration::from_secs(10),
            idle: Duration::from_secs(10),
            long: Duration::from_mins(10),
            connect: Duration::from_secs(3),
            wait: Duration::from_secs(3),
            grace: Duration::from_secs(2),
            commit: Duration::from_secs(10),
            writer: Duration::from_secs(30),
            probe: Duration::from_secs(2),
        }
    }
}
