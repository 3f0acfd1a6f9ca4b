//! Timeouts of this layer: it never waits forever.

use std::time::Duration;

/// The timeouts. Each is set where it is cheapest to enforce: by the server for its session, or here around the call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// How long a statement waits for a lock (`lock_timeout`); then `Busy`.
    pub lock: Duration,
    /// How long a statement runs (`statement_timeout`); then `Busy`.
    pub statement: Duration,
    /// How long a transaction idles between two statements (`idle_in_transaction_session_timeout`): a stalled node must
    /// not hold its locks.
    pub idle: Duration,
    /// How long a long read ([`super::Db::read_long`]) may run; a migration has no limit.
    pub long: Duration,
    /// Opening a connection, up to the first statement.
    pub connect: Duration,
    /// Waiting for a free connection, or for a turn on contended rows; then `Busy`.
    pub wait: Duration,
    /// How much longer than the server's own timeout the client waits for an answer; then the database counts as down.
    pub grace: Duration,
    /// Waiting for the answer to COMMIT, which may wait for a standby; then the outcome is unknown.
    pub commit: Duration,
    /// How long SQLite's writer may take to begin and to end a use case: then `Busy` if it has not begun, else unknown.
    pub writer: Duration,
    /// A query for `/readyz` and `/metrics`, whatever else waits.
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
