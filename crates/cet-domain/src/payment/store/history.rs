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
        "SELECT order_line.order_id, order_line.subject
           FROM payment_order
           JOIN order_line
             ON order_line.school = payment_order.school
            AND order_line.order_id = payment_order.id
          WHERE payment_order.passport_id = $1
            AND payment_order.id >= $2
            AND payment_order.id <= $3
          ORDER BY order_line.order_id, order_line.entry_id",
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
        "SELECT order_line.order_id, order_line.entry_id, order_line.subject, order_line.amount,
                entry.state = 'held' AND entry.locked_by IS NULL, entry.expires_at
           FROM payment_order
           JOIN order_line
             ON order_line.school = payment_order.school
            AND order_line.order_id = payment_order.id
           JOIN entry
             ON entry.school = order_line.school
            AND entry.id = order_line.entry_id
          WHERE payment_order.passport_id = $1
            AND payment_order.id >= $2
            AND payment_order.id <= $3
          ORDER BY order_line.order_id, order_line.entry_id",
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
        "SELECT receipt.order_id, receipt.trade_no, receipt.amount, receipt.received_at
           FROM payment_order
           JOIN receipt
             ON receipt.school = payment_order.school
            AND receipt.order_id = payment_order.id
          WHERE payment_order.passport_id = $1
            AND payment_order.id >= $2
            AND payment_order.id <= $3
          ORDER BY receipt.received_at, receipt.id",
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
        "SELECT refund.id, refund.order_id, refund.amount, COALESCE(refund.told, refund.reason), refund.due_at, refund.done_at,
                refund.state
           FROM payment_order
           JOIN refund
             ON refund.school = payment_order.school
            AND refund.order_id = payment_order.id
          WHERE payment_order.passport_id = $1
            AND payment_order.id >= $2
            AND payment_order.id <= $3
          ORDER BY refund.due_at, refund.id",
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
        "SELECT refund_line.refund_id, payment_order.id, refund_line.entry_id, entry.subject, refund_line.amount,
                entry.state = 'withdrawn', entry.ended_at
           FROM payment_order
           JOIN refund
             ON refund.school = payment_order.school
            AND refund.order_id = payment_order.id
           JOIN refund_line
             ON refund_line.school = refund.school
            AND refund_line.refund_id = refund.id
           JOIN entry
             ON entry.school = refund_line.school
            AND entry.id = refund_line.entry_id
          WHERE payment_order.passport_id = $1
            AND payment_order.id >= $2
            AND payment_order.id <= $3
          ORDER BY refund_line.refund_id, refund_line.entry_id",
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
