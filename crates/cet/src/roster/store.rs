//! Look-ups in the rosters: only published rows, and of a document only the newest.

use super::{DocumentKey, StudentRecord};
use crate::params;
use crate::store::{DbError, Tx};
use crate::words::codes::{SchoolCode, SittingCode};
use crate::words::ids::RecordId;

/// The record of a document in a sitting: the row that was published last.
///
/// # Errors
/// [`DbError`] when the database can't be asked.
pub async fn find(
    tx: &mut Tx<'_>,
    sitting: &SittingCode,
    document: DocumentKey,
) -> Result<Option<StudentRecord>, DbError> {
    tx.query_opt(
        "SELECT r.school, r.id, r.sitting, r.campus, r.name, r.name_key, r.sex, r.document_kind, r.document_sealed,
                r.document_key, r.education, r.duration, r.entry_year, r.grade, r.college, r.major, r.class,
                r.student_number, r.remark, r.listed_subjects, r.barred_subjects
           FROM student_record r
           JOIN import i ON i.id = r.import_id
          WHERE r.sitting = $1
            AND r.document_key = $2
            AND i.state = 'published'
          ORDER BY i.published_at DESC, i.id DESC, r.id DESC
          LIMIT 1",
        params![sitting, document],
    )
    .await
}

/// Locks what the rosters say of a document until the transaction ends. Saving a registration and approving a review for
/// one student go one after another by it: whichever comes second sees what the first has done.
///
/// # Errors
/// [`DbError`] when the database can't be asked.
pub async fn lock(tx: &mut Tx<'_>, sitting: &SittingCode, document_key: &[u8]) -> Result<(), DbError> {
    let _rows: Vec<(RecordId,)> = tx
        .query(
            "SELECT id
               FROM student_record
              WHERE sitting = $1
                AND document_key = $2
              ORDER BY school, id
                FOR UPDATE",
            params![sitting, document_key],
        )
        .await?;
    Ok(())
}

/// A record by its key, as a session keeps it; nothing when it was not published or is gone.
///
/// # Errors
/// [`DbError`] when the database can't be asked.
pub async fn find_by_id(
    tx: &mut Tx<'_>,
    school: SchoolCode,
    id: RecordId,
) -> Result<Option<StudentRecord>, DbError> {
    tx.query_opt(
        "SELECT r.school, r.id, r.sitting, r.campus, r.name, r.name_key, r.sex, r.document_kind, r.document_sealed,
                r.document_key, r.education, r.duration, r.entry_year, r.grade, r.college, r.major, r.class,
                r.student_number, r.remark, r.listed_subjects, r.barred_subjects
           FROM student_record r
           JOIN import i ON i.id = r.import_id
          WHERE r.school = $1
            AND r.id = $2
            AND i.state = 'published'",
        params![school, id],
    )
    .await
}
