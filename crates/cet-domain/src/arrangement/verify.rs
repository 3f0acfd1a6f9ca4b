//! Checks I18 and the other invariants of arrangements in the live database: each row that a query finds is a
//! violation.

use super::{Settings, Unit, rules, store, verbs};
use crate::invariant::Finding;
use crate::params;
use crate::sitting::catalogue::Catalogue;
use crate::store::{Db, DbError, Tx};
use crate::words::codes::{CampusCode, SittingCode, SubjectCode};
use crate::words::time::Time;

/// The most violations that are listed per query.
const LISTED: i64 = 20;
const INVARIANT: &str = "I18";

/// The description of an invariant, and the query that finds its violations; `$1` is the limit.
struct Question {
    says: &'static str,
    sql: &'static str,
}

const QUESTIONS: &[Question] = &[
    Question {
        says: "each entry has at most one published seat",
        sql: "SELECT 'entry ' || CAST(s.entry_id AS TEXT)
                FROM seat_assignment s
                JOIN arrangement a
                  ON a.school = s.school
                 AND a.id = s.arrangement_id
               WHERE a.published_at IS NOT NULL
               GROUP BY s.entry_school, s.entry_id
              HAVING COUNT(*) > 1
               LIMIT $1",
    },
    Question {
        says: "no two published seats have one ticket number",
        sql: "SELECT 'ticket ' || s.ticket
                FROM seat_assignment s
                JOIN arrangement a
                  ON a.school = s.school
                 AND a.id = s.arrangement_id
               WHERE a.published_at IS NOT NULL
               GROUP BY s.ticket
              HAVING COUNT(*) > 1
               LIMIT $1",
    },
    Question {
        says: "each seat of a room and batch is given once in a subject",
        sql: "SELECT a.campus || ' ' || a.subject || ' batch ' || CAST(s.session AS TEXT) || ' room ' || CAST(s.room AS TEXT)
                     || ' seat ' || CAST(s.seat AS TEXT)
                FROM seat_assignment s
                JOIN arrangement a
                  ON a.school = s.school
                 AND a.id = s.arrangement_id
               WHERE a.published_at IS NOT NULL
               GROUP BY a.sitting, a.campus, a.subject, s.session, s.room, s.seat
              HAVING COUNT(*) > 1
               LIMIT $1",
    },
    Question {
        says: "a written ticket number tells campus, subject, room and seat",
        sql: "SELECT 'ticket ' || s.ticket
                FROM seat_assignment s
                JOIN arrangement a
                  ON a.school = s.school
                 AND a.id = s.arrangement_id
               WHERE LENGTH(s.ticket) <> 15
                  OR (s.session = 0
                      AND (SUBSTR(s.ticket, 1, 6) <> a.campus
                           OR SUBSTR(s.ticket, 10, 1) <> a.subject
                           OR SUBSTR(s.ticket, 11) <> SUBSTR(CAST(100000 + s.room * 100 + s.seat AS TEXT), 2)))
               LIMIT $1",
    },
    Question {
        says: "no room holds more than it has seats, and its seats are taken without a gap",
        sql: "SELECT a.campus || ' ' || a.subject || ' batch ' || CAST(s.session AS TEXT) || ' room ' || CAST(s.room AS TEXT)
                FROM seat_assignment s
                JOIN arrangement a
                  ON a.school = s.school
                 AND a.id = s.arrangement_id
               GROUP BY s.school, s.arrangement_id, a.campus, a.subject, a.room_most, s.session, s.room
              HAVING COUNT(*) > a.room_most
                  OR MAX(s.seat) <> COUNT(*)
               LIMIT $1",
    },
    Question {
        says: "candidates with other accommodations sit in other rooms",
        sql: "SELECT a.campus || ' ' || a.subject || ' batch ' || CAST(s.session AS TEXT) || ' room ' || CAST(s.room AS TEXT)
                FROM seat_assignment s
                JOIN arrangement a
                  ON a.school = s.school
                 AND a.id = s.arrangement_id
               GROUP BY s.school, s.arrangement_id, a.campus, a.subject, s.session, s.room
              HAVING MIN(s.needs) <> MAX(s.needs)
               LIMIT $1",
    },
    Question {
        says: "each published seat was drawn with the accommodations that are set for its entry",
        sql: "SELECT 'entry ' || CAST(s.entry_id AS TEXT)
                FROM seat_assignment s
                JOIN arrangement a
                  ON a.school = s.school
                 AND a.id = s.arrangement_id
                LEFT JOIN entry_accommodation n
                  ON n.school = s.entry_school
                 AND n.entry_id = s.entry_id
               WHERE a.published_at IS NOT NULL
                 AND s.needs <> COALESCE(n.needs, 0)
               LIMIT $1",
    },
    Question {
        says: "every paid entry of a published subject and campus has a seat",
        sql: "SELECT 'entry ' || CAST(e.id AS TEXT)
                FROM arrangement_source c
                JOIN entry e
                  ON e.pool_school = c.school
                 AND e.sitting = c.sitting
                 AND e.campus = c.campus
                 AND e.subject = c.subject
               WHERE e.state = 'paid'
                 AND NOT EXISTS (SELECT 1
                                   FROM seat_assignment s
                                  WHERE s.school = SUBSTR(c.arranging_campus, 1, 5)
                                    AND s.arrangement_id = c.arrangement_id
                                    AND s.entry_school = e.school
                                    AND s.entry_id = e.id)
               LIMIT $1",
    },
    Question {
        says: "each published seat is of an entry that is paid (or was withdrawn since) in that subject and campus",
        sql: "SELECT 'entry ' || CAST(s.entry_id AS TEXT)
                FROM seat_assignment s
                JOIN arrangement a
                  ON a.school = s.school
                 AND a.id = s.arrangement_id
                LEFT JOIN entry e
                  ON e.school = s.entry_school
                 AND e.id = s.entry_id
               WHERE a.published_at IS NOT NULL
                 AND (e.id IS NULL
                      OR e.state NOT IN ('paid', 'withdrawn')
                      OR e.sitting <> a.sitting
                      OR e.subject <> a.subject
                      OR (';' || a.sources || ';') NOT LIKE ('%;' || e.campus || ';%'))
               LIMIT $1",
    },
    Question {
        says: "a published arrangement is the one its unit names, with all its seats",
        sql: "SELECT a.campus || ' ' || a.subject
                FROM arrangement a
                LEFT JOIN arrangement_unit u
                  ON u.school = a.school
                 AND u.sitting = a.sitting
                 AND u.campus = a.campus
                 AND u.subject = a.subject
                 AND u.published_id = a.id
               WHERE a.published_at IS NOT NULL
                 AND (u.school IS NULL
                      OR a.candidates <> (SELECT COUNT(*)
                                            FROM seat_assignment s
                                           WHERE s.school = a.school
                                             AND s.arrangement_id = a.id))
               LIMIT $1",
    },
];

