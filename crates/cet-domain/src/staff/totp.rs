//! The second factor: time-based one-time codes of RFC 6238 (HMAC-SHA1, 6 digits, 30 seconds), which every
//! authenticator supports. Implemented here, because we need the number of the step that a code belongs to: each can be
//! used once.

use data_encoding::{BASE32_NOPAD, BASE32_NOPAD_NOCASE};
use ring::hmac;

use crate::words::time::Time;

/// Length of a secret in bytes: that of the hash, by RFC 4226.
pub const SECRET: usize = 20;
/// How long a code is valid, in microseconds.
const STEP: i64 = 30_000_000;

/// The number of the step (half minute) that contains an instant.
#[must_use]
pub const fn step(at: Time) -> i64 {
    at.micros().div_euclid(STEP)
}

/// The six digits of a step.
#[must_use]
pub fn code(secret: &[u8], step: i64) -> String {
    format!("{:06}", number(secret, step))
}

fn number(secret: &[u8], step: i64) -> u32 {
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, secret);
    let tag = hmac::sign(&key, &step.to_be_bytes());
    let bytes = tag.as_ref();
    let at = usize::from(bytes.last().copied().unwrap_or(0) & 0xf);
    let four = bytes.get(at..).and_then(|rest| rest.first_chunk::<4>()).copied().unwrap_or_default();
    (u32::from_be_bytes(four) & 0x7fff_ffff) % 1_000_000
}

/// The step whose code was typed, if it is the current one or an adjacent one.
#[must_use]
pub(crate) fn matching_step(secret: &[u8], typed: &str, now: Time) -> Option<i64> {
    // Compared as one number, whose time does not tell which digits were right.
    let typed = six_digits(typed)?;
    let here = step(now);
    [here, here.saturating_sub(1), here.saturating_add(1)]
        .into_iter()
        .find(|step| number(secret, *step) == typed)
}

fn six_digits(typed: &str) -> Option<u32> {
    if typed.len() == 6 && typed.bytes().all(|c| c.is_ascii_digit()) { typed.parse().ok() } else { None }
}

/// Bytes in base32 without padding, for authenticators.
#[must_use]
pub fn base32(bytes: &[u8]) -> String {
    BASE32_NOPAD.encode(bytes)
}

/// Reads base32 in letters of either case; spaces and the padding are left out.
#[must_use]
pub fn from_base32(text: &str) -> Option<Vec<u8>> {
    let text: Vec<u8> = text.bytes().filter(|c| *c != b' ' && *c != b'=').collect();
    BASE32_NOPAD_NOCASE.decode(&text).ok()
}

/// The `otpauth:` URL that an authenticator reads from a QR code.
#[must_use]
pub fn address(account: &str, secret: &str) -> String {
    format!("otpauth://totp/CET:{account}?secret={secret}&issuer=CET&algorithm=SHA1&digits=6&period=30")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_codes_are_those_of_rfc_6238() {
        let secret = b"12345678901234567890";
        for (seconds, expected) in
            [(59, "287082"), (1_111_111_109, "081804"), (1_234_567_890, "005924"), (20_000_000_000, "353130")]
        {
            assert_eq!(code(secret, step(Time::from_micros(seconds * 1_000_000))), expected);
        }
    }

    #[test]
    fn a_code_stands_for_its_own_step_and_one_on_each_side() {
        let secret = b"12345678901234567890";
        let now = Time::from_micros(1_000_000_000_000_000);
        let here = step(now);
        for (offset, known) in [(-2, false), (-1, true), (0, true), (1, true), (2, false)] {
            let typed = code(secret, here + offset);
            assert_eq!(matching_step(secret, &typed, now), known.then_some(here + offset), "{offset}");
        }
        assert_eq!(matching_step(secret, "", now), None);
    }

    #[test]
    fn a_code_is_six_digits_and_nothing_else() {
        let secret = b"12345678901234567890";
        // The code of this step begins with a zero.
        let now = Time::from_micros(1_111_111_109_000_000);
        assert!(matching_step(secret, "081804", now).is_some());
        for typed in ["81804", "+81804", " 81804", "0081804", "081804 ", "08180", "08180a", "０81804"] {
            assert_eq!(matching_step(secret, typed, now), None, "{typed}");
        }
    }

    #[test]
    fn base32_is_that_of_rfc_4648() {
        for (plain, text) in [("", ""), ("f", "MY"), ("fo", "MZXQ"), ("foobar", "MZXW6YTBOI")] {
            assert_eq!(base32(plain.as_bytes()), text);
            assert_eq!(from_base32(text).unwrap(), plain.as_bytes());
        }
        assert_eq!(from_base32("mzxw 6ytb oi======").unwrap(), b"foobar");
        for wrong in ["1", "M", "MZ======X1", "MZXW6YTB0I", "é"] {
            assert_eq!(from_base32(wrong), None, "{wrong}");
        }
    }
}
