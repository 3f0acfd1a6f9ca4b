//! The SQL of reminders: what is due by `remind_at`, which is emptied once the candidate was told.

use super::each_once;
use crate::params;
use crate::store::{DbError, Tx};
use crate::words::codes::SchoolCode;
use crate::words::ids::RegistrationId;
use crate::words::time::Time;

/// The registrations with unpaid entries whose reminder is due and whose hold goes on, the longest due first, each once. What
/// a collective payment locks is not the candidate's to pay.
pub(crate) async fn due_for_reminder(
    tx: &mut Tx<'_>,
    now: Time,
    limit: i64,
) -> Result<Vec<(SchoolCode, RegistrationId)>, DbError> {
    let rows = tx
        .query(
            "SELECT school, registration_id
               FROM entry
              WHERE state = 'held'
                AND locked_by IS NULL
                AND remind_at <= $1
                AND expires_at > $1
              ORDER BY remind_at, school, id
              LIMIT $2",
            params![now, limit],
        )
        .await?;
    Ok(each_once(rows))
}

/// Nobody is reminded of these again. COALESCE keeps PostgreSQL without statistics from going by `entry_remind`.
pub(crate) async fn reminded(
    tx: &mut Tx<'_>,
    school: SchoolCode,
    registration: RegistrationId,
    now: Time,
) -> Result<(), DbError> {
    tx.execute_soon(
        "UPDATE entry
            SET remind_at = NULL
          WHERE school = $1
            AND registration_id = $2
            AND state = 'held'
            AND locked_by IS NULL
            AND COALESCE(remind_at, 9223372036854775807) <= $3",
        params![school, registration, now],
    )
    .await?
    .ignore();
    Ok(())
}
