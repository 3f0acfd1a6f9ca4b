//! The seed of `cet demo`: a folder with keys, a configuration, a sitting and its people, made by the same files and
//! commands that an installation uses (interface sections 4 and 7).

pub mod folder;
pub mod people;
pub mod sitting;
mod students;

pub use folder::Folder;
