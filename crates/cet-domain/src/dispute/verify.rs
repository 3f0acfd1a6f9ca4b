//! Invariants of disputes: I15, I16.

use crate::invariant::Question;

/// `$1` is now, `$2` the most rows that are listed.
pub const QUESTIONS: &[Question] = &[
    Question {
        invariant: "I15",
        says: "each dispute that ended by a decision was decided by one person and approved by another, in time",
        sql: "SELECT 'dispute ' || CAST(id AS TEXT)
                FROM dispute
               WHERE state IN ('approved', 'refused')
                 AND CAST($1 AS BIGINT) IS NOT NULL
                 AND (decided_person = approved_person
                      OR ended_at < decided_at
                      OR ended_at >= decided_at + 604800000000)
               LIMIT $2",
    },
    Question {
        invariant: "I16",
        says: "each dispute that ended by a decision stands in the log as approved by who approved it",
        sql: "SELECT 'dispute ' || CAST(d.id AS TEXT)
                FROM dispute d
               WHERE d.state IN ('approved', 'refused')
                 AND CAST($1 AS BIGINT) IS NOT NULL
                 AND d.ended_at >= (SELECT COALESCE(MAX(until_at), 0) FROM audit_archive)
                 AND NOT EXISTS (SELECT 1
                                   FROM audit_log l
                                  WHERE l.school = d.school
                                    AND l.action = 'dispute-approved'
                                    AND l.object = CAST(d.id AS TEXT)
                                    AND l.actor = d.approved_by)
               LIMIT $2",
    },
];
