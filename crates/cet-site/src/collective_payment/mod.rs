//! The pages of collective payments.

pub mod pages;
pub mod views;
mod refusal_texts;

pub(crate) use cet_domain::collective_payment::*;

#[cfg(test)]
#[path = "tests/pages.rs"]
mod tests;
