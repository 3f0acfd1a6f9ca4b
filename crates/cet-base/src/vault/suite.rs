//! The algorithms by which an installation seals and hashes (TH61): a set of them is one type, so that another set, such as
//! that of SM4 and SM3, takes the place of the standard one by a line of the key file and by no change elsewhere.

use ring::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use ring::{hkdf, hmac};
use zeroize::Zeroizing;

/// Length of a secret in bytes. A set with shorter keys takes the first bytes of a derived one.
pub const KEY: usize = 32;
/// Length of a nonce in bytes.
pub const NONCE: usize = 12;
/// Length of a keyed hash in bytes.
pub const HASH: usize = 32;

/// A key.
pub type Secret = Zeroizing<[u8; KEY]>;

/// A set of algorithms.
pub trait Suite: Send + Sync {
    /// Its name in the key file; never to be changed.
    fn name(&self) -> &'static str;

    /// A key for one use, of the secret of a line; `None` when the library refuses.
    fn derive(&self, secret: &Secret, salt: &[u8], label: &[u8]) -> Option<Secret>;

    /// Encrypts what `body` holds and appends the tag, which also covers `bound`; `None` when the library refuses.
    fn seal(&self, key: &Secret, nonce: [u8; NONCE], bound: &[u8], body: &mut Vec<u8>) -> Option<()>;

    /// Decrypts what [`Suite::seal`] made of the same key, nonce and `bound`; `None` when it is another's or was changed.
    fn open(&self, key: &Secret, nonce: [u8; NONCE], bound: &[u8], body: &mut Vec<u8>) -> Option<()>;

    /// A hash of the parts, one after the other, that nobody makes without the key.
    fn keyed_hash(&self, key: &Secret, parts: &[&[u8]]) -> [u8; HASH];
}

/// AES-256-GCM, HKDF-SHA-256 and HMAC-SHA-256.
#[derive(Clone, Copy, Debug)]
pub struct Standard;

/// The sets that a key file may name; the first is that of lines without a name.
pub const KNOWN: &[&dyn Suite] = &[&Standard];

/// The length of a derived key.
struct Length;

impl hkdf::KeyType for Length {
    fn len(&self) -> usize {
        KEY
    }
}

fn aes(key: &Secret) -> Option<LessSafeKey> {
    Some(LessSafeKey::new(UnboundKey::new(&AES_256_GCM, key.as_slice()).ok()?))
}

impl Suite for Standard {
    fn name(&self) -> &'static str {
        "aes"
    }

    fn derive(&self, secret: &Secret, salt: &[u8], label: &[u8]) -> Option<Secret> {
        let root = hkdf::Salt::new(hkdf::HKDF_SHA256, salt).extract(secret.as_slice());
        let mut key = Secret::default();
        root.expand(&[label], Length).ok()?.fill(key.as_mut_slice()).ok()?;
        Some(key)
    }

    fn seal(&self, key: &Secret, nonce: [u8; NONCE], bound: &[u8], body: &mut Vec<u8>) -> Option<()> {
        let nonce = Nonce::assume_unique_for_key(nonce);
        aes(key)?.seal_in_place_append_tag(nonce, Aad::from(bound), body).ok()
    }

    fn open(&self, key: &Secret, nonce: [u8; NONCE], bound: &[u8], body: &mut Vec<u8>) -> Option<()> {
        let nonce = Nonce::assume_unique_for_key(nonce);
        let length = aes(key)?.open_in_place(nonce, Aad::from(bound), body).ok()?.len();
        body.truncate(length);
        Some(())
    }

    fn keyed_hash(&self, key: &Secret, parts: &[&[u8]]) -> [u8; HASH] {
        let mut context = hmac::Context::with_key(&hmac::Key::new(hmac::HMAC_SHA256, key.as_slice()));
        for part in parts {
            context.update(part);
        }
        context.sign().as_ref().first_chunk().copied().unwrap_or_default()
    }
}
