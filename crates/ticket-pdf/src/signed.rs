//! The content of a ticket's QR code, signed so that an invigilator can check it offline.
//!
//! `CET1.<key>.<content>.<signature>`: the content is a JSON array of strings in the order of [`Content`], the
//! signature is Ed25519 over everything before its dot, both in base64url without padding. All of it is ASCII, so that
//! any scanner types it correctly.

use data_encoding::BASE64URL_NOPAD;
use ring::error::KeyRejected;
use ring::rand::SecureRandom;
use ring::signature::{ED25519, Ed25519KeyPair, KeyPair as _, UnparsedPublicKey};

use crate::TicketError;

const VERSION: &str = "CET1";

/// The maximum length of a QR text in characters: with more content, a QR code of 34 mm no longer scans from a cheap
/// printer.
const MOST_CHARACTERS: usize = 900;

/// The signed content; each text as it is printed on the ticket.
#[derive(Clone, PartialEq, Eq)]
pub struct Content {
    /// 准考证号.
    pub ticket_number: String,
    /// 姓名.
    pub name: String,
    /// 证件号码.
    pub document_number: String,
    /// 考次.
    pub sitting: String,
    /// 考试科目.
    pub subject: String,
    /// 考试时间.
    pub starts_at: String,
    /// 考试校区, its code or code and name.
    pub campus: String,
    /// 考场号.
    pub room: String,
    /// 座位号, or the batch of an oral examination.
    pub seat: String,
}

impl std::fmt::Debug for Content {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Content(..)")
    }
}

impl Content {
    fn to_json(&self) -> Result<Vec<u8>, TicketError> {
        let fields = [
            &self.ticket_number,
            &self.name,
            &self.document_number,
            &self.sitting,
            &self.subject,
            &self.starts_at,
            &self.campus,
            &self.room,
            &self.seat,
        ];
        serde_json::to_vec(&fields).map_err(|_| TicketError::ContentTooLong)
    }

    fn from_json(bytes: &[u8]) -> Option<Self> {
        let fields: [String; 9] = serde_json::from_slice(bytes).ok()?;
        let [ticket_number, name, document_number, sitting, subject, starts_at, campus, room, seat] = fields;
        Some(Self { ticket_number, name, document_number, sitting, subject, starts_at, campus, room, seat })
    }
}

/// The authority's private key for tickets, with the key name that its signatures contain.
pub struct SigningKey {
    name: String,
    pair: Ed25519KeyPair,
}

impl std::fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SigningKey({})", self.name)
    }
}

/// A public key that signatures are checked with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicKey {
    /// The key name that its signatures contain.
    pub name: String,
    /// The 32 bytes of the Ed25519 public key.
    pub bytes: [u8; 32],
}

impl SigningKey {
    /// Generates a private key in PKCS #8, to be kept secret and passed to [`SigningKey::from_pkcs8`].
    ///
    /// # Errors
    /// [`TicketError::Key`] if the random source fails.
    pub fn generate(random: &dyn SecureRandom) -> Result<Vec<u8>, TicketError> {
        let document = Ed25519KeyPair::generate_pkcs8(random).map_err(|_| TicketError::Key)?;
        Ok(document.as_ref().to_vec())
    }

    /// Parses a private key.
    ///
    /// # Errors
    /// [`TicketError::KeyName`] for a name that is not 1 to 16 of `A-Z a-z 0-9 - _`; [`TicketError::Key`] for bytes
    /// that are not an Ed25519 key in PKCS #8.
    pub fn from_pkcs8(name: &str, pkcs8: &[u8]) -> Result<Self, TicketError> {
        Self::named(name, Ed25519KeyPair::from_pkcs8_maybe_unchecked(pkcs8))
    }

    /// Makes the private key of a seed.
    ///
    /// # Errors
    /// As [`SigningKey::from_pkcs8`]; a seed is 32 bytes long.
    pub fn from_seed(name: &str, seed: &[u8]) -> Result<Self, TicketError> {
        Self::named(name, Ed25519KeyPair::from_seed_unchecked(seed))
    }

    fn named(name: &str, pair: Result<Ed25519KeyPair, KeyRejected>) -> Result<Self, TicketError> {
        let named = (1..=16).contains(&name.len())
            && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
        if !named {
            return Err(TicketError::KeyName);
        }
        Ok(Self { name: name.to_owned(), pair: pair.map_err(|_| TicketError::Key)? })
    }

    /// The key that checks this one's signatures.
    ///
    /// # Errors
    /// [`TicketError::Key`] if it is not 32 bytes long, which can't happen with Ed25519.
    pub fn public(&self) -> Result<PublicKey, TicketError> {
        let bytes = self.pair.public_key().as_ref().try_into().map_err(|_| TicketError::Key)?;
        Ok(PublicKey { name: self.name.clone(), bytes })
    }

