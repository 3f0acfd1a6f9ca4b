//! Received money, and refunds.

use gateway::GatewayCode;
use jiff::SignedDuration;

use crate::params;
use crate::payment::rules::outcome::Course;
use crate::payment::rules::{RefundReason, next_try};
use crate::record;
use crate::store::{DbError, Tx};
use crate::words::codes::SchoolCode;
use crate::words::fen::{Fen, FenSum};
use crate::words::ids::{EntryId, OrderId, PassportId};
use crate::words::time::Time;

/// Minimum interval between two refunds of one trade (facts 3.1).
const BETWEEN_REFUNDS: SignedDuration = SignedDuration::from_secs(3);

/// Received money.
#[derive(Clone, Debug)]
pub struct NewReceipt {
    /// The home school.
    pub school: SchoolCode,
    /// Its id.
    pub id: i64,
    /// The order it came for.
    pub order: OrderId,
    /// The gateway.
    pub gateway: GatewayCode,
    /// The gateway's own number of the trade.
    pub trade_no: String,
    /// The sum.
    pub amount: FenSum,
    /// `notice` or `query`.
    pub proof: &'static str,
}

/// Books the money of a trade; 0 rows: this trade is already booked (Y3, TH35, I11).
pub(crate) async fn insert_receipt(tx: &mut Tx<'_>, receipt: &NewReceipt) -> Result<u64, DbError> {
    let now = tx.now().await?;
    tx.execute(
        "INSERT INTO receipt (school, id, order_id, gateway, trade_no, amount, proof, received_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
         ON CONFLICT DO NOTHING",
        params![
            receipt.school,
            receipt.id,
            receipt.order,
            receipt.gateway.as_str(),
            receipt.trade_no,
            receipt.amount,
            receipt.proof,
            now,
        ],
    )
    .await
}

/// The order for which the money of a trade was booked.
pub(crate) async fn order_of_trade(
    tx: &mut Tx<'_>,
    school: SchoolCode,
    gateway: GatewayCode,
    trade_no: &str,
) -> Result<Option<OrderId>, DbError> {
    let row = tx
        .query_opt::<(OrderId,)>(
            "SELECT order_id FROM receipt WHERE school = $1 AND gateway = $2 AND trade_no = $3",
            params![school, gateway.as_str(), trade_no],
        )
        .await?;
    Ok(row.map(|(order,)| order))
}

/// Records that a receipt paid for an entry, together with the caller's next statement. A second one for the entry violates a unique key, and fails the use case
/// (I4).
pub(crate) async fn insert_receipt_line(
    tx: &mut Tx<'_>,
    school: SchoolCode,
    receipt: i64,
    entry: EntryId,
    amount: Fen,
) -> Result<(), DbError> {
    tx.execute_soon(
        "INSERT INTO receipt_line (school, receipt_id, entry_id, amount) VALUES ($1, $2, $3, $4)",
        params![school, receipt, entry, amount],
    )
    .await?
    .ignore();
    Ok(())
}

/// Records a refund due on a receipt; a job sends it. `told` is the reason as the payer is told.
pub(crate) async fn insert_refund(
    tx: &mut Tx<'_>,
    receipt: &NewReceipt,
    id: i64,
    amount: FenSum,
    (reason, told): (RefundReason, &str),
) -> Result<(), DbError> {
    let now = tx.now().await?;
    tx.execute(
        "INSERT INTO refund
            (school, id, order_id, receipt_id, amount, reason, request_no, state, due_at, done_at, try_at, tries, sent_at,
             told)
         VALUES ($1, $2, $3, $4, $5, $6, $7, 'due', $8, NULL, $8, 0, NULL, $9)",
        params![
            receipt.school,
            id,
            receipt.order,
            receipt.id,
            amount,
            reason.wire(),
            format!("R{}{id}", receipt.school),
            now,
            (told != reason.wire()).then_some(told),
        ],
    )
    .await?;
    Ok(())
}

