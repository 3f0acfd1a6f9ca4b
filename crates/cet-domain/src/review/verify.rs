//! Invariants of CET6资格复核 (V4, W7), and that a school's decision is in the log and was mailed (I16, I20).

use crate::invariant::Question;

/// `$1` is now, `$2` the most rows that are listed.
pub const QUESTIONS: &[Question] = &[
    Question {
        invariant: "V4",
        says: "a passport has at most one application a sitting, which its claim names",
        sql: "SELECT 'passport ' || CAST(k.passport_id AS TEXT)
                FROM (SELECT school, id, passport_id, sitting, 1 AS applied, 0 AS claimed
                        FROM eligibility_review
                       WHERE origin = 'candidate'
                       UNION ALL
                      SELECT school, id, passport_id, sitting, 0, 1
                        FROM passport_claim
                       WHERE kind = 'review') k
               WHERE CAST($1 AS BIGINT) IS NOT NULL
               GROUP BY k.school, k.id, k.passport_id, k.sitting
              HAVING SUM(k.applied) <> 1
                  OR SUM(k.claimed) <> 1
               LIMIT $2",
    },
    Question {
        invariant: "W7",
        says: "the ticket of each approved application serves its document and no other",
        sql: "SELECT 'review ' || r.school || ' ' || CAST(r.id AS TEXT)
                FROM eligibility_review r
               WHERE r.state = 'approved'
                 AND r.ticket IS NOT NULL
                 AND CAST($1 AS BIGINT) IS NOT NULL
                 AND NOT EXISTS (SELECT 1
                                   FROM review_ticket t
                                  WHERE t.sitting = r.sitting
                                    AND t.ticket = r.ticket
                                    AND t.document_key = r.document_key)
               LIMIT $2",
    },
    Question {
        invariant: "W7",
        says: "an approval opens CET6 to no other document than its own",
        sql: "SELECT 'registration ' || r.school || ' ' || CAST(r.id AS TEXT)
                FROM registration r
               WHERE r.state = 'live'
                 AND CAST($1 AS BIGINT) IS NOT NULL
                 AND ';' || r.subjects || ';' LIKE '%;2;%'
                 AND ';' || r.listed_subjects || ';' NOT LIKE '%;2;%'
                 AND EXISTS (SELECT 1
                               FROM eligibility_review o
                              WHERE o.passport_id = r.passport_id
                                AND o.sitting = r.sitting
                                AND o.document_key <> r.document_key
                                AND o.state = 'approved')
                 AND NOT EXISTS (SELECT 1
                                   FROM eligibility_review v
                                  WHERE v.school = r.school
                                    AND v.sitting = r.sitting
                                    AND v.document_key = r.document_key
                                    AND v.state = 'approved')
                 AND NOT EXISTS (SELECT 1
                                   FROM score s
                                  WHERE s.document_key = r.document_key
                                    AND s.subject = '1'
                                    AND s.points >= 425)
               LIMIT $2",
    },
    Question {
        invariant: "W7",
        says: "CET6 is open to each registration whose document was approved and is not barred from it",
        sql: "SELECT 'registration ' || r.school || ' ' || CAST(r.id AS TEXT)
                FROM registration r
                JOIN eligibility_review v
                  ON v.school = r.school AND v.sitting = r.sitting AND v.document_key = r.document_key
               WHERE r.state = 'live'
                 AND v.state = 'approved'
                 AND CAST($1 AS BIGINT) IS NOT NULL
                 AND ';' || r.subjects || ';' NOT LIKE '%;2;%'
                 AND ';' || r.barred_subjects || ';' NOT LIKE '%;2;%'
               LIMIT $2",
    },
    Question {
        invariant: "I16",
        says: "each application that a school decided stands in the log",
        sql: "SELECT 'review ' || r.school || ' ' || CAST(r.id AS TEXT)
                FROM eligibility_review r
               WHERE r.decided_by IS NOT NULL
                 AND CAST($1 AS BIGINT) IS NOT NULL
                 AND r.decided_at >= (SELECT COALESCE(MAX(until_at), 0) FROM audit_archive)
                 AND NOT EXISTS (SELECT 1
                                   FROM audit_log l
                                  WHERE l.school = r.school
                                    AND l.object_kind = 'review'
                                    AND l.object = CAST(r.id AS TEXT)
                                    AND l.actor_kind = 'staff'
                                    AND l.actor = r.decided_by
                                    AND l.at >= r.submitted_at)
               LIMIT $2",
    },
    Question {
        invariant: "I20",
        says: "each candidate whose application the school decided is owed the mail",
        sql: "SELECT 'review ' || r.school || ' ' || CAST(r.id AS TEXT)
                FROM eligibility_review r
                JOIN passport p ON p.id = r.passport_id
                LEFT JOIN message m
                  ON m.kind = 'review-decided'
                 AND m.event = CAST(r.id AS TEXT) || '-' || CAST(r.submissions AS TEXT) || '-' || CAST(r.decided_at AS TEXT)
               WHERE r.decided_by IS NOT NULL
                 AND m.event IS NULL
                 AND CAST($1 AS BIGINT) IS NOT NULL
                 AND NOT EXISTS (SELECT 1
                                   FROM outbox o
                                  WHERE o.school = r.school
                                    AND o.kind = 'review-decided'
                                    AND o.event = CAST(r.id AS TEXT) || '-' || CAST(r.submissions AS TEXT) || '-'
                                               || CAST(r.decided_at AS TEXT))
               LIMIT $2",
    },
];
