//! Seats and entries: I1, I2, I6, I9, I22.

use super::Question;

/// `$1` is now, `$2` the most rows that are listed.
pub(super) const QUESTIONS: &[Question] = &[
    Question {
        invariant: "I1",
        says: "no pool holds more live entries than it has seats",
        sql: "SELECT p.campus || ' ' || p.subject || ': ' || CAST(COUNT(e.id) AS TEXT) || ' entries, ' || CAST(p.capacity AS TEXT) || ' seats'
                FROM seat_pool p
                JOIN entry e
                  ON e.pool_school = p.school
                 AND e.sitting = p.sitting
                 AND e.campus = p.campus
                 AND e.subject = p.subject
               WHERE e.state IN ('held', 'paid')
                 AND CAST($1 AS BIGINT) IS NOT NULL
               GROUP BY p.school, p.sitting, p.campus, p.subject, p.capacity
              HAVING COUNT(e.id) > p.capacity
               LIMIT $2",
    },
    Question {
        invariant: "I2",
        says: "the taken seats of each pool are its live entries, and no live entry is without a pool",
        sql: "SELECT k.campus || ' ' || k.subject || ': taken ' || CAST(SUM(k.taken) AS TEXT) || ', live ' || CAST(SUM(k.live) AS TEXT)
                FROM (SELECT school, sitting, campus, subject, taken, 0 AS live
                        FROM seat_pool
                       UNION ALL
                      SELECT pool_school, sitting, campus, subject, 0, COUNT(*)
                        FROM entry
                       WHERE state IN ('held', 'paid')
                       GROUP BY pool_school, sitting, campus, subject) k
               WHERE CAST($1 AS BIGINT) IS NOT NULL
               GROUP BY k.school, k.sitting, k.campus, k.subject
              HAVING SUM(k.taken) <> SUM(k.live)
               LIMIT $2",
    },
    Question {
        invariant: "I6",
        says: "at most one live written entry a level",
        sql: "SELECT 'registration ' || CAST(registration_id AS TEXT) || ' level ' || CAST(level AS TEXT)
                FROM entry
               WHERE state IN ('held', 'paid')
                 AND mode = 'written'
                 AND CAST($1 AS BIGINT) IS NOT NULL
               GROUP BY school, registration_id, level
              HAVING COUNT(*) > 1
               LIMIT $2",
    },
    Question {
        invariant: "I6",
        says: "each live oral entry has a live written one of its level, and a paid one a paid one",
        sql: "SELECT 'entry ' || CAST(o.id AS TEXT)
                FROM entry o
               WHERE o.state IN ('held', 'paid')
                 AND o.mode = 'oral'
                 AND CAST($1 AS BIGINT) IS NOT NULL
                 AND NOT EXISTS (SELECT 1
                                   FROM entry w
                                  WHERE w.school = o.school
                                    AND w.registration_id = o.registration_id
                                    AND w.mode = 'written'
                                    AND w.level = o.level
                                    AND (w.state = 'paid' OR (w.state = 'held' AND o.state = 'held')))
               LIMIT $2",
    },
    Question {
        invariant: "I6",
        says: "each live entry's subject was granted to its registration",
        sql: "SELECT 'entry ' || CAST(e.id AS TEXT) || ' subject ' || e.subject
                FROM entry e
                JOIN registration r
                  ON r.school = e.school
                 AND r.id = e.registration_id
               WHERE e.state IN ('held', 'paid')
                 AND CAST($1 AS BIGINT) IS NOT NULL
                 AND (';' || r.subjects || ';') NOT LIKE ('%;' || e.subject || ';%')
               LIMIT $2",
    },
    Question {
        invariant: "I9",
        says: "no hold ends early, and none lives on for 5 min unless its order is being settled or a school locks it",
        sql: "SELECT 'entry ' || CAST(e.id AS TEXT)
                FROM entry e
               WHERE (e.state = 'expired' AND e.ended_at < e.expires_at)
                  OR (e.state = 'held'
                      AND e.expires_at < CAST($1 AS BIGINT) - 300000000
                      AND e.locked_by IS NULL
                      AND NOT EXISTS (SELECT 1
                                        FROM payment_order o
                                       WHERE o.school = e.school
                                         AND o.registration_id = e.registration_id
                                         AND o.state = 'open'))
               LIMIT $2",
    },
    Question {
        invariant: "I22",
        says: "the log's entered and retaken minus ended seats are the live entries, school by school",
        sql: "SELECT k.school || ': by the log ' || CAST(SUM(k.logged) AS TEXT) || ', live ' || CAST(SUM(k.live) AS TEXT)
                FROM (SELECT school,
                             CASE WHEN action IN ('entry-entered', 'entry-retaken') THEN 1 ELSE -1 END AS logged,
                             0 AS live
                        FROM audit_log
                       WHERE object_kind = 'entry'
                         AND action IN ('entry-entered', 'entry-retaken', 'entry-cancelled', 'entry-expired', 'entry-withdrawn')
                       UNION ALL
                      SELECT school, seats, 0
                        FROM audit_anchor
                       UNION ALL
                      SELECT school, 0, 1
                        FROM entry
                       WHERE state IN ('held', 'paid')) k
               WHERE CAST($1 AS BIGINT) IS NOT NULL
               GROUP BY k.school
              HAVING SUM(k.logged) <> SUM(k.live)
               LIMIT $2",
    },
];
