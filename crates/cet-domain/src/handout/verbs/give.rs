//! A seat for the first in line (R16).

use super::POOLS;
use super::places::window_closes;
use crate::audit::Actor;
use crate::entry::verbs::{Handed, leave_lines, refusals_at, take_handed};
use crate::entry::{self, EntryRefusal};
use crate::handout::{jobs::GIVES, messages};
use crate::jobs::batch::{self, Key};
use crate::registration::release::release_if_empty;
use crate::registration::{self, Registration};
use crate::seat_pool::{self, PoolKey};
use crate::sitting::window::WindowState;
use crate::sitting::{Catalogue, Plan};
use crate::standby::store::InLine;
use crate::standby::{self, EndedFor, Standby, Wish, rules};
use crate::store::{DbError, Stop, Tx};
use crate::words::time::Time;

/// How many places that a job could not work on are passed over at the head of a line.
const PASSED_OVER: i64 = 20;

/// Who is first at each pool where a seat is free and is given now, and before them whom a job has set aside: of all such pools,
/// or `limit` people at least.
pub(crate) async fn firsts(
    tx: &mut Tx<'_>,
    catalogue: &Catalogue,
    limit: i64,
) -> Result<Vec<InLine>, DbError> {
    let now = tx.now().await?;
    let mut all: Vec<InLine> = Vec::new();
    for pool in seat_pool::line::waited_for(tx, true, POOLS).await? {
        if i64::try_from(all.len()).unwrap_or(i64::MAX) >= limit {
            break;
        }
        let plan = catalogue.sitting(&pool.sitting);
        if !plan.is_some_and(|plan| gives_at(plan, &pool, now)) {
            continue;
        }
        for one in head_of(tx, &pool).await? {
            if !all.iter().any(|known| known.standby == one.standby) {
                all.push(one);
            }
        }
    }
    Ok(all)
}

/// Whether seats of a pool are given at this time of day.
fn gives_at(plan: &Plan, pool: &PoolKey, now: Time) -> bool {
    let mode = plan.subject(pool.subject).map(|subject| subject.mode);
    let closes = mode.and_then(|mode| window_closes(plan, pool.campus, mode));
    closes.is_some_and(|closes| rules::gives_now(closes, now))
}

/// The first in a pool's line, after those that are set aside.
async fn head_of(tx: &mut Tx<'_>, pool: &PoolKey) -> Result<Vec<InLine>, DbError> {
    let mut head = Vec::new();
    for one in standby::store::first_of(tx, pool, PASSED_OVER).await? {
        let passed = batch::is_set_aside(tx, GIVES, &Key::of(one.school, one.standby.0)).await?;
        head.push(one);
        if !passed {
            break;
        }
    }
    Ok(head)
}

/// Gives somebody in line a seat at the most wanted of the campuses where it is the turn and a seat is free; or ends the
/// place, where the rules do not allow the subject any more. Returns whether something was done: who is busy just now has
/// the turn again in the next round.
///
/// Locks: the registration without waiting; the pools by key, last of all.
///
/// # Errors
/// `Refused` where the seat is gone meanwhile: nothing was done.
pub async fn give(tx: &mut Tx<'_>, catalogue: &Catalogue, one: &InLine) -> Result<bool, Stop<PoolKey>> {
    let Some(mut of) = registration::store::lock_if_idle(tx, one.school, one.registration).await? else {
        return Ok(false);
    };
    // Another node may have been faster.
    let Some(standby) = standby::store::waiting(tx, one.school, one.standby).await? else {
        return Ok(false);
    };
    let plan = catalogue.sitting(&of.sitting).ok_or(DbError::Decode("sitting that is there"))?;
    let now = tx.now().await?;
    for wish in &standby.wishes.0 {
        let Some(until) = its_turn(tx, (plan, &of), &standby, *wish, now).await? else { continue };
        let why_not = refusals_at(tx, catalogue, &of, (standby.subject, wish.campus)).await?;
        if why_not.iter().any(is_passing) {
            continue;
        }
        if why_not.is_empty() {
            let handed = Handed { standby: &standby, campus: wish.campus, until };
            let entry = take_handed(tx, catalogue, &mut of, &handed, &Actor::Job(GIVES)).await?;
            messages::given(tx, catalogue, &of, &entry).await?;
        } else {
            end(tx, catalogue, &mut of, &standby).await?;
        }
        return Ok(true);
    }
    Ok(false)
}

/// Until when a seat is held that a place gets now at one of its campuses; `None` where it is not its turn.
async fn its_turn(
    tx: &mut Tx<'_>,
    (plan, of): (&Plan, &Registration),
    standby: &Standby,
    wish: Wish,
    now: Time,
) -> Result<Option<Time>, DbError> {
    let pool = standby.pool(wish.campus);
    let open = plan.window_state(wish.campus, of.campus, standby.mode, now) == Some(WindowState::Open);
    let closes =
        window_closes(plan, wish.campus, standby.mode).filter(|closes| rules::gives_now(*closes, now));
    let Some(closes) = closes.filter(|_| open) else { return Ok(None) };
    let seats = seat_pool::store::seats(tx, &pool).await?;
    if seats.is_none_or(|seats| seats.taken >= seats.capacity) {
        return Ok(None);
    }
    let head = head_of(tx, &pool).await?;
    let is_it = head.iter().any(|one| one.number == wish.number);
    Ok(is_it.then(|| rules::hold_until(closes, now)))
}

/// Whether a refusal is the sitting's, and may pass: the place waits on.
const fn is_passing(why: &EntryRefusal) -> bool {
    matches!(why, EntryRefusal::FeeUnset(_) | EntryRefusal::DateUnset(_) | EntryRefusal::WindowNotOpen(_))
}

/// Ends a place whose subject the rules do not allow any more.
async fn end(
    tx: &mut Tx<'_>,
    catalogue: &Catalogue,
    of: &mut Registration,
    standby: &Standby,
) -> Result<(), DbError> {
    let by = Actor::Job(GIVES);
    let why = (EndedFor::Refused, None);
    let left = standby::verbs::end(tx, of, standby, why, (by.clone(), "")).await?;
    messages::ended(tx, catalogue, of, standby, EndedFor::Refused).await?;
    let now = tx.now().await?;
    let entries = entry::store::of_registration(tx, of.school, of.id).await?;
    release_if_empty(tx, of, entry::rules::held(&entries, now), by).await?;
    leave_lines(tx, left).await
}
