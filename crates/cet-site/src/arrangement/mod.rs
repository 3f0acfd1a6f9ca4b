//! The pages of arrangements: accommodations, units, and the lists that schools print.

pub mod pages;
mod views;
mod refusal_texts;

pub(crate) use cet_domain::arrangement::*;
