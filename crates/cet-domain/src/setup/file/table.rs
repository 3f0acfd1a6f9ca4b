//! Parses a TOML table key by key: every fault is recorded with its line, and unknown keys are faults too.

use std::fmt;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::places::Places;
use crate::change::parse;
use crate::words::time::Time;

/// A fault of a file, with its line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileFault {
    /// The line, from 1.
    pub line: usize,
    /// What was found and what was expected.
    pub text: String,
}

impl fmt::Display for FileFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.line, self.text)
    }
}

/// The faults found so far in a file.
pub(super) struct Faults {
    /// Where each line ends.
    ends: Vec<usize>,
    pub(super) list: Vec<FileFault>,
    /// The places to look up in the database later.
    pub(super) places: Places,
}

impl Faults {
    pub(super) fn of(text: &str) -> Self {
        let ends = text.match_indices('\n').map(|(at, _)| at).collect();
        Self { ends, list: Vec::new(), places: Places::default() }
    }

    /// The line of a byte of the file.
    pub(super) fn line(&self, at: usize) -> usize {
        self.ends.partition_point(|end| *end < at).saturating_add(1)
    }

    pub(super) fn at(&mut self, line: usize, text: impl Into<String>) {
        self.list.push(FileFault { line, text: text.into() });
    }

    /// Records a place to be looked up.
    pub(super) fn names(&mut self, line: usize, key: &str, code: impl fmt::Display) {
        self.places.named.push((line, key.to_owned(), code.to_string()));
    }
}

/// One table of the file; each key is taken once.
pub(super) struct Section<'d, 'i> {
    name: &'static str,
    /// The line it begins on.
    pub(super) line: usize,
    table: &'d DeTable<'i>,
    taken: Vec<&'static str>,
}

impl<'d, 'i> Section<'d, 'i> {
    pub(super) fn new(name: &'static str, line: usize, table: &'d DeTable<'i>) -> Self {
        Self { name, line, table, taken: Vec::new() }
    }

    fn take(&mut self, key: &'static str) -> Option<&'d Spanned<DeValue<'i>>> {
        self.taken.push(key);
        self.table.get(key)
    }

    /// The full key in messages, as `subject.level`.
    pub(super) fn path(&self, key: &str) -> String {
        if self.name.is_empty() { key.to_owned() } else { format!("{}.{key}", self.name) }
    }

    fn wrong(&self, key: &str, value: &Spanned<DeValue<'i>>, expected: &str, faults: &mut Faults) {
        let found = match value.get_ref() {
            DeValue::String(text) => format!("\"{text}\""),
            DeValue::Integer(number) => number.to_string(),
            DeValue::Boolean(flag) => flag.to_string(),
            DeValue::Datetime(time) => time.to_string(),
            DeValue::Float(_) | DeValue::Array(_) | DeValue::Table(_) => {
                format!("of type {}", value.get_ref().type_str())
            }
        };
        let line = faults.line(value.span().start);
        faults.at(line, format!("{} = {found}: expected {expected}", self.path(key)));
    }

    fn missing(&self, key: &str, faults: &mut Faults) {
        faults.at(self.line, format!("{} is missing", self.path(key)));
    }

