//! Encryption (sealing) of document numbers, telephones and mails, and the keyed hash by which documents are looked up
//! (TH61).

use std::fmt;

use data_encoding::{HEXLOWER, HEXLOWER_PERMISSIVE};
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::rand::{SecureRandom, SystemRandom};
use ring::{digest, hkdf, hmac};
use zeroize::Zeroizing;

/// Length of a key in bytes.
const KEY: usize = 32;
/// Length of a lookup key in bytes: long enough that two documents never collide.
const LOOKUP: usize = 16;

/// The second byte of a value that is sealed for a purpose and a place; before, a random byte stood there.
const BOUND: u8 = 2;
/// Mixed into every derived key.
const DERIVED: &[u8] = b"cet vault 2";

/// What a value is sealed for: each use has a key of its own, derived from that of the file, so that nothing sealed for one
/// opens as another's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    /// Document numbers of students.
    Document,
    /// Document numbers in profiles.
    OwnDocument,
    /// Telephones.
    Telephone,
    /// Seeds of second factors.
    SecondFactor,
    /// Captchas, which are not stored.
    Captcha,
    /// Forms that are kept in a cookie.
    KeptForm,
    /// What has neither a purpose nor a place of its own yet.
    Other,
}

impl Use {
    const ALL: [Self; 7] = [
        Self::Document,
        Self::OwnDocument,
        Self::Telephone,
        Self::SecondFactor,
        Self::Captcha,
        Self::KeptForm,
        Self::Other,
    ];

    /// The label of its key; never to be changed.
    const fn label(self) -> &'static [u8] {
        match self {
            Self::Document => b"document",
            Self::OwnDocument => b"own-document",
            Self::Telephone => b"telephone",
            Self::SecondFactor => b"second-factor",
            Self::Captcha => b"captcha",
            Self::KeptForm => b"kept-form",
            Self::Other => b"other",
        }
    }
}

/// A `seal` line of the key file.
struct Seal {
    id: u8,
    /// Opens what was sealed before there were purposes, and seals nothing any more: else what somebody typed could be put in
    /// the place of a value that is bound.
    before: LessSafeKey,
    derived: Vec<(Use, LessSafeKey)>,
}

/// Which key of a line.
type KeyOf = fn(&Seal) -> Option<&LessSafeKey>;

impl Seal {
    fn new(id: u8, key: &[u8; KEY]) -> Option<Self> {
        let root = hkdf::Salt::new(hkdf::HKDF_SHA256, DERIVED).extract(key);
        let derived = Use::ALL.iter().map(|of| {
            let label = [of.label()];
            let key = root.expand(&label, &AES_256_GCM).ok()?;
            Some((*of, LessSafeKey::new(key.into())))
        });
        let derived = derived.collect::<Option<_>>()?;
        Some(Self { id, before: LessSafeKey::new(UnboundKey::new(&AES_256_GCM, key).ok()?), derived })
    }

    fn of(&self, purpose: Use) -> Option<&LessSafeKey> {
        self.derived.iter().find(|(of, _)| *of == purpose).map(|(_, key)| key)
    }
}

/// What a value is bound to: its key's number, its form, its purpose and its place.
fn bound_to(id: u8, purpose: Use, place: &[u8]) -> Aad<Vec<u8>> {
    Aad::from([[id, BOUND].as_slice(), purpose.label(), &[0], place].concat())
}

/// Encrypts and decrypts what must not be readable in a stolen database, and hashes what must be found in it.
pub struct Vault {
    /// The first one seals; all can open, so that a key can be replaced without downtime.
    seals: Vec<Seal>,
    lookup: hmac::Key,
    tokens: hmac::Key,
    chance: SystemRandom,
}

/// Why a key file or a sealed value can't be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum VaultError {
    /// A line of the key file is not `seal NUMBER HEX` or `lookup HEX`; lines count from 1.
    Line(usize),
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

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Vault")
    }
}