/// The condition of a refund that may be sent: due at the time of the first parameter, and no other refund of its
/// receipt was sent after the second or precedes it.
macro_rules! may_be_sent {
    ($now:literal, $before:literal) => {
        concat!(
            "try_at <= ",
            $now,
            " AND NOT EXISTS (
                     SELECT 1 FROM refund other
                      WHERE other.school = refund.school
                        AND other.receipt_id = refund.receipt_id
                        AND other.id <> refund.id
                        AND (other.sent_at > ",
            $before,
            " OR (other.state = 'due' AND other.id < refund.id)))"
        )
    };
}

record! {
    /// A refund that is due or sent.
    #[derive(Clone, Debug)]
    pub struct DueRefund {
        /// The home school.
        pub school: SchoolCode,
        /// Its id.
        pub id: i64,
        /// The order that was paid.
        pub order: OrderId,
        /// The sum.
        pub amount: FenSum,
        /// The reason.
        pub reason: String,
        /// Its number at the gateway.
        pub request_no: String,
        /// How often it was claimed, including this time: above 1 the gateway may already have it.
        pub tries: i64,
    }
}

/// Refunds of a gateway that are due, as [`claim_refund`] takes them, the most overdue first.
pub(crate) async fn due_refunds(
    tx: &mut Tx<'_>,
    gateway: GatewayCode,
    most: i64,
) -> Result<Vec<(SchoolCode, i64)>, DbError> {
    let now = tx.now().await?;
    tx.query(
        concat!(
            "SELECT school, id FROM refund WHERE ",
            may_be_sent!("$1", "$2"),
            " AND EXISTS (SELECT 1
                            FROM payment_order o
                           WHERE o.school = refund.school
                             AND o.id = refund.order_id
                             AND o.gateway = $3)
              ORDER BY try_at, school, id
              LIMIT $4"
        ),
        params![now, now.minus(BETWEEN_REFUNDS), gateway.as_str(), most],
    )
    .await
}

/// Whether a refund is no longer due.
pub(crate) async fn is_refunded(tx: &mut Tx<'_>, school: SchoolCode, id: i64) -> Result<bool, DbError> {
    let (owed,) = tx
        .query_one::<(i64,)>(
            "SELECT COUNT(*) FROM refund WHERE school = $1 AND id = $2 AND try_at IS NOT NULL",
            params![school, id],
        )
        .await?;
    Ok(owed == 0)
}

/// Claims a refund that is due; `None` when another node was faster. For one receipt only the oldest, and not within
/// three seconds of the one before. The claim is committed before anything is sent, so that the next claimant queries
/// the gateway before sending again.
pub(crate) async fn claim_refund(
    tx: &mut Tx<'_>,
    school: SchoolCode,
    id: i64,
) -> Result<Option<DueRefund>, DbError> {
    let now = tx.now().await?;
    tx.query_opt(
        concat!(
            "UPDATE refund SET try_at = $2, tries = tries + 1, sent_at = $1
              WHERE school = $4
                AND id = $5
                AND ",
            may_be_sent!("$1", "$3"),
            " RETURNING school, id, order_id, amount, reason, request_no, tries"
        ),
        params![now, now.plus(SignedDuration::from_mins(1)), now.minus(BETWEEN_REFUNDS), school, id],
    )
    .await
}

/// Claims a batch of due refunds.
#[cfg(test)]
pub(crate) async fn claim_refunds(
    tx: &mut Tx<'_>,
    gateway: GatewayCode,
    most: i64,
) -> Result<Vec<DueRefund>, DbError> {
    let mut claimed = Vec::new();
    for (school, id) in due_refunds(tx, gateway, most).await? {
        claimed.extend(claim_refund(tx, school, id).await?);
    }
    Ok(claimed)
}

/// Has a refund of an order asked for at once, if it is still due; returns whether there is such a refund of ours. One
/// that was not sent yet keeps its turn.
pub(crate) async fn wake_refund(
    tx: &mut Tx<'_>,
    school: SchoolCode,
    order: OrderId,
    number: &str,
) -> Result<bool, DbError> {
    let now = tx.now().await?;
    tx.execute(
        "UPDATE refund SET try_at = $4
          WHERE school = $1 AND order_id = $2 AND request_no = $3 AND try_at > $4 AND sent_at IS NOT NULL",
        params![school, order, number, now],
    )
    .await?;
    let (known,) = tx
        .query_one::<(i64,)>(
            "SELECT COUNT(*) FROM refund WHERE school = $1 AND order_id = $2 AND request_no = $3",
            params![school, order, number],
        )
        .await?;
    Ok(known > 0)
}

/// Records that the refund was accepted; 0 rows: already recorded.
pub(crate) async fn refund_done(tx: &mut Tx<'_>, school: SchoolCode, id: i64) -> Result<u64, DbError> {
    let now = tx.now().await?;
    tx.execute(
        "UPDATE refund SET state = 'done', done_at = $3, try_at = NULL WHERE school = $1 AND id = $2 AND state = 'due'",
        params![school, id, now],
    )
    .await
}

