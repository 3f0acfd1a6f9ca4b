//! The SQL of collective payments. Their row is locked before any registration (`docs/locking.md`).

pub mod outcomes;

use super::{CollectivePayment, Line, State};
use crate::entry::staff_queries::Person;
use crate::params;
use crate::store::{DbError, Tx};
use crate::words::codes::SchoolCode;
use crate::words::ids::CollectivePaymentId;
use crate::words::staff::Scope;
use crate::words::time::Time;
use cet_base::{in_scope, scoped};

/// The columns of a [`CollectivePayment`].
macro_rules! columns {
    () => {
        "school, id, sitting, state, made_by, made_at, locks_until, settled_by, settled_at, entries, amount, note"
    };
}

/// Inserts an open collective payment.
pub async fn insert(tx: &mut Tx<'_>, new: &CollectivePayment, scope: &Scope) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO collective_payment
            (school, id, sitting, scope, state, made_by, made_at, locks_until, settled_by, settled_at, entries, amount,
             note)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, '', NULL, $9, $10, $11)",
        params![
            new.school,
            new.id,
            new.sitting,
            scope.prefix(),
            new.state,
            new.made_by,
            new.made_at,
            new.locks_until,
            new.entries,
            new.amount,
            new.note,
        ],
    )
    .await?;
    Ok(())
}

/// Adds an entry to a collective payment.
pub(crate) async fn insert_line(
    tx: &mut Tx<'_>,
    school: SchoolCode,
    id: CollectivePaymentId,
    line: &Line,
) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO collective_payment_line
            (school, collective_payment_id, entry_id, registration_id, subject, amount)
         VALUES ($1, $2, $3, $4, $5, $6)",
        params![school, id, line.entry, line.registration, line.subject, line.amount],
    )
    .await?;
    Ok(())
}

/// One by its id, within the scope.
pub async fn find(
    tx: &mut Tx<'_>,
    scope: &Scope,
    id: CollectivePaymentId,
) -> Result<Option<CollectivePayment>, DbError> {
    scope
        .query_opt(
            tx,
            scoped!(
                "SELECT ",
                columns!(),
                "
           FROM collective_payment
          WHERE ",
                in_scope!("school", "scope"),
                "
            AND id = $5"
            ),
            params![id],
        )
        .await
}

/// Those of the scope, optionally in one state, newest first, with an id as cursor.
pub async fn list(
    tx: &mut Tx<'_>,
    scope: &Scope,
    state: Option<State>,
    before: Option<CollectivePaymentId>,
    limit: i64,
) -> Result<Vec<CollectivePayment>, DbError> {
    scope
        .query(
            tx,
            scoped!(
                "SELECT ",
                columns!(),
                "
           FROM collective_payment
          WHERE ",
                in_scope!("school", "scope"),
                "
            AND (CAST($5 AS TEXT) = '' OR state = $5)
            AND id < $6
          ORDER BY id DESC
          LIMIT $7"
            ),
            params![state.map_or("", State::wire), before.map_or(i64::MAX, |id| id.0), limit],
        )
        .await
}

/// How many of the scope are open, how many entries they lock, and the earliest time limit.
pub async fn open_now(tx: &mut Tx<'_>, scope: &Scope) -> Result<(i64, i64, Option<Time>), DbError> {
    scope
        .query_one(
            tx,
            scoped!(
                "SELECT COUNT(*), CAST(COALESCE(SUM(entries), 0) AS BIGINT), MIN(locks_until)
               FROM collective_payment
              WHERE ",
                in_scope!("school", "scope"),
                "
                AND state = 'open'"
            ),
            params![],
        )
        .await
}

/// Its entries, in the order in which registrations are locked.
pub async fn lines(
    tx: &mut Tx<'_>,
    school: SchoolCode,
    id: CollectivePaymentId,
) -> Result<Vec<Line>, DbError> {
    tx.query(
        "SELECT registration_id, entry_id, subject, amount
           FROM collective_payment_line
          WHERE school = $1
            AND collective_payment_id = $2
          ORDER BY registration_id, entry_id",
        params![school, id],
    )
    .await
}

/// Its candidates without duplicates, in the order of their registrations, in one statement.
pub async fn people(
    tx: &mut Tx<'_>,
    school: SchoolCode,
    id: CollectivePaymentId,
) -> Result<Vec<Person>, DbError> {
    tx.query(
        "SELECT school, id, campus, name, student_number, college, class
           FROM registration
          WHERE school = $1
            AND id IN (SELECT registration_id
                         FROM collective_payment_line
                        WHERE school = $1
                          AND collective_payment_id = $2)
          ORDER BY id",
        params![school, id],
    )
    .await
}

/// Settles an open one; returns whether it was open. Of two concurrent calls only one succeeds.
pub async fn settle(
    tx: &mut Tx<'_>,
    of: &CollectivePayment,
    state: State,
    by: &str,
    at: Time,
) -> Result<bool, DbError> {
    let settled = tx
        .execute(
            "UPDATE collective_payment
                SET state = $3, settled_by = $4, settled_at = $5
              WHERE school = $1
                AND id = $2
                AND state = 'open'",
            params![of.school, of.id, state, by, at],
        )
        .await?;
    Ok(settled == 1)
}

/// The time limit of an open one.
pub async fn locks_until(
    tx: &mut Tx<'_>,
    school: SchoolCode,
    id: CollectivePaymentId,
) -> Result<Option<Time>, DbError> {
    let row: Option<(Time,)> = tx
        .query_opt(
            "SELECT locks_until FROM collective_payment WHERE school = $1 AND id = $2 AND state = 'open'",
            params![school, id],
        )
        .await?;
    Ok(row.map(|(until,)| until))
}

/// Open ones past their time limit, the longest overdue first.
pub async fn due(
    tx: &mut Tx<'_>,
    now: Time,
    limit: i64,
) -> Result<Vec<(SchoolCode, CollectivePaymentId)>, DbError> {
    tx.query(
        "SELECT school, id
           FROM collective_payment
          WHERE state = 'open'
            AND locks_until <= $1
          ORDER BY locks_until, school, id
          LIMIT $2",
        params![now, limit],
    )
    .await
}

/// One that is open and past its time limit.
pub(crate) async fn find_due(
    tx: &mut Tx<'_>,
    school: SchoolCode,
    id: CollectivePaymentId,
    now: Time,
) -> Result<Option<CollectivePayment>, DbError> {
    // COALESCE keeps PostgreSQL, when it has no statistics, from using collective_payment_due.
    tx.query_opt(
        concat!(
            "SELECT ",
            columns!(),
            "
           FROM collective_payment
          WHERE school = $1
            AND id = $2
            AND state = 'open'
            AND COALESCE(locks_until, 0) <= $3"
        ),
        params![school, id, now],
    )
    .await
}
