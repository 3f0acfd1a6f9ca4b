//! What all pages share: HTTP server, middleware, page frame, assets.

pub mod answer;
pub mod assets;
pub mod browser;
pub mod connections;
pub(crate) mod cookies;
pub mod dated;
pub mod error_views;
pub(crate) mod even_time;
pub mod flash;
pub mod form_data;
pub mod form_marks;
pub mod guard;
pub mod known;
pub mod markdown;
pub mod no_sitting;
pub mod page;
pub mod requests;
pub mod route;
pub mod server;
mod unread_body;
pub mod upload;
pub mod visitor;

#[cfg(test)]
mod views_tests;
