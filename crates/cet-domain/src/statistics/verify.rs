//! Kept sums agree with each other (I25); that they are those of a count, `tests.rs` asks on both databases.

use crate::invariant::Question;

/// `$1` is now, `$2` the most rows that are listed.
pub(crate) const QUESTIONS: &[Question] = &[Question {
    invariant: "I25",
    says: "the kept sums of each place are those of the places below it",
    sql: "SELECT k.sitting || ' ' || k.place || ': ' || CAST(SUM(k.sums) AS TEXT)
            FROM (SELECT sitting, place,
                         registrations + paid + unpaid + amount + received + refunded + capacity + taken AS sums
                    FROM statistic
                   WHERE length(place) < 6
                   UNION ALL
                  SELECT sitting, above,
                         -(registrations + paid + unpaid + amount + received + refunded + capacity + taken)
                    FROM statistic
                   WHERE above IS NOT NULL) k
           WHERE CAST($1 AS BIGINT) IS NOT NULL
           GROUP BY k.sitting, k.place
          HAVING SUM(k.sums) <> 0
           LIMIT $2",
}];
