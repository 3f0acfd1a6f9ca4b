//! Identity documents: their kinds, the canonical form of a number, and its check digit.
//!
//! A wrong check digit is a hint, never a refusal (R3): the roster decides who a number belongs to.

mod kind;

use std::fmt;

use zeroize::Zeroize;

use super::text::{ascii_form, is_invisible};

pub use kind::DocumentKind;

/// Why a text is not a document number (code `document-number`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DocumentNumberError {
    /// Nothing is left once spaces, hyphens and brackets are gone.
    Empty,
    /// More than [`DocumentNumber::MAX`] characters are left.
    TooLong,
    /// It holds a character that no document number has.
    Impossible,
}

impl fmt::Display for DocumentNumberError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Empty => "the document number is empty",
            Self::TooLong => "the document number is longer than 32 characters",
            Self::Impossible => "the document number holds other characters than letters and digits",
        })
    }
}

impl std::error::Error for DocumentNumberError {}

/// A document number in canonical form: upper-case ASCII letters and digits only (facts 2.1).
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DocumentNumber(String);

impl DocumentNumber {
    /// The longest number, in characters of the canonical form (R3).
    pub const MAX: usize = 32;

    /// How much text is read: decoration around a number cannot make the work grow.
    const MAX_TYPED: usize = 256;

    /// Converts a number as typed into canonical form: full-width forms become ASCII, letters upper-case, look-alikes
    /// of the check digit X become X; spaces, hyphens, brackets and invisible marks are removed.
    ///
    /// # Errors
    /// [`DocumentNumberError`]: empty, longer than [`Self::MAX`], or with characters no number has.
    pub fn parse(text: &str) -> Result<Self, DocumentNumberError> {
        let mut canonical = String::new();
        for (at, typed) in text.chars().enumerate() {
            if at >= Self::MAX_TYPED {
                return Err(DocumentNumberError::TooLong);
            }
            if is_decoration(typed) {
                continue;
            }
            for c in ascii_form(look_alike(typed)).ok_or(DocumentNumberError::Impossible)? {
                if c.is_ascii_alphanumeric() {
                    canonical.push(c.to_ascii_uppercase());
                } else if !is_decoration(c) {
                    return Err(DocumentNumberError::Impossible);
                }
            }
        }
        match canonical.len() {
            0 => Err(DocumentNumberError::Empty),
            1..=Self::MAX => Ok(Self(canonical)),
            _ => Err(DocumentNumberError::TooLong),
        }
    }

    /// The canonical form, for sealing, hashing and the ticket; never for logs.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The number with its middle hidden, as `3301**********0000`: at most a quarter is visible at each end.
    #[must_use]
    pub fn masked(&self) -> String {
        let len = self.0.len();
        let shown = (len / 4).min(4);
        let hidden = len.saturating_sub(2 * shown);
        let head = self.0.get(..shown).unwrap_or_default();
        let tail = self.0.get(len - shown..).unwrap_or_default();
        format!("{head}{}{tail}", "*".repeat(hidden))
    }
}

impl fmt::Debug for DocumentNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DocumentNumber(..)")
    }
}

impl Drop for DocumentNumber {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

/// Characters that keyboards produce for the check digit X of a resident's card.
fn look_alike(c: char) -> char {
    match c {
        'х' | 'Х' | '×' => 'X',
        other => other,
    }
}

/// Characters that people and spreadsheets put around and between those of a number.
fn is_decoration(c: char) -> bool {
    c.is_whitespace()
        || is_invisible(c)
        || matches!(
            c,
            '-' | '\u{2010}'
                ..='\u{2015}' | '\u{2212}' | '\u{FE58}' | '\u{FE63}' | '\u{FF0D}' // hyphens and dashes
            | '(' | ')' | '[' | ']' | '{' | '}' | '（' | '）' | '［' | '］' | '｛' | '｝' | '【' | '】' | '〔' | '〕'
        )
}

/// Result of the check: a hint beside the field and a warning of an import, never a refusal (R3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CheckDigit {
    /// The check digit is right.
    Good,
    /// The form or the check digit is wrong.
    Bad,
    /// The form fits, but this kind has no check digit that can be computed.
    None,
}

