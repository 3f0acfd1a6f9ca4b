//! The candidates of a rush: the rows of a roster's file that the site has imported.

use std::path::{Path, PathBuf};

use crate::words::document::DocumentKind;

/// One candidate, as the look-up's form wants them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Person {
    pub(crate) name: String,
    /// The kind of document, as in forms.
    pub(crate) document_kind: &'static str,
    pub(crate) document_number: String,
}

/// Why a roster can't be used.
#[derive(Debug)]
pub(crate) enum RosterError {
    Read { file: PathBuf, source: csv::Error },
    Column { file: PathBuf, name: &'static str },
    TooFew { file: PathBuf, wanted: usize, found: usize },
}

impl std::fmt::Display for RosterError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Read { file, source } => {
                let is_missing = matches!(source.kind(), csv::ErrorKind::Io(error) if error.kind() == std::io::ErrorKind::NotFound);
                let hint = if is_missing {
                    "; name the roster that the site has imported with --roster"
                } else {
                    ""
                };
                write!(f, "{}: {source}{hint}", file.display())
            }
            Self::Column { file, name } => write!(f, "{}: there is no column {name}", file.display()),
            Self::TooFew { file, wanted, found } => write!(
                f,
                "{}: {wanted} candidates are wanted and {found} are in it; name a larger one with --roster",
                file.display()
            ),
        }
    }
}

impl std::error::Error for RosterError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Read { source, .. } => Some(source),
            Self::Column { .. } | Self::TooFew { .. } => None,
        }
    }
}

/// The `count` people behind the first `skip` of a CSV roster in UTF-8 (interface section 6). Rows whose kind of document
/// is not known are passed over: the import has refused them.
///
/// # Errors
/// When the file can't be read, lacks a column, or has too few people.
pub(crate) fn read(file: &Path, skip: usize, count: usize) -> Result<Vec<Person>, RosterError> {
    let read = |source| RosterError::Read { file: file.to_path_buf(), source };
    let mut reader = csv::Reader::from_path(file).map_err(read)?;
    let header = reader.headers().map_err(read)?.clone();
    let column = |name: &'static str| {
        header
            .iter()
            .position(|known| known.trim_start_matches('\u{feff}') == name)
            .ok_or_else(|| RosterError::Column { file: file.to_path_buf(), name })
    };
    let (name, kind, number) = (column("姓名")?, column("证件类型")?, column("证件号码")?);
    let mut people = Vec::new();
    let mut found = 0_usize;
    for row in reader.records() {
        let row = row.map_err(read)?;
        let cell = |n: usize| row.get(n).unwrap_or_default().trim().to_owned();
        let Some(document_kind) = DocumentKind::from_roster(&cell(kind)).map(DocumentKind::wire) else {
            continue;
        };
        found = found.saturating_add(1);
        if found > skip {
            people.push(Person { name: cell(name), document_kind, document_number: cell(number) });
        }
        if people.len() == count {
            return Ok(people);
        }
    }
    Err(RosterError::TooFew { file: file.to_path_buf(), wanted: count, found: people.len() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_are_read_from_a_roster_and_too_few_are_told() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("roster.csv");
        let text = "\u{feff}学号,姓名,证件类型,证件号码\n1,甲,中华人民共和国居民身份证,11010519491231002X\n2,乙,没有的证件,1\n3,丙,中华人民共和国居民身份证,330101199001010000\n";
        std::fs::write(&file, text).unwrap();
        let people = read(&file, 1, 1).unwrap();
        assert_eq!(people[0].name, "丙");
        assert_eq!(people[0].document_kind, "resident-id");
        let missing = read(&folder.path().join("none.csv"), 0, 1).unwrap_err().to_string();
        assert!(missing.contains("with --roster"), "{missing}");
        let refused = read(&file, 0, 3).unwrap_err().to_string();
        assert!(refused.contains("3 candidates are wanted and 2 are in it"), "{refused}");
        std::fs::write(&file, "姓名,证件号码\n").unwrap();
        assert!(matches!(read(&file, 0, 1), Err(RosterError::Column { name: "证件类型", .. })));
    }
}
