//! Setting up a sitting: its file and texts, the campuses, and the consistency checks before it is published.

pub mod campuses;
pub mod export;
pub mod file;
pub mod files;
pub mod import;
mod store;
