//! A field of a form that can't be read, with what it may be.

use std::ops::RangeInclusive;

use crate::web::page::Refused;
use cet_base::texts::Texts;

/// A field that can't be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Wrong {
    /// Its name.
    pub field: String,
    /// The code.
    pub code: &'static str,
    /// The text key of what was expected.
    pub words: &'static str,
    /// Of a number, what it may be.
    pub within: Option<RangeInclusive<i64>>,
}

impl Wrong {
    /// A field with an invalid value.
    pub(crate) fn field(field: impl Into<String>, words: &'static str) -> Self {
        Self::coded(field, "field-invalid", words)
    }

    /// A whole number that is none, or outside of its bounds.
    pub(crate) fn number(field: impl Into<String>, within: RangeInclusive<i64>) -> Self {
        Self { within: Some(within), ..Self::field(field, "setting-number-wrong") }
    }

    /// A field that is refused for another reason.
    pub(crate) fn coded(field: impl Into<String>, code: &'static str, words: &'static str) -> Self {
        Self { field: field.into(), code, words, within: None }
    }

    /// The refusal at its field.
    pub(crate) fn told(self, t: &'static Texts) -> Refused {
        let words = match self.within {
            Some(within) => {
                let (from, to) = (within.start().to_string(), within.end().to_string());
                t.f(self.words, &[("from", &from), ("to", &to)])
            }
            None => t.m(self.words).to_owned(),
        };
        Refused::new(t, self.code).at(self.field).saying(words)
    }
}
