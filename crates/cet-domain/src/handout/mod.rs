//! The waiting list of full pools (R16): candidates join and leave, and a job gives each seat that comes free to the first
//! in line, as a normal entry with a mail.
//!
//! Nobody who comes later can have such a seat: as many free seats as people wait are no seats for others, by the guard of
//! [`seat_pool::store::take`](crate::seat_pool::store::take). So whoever frees a seat need not know of lines (ADR 12).
//!
//! **Invariant (order):** a seat goes to the least number of its pool's line, except past places that a job had to set
//! aside. Kept by the lock of the registration, and by a check of the order after it is held.

pub mod jobs;
pub mod messages;
pub mod refusal;
pub mod verbs;
pub mod verify;

pub use refusal::StandbyRefusal;

#[cfg(test)]
#[path = "tests/verify.rs"]
mod verify_tests;
