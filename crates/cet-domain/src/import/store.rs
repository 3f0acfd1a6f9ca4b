//! The SQL of imports: one row each in `import`, whose state says whether its rows are published.

pub mod standing;

use jiff::SignedDuration;

use super::{ImportError, Kind};
use crate::audit::{self, Actor, Changes, Event, Value};
use crate::params;
use crate::record;
use crate::store::{Db, DbError, Stop, Tx};
use crate::words::codes::SchoolCode;
use crate::words::time::Time;

/// The kind of roster imports.
pub const ROSTER: &str = "roster";
/// The kind of score imports.
pub const SCORES: &str = "scores";
/// A staging import older than this was killed: ten million rows take less than half an hour.
const ABANDONED_AFTER: SignedDuration = SignedDuration::from_hours(6);
/// Rows per transaction of a sweep.
const SWEPT_AT_ONCE: i64 = 2_000;

record! {
    /// A published import.
    #[derive(Clone, Debug)]
    pub struct Published {
        /// Its id.
        pub id: i64,
        /// SHA-256 of its file.
        pub file_hash: String,
    }
}

/// The published imports of a kind for a sitting.
pub(super) async fn published(db: &Db, kind: &'static str, sitting: &str) -> Result<Vec<Published>, DbError> {
    let sitting = sitting.to_owned();
    db.read(async move |tx| {
        let sql = "SELECT id, file_hash FROM import WHERE kind = $1 AND sitting = $2 AND state = 'published'";
        tx.query(sql, params![kind, sitting]).await
    })
    .await
}

/// A new import in state `staging`.
pub(super) struct Begin {
    pub(super) kind: &'static str,
    pub(super) sitting: String,
    pub(super) file_name: String,
    pub(super) file_hash: String,
}

/// Records that rows are being staged; returns the import's id.
pub(super) async fn begin(tx: &mut Tx<'_>, begin: &Begin) -> Result<i64, DbError> {
    let (id, now) = (tx.new_id(), tx.now().await?);
    tx.execute(
        "INSERT INTO import (id, kind, sitting, file_name, file_hash, row_count, state, started_at, published_at, turn)
         VALUES ($1, $2, $3, $4, $5, 0, 'staging', $6, NULL, 0)",
        params![id, begin.kind, begin.sitting, begin.file_name, begin.file_hash, now],
    )
    .await?;
    Ok(id)
}

/// Keeps whom a file names in rows that can't be imported.
pub(super) async fn name(tx: &mut Tx<'_>, import: i64, persons: &[[u8; 16]]) -> Result<(), DbError> {
    for person in persons {
        tx.execute_soon(
            "INSERT INTO import_named (import_id, document_key) VALUES ($1, $2) ON CONFLICT DO NOTHING",
            params![import, person.to_vec()],
        )
        .await?
        .ignore();
    }
    Ok(())
}

/// Forgets some of whom the files of a sitting that is over named so (A11); returns how many.
pub(crate) async fn forget_named(tx: &mut Tx<'_>, sitting: &str, most: i64) -> Result<u64, DbError> {
    tx.execute(
        "DELETE FROM import_named
          WHERE (import_id, document_key) IN (SELECT n.import_id, n.document_key
                                                FROM import i
                                                JOIN import_named n ON n.import_id = i.id
                                               WHERE i.sitting = $1
                                               LIMIT $2)",
        params![sitting, most],
    )
    .await
}

/// Marks an import as ready, if all of its rows are there.
pub(super) async fn staged<K: Kind>(
    tx: &mut Tx<'_>,
    import: i64,
    rows: i64,
) -> Result<(), Stop<ImportError>> {
    let sql = if K::NAME == ROSTER {
        "SELECT COUNT(*) FROM student_record WHERE import_id = $1"
    } else {
        "SELECT COUNT(*) FROM score WHERE import_id = $1"
    };
    let (kept,): (i64,) = tx.query_one(sql, params![import]).await?;
    let sql = "UPDATE import SET state = 'ready', row_count = $2 WHERE id = $1 AND state = 'staging'";
    if kept != rows || tx.execute(sql, params![import, rows]).await? != 1 {
        return Err(Stop::Refused(ImportError::Changed));
    }
    Ok(())
}

