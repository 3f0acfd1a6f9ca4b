//! The passport (通行证): register, log in, log out, the account page, and who asks.
//!
//! Other rooms take [`Candidate`] or [`MaybeCandidate`] as an argument of their handlers.

pub mod jobs;
pub mod mails;
pub mod password;
pub mod rate_limits;
pub mod refusal;
pub mod rules;
pub mod session;
pub mod store;
pub mod token;
pub mod turns;
pub mod verbs;
pub mod verify;

pub use session::{BoundTo, Session};
