//! The pages of payment.

pub mod pages;
pub mod views;

pub(crate) use cet_domain::payment::*;
