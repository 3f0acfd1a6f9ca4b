//! What may be refunded: paid entries with what was paid for them and what goes back already.

use gateway::OrderNumber;

use crate::params;
use crate::record;
use crate::store::{DbError, Tx};
use crate::words::codes::{CampusCode, SchoolCode, SittingCode, SubjectCode};
use crate::words::ids::{EntryId, OrderId, RegistrationId};
use crate::words::staff::Scope;
use cet_base::{in_scope, school_in_scope, scoped};

record! {
    /// An entry with what was paid for it and what goes back already.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Candidate {
        /// The home school.
        pub school: SchoolCode,
        /// The entry.
        pub entry: EntryId,
        /// Its registration.
        pub registration: RegistrationId,
        /// The order that paid for it.
        pub order: Option<OrderId>,
        /// The receipt that paid for it; `None`: its school did.
        pub receipt: Option<i64>,
        /// What that paid.
        pub price: Option<i64>,
        /// How much of it goes back.
        pub back: i64,
        /// The subject.
        pub subject: SubjectCode,
        /// The campus of the seat.
        pub campus: CampusCode,
        /// Its name.
        pub campus_name: String,
        /// The state in the database.
        pub state: String,
        /// Whether the registration holds an oral entry that lives.
        pub oral: bool,
        /// Whether a refund of the order that this system did not send is in suspense.
        pub unexplained: bool,
    }
}

macro_rules! candidates {
    ($from:literal) => {
        concat!(
            "SELECT e.school, e.id, e.registration_id, r.order_id, p.receipt_id, p.amount,
                    CAST(COALESCE((SELECT SUM(b.amount)
                                     FROM refund_line b
                                    WHERE b.school = e.school
                                      AND b.entry_id = e.id), 0) AS BIGINT),
                    e.subject, e.campus, e.campus_name, e.state,
                    EXISTS (SELECT 1
                              FROM entry o
                             WHERE o.school = e.school
                               AND o.registration_id = e.registration_id
                               AND o.mode = 'oral'
                               AND o.state IN ('held', 'paid')),
                    EXISTS (SELECT 1
                              FROM payment_order q
                              JOIN suspense z
                                ON z.school = q.school
                               AND z.order_number = q.number
                             WHERE q.school = r.school
                               AND q.id = r.order_id
                               AND z.reason = 'refunded'
                               AND z.state = 'open')",
            $from
        )
    };
}

/// The paid lines of an order of a scope.
pub async fn of_order(
    tx: &mut Tx<'_>,
    scope: &Scope,
    number: &OrderNumber,
) -> Result<Vec<Candidate>, DbError> {
    let school = number.as_str().get(..5).unwrap_or_default();
    scope
        .query(
            tx,
            scoped!(
                candidates!(
                    "
                   FROM payment_order w
                   JOIN receipt r
                     ON r.school = w.school
                    AND r.order_id = w.id
                   JOIN receipt_line p
                     ON p.school = r.school
                    AND p.receipt_id = r.id
                   JOIN entry e
                     ON e.school = p.school
                    AND e.id = p.entry_id
                  WHERE w.school = $3
                    AND w.number = $4
                    AND "
                ),
                school_in_scope!("w.school"),
                "
                  ORDER BY e.school, e.registration_id, e.id"
            ),
            params![school, number.as_str()],
        )
        .await
}

/// The paid entries of a subject (of every one), at a campus (at every one of the scope), of whatever home school; at most so
/// many.
pub(crate) async fn of_exam(
    tx: &mut Tx<'_>,
    scope: &Scope,
    sitting: &SittingCode,
    (subject, campus): (Option<SubjectCode>, Option<CampusCode>),
    most: i64,
) -> Result<Vec<Candidate>, DbError> {
    let subject = subject.map_or_else(String::new, |subject| subject.to_string());
    let Some(campus) = campus else { return of_sitting(tx, scope, sitting, &subject, most).await };
    scope
        .query(
            tx,
            scoped!(
                candidates!(
                    "
                   FROM entry e
                   LEFT JOIN receipt_line p
                     ON p.school = e.school
                    AND p.entry_id = e.id
                   LEFT JOIN receipt r
                     ON r.school = p.school
                    AND r.id = p.receipt_id
                  WHERE e.pool_school = $5
                    AND e.sitting = $6
                    AND e.campus = $7
                    AND (CAST($8 AS TEXT) = '' OR e.subject = $8)
                    AND e.state = 'paid'
                    AND "
                ),
                in_scope!("e.pool_school", "e.campus"),
                "
                  ORDER BY e.school, e.registration_id, e.id
                  LIMIT $9"
            ),
            params![campus.school(), sitting, campus, subject, most],
        )
        .await
}

