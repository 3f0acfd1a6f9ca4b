//! The end of lines whose registration closes (R16).

use super::{POOLS, line_closes};
use crate::audit::Actor;
use crate::entry;
use crate::entry::verbs::leave_lines;
use crate::handout::jobs::CLOSES;
use crate::handout::messages;
use crate::registration::release::release_if_empty;
use crate::registration::{self, Registration};
use crate::seat_pool::{self, PoolKey};
use crate::sitting::{Catalogue, Plan};
use crate::standby::store::InLine;
use crate::standby::{self, EndedFor, Standby, Wishes};
use crate::store::{DbError, Tx};
use crate::words::time::Time;

/// Whom the closing of lines concerns: who waits at a campus whose line has closed.
pub(crate) async fn closed_lines(
    tx: &mut Tx<'_>,
    catalogue: &Catalogue,
    limit: i64,
) -> Result<Vec<InLine>, DbError> {
    let now = tx.now().await?;
    let mut all: Vec<InLine> = Vec::new();
    for pool in seat_pool::line::waited_for(tx, false, POOLS).await? {
        let left = limit.saturating_sub(i64::try_from(all.len()).unwrap_or(i64::MAX));
        if left <= 0 {
            break;
        }
        if catalogue.sitting(&pool.sitting).is_some_and(|plan| is_closed(plan, &pool, now)) {
            let some = standby::store::first_of(tx, &pool, left).await?;
            all.extend(
                some.into_iter()
                    .filter(|one| !all.iter().any(|known| known.standby == one.standby))
                    .collect::<Vec<_>>(),
            );
        }
    }
    Ok(all)
}

/// Whether a pool's line is over: it has closed, or the sitting has the subject or the window no more. Nobody asks this of a
/// sitting that the node has not read yet.
fn is_closed(plan: &Plan, pool: &PoolKey, now: Time) -> bool {
    let mode = plan.subject(pool.subject).map(|subject| subject.mode);
    mode.and_then(|mode| line_closes(plan, pool.campus, mode)).is_none_or(|closes| closes <= now)
}

/// Takes somebody out of the lines that have closed; without another one the place ends, and the candidate is told.
/// Returns whether something was done: who is busy just now is asked again in the next round.
///
/// Locks: the registration without waiting; the pools by key, last of all.
pub(crate) async fn close_line(
    tx: &mut Tx<'_>,
    catalogue: &Catalogue,
    one: &InLine,
) -> Result<bool, DbError> {
    let Some(mut of) = registration::store::lock_if_idle(tx, one.school, one.registration).await? else {
        return Ok(false);
    };
    let Some(standby) = standby::store::waiting(tx, one.school, one.standby).await? else {
        return Ok(false);
    };
    let now = tx.now().await?;
    let plan = catalogue.sitting(&standby.sitting);
    let over = |pool: &PoolKey| plan.is_some_and(|plan| is_closed(plan, pool, now));
    let (gone, kept): (Vec<_>, Vec<_>) =
        standby.wishes.0.iter().copied().partition(|wish| over(&standby.pool(wish.campus)));
    if gone.is_empty() {
        return Ok(false);
    }
    if kept.is_empty() {
        end(tx, catalogue, &mut of, &standby).await?;
        return Ok(true);
    }
    let mut left = Vec::new();
    for wish in &gone {
        let pool = standby.pool(wish.campus);
        standby::store::delete_wish(tx, &pool, wish.number).await?;
        left.push(pool);
    }
    standby::store::set_wishes(tx, of.school, standby.id, &Wishes(kept)).await?;
    leave_lines(tx, left).await?;
    Ok(true)
}

async fn end(
    tx: &mut Tx<'_>,
    catalogue: &Catalogue,
    of: &mut Registration,
    standby: &Standby,
) -> Result<(), DbError> {
    let by = Actor::Job(CLOSES);
    let why = (EndedFor::Closed, None);
    let left = standby::verbs::end(tx, of, standby, why, (by.clone(), "")).await?;
    messages::ended(tx, catalogue, of, standby, EndedFor::Closed).await?;
    let now = tx.now().await?;
    let entries = entry::store::of_registration(tx, of.school, of.id).await?;
    release_if_empty(tx, of, entry::rules::held(&entries, now), by).await?;
    leave_lines(tx, left).await
}
