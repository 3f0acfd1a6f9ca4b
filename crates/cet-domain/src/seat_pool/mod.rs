//! Capacity and taken seats of one subject at one campus.
//!
//! The row is the single source of truth: nothing outside the database counts seats. `taken` is the number of live
//! entries of the pool at every commit (R15). Whoever makes or ends an entry updates it in the same transaction, last
//! of all and pools in the order of [`PoolKey`] (`docs/locking.md`). So it is with `waiting`, the number of people in the
//! pool's line (R16): as many free seats are theirs alone.

pub mod rules;
pub mod store;

pub use store::{line, scoped};

use crate::words::codes::{CampusCode, SchoolCode, SittingCode, SubjectCode};

/// The key of a pool. The order of keys is the order in which pools are locked.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PoolKey {
    /// The campus of the seats.
    pub campus: CampusCode,
    /// The sitting.
    pub sitting: SittingCode,
    /// The subject.
    pub subject: SubjectCode,
}

impl PoolKey {
    /// The school under which the pool is stored.
    #[must_use]
    pub fn school(&self) -> SchoolCode {
        self.campus.school()
    }
}

/// The seats of a pool.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seats {
    /// Seats in all.
    pub capacity: i64,
    /// Seats held by live entries.
    pub taken: i64,
    /// People in the line: as many free seats are theirs (R16).
    pub waiting: i64,
}

impl Seats {
    /// The seats left for somebody who comes now.
    #[must_use]
    pub fn left(self) -> i64 {
        rules::seats_left(self.capacity, self.spoken_for())
    }

    /// The seats that nobody who comes now can have: taken ones, and free ones for which somebody waits (R16).
    #[must_use]
    pub fn spoken_for(self) -> i64 {
        self.taken.saturating_add(self.waiting.max(0)).min(self.capacity.max(self.taken))
    }
}
