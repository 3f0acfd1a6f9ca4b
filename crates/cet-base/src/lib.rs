//! The foundation of all other crates of `cet`, which depends on none of them: newtypes for text from outside, the
//! texts that people read, keys, files, the configuration, and the database layer.

pub mod background;
pub mod config;
pub mod form_mark;
pub mod meter;
pub mod private_file;
pub mod refusal;
pub mod sealed;
pub mod store;
pub mod texts;
pub mod vault;
pub mod words;
