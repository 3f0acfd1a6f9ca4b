//! The SQL of requests for refunds.

use super::scoped::RefundSeen;
use crate::params;
use crate::record;
use crate::store::{DbError, Tx};
use crate::words::codes::{SchoolCode, SittingCode, SubjectCode};
use crate::words::fen::FenSum;
use crate::words::ids::{EntryId, OrderId, RegistrationId};
use crate::words::staff::Scope;
use crate::words::time::Time;
use cet_base::{asked_in_scope, scoped};

pub use super::refundable::{Candidate, back_now, changed, of_order, unexplained};
pub(crate) use super::refundable::{of_entry, of_exam};

record! {
    /// A request for a refund.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Request {
        /// Its id.
        pub id: i64,
        /// The scope of whoever asked.
        pub scope: Scope,
        /// The sitting.
        pub sitting: SittingCode,
        /// The order's number; empty: all of a subject at a campus.
        pub order_number: String,
        /// The subject; empty for an order.
        pub subject: String,
        /// The campus; empty for an order.
        pub campus: String,
        /// What candidates are told, see `RefundReason`.
        pub why: String,
        /// What the second person reads.
        pub reason: String,
        /// How many lines.
        pub lines: i64,
        /// The sum.
        pub amount: FenSum,
        /// `asked`, `approved` or `refused`.
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
        /// What whoever decided wrote.
        pub note: String,
        /// Whether a job still carries out lines of it.
        pub working: bool,
    }
}

impl Request {
    /// Whether it can be decided.
    #[must_use]
    pub fn waits(&self, now: Time) -> bool {
        self.state == "asked" && now < self.expires_at
    }
}

macro_rules! refund_request {
    () => {
        "SELECT id, scope, sitting, order_number, subject, campus, why, reason, line_count, amount, state, requester,
                requester_person, asked_at, expires_at, approver, decided_at, note, working
           FROM refund_request
          WHERE "
    };
}

pub(super) use refund_request;

/// Stores a request.
pub async fn insert(tx: &mut Tx<'_>, new: &Request) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO refund_request
            (id, scope, sitting, order_number, subject, campus, why, reason, line_count, amount, state, requester,
             requester_person, asked_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'asked', $11, $12, $13, $14)",
        params![
            new.id,
            new.scope,
            new.sitting,
            new.order_number,
            new.subject,
            new.campus,
            new.why,
            new.reason,
            new.lines,
            new.amount,
            new.requester,
            new.requester_person,
            new.asked_at,
            new.expires_at,
        ],
    )
    .await?;
    Ok(())
}

/// A request of a scope.
pub async fn one(tx: &mut Tx<'_>, scope: &Scope, id: i64) -> Result<Option<Request>, DbError> {
    scope
        .query_opt(tx, scoped!(refund_request!(), "id = $3 AND ", asked_in_scope!("scope")), params![id])
        .await
}

/// A request, locked until the transaction ends.
pub async fn lock(tx: &mut Tx<'_>, id: i64) -> Result<Option<Request>, DbError> {
    tx.query_opt(concat!(refund_request!(), "id = $1 FOR UPDATE"), params![id]).await
}

/// The newest requests of a scope that wait, or wait no longer, with the cursor `before`.
pub async fn list(
    tx: &mut Tx<'_>,
    scope: &Scope,
    state: &str,
    before: i64,
    limit: i64,
) -> Result<Vec<Request>, DbError> {
    scope
        .query(
            tx,
            scoped!(
                refund_request!(),
                asked_in_scope!("scope"),
                " AND state = $3 AND id < $4 ORDER BY id DESC LIMIT $5"
            ),
            params![state, before, limit],
        )
        .await
}

/// How many requests of a scope wait for another person, and since when the oldest does.
pub async fn waiting(tx: &mut Tx<'_>, scope: &Scope, person: &str) -> Result<(i64, Option<Time>), DbError> {
    let now = tx.now().await?;
    scope
        .query_one(
            tx,
            scoped!(
                "SELECT COUNT(*), MIN(asked_at)
                   FROM refund_request
                  WHERE state = 'asked'
                    AND expires_at > $3
                    AND requester_person <> $4
                    AND ",
                asked_in_scope!("scope")
            ),
            params![now, person],
        )
        .await
}

/// Decides a request once, before it lapses; an approval by another person. Returns whether it was open.
pub async fn decide(
    tx: &mut Tx<'_>,
    id: i64,
    (state, note): (&'static str, &str),
    (approver, person): (&str, &str),
) -> Result<bool, DbError> {
    let now = tx.now().await?;
    let done = tx
        .execute(
            "UPDATE refund_request
                SET state = $2, approver = $3, approver_person = $4, decided_at = $5, note = $6, working = ($2 = 'approved')
              WHERE id = $1
                AND state = 'asked'
                AND expires_at > $5
                AND ($2 = 'refused' OR requester_person <> $4)",
            params![id, state, approver, person, now, note],
        )
        .await?;
    Ok(done == 1)
}

/// Records that nothing of a request is left to do.
pub async fn finish(tx: &mut Tx<'_>, id: i64) -> Result<(), DbError> {
    tx.execute("UPDATE refund_request SET working = FALSE WHERE id = $1", params![id]).await?;
    Ok(())
}

/// The approved requests whose lines are still carried out, the oldest first.
pub async fn working(tx: &mut Tx<'_>, most: i64) -> Result<Vec<i64>, DbError> {
    let rows: Vec<(i64,)> = tx
        .query("SELECT id FROM refund_request WHERE working = TRUE ORDER BY id LIMIT $1", params![most])
        .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Whether nothing of a request is left to do.
pub(crate) async fn is_over(tx: &mut Tx<'_>, id: i64) -> Result<bool, DbError> {
    let (working,) = tx
        .query_one::<(i64,)>(
            "SELECT COUNT(*) FROM refund_request WHERE id = $1 AND working = TRUE",
            params![id],
        )
        .await?;
    Ok(working == 0)
}

record! {
    /// One line of a request.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Line {
        /// The home school.
        pub school: SchoolCode,
        /// The entry.
        pub entry: EntryId,
        /// Its registration.
        pub registration: RegistrationId,
        /// The order.
        pub order: OrderId,
        /// The receipt.
        pub receipt: i64,
        /// What goes back, in fen.
        pub amount: i64,
        /// What went back already when it was asked for.
        pub back: i64,
        /// `withdraw` or `keep`.
        pub effect: String,
        /// `asked`, `done` or `left`.
        pub state: String,
    }
}

/// Stores a line of a new request.
pub(crate) async fn insert_line(tx: &mut Tx<'_>, request: i64, line: &Line) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO refund_request_line
            (request_id, school, entry_id, registration_id, order_id, receipt_id, amount, back, effect, state)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'asked')",
        params![
            request,
            line.school,
            line.entry,
            line.registration,
            line.order,
            line.receipt,
            line.amount,
            line.back,
            line.effect,
        ],
    )
    .await?;
    Ok(())
}

