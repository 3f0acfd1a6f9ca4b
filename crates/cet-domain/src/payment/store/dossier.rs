//! One order with everything that belongs to it, for staff: found in their scope, then read by its key (TH22).

use gateway::OrderNumber;

use super::scoped::RefundSeen;
use super::suspense::{SuspenseSeen, suspense_seen, with_named};
use crate::params;
use crate::record;
use crate::store::{DbError, Tx};
use crate::words::codes::{CampusCode, SchoolCode, SubjectCode};
use crate::words::fen::{Fen, FenSum};
use crate::words::ids::{EntryId, OrderId, RegistrationId};
use crate::words::staff::Scope;
use crate::words::time::Time;
use cet_base::{in_scope, scoped};

record! {
    /// An order that was found, with its candidate. It has no Debug: it is personal data.
    #[derive(Clone)]
    pub struct Found {
        /// The home school.
        pub school: SchoolCode,
        /// Its id.
        pub id: OrderId,
        /// 姓名; empty once the registration was released.
        pub name: String,
        /// The home campus; empty once the registration was released.
        pub campus: String,
        /// Whether the registration is there.
        pub live: bool,
    }
}

/// An order by its number. Where its registration was released, nobody but the nation's staff finds it: what it was of a
/// campus is gone.
pub async fn find(tx: &mut Tx<'_>, scope: &Scope, number: &OrderNumber) -> Result<Option<Found>, DbError> {
    let school = number.as_str().get(..5).unwrap_or_default();
    scope
        .query_opt(
            tx,
            scoped!(
                "SELECT o.school, o.id, r.name, r.campus, (r.state = 'live')
                   FROM payment_order o
                   JOIN registration r
                     ON r.school = o.school
                    AND r.id = o.registration_id
                  WHERE ",
                in_scope!("o.school", "r.campus"),
                "
                    AND o.school = $5
                    AND o.number = $6"
            ),
            params![school, number.as_str()],
        )
        .await
}

record! {
    /// A line of an order with its entry as it is now.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct LineSeen {
        /// The entry.
        pub entry: EntryId,
        /// Its subject.
        pub subject: SubjectCode,
        /// The price.
        pub amount: Fen,
        /// The campus of the seat.
        pub campus: CampusCode,
        /// Its name.
        pub campus_name: String,
        /// The entry's state in the database.
        pub state: String,
        /// The end of its hold.
        pub expires_at: Time,
        /// The collective payment that locks it.
        pub locked_by: Option<i64>,
        /// The receipt of this order that paid for it.
        pub receipt: Option<i64>,
        /// How much of it goes back, or has gone back.
        pub back: FenSum,
        /// The number of its published seat.
        pub ticket: Option<String>,
    }
}

/// The lines of an order.
pub async fn lines(tx: &mut Tx<'_>, school: SchoolCode, order: OrderId) -> Result<Vec<LineSeen>, DbError> {
    tx.query(
        "SELECT l.entry_id, l.subject, l.amount, e.campus, e.campus_name, e.state, e.expires_at, e.locked_by,
                (SELECT p.receipt_id
                   FROM receipt_line p
                   JOIN receipt r
                     ON r.school = p.school
                    AND r.id = p.receipt_id
                  WHERE p.school = l.school
                    AND p.entry_id = l.entry_id
                    AND r.order_id = l.order_id),
                CAST(COALESCE((SELECT SUM(b.amount)
                                 FROM refund_line b
                                WHERE b.school = l.school
                                  AND b.entry_id = l.entry_id), 0) AS BIGINT),
                (SELECT MAX(s.ticket)
                   FROM arrangement_source c
                   JOIN seat_assignment s
                     ON s.school = SUBSTR(c.arranging_campus, 1, 5)
                    AND s.arrangement_id = c.arrangement_id
                    AND s.entry_school = e.school
                    AND s.entry_id = e.id
                  WHERE c.school = e.pool_school
                    AND c.sitting = e.sitting
                    AND c.campus = e.campus
                    AND c.subject = e.subject)
           FROM order_line l
           JOIN entry e
             ON e.school = l.school
            AND e.id = l.entry_id
          WHERE l.school = $1
            AND l.order_id = $2
          ORDER BY l.entry_id",
        params![school, order],
    )
    .await
}

