//! What stood where an uploaded file of photos was published: once the file is taken back, it stands again (S2).
//!
//! The notes of one student are a chain by the files that they name: a file is taken out of it wherever it is, so that
//! files are taken back in any order and nobody gets a photo of a file that no longer counts.

use super::old_photo;
use crate::params;
use crate::store::{DbError, Tx};
use crate::ticket::photo::Photo;
use crate::words::codes::SittingCode;

/// Notes what stands for the students whose photo one of an upload replaces or takes away. A publication that begins again
/// finds its own photos, and leaves the notes as they are.
pub(super) async fn note(
    tx: &mut Tx<'_>,
    sitting: &SittingCode,
    photo: &Photo,
    upload: i64,
) -> Result<(), DbError> {
    let now = tx.now().await?;
    // Locked, so that a file that is being taken back meanwhile is in the note or no more in the photo.
    tx.query::<(String,)>(
        "SELECT student_number FROM photo WHERE school = $1 AND sitting = $2 AND document_key = $3 FOR UPDATE",
        params![photo.school, sitting, photo.document_key],
    )
    .await?;
    tx.execute(
        "INSERT INTO photo_before
            (upload_id, school, sitting, document_key, student_number, jpeg, imported_at, from_upload, kept_at)
         SELECT CAST($1 AS BIGINT), school, sitting, document_key, student_number, jpeg, imported_at, upload_id,
                CAST($5 AS BIGINT)
           FROM photo
          WHERE school = $2
            AND sitting = $3
            AND document_key = $4
         ON CONFLICT DO NOTHING",
        params![upload, photo.school, sitting, photo.document_key, now],
    )
    .await?;
    let old = old_photo(tx, photo.school, sitting, &photo.student_number).await?;
    let number = if old.is_some() { photo.student_number.as_str() } else { "" };
    tx.execute(
        "INSERT INTO photo_before
            (upload_id, school, sitting, document_key, student_number, jpeg, imported_at, from_upload, kept_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7,
                 (SELECT upload_id
                    FROM photo_before
                   WHERE document_key = $4
                     AND school = $2
                     AND sitting = $3
                   ORDER BY kept_at DESC, upload_id DESC
                   LIMIT 1), $7)
         ON CONFLICT DO NOTHING",
        params![upload, photo.school, sitting, photo.document_key, number, old, now],
    )
    .await?;
    if photo.named_by.is_empty() {
        return Ok(());
    }
    tx.execute(
        "INSERT INTO photo_before
            (upload_id, school, sitting, document_key, student_number, jpeg, imported_at, from_upload, kept_at)
         SELECT CAST($1 AS BIGINT), school, sitting, document_key, student_number, jpeg, imported_at, upload_id,
                CAST($6 AS BIGINT)
           FROM photo
          WHERE school = $2
            AND sitting = $3
            AND student_number = $4
            AND document_key <> $5
         ON CONFLICT DO NOTHING",
        params![upload, photo.school, sitting, photo.named_by, photo.document_key, now],
    )
    .await?;
    Ok(())
}

/// Takes the photos of an upload back: where nothing came later, what stood before stands again. Returns how many photos
/// stay because something came later; `None` if nothing of before is kept.
pub(crate) async fn take_back(tx: &mut Tx<'_>, upload: i64) -> Result<Option<i64>, DbError> {
    let (noted,): (i64,) =
        tx.query_one("SELECT COUNT(*) FROM photo_before WHERE upload_id = $1", params![upload]).await?;
    if noted == 0 {
        return Ok(None);
    }
    let gone = tx
        .execute(
            "DELETE FROM photo
              WHERE (school, sitting, document_key) IN (SELECT school, sitting, document_key
                                                          FROM photo_before
                                                         WHERE upload_id = $1
                                                           AND jpeg IS NULL)
                AND upload_id = $1",
            params![upload],
        )
        .await?;
    let back = tx
        .execute(
            "INSERT INTO photo (school, sitting, document_key, student_number, jpeg, imported_at, upload_id)
             SELECT b.school, b.sitting, b.document_key, b.student_number, b.jpeg, b.imported_at, b.from_upload
               FROM photo_before b
              WHERE b.upload_id = $1
                AND b.jpeg IS NOT NULL
                AND NOT EXISTS (SELECT 1
                                  FROM photo_before later
                                 WHERE later.from_upload = $1
                                   AND later.document_key = b.document_key
                                   AND later.school = b.school
                                   AND later.sitting = b.sitting)
             ON CONFLICT (school, sitting, document_key) DO UPDATE
                SET student_number = excluded.student_number, jpeg = excluded.jpeg,
                    imported_at = excluded.imported_at, upload_id = excluded.upload_id
              WHERE photo.upload_id = $1",
            params![upload],
        )
        .await?;
    tx.execute(
        "UPDATE photo_before
            SET (student_number, jpeg, imported_at, from_upload)
                = (SELECT b.student_number, b.jpeg, b.imported_at, b.from_upload
                     FROM photo_before b
                    WHERE b.upload_id = $1
                      AND b.school = photo_before.school
                      AND b.sitting = photo_before.sitting
                      AND b.document_key = photo_before.document_key)
          WHERE from_upload = $1",
        params![upload],
    )
    .await?;
    tx.execute("DELETE FROM photo_before WHERE upload_id = $1", params![upload]).await?;
    let changed = i64::try_from(gone.saturating_add(back)).unwrap_or(i64::MAX);
    Ok(Some(noted.saturating_sub(changed)))
}

/// Deletes a batch of photos that stood before, of sittings that are over; returns how many.
pub(crate) async fn forget(tx: &mut Tx<'_>, most: i64) -> Result<i64, DbError> {
    let deleted = tx
        .execute(
            "DELETE FROM photo_before
              WHERE (upload_id, school, sitting, document_key)
                    IN (SELECT b.upload_id, b.school, b.sitting, b.document_key
                          FROM photo_before b
                          JOIN sitting s
                            ON s.code = b.sitting
                         WHERE s.state IN ('closed', 'archived')
                         LIMIT $1)",
            params![most],
        )
        .await?;
    Ok(i64::try_from(deleted).unwrap_or(i64::MAX))
}

#[cfg(test)]
#[path = "../tests/before.rs"]
mod tests;
