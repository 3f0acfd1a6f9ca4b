//! The passport (通行证): register, log in, log out, the account page, and who asks.
//!
//! Other rooms take [`Candidate`] or [`MaybeCandidate`] as an argument of their handlers.

pub mod candidate;
pub mod session;
pub mod views;

pub use candidate::{Candidate, MaybeCandidate};
pub use session::{BoundTo, Session};
