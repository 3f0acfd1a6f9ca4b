//! The passport (通行证): register, log in, log out, the account page, and who asks.
//!
//! Other rooms take [`Candidate`] or [`MaybeCandidate`] as an argument of their handlers.

pub mod brakes;
pub mod candidate;
pub mod claim;
pub mod jobs;
pub mod mails;
pub mod marks;
pub mod notice;
mod pages;
pub mod password;
pub mod refusal;
pub mod rules;
pub mod session;
pub mod store;
pub mod token;
pub mod turns;
pub mod verbs;
pub mod verify;
pub mod views;

pub use candidate::{Candidate, MaybeCandidate};
pub use pages::routes;
pub use session::{BoundTo, Session};

#[cfg(test)]
#[path = "tests/account.rs"]
mod account_tests;
#[cfg(test)]
#[path = "tests/mail.rs"]
pub(crate) mod mail_tests;
#[cfg(test)]
#[path = "tests/manual.rs"]
mod manual_tests;
#[cfg(test)]
#[path = "tests/recover.rs"]
mod recover_tests;
#[cfg(test)]
#[path = "tests/retrieve.rs"]
mod retrieve_tests;
