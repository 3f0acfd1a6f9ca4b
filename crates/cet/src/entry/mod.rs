//! One subject entered under a registration, at one campus; it holds one seat.

pub mod progress;
pub mod views;