/// One person's document: the number is valid only together with its kind.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Document {
    /// Which kind of document.
    pub kind: DocumentKind,
    /// Its number in canonical form.
    pub number: DocumentNumber,
}

impl Document {
    /// Reads a number of a known kind.
    ///
    /// # Errors
    /// As [`DocumentNumber::parse`].
    pub fn parse(kind: DocumentKind, number: &str) -> Result<Self, DocumentNumberError> {
        Ok(Self { kind, number: DocumentNumber::parse(number)? })
    }

    /// The key that two documents of one person share; two persons never share it.
    ///
    /// Only two kinds differ from the canonical number: a 港澳居民来往内地通行证 matches by its first nine characters, so that a
    /// renewal stays the same person, and a resident's card of 15 digits by the 18 it became (facts 2.1).
    #[must_use]
    pub fn match_key(&self) -> MatchKey {
        let number = self.number.as_str();
        let same_person = match self.kind {
            DocumentKind::HongKongMacauPermit if is_permit(number, 10) => {
                number.get(..PERMIT_STAYS).unwrap_or(number).to_owned()
            }
            DocumentKind::ResidentId => eighteen_digits(number).unwrap_or_else(|| number.to_owned()),
            DocumentKind::TaiwanPermit
            | DocumentKind::HongKongMacauPermit
            | DocumentKind::Passport
            | DocumentKind::HongKongId
            | DocumentKind::MacauId => number.to_owned(),
        };
        MatchKey(format!("{}:{same_person}", self.kind.wire()))
    }

    /// The number as far as one has to know it to find its person: what of a renewed permit was not asked for stays
    /// hidden.
    #[must_use]
    pub fn asked_for(&self) -> String {
        let number = self.number.as_str();
        match number.split_at_checked(PERMIT_STAYS) {
            Some((asked, rest))
                if self.kind == DocumentKind::HongKongMacauPermit && is_permit(number, 10) =>
            {
                format!("{asked}{}", "*".repeat(rest.len()))
            }
            _ => number.to_owned(),
        }
    }

    /// The whole number of a Hong Kong card that was typed without its check digit, which follows from the rest.
    #[must_use]
    pub fn completed(&self) -> Option<Self> {
        let body = self.number.as_str();
        let digit = hong_kong_digit(body).filter(|_| self.kind == DocumentKind::HongKongId)?;
        Some(Self { kind: self.kind, number: DocumentNumber(format!("{body}{digit}")) })
    }

    /// The other number that a roster may have for the same Hong Kong card: with the check digit that was left out, or
    /// without the right one that was typed.
    #[must_use]
    pub fn other_writing(&self) -> Option<Self> {
        let bare = || {
            let number = self.number.as_str();
            let (body, check) = number.split_at_checked(number.len().checked_sub(1)?)?;
            let right = hong_kong_digit(body).is_some_and(|digit| check == digit.to_string());
            let number = DocumentNumber(body.to_owned());
            (self.kind == DocumentKind::HongKongId && right).then_some(Self { kind: self.kind, number })
        };
        self.completed().or_else(bare)
    }

    /// Whether the number is whole and only its check digit is wrong: what is left out or of another form is no such slip.
    #[must_use]
    pub fn has_wrong_check_digit(&self) -> bool {
        let number = self.number.as_str();
        let split = || number.split_at_checked(number.len().checked_sub(1)?);
        let right = split().and_then(|(body, check)| {
            let right = match self.kind {
                DocumentKind::ResidentId => mod_11_2(body),
                DocumentKind::HongKongId => hong_kong_digit(body),
                _ => None,
            };
            right.map(|digit| check != digit.to_string())
        });
        right.unwrap_or(false)
    }

