//! The authority's settings in the browser, without script.

mod bad_input;
mod flows;
mod once;
mod past;
mod pool_files;
mod portal;
mod texts;
