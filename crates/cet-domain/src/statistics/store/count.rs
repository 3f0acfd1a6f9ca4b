//! The one statement that counts a sitting. It reads every row of it: for the job, never for a page.

use jiff::SignedDuration;

use crate::fragments::{live, unpaid};
use crate::params;
use crate::record;
use crate::statistics::rollup::{Counted, Kind};
use crate::statistics::{
    COLLECTIVE, DAY_MICROS, HOUR_MICROS, PACE_HOURS, Since, TO_CHINA_MICROS, day_begins, hour_begins,
};
use crate::store::{DbError, Tx};
use crate::words::codes::SittingCode;
use crate::words::time::Time;

record! {
    struct Row {
        kind: String,
        campus: String,
        item: String,
        day: i64,
        a: i64,
        b: i64,
        c: i64,
    }
}

/// The number of the hour of a time since `$7`, and of the first hour of the day of an earlier one.
macro_rules! hour {
    ($at:literal) => {
        concat!("CASE WHEN ", $at, " >= $7 THEN (", $at, " + $4) / $8 ELSE (", $at, " + $4) / $5 * 24 END")
    };
}

/// `$1` the sitting, `$2` now, `$3` from when days are counted, `$4` and `$5` make days of times, `$6` names collective
/// payments, `$7` from when hours are counted, `$8` makes hours of times, `$9` from when a pool's pace is counted.
const COUNT: &str = concat!(
    "SELECT CAST('registrations' AS TEXT), campus, CAST('' AS TEXT), CAST(0 AS BIGINT), COUNT(*), CAST(0 AS BIGINT),
            CAST(0 AS BIGINT)
       FROM registration
      WHERE sitting = $1
        AND state = 'live'
        AND (release_at IS NULL OR release_at > $2)
      GROUP BY campus
      UNION ALL
     SELECT CAST('subject' AS TEXT), r.campus, e.subject, CAST(0 AS BIGINT),
            CAST(SUM(CASE WHEN e.state = 'paid' THEN 1 ELSE 0 END) AS BIGINT),
            CAST(SUM(CASE WHEN e.state = 'paid' THEN 0 ELSE 1 END) AS BIGINT),
            CAST(SUM(CASE WHEN e.state = 'paid' THEN e.fee ELSE 0 END) AS BIGINT)
       FROM entry e
       JOIN registration r
         ON r.school = e.school
        AND r.id = e.registration_id
      WHERE e.sitting = $1
        AND ",
    live!("e.", "$2"),
    "
      GROUP BY r.campus, e.subject
      UNION ALL
     SELECT CAST('people' AS TEXT), r.campus, CAST('' AS TEXT), CAST(0 AS BIGINT), COUNT(*),
            CAST(SUM(CASE WHEN EXISTS (SELECT 1
                                         FROM entry e
                                        WHERE e.school = r.school
                                          AND e.registration_id = r.id
                                          AND ",
    unpaid!("e.", "$2"),
    ") THEN 0 ELSE 1 END) AS BIGINT), CAST(0 AS BIGINT)
       FROM registration r
      WHERE r.sitting = $1
        AND r.state = 'live'
        AND EXISTS (SELECT 1 FROM entry e WHERE e.school = r.school AND e.registration_id = r.id AND ",
    live!("e.", "$2"),
    ")
      GROUP BY r.campus
      UNION ALL
     SELECT CAST('people' AS TEXT), campus, mode, CAST(0 AS BIGINT), COUNT(*),
            CAST(SUM(CASE WHEN unpaid = 0 THEN 1 ELSE 0 END) AS BIGINT), CAST(0 AS BIGINT)
       FROM (SELECT r.campus AS campus, e.mode AS mode, SUM(CASE WHEN e.state = 'paid' THEN 0 ELSE 1 END) AS unpaid
               FROM entry e
               JOIN registration r
                 ON r.school = e.school
                AND r.id = e.registration_id
              WHERE e.sitting = $1
                AND r.state = 'live'
                AND ",
    live!("e.", "$2"),
    "
              GROUP BY r.campus, e.mode, r.school, r.id) p
      GROUP BY campus, mode
      UNION ALL
     SELECT CAST('saved' AS TEXT), campus, CAST('' AS TEXT), ",
    hour!("saved_at"),
    ", COUNT(*), CAST(0 AS BIGINT), CAST(0 AS BIGINT)
       FROM registration
      WHERE sitting = $1
        AND saved_at >= $3
      GROUP BY 2, 4
      UNION ALL
     SELECT CAST('pool' AS TEXT), campus, subject, CAST(0 AS BIGINT), capacity, taken, CAST(0 AS BIGINT)
       FROM seat_pool
      WHERE sitting = $1
      UNION ALL
     SELECT CAST('pace' AS TEXT), e.campus, e.subject, CAST(0 AS BIGINT), COUNT(*), CAST(0 AS BIGINT), CAST(0 AS BIGINT)
       FROM entry e
      WHERE e.sitting = $1
        AND e.entered_at >= $9
        AND ",
    live!("e.", "$2"),
    "
      GROUP BY 2, 3
      UNION ALL
     SELECT CAST('agreed' AS TEXT), CAST('' AS TEXT), CAST('' AS TEXT), CAST(0 AS BIGINT), COUNT(DISTINCT passport_id),
            CAST(0 AS BIGINT), CAST(0 AS BIGINT)
       FROM agreement_acceptance
      WHERE sitting = $1
      UNION ALL
     SELECT CAST('entered' AS TEXT), r.campus, e.mode, ",
    hour!("e.entered_at"),
    ", COUNT(*), CAST(0 AS BIGINT), CAST(0 AS BIGINT)
       FROM entry e
       JOIN registration r
         ON r.school = e.school
        AND r.id = e.registration_id
      WHERE e.sitting = $1
        AND e.entered_at >= $3
      GROUP BY 2, 3, 4
      UNION ALL
     SELECT CAST('paid' AS TEXT), r.campus, e.mode, ",
    hour!("e.paid_at"),
    ", COUNT(*), CAST(0 AS BIGINT), CAST(0 AS BIGINT)
       FROM entry e
       JOIN registration r
         ON r.school = e.school
        AND r.id = e.registration_id
      WHERE e.sitting = $1
        AND e.paid_at >= $3
      GROUP BY 2, 3, 4
      UNION ALL
     SELECT CAST('received' AS TEXT), r.campus, p.gateway, (p.received_at + $4) / $5, CAST(SUM(p.amount) AS BIGINT),
            COUNT(*), CAST(0 AS BIGINT)
       FROM receipt p
       JOIN payment_order o
         ON o.school = p.school
        AND o.id = p.order_id
       JOIN registration r
         ON r.school = o.school
        AND r.id = o.registration_id
      WHERE o.sitting = $1
      GROUP BY 2, 3, 4
      UNION ALL
     SELECT CAST('received' AS TEXT), r.campus, CAST($6 AS TEXT), (c.settled_at + $4) / $5,
            CAST(SUM(l.amount) AS BIGINT), COUNT(DISTINCT c.id), CAST(0 AS BIGINT)
       FROM collective_payment c
       JOIN collective_payment_line l
         ON l.school = c.school
        AND l.collective_payment_id = c.id
       JOIN registration r
         ON r.school = l.school
        AND r.id = l.registration_id
      WHERE c.sitting = $1
        AND c.state = 'paid'
      GROUP BY 2, 3, 4
      UNION ALL
     SELECT CAST('refunded' AS TEXT), r.campus, CASE WHEN f.state = 'by-hand' THEN f.state ELSE p.gateway END,
            (f.done_at + $4) / $5, CAST(SUM(f.amount) AS BIGINT), COUNT(*), CAST(0 AS BIGINT)
       FROM refund f
       JOIN receipt p
         ON p.school = f.school
        AND p.id = f.receipt_id
       JOIN payment_order o
         ON o.school = p.school
        AND o.id = p.order_id
       JOIN registration r
         ON r.school = o.school
        AND r.id = o.registration_id
      WHERE o.sitting = $1
        AND f.state IN ('done', 'by-hand')
      GROUP BY 2, 3, 4"
);

/// Counts a sitting, its days and hours from `since` on.
///
/// # Errors
/// [`DbError`].
pub async fn count(
    tx: &mut Tx<'_>,
    sitting: &SittingCode,
    now: Time,
    since: Since,
) -> Result<Vec<Counted>, DbError> {
    let (days, hours) = (day_begins(since.day), hour_begins(since.hour));
    let pace = now.minus(SignedDuration::from_hours(PACE_HOURS));
    let rows: Vec<Row> = tx
        .query(
            COUNT,
            params![sitting, now, days, TO_CHINA_MICROS, DAY_MICROS, COLLECTIVE, hours, HOUR_MICROS, pace],
        )
        .await?;
    let counted = |row: Row| {
        Ok(Counted {
            kind: Kind::from_wire(&row.kind).ok_or(DbError::Decode("kind of a figure"))?,
            campus: row.campus,
            item: row.item,
            day: row.day,
            numbers: [row.a, row.b, row.c],
        })
    };
    rows.into_iter().map(counted).collect()
}
