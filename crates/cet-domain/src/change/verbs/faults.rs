//! Every reason against a change.

use std::collections::BTreeSet;

use super::By;
use crate::arrangement::verbs::configure;
use crate::change::current;
use crate::change::refusal::ChangeRefusal;
use crate::change::rules;
use crate::change::setting::{Key, Line, SettingValue};
use crate::portal;
use crate::registration;
use crate::seat_pool::{self, PoolKey};
use crate::sitting::consistency::{self, Missing};
use crate::sitting::plan::{Plan, SittingState};
use crate::sitting::provinces;
use crate::sitting::store as sittings;
use crate::sitting::store::write;
use crate::sitting::window::Scope as Place;
use crate::store::{DbError, Tx};
use crate::words::codes::{CampusCode, SittingCode};
use crate::words::staff::Scope;

/// Every reason against a change.
pub(super) async fn faults(
    tx: &mut Tx<'_>,
    (by, origin): (&By, &str),
    lines: &[Line],
    (before, after): (&Plan, &Plan),
) -> Result<Vec<ChangeRefusal>, DbError> {
    let mut copies = false;
    if let By::Staff { role, scope, .. } = by {
        let allowed = |line: &Line| rules::may_change(*role, scope, &line.key, before.province_fees);
        // Whoever may create a sitting may copy one, with what lower places had set in it.
        copies = origin == "copy" && rules::may_change(*role, scope, &Key::Sitting, false);
        if !copies && !lines.iter().all(allowed) {
            return Ok(vec![ChangeRefusal::NotFound]);
        }
    }
    // The portal has no settings of a sitting, and no sitting has its name.
    let of_portal = portal::is_portal(&after.code);
    if lines.iter().any(|line| line.key.is_of_portal() != of_portal) {
        return Ok(vec![ChangeRefusal::NotFound]);
    }
    let mut faults = Vec::new();
    let settings = lines.iter().any(|line| line.key != Key::State);
    if settings && !rules::is_open(before.state) {
        return Ok(vec![ChangeRefusal::State(before.state)]);
    }
    let mut known: BTreeSet<Place> = BTreeSet::new();
    for line in lines {
        let place = line.key.place();
        if line.after.is_some() && known.insert(place) && !exists(tx, place).await? {
            faults.push(ChangeRefusal::PlaceUnknown(line.key));
        }
        // Which campuses are allowed is for provinces, schools and campuses to say (season.md 1); what an older version took is
        // copied and can be removed.
        if !copies && line.after.is_some() && line.key == Key::Oral(Place::National) {
            faults.push(ChangeRefusal::PlaceUnknown(line.key));
        }
        if let Some(campus) = arranged_with(line.after.as_ref()) {
            let kept = arranged_with(line.before.as_ref()) == Some(campus);
            if !exists(tx, Place::Campus(campus)).await? {
                faults.push(ChangeRefusal::PlaceUnknown(line.key));
            } else if let By::Staff { scope, .. } = by
                && !kept
                && !rules::may_send_to(scope, campus)
            {
                faults.push(ChangeRefusal::CampusElsewhere(line.key));
            }
        }
        if let (Key::Pool(..), Some(SettingValue::Pool(capacity))) = (&line.key, &line.after)
            && let Some(taken) = taken(tx, &after.code, &line.key).await?
            && *capacity < taken
        {
            faults.push(ChangeRefusal::BelowTaken(line.key, taken));
        }
        if !faults.iter().any(|fault| fault.key() == Some(&line.key)) {
            faults.extend(kept(tx, &after.code, line).await?);
        }
        // A capacity may be older than the limit above it: what stands in one sitting may stand in its copy.
        if !copies && let Some((place, limit)) = rules::outside_limits(line, after) {
            faults.push(ChangeRefusal::OutsideLimits(line.key, place, limit));
        }
    }
    faults.extend(
        rules::misfits(before, after).into_iter().map(|misfit| ChangeRefusal::Misfit(Box::new(misfit))),
    );
    if let Some(line) = lines.iter().find(|line| line.key == Key::State) {
        faults.extend(state_faults(tx, line, lines, (before, after)).await?);
    }
    Ok(faults)
}

