//! The SQL of registrations and claims.

pub mod claims;
pub mod find;
pub mod holding;
mod late;
pub mod let_go;
pub mod look_up;
pub(crate) mod past;
pub mod scoped;

pub use late::{newest_of, released};
pub(crate) use late::{reinstate, take_over};

use super::Registration;
use crate::params;
use crate::roster::Snapshot;
use crate::store::{DbError, Tx};
use crate::words::codes::{SchoolCode, SittingCode, SubjectCode};
use crate::words::ids::{PassportId, RecordId, RegistrationId};
use crate::words::subject_list::join_codes;
use crate::words::time::Time;

/// The registration that a passport claims in a sitting: its school and id.
pub async fn claim(
    tx: &mut Tx<'_>,
    passport: PassportId,
    sitting: &SittingCode,
) -> Result<Option<(SchoolCode, RegistrationId)>, DbError> {
    let claim = claims::find(tx, passport, sitting, claims::Kind::Registration).await?;
    Ok(claim.map(|(school, id)| (school, RegistrationId(id))))
}

/// Claims a registration for a passport (R6, I5); returns whether it had none. Waits for a concurrent claim or release.
pub(crate) async fn insert_claim(
    tx: &mut Tx<'_>,
    passport: PassportId,
    sitting: &SittingCode,
    school: SchoolCode,
    id: RegistrationId,
) -> Result<bool, DbError> {
    claims::insert(tx, passport, sitting, claims::Kind::Registration, (school, id.0)).await
}

/// Deletes a passport's claim of a registration.
pub(crate) async fn delete_claim(tx: &mut Tx<'_>, of: &Registration) -> Result<(), DbError> {
    claims::delete(tx, of.passport, &of.sitting, claims::Kind::Registration, (of.school, of.id.0)).await
}

macro_rules! live_by_id {
    ($lock:literal) => {
        concat!(
            "SELECT school, id, sitting, passport_id, saved_at, release_at, in_line, campus, school_name, campus_name,
                    subjects, listed_subjects, barred_subjects
               FROM registration
              WHERE school = $1
                AND id = $2
                AND state = 'live' ",
            $lock
        )
    };
}

/// Whether a sitting has any registration, living or released.
pub async fn any_of(tx: &mut Tx<'_>, sitting: &SittingCode) -> Result<bool, DbError> {
    let sql = "SELECT id FROM registration WHERE sitting = $1 LIMIT 1";
    let found: Option<(RegistrationId,)> = tx.query_opt(sql, params![sitting]).await?;
    Ok(found.is_some())
}

/// A live registration.
pub async fn live(
    tx: &mut Tx<'_>,
    school: SchoolCode,
    id: RegistrationId,
) -> Result<Option<Registration>, DbError> {
    tx.query_opt(live_by_id!(""), params![school, id]).await
}

/// A live registration, locked until the transaction ends: the actions of one candidate are serialised.
pub async fn lock(
    tx: &mut Tx<'_>,
    school: SchoolCode,
    id: RegistrationId,
) -> Result<Option<Registration>, DbError> {
    tx.turn(school)?;
    tx.query_opt(live_by_id!("FOR UPDATE"), params![school, id]).await
}

/// As [`lock`], but without waiting: also `None` when it is locked by another transaction.
pub(crate) async fn lock_if_idle(
    tx: &mut Tx<'_>,
    school: SchoolCode,
    id: RegistrationId,
) -> Result<Option<Registration>, DbError> {
    tx.query_opt(live_by_id!("FOR UPDATE SKIP LOCKED"), params![school, id]).await
}

/// The live registration of a student, found by the document.
pub async fn live_of_student(
    tx: &mut Tx<'_>,
    school: SchoolCode,
    sitting: &SittingCode,
    document_key: &[u8],
) -> Result<Option<RegistrationId>, DbError> {
    let row: Option<(RegistrationId,)> = tx
        .query_opt(
            "SELECT id
               FROM registration
              WHERE school = $1
                AND sitting = $2
                AND document_key = $3
                AND state = 'live'",
            params![school, sitting, document_key],
        )
        .await?;
    Ok(row.map(|(id,)| id))
}

/// Whether a student has a live registration in a sitting at another school: the key of a registration is its school's.
pub(crate) async fn lives_elsewhere(
    tx: &mut Tx<'_>,
    school: SchoolCode,
    sitting: &SittingCode,
    document_key: &[u8],
) -> Result<bool, DbError> {
    let row: Option<(RegistrationId,)> = tx
        .query_opt(
            "SELECT id
               FROM registration
              WHERE document_key = $1
                AND sitting = $2
                AND school <> $3
                AND state = 'live'
              LIMIT 1",
            params![document_key, sitting, school],
        )
        .await?;
    Ok(row.is_some())
}

