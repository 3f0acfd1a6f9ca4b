//! Invariants of links, sessions and their mails (I13, I14, I20): each is one query that returns the violations.

use crate::invariant::Question;

/// `$1` is now, `$2` the most rows that are listed.
pub const QUESTIONS: &[Question] = &[
    Question {
        invariant: "I13",
        says: "no link was used after its end, after 5 wrong names, or after it was made worthless",
        sql: "SELECT 'token ' || CAST(t.id AS TEXT)
                FROM mail_token t
               WHERE t.used_at IS NOT NULL
                 AND CAST($1 AS BIGINT) IS NOT NULL
                 AND (t.used_at >= t.expires_at OR t.tries >= 5 OR t.revoked_at IS NOT NULL)
               LIMIT $2",
    },
    Question {
        invariant: "I13",
        says: "no link for a new password or a verification outlives a newer one, or a change of the credentials",
        sql: "SELECT 'token ' || CAST(t.id AS TEXT)
                FROM mail_token t
                JOIN passport p ON p.id = t.passport_id
               WHERE t.purpose IN ('recovery', 'verification')
                 AND t.revoked_at IS NULL
                 AND CAST($1 AS BIGINT) IS NOT NULL
                 AND ((t.used_at IS NULL AND t.created_at < p.credential_changed_at)
                      OR EXISTS (SELECT 1
                                   FROM mail_token n
                                  WHERE n.passport_id = t.passport_id
                                    AND n.purpose = t.purpose
                                    AND n.created_at > t.created_at
                                    AND (t.used_at IS NULL OR t.used_at > n.created_at)))
               LIMIT $2",
    },
    Question {
        invariant: "I13",
        says: "one address has one passport, and each passport that is not closed its address",
        sql: "SELECT 'passport ' || CAST(p.id AS TEXT)
                FROM passport p
               WHERE CAST($1 AS BIGINT) IS NOT NULL
                 AND p.email <> ''
                 AND (SELECT COUNT(*)
                        FROM passport_email e
                       WHERE e.passport_id = p.id
                         AND e.held_until IS NULL
                         AND e.email_key = LOWER(p.email)) <> 1
               LIMIT $2",
    },
    Question {
        invariant: "I14",
        says: "no session is older than the last change of its passport's credentials",
        sql: "SELECT 'a session of passport ' || CAST(s.passport_id AS TEXT)
                FROM session s
                JOIN passport p ON p.id = s.passport_id
               WHERE s.created_at < p.credential_changed_at
                 AND CAST($1 AS BIGINT) IS NOT NULL
               LIMIT $2",
    },
    Question {
        invariant: "I20",
        says: "each link has its mail",
        sql: "SELECT 'token ' || CAST(t.id AS TEXT)
                FROM mail_token t
               WHERE CAST($1 AS BIGINT) IS NOT NULL
                 AND NOT EXISTS (SELECT 1
                                   FROM outbox o
                                  WHERE o.school = '00000'
                                    AND o.kind = 'passport-' || t.purpose
                                    AND o.event = CAST(t.id AS TEXT))
               LIMIT $2",
    },
];