/// What only the database knows to stand against a line: told by the preview as by the change itself.
async fn kept(tx: &mut Tx<'_>, sitting: &SittingCode, line: &Line) -> Result<Option<ChangeRefusal>, DbError> {
    Ok(match (&line.key, &line.after) {
        (Key::Subject(code), None) => {
            write::is_used(tx, sitting, *code).await?.then_some(ChangeRefusal::SubjectUsed(line.key))
        }
        (Key::Pool(campus, subject), None) => {
            let pool = PoolKey { campus: *campus, sitting: sitting.clone(), subject: *subject };
            let seats = seat_pool::store::seats(tx, &pool).await?;
            let held = seats.map_or(0, |seats| seats.taken.saturating_add(seats.waiting));
            (held > 0).then_some(ChangeRefusal::PoolHeld(line.key, held))
        }
        (Key::Arrangement(place), after) => {
            let row = current::arrangement_row(*place, after.as_ref());
            let may = configure::is_possible(tx, sitting, &row).await?;
            (!may).then_some(ChangeRefusal::Arranged(line.key))
        }
        _ => None,
    })
}

/// The campus that a setting has candidates arranged with.
fn arranged_with(value: Option<&SettingValue>) -> Option<CampusCode> {
    let Some(SettingValue::Arrangement(row)) = value else { return None };
    CampusCode::parse(row.arrange_as.as_deref()?).ok()
}

async fn state_faults(
    tx: &mut Tx<'_>,
    line: &Line,
    lines: &[Line],
    (before, after): (&Plan, &Plan),
) -> Result<Option<ChangeRefusal>, DbError> {
    let Some(SettingValue::State(to)) = line.after else { return Ok(None) };
    // A sitting is created as a draft, or, by a file, published at once.
    if line.before.is_none() && to == SittingState::Draft {
        return Ok(None);
    }
    if !rules::may_become(before.state, to) {
        return Ok(Some(ChangeRefusal::State(before.state)));
    }
    Ok(match to {
        SittingState::Published if before.state == SittingState::Draft => {
            let mut missing = consistency::missing(after);
            // A pool without a seat is none, as the board has it.
            if !missing.contains(&Missing::Pool) && !has_seats(tx, lines, after).await? {
                missing.push(Missing::Pool);
            }
            (!missing.is_empty()).then_some(ChangeRefusal::Missing(missing))
        }
        SittingState::Draft => {
            registration::store::any_of(tx, &before.code).await?.then_some(ChangeRefusal::Registered)
        }
        SittingState::Closed if before.state == SittingState::Published => {
            let now = tx.now().await?;
            let last = after.subjects().iter().filter_map(|subject| subject.exam_to).max();
            last.is_none_or(|last| last > now).then_some(ChangeRefusal::NotOver)
        }
        SittingState::Published | SittingState::Closed | SittingState::Archived => None,
    })
}

/// Whether a sitting has a seat, or gets one by this change.
async fn has_seats(tx: &mut Tx<'_>, lines: &[Line], plan: &Plan) -> Result<bool, DbError> {
    let of_line = |line: &Line| matches!(line.after, Some(SettingValue::Pool(capacity)) if capacity > 0);
    Ok(lines.iter().any(of_line) || seat_pool::scoped::sum(tx, &Scope::nation(), &plan.code).await?.0 > 0)
}

async fn exists(tx: &mut Tx<'_>, place: Place) -> Result<bool, DbError> {
    match place {
        Place::National => Ok(true),
        Place::Province(code) if provinces::standard_name(code).is_some() => Ok(true),
        Place::Province(_) | Place::School(_) | Place::Campus(_) => {
            sittings::has_campus(tx, &place.to_string()).await
        }
    }
}

async fn taken(tx: &mut Tx<'_>, sitting: &SittingCode, key: &Key) -> Result<Option<i64>, DbError> {
    let Key::Pool(campus, subject) = key else { return Ok(None) };
    let pool = PoolKey { campus: *campus, sitting: sitting.clone(), subject: *subject };
    Ok(seat_pool::store::seats(tx, &pool).await?.map(|seats| seats.taken))
}
