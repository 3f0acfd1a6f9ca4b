//! The claims of a passport in a sitting: one registration and one review at most (R6, V4). The key of `passport_claim`
//! is the guard: of two concurrent claims one is inserted and the other waits and fails.

use crate::params;
use crate::store::{DbError, Tx, Value};
use crate::stored_as;
use crate::words::codes::{SchoolCode, SittingCode};
use crate::words::ids::PassportId;

/// The kind of claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A registration.
    Registration,
    /// An application for CET6资格复核.
    Review,
}

impl Kind {
    const fn wire(self) -> &'static str {
        match self {
            Self::Registration => "registration",
            Self::Review => "review",
        }
    }

    fn from_wire(text: &str) -> Option<Self> {
        [Self::Registration, Self::Review].into_iter().find(|kind| kind.wire() == text)
    }
}

stored_as!(Kind, String, |kind| Value::Text(kind.wire()), |raw| Kind::from_wire(&raw));

/// A passport's claim: its school and id.
pub async fn find(
    tx: &mut Tx<'_>,
    passport: PassportId,
    sitting: &SittingCode,
    kind: Kind,
) -> Result<Option<(SchoolCode, i64)>, DbError> {
    tx.query_opt(
        "SELECT school, id FROM passport_claim WHERE passport_id = $1 AND sitting = $2 AND kind = $3",
        params![passport, sitting, kind],
    )
    .await
}

/// The same, locked until the transaction ends.
pub async fn lock(
    tx: &mut Tx<'_>,
    passport: PassportId,
    sitting: &SittingCode,
    kind: Kind,
) -> Result<Option<(SchoolCode, i64)>, DbError> {
    tx.query_opt(
        "SELECT school, id FROM passport_claim WHERE passport_id = $1 AND sitting = $2 AND kind = $3 FOR UPDATE",
        params![passport, sitting, kind],
    )
    .await
}

/// Inserts a claim for a passport; returns whether it had none. Waits for a concurrent claim or release.
pub async fn insert(
    tx: &mut Tx<'_>,
    passport: PassportId,
    sitting: &SittingCode,
    kind: Kind,
    (school, id): (SchoolCode, i64),
) -> Result<bool, DbError> {
    let made = tx
        .execute(
            "INSERT INTO passport_claim (passport_id, sitting, kind, school, id)
             VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT DO NOTHING",
            params![passport, sitting, kind, school, id],
        )
        .await?;
    Ok(made == 1)
}

/// Moves a claim to another school, with the same id.
pub(crate) async fn move_to_school(
    tx: &mut Tx<'_>,
    passport: PassportId,
    sitting: &SittingCode,
    kind: Kind,
    school: SchoolCode,
) -> Result<(), DbError> {
    tx.execute(
        "UPDATE passport_claim SET school = $4 WHERE passport_id = $1 AND sitting = $2 AND kind = $3",
        params![passport, sitting, kind, school],
    )
    .await?;
    Ok(())
}

/// Deletes a claim, if it still is this one.
pub async fn delete(
    tx: &mut Tx<'_>,
    passport: PassportId,
    sitting: &SittingCode,
    kind: Kind,
    (school, id): (SchoolCode, i64),
) -> Result<(), DbError> {
    tx.execute(
        "DELETE FROM passport_claim
          WHERE passport_id = $1
            AND sitting = $2
            AND kind = $3
            AND school = $4
            AND id = $5",
        params![passport, sitting, kind, school, id],
    )
    .await?;
    Ok(())
}
