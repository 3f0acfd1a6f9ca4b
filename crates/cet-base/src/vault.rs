//! Encryption (sealing) of document numbers, telephones and mails, and the keyed hash by which documents are looked up
//! (TH61).

use std::fmt;

use data_encoding::{HEXLOWER, HEXLOWER_PERMISSIVE};
use ring::digest;
use ring::rand::{SecureRandom, SystemRandom};
use zeroize::Zeroizing;

mod error;
pub mod suite;

pub use error::VaultError;

use suite::{KEY, KNOWN, NONCE, Secret, Suite};

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
    suite: &'static dyn Suite,
    /// Opens what was sealed before there were purposes, and seals nothing any more: else what somebody typed could be put in
    /// the place of a value that is bound.
    before: Secret,
    derived: Vec<(Use, Secret)>,
}

/// Which key of a line.
type KeyOf = fn(&Seal) -> Option<&Secret>;

impl Seal {
    fn new(id: u8, key: Secret, suite: &'static dyn Suite) -> Option<Self> {
        let derived = Use::ALL.iter().map(|of| Some((*of, suite.derive(&key, DERIVED, of.label())?)));
        let derived = derived.collect::<Option<_>>()?;
        Some(Self { id, suite, before: key, derived })
    }

    fn of(&self, purpose: Use) -> Option<&Secret> {
        self.derived.iter().find(|(of, _)| *of == purpose).map(|(_, key)| key)
    }

    /// A nonce and what is sealed.
    fn seal(
        &self,
        key: &Secret,
        nonce: [u8; NONCE],
        bound: &[u8],
        plain: &str,
    ) -> Result<Vec<u8>, VaultError> {
        let mut body = plain.as_bytes().to_vec();
        self.suite.seal(key, nonce, bound, &mut body).ok_or(VaultError::Sealed)?;
        Ok([nonce.as_slice(), &body].concat())
    }

    fn open(&self, key: &Secret, bound: &[u8], sealed: &[u8]) -> Result<String, VaultError> {
        let (nonce, body) = sealed.split_first_chunk::<NONCE>().ok_or(VaultError::Sealed)?;
        let mut body = body.to_vec();
        self.suite.open(key, *nonce, bound, &mut body).ok_or(VaultError::Sealed)?;
        String::from_utf8(body).map_err(|_| VaultError::Sealed)
    }
}

/// What a value is bound to: its key's number, its form, its purpose and its place.
fn bound_to(id: u8, purpose: Use, place: &[u8]) -> Vec<u8> {
    [[id, BOUND].as_slice(), purpose.label(), &[0], place].concat()
}

/// Encrypts and decrypts what must not be readable in a stolen database, and hashes what must be found in it.
pub struct Vault {
    /// The first one seals; all can open, so that a key can be replaced without downtime.
    seals: Vec<Seal>,
    lookup: Secret,
    tokens: Secret,
    /// What hashes with these two.
    hashes: &'static dyn Suite,
    chance: SystemRandom,
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Vault")
    }
}

impl Vault {
    /// Reads a key file: lines `seal NUMBER HEX` (the first seals, all open) and one `lookup HEX`. A line may end with the name
    /// of a [`Suite`].
    ///
    /// # Errors
    /// [`VaultError`] names the line, or what is missing.
    pub fn parse(text: &str) -> Result<Self, VaultError> {
        Self::parse_with(text, KNOWN)
    }