/// Publishes all rows of a ready or withdrawn import by updating one row. The sitting's row is the lock: a roster that
/// was compared before another one with the same persons was published must be compared again.
///
/// # Errors
/// [`ImportError::Overtaken`], [`ImportError::Changed`].
pub async fn publish<K: Kind>(
    tx: &mut Tx<'_>,
    sitting: &str,
    import: i64,
    compared: i64,
    (by, address): (&Actor, &str),
) -> Result<(), Stop<ImportError>> {
    if K::NAME == ROSTER {
        crate::sitting::store::lock(tx, sitting).await?;
        if is_overtaken(tx, sitting, import, compared).await? {
            return Err(Stop::Refused(ImportError::Overtaken));
        }
    }
    let now = tx.now().await?;
    let turn = last_turn(tx, K::NAME, sitting).await?.saturating_add(1);
    let changed = tx
        .execute(
            "UPDATE import
                SET state = 'published', published_at = $2, turn = $3
              WHERE id = $1
                AND state IN ('ready', 'withdrawn')",
            params![import, now, turn],
        )
        .await?;
    if changed != 1 {
        return Err(Stop::Refused(ImportError::Changed));
    }
    K::publishing(tx, sitting, import).await?;
    let state = (Value::code("ready"), Value::code("published"));
    note(tx, (K::NAME, import), sitting, "import-published", state, (by, address)).await?;
    Ok(())
}

/// The turn of the import of a kind and sitting that was published last. Publications of one sitting take turns by the lock
/// of its row.
pub(super) async fn last_turn(tx: &mut Tx<'_>, kind: &str, sitting: &str) -> Result<i64, DbError> {
    let (turn,): (i64,) = tx
        .query_one(
            "SELECT COALESCE(MAX(turn), 0) FROM import WHERE kind = $1 AND sitting = $2",
            params![kind, sitting],
        )
        .await?;
    Ok(turn)
}

/// Whether an import with a person of this one was published since the comparison.
pub(crate) async fn is_overtaken(
    tx: &mut Tx<'_>,
    sitting: &str,
    import: i64,
    compared: i64,
) -> Result<bool, DbError> {
    let found: Option<(i64,)> = tx
        .query_opt(
            "SELECT i.id
               FROM import i
               JOIN student_record o ON o.import_id = i.id
               JOIN student_record r ON r.sitting = o.sitting AND r.document_key = o.document_key
              WHERE i.kind = 'roster'
                AND i.sitting = $1
                AND i.state = 'published'
                AND i.turn > $2
                AND r.import_id = $3
                AND r.import_id <> i.id
              LIMIT 1",
            params![sitting, compared, import],
        )
        .await?;
    Ok(found.is_some())
}