    /// The text of the ticket's QR code.
    ///
    /// # Errors
    /// [`TicketError::ContentTooLong`] if it would be longer than 900 characters.
    pub fn sign(&self, content: &Content) -> Result<String, TicketError> {
        let mut text = format!("{VERSION}.{}.{}", self.name, BASE64URL_NOPAD.encode(&content.to_json()?));
        let signature = self.pair.sign(text.as_bytes());
        text.push('.');
        text.push_str(&BASE64URL_NOPAD.encode(signature.as_ref()));
        if text.len() > MOST_CHARACTERS {
            return Err(TicketError::ContentTooLong);
        }
        Ok(text)
    }
}

/// Why a scanned text is not one of our tickets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VerifyError {
    /// Not in the format of a ticket's QR code, or truncated.
    NotATicket,
    /// Signed with a key that is not among those given.
    UnknownKey,
    /// The signature is invalid: something was changed.
    Forged,
}

/// Verifies a scanned text (surrounding whitespace is ignored) and returns its content.
///
/// # Errors
/// [`VerifyError`]; then no part of the content may be shown.
pub fn verify(text: &str, keys: &[PublicKey]) -> Result<Content, VerifyError> {
    let text = text.trim();
    let (signed, signature) = text.rsplit_once('.').ok_or(VerifyError::NotATicket)?;
    let mut parts = signed.split('.');
    let (Some(VERSION), Some(name), Some(content), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Err(VerifyError::NotATicket);
    };
    let key = keys.iter().find(|key| key.name == name).ok_or(VerifyError::UnknownKey)?;
    // Base64 that is not exactly as written by `sign` is refused here, so no second text passes for the same ticket.
    let signature = BASE64URL_NOPAD.decode(signature.as_bytes()).map_err(|_| VerifyError::Forged)?;
    UnparsedPublicKey::new(&ED25519, key.bytes)
        .verify(signed.as_bytes(), &signature)
        .map_err(|_| VerifyError::Forged)?;
    let json = BASE64URL_NOPAD.decode(content.as_bytes()).map_err(|_| VerifyError::NotATicket)?;
    Content::from_json(&json).ok_or(VerifyError::NotATicket)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(name: &str) -> SigningKey {
        let pkcs8 = SigningKey::generate(&ring::rand::SystemRandom::new()).unwrap();
        SigningKey::from_pkcs8(name, &pkcs8).unwrap()
    }

    fn content() -> Content {
        Content {
            ticket_number: "993010171100312".into(),
            name: "廖晓\"儿\\𬱖".into(),
            document_number: "330101199001010000".into(),
            sitting: "2017年上半年".into(),
            subject: "英语四级笔试".into(),
            starts_at: "2017-06-17 09:00".into(),
            campus: "993010".into(),
            room: "003".into(),
            seat: "12".into(),
        }
    }

    #[test]
    fn what_was_signed_is_read_back() {
        let key = key("2017a");
        let text = key.sign(&content()).unwrap();
        assert!(text.is_ascii() && text.starts_with("CET1.2017a."));
        assert!(verify(&format!(" {text}\r\n"), &[key.public().unwrap()]).unwrap() == content());
    }

    #[test]
    fn any_changed_character_makes_the_check_fail() {
        let key = key("2017a");
        let keys = [key.public().unwrap()];
        let text = key.sign(&content()).unwrap();
        for at in 0..text.len() {
            for with in ['A', 'B', 'z', '0', '.', '_', '='] {
                if text[at..].starts_with(with) {
                    continue;
                }
                let mut changed = text.clone();
                changed.replace_range(at..=at, &with.to_string());
                assert!(verify(&changed, &keys).is_err(), "{at} {with}");
            }
            assert!(verify(&text[..at], &keys).is_err());
        }
    }

    #[test]
    fn another_key_of_the_same_name_does_not_pass() {
        let text = key("k").sign(&content()).unwrap();
        assert_eq!(verify(&text, &[key("k").public().unwrap()]).unwrap_err(), VerifyError::Forged);
        assert_eq!(verify(&text, &[key("j").public().unwrap()]).unwrap_err(), VerifyError::UnknownKey);
        assert_eq!(verify("hello", &[]).unwrap_err(), VerifyError::NotATicket);
    }

    #[test]
    fn a_key_needs_a_plain_name_and_real_bytes() {
        assert_eq!(SigningKey::from_pkcs8("a.b", &[]).unwrap_err(), TicketError::KeyName);
        assert_eq!(SigningKey::from_pkcs8("ab", &[1, 2]).unwrap_err(), TicketError::Key);
        assert_eq!(SigningKey::from_seed("a.b", &[1; 32]).unwrap_err(), TicketError::KeyName);
        assert_eq!(SigningKey::from_seed("ab", &[1; 31]).unwrap_err(), TicketError::Key);
    }
}
