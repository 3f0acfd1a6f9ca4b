//! The pages of reports of wrong records, for candidates and for schools.

pub mod pages;
mod refusal_texts;
pub mod views;

#[cfg(test)]
#[path = "tests/pages.rs"]
pub(crate) mod tests;
