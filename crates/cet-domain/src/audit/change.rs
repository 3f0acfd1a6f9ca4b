//! The changes in a log line: each field with its value before and after (S7).
//!
//! Values are typed, so that pages and files format them in the reader's language. Personal and secret values (names,
//! documents, telephones, e-mail addresses, student numbers, passwords, reasons that staff typed) are recorded as
//! [`Value::Withheld`]: that they were set, changed or cleared, never what they were.

use std::borrow::Cow;
use std::fmt;

use crate::words::codes::{CampusCode, SchoolCode, SittingCode, SubjectCode};
use crate::words::fen::{Fen, FenSum};
use crate::words::ids::{CollectivePaymentId, EntryId, OrderId, PassportId, RegistrationId};
use crate::words::time::Time;

/// The most fields of one line; it counts the others. A large change has its own row elsewhere.
const MOST_FIELDS: usize = 50;
/// The longest text of one value, in characters; the rest is cut off.
const LONGEST_TEXT: usize = 200;
/// Texts up to this length, in characters, are shown whole beside each other: with the names of their fields they are not cut.
const SHOWN_WHOLE: usize = 100;
/// How much of what two long texts have in common is shown before the place where they differ.
const IN_COMMON: usize = 20;
/// This many digits in a row may be a document number, wherever somebody typed them.
const DOCUMENT_DIGITS: usize = 15;

/// A value of a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// No value.
    Nothing,
    /// Text by staff, as a class or the name of a campus.
    Text(String),
    /// A number.
    Number(i64),
    /// Yes or no.
    Flag(bool),
    /// Money.
    Money(FenSum),
    /// A point in time.
    At(Time),
    /// The id of a row.
    Id(i64),
    /// The code of a state or a role, with its text in [`codes::VALUES`](super::codes::VALUES), or of a place or
    /// subject.
    Code(String),
    /// Several codes.
    Codes(Vec<String>),
    /// A value that is not logged, because it is personal or secret.
    Withheld,
}

impl Value {
    /// Text by staff; [`Self::Nothing`] if empty. It is cut at [`LONGEST_TEXT`], and withheld if it may hold a document
    /// number.
    #[must_use]
    pub fn text(text: &str) -> Self {
        let digits = text.split(|c: char| !c.is_ascii_digit()).map(str::len).max().unwrap_or(0);
        if text.is_empty() {
            Self::Nothing
        } else if digits >= DOCUMENT_DIGITS {
            Self::Withheld
        } else if let Some((end, _)) = text.char_indices().nth(LONGEST_TEXT) {
            Self::Text(format!("{}…", text.get(..end).unwrap_or_default()))
        } else {
            Self::Text(text.to_owned())
        }
    }

    /// A code; [`Self::Nothing`] if empty.
    #[must_use]
    pub fn code(code: &str) -> Self {
        if code.is_empty() { Self::Nothing } else { Self::Code(code.to_owned()) }
    }

    /// Several codes; [`Self::Nothing`] if there are none.
    pub fn codes<C: fmt::Display>(codes: impl IntoIterator<Item = C>) -> Self {
        let codes: Vec<String> = codes.into_iter().map(|code| code.to_string()).collect();
        if codes.is_empty() { Self::Nothing } else { Self::Codes(codes) }
    }

    /// A scope by its prefix: a code of a province, school or campus, or `nation`.
    #[must_use]
    pub fn place(prefix: &str) -> Self {
        Self::Code(if prefix.is_empty() { "nation" } else { prefix }.to_owned())
    }

    /// The codes that it holds.
    pub(super) fn all_codes(&self) -> &[String] {
        match self {
            Self::Code(code) => std::slice::from_ref(code),
            Self::Codes(codes) => codes,
            _ => &[],
        }
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}

impl From<bool> for Value {
    fn from(flag: bool) -> Self {
        Self::Flag(flag)
    }
}

impl From<Fen> for Value {
    fn from(amount: Fen) -> Self {
        Self::Money(amount.into())
    }
}

impl From<FenSum> for Value {
    fn from(amount: FenSum) -> Self {
        Self::Money(amount)
    }
}

impl From<Time> for Value {
    fn from(at: Time) -> Self {
        Self::At(at)
    }
}

impl<V: Into<Value>> From<Option<V>> for Value {
    fn from(value: Option<V>) -> Self {
        value.map_or(Self::Nothing, V::into)
    }
}

macro_rules! from_codes {
    ($($ty:ty),+) => {$(
        impl From<$ty> for Value {
            fn from(code: $ty) -> Self {
                Self::Code(code.to_string())
            }
        }
    )+};
}

from_codes!(CampusCode, SchoolCode, SittingCode, SubjectCode);

macro_rules! from_ids {
    ($($ty:ty),+) => {$(
        impl From<$ty> for Value {
            fn from(id: $ty) -> Self {
                Self::Id(id.0)
            }
        }
    )+};
}

from_ids!(CollectivePaymentId, EntryId, OrderId, PassportId, RegistrationId);

/// One changed field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The field, from [`codes::FIELDS`](super::codes::FIELDS).
    pub field: Cow<'static, str>,
    /// The object, if a line is about several: the campus of a name, the place and subject of a capacity. Else empty.
    pub of: String,
    /// The value before.
    pub before: Value,
    /// The value after.
    pub after: Value,
}