    fn parse_with(text: &str, known: &[&'static dyn Suite]) -> Result<Self, VaultError> {
        let mut seals = Vec::new();
        let mut lookup = None;
        for (number, line) in (1..).zip(text.lines()) {
            let wrong = VaultError::Line(number);
            let words: Vec<&str> = line.split_whitespace().collect();
            match words.as_slice() {
                [] => {}
                [comment, ..] if comment.starts_with('#') => {}
                ["seal", id, key, name @ ..] => {
                    let id: u8 = id.parse().map_err(|_| wrong.clone())?;
                    let suite = named(name, known, number)?;
                    let seal = hex(key).and_then(|key| Seal::new(id, key, suite)).ok_or(wrong)?;
                    if seals.iter().any(|known: &Seal| known.id == id) {
                        return Err(VaultError::Doubled(number));
                    }
                    seals.push(seal);
                }
                ["lookup", key, name @ ..] => {
                    let suite = named(name, known, number)?;
                    if lookup.replace((hex(key).ok_or(wrong)?, suite)).is_some() {
                        return Err(VaultError::Doubled(number));
                    }
                }
                _ => return Err(wrong),
            }
        }
        let (lookup, hashes) = lookup.ok_or(VaultError::Missing("lookup"))?;
        if seals.is_empty() {
            return Err(VaultError::Missing("seal"));
        }
        // A second key derived from one secret, because its two uses must never be confused.
        let tokens = Zeroizing::new(hashes.keyed_hash(&lookup, &[b"tokens"]));
        Ok(Self { seals, lookup, tokens, hashes, chance: SystemRandom::new() })
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
        let sealed = seal.seal(key, self.random()?, &bound_to(seal.id, purpose, place), plain)?;
        Ok([[seal.id, BOUND].as_slice(), &sealed].concat())
    }

    /// Decrypts what [`Vault::seal_for`] made for this purpose and place.
    ///
    /// # Errors
    /// [`VaultError::Sealed`] when it is another's, the key is gone or a byte was changed.
    pub fn open_for(&self, purpose: Use, place: &[u8], sealed: &[u8]) -> Result<String, VaultError> {
        let Some(([id, BOUND], rest)) = sealed.split_first_chunk::<2>() else {
            return Err(VaultError::Sealed);
        };
        let seal = self.key_of(*id)?;
        let key = seal.of(purpose).ok_or(VaultError::Sealed)?;
        seal.open(key, &bound_to(*id, purpose, place), rest)
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
        self.sealed_by(seal, seal.of(Use::Other).ok_or(VaultError::Sealed)?, plain)
    }

    fn sealed_by(&self, seal: &Seal, key: &Secret, plain: &str) -> Result<Vec<u8>, VaultError> {
        let sealed = seal.seal(key, self.random()?, &[seal.id], plain)?;
        Ok([[seal.id].as_slice(), &sealed].concat())
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
        let seal = self.key_of(*id)?;
        seal.open(key(seal).ok_or(VaultError::Sealed)?, &[*id], rest)
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
        self.sealed_by(seal, &seal.before, plain)
    }

    /// The lookup key of a document: of its kind and its matching form.
    #[must_use]
    pub fn document_key(&self, kind: &str, match_key: &str) -> [u8; LOOKUP] {
        let hash = self.hashes.keyed_hash(&self.lookup, &[kind.as_bytes(), &[0], match_key.as_bytes()]);
        hash.first_chunk().copied().unwrap_or_default()
    }

    /// A keyed hash for tokens that the program issues and checks itself (captchas).
    #[must_use]
    pub fn sign_token(&self, purpose: &str, content: &[u8]) -> [u8; 32] {
        self.hashes.keyed_hash(&self.tokens, &[purpose.as_bytes(), &[0], content])
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

/// The set of algorithms that a line names, if it names one.
fn named(name: &[&str], known: &[&'static dyn Suite], line: usize) -> Result<&'static dyn Suite, VaultError> {
    let found = match name {
        [] => known.first(),
        [name] => known.iter().find(|suite| suite.name() == *name),
        _ => return Err(VaultError::Line(line)),
    };
    found.copied().ok_or(VaultError::Suite(line))
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

fn hex(text: &str) -> Option<Secret> {
    let key = Zeroizing::new(HEXLOWER_PERMISSIVE.decode(text.as_bytes()).ok()?);
    Some(Zeroizing::new(key.as_slice().try_into().ok()?))
}

#[cfg(test)]
#[path = "vault_tests.rs"]
mod tests;
