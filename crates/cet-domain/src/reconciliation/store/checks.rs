//! What the second person of a refund compares: orders, receipts and bills.

use gateway::GatewayCode;

use super::Difference;
use crate::params;
use crate::reconciliation::{Day, Of};
use crate::store::{DbError, Tx};
use crate::words::time::Time;

/// How many lines of a request for a refund do not fit, by what they were compared with; lines that were left apart.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Checks {
    /// Their order is not paid.
    pub unpaid: i64,
    /// More would go back than was paid, with what went back otherwise.
    pub over: i64,
    /// The bill of the day of their payment has not been compared yet.
    pub without_bill: i64,
    /// The bill of that day does not have their payment, nor has another one's.
    pub unbilled: i64,
}

/// Compares a request for a refund with what is known now.
pub async fn checks(tx: &mut Tx<'_>, request: i64) -> Result<Checks, DbError> {
    let (unpaid, over) = tx
        .query_one::<(i64, i64)>(
            "SELECT CAST(COALESCE(SUM(CASE WHEN o.state = 'paid' THEN 0 ELSE 1 END), 0) AS BIGINT),
                    CAST(COALESCE(SUM(CASE WHEN l.amount + COALESCE((SELECT CAST(SUM(b.amount) AS BIGINT)
                                                                      FROM refund_line b
                                                                      JOIN refund f
                                                                        ON f.school = b.school
                                                                       AND f.id = b.refund_id
                                                                     WHERE b.school = l.school
                                                                       AND b.entry_id = l.entry_id
                                                                       AND COALESCE(f.request_id, 0) <> l.request_id), 0)
                                                <= p.amount
                                           THEN 0 ELSE 1 END), 0) AS BIGINT)
               FROM refund_request_line l
               JOIN receipt_line p
                 ON p.school = l.school
                AND p.receipt_id = l.receipt_id
                AND p.entry_id = l.entry_id
               JOIN payment_order o
                 ON o.school = l.school
                AND o.id = l.order_id
              WHERE l.request_id = $1
                AND l.state <> 'left'",
            params![request],
        )
        .await?;
    let (without_bill, unbilled) = (without_bill(tx, request).await?, unbilled(tx, request).await?);
    Ok(Checks { unpaid, over, without_bill, unbilled })
}

/// The lines that were paid on a day without a compared bill.
async fn without_bill(tx: &mut Tx<'_>, request: i64) -> Result<i64, DbError> {
    // By days of China's time, eight hours before UTC's.
    let days: Vec<(String, Time, i64)> = tx
        .query(
            "SELECT r.gateway, MIN(r.received_at), COUNT(*)
               FROM refund_request_line l
               JOIN receipt r
                 ON r.school = l.school
                AND r.id = l.receipt_id
              WHERE l.request_id = $1
                AND l.state <> 'left'
              GROUP BY r.gateway, (r.received_at + 28800000000) / 86400000000",
            params![request],
        )
        .await?;
    let mut waiting = 0_i64;
    for (gateway, at, lines) in days {
        let gateway = GatewayCode::parse(&gateway).ok_or(DbError::Decode("gateway"))?;
        let of = Of { gateway, day: Day::of(at) };
        if super::day(tx, of).await?.is_none_or(|day| day.state == "waiting") {
            waiting = waiting.saturating_add(lines);
        }
    }
    Ok(waiting)
}

/// The lines whose payment a compared bill misses.
async fn unbilled(tx: &mut Tx<'_>, request: i64) -> Result<i64, DbError> {
    let (missing,) = tx
        .query_one::<(i64,)>(
            "SELECT COUNT(*)
               FROM refund_request_line l
               JOIN receipt r
                 ON r.school = l.school
                AND r.id = l.receipt_id
              WHERE l.request_id = $1
                AND l.state <> 'left'
                AND EXISTS (SELECT 1
                              FROM reconciliation_difference d
                             WHERE d.gateway = r.gateway
                               AND d.trade_no = r.trade_no
                               AND d.class = 'ours-only'
                               AND d.state <> 'gone')",
            params![request],
        )
        .await?;
    Ok(missing)
}

/// The differences of an order that are not resolved, the latest day first, by its number and by that on the wire. Few are
/// open: they are found first.
pub async fn open_of_order(
    tx: &mut Tx<'_>,
    gateway: &str,
    (number, wire_number): (&str, &str),
) -> Result<Vec<Difference>, DbError> {
    tx.query(
        "SELECT id, gateway, day, class, order_number, trade_no, reference, ours, theirs, done_at, state, resolved_as,
                owner, note, found_at, changed_at
           FROM reconciliation_difference
          WHERE state IN ('open', 'next-day', 'follow')
            AND gateway = $1
            AND order_number IN ($2, $3)
          ORDER BY day DESC, id
          LIMIT 50",
        params![gateway, number, wire_number],
    )
    .await
}
