//! Statistics over the entries of a scope's own candidates, for staff (S6). They read all of the scope's entries.

use crate::fragments::live;
use crate::params;
use crate::record;
use crate::store::{DbError, Tx};
use crate::words::codes::{CampusCode, SittingCode, SubjectCode};
use crate::words::fen::FenSum;
use crate::words::staff::Scope;
use crate::words::time::Time;
use cet_base::{in_scope, scoped};

/// China is UTC+8 all year.
const TO_CHINA_MICROS: i64 = 8 * 3_600 * 1_000_000;
/// Microseconds of a day.
const DAY_MICROS: i64 = 24 * 3_600 * 1_000_000;

record! {
    /// The live entries of one subject.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct OfSubject {
        /// The subject.
        pub subject: SubjectCode,
        /// Number of paid ones.
        pub paid: i64,
        /// Number of unpaid ones.
        pub unpaid: i64,
        /// The sum paid for them.
        pub amount: FenSum,
    }
}

/// Live entries by subject.
pub async fn by_subject(
    tx: &mut Tx<'_>,
    scope: &Scope,
    sitting: &SittingCode,
) -> Result<Vec<OfSubject>, DbError> {
    let now = tx.now().await?;
    scope
        .query(
            tx,
            scoped!(
                "SELECT e.subject,
                CAST(SUM(CASE WHEN e.state = 'paid' THEN 1 ELSE 0 END) AS BIGINT),
                CAST(SUM(CASE WHEN e.state = 'paid' THEN 0 ELSE 1 END) AS BIGINT),
                CAST(SUM(CASE WHEN e.state = 'paid' THEN e.fee ELSE 0 END) AS BIGINT)
           FROM entry e
           JOIN registration r
             ON r.school = e.school
            AND r.id = e.registration_id
          WHERE ",
                in_scope!("e.school", "r.campus"),
                "
            AND e.sitting = $5
            AND ",
                live!("e.", "$6"),
                "
          GROUP BY e.subject
          ORDER BY e.subject"
            ),
            params![sitting, now],
        )
        .await
}

record! {
    /// The live entries of one pool.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct OfPool {
        /// The campus of the seats.
        pub campus: CampusCode,
        /// The subject.
        pub subject: SubjectCode,
        /// Number of paid ones.
        pub paid: i64,
        /// Number of unpaid ones.
        pub unpaid: i64,
        /// Unpaid ones with an open order.
        pub ordered: i64,
        /// Unpaid ones whose hold ends after a given time.
        pub held_after: i64,
    }
}

/// Live entries by pool, for the effect of a change; `after` divides the unpaid ones by the end of their hold.
pub async fn by_pool(
    tx: &mut Tx<'_>,
    scope: &Scope,
    sitting: &SittingCode,
    after: Time,
) -> Result<Vec<OfPool>, DbError> {
    let now = tx.now().await?;
    scope
        .query(
            tx,
            scoped!(
                "SELECT e.campus, e.subject,
                CAST(SUM(CASE WHEN e.state = 'paid' THEN 1 ELSE 0 END) AS BIGINT),
                CAST(SUM(CASE WHEN e.state = 'paid' THEN 0 ELSE 1 END) AS BIGINT),
                CAST(SUM(CASE WHEN e.state <> 'paid' AND e.order_id IS NOT NULL THEN 1 ELSE 0 END) AS BIGINT),
                CAST(SUM(CASE WHEN e.state <> 'paid' AND e.expires_at > $7 THEN 1 ELSE 0 END) AS BIGINT)
           FROM entry e
          WHERE ",
                in_scope!("e.pool_school", "e.campus"),
                "
            AND e.sitting = $5
            AND ",
                live!("e.", "$6"),
                "
          GROUP BY e.campus, e.subject
          ORDER BY e.campus, e.subject"
            ),
            params![sitting, now, after],
        )
        .await
}

/// How many entries were made and paid on one day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OfDay {
    /// Start of the day.
    pub day: Time,
    /// Entries made, including those that ended since.
    pub entered: i64,
    /// Entries paid.
    pub paid: i64,
}

/// Entries per day of China for the last `days` days, the earliest first.
pub async fn by_day(
    tx: &mut Tx<'_>,
    scope: &Scope,
    sitting: &SittingCode,
    days: i64,
) -> Result<Vec<OfDay>, DbError> {
    let now = tx.now().await?;
    let today = now.micros().saturating_add(TO_CHINA_MICROS).div_euclid(DAY_MICROS);
    let first = today.saturating_sub(days).saturating_add(1);
    let begins = |day: i64| Time::from_micros(day.saturating_mul(DAY_MICROS).saturating_sub(TO_CHINA_MICROS));
    let entered = counted(tx, scope, sitting, begins(first), Moment::Entered).await?;
    let paid = counted(tx, scope, sitting, begins(first), Moment::Paid).await?;
    let on = |rows: &[(i64, i64)], day| rows.iter().find(|(known, _)| *known == day).map_or(0, |(_, n)| *n);
    let of_day = |day| OfDay { day: begins(day), entered: on(&entered, day), paid: on(&paid, day) };
    Ok((first..=today).map(of_day).collect())
}

#[derive(Clone, Copy)]
enum Moment {
    Entered,
    Paid,
}

async fn counted(
    tx: &mut Tx<'_>,
    scope: &Scope,
    sitting: &SittingCode,
    from: Time,
    moment: Moment,
) -> Result<Vec<(i64, i64)>, DbError> {
    macro_rules! by {
        ($column:literal) => {
            scoped!(
                "SELECT (e.",
                $column,
                " + $6) / $7, COUNT(*)
                   FROM entry e
                   JOIN registration r
                     ON r.school = e.school
                    AND r.id = e.registration_id
                  WHERE ",
                in_scope!("e.school", "r.campus"),
                "
                    AND e.sitting = $5
                    AND e.",
                $column,
                " >= $8
                  GROUP BY 1"
            )
        };
    }
    let given = params![sitting, TO_CHINA_MICROS, DAY_MICROS, from];
    match moment {
        Moment::Entered => scope.query(tx, by!("entered_at"), given).await,
        Moment::Paid => scope.query(tx, by!("paid_at"), given).await,
    }
}
