//! Why a key file or a sealed value can't be used.

use std::fmt;

use super::suite::KNOWN;

/// Why a key file or a sealed value can't be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum VaultError {
    /// A line of the key file is not `seal NUMBER HEX` or `lookup HEX`; lines count from 1.
    Line(usize),
    /// A line of the key file names algorithms that this program does not have.
    Suite(usize),
    /// A line of the key file repeats a key of an earlier line.
    Doubled(usize),
    /// The key file holds no `seal` or no `lookup` key.
    Missing(&'static str),
    /// The value was sealed with a key that is not in the file, or was tampered with.
    Sealed,
    /// The system returned no random bytes.
    Chance,
}

impl fmt::Display for VaultError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Line(line) => {
                write!(f, "line {line}: expected `seal NUMBER 64-HEX-DIGITS` or `lookup 64-HEX-DIGITS`")
            }
            Self::Suite(line) => {
                let known: Vec<_> = KNOWN.iter().map(|suite| suite.name()).collect();
                write!(
                    f,
                    "line {line}: expected no name of algorithms after the key, or one of: {}",
                    known.join(", ")
                )
            }
            Self::Doubled(line) => {
                write!(f, "line {line}: expected each `seal NUMBER` and `lookup` once")
            }
            Self::Missing(what) => write!(f, "expected a `{what}` key"),
            Self::Sealed => f.write_str("a sealed value does not open with the keys of this installation"),
            Self::Chance => f.write_str("the system gave no random bytes"),
        }
    }
}

impl std::error::Error for VaultError {}
