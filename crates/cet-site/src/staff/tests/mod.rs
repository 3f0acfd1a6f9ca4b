//! This module's behaviour over HTTP, on both databases.

mod accounts;
mod content;
mod exports;
mod lists;
mod login;
mod marks;
mod matrix;
mod rebind;
mod registrations;
pub(crate) mod world;
