//! Registration for a national examination.

pub mod passport;
pub mod portal;
pub mod registration;
pub mod web;
