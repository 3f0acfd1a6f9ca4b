//! PayEase's `v_sign`: RSA (1024 bits) over MD5. Weak by today's standards, but the protocol offers nothing else.

use std::fmt;

use data_encoding::{BASE64, HEXLOWER, HEXLOWER_PERMISSIVE};
use md5::{Digest, Md5};
use rsa::pkcs1::{DecodeRsaPrivateKey, DecodeRsaPublicKey};
use rsa::pkcs8::{DecodePrivateKey, DecodePublicKey};
use rsa::{Pkcs1v15Sign, PrivateKey, PublicKey};

use super::{KeyError, pem};
use crate::refused::BuildError;

/// `DigestInfo` of MD5 (RFC 8017, 9.2, note 1).
const MD5_INFO: [u8; 18] = [
    0x30, 0x20, 0x30, 0x0c, 0x06, 0x08, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x02, 0x05, 0x05, 0x00, 0x04,
    0x10,
];

fn scheme() -> Pkcs1v15Sign {
    Pkcs1v15Sign { hash_len: Some(16), prefix: Box::new(MD5_INFO) }
}

pub(super) fn public_from_der(der: &[u8]) -> Result<PublicKey, KeyError> {
    let key = PublicKey::from_public_key_der(der).ok().or_else(|| PublicKey::from_pkcs1_der(der).ok());
    key.ok_or(KeyError::NotRsa)
}

/// The key that PayEase (here: its sandbox) signs with; wiped when dropped.
pub struct Md5RsaPrivateKey(PrivateKey);

impl Md5RsaPrivateKey {
    /// Parses PKCS#8 or PKCS#1, as PEM or plain base64.
    ///
    /// # Errors
    /// [`KeyError::NotPem`] or [`KeyError::NotRsa`].
    pub fn from_pem(text: &str) -> Result<Self, KeyError> {
        let der = pem::decode(text)?;
        let key = PrivateKey::from_pkcs8_der(&der).ok().or_else(|| PrivateKey::from_pkcs1_der(&der).ok());
        key.map(Self).ok_or(KeyError::NotRsa)
    }

    /// The key that verifies what this one signs.
    #[must_use]
    pub fn public_key(&self) -> Md5RsaPublicKey {
        Md5RsaPublicKey(self.0.to_public_key())
    }

    /// Signs the concatenated parts; lower-case hex.
    ///
    /// # Errors
    /// [`BuildError::Signing`].
    pub fn sign(&self, parts: &[&[u8]]) -> Result<String, BuildError> {
        let signature = self.0.sign(scheme(), &digest(parts)).map_err(|_| BuildError::Signing)?;
        Ok(HEXLOWER.encode(&signature))
    }
}

impl fmt::Debug for Md5RsaPrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Md5RsaPrivateKey(…)")
    }
}

/// PayEase's public key.
#[derive(Clone)]
pub struct Md5RsaPublicKey(PublicKey);

impl Md5RsaPublicKey {
    /// Parses SPKI or PKCS#1, as PEM or plain base64.
    ///
    /// # Errors
    /// [`KeyError::NotPem`] or [`KeyError::NotRsa`], also for a key below 1024 bits.
    pub fn from_pem(text: &str) -> Result<Self, KeyError> {
        public_from_der(&pem::decode(text)?).map(Self)
    }

    /// Whether the signature (hex; base64 is accepted too, since integrations differ) matches the concatenated parts.
    #[must_use]
    pub fn verify(&self, parts: &[&[u8]], signature: &str) -> bool {
        let text = signature.as_bytes();
        let Ok(bytes) = HEXLOWER_PERMISSIVE.decode(text).or_else(|_| BASE64.decode(text)) else {
            return false;
        };
        self.0.verify(scheme(), &digest(parts), &bytes).is_ok()
    }
}

impl fmt::Debug for Md5RsaPublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Md5RsaPublicKey(…)")
    }
}

fn digest(parts: &[&[u8]]) -> [u8; 16] {
    let mut state = Md5::new();
    for part in parts {
        state.update(part);
    }
    state.finalize().into()
}
