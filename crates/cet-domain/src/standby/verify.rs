//! What must hold of lines (I30).

use crate::invariant::Question;

/// `$1` is now, `$2` how many rows are listed.
pub const QUESTIONS: &[Question] = &[
    Question {
        invariant: "I30",
        says: "as many people wait for each pool as stand in its line, and no line is without a pool",
        sql: "SELECT k.campus || ' ' || k.subject || ': waiting ' || CAST(SUM(k.waiting) AS TEXT) || ', in line ' || CAST(SUM(k.wishes) AS TEXT)
                FROM (SELECT school, sitting, campus, subject, waiting, 0 AS wishes
                        FROM seat_pool
                       UNION ALL
                      SELECT school, sitting, campus, subject, 0, COUNT(*)
                        FROM standby_wish
                       GROUP BY school, sitting, campus, subject) k
               WHERE CAST($1 AS BIGINT) IS NOT NULL
               GROUP BY k.school, k.sitting, k.campus, k.subject
              HAVING SUM(k.waiting) <> SUM(k.wishes)
               LIMIT $2",
    },
    Question {
        invariant: "I30",
        says: "each number in a line is one of a place that waits, and each such place has its numbers",
        sql: "SELECT 'place ' || CAST(k.id AS TEXT)
                FROM (SELECT home_school AS school, standby_id AS id, COUNT(*) AS numbers, 0 AS wanted
                        FROM standby_wish
                       GROUP BY home_school, standby_id
                       UNION ALL
                      SELECT school, id, 0, LENGTH(wishes) - LENGTH(REPLACE(wishes, ':', ''))
                        FROM standby
                       WHERE ended_at IS NULL) k
               WHERE CAST($1 AS BIGINT) IS NOT NULL
               GROUP BY k.school, k.id
              HAVING SUM(k.numbers) <> SUM(k.wanted)
               LIMIT $2",
    },
    Question {
        invariant: "I30",
        says: "each registration knows for how many subjects it waits",
        sql: "SELECT 'registration ' || CAST(k.id AS TEXT)
                FROM (SELECT school, id, in_line, 0 AS places
                        FROM registration
                       WHERE in_line <> 0
                       UNION ALL
                      SELECT school, registration_id, 0, COUNT(*)
                        FROM standby
                       WHERE ended_at IS NULL
                       GROUP BY school, registration_id) k
               WHERE CAST($1 AS BIGINT) IS NOT NULL
               GROUP BY k.school, k.id
              HAVING SUM(k.in_line) <> SUM(k.places)
               LIMIT $2",
    },
    Question {
        invariant: "I30",
        says: "each place that waits is of a registration that lives",
        sql: "SELECT 'place ' || CAST(s.id AS TEXT)
                FROM standby s
               WHERE s.ended_at IS NULL
                 AND CAST($1 AS BIGINT) IS NOT NULL
                 AND NOT EXISTS (SELECT 1
                                   FROM registration r
                                  WHERE r.school = s.school
                                    AND r.id = s.registration_id
                                    AND r.state = 'live')
               LIMIT $2",
    },
    Question {
        invariant: "I30",
        says: "nobody waits for a subject that is entered",
        sql: "SELECT 'registration ' || CAST(s.registration_id AS TEXT) || ' subject ' || s.subject
                FROM standby s
                JOIN entry e
                  ON e.school = s.school
                 AND e.registration_id = s.registration_id
                 AND e.subject = s.subject
               WHERE s.ended_at IS NULL
                 AND (e.state = 'paid' OR (e.state = 'held' AND e.expires_at > CAST($1 AS BIGINT)))
               LIMIT $2",
    },
    Question {
        invariant: "I30",
        says: "each place that was given a seat has its entry",
        sql: "SELECT 'place ' || CAST(s.id AS TEXT)
                FROM standby s
                LEFT JOIN entry e
                  ON e.school = s.school
                 AND e.id = s.entry_id
                 AND e.registration_id = s.registration_id
                 AND e.subject = s.subject
               WHERE s.ended_for = 'given'
                 AND e.id IS NULL
                 AND CAST($1 AS BIGINT) IS NOT NULL
               LIMIT $2",
    },
];
