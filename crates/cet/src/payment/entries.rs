//! What payment asks of entries and of the registration they stand under, and the three things it does to them.

use crate::params;
use crate::record;
use crate::store::{DbError, Tx};
use crate::words::codes::{CampusCode, SchoolCode, SittingCode, SubjectCode};
use crate::words::fen::Fen;
use crate::words::ids::{EntryId, OrderId, PassportId, RegistrationId};
use crate::words::subject::Mode;
use crate::words::time::Time;

use super::choice::EntryFacts;
use super::rules::EntryState;

/// The registration of a passport in a sitting.
pub(super) async fn registration_of(
    tx: &mut Tx<'_>,
    passport: PassportId,
    sitting: &SittingCode,
) -> Result<Option<(SchoolCode, RegistrationId)>, DbError> {
    tx.query_opt(
        "SELECT school, id FROM passport_claim WHERE passport_id = $1 AND sitting = $2 AND kind = 'registration'",
        params![passport, sitting],
    )
    .await
}

/// Locks the registration, released or not: everything that changes its entries or orders waits its turn.
pub(super) async fn lock(
    tx: &mut Tx<'_>,
    school: SchoolCode,
    registration: RegistrationId,
) -> Result<bool, DbError> {
    let locked = tx
        .query::<(bool,)>(
            "UPDATE registration SET version = version + 1 WHERE school = $1 AND id = $2 RETURNING state = 'live'",
            params![school, registration],
        )
        .await?;
    locked.first().map(|(live,)| *live).ok_or(DbError::Decode("registration of an order"))
}

record! {
    struct EntryRow {
        id: EntryId,
        subject: SubjectCode,
        mode: String,
        level: i64,
        pool_school: SchoolCode,
        campus: CampusCode,
        campus_name: String,
        state: String,
        fee: Fen,
        expires_at: Time,
        locked_by: Option<i64>,
    }
}

impl EntryRow {
    fn facts(self) -> Result<EntryFacts, DbError> {
        let state = match (self.state.as_str(), self.locked_by) {
            ("held", None) => EntryState::Held,
            ("held", Some(_)) => EntryState::Locked,
            ("paid", _) => EntryState::Paid,
            ("expired", _) => EntryState::Expired,
            ("withdrawn", _) => EntryState::Withdrawn,
            ("cancelled", _) => EntryState::Cancelled,
            _ => return Err(DbError::Decode("state of an entry")),
        };
        Ok(EntryFacts {
            id: self.id,
            subject: self.subject,
            mode: Mode::from_wire(&self.mode).ok_or(DbError::Decode("mode"))?,
            level: self.level,
            pool_school: self.pool_school,
            campus: self.campus,
            campus_name: self.campus_name,
            state,
            fee: self.fee,
            expires_at: self.expires_at,
        })
    }
}

/// Every entry of a registration, live or not, in the order of their ids.
pub(super) async fn all(
    tx: &mut Tx<'_>,
    school: SchoolCode,
    registration: RegistrationId,
) -> Result<Vec<EntryFacts>, DbError> {
    let rows: Vec<EntryRow> = tx
        .query(
            "SELECT id, subject, mode, level, pool_school, campus, campus_name, state, fee, expires_at, locked_by
               FROM entry
              WHERE school = $1
                AND registration_id = $2
              ORDER BY id",
            params![school, registration],
        )
        .await?;
    rows.into_iter().map(EntryRow::facts).collect()
}

/// Binds an unpaid entry to an open order, so that it neither expires nor is cancelled meanwhile.
pub(super) async fn bind(
    tx: &mut Tx<'_>,
    school: SchoolCode,
    entry: EntryId,
    order: OrderId,
) -> Result<u64, DbError> {
    tx.execute(
        "UPDATE entry SET order_id = $3
          WHERE school = $1 AND id = $2 AND state = 'held' AND locked_by IS NULL AND order_id IS NULL",
        params![school, entry, order],
    )
    .await
}

/// Frees the entries of an order that is no longer open.
pub(super) async fn unbind(
    tx: &mut Tx<'_>,
    school: SchoolCode,
    registration: RegistrationId,
    order: OrderId,
) -> Result<(), DbError> {
    tx.execute(
        "UPDATE entry SET order_id = NULL WHERE school = $1 AND registration_id = $2 AND order_id = $3",
        params![school, registration, order],
    )
    .await?;
    Ok(())
}

/// Marks an unpaid, unlocked entry as paid; 0 rows: it is not one.
pub(super) async fn mark_paid(tx: &mut Tx<'_>, school: SchoolCode, entry: EntryId) -> Result<u64, DbError> {
    let now = tx.now().await?;
    tx.execute(
        "UPDATE entry SET state = 'paid', paid_at = $3, order_id = NULL
          WHERE school = $1 AND id = $2 AND state = 'held' AND locked_by IS NULL",
        params![school, entry, now],
    )
    .await
}

/// Takes the seat of an expired entry again and marks it as paid, if its registration still lives, no other entry
/// stands in its place and a seat is left; answers whether it did.
pub(super) async fn retake(
    tx: &mut Tx<'_>,
    school: SchoolCode,
    sitting: &SittingCode,
    entry: &EntryFacts,
    others: &[EntryFacts],
) -> Result<bool, DbError> {
    let lives = |other: &EntryFacts| {
        matches!(other.state, EntryState::Held | EntryState::Locked | EntryState::Paid)
            && other.id != entry.id
    };
    let same = |other: &EntryFacts| {
        other.subject == entry.subject
            || (other.mode == Mode::Written && entry.mode == Mode::Written && other.level == entry.level)
    };
    if others.iter().any(|other| lives(other) && same(other)) {
        return Ok(false);
    }
    let seat = tx
        .execute(
            "UPDATE seat_pool SET taken = taken + 1
              WHERE school = $1 AND sitting = $2 AND campus = $3 AND subject = $4 AND taken < capacity",
            params![entry.pool_school, sitting, entry.campus, entry.subject],
        )
        .await?;
    if seat == 0 {
        return Ok(false);
    }
    let now = tx.now().await?;
    let paid = tx
        .execute(
            "UPDATE entry SET state = 'paid', paid_at = $3, ended_at = NULL
              WHERE school = $1 AND id = $2 AND state IN ('expired', 'withdrawn')",
            params![school, entry.id, now],
        )
        .await?;
    if paid == 1 { Ok(true) } else { Err(DbError::Decode("ended entry under its registration's lock")) }
}
