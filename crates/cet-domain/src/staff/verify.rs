//! Invariants of staff: I14, I15, I17.

use crate::invariant::Question;

/// `$1` is now, `$2` the most rows that are listed.
pub const QUESTIONS: &[Question] = &[
    Question {
        invariant: "I14",
        says: "no session of staff began before its account's password was set",
        sql: "SELECT 'account ' || s.account
                FROM staff_session s
                JOIN staff_account a
                  ON a.name = s.account
               WHERE CAST($1 AS BIGINT) IS NOT NULL
                 AND (a.disabled_at IS NOT NULL OR s.created_at < a.password_changed_at)
               LIMIT $2",
    },
    Question {
        invariant: "I15",
        says: "each registration that moved was asked for by one person and approved as asked by another, in time",
        sql: "SELECT 'rebind ' || CAST(id AS TEXT)
                FROM staff_rebind
               WHERE state = 'done'
                 AND CAST($1 AS BIGINT) IS NOT NULL
                 AND (requester_person = approver_person
                      OR approved_hash <> target_hash
                      OR decided_at < asked_at
                      OR decided_at >= expires_at)
               LIMIT $2",
    },
    Question {
        invariant: "I15",
        says: "each account that was reset was asked for by one person and approved by another, in time",
        sql: "SELECT 'reset ' || CAST(id AS TEXT)
                FROM staff_reset
               WHERE state = 'done'
                 AND CAST($1 AS BIGINT) IS NOT NULL
                 AND (requester_person = approver_person
                      OR decided_at < asked_at
                      OR decided_at >= expires_at)
               LIMIT $2",
    },
    Question {
        invariant: "I16",
        says: "each registration that moved stands in the log as moved by who approved it",
        sql: "SELECT 'rebind ' || CAST(r.id AS TEXT)
                FROM staff_rebind r
               WHERE r.state = 'done'
                 AND CAST($1 AS BIGINT) IS NOT NULL
                 AND r.decided_at >= (SELECT COALESCE(MAX(until_at), 0) FROM audit_archive)
                 AND NOT EXISTS (SELECT 1
                                   FROM audit_log l
                                  WHERE l.school = r.school
                                    AND l.action = 'rebind-approved'
                                    AND l.object = CAST(r.registration_id AS TEXT)
                                    AND l.actor = r.approver)
               LIMIT $2",
    },
    Question {
        invariant: "I20",
        says: "each registration that moved is told to its new address",
        sql: "SELECT 'rebind ' || CAST(r.id AS TEXT)
                FROM staff_rebind r
               WHERE r.state = 'done'
                 AND CAST($1 AS BIGINT) IS NOT NULL
                 AND NOT EXISTS (SELECT 1
                                   FROM outbox o
                                  WHERE o.school = r.school
                                    AND o.kind = 'rebind-new'
                                    AND o.event = CAST(r.id AS TEXT))
               LIMIT $2",
    },
    Question {
        invariant: "I17",
        says: "no log of a school holds what staff did outside of their scope at that time",
        sql: "SELECT 'school ' || l.school || ', row ' || CAST(l.id AS TEXT)
                FROM audit_log l
               WHERE l.actor_kind = 'staff'
                 AND l.school <> '00000'
                 AND CAST($1 AS BIGINT) IS NOT NULL
                 AND NOT EXISTS (SELECT 1
                                   FROM staff_grant g
                                  WHERE g.account = l.actor
                                    AND g.from_at <= l.at
                                    AND g.from_at >= (SELECT MAX(n.from_at)
                                                        FROM staff_grant n
                                                       WHERE n.account = l.actor
                                                         AND n.from_at <= l.at)
                                    AND l.school >= SUBSTR(g.scope, 1, 5)
                                    AND l.school < SUBSTR(g.scope, 1, 5) || ':')
               LIMIT $2",
    },
];
