//! The column `detail` of the log: plain codes, or JSON if there are changes. It is part of the hashed content, so that
//! the chain covers the values too.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::change::{Change, Changes, Value};
use crate::words::fen::FenSum;
use crate::words::time::Time;

/// The content of a line's column `detail`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Detail {
    /// Relevant codes, as `sitting=2017-2 subject=1`.
    pub about: String,
    /// What was changed.
    pub changes: Changes,
}

impl Detail {
    /// Parses the column: JSON if there are changes; else, and for lines older than typed values, plain codes.
    #[must_use]
    pub fn read(column: &str) -> Self {
        let stored: Option<Stored<'_>> =
            column.starts_with('{').then(|| serde_json::from_str(column).ok()).flatten();
        match stored {
            Some(stored) => stored.into(),
            None => Self { about: column.to_owned(), changes: Changes::NONE },
        }
    }

    /// Formats the column.
    ///
    /// # Errors
    /// As `serde_json`: none of these values causes one.
    pub fn write(about: &str, changes: &Changes) -> Result<String, serde_json::Error> {
        if changes.is_empty() {
            return Ok(about.to_owned());
        }
        serde_json::to_string(&Stored::of(about, changes))
    }
}

/// The column as JSON: `{"about":"subject=1","changes":[{"field":"state","before":{"code":"held"},"after":{"code":"paid"}}]}`.
#[derive(Serialize, Deserialize)]
struct Stored<'a> {
    #[serde(default, skip_serializing_if = "str::is_empty")]
    about: Cow<'a, str>,
    changes: Vec<StoredChange<'a>>,
    #[serde(default, skip_serializing_if = "is_zero")]
    more: i64,
}

#[derive(Serialize, Deserialize)]
struct StoredChange<'a> {
    field: Cow<'a, str>,
    #[serde(default, skip_serializing_if = "str::is_empty")]
    of: Cow<'a, str>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    before: Option<StoredValue>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    after: Option<StoredValue>,
}

/// A value tagged with its type's name. Ids are text, because JSON parsers elsewhere lose the precision of such
/// numbers.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum StoredValue {
    Text(String),
    Number(i64),
    Flag(bool),
    Fen(i64),
    At(String),
    Id(String),
    Code(String),
    Codes(Vec<String>),
    Withheld,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
const fn is_zero(number: &i64) -> bool {
    *number == 0
}

impl<'a> Stored<'a> {
    fn of(about: &'a str, changes: &'a Changes) -> Self {
        let change = |change: &'a Change| StoredChange {
            field: Cow::Borrowed(&*change.field),
            of: Cow::Borrowed(&*change.of),
            before: StoredValue::of(&change.before),
            after: StoredValue::of(&change.after),
        };
        Self {
            about: Cow::Borrowed(about),
            changes: changes.list().iter().map(change).collect(),
            more: changes.more(),
        }
    }
}

impl From<Stored<'_>> for Detail {
    fn from(stored: Stored<'_>) -> Self {
        let value = |stored: Option<StoredValue>| stored.map_or(Value::Nothing, StoredValue::value);
        let change = |change: StoredChange<'_>| Change {
            field: Cow::Owned(change.field.into_owned()),
            of: change.of.into_owned(),
            before: value(change.before),
            after: value(change.after),
        };
        let list = stored.changes.into_iter().map(change).collect();
        Self { about: stored.about.into_owned(), changes: Changes::stored(list, stored.more) }
    }
}

impl StoredValue {
    fn of(value: &Value) -> Option<Self> {
        Some(match value {
            Value::Nothing => return None,
            Value::Text(text) => Self::Text(text.clone()),
            Value::Number(number) => Self::Number(*number),
            Value::Flag(flag) => Self::Flag(*flag),
            Value::Money(amount) => Self::Fen(amount.get()),
            Value::At(at) => Self::At(at.timestamp().to_string()),
            Value::Id(id) => Self::Id(id.to_string()),
            Value::Code(code) => Self::Code(code.clone()),
            Value::Codes(codes) => Self::Codes(codes.clone()),
            Value::Withheld => Self::Withheld,
        })
    }

    /// An invalid amount, time or id is shown as stored: the line is evidence, so this is no error.
    fn value(self) -> Value {
        match self {
            Self::Text(text) => Value::Text(text),
            Self::Number(number) => Value::Number(number),
            Self::Flag(flag) => Value::Flag(flag),
            Self::Fen(fen) => FenSum::new(fen).map_or(Value::Number(fen), Value::Money),
            Self::At(at) => Time::parse_rfc3339(&at).map_or(Value::Text(at), Value::At),
            Self::Id(id) => id.parse().map_or(Value::Text(id), Value::Id),
            Self::Code(code) => Value::Code(code),
            Self::Codes(codes) => Value::Codes(codes),
            Self::Withheld => Value::Withheld,
        }
    }
}

#[cfg(test)]
#[path = "tests/detail.rs"]
mod tests;
