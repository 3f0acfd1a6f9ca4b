//! The public site: what anybody may read before registering.

pub mod views;
