//! Requests for refunds that nobody decided in time, and what became of somebody's requests.

use super::refund_requests::{Request, refund_request};
use crate::params;
use crate::store::{DbError, Tx};
use crate::words::staff::Scope;
use crate::words::time::Time;
use cet_base::{asked_in_scope, scoped};

/// Requests that have lapsed and whose requesters are not told yet, the longest first.
pub async fn lapsing(tx: &mut Tx<'_>, most: i64) -> Result<Vec<i64>, DbError> {
    let now = tx.now().await?;
    let rows: Vec<(i64,)> = tx
        .query(
            "SELECT id
               FROM refund_request
              WHERE state = 'asked'
                AND lapsed_at IS NULL
                AND expires_at <= $1
              ORDER BY expires_at, id
              LIMIT $2",
            params![now, most],
        )
        .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Marks a request as lapsed; returns whether it was one that nobody decided and that was not marked. Without
/// `state` PostgreSQL without statistics does not go by the indexes of what waits.
pub(crate) async fn lapse(tx: &mut Tx<'_>, id: i64) -> Result<bool, DbError> {
    let now = tx.now().await?;
    let done = tx
        .execute(
            "UPDATE refund_request
                SET lapsed_at = $2
              WHERE id = $1
                AND decided_at IS NULL
                AND lapsed_at IS NULL
                AND expires_at <= $2",
            params![id, now],
        )
        .await?;
    Ok(done == 1)
}

/// What a person asked for and what waits no longer, in a scope, the newest first.
pub async fn over(
    tx: &mut Tx<'_>,
    scope: &Scope,
    person: &str,
    (now, most): (Time, i64),
) -> Result<Vec<Request>, DbError> {
    scope
        .query(
            tx,
            scoped!(
                refund_request!(),
                "requester_person = $3 AND (state <> 'asked' OR expires_at <= $4) AND ",
                asked_in_scope!("scope"),
                " ORDER BY id DESC LIMIT $5"
            ),
            params![person, now, most],
        )
        .await
}
