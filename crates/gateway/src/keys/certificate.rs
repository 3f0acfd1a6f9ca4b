//! What is read of an X.509 certificate (RFC 5280): its serial number and its public key. It is not validated: the operator
//! put the file there, as they do a public key.

use data_encoding::HEXUPPER;
use zeroize::Zeroizing;

use super::{KeyError, Rsa2PublicKey, pem};

/// A sequence, in DER.
const SEQUENCE: u8 = 0x30;
/// A whole number, in DER.
const INTEGER: u8 = 0x02;
/// The explicit tag of the version.
const VERSION: u8 = 0xa0;

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
