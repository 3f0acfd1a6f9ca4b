//! The pages of reviews, for candidates and for schools.

pub mod pages;
mod refusal_texts;
pub mod views;

#[cfg(test)]
#[path = "tests/race.rs"]
mod race_tests;
#[cfg(test)]
#[path = "tests/reason.rs"]
mod reason_tests;
#[cfg(test)]
#[path = "tests/pages.rs"]
pub(crate) mod tests;
#[cfg(test)]
#[path = "tests/verify.rs"]
mod verify_tests;
