//! The pages on which a person sees who looked at the own data, and takes a copy of it.

mod consents;
mod own_copy;
pub mod pages;
mod sheet;
pub mod views;
