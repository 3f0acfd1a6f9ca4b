//! The SQL of entries. An entry is only changed under the lock of its registration (`registration::store::lock`).

pub mod arrangeable;
mod commands;
pub mod figures;
mod freed;
pub mod ledger;
mod of_many;
mod reminders;
pub mod staff_queries;

pub use commands::remember;
pub(crate) use commands::{remember_instead, remembered};
pub(crate) use freed::freed_since;
pub use of_many::of_registrations;
pub(crate) use reminders::{due_for_reminder, reminded};

use super::{Entry, EntryState, rules};
use crate::fragments::{free, overdue};
use crate::params;
use crate::registration::Registration;
use crate::seat_pool::PoolKey;
use crate::store::{DbError, Soon, Tx};
use crate::words::codes::{SchoolCode, SittingCode};
use crate::words::ids::{EntryId, OrderId, PassportId, RegistrationId};
use crate::words::time::Time;

/// All entries of a registration, ended ones included, in order of creation.
pub async fn of_registration(
    tx: &mut Tx<'_>,
    school: SchoolCode,
    registration: RegistrationId,
) -> Result<Vec<Entry>, DbError> {
    tx.query(
        "SELECT id, sitting, subject, mode, level, campus, campus_name, school_name, state, fee, channel, entered_at,
                expires_at, paid_at, ended_at, locked_by, order_id
           FROM entry
          WHERE school = $1
            AND registration_id = $2
          ORDER BY id",
        params![school, registration],
    )
    .await
}

/// The registration of an entry.
pub async fn registration_of(
    tx: &mut Tx<'_>,
    school: SchoolCode,
    entry: EntryId,
) -> Result<Option<RegistrationId>, DbError> {
    let row: Option<(RegistrationId,)> = tx
        .query_opt("SELECT registration_id FROM entry WHERE school = $1 AND id = $2", params![school, entry])
        .await?;
    Ok(row.map(|(id,)| id))
}

