//! Passports, registrations and their snapshots: I5, I12, I23.

use super::{Finding, LISTED, Question};
use crate::params;
use crate::registration::store as registrations;
use crate::store::{Db, DbError, Tx};
use crate::words::codes::SchoolCode;

/// `$1` is now, `$2` the most rows that are listed.
pub(super) const QUESTIONS: &[Question] = &[
    Question {
        invariant: "I5",
        says: "a passport holds at most one live registration a sitting",
        sql: "SELECT 'passport ' || CAST(passport_id AS TEXT)
                FROM registration
               WHERE state = 'live'
                 AND passport_id <> 0
                 AND CAST($1 AS BIGINT) IS NOT NULL
               GROUP BY passport_id, sitting
              HAVING COUNT(*) > 1
               LIMIT $2",
    },
    Question {
        invariant: "I5",
        says: "a student is bound by at most one live registration a sitting",
        sql: "SELECT 'sitting ' || sitting || ', ' || CAST(COUNT(*) AS TEXT) || ' registrations of one document'
                FROM registration
               WHERE state = 'live'
                 AND CAST($1 AS BIGINT) IS NOT NULL
               GROUP BY sitting, document_key
              HAVING COUNT(*) > 1
               LIMIT $2",
    },
    Question {
        invariant: "I5",
        says: "each live registration is claimed by its passport, and each claim names one that lives",
        sql: "SELECT 'registration ' || CAST(k.id AS TEXT)
                FROM (SELECT school, id, passport_id, sitting, 1 AS registered, 0 AS claimed
                        FROM registration
                       WHERE state = 'live'
                         AND passport_id <> 0
                       UNION ALL
                      SELECT school, id, passport_id, sitting, 0, 1
                        FROM passport_claim
                       WHERE kind = 'registration') k
               WHERE CAST($1 AS BIGINT) IS NOT NULL
               GROUP BY k.school, k.id, k.passport_id, k.sitting
              HAVING SUM(k.registered) <> SUM(k.claimed)
               LIMIT $2",
    },
    Question {
        invariant: "I5",
        says: "a registration without a passport is its school's: it holds what the school entered, nothing else that lives, and no open order",
        sql: "SELECT 'registration ' || CAST(r.id AS TEXT)
                FROM registration r
               WHERE r.state = 'live'
                 AND r.passport_id = 0
                 AND CAST($1 AS BIGINT) IS NOT NULL
                 AND (NOT EXISTS (SELECT 1
                                    FROM entry e
                                   WHERE e.school = r.school
                                     AND e.registration_id = r.id
                                     AND e.channel = 'school')
                      OR EXISTS (SELECT 1
                                   FROM entry e
                                  WHERE e.school = r.school
                                    AND e.registration_id = r.id
                                    AND e.channel <> 'school'
                                    AND e.state IN ('held', 'paid'))
                      OR EXISTS (SELECT 1
                                   FROM payment_order o
                                  WHERE o.school = r.school
                                    AND o.registration_id = r.id
                                    AND o.state = 'open'))
               LIMIT $2",
    },
    Question {
        invariant: "I23",
        says: "no released registration has a live entry, an open order or money that was not given back",
        sql: "SELECT 'registration ' || CAST(r.id AS TEXT)
                FROM registration r
               WHERE r.state = 'released'
                 AND CAST($1 AS BIGINT) IS NOT NULL
                 AND (EXISTS (SELECT 1
                                FROM entry e
                               WHERE e.school = r.school
                                 AND e.registration_id = r.id
                                 AND e.state IN ('held', 'paid'))
                      OR EXISTS (SELECT 1
                                   FROM payment_order o
                                  WHERE o.school = r.school
                                    AND o.registration_id = r.id
                                    AND o.state = 'open'))
               LIMIT $2",
    },
];

/// Registrations per query.
const PAGE: i64 = 1_000;

/// I12: each live registration's snapshot still has the hash it was saved with.
pub(super) async fn snapshots(db: &Db) -> Result<Finding, DbError> {
    let mut violations = Vec::new();
    let mut after = (String::new(), 0_i64);
    loop {
        let from = after.clone();
        let page: Vec<(SchoolCode, i64, String, bool)> =
            db.read_long(async move |tx: &mut Tx<'_>| page_after(tx, &from).await).await?;
        let Some((school, id, ..)) = page.last() else { break };
        after = (school.to_string(), *id);
        violations.extend(page.iter().filter(|row| !row.3).map(|row| format!("registration {}", row.1)));
        if i64::try_from(violations.len()).unwrap_or(LISTED) >= LISTED {
            break;
        }
    }
    Ok(Finding {
        invariant: "I12",
        says: "each registration's snapshot is as it was saved, whatever the roster says now",
        violations,
    })
}

async fn page_after(
    tx: &mut Tx<'_>,
    after: &(String, i64),
) -> Result<Vec<(SchoolCode, i64, String, bool)>, DbError> {
    let rows: Vec<(SchoolCode, i64, String)> = tx
        .query(
            "SELECT school, id, snapshot_hash
               FROM registration
              WHERE state = 'live'
                AND (school, id) > ($1, $2)
              ORDER BY school, id
              LIMIT $3",
            params![after.0, after.1, PAGE],
        )
        .await?;
    let mut checked = Vec::with_capacity(rows.len());
    for (school, id, hash) in rows {
        let snapshot = registrations::snapshot(tx, school, crate::words::ids::RegistrationId(id)).await?;
        let good = snapshot.is_some_and(|snapshot| snapshot.hash() == hash);
        checked.push((school, id, hash, good));
    }
    Ok(checked)
}
