//! The passport: account, log in, log out.

pub mod views;
