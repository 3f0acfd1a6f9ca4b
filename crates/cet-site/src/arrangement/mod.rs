//! The pages of arrangements: accommodations, units, and the lists that schools print.

pub mod pages;
mod refusal_texts;
mod views;
