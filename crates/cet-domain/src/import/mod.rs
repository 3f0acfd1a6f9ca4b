//! Imports a table of persons, a roster or scores: all or nothing, even if killed in the middle (TH32).
//!
//! The whole file is checked first ([`examine`]). Then its rows are staged in small transactions, so that a running node
//! is not blocked, under an `import` row in state `staging` (`stage`); one update of that row publishes them all
//! ([`store::publish`]). The rows that a killed command leaves behind are invisible and are deleted later.

mod check;
mod compare;
mod error;
pub mod fields;
pub mod findings;
pub mod identity;
pub mod jobs;
mod stage;
pub mod store;
#[cfg(test)]
mod tests;

pub(crate) use stage::Staged;
use store::standing;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

pub use compare::{Compared, Fate};
pub use error::ImportError;
pub use findings::{Findings, Tally};

use crate::sheet::{Cell, Form, Limits, Note, Place, RowFault, Sheet, Table};
use crate::store::{Db, DbError, Param, Tx};
use crate::texts::{Lang, texts};

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

    /// The table that the file should hold.
    fn table(&self) -> Table {
        Table::of(Self::COLUMNS)
    }

    /// The limits of the file.
    fn limits(&self) -> Limits {
        Limits::command(Self::MOST_ROWS)
    }

    /// Whether the node serves pages meanwhile: then half of its cores do the work.
    fn is_beside_pages(&self) -> bool {
        false
    }

    /// Whether rows that stand at a campus may be changed by this file (TH22).
    fn may_change_at(&self, _campus: &str) -> bool {
        true
    }

    /// The sitting it belongs to; empty for none.
    fn sitting(&self) -> &str;

    /// Parses a row; errors are added to the findings.
    fn read(&self, place: &Place, cells: &[Cell], findings: &mut Findings) -> Option<Self::Row>;

    /// The key of whom a row is about that can't be imported, if it says so.
    fn names(&self, _place: &Place, _cells: &[Cell]) -> Option<[u8; 16]> {
        None
    }

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

    /// What else happens in the transaction that publishes an import.
    fn publishing(
        _tx: &mut Tx<'_>,
        _sitting: &str,
        _import: i64,
    ) -> impl Future<Output = Result<(), DbError>> + Send {
        std::future::ready(Ok(()))
    }
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
#[derive(Clone, Debug)]
pub struct Stamp {
    /// The row's own id.
    pub id: i64,
    /// The import it belongs to.
    pub import: i64,
    /// The sheet; empty if only one is read.
    pub sheet: String,
    /// The line in the file.
    pub line: i64,
    /// What the row is against those of earlier imports.
    pub fate: &'static str,
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

/// A file that was checked: nothing is stored yet.
pub struct Examined {
    /// The report, without findings.
    pub report: Report,
    /// All findings; with errors among them the good rows can still be staged.
    pub findings: Findings,
    /// The schools or other groups that its rows belong to.
    pub schools: std::collections::BTreeSet<String>,
    /// Whether all rows are current already.
    pub stands: bool,
    /// The last import that was published when the comparison began.
    pub compared: i64,
    sheet: Arc<Sheet>,
    marks: Arc<stage::Marks>,
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
    let examined = examine(db, Arc::clone(&kind), path, &watch).await?;
    let Examined { findings, .. } = &examined;
    let rows = examined.report.rows;
    if findings.error_count > 0 {
        let notes = examined.report.notes;
        return Err(ImportError::Rows { rows, findings: Box::new(examined.findings), notes });
    }
    let outcome = if examined.stands {
        Outcome::KnownFile
    } else if dry_run {
        Outcome::Checked
    } else {
        let Staged { import, .. } = stage(db, &kind, &examined, path, &watch).await?;
        publish_now::<K>(db, kind.sitting(), import, examined.compared).await?;
        Outcome::Published { import }
    };
    let headlines = examined.findings.headlines(texts(Lang::En), rows);
    let Findings { warnings, warning_count, kinds, .. } = examined.findings;
    Ok(Report { warnings, warning_count, kinds, headlines, outcome, ..examined.report })
}

/// Checks a file: every row is parsed and compared with the others and with those of published imports.
///
/// # Errors
/// [`ImportError`] if the file can't be read at all. Errors of rows are among the findings.
pub(crate) async fn examine<K: Kind>(
    db: &Db,
    kind: Arc<K>,
    path: &Path,
    watch: &Arc<Watch>,
) -> Result<Examined, ImportError> {
    let sheet = Arc::new(open(&*kind, path.to_owned()).await?);
    let of = kind.sitting().to_owned();
    let compared = db.read(async move |tx| store::last_turn(tx, K::NAME, &of).await).await?;
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
        outcome: Outcome::Checked,
    };
    let mut marks = stage::Marks::default();
    // A known file proves nothing: a correction may have been imported after it.
    if K::NAME == store::SCORES && standing::scores_stand(db, &same).await? {
        let (findings, schools) = (Findings::default(), std::collections::BTreeSet::new());
        let marks = Arc::new(marks);
        return Ok(Examined { report, findings, schools, stands: true, compared, sheet, marks });
    }
    let checked = check::check(Arc::clone(&kind), Arc::clone(&sheet), Arc::clone(watch)).await?;
    let mut findings = checked.findings;
    report.rows = checked.rows;
    if K::NAME == store::ROSTER {
        let (seen, joined) = (&checked.seen, &checked.joined);
        let place = |known: &check::Known| sheet.place(known.sheet, u64::from(known.line));
        let good = (seen, &checked.bad);
        let comparison = compare::compare(db, &*kind, good, place, &mut findings, watch).await?;
        compare::joined(db, &*kind, seen, joined, place, &mut findings).await?;
        marks.fates = comparison.fates;
        marks.bad.extend(comparison.elsewhere);
        report.compared = Some(comparison.counts);
    }
    let schools = checked
        .seen
        .values()
        .filter_map(|known| std::str::from_utf8(&known.rest).ok().map(str::to_owned))
        .collect();
    marks.bad.extend(checked.bad);
    findings.sort();
    findings.settle(report.rows);
    let errors = findings.error_count;
    let stands =
        errors == 0 && report.compared.as_ref().is_some_and(|compared| compared.stands(report.rows, &same));
    Ok(Examined { report, findings, schools, stands, compared, sheet, marks: Arc::new(marks) })
}

