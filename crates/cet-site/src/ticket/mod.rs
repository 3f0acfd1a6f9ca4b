//! The pages of admission tickets.

pub mod pages;
pub mod views;

pub(crate) use cet_domain::ticket::*;
