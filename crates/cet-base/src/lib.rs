//! What everything else of `cet` stands on, and what knows no room of it: the words that text from outside becomes, the
//! texts that people read, keys, files, the configuration, and the database layer.

pub mod background;
pub mod config;
pub mod form_mark;
pub mod meter;
pub mod private_file;
pub mod refusal;
pub mod store;
pub mod texts;
pub mod vault;
pub mod words;
