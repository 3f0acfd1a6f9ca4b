//! The SQL of the rows that wait for a link, and of the links.

use std::collections::BTreeMap;

use jiff::SignedDuration;

use crate::audit::chain::{Link, Mark};
use crate::audit::line::Line;
use crate::params;
use crate::record;
use crate::store::{Db, DbError, Param, Tx};
use crate::words::codes::SchoolCode;
use crate::words::time::Time;

/// Rows per statement.
const ROWS: usize = 50;
/// How long before the mark a node of an earlier version may have written rows that it did not link.
const BEFORE_THE_MARK: SignedDuration = SignedDuration::from_hours(1);
/// Rows adopted per transaction.
const TAKEN_OVER: i64 = 5_000;

record! {
    /// A row that is in no chain yet.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub(in crate::audit) struct Waiting {
        pub(in crate::audit) school: SchoolCode,
        pub(in crate::audit) id: i64,
        pub(in crate::audit) hash: Vec<u8>,
    }
}

/// The last link of a chain; empty for a new chain.
#[derive(Clone, Debug, Default)]
pub(in crate::audit) struct Head {
    pub(in crate::audit) place: i64,
    pub(in crate::audit) hash: Vec<u8>,
}

/// Queues a row for linking, in the row's own transaction.
pub(in crate::audit) async fn put(
    tx: &mut Tx<'_>,
    school: SchoolCode,
    id: i64,
    hash: &[u8],
) -> Result<(), DbError> {
    tx.execute_soon(
        "INSERT INTO audit_todo (school, audit_id, hash) VALUES ($1, $2, $3)",
        params![school, id, hash],
    )
    .await?
    .ignore();
    Ok(())
}

/// The same for several rows, in one statement.
pub(in crate::audit) async fn put_all(tx: &mut Tx<'_>, lines: &[Line]) -> Result<(), DbError> {
    let sql =
        format!("INSERT INTO audit_todo (school, audit_id, hash) VALUES {}", groups(lines.len(), 3, &[]));
    let mut values: Vec<&dyn Param> = Vec::new();
    for line in lines {
        values.extend([&line.school as &dyn Param, &line.id, &line.hash]);
    }
    tx.execute_soon(&sql, &values).await?.ignore();
    Ok(())
}

pub(in crate::audit) async fn waiting(tx: &mut Tx<'_>, most: i64) -> Result<Vec<Waiting>, DbError> {
    tx.query(
        "SELECT school, audit_id, hash FROM audit_todo ORDER BY school, audit_id LIMIT $1",
        params![most],
    )
    .await
}

/// The last links of the schools in this range with waiting rows.
pub(in crate::audit) async fn heads(
    tx: &mut Tx<'_>,
    from: SchoolCode,
    to: SchoolCode,
) -> Result<BTreeMap<String, Head>, DbError> {
    let rows: Vec<(String, i64, Vec<u8>)> = tx
        .query(
            "SELECT c.school, c.place, c.hash
               FROM (SELECT t.school,
                            (SELECT MAX(m.place) FROM audit_chain m WHERE m.school = t.school) AS place
                       FROM (SELECT DISTINCT school FROM audit_todo WHERE school >= $1 AND school <= $2) t) last
               JOIN audit_chain c
                 ON c.school = last.school
                AND c.place = last.place",
            params![from, to],
        )
        .await?;
    Ok(rows.into_iter().map(|(school, place, hash)| (school, Head { place, hash })).collect())
}

/// This many groups of parameters: `($1, $2), ($3, $4)`; the first one may name types.
pub(in crate::audit) fn groups(rows: usize, width: usize, types: &[&str]) -> String {
    let mut text = String::new();
    for row in 0..rows {
        text.push_str(if row == 0 { "(" } else { ", (" });
        for column in 0..width {
            let number = row.saturating_mul(width).saturating_add(column).saturating_add(1);
            let comma = if column == 0 { "" } else { ", " };
            match types.get(column).filter(|_| row == 0) {
                Some(of) => text.push_str(&format!("{comma}CAST(${number} AS {of})")),
                None => text.push_str(&format!("{comma}${number}")),
            }
        }
        text.push(')');
    }
    text
}

/// Splits rows into chunks of the full size and single rows for the rest: two statements to prepare, whatever the
/// number.
fn statements<T>(rows: &[T]) -> impl Iterator<Item = &[T]> {
    let many = rows.chunks_exact(ROWS);
    let rest = many.remainder();
    many.chain(rest.chunks(1))
}

/// Appends links; returns whether every place and row was free.
pub(in crate::audit) async fn insert(tx: &mut Tx<'_>, links: &[Link]) -> Result<bool, DbError> {
    let mut soon = Vec::new();
    for some in statements(links) {
        let sql = format!(
            "INSERT INTO audit_chain (school, place, audit_id, hash) VALUES {} ON CONFLICT DO NOTHING",
            groups(some.len(), 4, &[])
        );
        let mut values: Vec<&dyn Param> = Vec::new();
        for link in some {
            values.extend([&link.row.school as &dyn Param, &link.place, &link.row.id, &link.hash]);
        }
        soon.push(tx.execute_soon(&sql, &values).await?);
    }
    let mut done = 0_u64;
    for one in soon {
        done = done.saturating_add(tx.changed(one).await?);
    }
    Ok(done == u64::try_from(links.len()).unwrap_or(u64::MAX))
}

