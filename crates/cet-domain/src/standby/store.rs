//! The SQL of places in line. A place is only changed under the lock of its registration (`registration::store::lock`).

use super::{EndedFor, Standby, Wishes};
use crate::params;
use crate::record;
use crate::registration::Registration;
use crate::seat_pool::PoolKey;
use crate::store::{DbError, Tx};
use crate::words::codes::{SchoolCode, SittingCode};
use crate::words::ids::{EntryId, RegistrationId, StandbyId};
use crate::words::time::Time;

/// The places of a registration that still wait, the oldest first.
pub async fn of_registration(
    tx: &mut Tx<'_>,
    school: SchoolCode,
    registration: RegistrationId,
) -> Result<Vec<Standby>, DbError> {
    tx.query(
        "SELECT id, sitting, subject, mode, level, wishes, joined_at
           FROM standby
          WHERE school = $1
            AND registration_id = $2
            AND ended_at IS NULL
          ORDER BY id",
        params![school, registration],
    )
    .await
}

/// One place that still waits.
pub async fn waiting(tx: &mut Tx<'_>, school: SchoolCode, id: StandbyId) -> Result<Option<Standby>, DbError> {
    tx.query_opt(
        "SELECT id, sitting, subject, mode, level, wishes, joined_at
           FROM standby
          WHERE school = $1
            AND id = $2
            AND ended_at IS NULL",
        params![school, id],
    )
    .await
}

/// Why a place of a registration ended; `None` while it waits, or if it is not there.
pub(crate) async fn ended_for(
    tx: &mut Tx<'_>,
    of: &Registration,
    id: StandbyId,
) -> Result<Option<EndedFor>, DbError> {
    let row: Option<(EndedFor,)> = tx
        .query_opt(
            "SELECT ended_for
               FROM standby
              WHERE school = $1
                AND id = $2
                AND registration_id = $3
                AND ended_at IS NOT NULL",
            params![of.school, id, of.id],
        )
        .await?;
    Ok(row.map(|(why,)| why))
}

/// Inserts a place with its wishes; returns whether the registration did not wait for the subject before.
pub async fn insert(tx: &mut Tx<'_>, of: &Registration, standby: &Standby) -> Result<bool, DbError> {
    for wish in &standby.wishes.0 {
        let pool = standby.pool(wish.campus);
        tx.execute_soon(
            "INSERT INTO standby_wish
                    (school, sitting, campus, subject, number, home_school, registration_id, standby_id)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
            params![
                pool.school(),
                pool.sitting,
                pool.campus,
                pool.subject,
                wish.number,
                of.school,
                of.id,
                standby.id
            ],
        )
        .await?
        .ignore();
    }
    let made = tx
        .execute(
            "INSERT INTO standby (school, id, registration_id, sitting, subject, mode, level, wishes, joined_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
             ON CONFLICT DO NOTHING",
            params![
                of.school,
                standby.id,
                of.id,
                standby.sitting,
                standby.subject,
                standby.mode,
                standby.level,
                standby.wishes.text(),
                standby.joined_at
            ],
        )
        .await?;
    Ok(made == 1)
}

/// Ends a place; returns whether it waited.
pub async fn end(
    tx: &mut Tx<'_>,
    school: SchoolCode,
    standby: &Standby,
    (why, entry): (EndedFor, Option<EntryId>),
    at: Time,
) -> Result<bool, DbError> {
    for wish in &standby.wishes.0 {
        delete_wish(tx, &standby.pool(wish.campus), wish.number).await?;
    }
    let ended = tx
        .execute(
            "UPDATE standby
                SET ended_at = $3, ended_for = $4, entry_id = $5
              WHERE school = $1
                AND id = $2
                AND ended_at IS NULL",
            params![school, standby.id, at, why, entry],
        )
        .await?;
    Ok(ended == 1)
}

/// Takes a number out of a pool's line.
pub(crate) async fn delete_wish(tx: &mut Tx<'_>, pool: &PoolKey, number: i64) -> Result<(), DbError> {
    tx.execute_soon(
        "DELETE FROM standby_wish
          WHERE school = $1
            AND sitting = $2
            AND campus = $3
            AND subject = $4
            AND number = $5",
        params![pool.school(), pool.sitting, pool.campus, pool.subject, number],
    )
    .await?
    .ignore();
    Ok(())
}

/// Keeps only some of the campuses of a place.
pub(crate) async fn set_wishes(
    tx: &mut Tx<'_>,
    school: SchoolCode,
    id: StandbyId,
    wishes: &Wishes,
) -> Result<(), DbError> {
    tx.execute(
        "UPDATE standby
            SET wishes = $3
          WHERE school = $1
            AND id = $2
            AND ended_at IS NULL",
        params![school, id, wishes.text()],
    )
    .await?;
    Ok(())
}

record! {
    /// Somebody in a pool's line.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct InLine {
        /// The home school.
        pub school: SchoolCode,
        /// The registration.
        pub registration: RegistrationId,
        /// The place.
        pub standby: StandbyId,
        /// The number.
        pub number: i64,
    }
}

/// The first in a pool's line.
pub(crate) async fn first_of(tx: &mut Tx<'_>, pool: &PoolKey, limit: i64) -> Result<Vec<InLine>, DbError> {
    tx.query(
        "SELECT home_school, registration_id, standby_id, number
           FROM standby_wish
          WHERE school = $1
            AND sitting = $2
            AND campus = $3
            AND subject = $4
          ORDER BY number
          LIMIT $5",
        params![pool.school(), pool.sitting, pool.campus, pool.subject, limit],
    )
    .await
}

/// The place of a number in a pool's line, the first being 1, and how many wait there.
pub(crate) async fn place_of(tx: &mut Tx<'_>, pool: &PoolKey, number: i64) -> Result<(i64, i64), DbError> {
    tx.query_one(
        "SELECT COUNT(CASE WHEN number <= $5 THEN 1 END), COUNT(*)
           FROM standby_wish
          WHERE school = $1
            AND sitting = $2
            AND campus = $3
            AND subject = $4",
        params![pool.school(), pool.sitting, pool.campus, pool.subject, number],
    )
    .await
}

/// Of a sitting: how many places there are in the lines of its pools, and how many seats were given to them.
pub async fn figures(tx: &mut Tx<'_>, sitting: &SittingCode) -> Result<(i64, i64), DbError> {
    tx.query_one(
        "SELECT (SELECT COUNT(*) FROM standby_wish WHERE sitting = $1),
                (SELECT COUNT(*) FROM standby WHERE sitting = $1 AND ended_for = 'given')",
        params![sitting],
    )
    .await
}
