//! Taking over a table of persons, a roster or scores: all of it or nothing, also when killed in the middle (TH32).
//!
//! The whole file is checked first. Then its rows are staged in small transactions, so that a running node is not held
//! up, under an `import` row that nobody counts yet; one change of that row publishes them all. What a killed command
//! leaves behind is invisible and is swept away later.

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

/// A kind of table: how its rows are read and where they go.
pub trait Kind: Send + Sync + 'static {
    /// A row that is ready for the database.
    type Row: Send + Sync + 'static;
    /// The kind in the `import` table.
    const NAME: &'static str;
    /// The names of the header.
    const COLUMNS: &'static [&'static str];
    /// The column to blame when a row stands twice.
    const IDENTITY: &'static str;
    /// `INSERT INTO … VALUES`, without the values.
    const INSERT: &'static str;
    /// How many values a row has.
    const WIDTH: usize;
    /// The most rows a command takes.
    const MOST_ROWS: u64;

    /// The sitting it belongs to; empty for none.
    fn sitting(&self) -> &str;

    /// Reads a row; what is wrong with it goes to the findings.
    fn read(&self, place: &Place, cells: &[Cell], findings: &mut Findings) -> Option<Self::Row>;

    /// Whether rows may share the key of their identity when the rest of it differs.
    const ALLOWS_SAME_KEY: bool;

    /// Adds what only a row that is stored needs and that costs time; answers whether it could.
    fn complete(&self, _row: &mut Self::Row) -> bool {
        true
    }

    /// Whom or what the row is about: at most one row each.
    fn identity(row: &Self::Row) -> Identity;

    /// Whether a row may end early: whether it is surely the end that is missing, and no field before it.
    fn may_end_early(_row: &Self::Row) -> bool {
        true
    }

    /// A digest of what the row says, to be compared with what stands in the database.
    fn digest(_row: &Self::Row) -> u32 {
        0
    }

    /// The number by which the row is joined with something else although it is no key.
    fn joined_by(_row: &mut Self::Row) -> Option<JoinedBy> {
        None
    }

    /// The values in the order of [`Self::INSERT`].
    fn values<'r>(row: &'r Self::Row, stamp: &'r Stamp) -> Vec<&'r dyn Param>;
}

/// Whom or what a row is about, and what tells it from others of the same key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Identity {
    /// The document's look-up key, or the ticket.
    pub key: [u8; 16],
    /// Of a document the code of the school that says so; of a ticket the beginning of the document's key.
    pub rest: [u8; 5],
}

/// A number by which something is joined to a row: a student's, by which the photo is found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JoinedBy {
    /// The column.
    pub column: &'static str,
    /// A hash of the number and of where it should be the only one.
    pub hash: u64,
    /// The number.
    pub number: String,
}

/// What every staged row carries.
#[derive(Clone, Copy, Debug)]
pub struct Stamp {
    /// The row's own id.
    pub id: i64,
    /// The import it belongs to.
    pub import: i64,
}

/// A part of the work, for a progress bar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// The file is checked.
    Checking,
    /// Rows are compared with those that other imports published.
    Comparing,
    /// Rows are written.
    Staging,
}

/// Is told how far the work is: rows done, and of how many when that is known.
pub type Watch = dyn Fn(Step, u64, Option<u64>) + Send + Sync;

/// How an import ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Its rows count from now on.
    Published {
        /// The import's id.
        import: i64,
    },
    /// It was only checked.
    Checked,
    /// The very same file was published before, and all of it stands as it says; nothing was done.
    KnownFile,
}

/// What the command prints.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// What kind of file it was.
    pub form: Form,
    /// Its rows.
    pub rows: u64,
    /// Odd things that are no errors: the first of them.
    pub warnings: Vec<RowFault>,
    /// How many there are in all.
    pub warning_count: u64,
    /// Odd things by kind.
    pub kinds: BTreeMap<&'static str, Tally>,
    /// What is true of so many rows that it is told first.
    pub headlines: Vec<String>,
    /// What the file holds besides its rows, and how it was read.
    pub notes: Vec<Note>,
    /// How the rows stand to those that were there before; `None` where it is not compared.
    pub compared: Option<Compared>,
    /// How it ended.
    pub outcome: Outcome,
}

/// Why nothing was stored.
#[derive(Debug)]
pub enum ImportError {
    /// The file as a whole is wrong.
    Sheet(SheetError),
    /// Rows are wrong.
    Rows {
        /// How many rows the file has.
        rows: u64,
        /// What was found.
        findings: Box<Findings>,
        /// What the file holds besides its rows.
        notes: Vec<Note>,
    },
    /// There is no such sitting.
    NoSitting(String),
    /// Another import of this sitting was published meanwhile: the comparison has to be made again.
    Overtaken,
    /// The file changed while it was read, or the staged rows were swept away.
    Changed,
    /// Ours.
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
/// [`ImportError`]; none of its rows counts then.
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
    // That a file was seen before says nothing: a correction may have come after it.
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

/// The refusals of publishing as the import's own.
impl From<Stop<ImportError>> for ImportError {
    fn from(stop: Stop<ImportError>) -> Self {
        match stop {
            Stop::Refused(error) => error,
            Stop::Fault(fault) => Self::Fault(fault),
        }
    }
}
