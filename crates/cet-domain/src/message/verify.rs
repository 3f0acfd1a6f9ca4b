//! What must hold of messages and their mails (I20).

use crate::invariant::Question;

/// `$1` is now, `$2` how many rows are listed.
pub const QUESTIONS: &[Question] = &[
    Question {
        invariant: "I20",
        says: "each message belongs to a passport that is there",
        sql: "SELECT 'message ' || m.kind || ' ' || m.event
                FROM message m
                LEFT JOIN passport p ON p.id = m.passport_id
               WHERE p.id IS NULL
                 AND CAST($1 AS BIGINT) IS NOT NULL
               LIMIT $2",
    },
    Question {
        invariant: "I20",
        says: "each message that must be mailed is owed its mail, or has it",
        sql: "SELECT 'message ' || m.kind || ' ' || m.event
                FROM message m
               WHERE m.mail_at IS NULL
                 AND m.kind IN ('paid', 'expired', 'review-decided', 'report-answered', 'dispute-opened',
                                'dispute-received', 'dispute-ended', 'seat-changed', 'refund-due', 'refund-done',
                                'refund-refused', 'setting-changed', 'standby-given', 'standby-ended', 'from-staff')
                 AND CAST($1 AS BIGINT) IS NOT NULL
                 AND NOT EXISTS (SELECT 1
                                   FROM outbox o
                                  WHERE o.school = '00000'
                                    AND o.kind = m.kind
                                    AND o.event = m.event)
                 AND NOT EXISTS (SELECT 1
                                   FROM outbox o
                                  WHERE o.school = '00000'
                                    AND o.kind = m.kind
                                    AND o.event = m.event || ':' || CAST(m.id AS TEXT))
               LIMIT $2",
    },
    Question {
        invariant: "I20",
        says: "each mail of a message has its message",
        sql: "SELECT 'mail ' || o.kind || ' ' || o.event
                FROM outbox o
                LEFT JOIN (SELECT kind, event FROM message
                           UNION ALL
                           SELECT kind, event || ':' || CAST(id AS TEXT) FROM message WHERE kind = 'dispute-ended') m
                  ON m.kind = o.kind AND m.event = o.event
               WHERE o.school = '00000'
                 AND o.kind IN ('saved', 'entered', 'paid', 'reminder', 'expired', 'cancelled', 'released', 'review-decided',
                                'report-answered', 'dispute-opened', 'dispute-received', 'dispute-ended', 'seated', 'seat-changed', 'refund-due', 'refund-done', 'refund-refused', 'setting-changed', 'standby-given',
                                'standby-ended', 'from-staff')
                 AND m.event IS NULL
                 AND CAST($1 AS BIGINT) IS NOT NULL
               LIMIT $2",
    },
];
