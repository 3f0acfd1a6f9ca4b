//! The pages of registrations: agreement, look-up, record.

pub mod pages;
pub mod views;
