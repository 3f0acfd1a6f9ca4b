//! The second pass: rows are written in small transactions under an unpublished import, which is then published.

use std::collections::{HashMap, HashSet};
use std::fmt::Write as _;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;

use tokio::sync::mpsc;

use super::check::{in_parallel, read, workers};
use super::{Fate, Findings, ImportError, Kind, Stamp, Step, Watch, store};
use crate::sheet::{Place, Sheet, SheetRow};
use crate::store::{Db, DbError, Param, Tx};

/// Rows per statement.
const AT_ONCE: usize = 50;
/// Rows per transaction of an upload: SQLite has one writer, for which candidates wait meanwhile.
const BESIDE_PAGES: usize = 200;
/// Rows per transaction of a command.
const ALONE: usize = 2_000;

/// What the check found out about rows.
#[derive(Default)]
pub(super) struct Marks {
    /// The keys of rows that are not good although they can be parsed.
    pub(super) bad: HashSet<[u8; 16]>,
    /// What rows are, by their keys; others are new.
    pub(super) fates: HashMap<[u8; 16], Fate>,
}

/// A row with its place in the file.
struct Placed<R> {
    row: R,
    place: Place,
    fate: Fate,
}

/// What became of the rows of a file.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Staged {
    /// The import.
    pub(crate) import: i64,
    /// How many rows were staged.
    pub(crate) rows: u64,
    /// How many rows do not say whom they are about.
    pub(crate) unknown: u64,
}

/// Some rows of a file.
struct Parsed<R> {
    good: Vec<Placed<R>>,
    /// Whom the others are about.
    named: Vec<[u8; 16]>,
    unknown: u64,
}

/// Stages the good rows. `expected`: how many of them there must be, if the check found no error.
pub(super) async fn stage<K: Kind>(
    db: &Db,
    kind: Arc<K>,
    (sheet, marks): (&Arc<Sheet>, &Arc<Marks>),
    path: &Path,
    expected: Option<u64>,
    watch: &Arc<Watch>,
) -> Result<Staged, ImportError> {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let begun = store::Begin {
        kind: K::NAME,
        sitting: kind.sitting().to_owned(),
        file_name: name,
        file_hash: sheet.hash().to_owned(),
    };
    let import = db.write(async move |tx| store::begin(tx, &begun).await).await?;
    let staged = match write_rows(db, kind, (sheet, marks), import, expected, watch).await {
        Ok((rows, unknown)) => db
            .write(async move |tx| store::staged::<K>(tx, import, rows).await)
            .await
            .map(|()| Staged { import, rows: u64::try_from(rows).unwrap_or(0), unknown })
            .map_err(ImportError::from),
        Err(error) => Err(error),
    };
    if staged.is_err() {
        // If it can't be marked as abandoned now, it is swept when it is old enough.
        let _swept_later = db.write(async move |tx| store::abandon(tx, import).await).await;
    }
    staged
}

