//! The SQL of photos for tickets.

pub(crate) mod before;
pub mod keys;

use std::collections::BTreeSet;

use super::photo::{Photo, picture};
use crate::params;
use crate::roster::{self, DocumentKey};
use crate::store::{DbError, Tx};
use crate::words::codes::{SchoolCode, SittingCode};

/// Stores a photo, of an upload or of a command, replacing an earlier one.
pub async fn keep(
    tx: &mut Tx<'_>,
    sitting: &SittingCode,
    photo: &Photo,
    upload: Option<i64>,
) -> Result<(), DbError> {
    let now = tx.now().await?;
    if let Some(upload) = upload {
        before::note(tx, sitting, photo, upload).await?;
    }
    tx.execute(
        "INSERT INTO photo (school, sitting, document_key, student_number, jpeg, imported_at, upload_id)
         VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (school, sitting, document_key) DO UPDATE
            SET student_number = excluded.student_number, jpeg = excluded.jpeg, imported_at = excluded.imported_at,
                upload_id = excluded.upload_id",
        params![photo.school, sitting, photo.document_key, photo.named_by, photo.jpeg, now, upload],
    )
    .await?;
    if !photo.named_by.is_empty() {
        // The student who had this number before has another one by now.
        tx.execute(
            "DELETE FROM photo
              WHERE school = $1
                AND sitting = $2
                AND student_number = $3
                AND document_key <> $4",
            params![photo.school, sitting, photo.named_by, photo.document_key],
        )
        .await?;
    }
    tx.execute(
        "DELETE FROM student_photo
          WHERE school = $1
            AND sitting = $2
            AND student_number = $3",
        params![photo.school, sitting, photo.student_number],
    )
    .await?;
    Ok(())
}

/// Deletes some photos of a sitting that is over; returns how many.
pub(crate) async fn forget(tx: &mut Tx<'_>, sitting: &SittingCode, most: i64) -> Result<u64, DbError> {
    let newer = tx
        .execute(
            "DELETE FROM photo
              WHERE (school, sitting, document_key) IN (SELECT school, sitting, document_key
                                                          FROM photo
                                                         WHERE sitting = $1
                                                         LIMIT $2)",
            params![sitting, most],
        )
        .await?;
    let left = most.saturating_sub(i64::try_from(newer).unwrap_or(most));
    let older = tx
        .execute(
            "DELETE FROM student_photo
              WHERE (school, sitting, student_number) IN (SELECT school, sitting, student_number
                                                            FROM student_photo
                                                           WHERE sitting = $1
                                                           LIMIT $2)",
            params![sitting, left],
        )
        .await?;
    Ok(newer.saturating_add(older))
}

/// The photo for a student's ticket, as a JPEG file. One that was found by the student number is valid only while
/// nobody else has that number; an ambiguous one is not printed.
pub async fn photo(
    tx: &mut Tx<'_>,
    school: SchoolCode,
    sitting: &SittingCode,
    document_key: &[u8],
    student_number: &str,
) -> Result<Option<Vec<u8>>, DbError> {
    let row: Option<(String, Vec<u8>)> = tx
        .query_opt(
            "SELECT student_number, jpeg
               FROM photo
              WHERE school = $1
                AND sitting = $2
                AND document_key = $3",
            params![school, sitting, document_key],
        )
        .await?;
    let found = match row {
        Some((named_by, jpeg)) if named_by.is_empty() => return Ok(Some(jpeg)),
        Some((named_by, jpeg)) => (named_by == student_number).then_some(jpeg),
        None => old_photo(tx, school, sitting, student_number).await?,
    };
    match found {
        Some(jpeg) if !roster::store::shares_student_number(tx, sitting, school, student_number).await? => {
            Ok(Some(jpeg))
        }
        Some(_) | None => Ok(None),
    }
}

/// A photo that was stored before photos were matched to students and decoded: both are done now.
async fn old_photo(
    tx: &mut Tx<'_>,
    school: SchoolCode,
    sitting: &SittingCode,
    student_number: &str,
) -> Result<Option<Vec<u8>>, DbError> {
    if student_number.is_empty() {
        return Ok(None);
    }
    let row: Option<(Vec<u8>,)> = tx
        .query_opt(
            "SELECT jpeg
               FROM student_photo
              WHERE school = $1
                AND sitting = $2
                AND student_number = $3",
            params![school, sitting, student_number],
        )
        .await?;
    Ok(row.and_then(|(jpeg,)| picture::prepare(&jpeg).ok()).map(|picture| picture.jpeg))
}

/// The students with stored photos of a school, and the student number each was named by.
pub async fn kept(
    tx: &mut Tx<'_>,
    school: SchoolCode,
    sitting: &SittingCode,
) -> Result<Vec<(DocumentKey, String)>, DbError> {
    tx.query(
        "SELECT document_key, student_number
           FROM photo
          WHERE school = $1
            AND sitting = $2",
        params![school, sitting],
    )
    .await
}

/// The student numbers of photos that were stored before photos were matched to students.
pub(crate) async fn old_numbers(
    tx: &mut Tx<'_>,
    school: SchoolCode,
    sitting: &SittingCode,
) -> Result<BTreeSet<String>, DbError> {
    let rows: Vec<(String,)> = tx
        .query(
            "SELECT student_number
               FROM student_photo
              WHERE school = $1
                AND sitting = $2",
            params![school, sitting],
        )
        .await?;
    Ok(rows.into_iter().map(|(number,)| number).collect())
}
