//! Taking a student out of a school's roster. The rows are kept under a withdrawn import of their own, so that it can be
//! undone; what a candidate saved keeps its snapshot (R6).

use super::{DocumentKey, preview, store};
use crate::audit::{self, Actor, Changes, Event, Value};
use crate::fragments::roster::stands;
use crate::import::store as imports;
use crate::params;
use crate::record;
use crate::store::{DbError, Stop, Tx};
use crate::words::codes::{SchoolCode, SittingCode};
use crate::words::ids::RecordId;
use crate::words::staff::Scope;
use crate::words::time::Time;
use cet_base::{in_scope, scoped};

/// Why a student can't be taken out.
#[derive(Debug)]
pub enum RemovalRefusal {
    /// The student has saved a registration: a reason is required.
    ReasonRequired,
    /// The student is not in the roster (any more).
    Gone,
}

/// A student of a school's roster.
#[derive(Clone, Debug)]
pub struct Student {
    /// The school.
    pub school: SchoolCode,
    /// The sitting.
    pub sitting: SittingCode,
    /// The person.
    pub document_key: DocumentKey,
    /// The row that stands.
    pub record: RecordId,
}

/// Whether somebody saved a registration for a student at a school.
pub async fn has_saved(
    tx: &mut Tx<'_>,
    school: SchoolCode,
    sitting: &SittingCode,
    document_key: DocumentKey,
) -> Result<bool, DbError> {
    let found: Option<(i64,)> = tx
        .query_opt(
            "SELECT id
               FROM registration
              WHERE school = $1
                AND sitting = $2
                AND document_key = $3
                AND state = 'live'
              LIMIT 1",
            params![school, sitting, document_key],
        )
        .await?;
    Ok(found.is_some())
}

/// Takes a student out of the roster.
///
/// Locks: the student's record.
///
/// # Errors
/// [`RemovalRefusal`].
pub async fn remove(
    tx: &mut Tx<'_>,
    of: &Student,
    reason: &str,
    (actor, address): (&Actor, &str),
) -> Result<(), Stop<RemovalRefusal>> {
    store::lock(tx, &of.sitting, &of.document_key.bytes()).await?;
    let stands = store::find_by_id(tx, of.school, of.record).await?;
    if stands.is_none_or(|record| record.document_key != of.document_key) {
        return Err(Stop::Refused(RemovalRefusal::Gone));
    }
    if reason.is_empty() && has_saved(tx, of.school, &of.sitting, of.document_key).await? {
        return Err(Stop::Refused(RemovalRefusal::ReasonRequired));
    }
    let import = imports::set_apart(tx, imports::ROSTER, of.sitting.as_str(), None).await?;
    set_apart(tx, of, import).await?;
    note(tx, of, (import, None), reason, (actor, address)).await?;
    Ok(())
}

/// Moves all published rows of a student at a school to another import.
async fn set_apart(tx: &mut Tx<'_>, of: &Student, import: i64) -> Result<(), DbError> {
    tx.execute(
        "UPDATE student_record
            SET from_import = import_id, import_id = $4
          WHERE school = $1
            AND sitting = $2
            AND document_key = $3
            AND EXISTS (SELECT 1 FROM import i WHERE i.id = student_record.import_id AND i.state = 'published')",
        params![of.school, of.sitting, of.document_key, import],
    )
    .await?;
    Ok(())
}

async fn note(
    tx: &mut Tx<'_>,
    of: &Student,
    (import, cause): (i64, Option<i64>),
    reason: &str,
    (actor, address): (&Actor, &str),
) -> Result<(), DbError> {
    let now = tx.now().await?;
    let account = actor.name();
    tx.execute(
        "INSERT INTO record_removal
            (id, school, sitting, document_key, import_id, cause, removed_at, account, reason)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        params![of.record, of.school, of.sitting, of.document_key, import, cause, now, account, reason],
    )
    .await?;
    let event = Event {
        school: of.school,
        actor: actor.clone(),
        action: "record-removed",
        object_kind: "student",
        object: &of.record.to_string(),
        address,
        detail: &format!("sitting={}", of.sitting),
        changes: Changes::NONE.field("state", Value::code("published"), Value::code("withdrawn")),
    };
    audit::record(tx, &event).await
}

