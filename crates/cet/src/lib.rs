//! Registration for a national examination.

pub mod entry;
pub mod payment;
pub mod rehearsal;
pub mod web;
