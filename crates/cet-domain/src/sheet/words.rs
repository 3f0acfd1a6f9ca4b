//! What is said about a file, in both languages.

use crate::texts::{Lang, Texts, texts};

use super::{HeaderFault, Note, Place, RowFault, SheetError, Wrong, column_shown};

/// Something that is said in both languages.
pub trait Say {
    /// In the language of these texts.
    fn say(&self, t: &'static Texts) -> String;

    /// In English, for messages of commands.
    fn in_english(&self) -> String {
        self.say(texts(Lang::En))
    }
}

impl Say for Place {
    fn say(&self, t: &'static Texts) -> String {
        let line = self.line.to_string();
        match &self.sheet {
            Some(sheet) => t.f("sheet-place-sheet", &[("sheet", &sheet.name), ("line", &line)]),
            None => t.f("sheet-place-line", &[("line", &line)]),
        }
    }
}

impl Say for RowFault {
    fn say(&self, t: &'static Texts) -> String {
        let place = self.place.say(t);
        let wrong = self.wrong.say(t);
        match self.column {
            Some(column) => format!("{place}: {column}: {wrong}"),
            None => format!("{place}: {wrong}"),
        }
    }
}

impl Say for Wrong {
    fn say(&self, t: &'static Texts) -> String {
        match self {
            Self::Bytes => t.m("sheet-wrong-bytes").to_owned(),
            Self::Fields { expected, found } => {
                let (expected, found) = (expected.to_string(), found.to_string());
                t.f("sheet-wrong-fields", &[("expected", &expected), ("found", &found)])
            }
            Self::Short => t.m("sheet-wrong-short").to_owned(),
            Self::TooLong { max } => t.f("sheet-wrong-too-long", &[("max", &max.to_string())]),
            Self::Number => t.m("sheet-wrong-number").to_owned(),
            Self::NumberTaken => t.m("sheet-wrong-number-taken").to_owned(),
            Self::Character(c) => {
                t.f("sheet-wrong-character", &[("code", &format!("U+{:04X}", u32::from(*c)))])
            }
            Self::Merged { range } => t.f("sheet-wrong-merged", &[("range", range)]),
            Self::Expected { expected, found } if found.is_empty() => {
                t.f("sheet-wrong-nothing", &[("expected", &expected.say(t))])
            }
            Self::Expected { expected, found } => {
                t.f("sheet-wrong-expected", &[("expected", &expected.say(t)), ("found", found)])
            }
            Self::Odd(what) => t.f("sheet-wrong-odd", &[("what", t.m(what))]),
            Self::Own(key) => t.m(key).to_owned(),
            Self::Doubled { first } => t.f("sheet-wrong-doubled", &[("first", &first.say(t))]),
            Self::DoubledLater { other } => t.f("sheet-wrong-doubled-later", &[("other", &other.say(t))]),
            Self::Shared { first } => t.f("sheet-wrong-shared", &[("first", &first.say(t))]),
            Self::SharedNumber { number, other } => {
                let place = match other {
                    Some(place) => place.say(t),
                    None => t.m("sheet-in-earlier-file").to_owned(),
                };
                t.f("sheet-wrong-shared-number", &[("number", number), ("place", &place)])
            }
            Self::SharedElsewhere => t.m("sheet-wrong-shared-elsewhere").to_owned(),
            Self::OtherSchool { school } => t.f("sheet-wrong-other-school", &[("school", school)]),
            Self::CheckDigit { found } => t.f("sheet-wrong-check-digit", &[("found", found)]),
            Self::Unprintable { found } => t.f("sheet-wrong-unprintable", &[("found", found)]),
            Self::NameDigits => t.m("sheet-wrong-name-digits").to_owned(),
            Self::Education { found } => t.f("sheet-wrong-education", &[("found", found)]),
            Self::Stray { cell } => t.f("sheet-wrong-stray", &[("cell", cell)]),
            Self::Outside => t.m("sheet-wrong-outside").to_owned(),
        }
    }
}

impl Say for HeaderFault {
    fn say(&self, t: &'static Texts) -> String {
        match self {
            Self::Missing(name) => t.f("sheet-header-missing", &[("name", column_shown(name))]),
            Self::Unknown(name) => t.f("sheet-header-unknown", &[("name", name)]),
            Self::Doubled(name) => t.f("sheet-header-doubled", &[("name", name)]),
        }
    }
}

fn faults(t: &'static Texts, faults: &[HeaderFault]) -> String {
    faults.iter().map(|fault| fault.say(t)).collect::<Vec<_>>().join("; ")
}

impl Say for SheetError {
    fn say(&self, t: &'static Texts) -> String {
        match self {
            Self::Io(reason) => t.f("sheet-error-io", &[("reason", reason)]),
            Self::TooLarge { what, limit } => {
                t.f("sheet-error-too-large", &[("limit", &limit.to_string()), ("what", t.m(what))])
            }
            Self::OtherForm(what) => t.f("sheet-error-other-form", &[("what", t.m(what))]),
            Self::Hostile(what) => t.f("sheet-error-hostile", &[("what", t.m(what))]),
            Self::Workbook(reason) if reason.is_empty() => t.m("sheet-error-damaged").to_owned(),
            Self::Workbook(reason) => t.f("sheet-error-workbook", &[("reason", reason)]),
            Self::Header { place, faults: of } => {
                t.f("sheet-error-header", &[("place", &place.say(t)), ("faults", &faults(t, of))])
            }
            Self::NoHeader { columns } => {
                let (some, more) = columns.split_at(columns.len().min(4));
                let more = if more.is_empty() { "" } else { " …" };
                let some: Vec<&str> = some.iter().map(|column| column_shown(column)).collect();
                t.f("sheet-error-no-header", &[("columns", &format!("{}{more}", some.join(", ")))])
            }
            Self::OtherSheet { rows, place, faults: of } => {
                let (rows, place) = (rows.to_string(), place.say(t));
                let args = [("rows", &*rows), ("place", &*place), ("faults", &*faults(t, of))];
                t.f("sheet-error-other-sheet", &args)
            }
            Self::HiddenList { sheet } => t.f("sheet-error-hidden-list", &[("sheet", sheet)]),
            Self::Quote { line } => t.f("sheet-error-quote", &[("line", &line.to_string())]),
            Self::Empty => t.m("sheet-error-empty").to_owned(),
        }
    }
}

impl Say for Note {
    fn say(&self, t: &'static Texts) -> String {
        match self {
            Self::Read { sheet, rows } => {
                t.f("sheet-note-read", &[("sheet", sheet), ("rows", &rows.to_string())])
            }
            Self::Unread { sheet, hidden, rows, has_header } => {
                let key = match (hidden, has_header) {
                    (_, true) => "sheet-note-unread-hidden",
                    (true, false) => "sheet-note-unread-hidden-other",
                    (false, false) => "sheet-note-unread",
                };
                t.f(key, &[("sheet", sheet), ("rows", &rows.to_string())])
            }
            Self::Above(place) => t.f("sheet-note-above", &[("place", &place.say(t))]),
            Self::HiddenRows { sheet, count, first } => {
                let (count, first) = (count.to_string(), first.to_string());
                t.f("sheet-note-hidden-rows", &[("sheet", sheet), ("count", &count), ("first", &first)])
            }
            Self::Missing { name, sheet: None } => t.f("sheet-note-missing", &[("name", name)]),
            Self::Missing { name, sheet: Some(sheet) } => {
                t.f("sheet-note-missing-sheet", &[("name", name), ("sheet", sheet)])
            }
            Self::Unknown { name, sheet: None } => t.f("sheet-note-unknown", &[("name", name)]),
            Self::Unknown { name, sheet: Some(sheet) } => {
                t.f("sheet-note-unknown-sheet", &[("name", name), ("sheet", sheet)])
            }
        }
    }
}

/// A value that a column should have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expected {
    /// The key of its text.
    pub key: &'static str,
    /// The text's `$value`.
    pub value: String,
}

