//! The SQL of requested export files.

use crate::params;
use crate::record;
use crate::staff::rules::Scope;
use crate::store::{DbError, Tx};
use crate::words::time::Time;
use cet_base::{asked_in_scope, scoped};

record! {
    /// A requested file.
    #[derive(Clone, Debug)]
    pub struct Export {
        /// Its id.
        pub id: i64,
        /// The list.
        pub what: String,
        /// The filters, as a query.
        pub query: String,
        /// `csv` or `xlsx`.
        pub form: String,
        /// Whether document numbers are unmasked.
        pub whole: bool,
        /// The number of rows at the request, which is also the maximum.
        pub row_count: i64,
        /// The reason.
        pub reason: String,
        /// The requester's scope.
        pub scope: Scope,
        /// `asked`, `ready` or `refused`.
        pub state: String,
        /// The requesting account.
        pub requester: String,
        /// The requesting person.
        pub requester_person: String,
        /// When it was requested.
        pub asked_at: Time,
        /// When it expires: then it can neither be approved nor downloaded.
        pub expires_at: Time,
        /// The deciding account.
        pub approver: Option<String>,
        /// When it was decided.
        pub decided_at: Option<Time>,
    }
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, what, query, form, whole, row_count, reason, scope, state, requester, requester_person, asked_at,
                    expires_at, approver, decided_at
               FROM staff_export ",
            $rest
        )
    };
}

/// Stores a request.
pub async fn insert(tx: &mut Tx<'_>, new: &Export) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO staff_export
            (id, what, query, form, whole, row_count, reason, scope, state, requester, requester_person, asked_at,
             expires_at, approver, approver_person, decided_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, NULL, NULL, NULL)",
        params![
            new.id,
            new.what,
            new.query,
            new.form,
            new.whole,
            new.row_count,
            new.reason,
            new.scope,
            new.state,
            new.requester,
            new.requester_person,
            new.asked_at,
            new.expires_at,
        ],
    )
    .await?;
    Ok(())
}

/// A request, locked until the transaction ends.
pub async fn lock(tx: &mut Tx<'_>, id: i64) -> Result<Option<Export>, DbError> {
    tx.query_opt(select!("WHERE id = $1 FOR UPDATE"), params![id]).await
}

/// A request that is in a scope, or this account's own.
pub async fn one(tx: &mut Tx<'_>, scope: &Scope, account: &str, id: i64) -> Result<Option<Export>, DbError> {
    scope
        .query_opt(
            tx,
            scoped!(select!("WHERE id = $3 AND ("), asked_in_scope!("scope"), " OR requester = $4)"),
            params![id, account],
        )
        .await
}

/// Filter of requests.
#[derive(Clone, Debug)]
pub struct Sought {
    /// The scope of the requests for the lists of `whats`.
    pub scope: Scope,
    /// The lists, joined by `;` and with one at either end.
    pub whats: String,
    /// The account whose own requests are included too.
    pub account: String,
    /// Only in this state, if it is not empty.
    pub state: String,
}

/// Requests, the newest first, with the cursor `before`.
pub async fn list(tx: &mut Tx<'_>, sought: &Sought, before: i64, limit: i64) -> Result<Vec<Export>, DbError> {
    sought
        .scope
        .query(
            tx,
            scoped!(
                select!("WHERE (("),
                asked_in_scope!("scope"),
                " AND CAST($3 AS TEXT) LIKE '%;' || what || ';%') OR requester = $4)
               AND (CAST($5 AS TEXT) = '' OR state = $5)
               AND id < $6
             ORDER BY id DESC
             LIMIT $7"
            ),
            params![sought.whats, sought.account, sought.state, before, limit],
        )
        .await
}

/// Decides a request once: by another person, before it expires. Returns whether it was open.
pub async fn decide(
    tx: &mut Tx<'_>,
    id: i64,
    state: &'static str,
    (approver, person): (&str, &str),
) -> Result<bool, DbError> {
    let now = tx.now().await?;
    let done = tx
        .execute(
            "UPDATE staff_export
                SET state = $2, approver = $3, approver_person = $4, decided_at = $5
              WHERE id = $1
                AND state = 'asked'
                AND expires_at > $5
                AND requester_person <> $4",
            params![id, state, approver, person, now],
        )
        .await?;
    Ok(done == 1)
}

/// How many requests for the lists of `whats` wait for a second person of this scope, and since when the oldest does.
pub async fn count_open(tx: &mut Tx<'_>, scope: &Scope, whats: &str) -> Result<(i64, Option<Time>), DbError> {
    let now = tx.now().await?;
    scope
        .query_one(
            tx,
            scoped!(
                "SELECT COUNT(*), MIN(asked_at)
               FROM staff_export
              WHERE state = 'asked'
                AND expires_at > $3
                AND ",
                asked_in_scope!("scope"),
                "
                AND CAST($4 AS TEXT) LIKE '%;' || what || ';%'"
            ),
            params![now, whats],
        )
        .await
}
