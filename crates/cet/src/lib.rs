//! Registration for a national examination.

pub mod web;
