//! The SQL of applications, and of the tickets used by approvals.

use super::{Review, ReviewState};
use crate::params;
use crate::registration::claim;
use crate::score::Ticket;
use crate::store::{DbError, Tx};
use crate::words::codes::{SchoolCode, SittingCode};
use crate::words::ids::{PassportId, ReviewId};
use crate::words::staff::Scope;
use crate::words::time::Time;
use cet_base::{in_scope, scoped};

/// An application for a document in this state.
pub async fn of_document(
    tx: &mut Tx<'_>,
    school: SchoolCode,
    sitting: &SittingCode,
    document_key: &[u8],
    state: ReviewState,
) -> Result<Option<ReviewId>, DbError> {
    let row: Option<(ReviewId,)> = tx
        .query_opt(
            "SELECT id
               FROM eligibility_review
              WHERE school = $1
                AND sitting = $2
                AND document_key = $3
                AND state = $4
              ORDER BY id
              LIMIT 1",
            params![school, sitting, document_key, state],
        )
        .await?;
    Ok(row.map(|(id,)| id))
}

/// The application of a passport in a sitting: its school and id.
pub async fn claim(
    tx: &mut Tx<'_>,
    passport: PassportId,
    sitting: &SittingCode,
) -> Result<Option<(SchoolCode, ReviewId)>, DbError> {
    let claim = claim::find(tx, passport, sitting, claim::Kind::Review).await?;
    Ok(claim.map(|(school, id)| (school, ReviewId(id))))
}

/// The same, locked until the transaction ends.
pub(crate) async fn lock_claim(
    tx: &mut Tx<'_>,
    passport: PassportId,
    sitting: &SittingCode,
) -> Result<Option<(SchoolCode, ReviewId)>, DbError> {
    let claim = claim::lock(tx, passport, sitting, claim::Kind::Review).await?;
    Ok(claim.map(|(school, id)| (school, ReviewId(id))))
}

/// Claims an application for a passport; returns whether it had none.
pub(crate) async fn insert_claim(
    tx: &mut Tx<'_>,
    passport: PassportId,
    sitting: &SittingCode,
    school: SchoolCode,
    id: ReviewId,
) -> Result<bool, DbError> {
    claim::insert(tx, passport, sitting, claim::Kind::Review, (school, id.0)).await
}

/// Moves a passport's claim to an application of another school.
pub(crate) async fn move_claim(
    tx: &mut Tx<'_>,
    passport: PassportId,
    sitting: &SittingCode,
    school: SchoolCode,
) -> Result<(), DbError> {
    claim::move_to_school(tx, passport, sitting, claim::Kind::Review, school).await
}

macro_rules! review_where {
    ($rest:literal) => {
        concat!(
            "SELECT school, id, sitting, campus, passport_id, document_key, document_kind, document_sealed, name, ticket,
                    state, malicious, submissions, submitted_at, decided_by, decided_at, evidence_sealed
               FROM eligibility_review ",
            $rest
        )
    };
}

/// An application by its key.
pub async fn find(tx: &mut Tx<'_>, school: SchoolCode, id: ReviewId) -> Result<Option<Review>, DbError> {
    tx.query_opt(review_where!("WHERE school = $1 AND id = $2"), params![school, id]).await
}

/// The same, locked until the transaction ends.
pub async fn lock(tx: &mut Tx<'_>, school: SchoolCode, id: ReviewId) -> Result<Option<Review>, DbError> {
    tx.query_opt(review_where!("WHERE school = $1 AND id = $2 FOR UPDATE"), params![school, id]).await
}

/// Stores an application (V3, V4); returns whether the student had none of the school's own.
pub async fn insert(tx: &mut Tx<'_>, of: &Review) -> Result<bool, DbError> {
    let origin = if of.passport.is_some() { "candidate" } else { "school" };
    let made = tx
        .execute(
            "INSERT INTO eligibility_review
                (school, id, sitting, campus, origin, passport_id, document_key, document_kind, document_sealed, name,
                 ticket, state, malicious, submissions, submitted_at, decided_by, decided_at, evidence_sealed)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)
             ON CONFLICT DO NOTHING",
            params![
                of.school,
                of.id,
                of.sitting,
                of.campus,
                origin,
                of.passport,
                of.document_key,
                of.document_kind,
                of.document_sealed,
                of.name,
                of.ticket,
                of.state,
                of.malicious,
                of.submissions,
                of.submitted_at,
                of.decided_by,
                of.decided_at,
                of.evidence_sealed,
            ],
        )
        .await?;
    Ok(made == 1)
}

/// Deletes an application that is about to be replaced.
pub async fn delete(tx: &mut Tx<'_>, school: SchoolCode, id: ReviewId) -> Result<(), DbError> {
    tx.execute("DELETE FROM eligibility_review WHERE school = $1 AND id = $2", params![school, id]).await?;
    Ok(())
}

/// Stores a decision of staff: state, mark, account, time and evidence.
pub async fn decide(tx: &mut Tx<'_>, of: &Review) -> Result<(), DbError> {
    tx.execute(
        "UPDATE eligibility_review
            SET state = $3, malicious = $4, decided_by = $5, decided_at = $6, evidence_sealed = $7
          WHERE school = $1
            AND id = $2",
        params![of.school, of.id, of.state, of.malicious, of.decided_by, of.decided_at, of.evidence_sealed],
    )
    .await?;
    Ok(())
}

