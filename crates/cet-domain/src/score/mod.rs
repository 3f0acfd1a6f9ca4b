//! Scores of earlier sittings: they open CET6 (R4) and support a review (V3).

pub mod file;
pub mod store;
#[cfg(test)]
mod tests;

use std::fmt;

use crate::record;
use crate::store::Value;
use crate::stored_as;
use crate::words::codes::SubjectCode;
use crate::words::document_key::DocumentKey;

/// A ticket number: 15 digits for a written subject, F or S and 14 digits for an oral one (facts 1.10).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ticket([u8; 15]);

impl Ticket {
    /// Parses a ticket number.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let bytes: [u8; 15] = text.as_bytes().try_into().ok()?;
        let (first, rest) = bytes.split_first()?;
        let head = first.is_ascii_digit() || matches!(first, b'F' | b'S');
        (head && rest.iter().all(u8::is_ascii_digit)).then_some(Self(bytes))
    }

    /// The number as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("")
    }

    /// The subject in the number: the tenth character of a written one, the first of an oral one.
    #[must_use]
    pub fn subject(&self) -> Option<SubjectCode> {
        let place = if self.is_oral() { 0 } else { 9 };
        self.as_str().get(place..=place).and_then(|code| SubjectCode::parse(code).ok())
    }

    /// The sitting in a written number, as `2015-1`; unknown for an oral one (facts 1.10).
    #[must_use]
    pub fn sitting(&self) -> Option<String> {
        let text = self.as_str();
        let (year, half) = (text.get(6..8)?, text.get(8..9)?);
        (!self.is_oral()).then(|| format!("20{year}-{half}"))
    }

    /// The year of a written examination.
    #[must_use]
    pub fn year(&self) -> Option<i64> {
        let digits = self.as_str().get(6..8)?;
        if self.is_oral() { None } else { digits.parse::<i64>().ok()?.checked_add(2000) }
    }

    fn is_oral(&self) -> bool {
        self.0.first().is_some_and(u8::is_ascii_uppercase)
    }
}

impl fmt::Debug for Ticket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Ticket(..)")
    }
}

stored_as!(Ticket, String, |v| Value::Text(v.as_str()), |raw| Ticket::parse(&raw));

record! {
    /// The score of one ticket. Its Debug shows no personal data.
    #[derive(Clone, PartialEq, Eq)]
    pub struct Score {
        /// The ticket.
        pub ticket: Ticket,
        /// The name on it.
        pub name: String,
        /// The name in comparison form.
        pub name_key: String,
        /// The lookup key of the document.
        pub document_key: DocumentKey,
        /// The subject.
        pub subject: SubjectCode,
        /// Points out of 710.
        pub points: i64,
        /// The sitting, as the file names it.
        pub sitting: String,
    }
}

impl fmt::Debug for Score {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Score(subject {}, ..)", self.subject)
    }
}
