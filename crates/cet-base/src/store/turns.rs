//! Permits for contended rows: a use case that waits for a row lock holds a connection meanwhile, so that one stalled
//! transaction could take them all. At most a quarter of the writing connections may work on one school's registrations
//! and pools at once, and at most three quarters on those of all schools: logging in stays possible.
//!
//! Nobody waits for a turn inside a transaction. If none is free, the transaction is rolled back, the connection is
//! returned, and the use case is retried once its turn has come.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;

use super::DbError;
use crate::words::codes::SchoolCode;

/// The permits (turns) of one pool of connections.
pub(super) struct Turns {
    each: usize,
    all: Arc<Semaphore>,
    schools: Mutex<HashMap<SchoolCode, Arc<Semaphore>>>,
}

/// The turns that one use case holds, across its retries.
#[derive(Default)]
pub(super) struct Held {
    all: Option<OwnedSemaphorePermit>,
    schools: Vec<(SchoolCode, OwnedSemaphorePermit)>,
    missing: Option<SchoolCode>,
}

impl Turns {
    pub(super) fn of(connections: usize) -> Self {
        let quarter = connections.div_euclid(4).max(1);
        let all = connections.saturating_sub(quarter).max(1);
        Self { each: quarter, all: Arc::new(Semaphore::new(all)), schools: Mutex::default() }
    }

    fn school(&self, school: SchoolCode) -> Arc<Semaphore> {
        let mut schools = self.schools.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(schools.entry(school).or_insert_with(|| Arc::new(Semaphore::new(self.each))))
    }

    /// Takes a turn for a school's rows unless it holds one; if none is free, records which school's is missing.
    pub(super) fn take(&self, held: &mut Held, school: SchoolCode) -> Result<(), DbError> {
        if held.schools.iter().any(|(known, _)| *known == school) {
            return Ok(());
        }
        let all = match held.all.take() {
            Some(all) => Ok(all),
            None => Arc::clone(&self.all).try_acquire_owned(),
        };
        if let (Ok(all), Ok(turn)) = (all, self.school(school).try_acquire_owned()) {
            held.all = Some(all);
            held.schools.push((school, turn));
            Ok(())
        } else {
            held.missing = Some(school);
            Err(DbError::Busy)
        }
    }

    /// Waits for a turn, outside of any transaction and holding no other.
    pub(super) async fn wait(&self, school: SchoolCode, until: Instant) -> Result<Held, DbError> {
        if Instant::now() >= until {
            return Err(DbError::Busy);
        }
        // Always in this order: a use case with a school's turn then waits for the other one only behind running ones.
        let turns = async {
            let turn = self.school(school).acquire_owned().await.map_err(|_| DbError::Busy)?;
            let all = Arc::clone(&self.all).acquire_owned().await.map_err(|_| DbError::Busy)?;
            Ok(Held { all: Some(all), schools: vec![(school, turn)], missing: None })
        };
        tokio::time::timeout_at(until, turns).await.unwrap_or(Err(DbError::Busy))
    }
}

impl Held {
    /// The school whose turn was missing; the caller rolls the transaction back.
    pub(super) fn missing(&self) -> Option<SchoolCode> {
        self.missing
    }
}

/// The deadline of a use case that begins now.
pub(super) fn until(limit: Duration) -> Instant {
    let now = Instant::now();
    now.checked_add(limit).unwrap_or(now)
}
