//! The SQL of how many candidates of an arrangement were told of their seat, in the order of its draws: a late draw comes
//! after all others, so that the number says who.

use crate::params;
use crate::store::{DbError, Tx};
use crate::words::codes::SchoolCode;
use crate::words::ids::EntryId;

/// Published arrangements with somebody to tell, the longest published first.
pub async fn untold(tx: &mut Tx<'_>, most: i64) -> Result<Vec<(SchoolCode, i64)>, DbError> {
    tx.query(
        "SELECT school, id
           FROM arrangement
          WHERE published_at IS NOT NULL
            AND told < candidates
          ORDER BY published_at, school, id
          LIMIT $1",
        params![most],
    )
    .await
}

/// How many were told, with the row locked; nothing when another node is at it or all are.
pub async fn claim(tx: &mut Tx<'_>, school: SchoolCode, id: i64) -> Result<Option<i64>, DbError> {
    let row: Option<(i64,)> = tx
        .query_opt(
            "SELECT told
               FROM arrangement
              WHERE school = $1
                AND id = $2
                AND told < candidates
                FOR UPDATE SKIP LOCKED",
            params![school, id],
        )
        .await?;
    Ok(row.map(|(told,)| told))
}

/// The entries whose candidates come after so many.
pub async fn next(
    tx: &mut Tx<'_>,
    (school, arrangement): (SchoolCode, i64),
    told: i64,
    most: i64,
) -> Result<Vec<(SchoolCode, EntryId)>, DbError> {
    tx.query(
        "SELECT entry_school, entry_id
           FROM seat_assignment
          WHERE school = $1
            AND arrangement_id = $2
          ORDER BY late, drawn_order
          LIMIT $3
         OFFSET $4",
        params![school, arrangement, most, told],
    )
    .await
}

/// So many were told by now; `None`: all.
pub async fn advance(
    tx: &mut Tx<'_>,
    (school, id): (SchoolCode, i64),
    told: Option<i64>,
) -> Result<(), DbError> {
    tx.execute(
        "UPDATE arrangement
            SET told = COALESCE(CAST($3 AS BIGINT), candidates)
          WHERE school = $1
            AND id = $2",
        params![school, id, told],
    )
    .await?;
    Ok(())
}

/// All are gone through again: whoever knows the present place already is not told.
pub(crate) async fn begin_again(tx: &mut Tx<'_>, school: SchoolCode, id: i64) -> Result<(), DbError> {
    tx.execute("UPDATE arrangement SET told = 0 WHERE school = $1 AND id = $2", params![school, id]).await?;
    Ok(())
}
