//! The SQL of resets of accounts.

use crate::params;
use crate::record;
use crate::sealed::{Sealed, SecondFactor};
use crate::staff::rules::Scope;
use crate::store::{DbError, Tx};
use crate::words::time::Time;
use cet_base::{asked_in_scope, scoped};

record! {
    /// A request to reset an account.
    #[derive(Clone, Debug)]
    pub struct Reset {
        /// Its id.
        pub id: i64,
        /// The account.
        pub account: String,
        /// Why.
        pub reason: String,
        /// The scope of whoever asked.
        pub scope: Scope,
        /// `asked`, `done` or `refused`.
        pub state: String,
        /// The requesting account.
        pub requester: String,
        /// The requesting person.
        pub requester_person: String,
        /// When it was requested.
        pub asked_at: Time,
        /// When it lapses.
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
            "SELECT id, account, reason, scope, state, requester, requester_person, asked_at, expires_at, approver,
                    decided_at
               FROM staff_reset ",
            $rest
        )
    };
}

/// Stores a request; returns whether the account had no open one.
pub async fn insert(tx: &mut Tx<'_>, new: &Reset) -> Result<bool, DbError> {
    let made = tx
        .execute(
            "INSERT INTO staff_reset
                (id, account, reason, scope, state, requester, requester_person, asked_at, expires_at, approver,
                 approver_person, decided_at)
             VALUES ($1, $2, $3, $4, 'asked', $5, $6, $7, $8, NULL, NULL, NULL)
             ON CONFLICT DO NOTHING",
            params![
                new.id,
                new.account,
                new.reason,
                new.scope,
                new.requester,
                new.requester_person,
                new.asked_at,
                new.expires_at
            ],
        )
        .await?;
    Ok(made == 1)
}

/// Ends a lapsed request, so that a new one can be made.
pub(crate) async fn end_lapsed(tx: &mut Tx<'_>, account: &str) -> Result<(), DbError> {
    let now = tx.now().await?;
    tx.execute(
        "UPDATE staff_reset
            SET state = 'refused', approver = '', approver_person = '', decided_at = $2
          WHERE account = $1
            AND state = 'asked'
            AND expires_at <= $2",
        params![account, now],
    )
    .await?;
    Ok(())
}

/// The newest requests for an account, whoever asked.
pub async fn of_account(tx: &mut Tx<'_>, account: &str, limit: i64) -> Result<Vec<Reset>, DbError> {
    tx.query(select!("WHERE account = $1 ORDER BY id DESC LIMIT $2"), params![account, limit]).await
}

/// The open request of an account, locked until the transaction ends; also one that has lapsed.
pub(crate) async fn lock_open(tx: &mut Tx<'_>, account: &str) -> Result<Option<Reset>, DbError> {
    tx.query_opt(select!("WHERE account = $1 AND state = 'asked' FOR UPDATE"), params![account]).await
}

/// Decides a request once: before it lapses, and a reset by another person. Returns whether it was open.
pub async fn decide(
    tx: &mut Tx<'_>,
    id: i64,
    state: &'static str,
    (approver, person): (&str, &str),
) -> Result<bool, DbError> {
    let now = tx.now().await?;
    let done = tx
        .execute(
            "UPDATE staff_reset
                SET state = $2, approver = $3, approver_person = $4, decided_at = $5
              WHERE id = $1
                AND state = 'asked'
                AND expires_at > $5
                AND ($2 = 'refused' OR requester_person <> $4)",
            params![id, state, approver, person, now],
        )
        .await?;
    Ok(done == 1)
}

/// How many requests of a scope wait for another person.
pub async fn open_now(tx: &mut Tx<'_>, scope: &Scope, person: &str) -> Result<i64, DbError> {
    let now = tx.now().await?;
    let (open,) = scope
        .query_one::<(i64,)>(
            tx,
            scoped!(
                "SELECT COUNT(*)
               FROM staff_reset
              WHERE state = 'asked'
                AND expires_at > $3
                AND requester_person <> $4
                AND ",
                asked_in_scope!("scope")
            ),
            params![now, person],
        )
        .await?;
    Ok(open)
}

/// The accounts of those requests.
pub async fn waiting(tx: &mut Tx<'_>, scope: &Scope, limit: i64) -> Result<Vec<Reset>, DbError> {
    let now = tx.now().await?;
    scope
        .query(
            tx,
            scoped!(
                select!("WHERE state = 'asked' AND expires_at > $3 AND "),
                asked_in_scope!("scope"),
                " ORDER BY id LIMIT $4"
            ),
            params![now, limit],
        )
        .await
}

/// Gives an account its new password and second factor; recovery codes and used codes are gone with the old ones.
pub async fn replace(
    tx: &mut Tx<'_>,
    name: &str,
    password_hash: &str,
    totp_sealed: &Sealed<SecondFactor>,
) -> Result<(), DbError> {
    let now = tx.now().await?;
    tx.execute(
        "UPDATE staff_account
            SET password_hash = $2, password_changed_at = $3, must_change = TRUE, totp_sealed = $4, enrolled_at = NULL
          WHERE name = $1",
        params![name, password_hash, now, totp_sealed],
    )
    .await?;
    tx.execute("DELETE FROM staff_recovery_code WHERE account = $1", params![name]).await?;
    tx.execute("DELETE FROM staff_code_used WHERE account = $1", params![name]).await?;
    Ok(())
}