/// The changes of a line, added field by field; unchanged fields are left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    list: Vec<Change>,
    more: i64,
}

impl Changes {
    /// No changes: for a line whose action says it all.
    pub const NONE: Self = Self { list: Vec::new(), more: 0 };

    /// Adds a new field, or one that was certainly changed.
    #[must_use]
    pub fn set(self, field: &'static str, after: impl Into<Value>) -> Self {
        self.field(field, Value::Nothing, after)
    }

    /// Adds a field if its value has changed.
    #[must_use]
    pub fn field(self, field: &'static str, before: impl Into<Value>, after: impl Into<Value>) -> Self {
        self.field_of(field, String::new(), before, after)
    }

    /// The same for one of several objects, as the name of a campus.
    #[must_use]
    pub fn field_of(
        mut self,
        field: &'static str,
        of: String,
        before: impl Into<Value>,
        after: impl Into<Value>,
    ) -> Self {
        let (before, after) = (before.into(), after.into());
        if before != after {
            self.push(Change { field: Cow::Borrowed(field), of, before, after });
        }
        self
    }

    /// Adds a text that staff wrote, if it has changed: also when both are withheld. Of a long one the place is shown where they
    /// differ.
    #[must_use]
    pub(crate) fn text_of(self, field: &'static str, of: String, before: &str, after: &str) -> Self {
        if before == after {
            return self;
        }
        let (before, after) = differing(before, after);
        self.changed_of(field, of, Value::text(&before), Value::text(&after))
    }

    /// Adds a field whose value has certainly changed, whether or not what is logged of it shows that.
    #[must_use]
    pub(crate) fn changed_of(mut self, field: &'static str, of: String, before: Value, after: Value) -> Self {
        self.push(Change { field: Cow::Borrowed(field), of, before, after });
        self
    }

    /// Adds a personal or secret field, plain or sealed, if it has changed: only whether it was and is set is logged.
    #[must_use]
    pub(crate) fn withheld(
        mut self,
        field: &'static str,
        before: impl AsRef<[u8]>,
        after: impl AsRef<[u8]>,
    ) -> Self {
        let (before, after) = (before.as_ref(), after.as_ref());
        if before != after {
            let is_there = |value: &[u8]| if value.is_empty() { Value::Nothing } else { Value::Withheld };
            let (before, after) = (is_there(before), is_there(after));
            self.push(Change { field: Cow::Borrowed(field), of: String::new(), before, after });
        }
        self
    }

    /// Adds a secret that was replaced, as a password.
    #[must_use]
    pub fn replaced(mut self, field: &'static str) -> Self {
        let (before, after) = (Value::Withheld, Value::Withheld);
        self.push(Change { field: Cow::Borrowed(field), of: String::new(), before, after });
        self
    }

    fn push(&mut self, change: Change) {
        if self.list.len() < MOST_FIELDS {
            self.list.push(change);
        } else {
            self.more = self.more.saturating_add(1);
        }
    }

    /// The fields in the order in which they were added.
    #[must_use]
    pub fn list(&self) -> &[Change] {
        &self.list
    }

    /// How many fields were left out.
    #[must_use]
    pub const fn more(&self) -> i64 {
        self.more
    }

    /// The changes of a stored line.
    pub(super) const fn stored(list: Vec<Change>, more: i64) -> Self {
        Self { list, more }
    }

    /// Whether nothing was changed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }
}

/// Two texts; of long ones from shortly before the place on where they differ.
pub(crate) fn differing<'t>(before: &'t str, after: &'t str) -> (Cow<'t, str>, Cow<'t, str>) {
    let is_long = |text: &str| text.chars().nth(SHOWN_WHOLE).is_some();
    let same = before.chars().zip(after.chars()).take_while(|(one, other)| one == other).count();
    if same <= IN_COMMON || !is_long(before) && !is_long(after) {
        return (before.into(), after.into());
    }
    let from = |text: &'t str| -> Cow<'t, str> {
        let start = text.char_indices().nth(same.saturating_sub(IN_COMMON)).map_or(0, |(at, _)| at);
        format!("…{}", text.get(start..).unwrap_or_default()).into()
    };
    (from(before), from(after))
}

#[cfg(test)]
#[path = "tests/change.rs"]
mod tests;
