//! What keeps a registration from being released: a live entry, or money behind it (I23).

use crate::fragments::live;
use crate::params;
use crate::store::{DbError, Tx};
use crate::words::codes::SchoolCode;
use crate::words::ids::RegistrationId;
use crate::words::time::Time;

/// Whether a registration has an open order, or a receipt that is not fully refunded.
pub(crate) async fn holds_money(
    tx: &mut Tx<'_>,
    school: SchoolCode,
    registration: RegistrationId,
) -> Result<bool, DbError> {
    let row: (i64,) = tx
        .query_one(
            "SELECT COUNT(*)
               FROM payment_order
              WHERE school = $1
                AND registration_id = $2
                AND (state = 'open'
                     OR EXISTS (SELECT 1
                                  FROM receipt
                                 WHERE receipt.school = payment_order.school
                                   AND receipt.order_id = payment_order.id
                                   AND receipt.amount > (SELECT CAST(COALESCE(SUM(refund.amount), 0) AS BIGINT)
                                                           FROM refund
                                                          WHERE refund.school = receipt.school
                                                            AND refund.receipt_id = receipt.id
                                                            AND refund.state IN ('done', 'by-hand'))))",
            params![school, registration],
        )
        .await?;
    Ok(row.0 > 0)
}

/// Whether a registration has a live entry.
pub(crate) async fn holds_an_entry(
    tx: &mut Tx<'_>,
    school: SchoolCode,
    registration: RegistrationId,
    now: Time,
) -> Result<bool, DbError> {
    let row: (i64,) = tx
        .query_one(
            concat!(
                "SELECT COUNT(*) FROM entry WHERE school = $1 AND registration_id = $2 AND ",
                live!("", "$3")
            ),
            params![school, registration, now],
        )
        .await?;
    Ok(row.0 > 0)
}
