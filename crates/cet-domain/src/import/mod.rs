//! Imports a table of persons, a roster or scores: all or nothing, even if killed in the middle (TH32).
//!
//! The whole file is checked first. Then its rows are staged in small transactions, so that a running node is not
//! blocked, under an `import` row in state `staging`; one update of that row publishes them all. The rows that a killed
//! command leaves behind are invisible and are deleted later.

mod check;
mod compare;
pub mod fields;
pub mod findings;
pub mod identity;
pub mod jobs;
mod stage;
mod standing;
pub mod store;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;
use std::sync::Arc;

pub use compare::Compared;
pub use findings::{Findings, Tally};

use crate::sheet::{Cell, Form, Limits, Note, Place, RowFault, Sheet, SheetError};
use crate::store::{Db, DbError, Param, Stop};

/// A kind of table: how its rows are parsed and where they are stored.
pub trait Kind: Send + Sync + 'static {
    /// A row that is ready for the database.
    type Row: Send + Sync + 'static;
    /// The kind in the `import` table.
    const NAME: &'static str;
    /// The names of the header.
    const COLUMNS: &'static [&'static str];
    /// The column to report when a row occurs twice.
    const IDENTITY: &'static str;
    /// `INSERT INTO … VALUES`, without the values.
    const INSERT: &'static str;
    /// Number of values per row.
    const WIDTH: usize;
    /// The most rows of a file.
    const MOST_ROWS: u64;

    /// The sitting it belongs to; empty for none.
    fn sitting(&self) -> &str;

    /// Parses a row; errors are added to the findings.
    fn read(&self, place: &Place, cells: &[Cell], findings: &mut Findings) -> Option<Self::Row>;

    /// Whether rows may share the key of their identity if the rest of it differs.
    const ALLOWS_SAME_KEY: bool;

    /// Computes the expensive fields that only a stored row needs; returns whether it succeeded.
    fn complete(&self, _row: &mut Self::Row) -> bool {
        true
    }

    /// The identity of the row: at most one row each.
    fn identity(row: &Self::Row) -> Identity;

    /// Whether a row with too few cells is acceptable: only trailing fields can be missing, none in between.
    fn may_end_early(_row: &Self::Row) -> bool {
        true
    }

    /// A digest of the row's data, to be compared with the database.
    fn digest(_row: &Self::Row) -> u32 {
        0
    }

    /// The number by which the row is joined with something else although it is not a key.
    fn joined_by(_row: &mut Self::Row) -> Option<JoinedBy> {
        None
    }

    /// The values in the order of [`Self::INSERT`].
    fn values<'r>(row: &'r Self::Row, stamp: &'r Stamp) -> Vec<&'r dyn Param>;
}

/// What a row is about, and what distinguishes it from others with the same key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Identity {
    /// The document's lookup key, or the ticket.
    pub key: [u8; 16],
    /// For a document the code of the school; for a ticket the beginning of the document's key.
    pub rest: [u8; 5],
}

/// A number by which other data are joined to a row: a student's, by which the photo is found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JoinedBy {
    /// The column.
    pub column: &'static str,
    /// A hash of the number and of the scope in which it should be unique.
    pub hash: u64,
    /// The number.
    pub number: String,
}

/// The columns of every staged row.
#[derive(Clone, Copy, Debug)]
pub struct Stamp {
    /// The row's own id.
    pub id: i64,
    /// The import it belongs to.
    pub import: i64,
}

/// A phase of the work, for a progress bar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// The file is checked.
    Checking,
    /// Rows are compared with those of other published imports.
    Comparing,
    /// Rows are written.
    Staging,
}

/// Progress callback: rows done, and the total if known.
pub type Watch = dyn Fn(Step, u64, Option<u64>) + Send + Sync;

/// The outcome of an import.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Its rows are current from now on.
    Published {
        /// The import's id.
        import: i64,
    },
    /// It was only checked (dry run).
    Checked,
    /// The very same file was published before, and all of its rows are current; nothing was done.
    KnownFile,
}

/// The report that the command prints.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// The format of the file.
    pub form: Form,
    /// Number of rows.
    pub rows: u64,
    /// Anomalies that are no errors: the first of them.
    pub warnings: Vec<RowFault>,
    /// Their total number.
    pub warning_count: u64,
    /// Anomalies by kind.
    pub kinds: BTreeMap<&'static str, Tally>,
    /// Findings in so many rows that they are reported first.
    pub headlines: Vec<String>,
    /// Other content of the file, and how it was read.
    pub notes: Vec<Note>,
    /// The comparison with earlier rows; `None` if not compared.
    pub compared: Option<Compared>,
    /// How it ended.
    pub outcome: Outcome,
}

