//! Queries of the rosters: only published rows, and for a document only the newest.

pub mod preview;
pub(crate) mod removal;
pub mod staff_queries;
pub mod transfer;

use super::{DocumentKey, DocumentKeys, StudentRecord};
use crate::fragments::roster::{record_columns, stands};
use crate::params;
use crate::record;
use crate::store::{DbError, Tx};
use crate::words::codes::{CampusCode, SchoolCode, SittingCode};
use crate::words::ids::RecordId;

/// The record of a document in a sitting: the row that was published last.
pub async fn find(
    tx: &mut Tx<'_>,
    sitting: &SittingCode,
    document: DocumentKey,
) -> Result<Option<StudentRecord>, DbError> {
    tx.query_opt(
        concat!(
            "SELECT ",
            record_columns!(),
            "
           FROM student_record r
           JOIN import i ON i.id = r.import_id
          WHERE r.sitting = $1
            AND r.document_key = $2
            AND i.state = 'published'
          ORDER BY i.published_at DESC, i.id DESC, r.id DESC
          LIMIT 1"
        ),
        params![sitting, document],
    )
    .await
}

/// The record of a document as somebody typed it. Only where no record holds the number as it was typed, the other number
/// of the same document is looked up: never two of them, and no record hides another's.
pub async fn find_typed(
    tx: &mut Tx<'_>,
    sitting: &SittingCode,
    document: &DocumentKeys,
) -> Result<Option<StudentRecord>, DbError> {
    let found = find(tx, sitting, document.as_typed()).await?;
    let Some(otherwise) = document.otherwise() else { return Ok(found) };
    // Asked in any case, so that both answers take as long (TH7, TH8).
    let other = find(tx, sitting, otherwise).await?;
    Ok(found.or(other))
}

/// Locks a document in the rosters until the transaction ends. It serialises saving a registration and approving a
/// review for one student: the second sees what the first has done.
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

/// A record by its key, as stored in a session; `None` when it is unpublished or gone.
pub async fn find_by_id(
    tx: &mut Tx<'_>,
    school: SchoolCode,
    id: RecordId,
) -> Result<Option<StudentRecord>, DbError> {
    tx.query_opt(
        concat!(
            "SELECT ",
            record_columns!(),
            "
           FROM student_record r
           JOIN import i ON i.id = r.import_id
          WHERE r.school = $1
            AND r.id = $2
            AND i.state = 'published'"
        ),
        params![school, id],
    )
    .await
}

record! {
    /// The data by which photos are matched. It has no Debug: it is personal data.
    #[derive(Clone)]
    pub struct Listed {
        /// 校区.
        pub campus: CampusCode,
        /// The lookup key of the document.
        pub document_key: DocumentKey,
        /// 学号; empty if the school gave none.
        pub student_number: String,
        /// The name.
        pub name: String,
        /// The name in comparison form.
        pub name_key: String,
        /// 年级.
        pub grade: String,
        /// 院系.
        pub college: String,
        /// 专业.
        pub major: String,
        /// 班级.
        pub class: String,
    }
}

/// The students of a school in a sitting: for each document the row that was published last.
pub async fn listed(
    tx: &mut Tx<'_>,
    sitting: &SittingCode,
    school: SchoolCode,
) -> Result<Vec<Listed>, DbError> {
    tx.query(
        concat!(
            "SELECT r.campus, r.document_key, r.student_number, r.name, r.name_key, r.grade, r.college,
                    r.major, r.class
           FROM student_record r
           JOIN import i
             ON i.id = r.import_id
          WHERE r.school = $1
            AND r.sitting = $2
            AND i.state = 'published'
            AND ",
            stands!(),
            "
          ORDER BY r.student_number, r.id"
        ),
        params![school, sitting],
    )
    .await
}

/// Whether several students of a school have this student number in a sitting: in current rows of the roster, or in
/// saved registrations, which keep their number when the roster's changes.
pub(crate) async fn shares_student_number(
    tx: &mut Tx<'_>,
    sitting: &SittingCode,
    school: SchoolCode,
    student_number: &str,
) -> Result<bool, DbError> {
    let (students,): (i64,) = tx
        .query_one(
            concat!(
                "SELECT COUNT(DISTINCT r.document_key)
               FROM student_record r
               JOIN import i
                 ON i.id = r.import_id
              WHERE r.school = $1
                AND r.sitting = $2
                AND r.student_number = $3
                AND i.state = 'published'
                AND (EXISTS (SELECT 1
                               FROM registration g
                              WHERE g.school = r.school
                                AND g.sitting = r.sitting
                                AND g.document_key = r.document_key
                                AND g.state = 'live'
                                AND g.student_number = r.student_number)
                     OR ",
                stands!(),
                ")"
            ),
            params![school, sitting, student_number],
        )
        .await?;
    Ok(students > 1)
}
