//! The photos for tickets.

use super::photo::Photo;
use crate::params;
use crate::store::{DbError, Tx};
use crate::words::codes::{SchoolCode, SittingCode};

/// Keeps a photo instead of an earlier one.
///
/// # Errors
/// [`DbError`] when the database can't be asked.
pub async fn keep(tx: &mut Tx<'_>, sitting: &SittingCode, photo: &Photo) -> Result<(), DbError> {
    let now = tx.now().await?;
    tx.execute(
        "INSERT INTO student_photo (school, sitting, student_number, jpeg, imported_at)
         VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (school, sitting, student_number) DO UPDATE
            SET jpeg = excluded.jpeg, imported_at = excluded.imported_at",
        params![photo.school, sitting, photo.student_number, photo.jpeg, now],
    )
    .await?;
    Ok(())
}

/// A student's photo as a JPEG file.
///
/// # Errors
/// [`DbError`] when the database can't be asked.
pub async fn photo(
    tx: &mut Tx<'_>,
    school: SchoolCode,
    sitting: &SittingCode,
    student_number: &str,
) -> Result<Option<Vec<u8>>, DbError> {
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
    Ok(row.map(|(jpeg,)| jpeg))
}
