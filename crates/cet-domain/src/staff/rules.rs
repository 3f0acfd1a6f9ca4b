//! What the accounts of staff must be: no database, no clock.

pub use crate::words::staff::{Permission, Role, Scope, may_grant};

/// The shortest password of staff in characters (security section 3).
pub const SHORTEST_PASSWORD: usize = 12;

/// Whether a password is long enough for staff; what candidates' rules ask for comes on top.
#[must_use]
pub fn long_enough(password: &str) -> bool {
    password.chars().count() >= SHORTEST_PASSWORD
}

/// Whether an account may have this name: 3 to 40 letters of ASCII, digits, dots, dashes and underscores.
#[must_use]
pub fn is_name(name: &str) -> bool {
    (3..=40).contains(&name.len())
        && name
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'.' | b'-' | b'_'))
}