    /// A text for a parser; on failure the fault says what was expected.
    pub(super) fn read<T>(
        &mut self,
        key: &'static str,
        expected: &str,
        faults: &mut Faults,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Option<T> {
        let value = self.take(key)?;
        let parsed = value.get_ref().as_str().and_then(parse);
        if parsed.is_none() {
            self.wrong(key, value, expected, faults);
        }
        parsed
    }

    /// As [`Self::read`], but required.
    pub(super) fn need<T>(
        &mut self,
        key: &'static str,
        expected: &str,
        faults: &mut Faults,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Option<T> {
        if !self.table.contains_key(key) {
            self.taken.push(key);
            self.missing(key, faults);
            return None;
        }
        self.read(key, expected, faults, parse)
    }

    /// A text of one line that is not blank.
    pub(super) fn line_of_text(&mut self, key: &'static str, faults: &mut Faults) -> Option<String> {
        self.need(key, "a text", faults, parse::name)
    }

    /// As [`Self::line_of_text`], but optional.
    pub(super) fn optional_line(&mut self, key: &'static str, faults: &mut Faults) -> Option<String> {
        self.read(key, "a text", faults, parse::name)
    }

    /// A whole number within bounds.
    pub(super) fn number(
        &mut self,
        key: &'static str,
        bounds: std::ops::RangeInclusive<i64>,
        faults: &mut Faults,
    ) -> Option<i64> {
        let expected = format!("a whole number from {} to {}", bounds.start(), bounds.end());
        self.whole_number(key, &expected, faults, |number| bounds.contains(&number))
    }

    /// A whole number that a rule accepts.
    pub(super) fn whole_number(
        &mut self,
        key: &'static str,
        expected: &str,
        faults: &mut Faults,
        accept: impl Fn(i64) -> bool,
    ) -> Option<i64> {
        let Some(value) = self.take(key) else {
            self.missing(key, faults);
            return None;
        };
        let number = value.get_ref().as_integer();
        let parsed =
            number.and_then(|n| i64::from_str_radix(n.as_str(), n.radix()).ok()).filter(|n| accept(*n));
        if parsed.is_none() {
            self.wrong(key, value, expected, faults);
        }
        parsed
    }

    /// As [`Self::number`], but optional.
    pub(super) fn optional_number(
        &mut self,
        key: &'static str,
        bounds: std::ops::RangeInclusive<i64>,
        faults: &mut Faults,
    ) -> Option<i64> {
        if self.table.contains_key(key) {
            return self.number(key, bounds, faults);
        }
        self.taken.push(key);
        None
    }

    /// `true` or `false`; missing is `false`.
    pub(super) fn flag(&mut self, key: &'static str, faults: &mut Faults) -> bool {
        let Some(value) = self.take(key) else { return false };
        let flag = value.get_ref().as_bool();
        if flag.is_none() {
            self.wrong(key, value, "true or false", faults);
        }
        flag.unwrap_or(false)
    }

    /// As [`Self::flag`], but `None` if the key is missing.
    pub(super) fn optional_flag(&mut self, key: &'static str, faults: &mut Faults) -> Option<bool> {
        let given = self.table.contains_key(key);
        let flag = self.flag(key, faults);
        given.then_some(flag)
    }

    /// An optional time.
    pub(super) fn time(&mut self, key: &'static str, faults: &mut Faults) -> Option<Time> {
        let value = self.take(key)?;
        let text = match value.get_ref() {
            DeValue::String(text) => Some(text.to_string()),
            DeValue::Datetime(time) => Some(time.to_string()),
            DeValue::Integer(_)
            | DeValue::Float(_)
            | DeValue::Boolean(_)
            | DeValue::Array(_)
            | DeValue::Table(_) => None,
        };
        let time = text.and_then(|text| parse::time(&text));
        if time.is_none() {
            let expected = "a time from 1987 to 2100, as \"2017-09-20 12:00\" (China) or RFC 3339";
            self.wrong(key, value, expected, faults);
        }
        time
    }

    /// As [`Self::time`], but required.
    pub(super) fn need_time(&mut self, key: &'static str, faults: &mut Faults) -> Option<Time> {
        if !self.table.contains_key(key) {
            self.missing(key, faults);
        }
        self.time(key, faults)
    }

    /// A list of texts, or a single text; `None` when the key is missing.
    pub(super) fn list<T>(
        &mut self,
        key: &'static str,
        expected: &str,
        faults: &mut Faults,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Option<Vec<T>> {
        let value = self.take(key)?;
        let single = std::slice::from_ref(value);
        let items = match value.get_ref() {
            DeValue::Array(items) => items.iter().collect::<Vec<_>>(),
            DeValue::String(_)
            | DeValue::Integer(_)
            | DeValue::Float(_)
            | DeValue::Boolean(_)
            | DeValue::Datetime(_)
            | DeValue::Table(_) => single.iter().collect(),
        };
        let mut list = Vec::new();
        for item in items {
            match item.get_ref().as_str().and_then(&parse) {
                Some(parsed) => list.push(parsed),
                None => self.wrong(key, item, expected, faults),
            }
        }
        Some(list)
    }

    /// The tables `[[key]]`.
    pub(super) fn tables(&mut self, key: &'static str, faults: &mut Faults) -> Vec<Section<'d, 'i>> {
        let Some(value) = self.take(key) else { return Vec::new() };
        let mut sections = Vec::new();
        let items = value.get_ref().as_array();
        if items.is_none() {
            self.wrong(key, value, &format!("tables [[{key}]]"), faults);
        }
        for item in items.into_iter().flat_map(|items| items.iter()) {
            let line = faults.line(item.span().start);
            match item.get_ref().as_table() {
                Some(table) => sections.push(Section::new(key, line, table)),
                None => self.wrong(key, item, &format!("tables [[{key}]]"), faults),
            }
        }
        sections
    }

    /// Reports the keys that were not taken.
    pub(super) fn end(self, faults: &mut Faults) {
        for key in self.table.keys().filter(|key| !self.taken.contains(&key.get_ref().as_ref())) {
            let line = faults.line(key.span().start);
            let known = self.taken.join(", ");
            faults.at(line, format!("{} is not known here: expected {known}", self.path(key.get_ref())));
        }
    }
}
