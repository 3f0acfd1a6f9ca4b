//! Registration for a national examination.

pub mod passport;
pub mod web;
