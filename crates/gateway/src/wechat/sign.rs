//! Signatures of requests, of answers and of notifications.

use data_encoding::HEXUPPER;
use jiff::Timestamp;
use ring::rand::{SecureRandom as _, SystemRandom};

use super::SIGNATURE_TYPE;
use crate::http::{Headers, Verb};
use crate::keys::{Rsa2PrivateKey, Rsa2PublicKey};
use crate::refused::{BuildError, WireError};

/// How far a signature's time may be from our own, in seconds.
pub const SKEW_SECONDS: u64 = 300;
/// The longest value of a header that is looked at.
const LONGEST: usize = 1_024;

/// A key that 微信支付 signs with: its public key, or that of a platform certificate. Two are live while they change.
#[derive(Clone, Debug)]
pub struct PlatformKey {
    /// `PUB_KEY_ID_…`, or the serial number of the certificate.
    pub id: String,
    /// The key.
    pub key: Rsa2PublicKey,
}

impl PlatformKey {
    /// Whether it is that of a platform certificate: the gateway hands out the next ones.
    #[must_use]
    pub fn is_certificate(&self) -> bool {
        !self.id.starts_with("PUB_KEY_ID_")
    }
}

/// Who signs a request.
pub(super) struct Signer<'s> {
    pub(super) mchid: &'s str,
    pub(super) serial_no: &'s str,
    pub(super) key: &'s Rsa2PrivateKey,
}

impl Signer<'_> {
    /// The value of `Authorization`, with a nonce by chance.
    pub(super) fn sign(
        &self,
        verb: Verb,
        path: &str,
        body: &[u8],
        now: Timestamp,
    ) -> Result<String, BuildError> {
        self.sign_with(verb, path, body, (now, &nonce().ok_or(BuildError::Signing)?))
    }

    pub(super) fn sign_with(
        &self,
        verb: Verb,
        path: &str,
        body: &[u8],
        (now, nonce): (Timestamp, &str),
    ) -> Result<String, BuildError> {
        let time = now.as_second().to_string();
        let signature = self.key.sign(&request_text(verb, path, (&time, nonce), body))?;
        let Self { mchid, serial_no, .. } = self;
        Ok(format!(
            "{SIGNATURE_TYPE} mchid=\"{mchid}\",nonce_str=\"{nonce}\",signature=\"{signature}\",timestamp=\"{time}\",\
             serial_no=\"{serial_no}\""
        ))
    }
}

/// 32 letters by chance.
pub(super) fn nonce() -> Option<String> {
    let mut bytes = [0_u8; 16];
    SystemRandom::new().fill(&mut bytes).ok()?;
    Some(HEXUPPER.encode(&bytes))
}

/// What the signature of a request covers.
pub(super) fn request_text(verb: Verb, path: &str, (time, nonce): (&str, &str), body: &[u8]) -> Vec<u8> {
    let verb = match verb {
        Verb::Get => "GET",
        Verb::Post => "POST",
    };
    [format!("{verb}\n{path}\n{time}\n{nonce}\n").as_bytes(), body, b"\n"].concat()
}

/// What the signature of an answer or a notification covers.
pub(super) fn answer_text((time, nonce): (&str, &str), body: &[u8]) -> Vec<u8> {
    [format!("{time}\n{nonce}\n").as_bytes(), body, b"\n"].concat()
}

/// Whether any header of a signature is there.
pub(super) fn is_signed(headers: &Headers) -> bool {
    headers.iter().any(|(name, _)| {
        name.get(..10).is_some_and(|begin| begin.eq_ignore_ascii_case("wechatpay-"))
            && !name.eq_ignore_ascii_case("wechatpay-serial")
    })
}

/// Checks the signature of an answer or a notification.
pub(super) fn verify(
    keys: &[PlatformKey],
    headers: &Headers,
    body: &[u8],
    now: Timestamp,
) -> Result<(), WireError> {
    let [time, nonce, signature, serial] =
        ["Wechatpay-Timestamp", "Wechatpay-Nonce", "Wechatpay-Signature", "Wechatpay-Serial"];
    if optional(headers, "Wechatpay-Signature-Type")?.is_some_and(|kind| kind != SIGNATURE_TYPE) {
        return Err(WireError::WrongSignType);
    }
    let (time, nonce) = (one(headers, time)?, one(headers, nonce)?);
    let (signature, serial) = (one(headers, signature)?, one(headers, serial)?);
    let at = time.parse::<i64>().map_err(|_| WireError::Malformed("Wechatpay-Timestamp"))?;
    if at.abs_diff(now.as_second()) > SKEW_SECONDS {
        return Err(WireError::WrongTime);
    }
    let key = keys.iter().find(|key| key.id.eq_ignore_ascii_case(serial));
    let key = key.ok_or_else(|| WireError::UnknownKey(serial.to_owned()))?;
    if key.key.verify(&answer_text((time, nonce), body), signature) {
        Ok(())
    } else {
        Err(WireError::BadSignature("Wechatpay-Signature"))
    }
}

fn one<'h>(headers: &'h Headers, name: &'static str) -> Result<&'h str, WireError> {
    optional(headers, name)?.ok_or(WireError::MissingField(name))
}

/// A header that stands once, if it does. Of two, other readers could choose the other one.
fn optional<'h>(headers: &'h Headers, name: &'static str) -> Result<Option<&'h str>, WireError> {
    let mut found =
        headers.iter().filter(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value);
    let Some(value) = found.next() else { return Ok(None) };
    if found.next().is_some() {
        return Err(WireError::DuplicateField(name.to_owned()));
    }
    if value.is_empty() || value.len() > LONGEST || !value.bytes().all(|b| b.is_ascii_graphic()) {
        return Err(WireError::Malformed(name));
    }
    Ok(Some(value))
}
