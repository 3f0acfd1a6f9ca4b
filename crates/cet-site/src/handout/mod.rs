//! The pages of the waiting list (R16).

pub mod pages;
pub mod views;
