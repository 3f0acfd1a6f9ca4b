//! The second pass: rows are written in small transactions under an unpublished import, which is then published.

use std::fmt::Write as _;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;

use tokio::sync::mpsc;

use super::check::{in_parallel, read};
use super::{Findings, ImportError, Kind, Stamp, Step, Watch, store};
use crate::sheet::{Sheet, SheetRow};
use crate::store::{Db, DbError, Param, Tx};

/// Rows per statement.
const AT_ONCE: usize = 50;

/// The results of the check, to detect changes.
#[derive(Clone, Copy)]
pub(super) struct Expected {
    pub(super) rows: u64,
    /// How many imports of the sitting were published when the check began.
    pub(super) published: usize,
}

pub(super) async fn stage<K: Kind>(
    db: &Db,
    kind: Arc<K>,
    sheet: &Arc<Sheet>,
    path: &Path,
    expected: Expected,
    watch: &Arc<Watch>,
) -> Result<i64, ImportError> {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let begun = store::Begin {
        kind: K::NAME,
        sitting: kind.sitting().to_owned(),
        file_name: name,
        file_hash: sheet.hash().to_owned(),
        rows: i64::try_from(expected.rows).unwrap_or(i64::MAX),
    };
    let import = db.write(async move |tx| store::begin(tx, &begun).await).await?;
    let staged = write_rows(db, Arc::clone(&kind), sheet, import, expected.rows, watch).await;
    let published = match staged {
        Ok(()) => publish::<K>(db, kind.sitting(), import, expected).await,
        Err(error) => Err(error),
    };
    if published.is_err() {
        // If it can't be marked as abandoned now, it is swept when it is old enough.
        let _swept_later = db.write(async move |tx| store::abandon(tx, import).await).await;
    }
    published?;
    db.analyze(&["student_record", "score", "import"]).await;
    Ok(import)
}

async fn write_rows<K: Kind>(
    db: &Db,
    kind: Arc<K>,
    sheet: &Arc<Sheet>,
    import: i64,
    total: u64,
    watch: &Arc<Watch>,
) -> Result<(), ImportError> {
    let (send, mut receive) = mpsc::channel::<Result<Vec<K::Row>, ImportError>>(2);
    let sheet = Arc::clone(sheet);
    let reading = tokio::task::spawn_blocking(move || {
        in_parallel(
            &sheet,
            |rows| parse(&*kind, rows),
            |rows| {
                let going_on = send.blocking_send(rows).is_ok();
                if going_on { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
            },
        )
    });
    let _pages = db.bulk();
    let mut done: u64 = 0;
    while let Some(rows) = receive.recv().await {
        let rows = Arc::new(rows?);
        done = done.saturating_add(u64::try_from(rows.len()).unwrap_or(u64::MAX));
        db.write(async move |tx| insert::<K>(tx, &rows, import).await).await?;
        watch(Step::Staging, done, Some(total));
    }
    reading.await.map_err(DbError::from)??;
    if done == total { Ok(()) } else { Err(ImportError::Changed) }
}

/// A row that was valid in the first pass is invalid now: the file has changed.
fn parse<K: Kind>(kind: &K, rows: Vec<SheetRow>) -> Result<Vec<K::Row>, ImportError> {
    let mut findings = Findings::default();
    let mut rows: Vec<K::Row> = rows.into_iter().filter_map(|row| read(kind, row, &mut findings)).collect();
    let complete = rows.iter_mut().all(|row| kind.complete(row));
    if complete && findings.error_count == 0 { Ok(rows) } else { Err(ImportError::Changed) }
}

async fn insert<K: Kind>(tx: &mut Tx<'_>, rows: &[K::Row], import: i64) -> Result<(), DbError> {
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

async fn insert_some<K: Kind>(
    tx: &mut Tx<'_>,
    sql: &str,
    rows: &[K::Row],
    import: i64,
) -> Result<(), DbError> {
    let stamps: Vec<Stamp> = rows.iter().map(|_| Stamp { id: tx.new_id(), import }).collect();
    let values: Vec<&dyn Param> =
        rows.iter().zip(&stamps).flat_map(|(row, stamp)| K::values(row, stamp)).collect();
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

async fn publish<K: Kind>(
    db: &Db,
    sitting: &str,
    import: i64,
    expected: Expected,
) -> Result<(), ImportError> {
    let kept = db.read_long(async move |tx| store::staged_rows(tx, K::NAME, import).await).await?;
    if u64::try_from(kept).ok() != Some(expected.rows) {
        return Err(ImportError::Changed);
    }
    let sitting = sitting.to_owned();
    db.write(async move |tx| store::publish(tx, K::NAME, &sitting, import, expected.published).await)
        .await
        .map_err(ImportError::from)
}
