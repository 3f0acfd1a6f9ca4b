//! The SQL of requests to publish a draft.

use crate::arrangement::Unit;
use crate::params;
use crate::record;
use crate::store::{DbError, Tx};
use crate::words::codes::{CampusCode, SittingCode, SubjectCode};
use crate::words::staff::Scope;
use crate::words::time::Time;
use cet_base::{in_scope, scoped};

record! {
    /// A request.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Request {
        /// Its id.
        pub id: i64,
        /// The arranging campus.
        pub campus: CampusCode,
        /// The subject.
        pub subject: SubjectCode,
        /// The draft.
        pub draft: i64,
        /// `asked`, `done` or `refused`.
        pub state: String,
        /// Who asked.
        pub account: String,
        /// The person who asked.
        pub person: String,
        /// The scope of whoever asked.
        pub scope: String,
        /// When.
        pub asked_at: Time,
        /// When it lapses.
        pub expires_at: Time,
        /// Who decided.
        pub approver: Option<String>,
    }
}

/// The newest request of a unit, whatever its state.
///
/// # Errors
/// [`DbError`].
pub async fn newest(tx: &mut Tx<'_>, unit: &Unit) -> Result<Option<Request>, DbError> {
    tx.query_opt(
        "SELECT id, campus, subject, draft_id, state, account, person, scope, asked_at, expires_at, approver
           FROM arrangement_request
          WHERE school = $1
            AND sitting = $2
            AND campus = $3
            AND subject = $4
          ORDER BY id DESC
          LIMIT 1",
        params![unit.school(), unit.sitting, unit.campus, unit.subject],
    )
    .await
}

/// Stores a request that waits.
///
/// # Errors
/// [`DbError`].
pub async fn insert(tx: &mut Tx<'_>, unit: &Unit, new: &Request) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO arrangement_request
            (school, id, sitting, campus, subject, draft_id, state, account, person, scope, asked_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, 'asked', $7, $8, $9, $10, $11)",
        params![
            unit.school(),
            new.id,
            unit.sitting,
            unit.campus,
            unit.subject,
            new.draft,
            new.account,
            new.person,
            new.scope,
            new.asked_at,
            new.expires_at,
        ],
    )
    .await?;
    Ok(())
}

/// Ends a request that waits: `approver` is the account and the person who decided; none when it lapsed or its draft is
/// gone.
///
/// # Errors
/// [`DbError`].
pub async fn decide(
    tx: &mut Tx<'_>,
    unit: &Unit,
    id: i64,
    state: &str,
    approver: Option<(&str, &str)>,
) -> Result<(), DbError> {
    let now = tx.now().await?;
    let (account, person) = approver.unzip();
    tx.execute(
        "UPDATE arrangement_request
            SET state = $3, approver = $4, approver_person = $5, decided_at = $6, closed = id
          WHERE school = $1
            AND id = $2
            AND state = 'asked'",
        params![unit.school(), id, state, account, person, now],
    )
    .await?;
    Ok(())
}

/// The requests of a scope that wait at `now`, by campus and subject.
///
/// # Errors
/// [`DbError`].
pub async fn open_in(tx: &mut Tx<'_>, scope: &Scope, sitting: &SittingCode) -> Result<Vec<Request>, DbError> {
    let now = tx.now().await?;
    scope
        .query(
            tx,
            scoped!(
                "SELECT id, campus, subject, draft_id, state, account, person, scope, asked_at, expires_at, approver
                   FROM arrangement_request
                  WHERE ",
                in_scope!("school", "campus"),
                "
                    AND sitting = $5
                    AND state = 'asked'
                    AND expires_at > $6
                  ORDER BY campus, subject"
            ),
            params![sitting, now],
        )
        .await
}

/// How many requests of a scope wait for somebody other than this person, and since when the oldest does.
///
/// # Errors
/// [`DbError`].
pub async fn waiting(tx: &mut Tx<'_>, scope: &Scope, person: &str) -> Result<(i64, Option<Time>), DbError> {
    let now = tx.now().await?;
    scope
        .query_one(
            tx,
            scoped!(
                "SELECT COUNT(*), MIN(asked_at)
                   FROM arrangement_request
                  WHERE ",
                in_scope!("school", "campus"),
                "
                    AND state = 'asked'
                    AND expires_at > $5
                    AND person <> $6"
            ),
            params![now, person],
        )
        .await
}
