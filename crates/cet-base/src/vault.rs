//! Encryption (sealing) of document numbers, telephones and mails, and the keyed hash by which documents are looked up
//! (TH61).

use std::fmt;

use data_encoding::{HEXLOWER, HEXLOWER_PERMISSIVE};
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::rand::{SecureRandom, SystemRandom};
use ring::{digest, hmac};
use zeroize::Zeroizing;

/// Length of a key in bytes.
const KEY: usize = 32;
/// Length of a lookup key in bytes: long enough that two documents never collide.
const LOOKUP: usize = 16;

/// Encrypts and decrypts what must not be readable in a stolen database, and hashes what must be found in it.
pub struct Vault {
    /// The first one seals; all can open, so that a key can be replaced without downtime.
    seals: Vec<(u8, LessSafeKey)>,
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
                    let key =
                        UnboundKey::new(&AES_256_GCM, &hex(key).ok_or(wrong.clone())?).map_err(|_| wrong)?;
                    if seals.iter().any(|(known, _)| *known == id) {
                        return Err(VaultError::Doubled(number));
                    }
                    seals.push((id, LessSafeKey::new(key)));
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

    /// Seals a text; the same text never gives the same bytes twice.
    ///
    /// # Errors
    /// [`VaultError::Chance`].
    pub fn seal(&self, plain: &str) -> Result<Vec<u8>, VaultError> {
        let (id, key) = self.seals.first().ok_or(VaultError::Missing("seal"))?;
        self.seal_with(*id, key, plain)
    }

    /// The number of the key that seals; every value that it sealed begins with it.
    #[must_use]
    pub fn sealing_key(&self) -> u8 {
        self.seals.first().map_or(0, |(id, _)| *id)
    }

    /// Seals a text with each key of the file: number and sealed text.
    ///
    /// # Errors
    /// [`VaultError::Chance`].
    pub fn seal_with_each(&self, plain: &str) -> Result<Vec<(u8, Vec<u8>)>, VaultError> {
        self.seals.iter().map(|(id, key)| Ok((*id, self.seal_with(*id, key, plain)?))).collect()
    }

    /// Whether the file holds a key with the number in a sealed value, be it the right key or not.
    #[must_use]
    pub fn names_key_of(&self, sealed: &[u8]) -> bool {
        sealed.first().is_some_and(|id| self.seals.iter().any(|(known, _)| known == id))
    }

    fn seal_with(&self, id: u8, key: &LessSafeKey, plain: &str) -> Result<Vec<u8>, VaultError> {
        let nonce: [u8; NONCE_LEN] = self.random()?;
        let mut body = plain.as_bytes().to_vec();
        key.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from([id]), &mut body)
            .map_err(|_| VaultError::Sealed)?;
        let mut sealed = vec![id];
        sealed.extend_from_slice(&nonce);
        sealed.append(&mut body);
        Ok(sealed)
    }

    /// Decrypts what [`Vault::seal`] made.
    ///
    /// # Errors
    /// [`VaultError::Sealed`] when the key is gone or a byte was changed.
    pub fn open(&self, sealed: &[u8]) -> Result<String, VaultError> {
        let (id, rest) = sealed.split_first().ok_or(VaultError::Sealed)?;
        let (nonce, body) = rest.split_first_chunk::<NONCE_LEN>().ok_or(VaultError::Sealed)?;
        let (_, key) = self.seals.iter().find(|(known, _)| known == id).ok_or(VaultError::Sealed)?;
        let mut body = body.to_vec();
        let plain = key
            .open_in_place(Nonce::assume_unique_for_key(*nonce), Aad::from([*id]), &mut body)
            .map_err(|_| VaultError::Sealed)?;
        String::from_utf8(plain.to_vec()).map_err(|_| VaultError::Sealed)
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
mod tests {
    use super::*;

    fn vault() -> Vault {
        Vault::parse(&Vault::new_key_file().unwrap()).unwrap()
    }

    #[test]
    fn what_is_sealed_opens_again_and_looks_different_each_time() {
        let vault = vault();
        let (one, two) = (vault.seal("颜993010").unwrap(), vault.seal("颜993010").unwrap());
        assert_ne!(one, two);
        assert_eq!(vault.open(&one).unwrap(), "颜993010");
    }

    #[test]
    fn a_changed_byte_or_another_key_opens_nothing() {
        let vault = vault();
        let sealed = vault.seal("secret").unwrap();
        for place in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[place] ^= 1;
            assert_eq!(vault.open(&changed), Err(VaultError::Sealed));
        }
        assert_eq!(self::vault().open(&sealed), Err(VaultError::Sealed));
    }

    #[test]
    fn an_older_key_still_opens_after_a_newer_one_was_put_first() {
        let old = "seal 1 0000000000000000000000000000000000000000000000000000000000000001\nlookup 0000000000000000000000000000000000000000000000000000000000000002";
        let sealed = Vault::parse(old).unwrap().seal("x").unwrap();
        let new = format!("seal 2 00000000000000000000000000000000000000000000000000000000000000ff\n{old}");
        assert_eq!(Vault::parse(&new).unwrap().open(&sealed).unwrap(), "x");
    }

    #[test]
    fn the_same_number_of_another_kind_is_another_document() {
        let vault = vault();
        assert_ne!(vault.document_key("passport", "1"), vault.document_key("macau-id", "1"));
        assert_eq!(vault.document_key("passport", "1"), vault.document_key("passport", "1"));
    }

    #[test]
    fn a_key_is_64_hex_digits_of_either_case() {
        let key = "00112233445566778899aabbccddeeff".repeat(2);
        let file = |seal: &str| Vault::parse(&format!("seal 1 {seal}\nlookup {key}"));
        let sealed = file(&key).unwrap().seal("x").unwrap();
        assert_eq!(file(&key.to_uppercase()).unwrap().open(&sealed).unwrap(), "x");
        let signed = key.replace("00", "+0");
        for wrong in [&key[2..], &key[1..], &format!("{key}00"), &signed, &key.replace("00", "0é")] {
            assert_eq!(file(wrong).unwrap_err(), VaultError::Line(1), "{wrong}");
        }
    }

    #[test]
    fn a_wrong_key_file_names_its_line() {
        assert_eq!(Vault::parse("# x\nseal one 00").unwrap_err(), VaultError::Line(2));
        assert_eq!(Vault::parse("").unwrap_err(), VaultError::Missing("lookup"));
        let file = Vault::new_key_file().unwrap();
        let twice = |word: &str| {
            let line = file.lines().find(|line| line.starts_with(word)).unwrap();
            Vault::parse(&format!("{file}{line}\n")).unwrap_err()
        };
        assert_eq!((twice("seal"), twice("lookup")), (VaultError::Doubled(4), VaultError::Doubled(4)));
    }
}
