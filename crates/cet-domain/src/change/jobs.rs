//! The job of settings: changes whose time has come, sittings that are over, and mails to those whom a change touches.

use super::verbs::{self, Policy};
use super::{store, touch};
use crate::jobs::batch::Round;
use crate::sitting::{Catalogue, Plan, SittingState};
use crate::store::{Db, DbError, Stop, Tx};
use crate::words::time::Time;

/// Changes of a round.
const CHANGES: i64 = 20;

/// One round; returns what was done. Any node may run it at any time.
///
/// # Errors
/// [`DbError`]: what was not done is done again.
pub async fn round(db: &Db, policy: &Policy, catalogue: &Catalogue) -> Result<Round, DbError> {
    let mut done = changes(db, policy).await?;
    done = done.saturating_add(sittings(db, policy, catalogue).await?);
    done = done.saturating_add(touch::tell_some(db).await?);
    Ok(Round::of(done))
}

async fn changes(db: &Db, policy: &Policy) -> Result<i64, DbError> {
    let due: Vec<i64> = db.read(async |tx: &mut Tx<'_>| store::due(tx, CHANGES).await).await?;
    let mut done = 0_i64;
    for id in due {
        let policy = policy.clone();
        match db.write(async move |tx: &mut Tx<'_>| verbs::come_due(tx, &policy, id).await).await {
            Ok(()) => {}
            Err(Stop::Refused(_)) => {
                let ended: Result<(), DbError> =
                    db.write(async move |tx: &mut Tx<'_>| verbs::overtaken(tx, id).await).await;
                ended?;
            }
            Err(Stop::Fault(fault)) => return Err(fault),
        }
        done = done.saturating_add(1);
    }
    Ok(done)
}

/// Whether the day of a sitting's last exam is over: on that day candidates still look their places up.
fn is_over(plan: &Plan, now: Time) -> bool {
    let last = plan.subjects().iter().filter_map(|subject| subject.exam_to).max();
    plan.state == SittingState::Published && last.is_some_and(|last| now.day_begins() > last)
}

async fn sittings(db: &Db, policy: &Policy, catalogue: &Catalogue) -> Result<i64, DbError> {
    let now: Time = db.read(async |tx: &mut Tx<'_>| tx.now().await).await?;
    let mut closed = 0_i64;
    for plan in catalogue.all().into_iter().filter(|plan| is_over(plan, now)) {
        let (policy, code) = (policy.clone(), plan.code.clone());
        let done: Result<bool, DbError> =
            db.write(async move |tx: &mut Tx<'_>| verbs::close(tx, &policy, &code).await).await;
        closed = closed.saturating_add(i64::from(done?));
    }
    Ok(closed)
}
