//! Payment: orders that pay for entries through one gateway each.

pub mod holding;
pub mod views;
