//! Capacity and taken seats of one subject at one campus.
//!
//! The row is the single source of truth: nothing outside the database counts seats. `taken` is the number of live
//! entries of the pool at every commit (R15). Whoever makes or ends an entry updates it in the same transaction, last
//! of all and pools in the order of [`PoolKey`] (`docs/locking.md`).

pub mod rules;
pub mod scoped;
pub mod store;

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
}

impl Seats {
    /// The seats left.
    #[must_use]
    pub fn left(self) -> i64 {
        rules::seats_left(self.capacity, self.taken)
    }
}
