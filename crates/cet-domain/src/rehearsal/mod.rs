//! The rehearsal's one row: the offset of the clock and the behaviour of the sandbox gateways.

pub mod store;

pub use store::{advance, begin, behaviour, set_behaviour, shift};
