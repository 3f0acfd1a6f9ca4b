//! Logs once that PostgreSQL is down, and once that it is back.

use std::sync::atomic::{AtomicBool, Ordering};

use super::DbError;

/// Whether the last attempt to reach the database failed.
#[derive(Default)]
pub(super) struct Health {
    away: AtomicBool,
}

impl Health {
    /// Records that no connection could be opened.
    pub(super) fn note_failure<T>(&self, result: &Result<T, DbError>) {
        if let Err(error) = result
            && error.is_outage()
            && !self.away.swap(true, Ordering::Relaxed)
        {
            tracing::error!(%error, "the database is away: pages answer 503 until it is back");
        }
    }

    /// Records that the database answered.
    pub(super) fn note_success(&self) {
        if self.away.load(Ordering::Relaxed) && self.away.swap(false, Ordering::Relaxed) {
            tracing::warn!("the database is back");
        }
    }
}
