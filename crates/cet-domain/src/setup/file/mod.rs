//! The file of a sitting (interface section 6, `docs/files.md`): TOML in, everything it says or all of its faults out.

mod arrangement;
mod places;
mod sections;
mod table;
#[cfg(test)]
#[path = "../tests/file.rs"]
mod tests;

use std::collections::BTreeMap;

use toml::de::DeTable;

pub use places::Places;
pub use table::FileFault;
use table::{Faults, Section};

use crate::arrangement::store::SettingRow;
use crate::sitting::plan::TextKind;
use crate::sitting::subject::Subject;
use crate::sitting::window::Scope;
pub use crate::sitting::window::WindowLine;
use crate::words::codes::{CampusCode, ProvinceCode, SchoolCode, SittingCode, SubjectCode};
use crate::words::fen::Fen;
use crate::words::subject::Mode;

/// A small sitting file that has every kind of section, for tests.
#[cfg(test)]
pub(super) const SAMPLE: &str = include_str!("../tests/sample.toml");

/// The largest sitting file and text file, in bytes.
pub const LARGEST_FILE: u64 = 16 * 1024 * 1024;

/// What a sitting's file says.
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
    /// `[[subject]]`.
    pub subjects: Vec<Subject>,
    /// Where in the file each of them stands.
    pub subject_lines: BTreeMap<SubjectCode, usize>,
    /// `[[window]]`.
    pub windows: Vec<WindowLine>,
    /// `[[fee]]`: for whom, which subject, how much.
    pub fees: Vec<(Scope, SubjectCode, Fen)>,
    /// `[[pool]]`.
    pub pools: Vec<PoolLine>,
    /// `[[notice]]`: for whom, at which step, Markdown.
    pub notices: Vec<(Scope, Option<Mode>, String)>,
    /// `[[oral]]`: whose setting, which code prefixes.
    pub orals: Vec<(Scope, Vec<String>)>,
    /// `[[arrangement]]`: where in the file it stands, and what it sets.
    pub arrangements: Vec<(usize, SettingRow)>,
    /// `[[province]]`.
    pub provinces: Vec<(ProvinceCode, String)>,
    /// `[[school]]`.
    pub schools: Vec<(SchoolCode, String)>,
    /// `[[campus]]`.
    pub campuses: Vec<(CampusCode, String)>,
    /// Agreement and guidance: kind, language, Markdown.
    pub texts: Vec<(TextKind, &'static str, String)>,
    /// The places that it brings and names.
    pub places: Places,
}

/// What became of reading a file. Its places can be looked up even where the rest of it is wrong, so that all of its
/// faults are told at once.
#[derive(Debug)]
pub struct Reading {
    /// What it says, or every fault that the text itself shows.
    pub file: Result<SittingFile, Vec<FileFault>>,
    /// The places that it brings and names.
    pub places: Places,
}

/// A `[[pool]]`, or one of several subjects of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PoolLine {
    /// Where in the file it stands, for refusals that only the database can find.
    pub line: usize,
    /// The campus.
    pub campus: CampusCode,
    /// The subject.
    pub subject: SubjectCode,
    /// How many seats there are.
    pub capacity: i64,
}

/// Reads a sitting's file; `beside` reads a text file by its name, which lies in the same folder.
///
/// # Errors
/// Every fault of the file with its line.
pub fn parse(
    text: &str,
    beside: impl Fn(&str) -> Result<String, String>,
) -> Result<SittingFile, Vec<FileFault>> {
    read(text, beside).file
}

/// As [`parse`], with the places of the file whatever else is wrong with it.
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