impl Vault {
    /// Reads a key file: lines `seal NUMBER HEX` (the first seals, all open) and one `lookup HEX`.
    ///
    /// # Errors
    /// [`VaultError`] names the line, or what is missing.
    pub fn parse(text: &str) -> Result<Self, VaultError> {
        let mut seals = Vec::new();
        let mut lookup = None;
        for (number, line) in (1..).zip(text.lines()) {
            let wrong = VaultError::Line(number);
            let words: Vec<&str> = line.split_whitespace().collect();
            match words.as_slice() {
                [] => {}
                [comment, ..] if comment.starts_with('#') => {}
                ["seal", id, key] => {
                    let id: u8 = id.parse().map_err(|_| wrong.clone())?;
                    let seal = hex(key).and_then(|key| Seal::new(id, &key)).ok_or(wrong)?;
                    if seals.iter().any(|known: &Seal| known.id == id) {
                        return Err(VaultError::Doubled(number));
                    }
                    seals.push(seal);
                }
                ["lookup", key] => {
                    if lookup.replace(hex(key).ok_or(wrong)?).is_some() {
                        return Err(VaultError::Doubled(number));
                    }
                }
                _ => return Err(wrong),
            }
        }
        let lookup = lookup.ok_or(VaultError::Missing("lookup"))?;
        if seals.is_empty() {
            return Err(VaultError::Missing("seal"));
        }
        // A second key derived from one secret, because its two uses must never be confused.
        let derived = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &lookup), b"tokens");
        Ok(Self {
            seals,
            lookup: hmac::Key::new(hmac::HMAC_SHA256, &lookup),
            tokens: hmac::Key::new(hmac::HMAC_SHA256, derived.as_ref()),
            chance: SystemRandom::new(),
        })
    }

    /// A new key file.
    ///
    /// # Errors
    /// [`VaultError::Chance`].
    pub fn new_key_file() -> Result<String, VaultError> {
        let chance = SystemRandom::new();
        let key = || -> Result<String, VaultError> {
            let mut bytes = [0_u8; KEY];
            chance.fill(&mut bytes).map_err(|_| VaultError::Chance)?;
            Ok(to_hex(&bytes))
        };
        Ok(format!(
            "# Keep this file: without it documents can neither be read nor found.\nseal 1 {}\nlookup {}\n",
            key()?,
            key()?
        ))
    }

    /// Seals a text that has neither a purpose nor a place of its own; the same text never gives the same bytes twice.
    ///
    /// # Errors
    /// [`VaultError::Chance`].
    pub fn seal(&self, plain: &str) -> Result<Vec<u8>, VaultError> {
        let seal = self.first()?;
        self.seal_with(seal, plain)
    }

    fn first(&self) -> Result<&Seal, VaultError> {
        self.seals.first().ok_or(VaultError::Missing("seal"))
    }

    fn key_of(&self, id: u8) -> Result<&Seal, VaultError> {
        self.seals.iter().find(|known| known.id == id).ok_or(VaultError::Sealed)
    }

    /// Seals a text for a purpose and a place, in bytes: number of the key, form, nonce, what is sealed.
    ///
    /// # Errors
    /// [`VaultError::Chance`].
    pub fn seal_for(&self, purpose: Use, place: &[u8], plain: &str) -> Result<Vec<u8>, VaultError> {
        let seal = self.first()?;
        let key = seal.of(purpose).ok_or(VaultError::Sealed)?;
        let nonce: [u8; NONCE_LEN] = self.random()?;
        let mut body = plain.as_bytes().to_vec();
        let bound = bound_to(seal.id, purpose, place);
        key.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), bound, &mut body)
            .map_err(|_| VaultError::Sealed)?;
        Ok([[seal.id, BOUND].as_slice(), &nonce, &body].concat())
    }

    /// Decrypts what [`Vault::seal_for`] made for this purpose and place.
    ///
    /// # Errors
    /// [`VaultError::Sealed`] when it is another's, the key is gone or a byte was changed.
    pub fn open_for(&self, purpose: Use, place: &[u8], sealed: &[u8]) -> Result<String, VaultError> {
        let Some(([id, BOUND], rest)) = sealed.split_first_chunk::<2>() else {
            return Err(VaultError::Sealed);
        };
        let (nonce, body) = rest.split_first_chunk::<NONCE_LEN>().ok_or(VaultError::Sealed)?;
        let key = self.key_of(*id)?.of(purpose).ok_or(VaultError::Sealed)?;
        opened(key, *nonce, bound_to(*id, purpose, place), body)
    }

    /// The number of the key that seals; every value that it sealed begins with it.
    #[must_use]
    pub fn sealing_key(&self) -> u8 {
        self.seals.first().map_or(0, |seal| seal.id)
    }

    /// Seals a text with each key of the file: number and sealed text.
    ///
    /// # Errors
    /// [`VaultError::Chance`].
    pub fn seal_with_each(&self, plain: &str) -> Result<Vec<(u8, Vec<u8>)>, VaultError> {
        self.seals.iter().map(|seal| Ok((seal.id, self.seal_with(seal, plain)?))).collect()
    }

    /// Whether the file holds a key with the number in a sealed value, be it the right key or not.
    #[must_use]
    pub fn names_key_of(&self, sealed: &[u8]) -> bool {
        sealed.first().is_some_and(|id| self.seals.iter().any(|known| known.id == *id))
    }

    fn seal_with(&self, seal: &Seal, plain: &str) -> Result<Vec<u8>, VaultError> {
        self.sealed_by(seal.of(Use::Other).ok_or(VaultError::Sealed)?, seal.id, plain)
    }

    fn sealed_by(&self, key: &LessSafeKey, id: u8, plain: &str) -> Result<Vec<u8>, VaultError> {
        let nonce: [u8; NONCE_LEN] = self.random()?;
        let mut body = plain.as_bytes().to_vec();
        key.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from([id]), &mut body)
            .map_err(|_| VaultError::Sealed)?;
        Ok([[id].as_slice(), &nonce, &body].concat())
    }

    /// Decrypts what [`Vault::seal`] made, now or before there were purposes.
    ///
    /// # Errors
    /// [`VaultError::Sealed`] when the key is gone or a byte was changed.
    pub fn open(&self, sealed: &[u8]) -> Result<String, VaultError> {
        self.open_other(sealed).or_else(|_| self.open_before(sealed))
    }

    fn open_other(&self, sealed: &[u8]) -> Result<String, VaultError> {
        self.opened_by(sealed, |seal| seal.of(Use::Other))
    }

    /// Decrypts what was sealed before there were purposes.
    pub(crate) fn open_before(&self, sealed: &[u8]) -> Result<String, VaultError> {
        self.opened_by(sealed, |seal| Some(&seal.before))
    }

    fn opened_by(&self, sealed: &[u8], key: KeyOf) -> Result<String, VaultError> {
        let (id, rest) = sealed.split_first().ok_or(VaultError::Sealed)?;
        let (nonce, body) = rest.split_first_chunk::<NONCE_LEN>().ok_or(VaultError::Sealed)?;
        let key = key(self.key_of(*id)?).ok_or(VaultError::Sealed)?;
        opened(key, *nonce, Aad::from([*id]), body)
    }

    /// What [`Vault::seal`] made, sealed with the first key; `None` if it is so already.
    ///
    /// # Errors
    /// [`VaultError::Sealed`] when it does not open; [`VaultError::Chance`].
    pub fn anew(&self, sealed: &[u8]) -> Result<Option<Vec<u8>>, VaultError> {
        let known = self.open_other(sealed);
        if known.is_ok() && sealed.first() == Some(&self.sealing_key()) {
            return Ok(None);
        }
        let plain = known.or_else(|_| self.open_before(sealed))?;
        self.seal(&plain).map(Some)
    }

    /// As sealed before there were purposes, for tests.
    ///
    /// # Errors
    /// [`VaultError::Chance`].
    #[cfg(any(test, feature = "testing"))]
    #[doc(hidden)]
    pub fn seal_as_before(&self, plain: &str) -> Result<Vec<u8>, VaultError> {
        let seal = self.first()?;
        self.sealed_by(&seal.before, seal.id, plain)
    }

    /// The lookup key of a document: of its kind and its matching form.
    #[must_use]
    pub fn document_key(&self, kind: &str, match_key: &str) -> [u8; LOOKUP] {
        let mut context = hmac::Context::with_key(&self.lookup);
        context.update(kind.as_bytes());
        context.update(&[0]);
        context.update(match_key.as_bytes());
        let tag = context.sign();
        tag.as_ref().first_chunk().copied().unwrap_or_default()
    }

    /// A keyed hash for tokens that the program issues and checks itself (captchas).
    #[must_use]
    pub fn sign_token(&self, purpose: &str, content: &[u8]) -> [u8; 32] {
        let mut context = hmac::Context::with_key(&self.tokens);
        context.update(purpose.as_bytes());
        context.update(&[0]);
        context.update(content);
        context.sign().as_ref().first_chunk().copied().unwrap_or_default()
    }

    /// Random bytes for tokens.
    ///
    /// # Errors
    /// [`VaultError::Chance`].
    pub fn random<const N: usize>(&self) -> Result<[u8; N], VaultError> {
        let mut bytes = [0; N];
        self.chance.fill(&mut bytes).map_err(|_| VaultError::Chance)?;
        Ok(bytes)
    }
}

fn opened<A: AsRef<[u8]>>(
    key: &LessSafeKey,
    nonce: [u8; NONCE_LEN],
    bound: Aad<A>,
    body: &[u8],
) -> Result<String, VaultError> {
    let mut body = body.to_vec();
    let plain = key
        .open_in_place(Nonce::assume_unique_for_key(nonce), bound, &mut body)
        .map_err(|_| VaultError::Sealed)?;
    String::from_utf8(plain.to_vec()).map_err(|_| VaultError::Sealed)
}

/// The hash under which a token is stored: a stolen database gives no usable token.
#[must_use]
pub fn token_hash(token: &str) -> Vec<u8> {
    digest::digest(&digest::SHA256, token.as_bytes()).as_ref().to_vec()
}

/// Bytes as lower-case hex digits.
#[must_use]
pub fn to_hex(bytes: &[u8]) -> String {
    HEXLOWER.encode(bytes)
}

fn hex(text: &str) -> Option<[u8; KEY]> {
    let key = Zeroizing::new(HEXLOWER_PERMISSIVE.decode(text.as_bytes()).ok()?);
    key.as_slice().try_into().ok()
}

#[cfg(test)]
#[path = "vault_tests.rs"]
mod tests;