/// Inserts an entry; no row is changed when a live one conflicts. The unique keys of subject and level decide (R8, I6).
pub async fn insert(tx: &mut Tx<'_>, of: &Registration, entry: &Entry) -> Result<Soon, DbError> {
    tx.execute_soon(
        "INSERT INTO entry
                (school, id, registration_id, sitting, subject, mode, level, pool_school, campus, campus_name,
                 school_name, state, fee, channel, entered_at, expires_at, remind_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
             ON CONFLICT DO NOTHING",
        params![
            of.school,
            entry.id,
            of.id,
            entry.sitting,
            entry.subject,
            entry.mode,
            entry.level,
            entry.campus.school(),
            entry.campus,
            entry.campus_name,
            entry.school_name,
            entry.state,
            entry.fee,
            entry.channel,
            entry.entered_at,
            entry.expires_at,
            rules::remind_at(entry),
        ],
    )
    .await
}

/// Ends a free entry (R13, Y4); returns whether it was free.
pub async fn close(
    tx: &mut Tx<'_>,
    school: SchoolCode,
    entry: EntryId,
    state: EntryState,
    at: Time,
) -> Result<bool, DbError> {
    let ended = tx
        .execute(
            concat!(
                "UPDATE entry
                    SET state = $3, ended_at = $4
                  WHERE school = $1
                    AND id = $2
                    AND ",
                free!("")
            ),
            params![school, entry, state, at],
        )
        .await?;
    Ok(ended == 1)
}

/// Entries of a passport's registrations in a sitting, live or released.
macro_rules! own_entries {
    ($rest:literal) => {
        concat!(
            "SELECT e.id, e.sitting, e.subject, e.mode, e.level, e.campus, e.campus_name, e.school_name, e.state, e.fee,
                    e.channel, e.entered_at, e.expires_at, e.paid_at, e.ended_at, e.locked_by, e.order_id
               FROM registration g
               JOIN entry e
                 ON e.school = g.school
                AND e.registration_id = g.id
              WHERE g.passport_id = $1
                AND g.sitting = $2
                AND ",
            $rest
        )
    };
}

/// The cancelled entries of a passport's registrations in a sitting, live or released.
pub async fn cancelled(
    tx: &mut Tx<'_>,
    passport: PassportId,
    sitting: &SittingCode,
) -> Result<Vec<Entry>, DbError> {
    tx.query(own_entries!("e.state = 'cancelled' ORDER BY e.id"), params![passport, sitting]).await
}

/// An entry of a passport's registrations in a sitting, live or released, whatever became of it.
pub async fn own(
    tx: &mut Tx<'_>,
    passport: PassportId,
    sitting: &SittingCode,
    entry: EntryId,
) -> Result<Option<Entry>, DbError> {
    tx.query_opt(own_entries!("e.id = $3"), params![passport, sitting, entry]).await
}

/// Makes a live entry one that the school entered.
pub(crate) async fn adopt(tx: &mut Tx<'_>, school: SchoolCode, entry: EntryId) -> Result<(), DbError> {
    tx.execute("UPDATE entry SET channel = 'school' WHERE school = $1 AND id = $2", params![school, entry])
        .await?;
    Ok(())
}

/// Makes a held entry paid; returns whether this payer may pay it: it is not locked, or locked by this payer.
pub async fn mark_paid(
    tx: &mut Tx<'_>,
    school: SchoolCode,
    entry: EntryId,
    lock: Option<i64>,
    at: Time,
) -> Result<bool, DbError> {
    let paid = tx
        .execute(
            "UPDATE entry
                SET state = 'paid', paid_at = $4, locked_by = NULL, order_id = NULL
              WHERE school = $1
                AND id = $2
                AND state = 'held'
                AND (locked_by IS NULL OR locked_by = CAST($3 AS BIGINT))",
            params![school, entry, lock, at],
        )
        .await?;
    Ok(paid == 1)
}

/// Ends a paid entry whose money goes back; returns whether it was paid.
pub async fn withdraw(
    tx: &mut Tx<'_>,
    school: SchoolCode,
    entry: EntryId,
    at: Time,
) -> Result<bool, DbError> {
    let ended = tx
        .execute(
            "UPDATE entry SET state = 'withdrawn', ended_at = $3 WHERE school = $1 AND id = $2 AND state = 'paid'",
            params![school, entry, at],
        )
        .await?;
    Ok(ended == 1)
}

/// Makes an expired entry paid, after a seat was taken for it again; returns whether it was expired.
pub(crate) async fn reinstate(
    tx: &mut Tx<'_>,
    school: SchoolCode,
    entry: EntryId,
    at: Time,
) -> Result<bool, DbError> {
    let revived = tx
        .execute(
            "UPDATE entry
                SET state = 'paid', paid_at = $3, ended_at = NULL
              WHERE school = $1
                AND id = $2
                AND state = 'expired'",
            params![school, entry, at],
        )
        .await?;
    Ok(revived == 1)
}

/// Attaches a free entry to an open order (Y4); returns whether it was free.
pub(crate) async fn attach_to_order(
    tx: &mut Tx<'_>,
    school: SchoolCode,
    entry: EntryId,
    order: OrderId,
) -> Result<bool, DbError> {
    let tied = tx
        .execute(
            concat!(
                "UPDATE entry
                    SET order_id = $3
                  WHERE school = $1
                    AND id = $2
                    AND ",
                free!("")
            ),
            params![school, entry, order],
        )
        .await?;
    Ok(tied == 1)
}

/// Detaches the entries of a registration from a settled order, together with the caller's next statement.
pub(crate) async fn detach_from_order(
    tx: &mut Tx<'_>,
    school: SchoolCode,
    registration: RegistrationId,
    order: OrderId,
) -> Result<(), DbError> {
    tx.execute_soon(
        "UPDATE entry
            SET order_id = NULL
          WHERE school = $1
            AND registration_id = $2
            AND order_id = $3",
        params![school, registration, order],
    )
    .await?
    .ignore();
    Ok(())
}

/// Locks a free entry within its hold for a collective payment (R13, Y6); returns whether it was one.
pub(crate) async fn reserve_for_collective(
    tx: &mut Tx<'_>,
    school: SchoolCode,
    entry: EntryId,
    lock: i64,
) -> Result<bool, DbError> {
    let now = tx.now().await?;
    // COALESCE keeps PostgreSQL, when it has no statistics, from using entry_due.
    let locked = tx
        .execute(
            concat!(
                "UPDATE entry
                    SET locked_by = $3
                  WHERE school = $1
                    AND id = $2
                    AND COALESCE(expires_at, 0) > $4
                    AND ",
                free!("")
            ),
            params![school, entry, lock, now],
        )
        .await?;
    Ok(locked == 1)
}

/// Releases a held entry from a collective payment; returns whether it was locked by it.
pub(crate) async fn free_from_collective(
    tx: &mut Tx<'_>,
    school: SchoolCode,
    entry: EntryId,
    lock: i64,
) -> Result<bool, DbError> {
    let unlocked = tx
        .execute(
            "UPDATE entry
                SET locked_by = NULL
              WHERE school = $1
                AND id = $2
                AND state = 'held'
                AND locked_by = $3",
            params![school, entry, lock],
        )
        .await?;
    Ok(unlocked == 1)
}

/// The registrations with entries that expire (R13), the longest overdue first, without duplicates.
pub async fn overdue(
    tx: &mut Tx<'_>,
    now: Time,
    limit: i64,
) -> Result<Vec<(SchoolCode, RegistrationId)>, DbError> {
    let rows = tx
        .query(
            concat!(
                "SELECT school, registration_id
                   FROM entry
                  WHERE ",
                overdue!("", "$1"),
                "
                  ORDER BY expires_at, school, id
                  LIMIT $2"
            ),
            params![now, limit],
        )
        .await?;
    Ok(each_once(rows))
}

/// The registrations with expiring entries in one pool.
pub(crate) async fn overdue_in(
    tx: &mut Tx<'_>,
    pool: &PoolKey,
    now: Time,
    limit: i64,
) -> Result<Vec<(SchoolCode, RegistrationId)>, DbError> {
    let rows = tx
        .query(
            concat!(
                "SELECT school, registration_id
                   FROM entry
                  WHERE ",
                overdue!("", "$1"),
                "
                    AND pool_school = $2
                    AND sitting = $3
                    AND campus = $4
                    AND subject = $5
                  ORDER BY expires_at, school, id
                  LIMIT $6"
            ),
            params![now, pool.school(), pool.sitting, pool.campus, pool.subject, limit],
        )
        .await?;
    Ok(each_once(rows))
}

/// Sorts by the locking order and removes duplicates.
fn each_once(mut rows: Vec<(SchoolCode, RegistrationId)>) -> Vec<(SchoolCode, RegistrationId)> {
    rows.sort_unstable();
    rows.dedup();
    rows
}

/// How many overdue entries hold a seat of a pool.
pub(crate) async fn count_overdue_in(tx: &mut Tx<'_>, pool: &PoolKey, now: Time) -> Result<i64, DbError> {
    let row: (i64,) = tx
        .query_one(
            concat!(
                "SELECT COUNT(*)
                   FROM entry
                  WHERE ",
                overdue!("", "$1"),
                "
                    AND pool_school = $2
                    AND sitting = $3
                    AND campus = $4
                    AND subject = $5"
            ),
            params![now, pool.school(), pool.sitting, pool.campus, pool.subject],
        )
        .await?;
    Ok(row.0)
}

#[cfg(test)]
#[path = "tests/store.rs"]
mod tests;
