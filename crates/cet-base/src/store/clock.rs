//! Where time comes from: the database's clock on PostgreSQL, the process's on SQLite, a test's own in tests.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use crate::words::time::Time;

/// The source of `tx.now()`.
#[derive(Clone, Debug)]
pub enum Clock {
    /// The real time.
    Real {
        /// Whether the clock offset that a rehearsal keeps in the database is added.
        rehearsal: bool,
    },
    /// A time that only its owner sets, for tests.
    Fixed(Arc<AtomicI64>),
}

impl Clock {
    /// A clock that shows `at` until it is set.
    #[must_use]
    pub fn fixed(at: Time) -> Self {
        Self::Fixed(Arc::new(AtomicI64::new(at.micros())))
    }

    /// Sets a fixed clock; does nothing to a real one.
    pub fn set(&self, at: Time) {
        if let Self::Fixed(micros) = self {
            micros.store(at.micros(), Ordering::SeqCst);
        }
    }

    /// The process's time without a rehearsal's offset: for ids, logs and SQLite.
    #[must_use]
    pub fn process_now(&self) -> Time {
        match self {
            Self::Real { .. } => system_now(),
            Self::Fixed(micros) => Time::from_micros(micros.load(Ordering::SeqCst)),
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "the one place where the process's clock is read")]
fn system_now() -> Time {
    jiff::Timestamp::now().into()
}