/// The same at every campus of the scope. What is more than one request may have is not sorted first.
async fn of_sitting(
    tx: &mut Tx<'_>,
    scope: &Scope,
    sitting: &SittingCode,
    subject: &str,
    most: i64,
) -> Result<Vec<Candidate>, DbError> {
    scope
        .query(
            tx,
            scoped!(
                candidates!(
                    "
                   FROM (SELECT n.school, n.id, n.registration_id, n.subject, n.campus, n.campus_name, n.state
                           FROM entry n
                          WHERE n.pool_school IS NOT NULL
                            AND n.sitting = $5
                            AND (CAST($6 AS TEXT) = '' OR n.subject = $6)
                            AND n.state = 'paid'
                            AND "
                ),
                in_scope!("n.pool_school", "n.campus"),
                "
                          LIMIT $7) e
                   LEFT JOIN receipt_line p
                     ON p.school = e.school
                    AND p.entry_id = e.id
                   LEFT JOIN receipt r
                     ON r.school = p.school
                    AND r.id = p.receipt_id
                  ORDER BY e.school, e.registration_id, e.id"
            ),
            params![sitting, subject, most],
        )
        .await
}

/// One entry, under the lock of its registration.
pub(crate) async fn of_entry(
    tx: &mut Tx<'_>,
    school: SchoolCode,
    entry: EntryId,
) -> Result<Option<Candidate>, DbError> {
    tx.query_opt(
        candidates!(
            "
               FROM entry e
               LEFT JOIN receipt_line p
                 ON p.school = e.school
                AND p.entry_id = e.id
               LEFT JOIN receipt r
                 ON r.school = p.school
                AND r.id = p.receipt_id
              WHERE e.school = $1
                AND e.id = $2"
        ),
        params![school, entry],
    )
    .await
}

/// How much goes back by now of the entries of a request, in the order of its lines.
pub async fn back_now(
    tx: &mut Tx<'_>,
    request: i64,
    most: i64,
) -> Result<Vec<(SchoolCode, EntryId, i64)>, DbError> {
    tx.query(
        "SELECT l.school, l.entry_id,
                CAST(COALESCE((SELECT SUM(b.amount)
                                 FROM refund_line b
                                WHERE b.school = l.school
                                  AND b.entry_id = l.entry_id), 0) AS BIGINT)
           FROM refund_request_line l
          WHERE l.request_id = $1
          ORDER BY l.school, l.registration_id, l.entry_id
          LIMIT $2",
        params![request, most],
    )
    .await
}

/// How many lines of a request are of entries that have changed since it was asked for.
pub async fn changed(tx: &mut Tx<'_>, request: i64) -> Result<i64, DbError> {
    let (changed,) = tx
        .query_one::<(i64,)>(
            "SELECT COUNT(*)
               FROM refund_request_line l
               JOIN entry e
                 ON e.school = l.school
                AND e.id = l.entry_id
              WHERE l.request_id = $1
                AND (e.state <> 'paid'
                     OR l.back <> COALESCE((SELECT CAST(SUM(b.amount) AS BIGINT)
                                              FROM refund_line b
                                             WHERE b.school = l.school
                                               AND b.entry_id = l.entry_id), 0))",
            params![request],
        )
        .await?;
    Ok(changed)
}

/// How many lines of a request are of orders for which a refund of the gateway's console waits for finance.
pub async fn unexplained(tx: &mut Tx<'_>, request: i64) -> Result<i64, DbError> {
    let (open,) = tx
        .query_one::<(i64,)>(
            "SELECT COUNT(*)
               FROM refund_request_line l
               JOIN payment_order o
                 ON o.school = l.school
                AND o.id = l.order_id
              WHERE l.request_id = $1
                AND EXISTS (SELECT 1
                              FROM suspense z
                             WHERE z.school = o.school
                               AND z.order_number = o.number
                               AND z.reason = 'refunded'
                               AND z.state = 'open')",
            params![request],
        )
        .await?;
    Ok(open)
}
