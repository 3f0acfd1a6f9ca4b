//! The pages of entries: choosing subjects, and the information page.

pub mod pages;
pub mod views;
