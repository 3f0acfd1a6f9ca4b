//! How many use cases wait for the database, and for how long.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use super::connect::Lane;
use crate::meter::Histogram;

/// What one open database records.
#[derive(Debug, Default)]
pub(super) struct Waiting {
    /// SQLite: the time until the writer began a use case. PostgreSQL: the time spent waiting for a turn.
    pub(super) queue: Histogram,
    /// PostgreSQL: how many wait for a turn now.
    in_queue: AtomicUsize,
    pools: [Histogram; Lane::ALL.len()],
}

impl Waiting {
    /// Counts a use case as waiting for a turn until the guard is dropped.
    pub(super) fn in_queue(&self) -> InQueue<'_> {
        self.in_queue.fetch_add(1, Ordering::Relaxed);
        InQueue { waiting: self, since: Instant::now() }
    }

    pub(super) fn queue_length(&self) -> usize {
        self.in_queue.load(Ordering::Relaxed)
    }

    /// The histogram of waits for a connection of this lane.
    pub(super) fn pool(&self, lane: Lane) -> Histogram {
        let [write, read, long, probe] = &self.pools;
        match lane {
            Lane::Write => write,
            Lane::Read => read,
            Lane::Long => long,
            Lane::Probe => probe,
        }
        .clone()
    }
}

/// A use case that waits for a turn.
pub(super) struct InQueue<'a> {
    waiting: &'a Waiting,
    since: Instant,
}

impl Drop for InQueue<'_> {
    fn drop(&mut self) {
        self.waiting.in_queue.fetch_sub(1, Ordering::Relaxed);
        self.waiting.queue.observe(self.since.elapsed());
    }
}

/// How loaded the database layer of this node is.
#[derive(Clone, Debug)]
pub struct Load {
    /// How long writing use cases waited before they began: on SQLite for the writer; on PostgreSQL, if they had to,
    /// for a turn on the rows of one school.
    pub queue: Histogram,
    /// How many wait now.
    pub queue_length: usize,
    /// The pools of connections to PostgreSQL; empty on SQLite.
    pub pools: Vec<PoolLoad>,
}

/// One pool of connections.
#[derive(Clone, Debug)]
pub struct PoolLoad {
    /// What its connections are for.
    pub name: &'static str,
    /// How long callers waited for a connection.
    pub wait: Histogram,
    /// How many wait for one now.
    pub waiting: usize,
    /// Connections in use.
    pub busy: usize,
    /// Idle connections.
    pub idle: usize,
    /// The maximum number of connections.
    pub most: usize,
}
