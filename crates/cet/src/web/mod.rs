//! What all pages share: words, frame, assets.

pub mod assets;
pub mod error_views;
pub mod page;
pub mod texts;

#[cfg(test)]
mod views_tests;
