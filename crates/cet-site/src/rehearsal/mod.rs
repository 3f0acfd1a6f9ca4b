//! What only a rehearsal has: the mailbox page, the shifted clock, and how the sandbox gateways behave.
//!
//! Without `rehearsal = true` none of its addresses is there (TH65).

pub mod gateways;
pub mod pages;

pub mod views;

pub use cet_domain::rehearsal as store;
pub use pages::routes;
