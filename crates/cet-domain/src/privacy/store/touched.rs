//! The SQL of whose data somebody touched: for the operator who has to tell the persons after a leak (PIPL 57).

use crate::audit::Line;
use crate::params;
use crate::record;
use crate::store::{DbError, Tx};
use crate::words::codes::{CampusCode, SchoolCode, SittingCode};
use crate::words::time::Time;

record! {
    /// What an account did about one subject.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Times {
        /// The subject, as `audit_subject` names it.
        pub subject: String,
        /// How many lines.
        pub count: i64,
        /// The first one.
        pub first: Time,
        /// The last one.
        pub last: Time,
    }
}

record! {
    /// A student of a roster.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Student {
        /// The school.
        pub school: SchoolCode,
        /// The record.
        pub id: i64,
        /// The campus.
        pub campus: CampusCode,
        /// The sitting.
        pub sitting: SittingCode,
    }
}

/// Whom the lines of an account are about, in the order of their names, after one.
pub(in crate::privacy) async fn subjects(
    tx: &mut Tx<'_>,
    account: &str,
    after: &str,
    most: i64,
) -> Result<Vec<Times>, DbError> {
    tx.query(
        "SELECT s.subject, COUNT(*), MIN(a.at), MAX(a.at)
           FROM audit_log a
           JOIN audit_subject s
             ON s.audit_id = a.id
            AND s.school = a.school
          WHERE a.actor_kind = 'staff'
            AND a.actor = $1
            AND s.subject > $2
          GROUP BY s.subject
          ORDER BY s.subject
          LIMIT $3",
        params![account, after, most],
    )
    .await
}

/// Who asked for a file, and from when until when it could be taken.
pub(in crate::privacy) async fn export(
    tx: &mut Tx<'_>,
    id: i64,
) -> Result<Option<(String, Time, Time)>, DbError> {
    tx.query_opt("SELECT requester, asked_at, expires_at FROM staff_export WHERE id = $1", params![id]).await
}

/// The files that an account took out in a time.
pub(in crate::privacy) async fn taken(
    tx: &mut Tx<'_>,
    account: &str,
    from: Time,
    to: Time,
) -> Result<Vec<Line>, DbError> {
    tx.query(
        "SELECT school, id, at, actor_kind, actor, action, object_kind, object, address, detail, hash
           FROM audit_log
          WHERE actor_kind = 'staff'
            AND actor = $1
            AND at >= $2
            AND at <= $3
            AND action = 'list-exported'
          ORDER BY at, school, id",
        params![account, from, to],
    )
    .await
}

/// Students of a place whose record was published by then, after one. The place is a part of a campus's code.
pub(in crate::privacy) async fn of_place(
    tx: &mut Tx<'_>,
    place: &str,
    at: Time,
    (school, id): (&str, i64),
    most: i64,
) -> Result<Vec<Student>, DbError> {
    let first: String = place.chars().take(5).collect();
    let (end, campus_end) = (format!("{first}:"), format!("{place}:"));
    tx.query(
        "SELECT r.school, r.id, r.campus, r.sitting
           FROM student_record r
           JOIN import i
             ON i.id = r.import_id
          WHERE r.school >= $1
            AND r.school < $2
            AND r.campus >= $3
            AND r.campus < $4
            AND i.published_at <= $5
            AND (r.school > $6 OR (r.school = $6 AND r.id > $7))
          ORDER BY r.school, r.id
          LIMIT $8",
        params![first, end, place, campus_end, at, school, id, most],
    )
    .await
}

/// The records of a document in every sitting.
pub(in crate::privacy) async fn of_document(tx: &mut Tx<'_>, key: &[u8]) -> Result<Vec<Student>, DbError> {
    tx.query(
        "SELECT r.school, r.id, r.campus, r.sitting
           FROM sitting s
           JOIN student_record r
             ON r.sitting = s.code
            AND r.document_key = $1
          ORDER BY r.sitting, r.school, r.id",
        params![key],
    )
    .await
}
