//! Gives a registration to a passport: a released one for late money, or one that its school made.

use crate::params;
use crate::registration::Registration;
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
pub(crate) async fn reinstate(
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

/// Gives a live registration without a passport to one, with the snapshot of what its candidate has checked; returns whether
/// it still had none. Of two passports at one moment exactly one gets it.
pub(crate) async fn take_over(
    tx: &mut Tx<'_>,
    of: &Registration,
    (passport, record): (PassportId, RecordId),
    snapshot: &Snapshot,
) -> Result<bool, DbError> {
    let now = tx.now().await?;
    let taken = tx
        .execute(
            "UPDATE registration
                SET version = version + 1, campus = $3, school_name = $4, campus_name = $5, name = $6, name_key = $7,
                    sex = $8, document_kind = $9, document_sealed = $10, education = $11, duration = $12,
                    entry_year = $13, grade = $14, college = $15, major = $16, class = $17, student_number = $18,
                    remark = $19, subjects = $20, listed_subjects = $21, barred_subjects = $22, snapshot_hash = $23,
                    passport_id = $24, record_id = $25, saved_at = $26
              WHERE school = $1
                AND id = $2
                AND passport_id = $27
                AND state = 'live'",
            params![
                of.school,
                of.id,
                snapshot.campus,
                snapshot.school_name,
                snapshot.campus_name,
                snapshot.name,
                snapshot.name_key,
                snapshot.sex,
                snapshot.document_kind,
                snapshot.document_sealed,
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
                record,
                now,
                PassportId::NONE,
            ],
        )
        .await?;
    Ok(taken == 1)
}
