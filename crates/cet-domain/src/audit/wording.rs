//! A line's changes as text in the reader's language.

use super::about;
use super::change::{Change, Value};
use super::codes::{FIELDS, VALUES, words};
use super::line::Line;
use crate::texts::Texts;

/// The texts of a line's details.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wording {
    /// Relevant codes, as files have them; empty for none.
    pub about: String,
    /// The same in words, as pages have them: each name with its value as a sentence.
    pub words: Vec<String>,
    /// Each change as a sentence.
    pub changes: Vec<String>,
}

impl Wording {
    /// All of it in one cell of a file.
    #[must_use]
    pub fn cell(&self) -> String {
        let about = Some(self.about.as_str()).filter(|about| !about.is_empty());
        let parts: Vec<&str> = about.into_iter().chain(self.changes.iter().map(String::as_str)).collect();
        parts.join("; ")
    }
}

/// The texts of a line's details, in this language.
#[must_use]
pub fn told(t: &'static Texts, line: &Line) -> Wording {
    let detail = line.read_detail();
    let mut changes: Vec<String> = detail.changes.list().iter().map(|change| sentence(t, change)).collect();
    if detail.changes.more() > 0 {
        changes.push(t.f("audit-change-more", &[("count", &detail.changes.more().to_string())]));
    }
    Wording { words: about::sentences(t, &detail.about), about: detail.about, changes }
}

/// The changes of a line for the person whom it is about: without numbers that only this program knows.
#[must_use]
pub fn told_to_person(t: &'static Texts, line: &Line) -> Vec<String> {
    let is_id = |value: &Value| matches!(value, Value::Id(_));
    let detail = line.read_detail();
    let told = detail.changes.list().iter().map(|change| {
        if is_id(&change.before) || is_id(&change.after) {
            let field = words(t, FIELDS, &change.field);
            return t.f("audit-change-number", &[("field", field)]);
        }
        sentence(t, change)
    });
    let mut told: Vec<String> = told.collect();
    if detail.changes.more() > 0 {
        told.push(t.f("audit-change-more", &[("count", &detail.changes.more().to_string())]));
    }
    told
}

fn sentence(t: &'static Texts, change: &Change) -> String {
    let mut field = words(t, FIELDS, &change.field).to_owned();
    if !change.of.is_empty() {
        field = format!("{field} {}", change.of);
    }
    if (&change.before, &change.after) == (&Value::Withheld, &Value::Withheld) {
        return t.f("audit-change-withheld", &[("field", &field)]);
    }
    let (before, after) = (value(t, &change.before), value(t, &change.after));
    t.f("audit-change", &[("field", &field), ("before", &before), ("after", &after)])
}

fn value(t: &'static Texts, of: &Value) -> String {
    match of {
        Value::Nothing => t.m("audit-nothing").to_owned(),
        Value::Text(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        Value::Flag(flag) => t.m(if *flag { "audit-yes" } else { "audit-no" }).to_owned(),
        Value::Money(amount) => t.f("audit-money", &[("amount", &amount.to_string())]),
        Value::At(at) => at.local("%Y-%m-%d %H:%M:%S"),
        Value::Id(id) => id.to_string(),
        Value::Code(code) => words(t, VALUES, code).to_owned(),
        Value::Codes(codes) => {
            let codes: Vec<&str> = codes.iter().map(|code| words(t, VALUES, code)).collect();
            codes.join(t.m("audit-and"))
        }
        Value::Withheld => t.m("audit-withheld").to_owned(),
    }
}

#[cfg(test)]
#[path = "tests/wording.rs"]
mod tests;