/// Students in the last file of a school who are not in this one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Gone {
    /// How many there are.
    pub students: i64,
    /// How many of them have saved a registration; they stay in any case.
    pub saved: i64,
}

record! {
    /// A student who is gone, and whether a registration was saved.
    struct GoneRow {
        id: RecordId,
        document_key: DocumentKey,
        saved: i64,
    }
}

/// The last file of a school before an import; `None` if there is none.
async fn last_file(
    tx: &mut Tx<'_>,
    school: SchoolCode,
    sitting: &str,
    import: i64,
) -> Result<Option<i64>, DbError> {
    let found: Option<(i64,)> = tx
        .query_opt(
            "SELECT i.id
               FROM import i
              WHERE i.kind = 'roster'
                AND i.sitting = $2
                AND i.state = 'published'
                AND i.file_name <> ''
                AND i.id <> $3
                AND EXISTS (SELECT 1 FROM student_record r WHERE r.import_id = i.id AND r.school = $1)
              ORDER BY i.published_at DESC, i.id DESC
              LIMIT 1",
            params![school, sitting, import],
        )
        .await?;
    Ok(found.map(|(id,)| id))
}

async fn gone_rows(
    tx: &mut Tx<'_>,
    within: &Scope,
    school: SchoolCode,
    sitting: &str,
    import: i64,
) -> Result<Vec<GoneRow>, DbError> {
    let Some(last) = last_file(tx, school, sitting, import).await? else { return Ok(Vec::new()) };
    within
        .query(
            tx,
            scoped!(
                "SELECT r.id, r.document_key,
                    (SELECT COUNT(*)
                       FROM registration g
                      WHERE g.school = r.school
                        AND g.sitting = r.sitting
                        AND g.document_key = r.document_key
                        AND g.state = 'live')
               FROM student_record r
               JOIN import i ON i.id = r.import_id
              WHERE r.import_id = $7
                AND r.school = $5
                AND r.sitting = $6
                AND i.state = 'published'
                AND NOT EXISTS (SELECT 1
                                  FROM student_record m
                                 WHERE m.sitting = r.sitting
                                   AND m.document_key = r.document_key
                                   AND m.import_id = $8)
                AND ",
                in_scope!("r.school", "r.campus"),
                " AND ",
                stands!(),
                "
              ORDER BY r.id"
            ),
            params![school, sitting, last, import],
        )
        .await
}

/// Those students, from the row after `after`.
async fn gone_page(
    tx: &mut Tx<'_>,
    within: &Scope,
    of: (SchoolCode, &SittingCode),
    import: i64,
    after: i64,
    limit: i64,
) -> Result<Vec<preview::Row>, DbError> {
    let Some(last) = last_file(tx, of.0, of.1.as_str(), import).await? else { return Ok(Vec::new()) };
    preview::gone(tx, within, of, (last, import), after, limit).await
}

/// Which rows of an import a page shows.
#[derive(Clone, Debug)]
pub struct Sought {
    /// The import.
    pub import: i64,
    /// When it was published.
    pub published_at: Option<Time>,
    /// The place of whoever sent it: nobody else's students are shown.
    pub within: Scope,
    /// Its sitting.
    pub sitting: SittingCode,
    /// The only school of its rows.
    pub school: Option<SchoolCode>,
    /// `new`, `changed`, `unchanged`, `transfer` or `gone`.
    pub sort: &'static str,
    /// The line and id of the last row of the page before.
    pub after: (i64, i64),
}

/// Rows of an import, each with the row that stood before if it changed.
pub async fn rows(
    tx: &mut Tx<'_>,
    of: &Sought,
    limit: i64,
) -> Result<Vec<(preview::Row, Option<preview::Row>)>, DbError> {
    let rows = match (of.sort, of.school) {
        ("gone", Some(school)) => {
            gone_page(tx, &of.within, (school, &of.sitting), of.import, of.after.1, limit).await?
        }
        ("gone", None) => Vec::new(),
        (sort, _) => preview::page(tx, of.import, sort, of.after, limit).await?,
    };
    let mut found = Vec::with_capacity(rows.len());
    for row in rows {
        let before = if of.sort == "changed" {
            preview::before(tx, &of.sitting, row.document_key, (of.import, of.published_at)).await?
        } else {
            None
        };
        found.push((row, before));
    }
    Ok(found)
}

