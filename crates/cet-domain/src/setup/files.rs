//! Imports files of sittings and campuses from a folder.

use std::path::Path;

use super::campuses::{self, CampusFile, Stored};
use super::file::{self, FileFault, LARGEST_FILE};
use super::import::{Imported, import};
use super::store;
use crate::audit::Actor;
use crate::import::ImportError;
use crate::store::{Db, DbError, Stop, Tx};

/// Why a sitting's file was not imported.
#[derive(Debug)]
pub enum SittingError {
    /// It can't be read.
    Io(String),
    /// Its faults, each with its line.
    Faults {
        /// The file's name, for `file:line:`.
        file: String,
        /// Its faults.
        faults: Vec<FileFault>,
    },
    /// An internal failure.
    Fault(DbError),
}

impl std::fmt::Display for SittingError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Io(reason) => f.write_str(reason),
            Self::Fault(error) => error.fmt(f),
            Self::Faults { file, faults } => {
                faults.iter().try_for_each(|fault| writeln!(f, "{file}:{fault}"))?;
                f.write_str("nothing was stored")
            }
        }
    }
}

impl std::error::Error for SittingError {}

/// Imports a sitting's file and the text files next to it.
///
/// # Errors
/// [`SittingError`]; nothing is stored then.
pub async fn sitting(db: &Db, path: &Path, publish: bool) -> Result<Imported, SittingError> {
    let text = read_text(path).map_err(|reason| SittingError::Io(format!("{}: {reason}", path.display())))?;
    let folder = path.parent().unwrap_or(Path::new(""));
    let told = |faults| SittingError::Faults { file: path.display().to_string(), faults };
    let reading = file::read(&text, |name| read_text(&folder.join(name)));
    let file = match reading.file {
        Ok(file) => file,
        Err(mut faults) => {
            // All faults at once, including those that only the database shows.
            let known = db.read_long(async |tx: &mut Tx<'_>| store::campuses(tx).await).await;
            let known = known.map_err(SittingError::Fault)?.into_keys().collect();
            faults.extend(reading.places.unknown(&known));
            faults.sort_by_key(|fault| fault.line);
            return Err(told(faults));
        }
    };
    db.write(async move |tx| import(tx, &file, publish).await).await.map_err(|stop| match stop {
        Stop::Refused(faults) => told(faults),
        Stop::Fault(error) => SittingError::Fault(error),
    })
}

fn read_text(path: &Path) -> Result<String, String> {
    let size = std::fs::metadata(path).map_err(|error| error.to_string())?.len();
    if size > LARGEST_FILE {
        return Err(format!("expected at most {LARGEST_FILE} bytes, found {size}"));
    }
    let bytes = std::fs::read(path).map_err(|error| error.to_string())?;
    let text = String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        let before = error.as_bytes().get(..at).unwrap_or_default();
        let line = before.iter().filter(|byte| **byte == b'\n').count().saturating_add(1);
        format!("line {line} is not UTF-8: open the file in an editor and save it with the encoding UTF-8")
    })?;
    Ok(text.strip_prefix('\u{FEFF}').map(str::to_owned).unwrap_or(text))
}

/// The result of importing a file of campuses.
#[derive(Debug)]
pub struct CampusReport {
    /// Its content, with duplicates and errors.
    pub file: CampusFile,
    /// What was stored; `None`: nothing, because of duplicates or errors.
    pub stored: Option<Stored>,
}

/// Imports a file of campuses. Codes with several names stop it unless `skip_doubled` leaves them out; invalid rows
/// always do.
///
/// # Errors
/// [`ImportError`] when the file as a whole is invalid or the database fails.
pub async fn campuses(db: &Db, path: &Path, skip_doubled: bool) -> Result<CampusReport, ImportError> {
    let file = campuses::read(path, None)?;
    let fit = file.findings.error_count == 0 && (skip_doubled || file.doubled.is_empty());
    let stored = if fit {
        Some(campuses::store(db, file.campuses.clone(), Actor::Command("import campuses"), None).await?)
    } else {
        None
    };
    Ok(CampusReport { file, stored })
}
