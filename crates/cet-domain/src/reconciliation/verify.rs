//! What must hold for signed days.

use crate::invariant::Question;

/// `$1` is now, `$2` the most rows that are listed.
pub const QUESTIONS: &[Question] = &[
    Question {
        invariant: "I27",
        says: "a signed day of a bill has no open difference",
        sql: "SELECT 'difference ' || x.gateway || ' ' || x.day || ' ' || x.order_number
                FROM reconciliation_difference x
                JOIN reconciliation_day d ON d.gateway = x.gateway AND d.day = x.day
               WHERE CAST($1 AS BIGINT) IS NOT NULL
                 AND d.state = 'signed'
                 AND x.state NOT IN ('resolved', 'gone')
               LIMIT $2",
    },
    Question {
        invariant: "I27",
        says: "a day of a bill is signed by somebody who has not handled its differences",
        sql: "SELECT 'day ' || d.gateway || ' ' || d.day
                FROM reconciliation_day d
               WHERE CAST($1 AS BIGINT) IS NOT NULL
                 AND d.state = 'signed'
                 AND EXISTS (SELECT 1
                               FROM reconciliation_difference x
                               JOIN reconciliation_note n ON n.difference_id = x.id
                              WHERE x.gateway = d.gateway
                                AND x.day = d.day
                                AND n.account = d.signed_by)
               LIMIT $2",
    },
];
