//! Entries: one subject entered under a registration, at one campus; each holds one seat.

pub mod progress;
pub mod views;
