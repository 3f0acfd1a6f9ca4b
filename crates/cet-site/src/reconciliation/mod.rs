//! The pages of reconciliation (Y5), for finance staff.

mod pages;
mod receive;
mod refusal_texts;
#[cfg(test)]
mod tests;
pub mod views;

pub(crate) use pages::routes;
