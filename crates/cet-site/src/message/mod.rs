//! The page of messages.

pub mod pages;
pub mod views;

pub(crate) use cet_domain::message::*;
