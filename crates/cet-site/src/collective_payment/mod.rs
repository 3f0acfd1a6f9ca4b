//! The pages of collective payments.

pub mod pages;
mod refusal_texts;
pub mod views;

#[cfg(test)]
#[path = "tests/school.rs"]
mod school_tests;
#[cfg(test)]
#[path = "tests/pages.rs"]
mod tests;
