//! That no seat stays free while somebody waits for it (I30).

use jiff::SignedDuration;

use crate::invariant::{Finding, LISTED};
use crate::params;
use crate::sitting::Catalogue;
use crate::standby::rules;
use crate::store::{Db, DbError, Tx};
use crate::words::codes::{CampusCode, SittingCode, SubjectCode};
use crate::words::time::Time;

/// A job gives a seat within seconds; this long it may take after a failure.
const GRACE: SignedDuration = SignedDuration::from_mins(5);

/// A pool, as a row names it.
type Pool = (SittingCode, CampusCode, SubjectCode);

/// The pools that have a free seat and somebody who has waited for it for five minutes, at a time when seats are given. One
/// where a seat came free, or whose capacity was changed, just now is left out.
pub async fn finding(db: &Db, catalogue: &Catalogue) -> Result<Finding, DbError> {
    let rows: Result<(Time, Vec<Pool>), DbError> = db
        .read_long(async move |tx: &mut Tx<'_>| {
            let now = tx.now().await?;
            let rows = tx
                .query(
                    "SELECT p.sitting, p.campus, p.subject
                       FROM seat_pool p
                      WHERE p.waiting > 0
                        AND p.taken < p.capacity
                        AND NOT EXISTS (SELECT 1
                                          FROM entry e
                                         WHERE e.pool_school = p.school
                                           AND e.sitting = p.sitting
                                           AND e.campus = p.campus
                                           AND e.subject = p.subject
                                           AND e.ended_at > $1)
                        AND NOT EXISTS (SELECT 1
                                          FROM setting_change c
                                         WHERE c.sitting = p.sitting
                                           AND c.decided_at > $1)
                        AND EXISTS (SELECT 1
                                      FROM standby_wish w
                                      JOIN standby s
                                        ON s.school = w.home_school
                                       AND s.id = w.standby_id
                                     WHERE w.school = p.school
                                       AND w.sitting = p.sitting
                                       AND w.campus = p.campus
                                       AND w.subject = p.subject
                                       AND s.joined_at < $1)
                      ORDER BY p.sitting, p.campus, p.subject
                      LIMIT $2",
                    params![now.minus(GRACE), LISTED],
                )
                .await?;
            Ok((now, rows))
        })
        .await;
    let (now, pools) = rows?;
    let gives = |(sitting, campus, subject): &(SittingCode, CampusCode, SubjectCode)| {
        let closes = catalogue.sitting(sitting).and_then(|plan| {
            let mode = plan.subject(*subject)?.mode;
            super::verbs::window_closes(plan, *campus, mode)
        });
        closes.is_some_and(|at| rules::gives_now(at, now.minus(GRACE)) && rules::gives_now(at, now))
    };
    let late =
        pools.iter().filter(|pool| gives(pool)).map(|(_, campus, subject)| format!("{campus} {subject}"));
    Ok(Finding {
        invariant: "I30",
        says: "no seat stays free while somebody waits for it",
        violations: late.collect(),
    })
}
