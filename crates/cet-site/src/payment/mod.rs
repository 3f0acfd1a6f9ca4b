//! The pages of payment.

pub mod pages;
pub mod views;
