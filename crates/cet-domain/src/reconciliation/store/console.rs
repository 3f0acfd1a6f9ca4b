//! Refunds that somebody made in the gateway's own console: our books and its bill number them each for itself.

use crate::params;
use crate::reconciliation::Of;
use crate::store::{DbError, Tx};
use crate::words::codes::SchoolCode;
use crate::words::time::Time;

/// The refunds of the gateway's console that are booked for a trade of an order with this sum: their numbers, and when they were
/// booked.
pub(in crate::reconciliation) async fn console_refunds(
    tx: &mut Tx<'_>,
    school: SchoolCode,
    (gateway, number, trade): (&str, &str, &str),
    amount: i64,
) -> Result<Vec<(String, Time)>, DbError> {
    tx.query(
        "SELECT f.request_no, f.done_at
           FROM payment_order o
           JOIN receipt r
             ON r.school = o.school
            AND r.order_id = o.id
            AND r.gateway = $2
            AND r.trade_no = $4
           JOIN refund f
             ON f.school = r.school
            AND f.receipt_id = r.id
            AND f.suspense_id IS NOT NULL
            AND f.amount = $5
          WHERE o.school = $1
            AND o.number = $3
            AND o.gateway = $2
          ORDER BY f.id",
        params![school, gateway, number, trade, amount],
    )
    .await
}

/// Whether another day's bill has a refund of this trade and sum that was in no book of its day: it may be one of the console that
/// was booked on this one.
pub(in crate::reconciliation) async fn extra_elsewhere(
    tx: &mut Tx<'_>,
    of: Of,
    (trade_no, amount): (&str, i64),
) -> Result<bool, DbError> {
    let found: Option<(i64,)> = tx
        .query_opt(
            "SELECT id
               FROM reconciliation_difference
              WHERE gateway = $1
                AND trade_no = $2
                AND class = 'refund-extra'
                AND theirs = $3
                AND day <> $4
                AND state <> 'gone'
              LIMIT 1",
            params![of.gateway.as_str(), trade_no, amount, of.day.to_string()],
        )
        .await?;
    Ok(found.is_some())
}
