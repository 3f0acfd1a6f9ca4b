//! The room's behaviour over HTTP, on both databases.

mod login;
pub(crate) mod world;
