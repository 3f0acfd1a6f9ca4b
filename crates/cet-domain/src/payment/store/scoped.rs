//! Orders and refunds for finance staff: no statement without its scope (TH22).

mod orders;

pub use self::orders::{OrderFilter, OrderSeen, orders};

use crate::params;
use crate::record;
use crate::store::{DbError, Tx};
use crate::words::codes::SchoolCode;
use crate::words::fen::FenSum;
use crate::words::staff::Scope;
use crate::words::time::Time;
use cet_base::{school_in_scope, scoped};

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

macro_rules! refunds {
    ($condition:literal, $id:literal) => {
        scoped!(
            "SELECT f.school, f.id, o.number, o.gateway, f.request_no, f.amount,
                CASE WHEN f.suspense_id IS NULL THEN f.reason ELSE f.told END, f.state, f.due_at, f.done_at,
                f.tries
           FROM refund f
           JOIN payment_order o
             ON o.school = f.school
            AND o.id = f.order_id
          WHERE ",
            school_in_scope!("f.school"),
            $condition,
            " AND ",
            $id,
            " < $4 AND ",
            $id,
            " > 0 ORDER BY ",
            $id,
            " DESC LIMIT $5"
        )
    };
}

/// Refunds of a scope, the newest first, with the cursor `before`: in one state and for one reason, if given; `stopped` are
/// all that wait for finance. Each filter has a statement and an index of its own, so that none walks the nation's. The
/// range of ids, which are all positive, makes SQLite go by the index instead of sorting.
pub async fn refunds(
    tx: &mut Tx<'_>,
    scope: &Scope,
    (state, reason): (&str, &str),
    before: i64,
    limit: i64,
) -> Result<Vec<RefundSeen>, DbError> {
    let by_state = params![state, before, limit, reason];
    match (state, reason) {
        ("", "") => {
            let sql = refunds!(" AND CAST($3 AS TEXT) = ''", "f.id");
            scope.query(tx, sql, params![reason, before, limit]).await
        }
        ("", _) => {
            scope.query(tx, refunds!(" AND f.reason = $3", "f.id"), params![reason, before, limit]).await
        }
        ("stopped", _) => {
            // Few wait for finance: they are found first, and with a sign before the id no database walks all refunds in its
            // order.
            let sql = refunds!(
                " AND $3 = 'stopped'
                  AND (f.school, f.id) IN (SELECT s.school, s.id FROM refund s WHERE s.stopped_at IS NOT NULL)
                  AND (CAST($6 AS TEXT) = '' OR f.reason = $6)",
                "+f.id"
            );
            scope.query(tx, sql, by_state).await
        }
        _ => {
            let sql = refunds!(" AND f.state = $3 AND (CAST($6 AS TEXT) = '' OR f.reason = $6)", "f.id");
            scope.query(tx, sql, by_state).await
        }
    }
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
                "SELECT f.school, f.id, o.number, o.gateway, f.request_no, f.amount,
                CASE WHEN f.suspense_id IS NULL THEN f.reason ELSE f.told END, f.state, f.due_at,
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
