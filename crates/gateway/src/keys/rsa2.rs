use std::fmt;

use data_encoding::BASE64;
use ring::rand::SystemRandom;
use ring::signature::{RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, RsaKeyPair, UnparsedPublicKey};
use rsa::pkcs1::EncodeRsaPublicKey;

use super::{KeyError, pem};
use crate::refused::BuildError;

/// A private key for RSA2 (RSA with SHA-256, 2048 bits or more).
pub struct Rsa2PrivateKey(RsaKeyPair);

impl Rsa2PrivateKey {
    /// Parses PKCS#8 or PKCS#1, as PEM or plain base64.
    ///
    /// # Errors
    /// [`KeyError::NotPem`] or [`KeyError::NotRsa`].
    pub fn from_pem(text: &str) -> Result<Self, KeyError> {
        let der = pem::decode(text)?;
        let key = RsaKeyPair::from_pkcs8(&der).or_else(|_| RsaKeyPair::from_der(&der));
        key.map(Self).map_err(|_| KeyError::NotRsa)
    }

    /// The key that verifies what this one signs.
    #[must_use]
    pub fn public_key(&self) -> Rsa2PublicKey {
        Rsa2PublicKey(self.0.public().as_ref().to_vec())
    }

    /// Signs the text; base64.
    ///
    /// # Errors
    /// [`BuildError::Signing`].
    pub fn sign(&self, text: &[u8]) -> Result<String, BuildError> {
        let mut signature = vec![0; self.0.public().modulus_len()];
        // The signature is deterministic; ring uses the random source only to blind the computation.
        let signed = self.0.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), text, &mut signature);
        signed.map_err(|_| BuildError::Signing)?;
        Ok(BASE64.encode(&signature))
    }
}

impl fmt::Debug for Rsa2PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Rsa2PrivateKey(…)")
    }
}

/// A public key for RSA2.
#[derive(Clone)]
pub struct Rsa2PublicKey(Vec<u8>);

impl Rsa2PublicKey {
    /// Parses SPKI or PKCS#1, as PEM or plain base64.
    ///
    /// # Errors
    /// [`KeyError::NotPem`] or [`KeyError::NotRsa`], also for a key below 2048 bits.
    pub fn from_pem(text: &str) -> Result<Self, KeyError> {
        Self::from_der(&pem::decode(text)?)
    }

    pub(super) fn from_der(der: &[u8]) -> Result<Self, KeyError> {
        let key = super::md5_rsa::public_from_der(der)?;
        if rsa::traits::PublicKeyParts::size(&key) < 256 {
            return Err(KeyError::NotRsa);
        }
        let der = key.to_pkcs1_der().map_err(|_| KeyError::NotRsa)?;
        Ok(Self(der.as_bytes().to_vec()))
    }

    /// PKCS#1, DER.
    pub(super) fn der(&self) -> &[u8] {
        &self.0
    }

    /// Whether the base64 signature matches the text.
    #[must_use]
    pub fn verify(&self, text: &[u8], signature: &str) -> bool {
        let Ok(signature) = BASE64.decode(signature.as_bytes()) else { return false };
        UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, &self.0).verify(text, &signature).is_ok()
    }
}

impl fmt::Debug for Rsa2PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Rsa2PublicKey(…)")
    }
}