async fn write_rows<K: Kind>(
    db: &Db,
    kind: Arc<K>,
    (sheet, marks): (&Arc<Sheet>, &Arc<Marks>),
    import: i64,
    expected: Option<u64>,
    watch: &Arc<Watch>,
) -> Result<(i64, u64), ImportError> {
    let (send, mut receive) = mpsc::channel::<Result<Parsed<K::Row>, ImportError>>(2);
    let (sheet, marks) = (Arc::clone(sheet), Arc::clone(marks));
    let of_a_transaction = if kind.is_beside_pages() { BESIDE_PAGES } else { ALONE };
    let reading = tokio::task::spawn_blocking(move || {
        in_parallel(
            &sheet,
            workers(kind.is_beside_pages()),
            |rows| parse(&*kind, rows, &marks, expected.is_some()),
            |rows| {
                let going_on = send.blocking_send(rows).is_ok();
                if going_on { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
            },
        )
    });
    let _pages = db.bulk();
    let (mut done, mut unknown): (u64, u64) = (0, 0);
    while let Some(parsed) = receive.recv().await {
        let parsed = parsed?;
        unknown = unknown.saturating_add(parsed.unknown);
        for some in parsed.named.chunks(of_a_transaction) {
            let some = some.to_vec();
            db.write(async move |tx| store::name(tx, import, &some).await).await?;
        }
        let rows = Arc::new(parsed.good);
        done = done.saturating_add(u64::try_from(rows.len()).unwrap_or(u64::MAX));
        for from in (0..rows.len()).step_by(of_a_transaction) {
            let rows = Arc::clone(&rows);
            let some = from..from.saturating_add(of_a_transaction).min(rows.len());
            db.write(async move |tx| {
                insert::<K>(tx, rows.get(some.clone()).unwrap_or_default(), import).await
            })
            .await?;
        }
        watch(Step::Staging, done, expected);
    }
    reading.await.map_err(DbError::from)??;
    if expected.is_some_and(|expected| expected != done) {
        return Err(ImportError::Changed);
    }
    Ok((i64::try_from(done).unwrap_or(i64::MAX), unknown))
}

/// The good rows. Where all were good in the first pass, a wrong one means that the file has changed.
fn parse<K: Kind>(
    kind: &K,
    rows: Vec<SheetRow>,
    marks: &Marks,
    all_good: bool,
) -> Result<Parsed<K::Row>, ImportError> {
    let mut findings = Findings::default();
    let (mut good, mut named, mut unknown) = (Vec::with_capacity(rows.len()), Vec::new(), 0_u64);
    for row in rows {
        let place = row.place.clone();
        let errors = findings.error_count;
        let cells = if all_good { None } else { row.cells.as_ref().ok().cloned() };
        let read = read(kind, row, &mut findings);
        let is_marked = read.as_ref().is_some_and(|row| marks.bad.contains(&K::identity(row).key));
        if findings.error_count > errors || is_marked {
            match cells.and_then(|cells| kind.names(&place, &cells)) {
                Some(person) => named.push(person),
                None => unknown = unknown.saturating_add(1),
            }
            continue;
        }
        let Some(mut row) = read else { continue };
        let key = K::identity(&row).key;
        if !kind.complete(&mut row) {
            return Err(ImportError::Changed);
        }
        let fate = marks.fates.get(&key).copied().unwrap_or(Fate::New);
        good.push(Placed { row, place, fate });
    }
    if all_good && findings.error_count > 0 {
        return Err(ImportError::Changed);
    }
    Ok(Parsed { good, named, unknown })
}

async fn insert<K: Kind>(tx: &mut Tx<'_>, rows: &[Placed<K::Row>], import: i64) -> Result<(), DbError> {
    let many = statement::<K>(AT_ONCE);
    let one = statement::<K>(1);
    for rows in rows.chunks(AT_ONCE) {
        if rows.len() == AT_ONCE {
            insert_some::<K>(tx, &many, rows, import).await?;
        } else {
            for row in rows {
                insert_some::<K>(tx, &one, std::slice::from_ref(row), import).await?;
            }
        }
    }
    Ok(())
}

/// Inserts one row.
pub(super) async fn insert_one<K: Kind>(tx: &mut Tx<'_>, row: &K::Row, stamp: &Stamp) -> Result<(), DbError> {
    tx.execute(&statement::<K>(1), &K::values(row, stamp)).await?;
    Ok(())
}

async fn insert_some<K: Kind>(
    tx: &mut Tx<'_>,
    sql: &str,
    rows: &[Placed<K::Row>],
    import: i64,
) -> Result<(), DbError> {
    let stamps: Vec<Stamp> = rows
        .iter()
        .map(|placed| Stamp {
            id: tx.new_id(),
            import,
            sheet: placed.place.sheet.as_ref().map(|sheet| sheet.name.to_string()).unwrap_or_default(),
            line: i64::try_from(placed.place.line).unwrap_or(i64::MAX),
            fate: placed.fate.wire(),
        })
        .collect();
    let values: Vec<&dyn Param> =
        rows.iter().zip(&stamps).flat_map(|(placed, stamp)| K::values(&placed.row, stamp)).collect();
    tx.execute(sql, &values).await?;
    Ok(())
}

/// `INSERT … VALUES ($1, $2), ($3, $4)` for this many rows.
fn statement<K: Kind>(rows: usize) -> String {
    let mut sql = K::INSERT.to_owned();
    for row in 0..rows {
        sql.push_str(if row == 0 { " (" } else { ", (" });
        for column in 1..=K::WIDTH {
            let comma = if column == 1 { "" } else { ", " };
            let _infallible = write!(sql, "{comma}${}", row.saturating_mul(K::WIDTH).saturating_add(column));
        }
        sql.push(')');
    }
    sql
}
