//! The SQL of requests to move a registration to another passport.

use crate::params;
use crate::record;
use crate::staff::rules::Scope;
use crate::store::{DbError, Tx};
use crate::words::codes::{SchoolCode, SittingCode};
use crate::words::ids::{PassportId, RegistrationId};
use crate::words::time::Time;
use cet_base::{school_in_scope, scoped};

record! {
    /// A request as it is stored. It has no Debug: it holds a person's data.
    #[derive(Clone)]
    pub struct Rebind {
        /// The home school of the registration.
        pub school: SchoolCode,
        /// Its id.
        pub id: i64,
        /// What moves.
        pub registration: RegistrationId,
        /// In which sitting.
        pub sitting: SittingCode,
        /// From.
        pub old_passport: PassportId,
        /// To.
        pub new_passport: PassportId,
        /// The address of the new passport, sealed.
        pub new_email_sealed: Vec<u8>,
        /// What proves the caller to be the candidate, sealed.
        pub evidence_sealed: Vec<u8>,
        /// The hash of what was asked.
        pub target_hash: Vec<u8>,
        /// `asked`, `done` or `refused`.
        pub state: String,
        /// The account that asked.
        pub requester: String,
        /// The person who asked.
        pub requester_person: String,
        /// When.
        pub asked_at: Time,
        /// From when on nobody can approve it.
        pub expires_at: Time,
        /// The account that decided.
        pub approver: Option<String>,
        /// When.
        pub decided_at: Option<Time>,
    }
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT school, id, registration_id, sitting, old_passport, new_passport, new_email_sealed, evidence_sealed,
                    target_hash, state, requester, requester_person, asked_at, expires_at, approver, decided_at
               FROM staff_rebind ",
            $rest
        )
    };
}

/// Stores a request; answers whether the registration had no open one.
pub async fn insert(tx: &mut Tx<'_>, new: &Rebind) -> Result<bool, DbError> {
    let made = tx
        .execute(
            "INSERT INTO staff_rebind
                (school, id, registration_id, sitting, old_passport, new_passport, new_email_sealed, evidence_sealed,
                 target_hash, state, requester, requester_person, asked_at, expires_at, approver, approver_person,
                 approved_hash, decided_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'asked', $10, $11, $12, $13, NULL, NULL, NULL, NULL)
             ON CONFLICT DO NOTHING",
            params![
                new.school,
                new.id,
                new.registration,
                new.sitting,
                new.old_passport,
                new.new_passport,
                new.new_email_sealed,
                new.evidence_sealed,
                new.target_hash,
                new.requester,
                new.requester_person,
                new.asked_at,
                new.expires_at,
            ],
        )
        .await?;
    Ok(made == 1)
}

/// The open request of a registration; there is at most one.
pub async fn open_of(
    tx: &mut Tx<'_>,
    school: SchoolCode,
    registration: RegistrationId,
) -> Result<Option<Rebind>, DbError> {
    tx.query_opt(
        select!("WHERE school = $1 AND registration_id = $2 AND state = 'asked'"),
        params![school, registration],
    )
    .await
}

/// Ends an open request of a registration whose time is over, so that a new one can be made.
pub async fn end_expired(
    tx: &mut Tx<'_>,
    school: SchoolCode,
    registration: RegistrationId,
) -> Result<(), DbError> {
    let now = tx.now().await?;
    tx.execute(
        "UPDATE staff_rebind
            SET state = 'refused', approver = '', approver_person = '', decided_at = $3
          WHERE school = $1
            AND registration_id = $2
            AND state = 'asked'
            AND expires_at <= $3",
        params![school, registration, now],
    )
    .await?;
    Ok(())
}

/// A request, locked until the transaction ends, if it lies in the scope.
pub async fn lock(
    tx: &mut Tx<'_>,
    scope: &Scope,
    school: SchoolCode,
    id: i64,
) -> Result<Option<Rebind>, DbError> {
    scope
        .query_opt(
            tx,
            scoped!(select!("WHERE school = $3 AND id = $4 AND "), school_in_scope!("school"), " FOR UPDATE"),
            params![school, id],
        )
        .await
}

/// A request, if it lies in the scope.
pub async fn one(
    tx: &mut Tx<'_>,
    scope: &Scope,
    school: SchoolCode,
    id: i64,
) -> Result<Option<Rebind>, DbError> {
    scope
        .query_opt(
            tx,
            scoped!(select!("WHERE school = $3 AND id = $4 AND "), school_in_scope!("school")),
            params![school, id],
        )
        .await
}

/// Requests of a scope, the newest first, from the one before `before` (an id; they rise with time).
pub async fn list(
    tx: &mut Tx<'_>,
    scope: &Scope,
    state: &str,
    before: i64,
    limit: i64,
) -> Result<Vec<Rebind>, DbError> {
    scope
        .query(
            tx,
            scoped!(
                select!("WHERE "),
                school_in_scope!("school"),
                "
               AND id < $3
               AND (CAST($4 AS TEXT) = '' OR state = $4)
             ORDER BY id DESC
             LIMIT $5"
            ),
            params![before, state, limit],
        )
        .await
}

/// Decides a request once: by another person, before its time is over. Answers whether it was open.
pub async fn decide(
    tx: &mut Tx<'_>,
    of: &Rebind,
    state: &'static str,
    (approver, person): (&str, &str),
) -> Result<bool, DbError> {
    let now = tx.now().await?;
    let hash = (state == "done").then(|| of.target_hash.clone());
    let done = tx
        .execute(
            "UPDATE staff_rebind
                SET state = $3, approver = $4, approver_person = $5, approved_hash = $6, decided_at = $7
              WHERE school = $1
                AND id = $2
                AND state = 'asked'
                AND expires_at > $7
                AND requester_person <> $5",
            params![of.school, of.id, state, approver, person, hash, now],
        )
        .await?;
    Ok(done == 1)
}

/// How many requests wait for a decision in a scope, and until when the most urgent can be approved.
pub async fn open_now(tx: &mut Tx<'_>, scope: &Scope) -> Result<(i64, Option<Time>), DbError> {
    let now = tx.now().await?;
    scope
        .query_one(
            tx,
            scoped!(
                "SELECT COUNT(*), MIN(expires_at)
               FROM staff_rebind
              WHERE state = 'asked'
                AND expires_at > $3
                AND ",
                school_in_scope!("school")
            ),
            params![now],
        )
        .await
}
