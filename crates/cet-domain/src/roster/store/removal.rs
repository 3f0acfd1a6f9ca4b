//! The SQL of students taken out of a roster.

use crate::fragments::roster::{is_not_in, stands};
use crate::params;
use crate::record;
use crate::roster::DocumentKey;
use crate::roster::removal::Student;
use crate::store::{DbError, Tx};
use crate::words::codes::{SchoolCode, SittingCode};
use crate::words::ids::RecordId;
use crate::words::staff::Scope;
use cet_base::{in_scope, scoped};

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

/// Deletes some records of a sitting that is over (A11): what candidates saved has its own snapshot.
pub(crate) async fn forget(tx: &mut Tx<'_>, sitting: &SittingCode, most: i64) -> Result<u64, DbError> {
    tx.execute(
        "DELETE FROM student_record
          WHERE (school, id) IN (SELECT school, id FROM student_record WHERE sitting = $1 LIMIT $2)",
        params![sitting, most],
    )
    .await
}

/// Moves all published rows of a student at a school to another import.
pub(crate) async fn set_apart(tx: &mut Tx<'_>, of: &Student, import: i64) -> Result<(), DbError> {
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

/// Moves all published rows of the students whose removals name this import to it: in one statement, as many as they are.
pub(crate) async fn set_all_apart(
    tx: &mut Tx<'_>,
    (school, sitting): (SchoolCode, &SittingCode),
    import: i64,
) -> Result<(), DbError> {
    tx.execute(
        "UPDATE student_record AS r
            SET from_import = import_id, import_id = $3
          WHERE r.school = $1
            AND r.sitting = $2
            AND EXISTS (SELECT 1
                          FROM record_removal m
                         WHERE m.school = r.school
                           AND m.sitting = r.sitting
                           AND m.document_key = r.document_key
                           AND m.import_id = $3)
            AND EXISTS (SELECT 1 FROM import i WHERE i.id = r.import_id AND i.state = 'published')",
        params![school, sitting, import],
    )
    .await?;
    Ok(())
}

/// Records a removal, and the import that caused it, if one did.
pub(crate) async fn insert(
    tx: &mut Tx<'_>,
    of: &Student,
    (import, cause): (i64, Option<i64>),
    (account, reason): (&str, &str),
) -> Result<(), DbError> {
    let now = tx.now().await?;
    tx.execute_soon(
        "INSERT INTO record_removal
            (id, school, sitting, document_key, import_id, cause, removed_at, account, reason)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        params![of.record, of.school, of.sitting, of.document_key, import, cause, now, account, reason],
    )
    .await?
    .ignore();
    Ok(())
}

/// Who took a row out of a roster, and why; `None` if nobody did.
pub(crate) async fn removed(
    tx: &mut Tx<'_>,
    school: SchoolCode,
    id: RecordId,
) -> Result<Option<(String, String)>, DbError> {
    tx.query_opt(
        "SELECT account, reason FROM record_removal WHERE school = $1 AND id = $2",
        params![school, id],
    )
    .await
}

record! {
    /// A student who is gone, and whether a registration was saved.
    pub(crate) struct GoneRow {
        /// The row.
        pub(crate) id: RecordId,
        /// The person.
        pub(crate) document_key: DocumentKey,
        /// How many registrations are saved.
        pub(crate) saved: i64,
    }
}

/// The last file of a school before an import; `None` if there is none.
pub(crate) async fn last_file(
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

/// The rows of the last file of a school that an import does not name.
pub(crate) async fn gone_rows(
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
                AND ",
                is_not_in!("$8"),
                " AND ",
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

/// A removal: its id, school and sitting.
pub(crate) type Removal = (i64, SchoolCode, SittingCode);

/// The first removals that the publication of an import caused.
pub(crate) async fn caused_by(tx: &mut Tx<'_>, import: i64, most: i64) -> Result<Vec<Removal>, DbError> {
    tx.query(
        "SELECT id, school, sitting FROM record_removal WHERE cause = $1 ORDER BY id LIMIT $2",
        params![import, most],
    )
    .await
}

/// Gives the rows of the removals that an import caused back to the imports that they came from, up to the removal `last`: in
/// one statement, however many they are. A row's removal is looked for by its student: the cause is no condition that an index
/// could take, or each row walks all removals of the file.
pub(crate) async fn undo(tx: &mut Tx<'_>, cause: i64, last: i64) -> Result<(), DbError> {
    tx.execute(
        "UPDATE student_record AS r
            SET import_id = from_import, from_import = NULL
          WHERE r.import_id IN (SELECT import_id FROM record_removal WHERE cause = $1)
            AND r.from_import IS NOT NULL
            AND EXISTS (SELECT 1
                          FROM record_removal m
                         WHERE m.school = r.school
                           AND m.sitting = r.sitting
                           AND m.document_key = r.document_key
                           AND m.cause + 0 = $1
                           AND m.id <= $2)",
        params![cause, last],
    )
    .await?;
    tx.execute("DELETE FROM record_removal WHERE cause = $1 AND id <= $2", params![cause, last]).await?;
    Ok(())
}

/// The rows of the import `$1` whose persons no other file names, and who have saved a registration. The other
/// rows of a person are looked for by the document: the school is no condition that an index could take, or a database
/// without statistics walks all rows of the school for each of them.
macro_rules! only_here {
    () => {
        "r.import_id = $1
            AND EXISTS (SELECT 1
                          FROM registration g
                         WHERE g.school = r.school
                           AND g.sitting = r.sitting
                           AND g.document_key = r.document_key
                           AND g.state = 'live')
            AND NOT EXISTS (SELECT 1
                              FROM student_record o
                              JOIN import i ON i.id = o.import_id
                             WHERE o.sitting = r.sitting
                               AND o.document_key = r.document_key
                               AND o.school || '' = r.school
                               AND o.import_id <> r.import_id
                               AND i.state = 'published')"
    };
}

/// Whether an import has such rows.
pub(crate) async fn has_only_here(tx: &mut Tx<'_>, import: i64) -> Result<bool, DbError> {
    let found: Option<(RecordId,)> = tx
        .query_opt(
            concat!("SELECT r.id FROM student_record r WHERE ", only_here!(), " LIMIT 1"),
            params![import],
        )
        .await?;
    Ok(found.is_some())
}

/// Moves these rows to another import; returns how many there were.
pub(crate) async fn move_only_here(tx: &mut Tx<'_>, import: i64, to: i64) -> Result<u64, DbError> {
    tx.execute(
        concat!("UPDATE student_record AS r SET import_id = $2 WHERE ", only_here!()),
        params![import, to],
    )
    .await
}
