//! Features of a rehearsal: the mailbox page, the shifted clock, and the behaviour of the sandbox gateways.
//!
//! Without `rehearsal = true` none of these routes exist (TH65).

pub mod gateways;
pub mod pages;

pub mod views;

pub use cet_domain::rehearsal as store;
pub use pages::routes;
