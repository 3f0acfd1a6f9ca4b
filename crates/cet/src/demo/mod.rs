//! The seed of `cet demo`: a folder with keys, a configuration, a sitting and its people, created through the same
//! files and commands that an installation uses.

pub mod folder;
pub mod people;
pub mod season;
pub mod sitting;
mod students;

pub use folder::Folder;
