//! Who held a student in a sitting and let go (R24, W3). What is released is emptied, so this is kept apart, by the keyed hash
//! of the document.

use crate::params;
use crate::registration::Registration;
use crate::store::{DbError, Tx};
use crate::words::codes::SittingCode;
use crate::words::ids::PassportId;

/// Records that a passport lets a student go whose registration still lives; `by_dispute`: it was found not to be its own.
pub async fn note(tx: &mut Tx<'_>, of: &Registration, by_dispute: bool) -> Result<(), DbError> {
    let now = tx.now().await?;
    tx.execute(
        "INSERT INTO student_let_go (document_key, sitting, passport_id, by_dispute, at)
         SELECT document_key, sitting, passport_id, $3, $4
           FROM registration
          WHERE school = $1
            AND id = $2
            AND state = 'live'
         ON CONFLICT (document_key, sitting, passport_id)
         DO UPDATE SET by_dispute = (student_let_go.by_dispute OR excluded.by_dispute), at = excluded.at",
        params![of.school, of.id, by_dispute, now],
    )
    .await?;
    Ok(())
}

/// Whether another passport let a student go, and whether this one lost a dispute about the student.
pub async fn standing(
    tx: &mut Tx<'_>,
    passport: PassportId,
    sitting: &SittingCode,
    document_key: &[u8],
) -> Result<(bool, bool), DbError> {
    let rows: Vec<(PassportId, bool)> = tx
        .query(
            "SELECT passport_id, by_dispute
               FROM student_let_go
              WHERE document_key = $1
                AND sitting = $2",
            params![document_key, sitting],
        )
        .await?;
    let another = rows.iter().any(|(held, _)| *held != passport);
    let lost = rows.iter().any(|(held, by_dispute)| *held == passport && *by_dispute);
    Ok((another, lost))
}

/// How many passports have held a student in a sitting and let go.
pub async fn count(tx: &mut Tx<'_>, sitting: &SittingCode, document_key: &[u8]) -> Result<i64, DbError> {
    let (count,) = tx
        .query_one::<(i64,)>(
            "SELECT COUNT(*) FROM student_let_go WHERE document_key = $1 AND sitting = $2",
            params![document_key, sitting],
        )
        .await?;
    Ok(count)
}
