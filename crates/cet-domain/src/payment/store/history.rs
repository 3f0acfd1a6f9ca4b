//! Subjects, receipts and refunds of a passport's orders, for its history.

use super::RefundShown;
use crate::params;
use crate::record;
use crate::store::{DbError, Tx};
use crate::words::codes::{SchoolCode, SubjectCode};
use crate::words::fen::{Fen, FenSum};
use crate::words::ids::{EntryId, OrderId, PassportId};
use crate::words::time::Time;

/// Orders from the first to the last id of a page, both included.
pub type Span = (OrderId, OrderId);

/// What belongs to a passport's orders of a page: columns, the table with rows of orders, what is joined to it, the order.
macro_rules! of_orders {
    ($columns:literal, $table:literal, $joined:literal, $by:literal) => {
        concat!(
            "SELECT ",
            $columns,
            " FROM payment_order JOIN ",
            $table,
            " ON ",
            $table,
            ".school = payment_order.school AND ",
            $table,
            ".order_id = payment_order.id ",
            $joined,
            " WHERE payment_order.passport_id = $1
                AND payment_order.id >= $2
                AND payment_order.id <= $3
              ORDER BY ",
            $by
        )
    };
}

record! {
    /// A receipt: money that arrived for an order.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Received {
        /// The order that it came for.
        pub order: OrderId,
        /// The gateway's own number of the trade.
        pub trade_no: String,
        /// How much.
        pub amount: FenSum,
        /// When it was booked.
        pub received_at: Time,
    }
}

/// The subjects of a passport's orders, each order's in the order of its entries.
pub(crate) async fn subjects_between(
    tx: &mut Tx<'_>,
    passport: PassportId,
    (first, last): Span,
) -> Result<Vec<(OrderId, SubjectCode)>, DbError> {
    tx.query(
        of_orders!(
            "order_line.order_id, order_line.subject",
            "order_line",
            "",
            "order_line.order_id, order_line.entry_id"
        ),
        params![passport, first, last],
    )
    .await
}

record! {
    /// A line of an order, with what decides whether it is still owed.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct LineKnown {
        /// The order.
        pub order: OrderId,
        /// What it pays for.
        pub entry: EntryId,
        /// The subject.
        pub subject: SubjectCode,
        /// The frozen price.
        pub amount: Fen,
        /// Whether the entry is held, and the candidate may pay for it.
        pub is_held: bool,
        /// The end of its hold.
        pub expires_at: Time,
    }
}

impl LineKnown {
    /// Whether it still waits for its candidate's payment.
    #[must_use]
    pub fn is_owed(&self, now: Time) -> bool {
        self.is_held && now < self.expires_at
    }
}

/// The lines of a passport's orders, each order's in the order of its entries.
pub(crate) async fn lines_between(
    tx: &mut Tx<'_>,
    passport: PassportId,
    (first, last): Span,
) -> Result<Vec<LineKnown>, DbError> {
    tx.query(
        of_orders!(
            "order_line.order_id, order_line.entry_id, order_line.subject, order_line.amount,
                entry.state = 'held' AND entry.locked_by IS NULL, entry.expires_at",
            "order_line",
            "JOIN entry
             ON entry.school = order_line.school
            AND entry.id = order_line.entry_id",
            "order_line.order_id, order_line.entry_id"
        ),
        params![passport, first, last],
    )
    .await
}

/// The money that arrived for a passport's orders, the oldest first.
pub(crate) async fn received_between(
    tx: &mut Tx<'_>,
    passport: PassportId,
    (first, last): Span,
) -> Result<Vec<Received>, DbError> {
    tx.query(
        of_orders!(
            "receipt.order_id, receipt.trade_no, receipt.amount, receipt.received_at",
            "receipt",
            "",
            "receipt.received_at, receipt.id"
        ),
        params![passport, first, last],
    )
    .await
}

/// The refunds of a passport's orders, the oldest first.
pub(crate) async fn refunds_between(
    tx: &mut Tx<'_>,
    passport: PassportId,
    (first, last): Span,
) -> Result<Vec<RefundShown>, DbError> {
    tx.query(
        of_orders!(
            "refund.id, refund.order_id, refund.amount, COALESCE(refund.told, refund.reason), refund.due_at, refund.done_at,
                refund.state",
            "refund",
            "",
            "refund.due_at, refund.id"
        ),
        params![passport, first, last],
    )
    .await
}

record! {
    /// What a refund of finance staff gives back of one line.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Returned {
        /// The refund.
        pub refund: i64,
        /// The order.
        pub order: OrderId,
        /// The entry.
        pub entry: EntryId,
        /// Its subject.
        pub subject: SubjectCode,
        /// How much.
        pub amount: FenSum,
        /// Whether the entry has ended with it: a part of its fee leaves it as it is.
        pub is_ended: bool,
        /// When it ended.
        pub ended_at: Option<Time>,
    }
}

/// What refunds of finance staff give back of the lines of a passport's orders, the oldest first.
pub(crate) async fn returned_between(
    tx: &mut Tx<'_>,
    passport: PassportId,
    (first, last): Span,
) -> Result<Vec<Returned>, DbError> {
    tx.query(
        of_orders!(
            "refund_line.refund_id, payment_order.id, refund_line.entry_id, entry.subject, refund_line.amount,
                entry.state = 'withdrawn', entry.ended_at",
            "refund",
            "JOIN refund_line
             ON refund_line.school = refund.school
            AND refund_line.refund_id = refund.id
           JOIN entry
             ON entry.school = refund_line.school
            AND entry.id = refund_line.entry_id",
            "refund_line.refund_id, refund_line.entry_id"
        ),
        params![passport, first, last],
    )
    .await
}

/// What gateways say that they refunded of a passport's orders, and this system did not send, while finance has not settled it;
/// zero where no sum was told.
pub(crate) async fn in_doubt_between(
    tx: &mut Tx<'_>,
    passport: PassportId,
    (first, last): Span,
) -> Result<Vec<(OrderId, FenSum)>, DbError> {
    tx.query(
        "SELECT payment_order.id, suspense.amount
           FROM payment_order
           JOIN suspense
             ON suspense.school = payment_order.school
            AND suspense.order_number = payment_order.number
            AND suspense.reason = 'refunded'
            AND suspense.state = 'open'
          WHERE payment_order.passport_id = $1
            AND payment_order.id >= $2
            AND payment_order.id <= $3
          ORDER BY suspense.id",
        params![passport, first, last],
    )
    .await
}

/// The money that arrived for one order, the oldest first.
pub(crate) async fn received_of(
    tx: &mut Tx<'_>,
    school: SchoolCode,
    order: OrderId,
) -> Result<Vec<Received>, DbError> {
    tx.query(
        "SELECT order_id, trade_no, amount, received_at
           FROM receipt
          WHERE school = $1
            AND order_id = $2
          ORDER BY received_at, id",
        params![school, order],
    )
    .await
}
