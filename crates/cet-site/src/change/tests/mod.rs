//! The authority's settings in the browser, without script.

mod bad_input;
mod flows;
mod news;
mod once;
mod oral;
mod past;
mod pool_files;
mod portal;
mod states;
mod texts;