/// Removes linked rows from the queue; returns whether all of them were in it.
pub(in crate::audit) async fn take_out(tx: &mut Tx<'_>, links: &[Link]) -> Result<bool, DbError> {
    let mut soon = Vec::new();
    for some in statements(links) {
        let sql = format!(
            "DELETE FROM audit_todo WHERE (school, audit_id) IN (VALUES {})",
            groups(some.len(), 2, &["TEXT", "BIGINT"])
        );
        let mut values: Vec<&dyn Param> = Vec::new();
        for link in some {
            values.extend([&link.row.school as &dyn Param, &link.row.id]);
        }
        soon.push(tx.execute_soon(&sql, &values).await?);
    }
    let mut done = 0_u64;
    for one in soon {
        done = done.saturating_add(tx.changed(one).await?);
    }
    Ok(done == u64::try_from(links.len()).unwrap_or(u64::MAX))
}

/// Removes those rows from the queue that are in a chain already; returns how many.
pub(in crate::audit) async fn take_out_linked(tx: &mut Tx<'_>, rows: &[Waiting]) -> Result<i64, DbError> {
    let mut gone = 0_u64;
    for row in rows {
        let done = tx
            .execute(
                "DELETE FROM audit_todo
                  WHERE school = $1
                    AND audit_id = $2
                    AND EXISTS (SELECT 1
                                  FROM audit_chain c
                                 WHERE c.school = audit_todo.school
                                   AND c.audit_id = audit_todo.audit_id)",
                params![row.school, row.id],
            )
            .await?;
        gone = gone.saturating_add(done);
    }
    Ok(i64::try_from(gone).unwrap_or(i64::MAX))
}

pub(in crate::audit) async fn mark(tx: &mut Tx<'_>) -> Result<Mark, DbError> {
    let (clean_at, alive_since, alive_at) =
        tx.query_one("SELECT until_at, alive_since, alive_at FROM audit_mark WHERE id = 1", &[]).await?;
    Ok(Mark { clean_at, alive_since, alive_at })
}

/// Records the start of a round; `again`: the first one after a time without any.
pub(in crate::audit) async fn alive(tx: &mut Tx<'_>, at: Time, again: bool) -> Result<(), DbError> {
    tx.execute(
        "UPDATE audit_mark
            SET alive_at = $1,
                alive_since = CASE WHEN $2 THEN $1 ELSE alive_since END
          WHERE id = 1
            AND alive_at < $1",
        params![at, again],
    )
    .await?;
    Ok(())
}

/// Records that a round that began then has linked everything it found.
pub(in crate::audit) async fn clean(tx: &mut Tx<'_>, began: Time) -> Result<(), DbError> {
    tx.execute("UPDATE audit_mark SET until_at = $1 WHERE id = 1 AND until_at < $1", params![began]).await?;
    Ok(())
}

/// Queues rows that a node of an earlier version wrote and did not link before it was replaced: they are neither in a
/// chain nor in the queue.
pub(in crate::audit) async fn adopt(db: &Db, clean_at: Time) -> Result<(), DbError> {
    loop {
        let rows = db
            .read_long(async move |tx: &mut Tx<'_>| {
                lost(tx, clean_at.minus(BEFORE_THE_MARK), TAKEN_OVER).await
            })
            .await?;
        let found = i64::try_from(rows.len()).unwrap_or(TAKEN_OVER);
        if found == 0 {
            return Ok(());
        }
        db.write(async move |tx: &mut Tx<'_>| {
            for row in &rows {
                tx.execute_soon(
                    "INSERT INTO audit_todo (school, audit_id, hash) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
                    params![row.school, row.id, row.hash],
                )
                .await?
                .ignore();
            }
            Ok::<_, DbError>(())
        })
        .await?;
        if found < TAKEN_OVER {
            return Ok(());
        }
    }
}

/// Rows of the log since then that are neither linked nor queued.
pub(in crate::audit) async fn lost(tx: &mut Tx<'_>, since: Time, most: i64) -> Result<Vec<Waiting>, DbError> {
    tx.query(
        "SELECT a.school, a.id, a.hash
           FROM audit_log a
          WHERE a.at >= $1
            AND NOT EXISTS (SELECT 1
                              FROM audit_chain c
                             WHERE c.school = a.school
                               AND c.audit_id = a.id)
            AND NOT EXISTS (SELECT 1
                              FROM audit_todo t
                             WHERE t.school = a.school
                               AND t.audit_id = a.id)
          LIMIT $2",
        params![since, most],
    )
    .await
}

/// Rows of the log from before then that are still queued, up to a limit.
pub(in crate::audit) async fn waiting_since(
    tx: &mut Tx<'_>,
    before: Time,
    most: i64,
) -> Result<Vec<(SchoolCode, i64)>, DbError> {
    tx.query(
        "SELECT t.school, t.audit_id
           FROM audit_todo t
           JOIN audit_log a
             ON a.school = t.school
            AND a.id = t.audit_id
          WHERE a.at < $1
          ORDER BY t.school, t.audit_id
          LIMIT $2",
        params![before, most],
    )
    .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_numbered_through_and_the_first_row_names_their_types() {
        assert_eq!(groups(2, 2, &["TEXT", "BIGINT"]), "(CAST($1 AS TEXT), CAST($2 AS BIGINT)), ($3, $4)");
        assert_eq!(groups(1, 3, &[]), "($1, $2, $3)");
        let rows: Vec<usize> = (0..103).collect();
        let sizes: Vec<usize> = statements(&rows).map(<[usize]>::len).collect();
        assert_eq!(sizes, [50, 50, 1, 1, 1]);
    }
}
