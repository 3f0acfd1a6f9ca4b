//! The SQL of disputes.

use super::{Decision, Dispute, DisputeState};
use crate::params;
use crate::sealed::{Sealed, Telephone};
use crate::store::{DbError, Tx};
use crate::words::codes::{SchoolCode, SittingCode};
use crate::words::ids::{DisputeId, PassportId, RegistrationId};
use crate::words::staff::By;
use crate::words::time::Time;

/// The columns of a [`Dispute`], here and in the statements for staff.
macro_rules! dispute_columns {
    () => {
        "school, id, sitting, campus, record_id, document_key, name, student_number, registration_id, holder, claimant,
         number_sealed, number_fits, phone_sealed, note_sealed, state, opened_at, decision, evidence_sealed, answer_sealed,
         decided_by, decided_person, decided_scope, decided_at, approved_by, ended_at"
    };
}

pub mod scoped;

/// Inserts an open dispute; returns whether the claimant had none about the student that waits.
pub async fn insert(tx: &mut Tx<'_>, of: &Dispute) -> Result<bool, DbError> {
    let made = tx
        .execute(
            "INSERT INTO dispute
                (school, id, sitting, campus, record_id, document_key, name, student_number, registration_id, holder,
                 claimant, number_sealed, number_fits, phone_sealed, note_sealed, state, opened_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, 'open', $16)
             ON CONFLICT DO NOTHING",
            params![
                of.school,
                of.id,
                of.sitting,
                of.campus,
                of.record,
                of.document_key,
                of.name,
                of.student_number,
                of.registration,
                of.holder,
                of.claimant,
                of.number_sealed,
                of.number_fits,
                of.phone_sealed,
                of.note_sealed,
                of.opened_at,
            ],
        )
        .await?;
    Ok(made == 1)
}

/// The disputes about a student that wait, by id, locked until the transaction ends.
pub(crate) async fn lock_waiting_of(
    tx: &mut Tx<'_>,
    document_key: &[u8],
    sitting: &SittingCode,
    school: SchoolCode,
) -> Result<Vec<Dispute>, DbError> {
    tx.query(
        concat!(
            "SELECT ",
            dispute_columns!(),
            "
               FROM dispute
              WHERE document_key = $1
                AND sitting = $2
                AND school = $3
                AND COALESCE(state, '') IN ('open', 'decided')
              ORDER BY id
                FOR UPDATE"
        ),
        params![document_key, sitting, school],
    )
    .await
}

/// The newest disputes of a claimant in a sitting, the newest first.
pub async fn of_claimant(
    tx: &mut Tx<'_>,
    passport: PassportId,
    sitting: &SittingCode,
    most: i64,
) -> Result<Vec<Dispute>, DbError> {
    tx.query(
        concat!(
            "SELECT ",
            dispute_columns!(),
            "
               FROM dispute
              WHERE claimant = $1
                AND sitting = $2
              ORDER BY id DESC
              LIMIT $3"
        ),
        params![passport, sitting, most],
    )
    .await
}

/// The disputes of a claimant in every sitting, the newest first: for a copy of the own data.
pub async fn all_of_claimant(
    tx: &mut Tx<'_>,
    passport: PassportId,
    most: i64,
) -> Result<Vec<Dispute>, DbError> {
    tx.query(
        concat!(
            "SELECT ",
            dispute_columns!(),
            "
               FROM dispute
              WHERE claimant = $1
              ORDER BY id DESC
              LIMIT $2"
        ),
        params![passport, most],
    )
    .await
}

/// A dispute that waits, locked until the transaction ends.
pub(crate) async fn lock_waiting(
    tx: &mut Tx<'_>,
    school: SchoolCode,
    id: DisputeId,
) -> Result<Option<Dispute>, DbError> {
    tx.query_opt(
        concat!(
            "SELECT ",
            dispute_columns!(),
            "
               FROM dispute
              WHERE school = $1
                AND id = $2
                AND COALESCE(state, '') IN ('open', 'decided')
                FOR UPDATE"
        ),
        params![school, id],
    )
    .await
}

/// The disputes about a registration that wait, by id, locked until the transaction ends.
pub(crate) async fn lock_about(
    tx: &mut Tx<'_>,
    school: SchoolCode,
    registration: RegistrationId,
) -> Result<Vec<Dispute>, DbError> {
    tx.query(
        concat!(
            "SELECT ",
            dispute_columns!(),
            "
               FROM dispute
              WHERE school = $1
                AND registration_id = $2
                AND COALESCE(state, '') IN ('open', 'decided')
              ORDER BY id
                FOR UPDATE"
        ),
        params![school, registration],
    )
    .await
}

/// Leads a dispute on against the passport that its registration is moved to (A7). One that moves to the claimant is settled.
pub async fn follow(tx: &mut Tx<'_>, of: &Dispute, new: PassportId) -> Result<(), DbError> {
    tx.execute(
        "UPDATE dispute
            SET holder = $3
          WHERE school = $1
            AND id = $2
            AND holder = $4
            AND claimant <> $3
            AND COALESCE(state, '') IN ('open', 'decided')",
        params![of.school, of.id, new, of.holder],
    )
    .await?;
    Ok(())
}

