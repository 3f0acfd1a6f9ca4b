//! The candidate's situation in words (R18): one lead and at most two notes, the same on every page.

pub mod lead;
mod notes;
mod wording;

pub use lead::{Lead, LeadAction, On};
pub use notes::notices;
pub use wording::{Wording, Written};

#[cfg(test)]
#[path = "tests/possible.rs"]
mod possible_tests;
#[cfg(test)]
#[path = "tests/table.rs"]
pub(crate) mod table_tests;
