//! The SQL of seat pools. Each statement that changes a pool locks its row until the transaction ends.

pub mod line;
pub mod scoped;

use std::collections::BTreeMap;

use super::{PoolKey, Seats};
use crate::params;
use crate::store::{DbError, Param, Tx};
use crate::words::codes::{CampusCode, SchoolCode, SittingCode, SubjectCode};

/// Takes one seat; returns whether there was one. The guards and the row count decide (R15, TH41): a free seat for which
/// somebody waits is none (R16).
pub async fn take(tx: &mut Tx<'_>, pool: &PoolKey) -> Result<bool, DbError> {
    tx.turn(pool.school())?;
    let taken = tx
        .execute(
            "UPDATE seat_pool
                SET taken = taken + 1
              WHERE school = $1
                AND sitting = $2
                AND campus = $3
                AND subject = $4
                AND taken < capacity
                AND (waiting = 0 OR taken + waiting < capacity)",
            params![pool.school(), pool.sitting, pool.campus, pool.subject],
        )
        .await?;
    Ok(taken == 1)
}

/// Gives seats back.
///
/// # Errors
/// [`DbError::Other`] when fewer are taken, which only a bug of ours can cause.
pub(crate) async fn give_back(tx: &mut Tx<'_>, pool: &PoolKey, seats: i64) -> Result<(), DbError> {
    let given = tx
        .execute(
            "UPDATE seat_pool
                SET taken = taken - $5
              WHERE school = $1
                AND sitting = $2
                AND campus = $3
                AND subject = $4
                AND taken >= $5",
            params![pool.school(), pool.sitting, pool.campus, pool.subject, seats],
        )
        .await?;
    if given == 1 {
        Ok(())
    } else {
        Err(DbError::Other(format!("{pool:?} has no {seats} taken seats to give back")))
    }
}

/// Why a capacity was not set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CapacityRefusal {
    /// This many seats are taken already: the capacity may not be lower (R15).
    BelowTaken(i64),
    /// There is no such pool.
    Unknown,
}

/// Sets the capacity of a pool, never below the number of taken seats (R15).
///
/// # Errors
/// [`DbError`]; the inner error is the refusal.
pub(crate) async fn set_capacity(
    tx: &mut Tx<'_>,
    pool: &PoolKey,
    capacity: i64,
) -> Result<Result<(), CapacityRefusal>, DbError> {
    let changed = tx
        .execute(
            "UPDATE seat_pool
                SET capacity = $5
              WHERE school = $1
                AND sitting = $2
                AND campus = $3
                AND subject = $4
                AND taken <= $5",
            params![pool.school(), pool.sitting, pool.campus, pool.subject, capacity],
        )
        .await?;
    if changed == 1 {
        return Ok(Ok(()));
    }
    let seats = seats(tx, pool).await?;
    Ok(Err(seats.map_or(CapacityRefusal::Unknown, |seats| CapacityRefusal::BelowTaken(seats.taken))))
}

/// Creates a pool without taken seats; returns whether it is new.
pub async fn open(tx: &mut Tx<'_>, pool: &PoolKey, capacity: i64) -> Result<bool, DbError> {
    let made = tx
        .execute(
            "INSERT INTO seat_pool (school, sitting, campus, subject, capacity, taken)
             VALUES ($1, $2, $3, $4, $5, 0)
             ON CONFLICT DO NOTHING",
            params![pool.school(), pool.sitting, pool.campus, pool.subject, capacity],
        )
        .await?;
    Ok(made == 1)
}

/// Removes a pool without taken seats for which nobody waits; the inner error is the number of both.
///
/// # Errors
/// [`DbError`].
pub async fn remove(tx: &mut Tx<'_>, pool: &PoolKey) -> Result<Result<(), i64>, DbError> {
    tx.execute(
        "DELETE FROM seat_pool
          WHERE school = $1
            AND sitting = $2
            AND campus = $3
            AND subject = $4
            AND taken = 0
            AND waiting = 0",
        params![pool.school(), pool.sitting, pool.campus, pool.subject],
    )
    .await?;
    Ok(seats(tx, pool).await?.map_or(Ok(()), |seats| Err(seats.taken.saturating_add(seats.waiting))))
}

/// The seats of one pool; `None` if it does not exist.
pub async fn seats(tx: &mut Tx<'_>, pool: &PoolKey) -> Result<Option<Seats>, DbError> {
    let row: Option<(i64, i64, i64)> = tx
        .query_opt(
            "SELECT capacity, taken, waiting
               FROM seat_pool
              WHERE school = $1
                AND sitting = $2
                AND campus = $3
                AND subject = $4",
            params![pool.school(), pool.sitting, pool.campus, pool.subject],
        )
        .await?;
    Ok(row.map(|(capacity, taken, waiting)| Seats { capacity, taken, waiting }))
}

/// The seats of all pools of a campus, in one query.
pub async fn at_campus(
    tx: &mut Tx<'_>,
    sitting: &SittingCode,
    campus: CampusCode,
) -> Result<BTreeMap<SubjectCode, Seats>, DbError> {
    let rows: Vec<(SubjectCode, i64, i64, i64)> = tx
        .query(
            "SELECT subject, capacity, taken, waiting
               FROM seat_pool
              WHERE school = $1
                AND sitting = $2
                AND campus = $3",
            params![campus.school(), sitting, campus],
        )
        .await?;
    let seats = |(subject, capacity, taken, waiting)| (subject, Seats { capacity, taken, waiting });
    Ok(rows.into_iter().map(seats).collect())
}

/// The capacities of all pools of a sitting.
pub async fn capacities(
    tx: &mut Tx<'_>,
    sitting: &SittingCode,
) -> Result<Vec<(CampusCode, SubjectCode, i64)>, DbError> {
    let sql = "SELECT campus, subject, capacity FROM seat_pool WHERE sitting = $1 ORDER BY campus, subject";
    tx.query(sql, params![sitting]).await
}

/// Campuses of one statement: as many as a list shows at once.
pub const AT_ONCE: usize = 12;

/// How full the pools of several campuses are: one query for twelve of them.
pub(crate) async fn at_campuses(
    tx: &mut Tx<'_>,
    sitting: &SittingCode,
    campuses: &[CampusCode],
) -> Result<BTreeMap<(CampusCode, SubjectCode), Seats>, DbError> {
    let mut all = BTreeMap::new();
    for some in campuses.chunks(AT_ONCE) {
        let Some(last) = some.last() else { continue };
        // Always as many parameters, so that the statement is prepared once.
        let campuses: Vec<CampusCode> =
            some.iter().chain(std::iter::repeat(last)).take(AT_ONCE).copied().collect();
        let schools: Vec<SchoolCode> = campuses.iter().map(CampusCode::school).collect();
        let mut values: Vec<&dyn Param> = vec![sitting];
        values.extend(schools.iter().map(|school| school as &dyn Param));
        values.extend(campuses.iter().map(|campus| campus as &dyn Param));
        let rows: Vec<(CampusCode, SubjectCode, i64, i64, i64)> = tx
            .query(
                "SELECT campus, subject, capacity, taken, waiting
                   FROM seat_pool
                  WHERE sitting = $1
                    AND school IN ($2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
                    AND campus IN ($14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25)",
                &values,
            )
            .await?;
        all.extend(rows.into_iter().map(|(campus, subject, capacity, taken, waiting)| {
            ((campus, subject), Seats { capacity, taken, waiting })
        }));
    }
    Ok(all)
}

#[cfg(test)]
#[path = "tests/store.rs"]
mod tests;