/// Leaves a refund to finance, with what its gateway said; 0 rows: it is no longer due.
pub(crate) async fn refund_stopped(
    tx: &mut Tx<'_>,
    refund: &DueRefund,
    state: &str,
    answer: &str,
) -> Result<u64, DbError> {
    let now = tx.now().await?;
    tx.execute(
        "UPDATE refund SET state = $3, answer = $4, stopped_at = $5, try_at = NULL
          WHERE school = $1 AND id = $2 AND state = 'due'",
        params![refund.school, refund.id, state, answer, now],
    )
    .await
}

/// The numbers of an order's other refunds that were sent.
pub(crate) async fn other_numbers(
    tx: &mut Tx<'_>,
    school: SchoolCode,
    order: OrderId,
    but: i64,
) -> Result<Vec<String>, DbError> {
    let rows: Vec<(String,)> = tx
        .query(
            "SELECT request_no FROM refund WHERE school = $1 AND order_id = $2 AND id <> $3 AND sent_at IS NOT NULL",
            params![school, order, but],
        )
        .await?;
    Ok(rows.into_iter().map(|(number,)| number).collect())
}

/// How much of an order this system has refunded, or may have: all that was ever sent, and what was paid by hand. What was made
/// in the gateway's console is counted as money in suspense, booked or not.
pub(crate) async fn sent_back(tx: &mut Tx<'_>, school: SchoolCode, order: OrderId) -> Result<i64, DbError> {
    let (sum,) = tx
        .query_one::<(i64,)>(
            "SELECT CAST(COALESCE(SUM(amount), 0) AS BIGINT)
               FROM refund
              WHERE school = $1
                AND order_id = $2
                AND suspense_id IS NULL
                AND (sent_at IS NOT NULL OR state IN ('done', 'by-hand'))",
            params![school, order],
        )
        .await?;
    Ok(sum)
}

/// Schedules a refund's next attempt.
pub(crate) async fn refund_later(tx: &mut Tx<'_>, refund: &DueRefund) -> Result<(), DbError> {
    let now = tx.now().await?;
    tx.execute(
        "UPDATE refund SET try_at = $3 WHERE school = $1 AND id = $2 AND state = 'due'",
        params![refund.school, refund.id, next_try(refund.tries, now)],
    )
    .await?;
    Ok(())
}

record! {
    /// A refund as pages show it.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct RefundShown {
        /// Its number.
        pub id: i64,
        /// The order that was paid.
        pub order: OrderId,
        /// The sum.
        pub amount: FenSum,
        /// The reason as the payer is told: that of a [`RefundReason`], or a finer one.
        pub reason: String,
        /// Since when it is due.
        pub due_at: Time,
        /// When the gateway accepted it; `None`: in progress.
        pub done_at: Option<Time>,
        /// `due`, `done`, `refused`, `unknown` or `by-hand`.
        pub state: String,
    }
}

impl RefundShown {
    /// How far it has come.
    #[must_use]
    pub fn course(&self) -> Course {
        Course::of(&self.state, self.done_at.is_some())
    }
}

/// The refunds of a passport's orders, the newest first, at most 60.
pub(crate) async fn refunds_of(tx: &mut Tx<'_>, passport: PassportId) -> Result<Vec<RefundShown>, DbError> {
    tx.query(
        "SELECT refund.id, refund.order_id, refund.amount, COALESCE(refund.told, refund.reason), refund.due_at, refund.done_at,
                refund.state
           FROM payment_order
           JOIN refund ON refund.school = payment_order.school AND refund.order_id = payment_order.id
          WHERE payment_order.passport_id = $1
          ORDER BY refund.id DESC
          LIMIT 60",
        params![passport],
    )
    .await
}

/// The refunds of one order, the newest first.
pub(crate) async fn refunds_of_order(
    tx: &mut Tx<'_>,
    school: SchoolCode,
    order: OrderId,
) -> Result<Vec<RefundShown>, DbError> {
    tx.query(
        "SELECT id, order_id, amount, COALESCE(told, reason), due_at, done_at, state
           FROM refund
          WHERE school = $1
            AND order_id = $2
          ORDER BY id DESC",
        params![school, order],
    )
    .await
}
