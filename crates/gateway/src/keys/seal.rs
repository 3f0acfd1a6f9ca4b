use std::fmt;

use data_encoding::BASE64;
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};

use super::KeyError;

/// The key shared with 微信支付 (API v3 key) that seals the content of notifications: 32 letters and digits.
pub struct SealKey(LessSafeKey);

impl SealKey {
    /// Takes the text of a key file; white space around it is not part of the key.
    ///
    /// # Errors
    /// [`KeyError::NotSeal`].
    pub fn new(text: &str) -> Result<Self, KeyError> {
        let text = text.trim();
        if !text.bytes().all(|b| b.is_ascii_alphanumeric()) {
            return Err(KeyError::NotSeal);
        }
        let key = UnboundKey::new(&AES_256_GCM, text.as_bytes()).map_err(|_| KeyError::NotSeal)?;
        Ok(Self(LessSafeKey::new(key)))
    }

    /// Opens sealed content; `None` if anything of it was changed.
    #[must_use]
    pub fn open(&self, nonce: &str, associated: &str, sealed: &str) -> Option<Vec<u8>> {
        let mut bytes = BASE64.decode(sealed.as_bytes()).ok()?;
        let length =
            self.0.open_in_place(of(nonce)?, Aad::from(associated.as_bytes()), &mut bytes).ok()?.len();
        bytes.truncate(length);
        Some(bytes)
    }

    /// Seals content, for the sandbox; `None` for a nonce of another length. A nonce must never be used twice.
    #[must_use]
    pub fn seal(&self, nonce: &str, associated: &str, content: &[u8]) -> Option<String> {
        let mut bytes = content.to_vec();
        self.0.seal_in_place_append_tag(of(nonce)?, Aad::from(associated.as_bytes()), &mut bytes).ok()?;
        Some(BASE64.encode(&bytes))
    }
}

fn of(nonce: &str) -> Option<Nonce> {
    let nonce: [u8; NONCE_LEN] = nonce.as_bytes().try_into().ok()?;
    Some(Nonce::assume_unique_for_key(nonce))
}

impl fmt::Debug for SealKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SealKey(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Made with the package `cryptography` of Python, which the independent client `wechatpayv3` uses.
    const SEALED: &str = "OGiSitucn5lBMdfR18HhQO5U6SEdZdji1a1IsoxXbKfhPv4o0DUA5x3hwFMsynyoSCTQcQ==";

    #[test]
    fn what_an_independent_client_seals_is_opened_and_nothing_that_was_changed() {
        let key = SealKey::new("0123456789abcdefghijklmnopqrstuv\n").unwrap();
        let open = |nonce: &str, associated: &str, sealed: &str| key.open(nonce, associated, sealed);
        let content = open("fdasfjihihio", "transaction", SEALED).unwrap();
        assert_eq!(content, "{\"trade_state\":\"SUCCESS\",\"金额\":3}".as_bytes());
        assert_eq!(key.seal("fdasfjihihio", "transaction", &content).as_deref(), Some(SEALED));
        assert_eq!(open("fdasfjihihiO", "transaction", SEALED), None);
        assert_eq!(open("fdasfjihihio", "refund", SEALED), None);
        assert_eq!(open("fdasfjihihi", "transaction", SEALED), None);
        assert_eq!(open("fdasfjihihio", "transaction", &SEALED.replacen(&SEALED[..1], "A", 1)), None);
        let other = SealKey::new("0123456789abcdefghijklmnopqrstuw").unwrap();
        assert_eq!(other.open("fdasfjihihio", "transaction", SEALED), None);
    }

    #[test]
    fn only_thirty_two_letters_and_digits_are_a_key() {
        for text in
            ["", "0123456789abcdef", "0123456789abcdefghijklmnopqrstuv0", "-----BEGIN PRIVATE KEY-----xxxxx"]
        {
            assert!(SealKey::new(text).is_err(), "{text}");
        }
    }
}