/// The lines of a request in one state (empty: any), in the order in which registrations are locked.
pub async fn lines(tx: &mut Tx<'_>, request: i64, state: &str, most: i64) -> Result<Vec<Line>, DbError> {
    tx.query(
        "SELECT school, entry_id, registration_id, order_id, receipt_id, amount, back, effect, state
           FROM refund_request_line
          WHERE request_id = $1
            AND (CAST($2 AS TEXT) = '' OR state = $2)
          ORDER BY school, registration_id, entry_id
          LIMIT $3",
        params![request, state, most],
    )
    .await
}

/// The subjects of the lines of a request, in the order of [`lines`].
pub async fn subjects(
    tx: &mut Tx<'_>,
    request: i64,
    most: i64,
) -> Result<Vec<(SchoolCode, EntryId, SubjectCode)>, DbError> {
    tx.query(
        "SELECT l.school, l.entry_id, e.subject
           FROM refund_request_line l
           JOIN entry e
             ON e.school = l.school
            AND e.id = l.entry_id
          WHERE l.request_id = $1
          ORDER BY l.school, l.registration_id, l.entry_id
          LIMIT $2",
        params![request, most],
    )
    .await
}

/// How many lines of a request are in each state.
pub async fn tally(tx: &mut Tx<'_>, request: i64) -> Result<Vec<(String, i64)>, DbError> {
    tx.query(
        "SELECT state, COUNT(*) FROM refund_request_line WHERE request_id = $1 GROUP BY state",
        params![request],
    )
    .await
}

/// Moves a line on.
pub(crate) async fn set_line(tx: &mut Tx<'_>, request: i64, line: &Line, state: &str) -> Result<(), DbError> {
    tx.execute(
        "UPDATE refund_request_line SET state = $4 WHERE request_id = $1 AND school = $2 AND entry_id = $3",
        params![request, line.school, line.entry, state],
    )
    .await?;
    Ok(())
}

/// The refunds of a request.
pub async fn refunds(tx: &mut Tx<'_>, request: i64, most: i64) -> Result<Vec<RefundSeen>, DbError> {
    tx.query(
        "SELECT f.school, f.id, o.number, o.gateway, f.request_no, f.amount,
                CASE WHEN f.suspense_id IS NULL THEN f.reason ELSE f.told END, f.state, f.due_at, f.done_at,
                f.tries
           FROM refund f
           JOIN payment_order o
             ON o.school = f.school
            AND o.id = f.order_id
          WHERE f.request_id = $1
          ORDER BY f.school, f.id
          LIMIT $2",
        params![request, most],
    )
    .await
}

/// Records a refund that a request orders; a job sends it.
pub(crate) async fn insert_refund(
    tx: &mut Tx<'_>,
    (request, id): (i64, i64),
    line: &Line,
    amount: FenSum,
    why: &str,
) -> Result<(), DbError> {
    let now = tx.now().await?;
    tx.execute(
        "INSERT INTO refund
            (school, id, order_id, receipt_id, amount, reason, request_no, state, due_at, done_at, try_at, tries, sent_at,
             request_id)
         VALUES ($1, $2, $3, $4, $5, $6, $7, 'due', $8, NULL, $8, 0, NULL, $9)",
        params![
            line.school,
            id,
            line.order,
            line.receipt,
            amount,
            why,
            format!("R{}{id}", line.school),
            now,
            request,
        ],
    )
    .await?;
    Ok(())
}

/// The entries of which a refund gives something back, each with how much, in fen.
pub(crate) async fn entries_of(
    tx: &mut Tx<'_>,
    school: SchoolCode,
    refund: i64,
) -> Result<Vec<(EntryId, i64)>, DbError> {
    tx.query(
        "SELECT entry_id, amount FROM refund_line WHERE school = $1 AND refund_id = $2 ORDER BY entry_id",
        params![school, refund],
    )
    .await
}

/// Records how much of which entry a refund gives back.
pub(crate) async fn insert_refund_line(tx: &mut Tx<'_>, refund: i64, line: &Line) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO refund_line (school, refund_id, entry_id, receipt_id, amount) VALUES ($1, $2, $3, $4, $5)",
        params![line.school, refund, line.entry, line.receipt, line.amount],
    )
    .await?;
    Ok(())
}
