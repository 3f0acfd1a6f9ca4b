//! What a person may know about the own data (A11): who of the staff looked at it or changed it, a copy of all of it, and its end.

pub mod access;
pub mod closing;
pub mod copy;
mod store;
pub mod touched;
pub mod withdrawing;