/// Stores a decision, in place of an earlier one that nobody has approved; returns whether the dispute still waits.
pub async fn decide(
    tx: &mut Tx<'_>,
    of: &Dispute,
    (decision, by): (Decision, &By),
    (evidence, answer): (&[u8], &[u8]),
) -> Result<bool, DbError> {
    let now = tx.now().await?;
    let done = tx
        .execute(
            "UPDATE dispute
                SET state = 'decided', decision = $3, evidence_sealed = $4, answer_sealed = $5, decided_by = $6,
                    decided_person = $7, decided_scope = $8, decided_at = $9
              WHERE school = $1
                AND id = $2
                AND COALESCE(state, '') IN ('open', 'decided')",
            params![
                of.school,
                of.id,
                decision,
                evidence,
                answer,
                by.account,
                by.person,
                by.scope,
                now,
            ],
        )
        .await?;
    Ok(done == 1)
}

/// Ends a decided dispute once, by another person; returns whether it was decided.
pub async fn approve(tx: &mut Tx<'_>, of: &Dispute, state: DisputeState, by: &By) -> Result<bool, DbError> {
    let now = tx.now().await?;
    let done = tx
        .execute(
            "UPDATE dispute
                SET state = $3, approved_by = $4, approved_person = $5, ended_at = $6
              WHERE school = $1
                AND id = $2
                AND decided_at = $7
                AND COALESCE(state, '') = 'decided'
                AND decided_person <> $5",
            params![of.school, of.id, state, by.account, by.person, now, of.decided_at],
        )
        .await?;
    Ok(done == 1)
}

/// Ends a dispute about a registration that was just given to another claimant, by the same two people: the decision is theirs, with
/// what was seen as evidence. Returns whether it waited.
pub async fn turn_down(tx: &mut Tx<'_>, of: &Dispute, winner: &Dispute, by: &By) -> Result<bool, DbError> {
    let now = tx.now().await?;
    let done = tx
        .execute(
            "UPDATE dispute
                SET state = 'refused', decision = 'refuse', evidence_sealed = $3, answer_sealed = NULL, decided_by = $4,
                    decided_person = $5, decided_scope = $6, decided_at = $7, approved_by = $8, approved_person = $9,
                    ended_at = $10
              WHERE school = $1
                AND id = $2
                AND COALESCE(state, '') IN ('open', 'decided')",
            params![
                of.school,
                of.id,
                winner.evidence_sealed,
                winner.decided_by,
                winner.decided_person,
                winner.decided_scope,
                winner.decided_at,
                by.account,
                by.person,
                now,
            ],
        )
        .await?;
    Ok(done == 1)
}

/// Ends a dispute whose registration is another's or nobody's by now; returns whether it waited.
pub async fn lapse(tx: &mut Tx<'_>, of: &Dispute) -> Result<bool, DbError> {
    let now = tx.now().await?;
    let done = tx
        .execute(
            "UPDATE dispute
                SET state = 'lapsed', ended_at = $3
              WHERE school = $1
                AND id = $2
                AND COALESCE(state, '') IN ('open', 'decided')",
            params![of.school, of.id, now],
        )
        .await?;
    Ok(done == 1)
}

/// Disputes that wait although the holder has the registration no more, the oldest first.
pub(crate) async fn moot(tx: &mut Tx<'_>, most: i64) -> Result<Vec<(SchoolCode, DisputeId)>, DbError> {
    tx.query(
        "SELECT d.school, d.id
           FROM dispute d
          WHERE d.state IN ('open', 'decided')
            AND NOT EXISTS (SELECT 1
                              FROM registration r
                             WHERE r.school = d.school
                               AND r.id = d.registration_id
                               AND r.passport_id = d.holder
                               AND r.state = 'live')
          ORDER BY d.id
          LIMIT $1",
        params![most],
    )
    .await
}

/// Empties disputes that ended before a time, for the retention job; returns how many.
pub(crate) async fn empty(tx: &mut Tx<'_>, before: Time, nothing: &[u8], most: i64) -> Result<u64, DbError> {
    tx.execute(
        "UPDATE dispute
            SET name = '', student_number = '', number_sealed = $1, phone_sealed = $4, note_sealed = $1,
                evidence_sealed = CASE WHEN evidence_sealed IS NULL THEN evidence_sealed ELSE $1 END,
                answer_sealed = CASE WHEN answer_sealed IS NULL THEN answer_sealed ELSE $1 END
          WHERE (school, id) IN (SELECT school, id
                                   FROM dispute
                                  WHERE ended_at < $2
                                    AND name <> ''
                                  ORDER BY ended_at
                                  LIMIT $3)",
        params![nothing, before, most, Sealed::<Telephone>::default()],
    )
    .await
}