/// Clears all personal data of an application (withdrawal); the number of submissions stays.
pub async fn withdraw(tx: &mut Tx<'_>, of: &Review) -> Result<(), DbError> {
    tx.execute(
        "UPDATE eligibility_review
            SET state = 'withdrawn', document_key = $3, document_kind = '', document_sealed = $3, name = '',
                ticket = NULL, decided_by = NULL, decided_at = NULL, evidence_sealed = NULL
          WHERE school = $1
            AND id = $2",
        params![of.school, of.id, Vec::<u8>::new()],
    )
    .await?;
    Ok(())
}

/// Moves the applications of one passport for one document to another passport, with a moved registration (A7); those
/// for other documents stay. Returns whether the new passport had none; otherwise it keeps its own.
pub(crate) async fn move_to_passport(
    tx: &mut Tx<'_>,
    sitting: &SittingCode,
    document_key: &[u8],
    old: PassportId,
    new: PassportId,
) -> Result<bool, DbError> {
    let Some((school, id)) = lock_claim(tx, old, sitting).await? else { return Ok(false) };
    let same = lock(tx, school, id).await?.is_some_and(|of| of.document_key == document_key);
    if !same || !insert_claim(tx, new, sitting, school, id).await? {
        return Ok(false);
    }
    claim::delete(tx, old, sitting, claim::Kind::Review, (school, id.0)).await?;
    tx.execute(
        "UPDATE eligibility_review SET passport_id = $3 WHERE school = $1 AND id = $2",
        params![school, id, new],
    )
    .await?;
    Ok(true)
}

/// Whether a ticket was used to open CET6 for another document (V3, W7).
pub(crate) async fn serves_another(
    tx: &mut Tx<'_>,
    sitting: &SittingCode,
    ticket: Ticket,
    document_key: &[u8],
) -> Result<bool, DbError> {
    let row: Option<(Vec<u8>,)> = tx
        .query_opt(
            "SELECT document_key FROM review_ticket WHERE sitting = $1 AND ticket = $2",
            params![sitting, ticket],
        )
        .await?;
    Ok(row.is_some_and(|(held,)| held != document_key))
}

/// Takes a ticket for a document; returns whether it was free or already this document's (V4, W7).
pub(crate) async fn take_ticket(
    tx: &mut Tx<'_>,
    sitting: &SittingCode,
    ticket: Ticket,
    document_key: &[u8],
) -> Result<bool, DbError> {
    tx.execute(
        "INSERT INTO review_ticket (sitting, ticket, document_key) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
        params![sitting, ticket, document_key],
    )
    .await?;
    Ok(!serves_another(tx, sitting, ticket, document_key).await?)
}

/// Filter of a list of applications.
#[derive(Clone, Debug)]
pub struct Filter {
    /// The account's scope.
    pub scope: Scope,
    /// Only of this sitting.
    pub sitting: SittingCode,
    /// Only in this state.
    pub state: Option<ReviewState>,
    /// Only with this ticket.
    pub ticket: String,
    /// The cursor: after this id, newest first.
    pub after: Option<ReviewId>,
}

/// The applications of a scope, the newest first; without deleted ones.
pub async fn list(tx: &mut Tx<'_>, filter: &Filter, limit: i64) -> Result<Vec<Review>, DbError> {
    let after = filter.after.map_or(i64::MAX, |id| id.0);
    let state = filter.state.map_or("", ReviewState::wire);
    filter
        .scope
        .query(
            tx,
            scoped!(
                review_where!("WHERE "),
                in_scope!("school", "campus"),
                "
               AND sitting = $5
               AND id < $6
               AND state <> 'withdrawn'
               AND ($7 = '' OR state = $7)
               AND ($8 = '' OR ticket = $8)
             ORDER BY id DESC
             LIMIT $9"
            ),
            params![filter.sitting, after, state, filter.ticket, limit],
        )
        .await
}

/// How many applications wait for the school, and since when the oldest does.
pub async fn pending(tx: &mut Tx<'_>, scope: &Scope) -> Result<(i64, Option<Time>), DbError> {
    scope
        .query_one(
            tx,
            scoped!(
                "SELECT COUNT(*), MIN(submitted_at)
               FROM eligibility_review
              WHERE ",
                in_scope!("school", "campus"),
                "
                AND state = 'pending'"
            ),
            params![],
        )
        .await
}

/// Empties the reasons of applications that were decided before a time, for the retention job; returns how many.
pub(crate) async fn empty(tx: &mut Tx<'_>, before: Time, nothing: &[u8], most: i64) -> Result<u64, DbError> {
    tx.execute(
        "UPDATE eligibility_review
            SET evidence_sealed = $1
          WHERE (school, id) IN (SELECT school, id
                                   FROM eligibility_review
                                  WHERE decided_at < $2
                                    AND length(evidence_sealed) > 29
                                  ORDER BY decided_at
                                  LIMIT $3)",
        params![nothing, before, most],
    )
    .await
}