/// Withdraws a published import: its rows are kept but don't count any more.
///
/// # Errors
/// [`ImportError::Changed`] if it is not published.
pub async fn withdraw(
    tx: &mut Tx<'_>,
    (kind, import): (&'static str, i64),
    sitting: &str,
    by: (&Actor, &str),
) -> Result<(), Stop<ImportError>> {
    let sql = "UPDATE import SET state = 'withdrawn' WHERE id = $1 AND state = 'published'";
    if tx.execute(sql, params![import]).await? != 1 {
        return Err(Stop::Refused(ImportError::Changed));
    }
    let state = (Value::code("published"), Value::code("withdrawn"));
    note(tx, (kind, import), sitting, "import-withdrawn", state, by).await?;
    Ok(())
}

async fn note(
    tx: &mut Tx<'_>,
    (kind, import): (&'static str, i64),
    sitting: &str,
    action: &'static str,
    (before, after): (Value, Value),
    (by, address): (&Actor, &str),
) -> Result<(), DbError> {
    let event = Event {
        school: SchoolCode::NONE,
        actor: by.clone(),
        action,
        object_kind: kind,
        object: &import.to_string(),
        address,
        detail: &format!("sitting={sitting}"),
        changes: Changes::NONE.field("state", before, after),
    };
    audit::record(tx, &event).await
}

/// A new import of rows that were taken out of others: its state says whether they count.
pub(crate) async fn set_apart(
    tx: &mut Tx<'_>,
    kind: &'static str,
    sitting: &str,
    published_at: Option<Time>,
) -> Result<i64, DbError> {
    let (id, now) = (tx.new_id(), tx.now().await?);
    let mut turn = 0;
    let state = if published_at.is_some() {
        crate::sitting::store::lock(tx, sitting).await?;
        turn = last_turn(tx, kind, sitting).await?.saturating_add(1);
        "published"
    } else {
        "withdrawn"
    };
    tx.execute(
        "INSERT INTO import (id, kind, sitting, file_name, file_hash, row_count, state, started_at, published_at, turn)
         VALUES ($1, $2, $3, '', '', 0, $4, $5, $6, $7)",
        params![id, kind, sitting, state, now, published_at, turn],
    )
    .await?;
    Ok(id)
}

/// Abandons an import that is not published; its rows are swept later.
pub(crate) async fn abandon(tx: &mut Tx<'_>, import: i64) -> Result<(), DbError> {
    tx.execute(
        "UPDATE import SET state = 'abandoned' WHERE id = $1 AND state IN ('staging', 'ready', 'withdrawn')",
        params![import],
    )
    .await?;
    Ok(())
}

/// Imports that were abandoned, or began so long ago that they can't be running any more.
pub async fn abandoned(tx: &mut Tx<'_>, most: i64) -> Result<Vec<i64>, DbError> {
    let before = tx.now().await?.minus(ABANDONED_AFTER);
    let rows: Vec<(i64,)> = tx
        .query(
            "SELECT id
               FROM import
              WHERE state = 'abandoned'
                 OR (state = 'staging' AND started_at < $1)
                 OR (state = 'ready'
                     AND started_at < $1
                     AND NOT EXISTS (SELECT 1 FROM upload u WHERE u.import_id = import.id))
              ORDER BY id
              LIMIT $2",
            params![before, most],
        )
        .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Deletes a batch of the rows of an abandoned import, and finally the import itself; returns the number of deleted
/// rows. A job calls it until nothing is left.
pub(crate) async fn sweep_abandoned(tx: &mut Tx<'_>, import: i64) -> Result<u64, DbError> {
    let before = tx.now().await?.minus(ABANDONED_AFTER);
    tx.execute(
        "UPDATE import
            SET state = 'abandoned'
          WHERE id = $1
            AND started_at < $2
            AND (state = 'staging'
                 OR (state = 'ready' AND NOT EXISTS (SELECT 1 FROM upload u WHERE u.import_id = import.id)))",
        params![import, before],
    )
    .await?;
    let kind: Option<(String,)> = tx
        .query_opt("SELECT kind FROM import WHERE id = $1 AND state = 'abandoned'", params![import])
        .await?;
    let Some((kind,)) = kind else { return Ok(0) };
    let sql = if kind == ROSTER {
        "DELETE FROM student_record
          WHERE import_id = $1
            AND (school, id) IN (SELECT school, id FROM student_record WHERE import_id = $1 LIMIT $2)"
    } else {
        "DELETE FROM score
          WHERE import_id = $1
            AND (ticket, import_id) IN (SELECT ticket, import_id FROM score WHERE import_id = $1 LIMIT $2)"
    };
    let rows = tx.execute(sql, params![import, SWEPT_AT_ONCE]).await?;
    if rows > 0 {
        return Ok(rows);
    }
    let named = tx
        .execute(
            "DELETE FROM import_named
              WHERE import_id = $1
                AND document_key IN (SELECT document_key FROM import_named WHERE import_id = $1 LIMIT $2)",
            params![import, SWEPT_AT_ONCE],
        )
        .await?;
    if named > 0 {
        return Ok(named);
    }
    tx.execute("DELETE FROM import WHERE id = $1 AND state = 'abandoned'", params![import]).await
}
