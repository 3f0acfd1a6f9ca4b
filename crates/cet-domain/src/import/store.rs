//! The SQL of imports: one row each in `import`, whose state says whether its rows are published.

use jiff::SignedDuration;

use super::ImportError;
use crate::audit::{self, Actor, Changes, Event, Value};
use crate::params;
use crate::record;
use crate::store::{Db, DbError, Stop, Tx};
use crate::words::codes::SchoolCode;

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
    pub(super) rows: i64,
}

/// Records that rows are being staged; returns the import's id.
pub(super) async fn begin(tx: &mut Tx<'_>, begin: &Begin) -> Result<i64, DbError> {
    let (id, now) = (tx.new_id(), tx.now().await?);
    tx.execute(
        "INSERT INTO import (id, kind, sitting, file_name, file_hash, row_count, state, started_at, published_at)
         VALUES ($1, $2, $3, $4, $5, $6, 'staging', $7, NULL)",
        params![id, begin.kind, begin.sitting, begin.file_name, begin.file_hash, begin.rows, now],
    )
    .await?;
    Ok(id)
}

/// How many rows are staged.
pub(super) async fn staged_rows(tx: &mut Tx<'_>, kind: &str, import: i64) -> Result<i64, DbError> {
    let sql = if kind == ROSTER {
        "SELECT COUNT(*) FROM student_record WHERE import_id = $1"
    } else {
        "SELECT COUNT(*) FROM score WHERE import_id = $1"
    };
    tx.query_one::<(i64,)>(sql, params![import]).await.map(|(count,)| count)
}

/// Publishes all rows of an import by updating one row. The sitting's row is the lock: of two rosters that were
/// compared with the same published ones, the second must be compared again.
pub(super) async fn publish(
    tx: &mut Tx<'_>,
    kind: &'static str,
    sitting: &str,
    import: i64,
    compared: usize,
) -> Result<(), Stop<ImportError>> {
    if kind == ROSTER {
        crate::sitting::store::lock(tx, sitting).await?;
        let (published,): (i64,) = tx
            .query_one(
                "SELECT COUNT(*) FROM import WHERE kind = $1 AND sitting = $2 AND state = 'published'",
                params![kind, sitting],
            )
            .await?;
        if usize::try_from(published).ok() != Some(compared) {
            return Err(Stop::Refused(ImportError::Overtaken));
        }
    }
    let now = tx.now().await?;
    let changed = tx
        .execute(
            "UPDATE import SET state = 'published', published_at = $2 WHERE id = $1 AND state = 'staging'",
            params![import, now],
        )
        .await?;
    if changed != 1 {
        return Err(Stop::Refused(ImportError::Changed));
    }
    let event = Event {
        school: SchoolCode::NONE,
        actor: Actor::Command("import"),
        action: "import-published",
        object_kind: kind,
        object: &import.to_string(),
        address: "",
        detail: &format!("sitting={sitting}"),
        changes: Changes::NONE.field("state", Value::code("staging"), Value::code("published")),
    };
    audit::record(tx, &event).await?;
    Ok(())
}

/// Abandons a staging import; its rows are swept later.
pub async fn abandon(tx: &mut Tx<'_>, import: i64) -> Result<(), DbError> {
    tx.execute("UPDATE import SET state = 'abandoned' WHERE id = $1 AND state = 'staging'", params![import])
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
              ORDER BY id
              LIMIT $2",
            params![before, most],
        )
        .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Deletes a batch of the rows of an abandoned import, and finally the import itself; returns the number of deleted
/// rows. A job calls it until nothing is left.
pub async fn sweep_abandoned(tx: &mut Tx<'_>, import: i64) -> Result<u64, DbError> {
    let before = tx.now().await?.minus(ABANDONED_AFTER);
    tx.execute(
        "UPDATE import SET state = 'abandoned' WHERE id = $1 AND state = 'staging' AND started_at < $2",
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
    tx.execute("DELETE FROM import WHERE id = $1 AND state = 'abandoned'", params![import]).await
}

/// Publishes a roster as if it had been compared with this many published ones.
#[cfg(test)]
pub(crate) async fn publish_for_test(
    tx: &mut Tx<'_>,
    sitting: &str,
    import: i64,
    compared: usize,
) -> Result<(), Stop<ImportError>> {
    publish(tx, ROSTER, sitting, import, compared).await
}
