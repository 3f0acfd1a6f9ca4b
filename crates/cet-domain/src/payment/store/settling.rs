//! The SQL of what finance settles: refunds that no job can finish, and money in suspense.

use crate::params;
use crate::record;
use crate::store::{DbError, Tx};
use crate::words::codes::SchoolCode;
use crate::words::ids::OrderId;
use crate::words::staff::Scope;
use crate::words::time::Time;
use cet_base::{school_in_scope, scoped};

/// What the number of a refund begins with that was made in the gateway's own console: the gateway does not know it.
pub const CONSOLE: &str = "C";
/// Why such a refund was made, as it is told: nobody of this system gave a reason.
pub const IN_CONSOLE: &str = "console";

record! {
    /// What stands beside a refund once it has stopped.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Stopped {
        /// The order.
        pub order: OrderId,
        /// The sum, in fen.
        pub amount: i64,
        /// The state.
        pub state: String,
        /// What the gateway said against it.
        pub answer: String,
        /// Since when it waits for finance.
        pub stopped_at: Option<Time>,
        /// Who paid it by hand.
        pub settled_by: String,
        /// What they wrote.
        pub note: String,
        /// The request that it carries out.
        pub request: Option<i64>,
    }
}

/// A refund of a scope; `FOR UPDATE` is the verbs' business, whose UPDATE names the state that it leaves.
pub async fn refund(
    tx: &mut Tx<'_>,
    scope: &Scope,
    school: SchoolCode,
    id: i64,
) -> Result<Option<Stopped>, DbError> {
    scope
        .query_opt(
            tx,
            scoped!(
                "SELECT order_id, amount, state, answer, stopped_at, settled_by, note, request_id
                   FROM refund
                  WHERE school = $3
                    AND id = $4
                    AND ",
                school_in_scope!("school")
            ),
            params![school, id],
        )
        .await
}

/// How many refunds of a scope wait for finance, and since when the oldest does.
pub async fn stopped(tx: &mut Tx<'_>, scope: &Scope) -> Result<(i64, Option<Time>), DbError> {
    scope
        .query_one(
            tx,
            scoped!(
                "SELECT COUNT(*), MIN(stopped_at)
                   FROM refund
                  WHERE stopped_at IS NOT NULL
                    AND ",
                school_in_scope!("school")
            ),
            params![],
        )
        .await
}

/// Gives a stopped refund to the job again, as if it had never been sent; returns whether it had stopped.
pub async fn retry(tx: &mut Tx<'_>, school: SchoolCode, id: i64) -> Result<bool, DbError> {
    let now = tx.now().await?;
    let done = tx
        .execute(
            "UPDATE refund SET state = 'due', stopped_at = NULL, try_at = $3, tries = 0
              WHERE school = $1 AND id = $2 AND state IN ('refused', 'unknown')",
            params![school, id, now],
        )
        .await?;
    Ok(done == 1)
}

/// Marks a stopped refund as paid outside; returns whether it had stopped.
pub async fn by_hand(
    tx: &mut Tx<'_>,
    school: SchoolCode,
    id: i64,
    account: &str,
    note: &str,
) -> Result<bool, DbError> {
    let now = tx.now().await?;
    let done = tx
        .execute(
            "UPDATE refund SET state = 'by-hand', stopped_at = NULL, done_at = $3, settled_by = $4, note = $5
              WHERE school = $1 AND id = $2 AND state IN ('refused', 'unknown')",
            params![school, id, now, account, note],
        )
        .await?;
    Ok(done == 1)
}

record! {
    /// How money in suspense was settled.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Settled {
        /// `open` or `settled`.
        pub state: String,
        /// As what.
        pub settled_as: Option<String>,
        /// By whom.
        pub settled_by: Option<String>,
        /// When.
        pub settled_at: Option<Time>,
        /// What they wrote.
        pub note: String,
        /// How it was told: `notice`, `hint` or `query`.
        pub proof: String,
        /// The order's number, or the one that the gateway told.
        pub order_number: String,
        /// What is wrong with it.
        pub reason: String,
        /// In fen; 0 where the gateway told no sum.
        pub amount: i64,
        /// When it was first told.
        pub received_at: Time,
    }
}

/// One row of a scope.
pub async fn suspense(
    tx: &mut Tx<'_>,
    scope: &Scope,
    school: SchoolCode,
    id: i64,
) -> Result<Option<Settled>, DbError> {
    scope
        .query_opt(
            tx,
            scoped!(
                "SELECT state, settled_as, settled_by, settled_at, note, proof, order_number, reason, amount,
                        received_at
                   FROM suspense
                  WHERE school = $3
                    AND id = $4
                    AND ",
                school_in_scope!("school")
            ),
            params![school, id],
        )
        .await
}

/// Settles money in suspense; returns whether it was open.
pub async fn settle_suspense(
    tx: &mut Tx<'_>,
    (school, id): (SchoolCode, i64),
    settled_as: &str,
    account: &str,
    note: &str,
) -> Result<bool, DbError> {
    let now = tx.now().await?;
    let done = tx
        .execute(
            "UPDATE suspense SET state = 'settled', settled_as = $3, settled_by = $4, settled_at = $5, note = $6
              WHERE school = $1 AND id = $2 AND state <> 'settled'",
            params![school, id, settled_as, account, now, note],
        )
        .await?;
    Ok(done == 1)
}

/// A refund that somebody made in the gateway's own console, as it is booked.
pub(crate) struct ConsoleRefund<'n> {
    /// Its id.
    pub(crate) id: i64,
    /// The row in suspense that told of it, and when it did.
    pub(crate) suspense: (i64, Time),
    /// Whose money it was.
    pub(crate) order: OrderId,
    pub(crate) receipt: i64,
    pub(crate) amount: i64,
    /// Who settled it, and what they wrote.
    pub(crate) by: (&'n str, &'n str),
}

/// Books a refund of a console: it is done, and was never this system's to send.
pub(crate) async fn insert_console_refund(
    tx: &mut Tx<'_>,
    school: SchoolCode,
    of: &ConsoleRefund<'_>,
) -> Result<(), DbError> {
    let now = tx.now().await?;
    tx.execute(
        "INSERT INTO refund
            (school, id, order_id, receipt_id, amount, reason, request_no, state, due_at, done_at, try_at, tries, sent_at,
             told, settled_by, note, suspense_id)
         VALUES ($1, $2, $3, $4, $5, 'instructed', $6, 'done', $7, $8, NULL, 0, NULL, $9, $10, $11, $12)",
        params![
            school,
            of.id,
            of.order,
            of.receipt,
            of.amount,
            format!("{CONSOLE}{school}{}", of.suspense.0),
            of.suspense.1,
            now,
            IN_CONSOLE,
            of.by.0,
            of.by.1,
            of.suspense.0,
        ],
    )
    .await?;
    Ok(())
}
