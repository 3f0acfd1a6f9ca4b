//! What all pages share: words, frame, assets.

pub mod answer;
pub mod assets;
pub(crate) mod cookies;
pub mod error_views;
pub mod flash;
pub mod form_data;
pub mod guard;
pub mod markdown;
pub mod meant;
pub mod page;
pub mod requests;
pub mod server;
mod unread;
pub mod visitor;

#[cfg(test)]
mod views_tests;
