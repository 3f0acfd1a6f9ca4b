//! Limits of databases for tests.

use std::time::Duration;

use crate::store::Limits;

/// Limits longer than any test on a busy machine, where a lock is held until another node has connected and waits for it.
/// Tests of the limits themselves have limits of their own (`proxy::short`).
#[must_use]
pub fn patient() -> Limits {
    let long = Duration::from_mins(5);
    Limits {
        lock: long,
        statement: long,
        idle: long,
        long,
        connect: long,
        wait: long,
        grace: long,
        commit: long,
        writer: long,
        probe: long,
    }
}
