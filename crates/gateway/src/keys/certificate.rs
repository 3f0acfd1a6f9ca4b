//! What is read of an X.509 certificate (RFC 5280): its serial number and its public key. It is not validated: the operator
//! put the file there, as they do a public key, or 微信支付 sealed it with the shared key.

use data_encoding::{BASE64, HEXUPPER};
use jiff::Timestamp;
use jiff::tz::Offset;
use zeroize::Zeroizing;

use super::{KeyError, Rsa2PrivateKey, Rsa2PublicKey, pem};
use crate::refused::BuildError;

/// A sequence, in DER.
const SEQUENCE: u8 = 0x30;
/// A whole number, in DER.
const INTEGER: u8 = 0x02;
/// Bits, in DER.
const BITS: u8 = 0x03;
/// Text, in DER.
const TEXT: u8 = 0x0c;
/// A set, in DER.
const SET: u8 = 0x31;
/// The explicit tag of the version.
const VERSION: u8 = 0xa0;
/// Version 3.
const VERSION_3: [u8; 3] = [INTEGER, 1, 2];
/// `sha256WithRSAEncryption` without parameters.
const SIGNED_BY_RSA: [u8; 13] =
    [0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0b, 0x05, 0x00];
/// `rsaEncryption` without parameters.
const OF_RSA: [u8; 13] = [0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00];
/// `commonName`.
const COMMON_NAME: [u8; 5] = [0x06, 0x03, 0x55, 0x04, 0x03];

/// The serial number, in upper-case hex digits, and the public key of a certificate in PEM.
///
/// # Errors
/// [`KeyError::NotPem`], or [`KeyError::NotRsa`] for anything that is not a certificate of an RSA key.
pub fn of_certificate(text: &str) -> Result<(String, Rsa2PublicKey), KeyError> {
    let der: Zeroizing<Vec<u8>> = pem::decode(text)?;
    let (serial, key) = parts(&der).ok_or(KeyError::NotRsa)?;
    Ok((serial, Rsa2PublicKey::from_der(key)?))
}

/// Whether a text is a certificate in PEM.
#[must_use]
pub fn is_certificate(text: &str) -> bool {
    text.contains("-----BEGIN CERTIFICATE-----")
}

fn parts(der: &[u8]) -> Option<(String, &[u8])> {
    let (certificate, _) = value(der, SEQUENCE)?;
    let (content, _) = value(certificate, SEQUENCE)?;
    let rest = value(content, VERSION).map_or(content, |(_, rest)| rest);
    let (serial, rest) = value(rest, INTEGER)?;
    // Algorithm, issuer, validity, subject.
    let mut rest = rest;
    for _ in 0..4 {
        (_, rest) = value(rest, SEQUENCE)?;
    }
    let (_, behind) = value(rest, SEQUENCE)?;
    let key = rest.get(..rest.len().checked_sub(behind.len())?)?;
    // A leading zero only says that the number is not negative.
    let serial = serial.strip_prefix(&[0]).filter(|rest| !rest.is_empty()).unwrap_or(serial);
    Some((HEXUPPER.encode(serial), key))
}

/// The content of the first value, which has this tag, and what is behind it.
fn value(der: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    let (first, rest) = der.split_first()?;
    let (length, rest) = rest.split_first()?;
    if *first != tag {
        return None;
    }
    let (length, rest) = match length {
        short if *short < 0x80 => (usize::from(*short), rest),
        long => {
            let count = usize::from(*long & 0x7f);
            let digits = rest.get(..count).filter(|_| (1..=3).contains(&count))?;
            let length = digits.iter().fold(0_usize, |sum, digit| (sum << 8) | usize::from(*digit));
            (length, rest.get(count..)?)
        }
    };
    rest.split_at_checked(length)
}

/// A certificate of a key by itself, in PEM: for the sandbox.
///
/// # Errors
/// [`BuildError::Setting`] for a serial number that is none, [`BuildError::Signing`].
pub(crate) fn self_signed(
    serial: &str,
    (from, until): (Timestamp, Timestamp),
    key: &Rsa2PrivateKey,
) -> Result<String, BuildError> {
    let mut number = HEXUPPER.decode(serial.as_bytes()).map_err(|_| BuildError::Setting("serial_no"))?;
    if number.first().is_none_or(|first| *first >= 0x80) {
        number.insert(0, 0);
    }
    let common = [&COMMON_NAME[..], &written(TEXT, b"Tenpay.com Sandbox CA")].concat();
    let name = written(SEQUENCE, &written(SET, &written(SEQUENCE, &common)));
    let algorithm = written(SEQUENCE, &SIGNED_BY_RSA);
    let public = [written(SEQUENCE, &OF_RSA), bits(key.public_key().der())].concat();
    let content = [
        written(VERSION, &VERSION_3),
        written(INTEGER, &number),
        algorithm.clone(),
        name.clone(),
        written(SEQUENCE, &[time(from), time(until)].concat()),
        name,
        written(SEQUENCE, &public),
    ];
    let content = written(SEQUENCE, &content.concat());
    let signature = BASE64.decode(key.sign(&content)?.as_bytes()).map_err(|_| BuildError::Signing)?;
    let whole = BASE64.encode(&written(SEQUENCE, &[content, algorithm, bits(&signature)].concat()));
    let mut text = "-----BEGIN CERTIFICATE-----\n".to_owned();
    for line in whole.as_bytes().chunks(64) {
        text.extend(line.iter().map(|byte| char::from(*byte)));
        text.push('\n');
    }
    text.push_str("-----END CERTIFICATE-----\n");
    Ok(text)
}

/// A value with its tag and its length.
fn written(tag: u8, content: &[u8]) -> Vec<u8> {
    let mut value = vec![tag];
    match u8::try_from(content.len()) {
        Ok(short) if short < 0x80 => value.push(short),
        _ => {
            let digits: Vec<u8> =
                content.len().to_be_bytes().into_iter().skip_while(|digit| *digit == 0).collect();
            value.push(0x80 | u8::try_from(digits.len()).unwrap_or(0));
            value.extend(digits);
        }
    }
    value.extend_from_slice(content);
    value
}

/// Whole bytes as bits.
fn bits(bytes: &[u8]) -> Vec<u8> {
    written(BITS, &[&[0], bytes].concat())
}

/// A time: with two digits of the year before 2050, with four from then on.
fn time(at: Timestamp) -> Vec<u8> {
    let at = Offset::UTC.to_datetime(at);
    let (tag, year) = if at.year() < 2050 { (0x17, "%y") } else { (0x18, "%Y") };
    written(tag, at.strftime(&format!("{year}%m%d%H%M%SZ")).to_string().as_bytes())
}
