//! Registration for a national examination.

pub mod entry;
pub mod passport;
pub mod payment;
pub mod portal;
pub mod registration;
pub mod rehearsal;
pub mod web;