/// Inserts a registration with its snapshot; returns whether the student had none (R6, I5).
pub async fn insert(
    tx: &mut Tx<'_>,
    of: &Registration,
    record: RecordId,
    snapshot: &Snapshot,
) -> Result<bool, DbError> {
    let made = tx
        .execute(
            "INSERT INTO registration
                (school, id, sitting, passport_id, record_id, state, saved_at, release_at, version, campus,
                 school_name, campus_name, name, name_key, sex, document_kind, document_sealed, document_key,
                 education, duration, entry_year, grade, college, major, class, student_number, remark, subjects,
                 listed_subjects, barred_subjects, snapshot_hash)
             VALUES ($1, $2, $3, $4, $5, 'live', $6, $7, 1, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19,
                     $20, $21, $22, $23, $24, $25, $26, $27, $28, $29)
             ON CONFLICT DO NOTHING",
            params![
                of.school,
                of.id,
                of.sitting,
                of.passport,
                record,
                of.saved_at,
                of.release_at,
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
            ],
        )
        .await?;
    Ok(made == 1)
}

/// The snapshot of a live registration.
pub async fn snapshot(
    tx: &mut Tx<'_>,
    school: SchoolCode,
    id: RegistrationId,
) -> Result<Option<Snapshot>, DbError> {
    tx.query_opt(
        "SELECT campus, school_name, campus_name, name, name_key, sex, document_kind, document_sealed, document_key,
                education, duration, entry_year, grade, college, major, class, student_number, remark, subjects,
                listed_subjects, barred_subjects
           FROM registration
          WHERE school = $1
            AND id = $2
            AND state = 'live'",
        params![school, id],
    )
    .await
}

/// Sets when a registration is released if it stays empty (R7); `None` while it holds an entry.
pub(crate) async fn set_release(tx: &mut Tx<'_>, of: &Registration, at: Option<Time>) -> Result<(), DbError> {
    tx.execute_soon(
        "UPDATE registration
            SET release_at = $3, version = version + 1
          WHERE school = $1
            AND id = $2",
        params![of.school, of.id, at],
    )
    .await?
    .ignore();
    Ok(())
}

/// Sets for how many subjects a registration waits (R16), and when it is released (R7).
pub(crate) async fn set_in_line(
    tx: &mut Tx<'_>,
    of: &Registration,
    subjects: i64,
    release_at: Option<Time>,
) -> Result<(), DbError> {
    tx.execute_soon(
        "UPDATE registration
            SET in_line = $3, release_at = $4, version = version + 1
          WHERE school = $1
            AND id = $2",
        params![of.school, of.id, subjects, release_at],
    )
    .await?
    .ignore();
    Ok(())
}

/// Sets the 资格科目 of a registration, after a review.
pub(crate) async fn set_subjects(
    tx: &mut Tx<'_>,
    of: &Registration,
    subjects: &[SubjectCode],
) -> Result<(), DbError> {
    tx.execute(
        "UPDATE registration
            SET subjects = $3, version = version + 1
          WHERE school = $1
            AND id = $2",
        params![of.school, of.id, join_codes(subjects)],
    )
    .await?;
    Ok(())
}

/// Ends a registration and clears all personal data of its snapshot; returns whether it was live.
pub async fn release(tx: &mut Tx<'_>, of: &Registration) -> Result<bool, DbError> {
    let released = tx
        .execute(
            "UPDATE registration
                SET state = 'released', release_at = NULL, version = version + 1, name = '', name_key = '', sex = '',
                    document_kind = '', document_sealed = $3, document_key = $3, education = '', duration = '',
                    entry_year = '', grade = '', college = '', major = '', class = '', student_number = '',
                    remark = '', subjects = '', listed_subjects = '', barred_subjects = '', snapshot_hash = ''
              WHERE school = $1
                AND id = $2
                AND state = 'live'",
            params![of.school, of.id, Vec::<u8>::new()],
        )
        .await?;
    Ok(released == 1)
}

/// Live registrations that are due for release (R7), the longest overdue first.
pub(crate) async fn due_for_release(
    tx: &mut Tx<'_>,
    now: Time,
    limit: i64,
) -> Result<Vec<(SchoolCode, RegistrationId)>, DbError> {
    let mut rows: Vec<(SchoolCode, RegistrationId)> = tx
        .query(
            "SELECT school, id
               FROM registration
              WHERE state = 'live'
                AND release_at <= $1
              ORDER BY release_at, school, id
              LIMIT $2",
            params![now, limit],
        )
        .await?;
    rows.sort_unstable();
    Ok(rows)
}

/// How often a passport's registration was released without a payment, and when it may bind again.
pub async fn tally(
    tx: &mut Tx<'_>,
    passport: PassportId,
    sitting: &SittingCode,
) -> Result<Option<(i64, Time)>, DbError> {
    tx.query_opt(
        "SELECT releases, wait_until FROM release_tally WHERE passport_id = $1 AND sitting = $2",
        params![passport, sitting],
    )
    .await
}

/// Stores that tally.
pub(crate) async fn set_tally(
    tx: &mut Tx<'_>,
    of: &Registration,
    releases: i64,
    wait_until: Time,
) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO release_tally (passport_id, sitting, releases, wait_until)
         VALUES ($1, $2, $3, $4)
         ON CONFLICT (passport_id, sitting) DO UPDATE SET releases = excluded.releases, wait_until = excluded.wait_until",
        params![of.passport, of.sitting, releases, wait_until],
    )
    .await?;
    Ok(())
}