/// Counts who is in the last file of a school, but not in this import: of one's own place alone (TH22).
pub async fn gone(
    tx: &mut Tx<'_>,
    within: &Scope,
    school: SchoolCode,
    sitting: &str,
    import: i64,
) -> Result<Gone, DbError> {
    let mut gone = Gone::default();
    for row in gone_rows(tx, within, school, sitting, import).await? {
        gone.students = gone.students.saturating_add(1);
        gone.saved = gone.saved.saturating_add(i64::from(row.saved > 0));
    }
    Ok(gone)
}

/// Takes those students out, except those who have saved a registration; returns how many.
pub async fn remove_gone(
    tx: &mut Tx<'_>,
    within: &Scope,
    school: SchoolCode,
    sitting: &SittingCode,
    import: i64,
    by: (&Actor, &str),
) -> Result<i64, DbError> {
    let rows = gone_rows(tx, within, school, sitting.as_str(), import).await?;
    let mut removed = 0_i64;
    let mut apart = None;
    for row in rows.into_iter().filter(|row| row.saved == 0) {
        let apart = match apart {
            Some(apart) => apart,
            None => *apart.insert(imports::set_apart(tx, imports::ROSTER, sitting.as_str(), None).await?),
        };
        let of = Student { school, sitting: sitting.clone(), document_key: row.document_key, record: row.id };
        set_apart(tx, &of, apart).await?;
        note(tx, &of, (apart, Some(import)), "", by).await?;
        removed = removed.saturating_add(1);
    }
    Ok(removed)
}

/// Puts back whom the publication of an import took out: their rows count again as far as their own imports do.
pub async fn put_back(tx: &mut Tx<'_>, import: i64, by: (&Actor, &str)) -> Result<(), DbError> {
    let rows: Vec<(i64, SchoolCode, SittingCode, i64)> = tx
        .query(
            "SELECT id, school, sitting, import_id FROM record_removal WHERE cause = $1 ORDER BY id",
            params![import],
        )
        .await?;
    for (id, school, sitting, from) in rows {
        tx.execute(
            "UPDATE student_record
                SET import_id = from_import, from_import = NULL
              WHERE import_id = $1
                AND from_import IS NOT NULL",
            params![from],
        )
        .await?;
        tx.execute("DELETE FROM record_removal WHERE id = $1", params![id]).await?;
        let event = Event {
            school,
            actor: by.0.clone(),
            action: "record-put-back",
            object_kind: "student",
            object: &id.to_string(),
            address: by.1,
            detail: &format!("sitting={sitting}"),
            changes: Changes::NONE.field("state", Value::code("withdrawn"), Value::code("published")),
        };
        audit::record(tx, &event).await?;
    }
    Ok(())
}

/// Keeps in the roster whom only this import names and who has saved a registration: their rows move to an import of
/// their own with the same time.
pub async fn keep_saved(
    tx: &mut Tx<'_>,
    sitting: &SittingCode,
    import: i64,
    published_at: Time,
) -> Result<i64, DbError> {
    let rows: Vec<(SchoolCode, RecordId)> = tx
        .query(
            "SELECT r.school, r.id
               FROM student_record r
              WHERE r.import_id = $1
                AND EXISTS (SELECT 1
                              FROM registration g
                             WHERE g.school = r.school
                               AND g.sitting = r.sitting
                               AND g.document_key = r.document_key
                               AND g.state = 'live')
                AND NOT EXISTS (SELECT 1
                                  FROM student_record o
                                  JOIN import i ON i.id = o.import_id
                                 WHERE o.school = r.school
                                   AND o.sitting = r.sitting
                                   AND o.document_key = r.document_key
                                   AND o.import_id <> r.import_id
                                   AND i.state = 'published')",
            params![import],
        )
        .await?;
    if rows.is_empty() {
        return Ok(0);
    }
    let kept = imports::set_apart(tx, imports::ROSTER, sitting.as_str(), Some(published_at)).await?;
    for (school, id) in &rows {
        tx.execute(
            "UPDATE student_record SET import_id = $3 WHERE school = $1 AND id = $2",
            params![school, id, kept],
        )
        .await?;
    }
    Ok(i64::try_from(rows.len()).unwrap_or(i64::MAX))
}
