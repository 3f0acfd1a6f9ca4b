//! This module's behaviour over HTTP, on both databases.

mod accounts;
mod visible_rows;
mod exports;
mod lists;
mod login;
mod form_marks;
mod access;
mod rebind;
mod registrations;
pub(crate) mod world;
