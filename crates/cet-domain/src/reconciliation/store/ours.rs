//! What our books have: receipts and refunds of a day, and look-ups of single ones.

use crate::params;
use crate::record;
use crate::store::{DbError, Tx};
use crate::words::codes::SchoolCode;
use crate::words::time::Time;

record! {
    /// A receipt or refund of a day.
    #[derive(Clone, Debug)]
    pub(in crate::reconciliation) struct Place {
        pub(in crate::reconciliation) school: SchoolCode,
        pub(in crate::reconciliation) id: i64,
        pub(in crate::reconciliation) order_number: String,
        pub(in crate::reconciliation) trade_no: String,
        pub(in crate::reconciliation) reference: String,
        pub(in crate::reconciliation) amount: i64,
        pub(in crate::reconciliation) divided: i64,
        pub(in crate::reconciliation) at: Time,
    }
}

/// The receipts of a gateway from one moment until another, behind a cursor. What goes back of a line was used for it
/// first, and is divided once (I3).
pub(in crate::reconciliation) async fn payments(
    tx: &mut Tx<'_>,
    gateway: &str,
    (from, until): (Time, Time),
    (at, school, id): (Time, String, i64),
    limit: i64,
) -> Result<Vec<Place>, DbError> {
    tx.query(
        "SELECT r.school, r.id, o.number, r.trade_no, '', r.amount,
                COALESCE((SELECT CAST(SUM(line.amount) AS BIGINT) FROM receipt_line line
                           WHERE line.school = r.school AND line.receipt_id = r.id), 0)
              + COALESCE((SELECT CAST(SUM(refund.amount) AS BIGINT) FROM refund
                           WHERE refund.school = r.school AND refund.receipt_id = r.id
                             AND NOT EXISTS (SELECT 1 FROM refund_line back
                                              WHERE back.school = refund.school AND back.refund_id = refund.id)), 0),
                r.received_at
           FROM receipt r
           JOIN payment_order o
             ON o.school = r.school
            AND o.id = r.order_id
          WHERE r.gateway = $1
            AND r.received_at >= $2
            AND r.received_at < $3
            AND r.received_at >= $4
            AND (r.received_at > $4 OR r.school > $5 OR (r.school = $5 AND r.id > $6))
          ORDER BY r.received_at, r.school, r.id
          LIMIT $7",
        params![gateway, from, until, at, school, id, limit],
    )
    .await
}

/// The refunds of a gateway that were done from one moment until another, behind a cursor; but for those that finance paid
/// by hand, which no bill has.
pub(in crate::reconciliation) async fn refunds(
    tx: &mut Tx<'_>,
    gateway: &str,
    (from, until): (Time, Time),
    (at, school, id): (Time, String, i64),
    limit: i64,
) -> Result<Vec<Place>, DbError> {
    tx.query(
        "SELECT f.school, f.id, o.number, r.trade_no, f.request_no, f.amount, f.amount, f.done_at
           FROM refund f
           JOIN receipt r
             ON r.school = f.school
            AND r.id = f.receipt_id
           JOIN payment_order o
             ON o.school = f.school
            AND o.id = f.order_id
          WHERE r.gateway = $1
            AND f.state <> 'by-hand'
            AND f.done_at >= $2
            AND f.done_at < $3
            AND f.done_at >= $4
            AND (f.done_at > $4 OR f.school > $5 OR (f.school = $5 AND f.id > $6))
          ORDER BY f.done_at, f.school, f.id
          LIMIT $7",
        params![gateway, from, until, at, school, id, limit],
    )
    .await
}

/// An order by its number; with the sum and time of this trade's receipt, and whether another one is booked.
pub(in crate::reconciliation) async fn known_order(
    tx: &mut Tx<'_>,
    school: SchoolCode,
    (gateway, number, trade): (&str, &str, &str),
) -> Result<Option<(Option<i64>, Option<Time>, i64)>, DbError> {
    tx.query_opt(
        "SELECT r.amount, r.received_at,
                (SELECT COUNT(*) FROM receipt other WHERE other.school = o.school AND other.order_id = o.id)
           FROM payment_order o
           LEFT JOIN receipt r
             ON r.school = o.school
            AND r.order_id = o.id
            AND r.gateway = $2
            AND r.trade_no = $4
          WHERE o.school = $1
            AND o.number = $3
            AND o.gateway = $2",
        params![school, gateway, number, trade],
    )
    .await
}

/// A refund by its number: its order's number, its sum, and when its gateway did it. One that was paid by hand was not done
/// by it: a bill that has it all the same tells of money that went back twice.
pub(in crate::reconciliation) async fn known_refund(
    tx: &mut Tx<'_>,
    school: SchoolCode,
    (gateway, number): (&str, &str),
) -> Result<Option<(String, i64, Option<Time>)>, DbError> {
    tx.query_opt(
        "SELECT o.number, f.amount, CASE WHEN f.state = 'by-hand' THEN NULL ELSE f.done_at END
           FROM refund f
           JOIN payment_order o
             ON o.school = f.school
            AND o.id = f.order_id
          WHERE f.school = $1
            AND f.request_no = $3
            AND o.gateway = $2",
        params![school, gateway, number],
    )
    .await
}

/// When the first order was opened. Read in full, so that it is asked only of a day before all money.
pub(in crate::reconciliation) async fn first_order(tx: &mut Tx<'_>) -> Result<Option<Time>, DbError> {
    let (at,): (Option<Time>,) = tx.query_one("SELECT MIN(opened_at) FROM payment_order", &[]).await?;
    Ok(at)
}

/// When the first money of a gateway was booked.
pub(in crate::reconciliation) async fn first_day(
    tx: &mut Tx<'_>,
    gateway: &str,
) -> Result<Option<Time>, DbError> {
    let row: Option<(Time,)> = tx
        .query_opt(
            "SELECT received_at FROM receipt WHERE gateway = $1 ORDER BY received_at LIMIT 1",
            params![gateway],
        )
        .await?;
    Ok(row.map(|(at,)| at))
}
