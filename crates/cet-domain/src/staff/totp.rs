//! The second factor: time-based one-time codes of RFC 6238 (HMAC-SHA1, 6 digits, 30 seconds), which every
//! authenticator supports. Implemented here, because we need the number of the step that a code belongs to: each can be
//! used once.

use ring::hmac;

use crate::words::time::Time;

/// Length of a secret in bytes: that of the hash, by RFC 4226.
pub const SECRET: usize = 20;
/// How long a code is valid, in microseconds.
const STEP: i64 = 30_000_000;
const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// The number of the step (half minute) that contains an instant.
#[must_use]
pub const fn step(at: Time) -> i64 {
    at.micros().div_euclid(STEP)
}

/// The six digits of a step.
#[must_use]
pub fn code(secret: &[u8], step: i64) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, secret);
    let tag = hmac::sign(&key, &step.to_be_bytes());
    let bytes = tag.as_ref();
    let at = usize::from(bytes.last().copied().unwrap_or(0) & 0xf);
    let four = bytes.get(at..).and_then(|rest| rest.first_chunk::<4>()).copied().unwrap_or_default();
    let number = (u32::from_be_bytes(four) & 0x7fff_ffff) % 1_000_000;
    format!("{number:06}")
}

/// The step whose code was typed, if it is the current one or an adjacent one.
#[must_use]
pub fn matching_step(secret: &[u8], typed: &str, now: Time) -> Option<i64> {
    let here = step(now);
    [here, here.saturating_sub(1), here.saturating_add(1)]
        .into_iter()
        .find(|step| same(&code(secret, *step), typed))
}

/// Compares in constant time.
fn same(one: &str, two: &str) -> bool {
    one.len() == two.len() && one.bytes().zip(two.bytes()).fold(0, |sum, (a, b)| sum | (a ^ b)) == 0
}

/// Bytes in base32 without padding, for authenticators.
#[must_use]
pub fn base32(bytes: &[u8]) -> String {
    let mut text = String::new();
    let (mut held, mut bits) = (0_u32, 0_u32);
    for byte in bytes {
        held = (held << 8) | u32::from(*byte);
        bits = bits.saturating_add(8);
        while bits >= 5 {
            bits = bits.saturating_sub(5);
            push(&mut text, held >> bits);
            held &= (1 << bits) - 1;
        }
    }
    if bits > 0 {
        push(&mut text, held << 5_u32.saturating_sub(bits));
    }
    text
}

fn push(text: &mut String, five: u32) {
    let place = usize::try_from(five & 31).unwrap_or(0);
    text.extend(ALPHABET.get(place).map(|byte| char::from(*byte)));
}

/// Parses base32; spaces and padding are ignored.
#[must_use]
pub fn from_base32(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let (mut held, mut bits) = (0_u32, 0_u32);
    for c in text.bytes().filter(|c| *c != b' ' && *c != b'=') {
        let five = ALPHABET.iter().position(|known| *known == c.to_ascii_uppercase())?;
        held = (held << 5) | u32::try_from(five).ok()?;
        bits = bits.saturating_add(5);
        if bits >= 8 {
            bits = bits.saturating_sub(8);
            bytes.push(u8::try_from((held >> bits) & 0xff).ok()?);
            held &= (1 << bits) - 1;
        }
    }
    Some(bytes)
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
    fn base32_is_that_of_rfc_4648() {
        for (plain, text) in [("", ""), ("f", "MY"), ("fo", "MZXQ"), ("foobar", "MZXW6YTBOI")] {
            assert_eq!(base32(plain.as_bytes()), text);
            assert_eq!(from_base32(text).unwrap(), plain.as_bytes());
        }
        assert_eq!(from_base32("mzxw 6ytb oi======").unwrap(), b"foobar");
        assert_eq!(from_base32("1"), None);
    }
}
