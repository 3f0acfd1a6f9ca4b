//! Staff (S1): accounts with two factors, roles, and the scope that each is restricted to.
//!
//! Statements for staff carry the scope: see [`scoped!`](cet_base::scoped).
//!
//! **Invariant:** an account's session is valid only while the account is not disabled and its password is older than
//! the session (I14).
//! **Invariant:** no statement reads rows of schools for staff without a scope (TH22).

pub mod accounts;
pub mod bulk;
#[cfg(any(test, feature = "rehearsal"))]
pub mod demo;
pub mod ending;
pub mod exports;
pub mod jobs;
pub mod language;
mod lapsed_refunds;
mod mails;
pub mod rebind;
pub mod refusal;
pub mod reset;
pub mod rules;
mod second_factor;
pub mod store;
pub mod totp;
pub mod verbs;
pub mod verify;

pub use store::session;

pub use rules::{Permission, Role, Scope};
