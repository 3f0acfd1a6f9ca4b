//! Filters that may hold only some values.

use super::Asked;
use crate::web::page::{Page, Refused};

/// A filter with what it may hold.
pub(crate) struct Limited {
    name: &'static str,
    holds: Holds,
}

enum Holds {
    /// One of these.
    OneOf(Vec<String>),
    /// A code, of which other characters are left out.
    Digits,
}

impl Limited {
    /// A filter that is one of a few values.
    pub(crate) fn to<T: Into<String>>(name: &'static str, values: impl IntoIterator<Item = T>) -> Self {
        Self { name, holds: Holds::OneOf(values.into_iter().map(Into::into).collect()) }
    }

    /// A filter that is a code of digits, or its beginning.
    pub(crate) const fn digits(name: &'static str) -> Self {
        Self { name, holds: Holds::Digits }
    }

    fn may_be(&self, value: &str) -> bool {
        value.is_empty()
            || match &self.holds {
                Holds::OneOf(values) => values.iter().any(|known| known == value),
                Holds::Digits => value.chars().any(|of| of.is_ascii_digit()),
            }
    }
}

/// Leaves out the filters that hold what they can't; what was asked for is told at each, and must not silently show everything.
pub(crate) fn unknown(page: &Page, asked: &mut Asked, all: &[Limited]) -> Vec<Refused> {
    let mut said = Vec::new();
    for of in all {
        if !of.may_be(asked.get(of.name)) {
            asked.leave_out(of.name);
            said.push(
                Refused::new(page.t, "field-invalid").at(of.name).saying(page.m("staff-filter-unknown")),
            );
        }
    }
    said
}