impl Expected {
    /// A text without a value.
    #[must_use]
    pub fn of(key: &'static str) -> Self {
        Self { key, value: String::new() }
    }
}

impl Say for Expected {
    fn say(&self, t: &'static Texts) -> String {
        t.f(self.key, &[("value", &self.value)])
    }
}

/// A text by its key, with its arguments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Phrase {
    /// The key.
    pub key: &'static str,
    /// Names and values.
    pub args: Vec<(&'static str, String)>,
    /// Names, and the keys of texts.
    pub texts: Vec<(&'static str, &'static str)>,
}

impl Phrase {
    /// A text without arguments.
    #[must_use]
    pub fn of(key: &'static str) -> Self {
        Self { key, args: Vec::new(), texts: Vec::new() }
    }

    /// With one more argument.
    #[must_use]
    #[expect(clippy::needless_pass_by_value, reason = "numbers and errors are given as they are")]
    pub fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        self.args.push((name, value.to_string()));
        self
    }
}

impl Phrase {
    /// With one more argument that is a text itself, by its key.
    #[must_use]
    pub(crate) fn with_text(mut self, name: &'static str, key: &'static str) -> Self {
        self.texts.push((name, key));
        self
    }
}

impl Say for Phrase {
    fn say(&self, t: &'static Texts) -> String {
        let texts = self.texts.iter().map(|(name, key)| (*name, t.m(key)));
        let args: Vec<(&str, &str)> =
            self.args.iter().map(|(name, value)| (*name, value.as_str())).chain(texts).collect();
        t.f(self.key, &args)
    }
}