    /// Checks the number's form and check digit.
    #[must_use]
    pub fn check(&self) -> CheckDigit {
        let number = self.number.as_str();
        let fits = match self.kind {
            DocumentKind::ResidentId if number.len() == 15 => all_digits(number),
            DocumentKind::ResidentId => return resident_check(number),
            DocumentKind::HongKongId => return hong_kong_check(number),
            DocumentKind::MacauId => {
                number.len() == 8 && all_digits(number) && number.starts_with(['1', '5', '7'])
            }
            DocumentKind::HongKongMacauPermit => is_permit(number, 8) || is_permit(number, 10),
            DocumentKind::TaiwanPermit => number
                .split_at_checked(8)
                .is_some_and(|(digits, booklet)| all_digits(digits) && booklet.len() <= 4),
            DocumentKind::Passport => {
                (5..=9).contains(&number.len()) && number.bytes().any(|b| b.is_ascii_digit())
            }
        };
        if fits { CheckDigit::None } else { CheckDigit::Bad }
    }
}

/// The form of a document by which its person is found: kind and number in one text, to be hashed for lookup.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MatchKey(String);

impl MatchKey {
    /// The text to hash; as sensitive as the number itself.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for MatchKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MatchKey(..)")
    }
}

impl Drop for MatchKey {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

fn all_digits(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_digit())
}

/// The characters of a permit that stay through its renewals.
const PERMIT_STAYS: usize = 9;

/// H or M followed by this many digits: 8 on the lifelong card, 10 on the booklet (8 and two of the renewal).
fn is_permit(number: &str, digits: usize) -> bool {
    number.strip_prefix(['H', 'M']).is_some_and(|rest| rest.len() == digits && all_digits(rest))
}

/// The 18 characters that a resident's card of 15 digits became: the century inserted, the check digit appended.
fn eighteen_digits(number: &str) -> Option<String> {
    let (area, rest) = number.split_at_checked(6)?;
    if number.len() != 15 || !all_digits(number) {
        return None;
    }
    let mut full = format!("{area}19{rest}");
    full.push(mod_11_2(&full)?);
    Some(full)
}

fn resident_check(number: &str) -> CheckDigit {
    let right = number
        .split_at_checked(17)
        .is_some_and(|(body, check)| mod_11_2(body).is_some_and(|digit| check == digit.to_string()));
    if right { CheckDigit::Good } else { CheckDigit::Bad }
}

/// The check digit of 17 digits by ISO 7064 MOD 11-2 (GB 11643-1999).
fn mod_11_2(body: &str) -> Option<char> {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    if body.len() != WEIGHTS.len() {
        return None;
    }
    let mut sum = 0;
    for (c, weight) in body.chars().zip(WEIGHTS) {
        sum += c.to_digit(10)? * weight;
    }
    "10X98765432".chars().nth(usize::try_from(sum % 11).ok()?)
}

fn hong_kong_check(number: &str) -> CheckDigit {
    let parts = number.len().checked_sub(1).and_then(|at| number.split_at_checked(at));
    let right = parts
        .is_some_and(|(body, check)| hong_kong_digit(body).is_some_and(|digit| check == digit.to_string()));
    if right { CheckDigit::Good } else { CheckDigit::Bad }
}

/// The check digit of one or two letters and six digits; a single letter counts as a space (36) and itself.
fn hong_kong_digit(body: &str) -> Option<char> {
    let (letters, digits) = body.split_at_checked(body.len().checked_sub(6)?)?;
    let form = (1..=2).contains(&letters.len())
        && letters.bytes().all(|b| b.is_ascii_uppercase())
        && all_digits(digits);
    if !form {
        return None;
    }
    let space = if letters.len() == 1 { Some(36) } else { None };
    let values = space.into_iter().chain(body.chars().filter_map(|c| c.to_digit(36)));
    let sum: u32 = values.zip((2..=9).rev()).map(|(value, weight)| value * weight).sum();
    match (11 - sum % 11) % 11 {
        10 => Some('A'),
        digit => char::from_digit(digit, 10),
    }
}

#[cfg(test)]
#[path = "tests/document.rs"]
mod tests;