record! {
    /// Money that was booked for an order.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct ReceiptSeen {
        /// The gateway's own number of the trade.
        pub trade_no: String,
        /// The sum.
        pub amount: FenSum,
        /// How much of it entries have: what it paid for them, without what goes back of that.
        pub used: FenSum,
        /// `notice` or `query`.
        pub proof: String,
        /// When it was booked.
        pub received_at: Time,
    }
}

/// The receipts of an order.
pub async fn receipts(
    tx: &mut Tx<'_>,
    school: SchoolCode,
    order: OrderId,
) -> Result<Vec<ReceiptSeen>, DbError> {
    tx.query(
        "SELECT trade_no, amount,
                CAST(COALESCE((SELECT SUM(line.amount)
                                 FROM receipt_line line
                                WHERE line.school = receipt.school
                                  AND line.receipt_id = receipt.id), 0)
                   - COALESCE((SELECT SUM(back.amount)
                                 FROM refund_line back
                                WHERE back.school = receipt.school
                                  AND back.receipt_id = receipt.id), 0) AS BIGINT),
                proof, received_at
           FROM receipt
          WHERE school = $1
            AND order_id = $2
          ORDER BY id",
        params![school, order],
    )
    .await
}

/// The refunds of an order, the newest first.
pub async fn refunds(
    tx: &mut Tx<'_>,
    school: SchoolCode,
    order: OrderId,
) -> Result<Vec<RefundSeen>, DbError> {
    tx.query(
        "SELECT f.school, f.id, o.number, o.gateway, f.request_no, f.amount,
                CASE WHEN f.suspense_id IS NULL THEN f.reason ELSE f.told END, f.state, f.due_at, f.done_at,
                f.tries
           FROM refund f
           JOIN payment_order o
             ON o.school = f.school
            AND o.id = f.order_id
          WHERE f.school = $1
            AND f.order_id = $2
          ORDER BY f.id DESC",
        params![school, order],
    )
    .await
}

/// The unmatched money that names an order, the newest first: also what can't be ours, such as money in another currency,
/// which names it by its number on the wire.
pub async fn suspense(
    tx: &mut Tx<'_>,
    school: SchoolCode,
    (number, wire_number): (&OrderNumber, &str),
) -> Result<Vec<SuspenseSeen>, DbError> {
    let found = tx
        .query(
            concat!(
                suspense_seen!(),
                "(order_number = $2 AND school = $1)
             OR (order_number IN ($2, $3) AND school = $4)
          ORDER BY id DESC"
            ),
            params![school, number.as_str(), wire_number, SchoolCode::NONE],
        )
        .await?;
    with_named(tx, found).await
}

record! {
    /// Another order of the candidate.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct OtherOrder {
        /// Its number.
        pub number: String,
        /// Its state.
        pub state: String,
        /// Its sum.
        pub amount: FenSum,
        /// When it was opened.
        pub opened_at: Time,
    }
}

/// How much unmatched money that is not settled names an order of a registration.
pub async fn doubts(
    tx: &mut Tx<'_>,
    school: SchoolCode,
    registration: RegistrationId,
) -> Result<i64, DbError> {
    let (open,) = tx
        .query_one::<(i64,)>(
            "SELECT COUNT(*)
               FROM payment_order o
               JOIN suspense s
                 ON s.school = o.school
                AND s.order_number = o.number
                AND s.state = 'open'
              WHERE o.school = $1
                AND o.registration_id = $2",
            params![school, registration],
        )
        .await?;
    Ok(open)
}

/// The other orders of a registration, the newest first, at most 20.
pub async fn others(
    tx: &mut Tx<'_>,
    school: SchoolCode,
    registration: RegistrationId,
    but: OrderId,
) -> Result<Vec<OtherOrder>, DbError> {
    tx.query(
        "SELECT number, state, amount, opened_at
           FROM payment_order
          WHERE school = $1
            AND registration_id = $2
            AND id <> $3
          ORDER BY id DESC
          LIMIT 20",
        params![school, registration, but],
    )
    .await
}
