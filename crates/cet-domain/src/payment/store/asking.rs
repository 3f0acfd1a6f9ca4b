//! When jobs query orders, and the claims of orders.

use gateway::GatewayCode;
use jiff::SignedDuration;

use super::Order;
use crate::params;
use crate::payment::rules::asking::{AFTER_RETURN, Answer};
use crate::store::{DbError, Tx};
use crate::words::codes::SchoolCode;
use crate::words::ids::{EntryId, OrderId};

/// How long a claim of an order is valid: longer than its three calls can take, and no longer than somebody who came back from
/// the gateway waits for, because the claim of a node that died meanwhile, or whose database did, has to lapse first.
const LEASE: SignedDuration = SignedDuration::from_secs(40);

/// Schedules an open order to be queried by the next run of the job.
pub async fn wake(tx: &mut Tx<'_>, school: SchoolCode, order: OrderId) -> Result<(), DbError> {
    let now = tx.now().await?;
    tx.execute(
        "UPDATE payment_order SET ask_at = $3 WHERE school = $1 AND id = $2 AND state = 'open' AND ask_at > $3",
        params![school, order, now],
    )
    .await?;
    Ok(())
}

/// Keeps that the candidate came back from the gateway of an order that is open, or closed while money for it may still
/// arrive, and lets the job ask at once (Y3). Whoever comes back
/// again while that question is open asks nothing and waits no longer: reloading must not make a gateway busy.
/// Returns how many orders changed.
pub async fn came_back(tx: &mut Tx<'_>, school: SchoolCode, order: OrderId) -> Result<u64, DbError> {
    let now = tx.now().await?;
    tx.execute(
        "UPDATE payment_order
            SET returned_at = $3, ask_at = $3
          WHERE school = $1
            AND id = $2
            AND ask_at IS NOT NULL
            AND (returned_at IS NULL OR returned_at <= $4 OR (answered_at >= returned_at AND answer <> 'silence'))",
        params![school, order, now, now.minus(AFTER_RETURN)],
    )
    .await
}

/// Forgets that the candidate came back: whoever chooses to pay again has not paid.
pub(crate) async fn is_paying_again(
    tx: &mut Tx<'_>,
    school: SchoolCode,
    order: OrderId,
) -> Result<(), DbError> {
    tx.execute(
        "UPDATE payment_order SET returned_at = NULL WHERE school = $1 AND id = $2 AND state = 'open'",
        params![school, order],
    )
    .await?;
    Ok(())
}

/// Keeps what the gateway said of an order that is not paid.
pub(crate) async fn note_answer(
    tx: &mut Tx<'_>,
    school: SchoolCode,
    order: OrderId,
    answer: Answer,
) -> Result<(), DbError> {
    let now = tx.now().await?;
    tx.execute(
        "UPDATE payment_order SET answer = $3, answered_at = $4 WHERE school = $1 AND id = $2 AND state <> 'paid'",
        params![school, order, answer, now],
    )
    .await?;
    Ok(())
}

/// Schedules the open order that pays for an entry to be ended by the next run of the job: the entry was cancelled,
/// locked, or paid by other money. Runs together with the caller's next statement.
pub(crate) async fn wake_holding(tx: &mut Tx<'_>, school: SchoolCode, entry: EntryId) -> Result<(), DbError> {
    let now = tx.now().await?;
    tx.execute_soon(
        "UPDATE payment_order SET ask_at = $3
          WHERE school = $1
            AND state = 'open'
            AND id IN (SELECT order_id FROM order_line WHERE school = $1 AND entry_id = $2)",
        params![school, entry, now],
    )
    .await?
    .ignore();
    Ok(())
}

/// Orders of a gateway that are due to be queried, the most overdue first.
pub async fn due(
    tx: &mut Tx<'_>,
    gateway: GatewayCode,
    most: i64,
) -> Result<Vec<(SchoolCode, OrderId)>, DbError> {
    let now = tx.now().await?;
    tx.query(
        "SELECT school, id
           FROM payment_order
          WHERE ask_at <= $1
            AND gateway = $2
          ORDER BY ask_at, school, id
          LIMIT $3",
        params![now, gateway.as_str(), most],
    )
    .await
}

/// Whether an order needs no more queries.
pub(crate) async fn is_asked_no_more(
    tx: &mut Tx<'_>,
    school: SchoolCode,
    id: OrderId,
) -> Result<bool, DbError> {
    let (waiting,) = tx
        .query_one::<(i64,)>(
            "SELECT COUNT(*) FROM payment_order WHERE school = $1 AND id = $2 AND ask_at IS NOT NULL",
            params![school, id],
        )
        .await?;
    Ok(waiting == 0)
}

/// Claims an order that is due to be queried; `None` when another node was faster. A claim that is not completed
/// expires.
///
/// # Errors
/// [`DbError`], also when the order holds values that the program does not know.
pub async fn claim(tx: &mut Tx<'_>, school: SchoolCode, id: OrderId) -> Result<Option<Order>, DbError> {
    let now = tx.now().await?;
    tx.query_opt(
        "UPDATE payment_order SET ask_at = $2, asked = asked + 1
          WHERE school = $3
            AND id = $4
            AND ask_at <= $1
         RETURNING school, id, number, registration_id, passport_id, sitting, gateway, bank, amount, state, closed_for,
                   opened_at, deadline_at, ask_at, asked, settled_at, returned_at, answer, answered_at, given_up",
        params![now, now.plus(LEASE), school, id],
    )
    .await
}
