//! What only a rehearsal has: the mailbox page, the shifted clock, the behaviour of the sandbox gateways.

pub mod views;
