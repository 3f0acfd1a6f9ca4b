//! Settings and their changes (season.md section 1): everything the authority lays down for a sitting, and whatever
//! staff, files and commands do to it.
//!
//! A change is a list of settings with their values before and after, who made it and why. Web forms, file imports,
//! copies of a sitting, approvals and undos all go through [`verbs::make`], [`verbs::approve`] and [`verbs::undo`].
//!
//! **Invariant:** each setting equals the value after of its last change (I24).

pub mod copy;
pub mod current;
pub mod effect;
pub mod found;
pub mod jobs;
pub mod key;
pub mod parse;
pub mod readiness;
pub mod refusal;
pub mod rules;
pub mod setting;
pub(crate) mod stood;
pub mod store;
pub mod touch;
pub mod verbs;
pub mod verify;
pub mod versions;

pub use refusal::ChangeRefusal;
pub use setting::{Key, Kind, Line, SettingValue, Wanted};