/// Why nothing was stored.
#[derive(Debug)]
pub enum ImportError {
    /// The file as a whole is invalid.
    Sheet(SheetError),
    /// Rows are invalid.
    Rows {
        /// Number of rows of the file.
        rows: u64,
        /// The findings.
        findings: Box<Findings>,
        /// Other content of the file.
        notes: Vec<Note>,
    },
    /// There is no such sitting.
    NoSitting(String),
    /// Another import of this sitting was published in the meantime: the comparison must be repeated.
    Overtaken,
    /// The file changed while it was read, or the staged rows were swept.
    Changed,
    /// An internal failure.
    Fault(DbError),
}

impl fmt::Display for ImportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sheet(error) => error.fmt(f),
            Self::Rows { rows, findings, .. } => {
                write!(f, "{} errors in {rows} rows, nothing was stored", findings.error_count)
            }
            Self::NoSitting(code) => write!(f, "there is no sitting {code}: import its file first"),
            Self::Overtaken => {
                f.write_str("another import was published meanwhile, nothing was stored: run it again")
            }
            Self::Changed => {
                f.write_str("the file or the staged rows changed meanwhile, nothing was stored: run it again")
            }
            Self::Fault(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for ImportError {}

impl From<SheetError> for ImportError {
    fn from(error: SheetError) -> Self {
        Self::Sheet(error)
    }
}

impl From<DbError> for ImportError {
    fn from(error: DbError) -> Self {
        Self::Fault(error)
    }
}

/// Checks a file and, unless it is a dry run, stages and publishes its rows.
///
/// # Errors
/// [`ImportError`]; none of its rows is published then.
pub async fn run<K: Kind>(
    db: &Db,
    kind: Arc<K>,
    path: &Path,
    dry_run: bool,
    watch: Arc<Watch>,
) -> Result<Report, ImportError> {
    let sheet = Arc::new(open::<K>(path.to_owned()).await?);
    let published = store::published(db, K::NAME, kind.sitting()).await?;
    let same: Vec<i64> =
        published.iter().filter(|known| known.file_hash == sheet.hash()).map(|known| known.id).collect();
    let mut report = Report {
        form: sheet.form(),
        rows: 0,
        warnings: Vec::new(),
        warning_count: 0,
        kinds: BTreeMap::new(),
        headlines: Vec::new(),
        notes: sheet.notes().to_vec(),
        compared: None,
        outcome: Outcome::KnownFile,
    };
    // A known file proves nothing: a correction may have been imported after it.
    if K::NAME == store::SCORES && standing::scores_stand(db, &same).await? {
        return Ok(report);
    }
    let checked = check::check(Arc::clone(&kind), Arc::clone(&sheet), Arc::clone(&watch)).await?;
    let rows = checked.rows;
    let mut findings = checked.findings;
    if K::NAME == store::ROSTER && !published.is_empty() {
        let (seen, joined) = (&checked.seen, &checked.joined);
        let place = |known: &check::Known| sheet.place(known.sheet, u64::from(known.line));
        let compared = compare::compare::<K>(db, kind.sitting(), seen, place, &mut findings, &watch).await?;
        compare::joined(db, kind.sitting(), seen, joined, place, &mut findings).await?;
        report.compared = Some(compared);
    }
    drop((checked.seen, checked.joined));
    findings.sort();
    if findings.error_count > 0 {
        return Err(ImportError::Rows { rows, findings: Box::new(findings), notes: report.notes });
    }
    report.rows = rows;
    report.outcome = if report.compared.as_ref().is_some_and(|compared| compared.stands(rows, &same)) {
        Outcome::KnownFile
    } else if dry_run {
        Outcome::Checked
    } else {
        let expected = stage::Expected { rows, published: published.len() };
        Outcome::Published { import: stage::stage(db, kind, &sheet, path, expected, &watch).await? }
    };
    report.headlines = findings.headlines(rows);
    let Findings { warnings, warning_count, kinds, .. } = findings;
    Ok(Report { warnings, warning_count, kinds, ..report })
}

async fn open<K: Kind>(path: std::path::PathBuf) -> Result<Sheet, ImportError> {
    let opened =
        tokio::task::spawn_blocking(move || Sheet::open(&path, K::COLUMNS, Limits::command(K::MOST_ROWS)));
    Ok(opened.await.map_err(DbError::from)??)
}

/// Converts the refusals of publishing.
impl From<Stop<ImportError>> for ImportError {
    fn from(stop: Stop<ImportError>) -> Self {
        match stop {
            Stop::Refused(error) => error,
            Stop::Fault(fault) => Self::Fault(fault),
        }
    }
}
