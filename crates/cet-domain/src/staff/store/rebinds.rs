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
    /// A request as it is stored. It has no Debug: it holds personal data.
    #[derive(Clone)]
    pub struct Rebind {
        /// The home school of the registration.
        pub school: SchoolCode,
        /// Its id.
        pub id: i64,
        /// The registration to move.
        pub registration: RegistrationId,
        /// Its sitting.
        pub sitting: SittingCode,
        /// The passport it moves from.
        pub old_passport: PassportId,
        /// The passport it moves to.
        pub new_passport: PassportId,
        /// The address of the new passport, sealed.
        pub new_email_sealed: Vec<u8>,
        /// The evidence that the caller is the candidate, sealed.
        pub evidence_sealed: Vec<u8>,
        /// The hash of the request.
        pub target_hash: Vec<u8>,
        /// `asked`, `done` or `refused`.
        pub state: String,
        /// The requesting account.
        pub requester: String,
        /// The requesting person.
        pub requester_person: String,
        /// When it was requested.
        pub asked_at: Time,
        /// When it expires: then nobody can approve it.
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
            "SELECT school, id, registration_id, sitting, old_passport, new_passport, new_email_sealed, evidence_sealed,
                    target_hash, state, requester, requester_person, asked_at, expires_at, approver, decided_at
               FROM staff_rebind ",
            $rest
        )
    };
}

/// Stores a request; returns whether the registration had no open one.
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
pub(crate) async fn open_of(
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

/// Ends an expired open request of a registration, so that a new one can be made.
pub(crate) async fn end_expired(
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

/// A request, locked until the transaction ends, if it is in the scope.
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

/// A request, if it is in the scope.
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

/// Requests of a scope, the newest first, with the cursor `before` (an id; ids increase with time).
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

/// Decides a request once: by another person, before it expires. Returns whether it was open.
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

/// How many requests wait for a decision in a scope, and the earliest time at which one expires.
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

/// Empties requests that were decided before a time, for the retention job; returns how many.
pub(crate) async fn empty(tx: &mut Tx<'_>, before: Time, nothing: &[u8], most: i64) -> Result<u64, DbError> {
    tx.execute(
        "UPDATE staff_rebind
            SET new_email_sealed = $1, evidence_sealed = $1
          WHERE (school, id) IN (SELECT school, id
                                   FROM staff_rebind
                                  WHERE decided_at < $2
                                    AND length(new_email_sealed) > 29
                                  ORDER BY decided_at
                                  LIMIT $3)",
        params![nothing, before, most],
    )
    .await
}
