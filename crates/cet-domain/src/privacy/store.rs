//! The SQL of this module: only what other modules do not read already.

pub(super) mod touched;

use crate::params;
use crate::store::{DbError, Tx};
use crate::words::codes::SchoolCode;
use crate::words::ids::{PassportId, RecordId};
use crate::words::time::Time;

/// Since when a record of the roster is there.
pub(super) async fn in_roster_since(
    tx: &mut Tx<'_>,
    school: SchoolCode,
    record: RecordId,
) -> Result<Option<Time>, DbError> {
    let row: Option<(Option<Time>,)> = tx
        .query_opt(
            "SELECT i.published_at
               FROM student_record r
               JOIN import i
                 ON i.id = r.import_id
              WHERE r.school = $1
                AND r.id = $2",
            params![school, record],
        )
        .await?;
    Ok(row.and_then(|(at,)| at))
}

/// Whether an order of the passport waits for money, or money is on its way back.
pub(super) async fn money_moves(tx: &mut Tx<'_>, id: PassportId) -> Result<bool, DbError> {
    let (moving,): (i64,) = tx
        .query_one(
            "SELECT COUNT(*)
               FROM payment_order
              WHERE passport_id = $1
                AND (state = 'open'
                     OR EXISTS (SELECT 1
                                  FROM refund
                                 WHERE refund.school = payment_order.school
                                   AND refund.order_id = payment_order.id
                                   AND refund.state NOT IN ('done', 'by-hand')))",
            params![id],
        )
        .await?;
    Ok(moving > 0)
}
