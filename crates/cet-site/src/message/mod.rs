//! The page of messages.

pub mod pages;
pub mod views;