/// Runs all checks of I18; each result must be empty.
pub async fn findings(db: &Db, catalogue: &Catalogue) -> Result<Vec<Finding>, DbError> {
    let mut findings = Vec::new();
    for Question { says, sql } in QUESTIONS {
        let rows: Vec<(String,)> =
            db.read_long(async move |tx: &mut Tx<'_>| tx.query(sql, params![LISTED]).await).await?;
        let violations = rows.into_iter().map(|(row,)| row).collect();
        findings.push(Finding { invariant: INVARIANT, says, violations });
    }
    findings.extend(draws(db, catalogue).await?);
    Ok(findings)
}

type Published = (SittingCode, CampusCode, SubjectCode, i64);

/// Replays and checks each published arrangement.
async fn draws(db: &Db, catalogue: &Catalogue) -> Result<[Finding; 3], DbError> {
    let published: Vec<Published> = db
        .read_long(async |tx: &mut Tx<'_>| {
            let sql = "SELECT sitting, campus, subject, id FROM arrangement WHERE published_at IS NOT NULL ORDER BY id";
            tx.query(sql, &[]).await
        })
        .await?;
    let finding = |says| Finding { invariant: INVARIANT, says, violations: Vec::new() };
    let mut again = finding("each published arrangement is what its recorded seed gives");
    let mut early = finding("each published arrangement was drawn after its registration had closed");
    let mut beside = finding("no classmates are neighbours in a room where none needed to be");
    for (sitting, campus, subject, id) in published {
        let plan = catalogue.sitting(&sitting);
        let Some((plan, known)) = plan.and_then(|plan| Some((plan, plan.subject(subject)?))) else {
            continue;
        };
        let (year, half, mode) = (plan.year, plan.half, known.mode);
        let unit = Unit { campus, sitting, year, half, subject, mode };
        let name = unit.to_string();
        let seen = db.read_long(async move |tx: &mut Tx<'_>| look(tx, &unit, id).await).await?;
        again.violations.extend(seen.differing.then(|| name.clone()));
        beside.violations.extend(seen.neighbours.then(|| name.clone()));
        let closes = seen.sources.split(';').filter_map(|source| CampusCode::parse(source).ok());
        let closes = closes
            .filter_map(|source| plan.window(source, mode))
            .map(super::super::sitting::window::Window::closes)
            .max();
        // A window that was changed since decides about late draws; the first one is judged by what it was drawn after.
        let closed = if seen.moved_since { Some(seen.closed_at) } else { closes };
        early.violations.extend(closed.is_some_and(|closes| seen.made_at < closes).then_some(name));
    }
    Ok([again, early, beside])
}

struct Seen {
    differing: bool,
    neighbours: bool,
    made_at: Time,
    /// When the last window of its campuses had closed, as it was recorded.
    closed_at: Time,
    /// Whether windows of the sitting were changed after it was drawn.
    moved_since: bool,
    sources: String,
}

async fn look(tx: &mut Tx<'_>, unit: &Unit, id: i64) -> Result<Seen, DbError> {
    let made = store::arrangement(tx, unit.school(), id).await?.ok_or(DbError::Decode("arrangement"))?;
    let rows = store::seats::all(tx, unit.school(), id).await?;
    // What can't be replayed differs from the seed's result too.
    let draws = store::late::all(tx, unit.school(), id).await?;
    let differing =
        verbs::drawn_again(unit, &made, &draws, &rows).is_none_or(|differing| !differing.is_empty());
    let neighbours = Settings::from_recorded(&made.settings).is_some_and(|settings| {
        let mut rooms = std::collections::BTreeMap::<(i64, i64), Vec<(i64, i64)>>::new();
        // A late candidate got the next free seat, whoever sits beside it.
        for row in rows.iter().filter(|row| row.late == 0) {
            rooms.entry((row.session, row.room)).or_default().push((row.seat, row.class));
        }
        rooms.values().any(|seated| rules::needless_pairs(seated, unit.mode, &settings) > 0)
    });
    let moved: Option<(i64,)> = tx
        .query_opt(
            "SELECT c.id
               FROM setting_change_line l
               JOIN setting_change c ON c.id = l.change_id
              WHERE l.sitting = $1
                AND l.kind = 'window'
                AND c.state = 'done'
                AND c.decided_at >= $2
              LIMIT 1",
            params![unit.sitting, made.made_at],
        )
        .await?;
    let (made_at, closed_at) = (made.made_at, made.closed_at);
    let moved_since = moved.is_some();
    Ok(Seen { differing, neighbours, made_at, closed_at, moved_since, sources: made.sources })
}

#[cfg(test)]
#[path = "tests/verify.rs"]
mod tests;
