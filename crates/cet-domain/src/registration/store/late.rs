//! Reinstates a released registration for late money.

use crate::params;
use crate::roster::Snapshot;
use crate::store::{DbError, Tx};
use crate::words::codes::{SchoolCode, SittingCode};
use crate::words::ids::{PassportId, RecordId, RegistrationId};
use crate::words::subject_list::join_codes;

/// The newest registration of a passport in a sitting, live or released: its school and id.
pub async fn newest_of(
    tx: &mut Tx<'_>,
    passport: PassportId,
    sitting: &SittingCode,
) -> Result<Option<(SchoolCode, RegistrationId)>, DbError> {
    tx.query_opt(
        "SELECT school, id
           FROM registration
          WHERE passport_id = $1
            AND sitting = $2
          ORDER BY saved_at DESC, id DESC
          LIMIT 1",
        params![passport, sitting],
    )
    .await
}

/// Sitting and roster record of a released registration; locks its row.
pub async fn released(
    tx: &mut Tx<'_>,
    school: SchoolCode,
    id: RegistrationId,
) -> Result<Option<(SittingCode, RecordId)>, DbError> {
    tx.query_opt(
        "SELECT sitting, record_id
           FROM registration
          WHERE school = $1
            AND id = $2
            AND state = 'released'
            FOR UPDATE",
        params![school, id],
    )
    .await
}

/// Makes a released registration live again, for a passport and with a new snapshot.
///
/// # Errors
/// [`DbError`], also when the student has another live one.
pub async fn reinstate(
    tx: &mut Tx<'_>,
    school: SchoolCode,
    (id, passport): (RegistrationId, PassportId),
    snapshot: &Snapshot,
) -> Result<(), DbError> {
    let back = tx
        .execute(
            "UPDATE registration
                SET state = 'live', release_at = NULL, version = version + 1, campus = $3, school_name = $4,
                    campus_name = $5, name = $6, name_key = $7, sex = $8, document_kind = $9, document_sealed = $10,
                    document_key = $11, education = $12, duration = $13, entry_year = $14, grade = $15, college = $16,
                    major = $17, class = $18, student_number = $19, remark = $20, subjects = $21,
                    listed_subjects = $22, barred_subjects = $23, snapshot_hash = $24, passport_id = $25
              WHERE school = $1
                AND id = $2
                AND state = 'released'",
            params![
                school,
                id,
                snapshot.campus,
                snapshot.school_name,
                snapshot.campus_name,
                snapshot.name,
                snapshot.name_key,
                snapshot.sex,
                snapshot.document_kind,
                snapshot.document_sealed,
                snapshot.document_key,
                snapshot.education,
                snapshot.duration,
                snapshot.entry_year,
                snapshot.grade,
                snapshot.college,
                snapshot.major,
                snapshot.class,
                snapshot.student_number,
                snapshot.remark,
                join_codes(&snapshot.subjects.0),
                join_codes(&snapshot.listed.0),
                join_codes(&snapshot.barred.0),
                snapshot.hash(),
                passport,
            ],
        )
        .await?;
    if back == 1 { Ok(()) } else { Err(DbError::Decode("released registration under its lock")) }
}
