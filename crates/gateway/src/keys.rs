//! Keys of the protocols. None of them can be printed; secrets are wiped where the underlying library allows it.

mod certificate;
mod generate;
mod mac;
mod md5_rsa;
mod pem;
mod rsa2;
mod seal;

pub(crate) use certificate::self_signed;
pub use certificate::{is_certificate, of_certificate};
pub use generate::{DemoKeys, WeChatKeys, generate, generate_wechat};
pub use mac::MacKey;
pub use md5_rsa::{Md5RsaPrivateKey, Md5RsaPublicKey};
pub use rsa2::{Rsa2PrivateKey, Rsa2PublicKey};
pub use seal::SealKey;

use std::fmt;

use rsa::pkcs8::der::pem as armour;

/// Why a key was not taken; never holds any part of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyError {
    /// Neither PEM nor plain base64.
    NotPem,
    /// Not one whole block of PEM (RFC 7468), and nothing behind it.
    Armour(armour::Error),
    /// Not an RSA key of the expected kind and length.
    NotRsa,
    /// An empty MAC key.
    Empty,
    /// Not the 32 letters and digits of a key that seals.
    NotSeal,
    /// The random source failed.
    Random,
}

impl fmt::Display for KeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotPem => f.write_str("expected a PEM file or its base64 text"),
            Self::Armour(error) => write!(f, "expected one block of PEM: {error}"),
            Self::NotRsa => {
                f.write_str("expected an RSA key (PKCS#8 or PKCS#1 private, SPKI or PKCS#1 public)")
            }
            Self::Empty => f.write_str("expected a non-empty key"),
            Self::NotSeal => f.write_str("expected 32 letters and digits"),
            Self::Random => f.write_str("the random source failed"),
        }
    }
}

impl std::error::Error for KeyError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Armour(error) => Some(error),
            Self::NotPem | Self::NotRsa | Self::Empty | Self::NotSeal | Self::Random => None,
        }
    }
}

impl From<armour::Error> for KeyError {
    fn from(error: armour::Error) -> Self {
        Self::Armour(error)
    }
}
