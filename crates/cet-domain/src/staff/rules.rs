//! Rules of staff accounts: no database, no clock.

pub use crate::words::staff::{Permission, Role, Scope, may_grant};

/// The shortest password of staff in characters (security section 3).
pub const SHORTEST_PASSWORD: usize = 12;

/// Whether a password is long enough for staff; in addition the rules of candidates apply.
#[must_use]
pub fn long_enough(password: &str) -> bool {
    password.chars().count() >= SHORTEST_PASSWORD
}

/// Whether a name is valid: 3 to 40 ASCII letters, digits, dots, dashes and underscores.
#[must_use]
pub(crate) fn is_name(name: &str) -> bool {
    // The address of a file of accounts.
    name != "file"
        && (3..=40).contains(&name.len())
        && name
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'.' | b'-' | b'_'))
}
