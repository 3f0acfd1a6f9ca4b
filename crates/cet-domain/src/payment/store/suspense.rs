//! Money that matches no order (suspense).

use crate::params;
use crate::payment::store::Order;
use crate::payment::suspense::{KeptBack, Suspense, known_sum};
use crate::record;
use crate::store::{DbError, Tx};
use crate::words::codes::SchoolCode;
use crate::words::fen::FenSum;
use crate::words::staff::Scope;
use crate::words::time::Time;
use cet_base::{school_in_scope, scoped};

/// Stores unmatched money; 0 rows: it was reported before.
pub async fn insert(tx: &mut Tx<'_>, money: &Suspense) -> Result<u64, DbError> {
    let now = tx.now().await?;
    tx.execute(
        "INSERT INTO suspense
            (school, id, gateway, order_number, trade_no, amount, reason, proof, state, received_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'open', $9)
         ON CONFLICT DO NOTHING",
        params![
            money.school,
            tx.new_id(),
            money.gateway.as_str(),
            money.order_number,
            money.trade_no,
            money.amount_fen,
            money.doubt.wire(),
            money.proof,
            now,
        ],
    )
    .await
}

/// What of an order's refunds is stored, settled or not.
pub(in crate::payment) async fn kept_back(tx: &mut Tx<'_>, order: &Order) -> Result<KeptBack, DbError> {
    let (rows, fen, without_sum, open) = tx
        .query_one::<(i64, i64, i64, i64)>(
            "SELECT COUNT(*), CAST(COALESCE(SUM(amount), 0) AS BIGINT), COUNT(CASE WHEN amount = 0 THEN 1 END),
                    COUNT(CASE WHEN state = 'open' THEN 1 END)
               FROM suspense
              WHERE school = $1
                AND order_number = $2
                AND gateway = $3
                AND reason = 'refunded'",
            params![order.school, order.number.as_str(), order.method.gateway.as_str()],
        )
        .await?;
    Ok(KeptBack { rows, fen, without_sum, open })
}

record! {
    /// Unmatched money, for finance staff.
    #[derive(Clone, Debug)]
    pub struct SuspenseSeen {
        /// The home school of the order.
        pub school: SchoolCode,
        /// Its id.
        pub id: i64,
        /// The gateway.
        pub gateway: String,
        /// The order's number, or, if it is not ours, its number in the notification.
        pub order_number: String,
        /// The gateway's own number of the trade.
        pub trade_no: String,
        amount: FenSum,
        /// The reason.
        pub reason: String,
        /// When it was first reported.
        pub received_at: Time,
        /// `open` or `settled`.
        pub state: String,
        /// When the trade was booked all the same, by the gateway's own answer or another notification.
        pub booked_at: Option<Time>,
    }
}

impl SuspenseSeen {
    /// The sum, if the gateway told one that can be read.
    #[must_use]
    pub fn sum(&self) -> Option<FenSum> {
        known_sum(self.amount)
    }
}

/// Unmatched money for which a condition is true, with when its trade was booked for an order of its own school: both rows are
/// found by the school, as a distributed database needs it. What names an order and is kept under no school is looked up by
/// [`with_named`].
macro_rules! suspense_seen {
    () => {
        "SELECT school, id, gateway, order_number, trade_no, amount, reason, received_at, state,
                (SELECT r.received_at
                   FROM receipt r
                  WHERE r.school = suspense.school
                    AND r.gateway = suspense.gateway
                    AND r.trade_no = suspense.trade_no
                    AND suspense.reason <> 'refunded')
           FROM suspense
          WHERE "
    };
}

pub(super) use suspense_seen;

/// Adds when trades were booked that are kept under no school: in the school of the order that they name.
pub(super) async fn with_named(
    tx: &mut Tx<'_>,
    mut rows: Vec<SuspenseSeen>,
) -> Result<Vec<SuspenseSeen>, DbError> {
    for row in rows.iter_mut().filter(|row| row.school == SchoolCode::NONE && row.reason != "refunded") {
        let Some(school) = school_named(&row.order_number) else { continue };
        let found = booked(tx, school, (&row.gateway, &row.trade_no)).await?;
        row.booked_at = found.map(|of| of.received_at);
    }
    Ok(rows)
}

/// The school with which the number of an order begins, as it is or on the wire, where day and merchant may stand before it.
fn school_named(number: &str) -> Option<SchoolCode> {
    let own = number.rsplit('-').next()?;
    SchoolCode::parse(own.get(..5)?).ok()
}

/// Unsettled or settled money in a scope, of one gateway unless it is empty, the newest first, with the cursor `before`.
pub async fn list(
    tx: &mut Tx<'_>,
    scope: &Scope,
    (settled, gateway): (bool, &str),
    before: i64,
    limit: i64,
) -> Result<Vec<SuspenseSeen>, DbError> {
    let state = if settled { "settled" } else { "open" };
    let found = scope
        .query(
            tx,
            scoped!(
                suspense_seen!(),
                "state = $3
            AND ",
                school_in_scope!("school"),
                "
            AND (CAST($4 AS TEXT) = '' OR gateway = $4)
            AND id < $5
          ORDER BY id DESC
          LIMIT $6"
            ),
            params![state, gateway, before, limit],
        )
        .await?;
    with_named(tx, found).await
}

/// One row of a scope, settled or not.
pub async fn one(
    tx: &mut Tx<'_>,
    scope: &Scope,
    school: SchoolCode,
    id: i64,
) -> Result<Option<SuspenseSeen>, DbError> {
    let found: Option<SuspenseSeen> = scope
        .query_opt(
            tx,
            scoped!(
                suspense_seen!(),
                "school = $3
            AND id = $4
            AND ",
                school_in_scope!("school")
            ),
            params![school, id],
        )
        .await?;
    Ok(with_named(tx, found.into_iter().collect()).await?.into_iter().next())
}

record! {
    /// What was booked of a trade.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct BookedTrade {
        /// The order's number.
        pub number: String,
        /// The sum.
        pub amount: FenSum,
        /// When.
        pub received_at: Time,
    }
}

/// What was booked of the trade that unmatched money names, for an order of this school: later, by the gateway's own
/// answer, or before.
pub async fn booked(
    tx: &mut Tx<'_>,
    school: SchoolCode,
    (gateway, trade_no): (&str, &str),
) -> Result<Option<BookedTrade>, DbError> {
    tx.query_opt(
        "SELECT o.number, r.amount, r.received_at
           FROM receipt r
           JOIN payment_order o
             ON o.school = r.school
            AND o.id = r.order_id
          WHERE r.school = $1
            AND r.gateway = $2
            AND r.trade_no = $3",
        params![school, gateway, trade_no],
    )
    .await
}

/// How much is unsettled in a scope, and since when the oldest is.
pub async fn open_now(tx: &mut Tx<'_>, scope: &Scope) -> Result<(i64, Option<Time>), DbError> {
    scope
        .query_one(
            tx,
            scoped!(
                "SELECT COUNT(*), MIN(received_at)
           FROM suspense
          WHERE state = 'open'
            AND ",
                school_in_scope!("school")
            ),
            params![],
        )
        .await
}
