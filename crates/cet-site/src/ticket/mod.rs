//! The pages of admission tickets.

pub mod pages;
pub mod views;
