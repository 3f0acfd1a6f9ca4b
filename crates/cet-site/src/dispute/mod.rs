//! The pages of disputes about who a student is (R24), for candidates and for staff.

pub mod pages;
mod refusal_texts;
pub mod views;

#[cfg(test)]
#[path = "tests/pages.rs"]
pub(crate) mod tests;
