//! The SQL of the steps before a registration: the acceptance of the agreement and the lookups of a day.

use crate::params;
use crate::registration::rules::budget_day;
use crate::store::{DbError, Tx};
use crate::words::codes::{SchoolCode, SittingCode};
use crate::words::ids::PassportId;
use crate::words::time::Time;

/// Whether a passport has accepted a version of the agreement.
pub async fn has_accepted(
    tx: &mut Tx<'_>,
    passport: PassportId,
    sitting: &SittingCode,
    version: i64,
) -> Result<bool, DbError> {
    let row: Option<(Time,)> = tx
        .query_opt(
            "SELECT at FROM agreement_acceptance WHERE passport_id = $1 AND sitting = $2 AND version = $3",
            params![passport, sitting, version],
        )
        .await?;
    Ok(row.is_some())
}

/// Records an acceptance; returns whether it is the first of this version.
pub async fn accept(
    tx: &mut Tx<'_>,
    passport: PassportId,
    sitting: &SittingCode,
    version: i64,
    at: Time,
) -> Result<bool, DbError> {
    let made = tx
        .execute(
            "INSERT INTO agreement_acceptance (passport_id, sitting, version, at)
             VALUES ($1, $2, $3, $4)
             ON CONFLICT DO NOTHING",
            params![passport, sitting, version, at],
        )
        .await?;
    Ok(made == 1)
}

/// How many passports accepted each version of the agreement of a sitting. It reads every acceptance, so it is for the one
/// page of who writes the agreement.
pub(crate) async fn accepted(tx: &mut Tx<'_>, sitting: &SittingCode) -> Result<Vec<(i64, i64)>, DbError> {
    tx.query(
        "SELECT version, COUNT(*) FROM agreement_acceptance WHERE sitting = $1 GROUP BY version",
        params![sitting],
    )
    .await
}

/// The documents that a passport looked up on a day, by their keys.
pub async fn looked_up(tx: &mut Tx<'_>, passport: PassportId, day: &str) -> Result<Vec<(Vec<u8>,)>, DbError> {
    tx.query(
        "SELECT document_key FROM document_lookup WHERE passport_id = $1 AND day = $2",
        params![passport, day],
    )
    .await
}

/// Uses a slot of the day for a document; returns whether the slot was free.
pub(crate) async fn use_slot(
    tx: &mut Tx<'_>,
    passport: PassportId,
    day: &str,
    slot: i64,
    document_key: &[u8],
) -> Result<bool, DbError> {
    let made = tx
        .execute(
            "INSERT INTO document_lookup (passport_id, day, slot, document_key)
             VALUES ($1, $2, $3, $4)
             ON CONFLICT DO NOTHING",
            params![passport, day, slot, document_key],
        )
        .await?;
    Ok(made == 1)
}

/// Whether CET6 is approved for exactly this document at its school (W7).
pub(crate) async fn review_approved(
    tx: &mut Tx<'_>,
    school: SchoolCode,
    sitting: &SittingCode,
    document_key: &[u8],
) -> Result<bool, DbError> {
    let row: (i64,) = tx
        .query_one(
            "SELECT COUNT(*)
               FROM eligibility_review
              WHERE school = $1
                AND sitting = $2
                AND document_key = $3
                AND state = 'approved'",
            params![school, sitting, document_key],
        )
        .await?;
    Ok(row.0 > 0)
}

/// Forgets look-ups of before a time, for the retention job; returns how many.
pub(crate) async fn forget(tx: &mut Tx<'_>, before: Time, most: i64) -> Result<u64, DbError> {
    tx.execute(
        "DELETE FROM document_lookup
          WHERE (passport_id, day, slot) IN (SELECT passport_id, day, slot
                                               FROM document_lookup
                                              WHERE day < $1
                                              ORDER BY day
                                              LIMIT $2)",
        params![budget_day(before).0, most],
    )
    .await
}