/// Stages the good rows of a checked file under a new import, which is `ready` then; returns its id and their number.
///
/// # Errors
/// [`ImportError`]; the rows are swept later then.
pub(crate) async fn stage<K: Kind>(
    db: &Db,
    kind: &Arc<K>,
    examined: &Examined,
    path: &Path,
    watch: &Arc<Watch>,
) -> Result<Staged, ImportError> {
    let expected = (examined.findings.error_count == 0).then_some(examined.report.rows);
    let (sheet, marks) = (&examined.sheet, &examined.marks);
    let staged = stage::stage(db, Arc::clone(kind), (sheet, marks), path, expected, watch).await?;
    db.analyze(&["student_record", "score", "import"]).await;
    Ok(staged)
}

/// Stores one row that came from no file.
///
/// # Errors
/// [`DbError`].
pub(crate) async fn insert_one<K: Kind>(tx: &mut Tx<'_>, row: &K::Row, stamp: &Stamp) -> Result<(), DbError> {
    stage::insert_one::<K>(tx, row, stamp).await
}

/// Publishes a ready import in a transaction of its own.
async fn publish_now<K: Kind>(db: &Db, sitting: &str, import: i64, compared: i64) -> Result<(), ImportError> {
    let sitting = sitting.to_owned();
    let by = crate::audit::Actor::Command("import");
    let published = db
        .write(async move |tx| store::publish::<K>(tx, &sitting, import, compared, (&by, "")).await)
        .await
        .map_err(ImportError::from);
    if published.is_err() {
        // If it can't be marked as abandoned now, it is swept when it is old enough.
        let _swept_later = db.write(async move |tx| store::abandon(tx, import).await).await;
    }
    published
}

async fn open<K: Kind>(kind: &K, path: std::path::PathBuf) -> Result<Sheet, ImportError> {
    let (table, limits) = (kind.table(), kind.limits());
    let opened = tokio::task::spawn_blocking(move || Sheet::open(&path, table, limits));
    Ok(opened.await.map_err(DbError::from)??)
}
