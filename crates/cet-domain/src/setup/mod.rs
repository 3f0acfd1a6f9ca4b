//! Setting a sitting up: its file and its texts, the campuses, and what must fit together before it is published.

pub mod campuses;
pub mod file;
pub mod files;
pub mod import;
pub mod rules;
