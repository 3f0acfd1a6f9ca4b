//! The file of a sitting (interface section 6, `docs/files.md`): parses TOML into its content or a list of all its
//! faults.

mod arrangement;
mod limits;
mod places;
mod sections;
mod table;
#[cfg(test)]
#[path = "../tests/file.rs"]
mod tests;
mod texts;

use std::collections::BTreeMap;

use toml::de::DeTable;

pub use places::Places;
pub(super) use sections::TEXTS;
pub use table::FileFault;
use table::{Faults, Section};

use crate::arrangement::store::SettingRow;
use crate::sitting::limit::{Limit, LimitOn};
use crate::sitting::plan::{Notice, TextKind};
use crate::sitting::subject::Subject;
use crate::sitting::window::Scope;
pub use crate::sitting::window::WindowLine;
use crate::words::codes::{CampusCode, ProvinceCode, SchoolCode, SittingCode, SubjectCode};
use crate::words::fen::Fen;

/// A small sitting file that has every kind of section, for tests.
#[cfg(test)]
pub(crate) const SAMPLE: &str = include_str!("../tests/sample.toml");

/// The largest sitting file and text file, in bytes.
pub(crate) const LARGEST_FILE: u64 = 16 * 1024 * 1024;

/// The content of a sitting's file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SittingFile {
    /// The sitting's code.
    pub code: SittingCode,
    /// Its Chinese name.
    pub name: String,
    /// Its English name.
    pub name_en: String,
    /// The year.
    pub year: i64,
    /// 1 上半年, 2 下半年.
    pub half: i64,
    /// Whether binding asks for the student number too.
    pub ask_student_number: bool,
    /// Whether provinces may set fees of their own; `None`: as before.
    pub province_fees: Option<bool>,
    /// `[[subject]]`.
    pub subjects: Vec<Subject>,
    /// The line of each of them in the file.
    pub subject_lines: BTreeMap<SubjectCode, usize>,
    /// `[[window]]`.
    pub windows: Vec<WindowLine>,
    /// `[[fee]]`: scope, subject, amount.
    pub fees: Vec<(Scope, SubjectCode, Fen)>,
    /// `[[pool]]`.
    pub pools: Vec<PoolLine>,
    /// `[[limit]]`: line in the file, scope, what it applies to, the limit.
    pub limits: Vec<(usize, Scope, LimitOn, Limit)>,
    /// `[[notice]]`.
    pub notices: Vec<Notice>,
    /// `[[oral]]`: scope, code prefixes.
    pub orals: Vec<(Scope, Vec<String>)>,
    /// `[[arrangement]]`: line in the file, and settings.
    pub arrangements: Vec<(usize, SettingRow)>,
    /// `[[province]]`.
    pub provinces: Vec<(ProvinceCode, String)>,
    /// `[[school]]`.
    pub schools: Vec<(SchoolCode, String)>,
    /// `[[campus]]`.
    pub campuses: Vec<(CampusCode, String)>,
    /// Agreement and guidance: kind, language, Markdown.
    pub texts: Vec<(TextKind, &'static str, String)>,
    /// The places that it defines and refers to.
    pub places: Places,
}

/// The result of parsing a file. Its places can be checked even if the rest of it is invalid, so that all of its faults
/// are reported at once.
#[derive(Debug)]
pub struct Reading {
    /// Its content, or every fault in the text itself.
    pub file: Result<SittingFile, Vec<FileFault>>,
    /// The places that it defines and refers to.
    pub places: Places,
}

/// A `[[pool]]`, or one of several subjects of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PoolLine {
    /// The line in the file, for refusals that only the database can find.
    pub line: usize,
    /// The campus.
    pub campus: CampusCode,
    /// The subject.
    pub subject: SubjectCode,
    /// The number of seats.
    pub capacity: i64,
}

/// Parses a sitting's file; `beside` reads a text file by its name from the same folder.
///
/// # Errors
/// Every fault of the file with its line.
pub fn parse(
    text: &str,
    beside: impl Fn(&str) -> Result<String, String>,
) -> Result<SittingFile, Vec<FileFault>> {
    read(text, beside).file
}

/// As [`parse`], but always returns the places of the file.
pub fn read(text: &str, beside: impl Fn(&str) -> Result<String, String>) -> Reading {
    let mut faults = Faults::of(text);
    let (document, broken) = DeTable::parse_recoverable(text);
    for error in &broken {
        let line = error.span().map_or(1, |span| faults.line(span.start));
        faults.at(line, error.message().to_owned());
    }
    if !broken.is_empty() {
        return Reading { file: Err(faults.list), places: Places::default() };
    }
    let root = Section::new("", 1, document.get_ref());
    let file = sections::sitting(root, &beside, &mut faults);
    faults.list.sort_by_key(|fault| fault.line);
    let (list, places) = (faults.list, faults.places);
    let file = match file {
        Some(file) if list.is_empty() => Ok(SittingFile { places: places.clone(), ..file }),
        Some(_) | None => Err(list),
    };
    Reading { file, places }
}
