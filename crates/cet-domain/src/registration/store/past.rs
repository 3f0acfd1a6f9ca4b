//! Registrations of sittings that are over: who it was is emptied, what counts stays (A11).

use crate::params;
use crate::roster::Snapshot;
use crate::store::{DbError, Tx};
use crate::words::codes::{SchoolCode, SittingCode};
use crate::words::ids::RegistrationId;

/// Empties the snapshots of some live registrations of a sitting that still name somebody; returns how many. The hash that is
/// stored with a snapshot becomes that of the emptied one (I12).
pub(crate) async fn empty(tx: &mut Tx<'_>, sitting: &SittingCode, most: i64) -> Result<u64, DbError> {
    let named: Vec<(SchoolCode, RegistrationId)> = tx
        .query(
            "SELECT school, id
               FROM registration
              WHERE sitting = $1
                AND name <> ''
              ORDER BY school, id
              LIMIT $2",
            params![sitting, most],
        )
        .await?;
    let mut emptied = 0_u64;
    for (school, id) in named {
        let Some(kept) = super::snapshot(tx, school, id).await? else { continue };
        let kept = kept.without_person();
        emptied = emptied.saturating_add(put(tx, school, id, &kept).await?);
    }
    Ok(emptied)
}

async fn put(
    tx: &mut Tx<'_>,
    school: SchoolCode,
    id: RegistrationId,
    kept: &Snapshot,
) -> Result<u64, DbError> {
    tx.execute(
        "UPDATE registration
            SET name = '', name_key = '', document_sealed = $3, entry_year = '', grade = '', college = '', major = '',
                class = '', student_number = '', remark = '', snapshot_hash = $4, version = version + 1
          WHERE school = $1
            AND id = $2
            AND state = 'live'",
        params![school, id, kept.document_sealed, kept.hash()],
    )
    .await
}
