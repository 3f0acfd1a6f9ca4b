//! The authority's settings on the web (season.md sections 1 and 2): every form shows before → after before anything is
//! written, and every change can be read, approved, refused and undone.
//!
//! A setting page implements [`form::SettingForm`]: the keys that it shows, its fields, and how they are parsed.
//! Preview, confirmation, refusals and the mark of the values that were seen are the same for all of them.

pub(crate) mod form;
mod keys;
pub(crate) mod pages;
mod preview;
mod refusal_texts;
pub(crate) mod tree;
pub(crate) mod views;
pub(crate) mod words;

pub use pages::routes;

#[cfg(test)]
mod tests;
