//! Money that fits nothing.

use crate::params;
use crate::payment::suspense::Suspense;
use crate::record;
use crate::store::{DbError, Tx};
use crate::words::codes::SchoolCode;
use crate::words::fen::FenSum;
use crate::words::staff::Scope;
use crate::words::time::Time;
use cet_base::{school_in_scope, scoped};

/// Puts money aside; 0 rows: it was told before.
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

record! {
    /// Money that fits nothing, as finance staff see it.
    #[derive(Clone, Debug)]
    pub struct SuspenseSeen {
        /// The home school of the order.
        pub school: SchoolCode,
        /// Its id.
        pub id: i64,
        /// Which gateway.
        pub gateway: String,
        /// The order's number, or of one that is not ours its number on the wire.
        pub order_number: String,
        /// The gateway's own number of the trade.
        pub trade_no: String,
        /// As told.
        pub amount: FenSum,
        /// Why.
        pub reason: String,
        /// When it was told first.
        pub received_at: Time,
    }
}

/// What is not settled yet in a scope, the newest first, from the one before `before`.
pub async fn list(
    tx: &mut Tx<'_>,
    scope: &Scope,
    before: i64,
    limit: i64,
) -> Result<Vec<SuspenseSeen>, DbError> {
    scope
        .query(
            tx,
            scoped!(
                "SELECT school, id, gateway, order_number, trade_no, amount, reason, received_at
           FROM suspense
          WHERE state = 'open'
            AND ",
                school_in_scope!("school"),
                "
            AND id < $3
          ORDER BY id DESC
          LIMIT $4"
            ),
            params![before, limit],
        )
        .await
}

/// How much is not settled yet in a scope, and since when the oldest waits.
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
