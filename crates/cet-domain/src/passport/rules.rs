//! Which data a passport may have, and where login may redirect to: no database, no clock.

use super::refusal::PassportRefusal;
use super::weakness::{self, Weakness};
use crate::words::document::{Document, DocumentKind, DocumentNumber};
use crate::words::email::Email;
use crate::words::name::PersonName;
use crate::words::text::{Phone, ascii_form, is_invisible};

/// The shortest password in characters (A1).
pub const SHORTEST_PASSWORD: usize = 8;
/// The longest password in characters (A1).
pub(crate) const LONGEST_PASSWORD: usize = 128;

/// The fields of a profile form, as typed.
#[derive(Clone, Copy)]
pub struct TypedProfile<'a> {
    /// `phone`.
    pub phone: &'a str,
    /// `document_kind`.
    pub document_kind: &'a str,
    /// `document_number`.
    pub document_number: &'a str,
    /// `name`.
    pub name: &'a str,
}

/// The optional part of a passport.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Profile {
    /// The telephone.
    pub phone: Option<Phone>,
    /// The document.
    pub document: Option<Document>,
    /// The name.
    pub name: Option<PersonName>,
}

impl Profile {
    /// Whether nothing was given.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.phone.is_none() && self.document.is_none() && self.name.is_none()
    }

    /// Parses the optional fields; blank ones are `None`.
    ///
    /// # Errors
    /// All errors.
    pub fn parse(typed: TypedProfile<'_>) -> Result<Self, Vec<PassportRefusal>> {
        let mut refused = Vec::new();
        let mut profile = Self::default();
        match Phone::optional(typed.phone) {
            Ok(phone) => profile.phone = phone,
            Err(_) => refused.push(PassportRefusal::Field("phone")),
        }
        let (kind, number) = (typed.document_kind.trim(), typed.document_number.trim());
        match (DocumentKind::from_wire(kind), DocumentNumber::parse(number)) {
            _ if kind.is_empty() && number.is_empty() => {}
            (Some(kind), Ok(number)) => profile.document = Some(Document { kind, number }),
            (kind, number) => {
                if kind.is_none() {
                    refused.push(PassportRefusal::DocumentKind);
                }
                if number.is_err() {
                    refused.push(PassportRefusal::DocumentNumber);
                }
            }
        }
        if !typed.name.trim().is_empty() {
            match PersonName::parse(typed.name) {
                Ok(name) => profile.name = Some(name),
                Err(_) => refused.push(PassportRefusal::Field("name")),
            }
        }
        if refused.is_empty() { Ok(profile) } else { Err(refused) }
    }
}

/// Whether to show the hint about the check digit of the typed document, which is never a refusal (W11).
#[must_use]
pub fn check_digit_hint(kind: &str, number: &str) -> bool {
    let document = DocumentKind::from_wire(kind.trim()).and_then(|kind| Document::parse(kind, number).ok());
    document.is_some_and(|document| document.has_wrong_check_digit())
}

/// The errors of a new password; `email` is its owner's.
#[must_use]
pub fn refused_password(password: &str, again: &str, email: Option<&Email>) -> Vec<PassportRefusal> {
    refused_password_of(password, again, email, &[])
}

/// The same; `words` are more of its owner's own, such as the account's name, the document number and the phone.
#[must_use]
pub fn refused_password_of(
    password: &str,
    again: &str,
    email: Option<&Email>,
    words: &[&str],
) -> Vec<PassportRefusal> {
    let mut refused = Vec::new();
    if let Some(weakness) = weak(password, email, words) {
        refused.push(PassportRefusal::PasswordWeak(weakness));
    }
    if password != again {
        refused.push(PassportRefusal::PasswordMismatch);
    }
    refused
}

/// The shortest word of its owner that makes a password weak.
const SHORTEST_OWN_WORD: usize = 4;

/// Too short, too long, the owner's own words, or easy to guess.
fn weak(password: &str, email: Option<&Email>, words: &[&str]) -> Option<Weakness> {
    if !(SHORTEST_PASSWORD..=LONGEST_PASSWORD).contains(&password.chars().count()) {
        return Some(Weakness::Length);
    }
    let key = email.map(Email::key).unwrap_or_default();
    let mut own: Vec<&str> = match key.split_once('@') {
        Some((name, domain)) => vec![&key, name, domain, domain.split('.').next().unwrap_or_default()],
        None => Vec::new(),
    };
    own.extend(words);
    // A word of two or three characters stands in passwords by chance.
    own.retain(|word| word.chars().count() >= SHORTEST_OWN_WORD);
    weakness::of(password, &own)
}

/// Whether two spellings of a student number are equal: blanks, width and case are ignored.
#[must_use]
pub(crate) fn same_student_number(typed: &str, known: &str) -> bool {
    let plain = |text: &str| {
        let mut plain = String::new();
        for c in text.chars().filter(|c| !c.is_whitespace() && !is_invisible(*c)).take(64) {
            match ascii_form(c) {
                Some(ascii) => plain.extend(ascii.map(|c| c.to_ascii_uppercase())),
                None => plain.push(c),
            }
        }
        plain
    };
    let known = plain(known);
    !known.is_empty() && plain(typed) == known
}

/// A redirect target within this site, from a form or URL; `None` if it could lead elsewhere (TH20).
#[must_use]
pub fn own_path(text: &str) -> Option<&str> {
    let decoded = percent_encoding::percent_decode_str(text).decode_utf8().ok()?;
    let safe = |text: &str| {
        text.starts_with('/')
            && !text.starts_with("//")
            && !text.contains('\\')
            && !text.chars().any(char::is_control)
    };
    let visible = text.bytes().all(|b| b.is_ascii_graphic());
    let path = decoded.split(['?', '#']).next().unwrap_or("");
    let loops = matches!(path, "/login" | "/logout");
    (visible && safe(text) && safe(&decoded) && !path.contains("//") && !loops).then_some(text)
}

#[cfg(test)]
#[path = "tests/rules.rs"]
mod tests;
