//! Capacity and taken seats of one subject at one campus.
//!
//! The row is the truth, and the only one: nothing outside the database counts seats. `taken` is the number of live
//! entries of the pool at every commit (R15). Whoever makes or ends an entry changes it in the same transaction, last
//! of all and pools in the order of [`PoolKey`] (`docs/locking.md`).

pub mod rules;
pub mod scoped;
pub mod store;

use crate::words::codes::{CampusCode, SchoolCode, SittingCode, SubjectCode};

/// Which pool. The order of keys is the order in which pools are locked.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PoolKey {
    /// The campus whose seats they are.
    pub campus: CampusCode,
    /// The sitting.
    pub sitting: SittingCode,
    /// The subject.
    pub subject: SubjectCode,
}

impl PoolKey {
    /// The school the pool is stored with.
    #[must_use]
    pub fn school(&self) -> SchoolCode {
        self.campus.school()
    }
}

/// How full a pool is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seats {
    /// Seats in all.
    pub capacity: i64,
    /// Seats that live entries hold.
    pub taken: i64,
}

impl Seats {
    /// The seats left.
    #[must_use]
    pub fn left(self) -> i64 {
        rules::seats_left(self.capacity, self.taken)
    }
}
