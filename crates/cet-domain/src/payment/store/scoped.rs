//! Orders and refunds for finance staff: no statement without its scope (TH22).

use crate::params;
use crate::record;
use crate::store::{DbError, Tx};
use crate::words::codes::{SchoolCode, SittingCode};
use crate::words::fen::FenSum;
use crate::words::ids::{OrderId, RegistrationId};
use crate::words::staff::Scope;
use crate::words::time::Time;
use cet_base::{school_in_scope, scoped};

record! {
    /// An order in a list.
    #[derive(Clone, Debug)]
    pub struct OrderSeen {
        /// The home school.
        pub school: SchoolCode,
        /// Its id.
        pub id: OrderId,
        /// Its number at the gateway.
        pub number: String,
        /// Its registration.
        pub registration: RegistrationId,
        /// The gateway.
        pub gateway: String,
        /// The bank; may be empty.
        pub bank: String,
        /// Its sum.
        pub amount: FenSum,
        /// `open`, `paid` or `closed`.
        pub state: String,
        /// When it was opened.
        pub opened_at: Time,
        /// When it was paid or closed.
        pub settled_at: Option<Time>,
    }
}

/// Filter of orders; an empty text matches any.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OrderFilter {
    /// The number, exact.
    pub number: String,
    /// The home school, or a prefix of its code.
    pub school: String,
    /// The state.
    pub state: String,
    /// The gateway.
    pub gateway: String,
}

/// Orders of a scope by school, the newest of each first, with the cursor `after`.
pub async fn orders(
    tx: &mut Tx<'_>,
    scope: &Scope,
    sitting: &SittingCode,
    filter: &OrderFilter,
    after: Option<(SchoolCode, i64)>,
    limit: i64,
) -> Result<Vec<OrderSeen>, DbError> {
    let (school, id) = scope.behind(after, i64::MAX);
    scope
        .query(
            tx,
            scoped!(
            "SELECT school, id, number, registration_id, gateway, bank, amount, state, opened_at, settled_at
           FROM payment_order
          WHERE ",
            school_in_scope!("school"),
            "
            AND sitting = $3
            AND (CAST($4 AS TEXT) = '' OR number = $4)
            AND (CAST($5 AS TEXT) = '' OR (school >= $5 AND school < $6))
            AND (CAST($7 AS TEXT) = '' OR state = $7)
            AND (CAST($8 AS TEXT) = '' OR gateway = $8)
            AND (school > $9 OR (school = $9 AND id < $10))
          ORDER BY school, id DESC
          LIMIT $11"
        ),
            params![
                sitting,
                filter.number,
                filter.school,
                format!("{}:", filter.school),
                filter.state,
                filter.gateway,
                school,
                id,
                limit,
            ],
        )
        .await
}

record! {
    /// A refund in a list.
    #[derive(Clone, Debug)]
    pub struct RefundSeen {
        /// The home school.
        pub school: SchoolCode,
        /// Its id.
        pub id: i64,
        /// The number of the order that was paid.
        pub number: String,
        /// The gateway.
        pub gateway: String,
        /// The refund's own number at the gateway.
        pub request_no: String,
        /// The sum.
        pub amount: FenSum,
        /// The reason.
        pub reason: String,
        /// `due`, `done`, `refused`, `unknown` or `by-hand`.
        pub state: String,
        /// Since when it is due.
        pub due_at: Time,
        /// When the gateway accepted it.
        pub done_at: Option<Time>,
        /// How often it was sent.
        pub tries: i64,
    }
}

/// Refunds of a scope, the newest first, with the cursor `before`: in one state and for one reason, if given; `stopped` are
/// all that wait for finance. The range of
/// ids, which are all positive, makes SQLite go by `refund_newest` instead of sorting the nation's.
pub async fn refunds(
    tx: &mut Tx<'_>,
    scope: &Scope,
    (state, reason): (&str, &str),
    before: i64,
    limit: i64,
) -> Result<Vec<RefundSeen>, DbError> {
    scope.query(
        tx,
        scoped!(
            "SELECT f.school, f.id, o.number, o.gateway, f.request_no, f.amount, f.reason, f.state, f.due_at, f.done_at,
                f.tries
           FROM refund f
           JOIN payment_order o
             ON o.school = f.school
            AND o.id = f.order_id
          WHERE ",
            school_in_scope!("f.school"),
            "
            AND (CAST($3 AS TEXT) = ''
                 OR f.state = $3
                 OR ($3 = 'stopped' AND f.stopped_at IS NOT NULL))
            AND (CAST($4 AS TEXT) = '' OR f.reason = $4)
            AND f.id < $5
            AND f.id > 0
          ORDER BY f.id DESC
          LIMIT $6"
        ),
        params![state, reason, before, limit],
    )
    .await
}

/// One refund of a scope, as the list shows it.
pub async fn refund(
    tx: &mut Tx<'_>,
    scope: &Scope,
    school: SchoolCode,
    id: i64,
) -> Result<Option<RefundSeen>, DbError> {
    scope
        .query_opt(
            tx,
            scoped!(
                "SELECT f.school, f.id, o.number, o.gateway, f.request_no, f.amount, f.reason, f.state, f.due_at,
                        f.done_at, f.tries
                   FROM refund f
                   JOIN payment_order o
                     ON o.school = f.school
                    AND o.id = f.order_id
                  WHERE f.school = $3
                    AND f.id = $4
                    AND ",
                school_in_scope!("f.school")
            ),
            params![school, id],
        )
        .await
}

/// How many refunds of a scope are due, their sum, and since when the oldest is.
pub async fn refunds_due(tx: &mut Tx<'_>, scope: &Scope) -> Result<(i64, FenSum, Option<Time>), DbError> {
    // `try_at` is set exactly while a refund is due, and has a partial index.
    scope
        .query_one(
            tx,
            scoped!(
                "SELECT COUNT(*), CAST(COALESCE(SUM(amount), 0) AS BIGINT), MIN(due_at)
           FROM refund
          WHERE try_at IS NOT NULL
            AND ",
                school_in_scope!("school")
            ),
            params![],
        )
        .await
}
