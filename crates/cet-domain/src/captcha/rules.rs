//! Questions, and which answers are accepted.

use ring::digest;

use crate::texts::Texts;
use crate::words::text::{ascii_form, is_invisible};

/// Leading zero bits of a proof: about a second of a phone's work per try.
const PROOF_BITS: u32 = 18;
/// The most digits of a proof's counter.
const LONGEST_PROOF: usize = 20;

/// Digits for a picture, from a random number.
pub(super) fn digits(chance: u64, count: u32) -> String {
    let of = 10_u64.checked_pow(count).unwrap_or(u64::MAX);
    let width = usize::try_from(count).unwrap_or(0);
    format!("{:0width$}", chance % of)
}

/// Two numbers from 1 to 9 to be added.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sum(u8, u8);

pub(super) fn sum(chance: u64) -> Sum {
    let number = |from: u64| u8::try_from(from % 9).unwrap_or(0).saturating_add(1);
    Sum(number(chance), number(chance / 9))
}

const NUMBERS: [&str; 9] = [
    "passport-number-1",
    "passport-number-2",
    "passport-number-3",
    "passport-number-4",
    "passport-number-5",
    "passport-number-6",
    "passport-number-7",
    "passport-number-8",
    "passport-number-9",
];

impl Sum {
    pub(super) fn answer(self) -> u8 {
        self.0.saturating_add(self.1)
    }

    /// In words, so that screen readers can read it and programs need a little more than a search for digits.
    #[must_use]
    pub fn question(self, t: &'static Texts) -> String {
        let word = |number: u8| {
            let key = NUMBERS.get(usize::from(number).saturating_sub(1)).copied();
            key.map_or("", |key| t.m(key))
        };
        t.f("passport-captcha-question", &[("a", word(self.0)), ("b", word(self.1))])
    }
}

/// Whether what was typed is the answer: blanks are ignored; full-width and Chinese digits are accepted.
pub(super) fn same_answer(typed: &str, answer: &str) -> bool {
    let mut plain = String::new();
    for c in typed.chars().filter(|c| !c.is_whitespace() && !is_invisible(*c)).take(16) {
        match ascii_form(c) {
            Some(ascii) => plain.extend(ascii),
            None => plain.push(c),
        }
    }
    plain == answer || chinese_number(&plain).is_some_and(|number| number.to_string() == answer)
}

/// Parses 八 and 十三: a question in words may be answered in words.
fn chinese_number(text: &str) -> Option<usize> {
    let digit = |c: char| "零一二三四五六七八九".chars().position(|known| known == c);
    let chars: Vec<char> = text.chars().collect();
    match chars.as_slice() {
        ['十'] => Some(10),
        ['十', one] => Some(digit(*one)?.saturating_add(10)),
        [one] => digit(*one),
        _ => None,
    }
}

/// Whether SHA-256 of `{id}:{proof}` begins with enough zero bits; `proof` is a decimal counter.
#[must_use]
pub fn proof_holds(id: &str, proof: &str) -> bool {
    if proof.is_empty() || proof.len() > LONGEST_PROOF || !proof.bytes().all(|b| b.is_ascii_digit()) {
        return false;
    }
    let hash = digest::digest(&digest::SHA256, format!("{id}:{proof}").as_bytes());
    let start = hash.as_ref().first_chunk().map_or(u64::MAX, |start| u64::from_be_bytes(*start));
    start.leading_zeros() >= PROOF_BITS
}
