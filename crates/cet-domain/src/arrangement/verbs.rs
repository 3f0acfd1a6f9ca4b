//! Arranging a unit, publishing it, replaying its draw, and finding one entry's seat.
//!
//! Locks: the unit's row, with those of all oral subjects of its day, which share its machines; no row that candidates
//! use is locked.

pub mod accommodate;
pub mod configure;
mod late;
pub mod lists;
pub mod request;
pub mod room_names;
pub mod tell;

use std::collections::{BTreeMap, BTreeSet};

use super::plan::{UnitPlan, units};
use super::rules::rooms::Cell;
use super::store::{Arrangement, seats};
use super::{ArrangeRefusal, Assignment, Candidate, Needs, Settings, Unit, rules, store};
use crate::audit::{self, Actor, Changes, Event, Value};
use crate::entry::arrangeable::{self, PaidEntry};
use crate::entry::{Entry, EntryState};
use crate::seat_pool::PoolKey;
use crate::sitting::plan::Plan;
use crate::store::{DbError, Stop, Tx};
use crate::words::codes::{CampusCode, SchoolCode, SubjectCode};
use crate::words::ids::EntryId;
use crate::words::subject::Mode;
use crate::words::time::Time;

/// The result of an arrangement or a publication.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Summary {
    /// The arrangement; `None` if there is nobody to arrange.
    pub arrangement: Option<i64>,
    /// Candidates with a seat.
    pub candidates: usize,
    /// Rooms, over all batches.
    pub rooms: usize,
}

/// The result of [`arrange`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arranged {
    /// It drew a draft.
    Draft(Summary),
    /// The unit was published already: those without a seat were seated, and nobody was moved.
    Late(Summary),
}

/// The units of a sitting by its settings, of one campus or all.
///
/// # Errors
/// [`ArrangeRefusal::Setting`].
pub async fn plan_units(
    tx: &mut Tx<'_>,
    plan: &Plan,
    only: Option<CampusCode>,
) -> Result<Vec<UnitPlan>, Stop<ArrangeRefusal>> {
    let rows = store::settings(tx, &plan.code).await?;
    units(plan, &rows, only).map_err(Stop::Refused)
}

/// Draws the unit's seats and stores them as its draft, replacing an earlier one; for a published unit, seats only
/// those who became paid since. One transaction.
///
/// # Errors
/// [`ArrangeRefusal::NotClosed`], [`ArrangeRefusal::Impossible`].
pub async fn arrange(
    tx: &mut Tx<'_>,
    plan: &UnitPlan,
    seed: i64,
    actor: &Actor,
) -> Result<Arranged, Stop<ArrangeRefusal>> {
    let unit = &plan.unit;
    let row = lock(tx, plan).await?;
    // After the lock: a wait for it must not move the decision past the end of a window.
    let now = tx.now().await?;
    plan.may_arrange(now).map_err(Stop::Refused)?;
    if let Some(published) = row.published {
        return Ok(Arranged::Late(late::seat_the_late(tx, plan, published, seed, actor).await?));
    }
    let candidates = candidates(tx, unit, plan.campuses()).await?;
    let busy = busy(tx, plan).await?;
    let places = rules::arrange(unit, &candidates, &plan.settings, &busy, seed)
        .map_err(|fault| Stop::Refused(ArrangeRefusal::Impossible(fault)))?;
    if let Some(old) = row.draft {
        store::set_draft(tx, unit, None).await?;
        store::remove(tx, unit.school(), old).await?;
    }
    if candidates.is_empty() {
        return Ok(Arranged::Draft(Summary { arrangement: None, candidates: 0, rooms: 0 }));
    }
    let rooms: BTreeSet<(i64, i64)> = places.iter().map(|place| (place.session, place.room)).collect();
    let made = Arrangement {
        id: tx.new_id(),
        run: row.runs.saturating_add(1),
        seed,
        settings: plan.settings.recorded(),
        busy: busy_text(&busy),
        sources: plan.source_list(),
        room_most: i64::try_from(plan.settings.most_in_a_room(unit.mode)).unwrap_or(i64::MAX),
        candidates: i64::try_from(candidates.len()).unwrap_or(i64::MAX),
        rooms: i64::try_from(rooms.len()).unwrap_or(i64::MAX),
        closed_at: plan.closed_at(),
        made_at: now,
        published_at: None,
    };
    store::insert(tx, unit, &made).await?;
    seats::insert(tx, unit.school(), (made.id, 0), &candidates, &places).await?;
    store::set_draft(tx, unit, Some(made.id)).await?;
    let changes = Changes::NONE.field("draft", row.draft.map(Value::Id), Value::Id(made.id));
    record(tx, unit, &made, actor, ("arrangement-drawn", changes)).await?;
    let summary = Summary { arrangement: Some(made.id), candidates: candidates.len(), rooms: rooms.len() };
    Ok(Arranged::Draft(summary))
}

/// Locks the unit. Oral subjects of one day share machines: all of them are locked, in the order of the sitting's list.
async fn lock(tx: &mut Tx<'_>, plan: &UnitPlan) -> Result<store::UnitRow, DbError> {
    let other = |subject: &SubjectCode| Unit { subject: *subject, ..plan.unit.clone() };
    for unit in plan.same_day.earlier.iter().map(other) {
        store::lock(tx, &unit).await?;
    }
    let own = store::lock(tx, &plan.unit).await?;
    for unit in plan.same_day.later.iter().map(other) {
        store::lock(tx, &unit).await?;
    }
    Ok(own)
}

/// Makes the unit's draft final: it becomes visible to candidates, and never changes again.
///
/// # Errors
/// [`ArrangeRefusal`]: published already, no draft, entries that may still be paid, or an outdated draft.
pub async fn publish(
    tx: &mut Tx<'_>,
    plan: &UnitPlan,
    actor: &Actor,
) -> Result<Summary, Stop<ArrangeRefusal>> {
    let unit = &plan.unit;
    let refused = |refusal| Err(Stop::Refused(refusal));
    let row = lock(tx, plan).await?;
    if row.published.is_some() {
        return refused(ArrangeRefusal::Published);
    }
    let Some(draft) = row.draft else { return refused(ArrangeRefusal::NothingDrawn) };
    let made = store::arrangement(tx, unit.school(), draft).await?.ok_or(DbError::Decode("arrangement"))?;
    let mut undecided = 0_i64;
    for (campus, _) in &plan.sources {
        undecided = undecided.saturating_add(arrangeable::undecided_in(tx, &pool(unit, *campus)).await?);
    }
    if undecided > 0 {
        return refused(ArrangeRefusal::Undecided(undecided));
    }
    let rows = seats::all(tx, unit.school(), draft).await?;
    let drawn: Vec<Candidate> = rows.iter().map(seats::SeatRow::candidate).collect();
    if made.sources != plan.source_list() || drawn != candidates(tx, unit, plan.campuses()).await? {
        return refused(ArrangeRefusal::Stale);
    }
    let cells: BTreeSet<Cell> =
        rows.iter().map(|row| Cell { session: row.session, room: row.room }).collect();
    if busy(tx, plan).await?.iter().any(|cell| cells.contains(cell)) {
        return refused(ArrangeRefusal::RoomTaken);
    }
    for (campus, _) in &plan.sources {
        if !store::claim(tx, unit, *campus, draft).await? {
            return refused(ArrangeRefusal::ArrangedElsewhere(*campus));
        }
    }
    let now = tx.now().await?;
    if !store::publish(tx, unit, draft, now).await? {
        return refused(ArrangeRefusal::NothingDrawn);
    }
    let changes = Changes::NONE.set("published", Value::Id(draft));
    record(tx, unit, &made, actor, ("arrangement-published", changes)).await?;
    Ok(Summary { arrangement: Some(draft), candidates: rows.len(), rooms: cells.len() })
}

/// The result of a replay.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replay {
    /// Whether the arrangement is published.
    pub published: bool,
    /// The recorded seed.
    pub seed: i64,
    /// Number of compared seats.
    pub seats: usize,
    /// Number of compared late draws, each from its own seed.
    pub late: usize,
    /// Entries whose seat or number differs from the replay.
    pub differing: Vec<EntryId>,
}

/// Repeats a unit's draw from the stored inputs, and compares; `None` if it was never arranged. Read-only.
///
/// # Errors
/// [`DbError`], also when the stored settings can't be parsed.
pub async fn replay(tx: &mut Tx<'_>, unit: &Unit) -> Result<Option<Replay>, DbError> {
    let row = store::unit(tx, unit, unit.subject).await?;
    let Some((row, id)) = row.and_then(|row| Some((row, row.published.or(row.draft)?))) else {
        return Ok(None);
    };
    let made = store::arrangement(tx, unit.school(), id).await?.ok_or(DbError::Decode("arrangement"))?;
    let rows = seats::all(tx, unit.school(), id).await?;
    let draws = store::late::all(tx, unit.school(), id).await?;
    let differing = drawn_again(unit, &made, &draws, &rows).ok_or(DbError::Decode("recorded draw"))?;
    let published = row.published.is_some();
    Ok(Some(Replay { published, seed: made.seed, seats: rows.len(), late: draws.len(), differing }))
}

/// The entries whose seat or number differs from the replay; `None` if the stored inputs can't be drawn.
pub(super) fn drawn_again(
    unit: &Unit,
    made: &Arrangement,
    draws: &[store::late::LateDraw],
    rows: &[seats::SeatRow],
) -> Option<Vec<EntryId>> {
    let first: Vec<&seats::SeatRow> = rows.iter().filter(|row| row.late == 0).collect();
    let candidates: Vec<Candidate> = first.iter().map(|row| row.candidate()).collect();
    let settings = Settings::from_recorded(&made.settings)?;
    let places = rules::arrange(unit, &candidates, &settings, &busy_of(&made.busy)?, made.seed).ok()?;
    let pairs = first.iter().zip(&places);
    let mut differing: Vec<EntryId> =
        pairs.filter(|(row, place)| row.assignment() != **place).map(|(row, _)| row.entry).collect();
    differing.extend(late::drawn_again(unit, draws, rows)?);
    Some(differing)
}

/// Where and when an entry is examined, as printed on its ticket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placed {
    /// The arranging campus, where the room is.
    pub campus: CampusCode,
    /// Room, seat and ticket number.
    pub seat: Assignment,
    /// When the batch of an oral subject begins, in minutes after midnight; `None` for a written one.
    pub begins: Option<i64>,
    /// Where the room is, by its school; empty if it does not say.
    pub room_name: String,
    /// When that took the place of another name while tickets were open.
    pub renamed_at: Option<Time>,
}

/// The published seat of a candidate's entry, with its campus and the time of an oral batch by the settings of the draw;
/// `None` if it is not published or not paid.
///
/// # Errors
/// [`DbError`], also when the stored settings can't be parsed.
pub async fn placed(tx: &mut Tx<'_>, school: SchoolCode, entry: &Entry) -> Result<Option<Placed>, DbError> {
    if entry.state != EntryState::Paid {
        return Ok(None);
    }
    let claimed = store::claimed(tx, &entry.sitting, entry.campus, entry.subject).await?;
    let Some((campus, id)) = claimed else { return Ok(None) };
    let Some(seat) = seats::of_entry(tx, campus.school(), id, school, entry.id).await? else {
        return Ok(None);
    };
    let begins = match seat.session {
        0 => None,
        session => {
            let made = store::arrangement(tx, campus.school(), id).await?;
            let settings = made.and_then(|made| Settings::from_recorded(&made.settings));
            let place = usize::try_from(session.saturating_sub(1)).unwrap_or(usize::MAX);
            let begins = settings.and_then(|settings| settings.sessions.get(place).copied());
            Some(begins.ok_or(DbError::Decode("recorded batches"))?)
        }
    };
    let named = (&entry.sitting, entry.subject);
    let name = store::room_names::of_room(tx, campus, named, seat.room).await?;
    let (room_name, renamed_at) = name.map(|of| (of.name, of.renamed_at)).unwrap_or_default();
    Ok(Some(Placed { campus, seat, begins, room_name, renamed_at }))
}

/// The candidates, in an order that does not depend on the database: by home campus, student number, name, id.
async fn candidates(
    tx: &mut Tx<'_>,
    unit: &Unit,
    sources: impl Iterator<Item = CampusCode>,
) -> Result<Vec<Candidate>, DbError> {
    let mut paid: Vec<PaidEntry> = Vec::new();
    for campus in sources {
        paid.extend(arrangeable::paid_in(tx, &pool(unit, campus)).await?);
    }
    paid.sort_unstable_by(|one, other| {
        let key = |entry: &PaidEntry| (entry.campus, entry.school, entry.id);
        (one.campus, &one.student_number, &one.name_key, key(one)).cmp(&(
            other.campus,
            &other.student_number,
            &other.name_key,
            key(other),
        ))
    });
    let schools: BTreeSet<SchoolCode> = paid.iter().map(|entry| entry.school).collect();
    let mut needs: BTreeMap<(SchoolCode, EntryId), Needs> = BTreeMap::new();
    for school in schools {
        let all = store::accommodations(tx, school).await?;
        needs.extend(all.into_iter().map(|(entry, own)| ((school, entry), own)));
    }
    let candidate = |entry: &PaidEntry| Candidate {
        school: entry.school,
        entry: entry.id,
        class: rules::class_number(&[
            entry.campus.as_str(),
            &entry.college,
            &entry.major,
            &entry.grade,
            &entry.class,
        ]),
        needs: needs.get(&(entry.school, entry.id)).copied().unwrap_or_default(),
    };
    Ok(paid.iter().map(candidate).collect())
}

/// The batches and rooms that other oral subjects of the day already use.
async fn busy(tx: &mut Tx<'_>, plan: &UnitPlan) -> Result<Vec<Cell>, DbError> {
    let mut cells: BTreeSet<Cell> = BTreeSet::new();
    if plan.unit.mode == Mode::Written {
        return Ok(Vec::new());
    }
    let earlier = plan.same_day.earlier.iter().map(|subject| (*subject, true));
    let later = plan.same_day.later.iter().map(|subject| (*subject, false));
    for (subject, drafts) in earlier.chain(later) {
        let Some(row) = store::unit(tx, &plan.unit, subject).await? else { continue };
        let Some(id) = row.published.or(row.draft.filter(|_| drafts)) else { continue };
        let used = seats::cells(tx, plan.unit.school(), id).await?;
        cells.extend(used.into_iter().map(|(session, room)| Cell { session, room }));
    }
    Ok(cells.into_iter().collect())
}

fn busy_text(cells: &[Cell]) -> String {
    let cells: Vec<String> = cells.iter().map(|cell| format!("{}/{}", cell.session, cell.room)).collect();
    cells.join(";")
}

fn busy_of(text: &str) -> Option<Vec<Cell>> {
    text.split(';')
        .filter(|cell| !cell.is_empty())
        .map(|cell| {
            let (session, room) = cell.split_once('/')?;
            Some(Cell { session: session.parse().ok()?, room: room.parse().ok()? })
        })
        .collect()
}

fn pool(unit: &Unit, campus: CampusCode) -> PoolKey {
    PoolKey { campus, sitting: unit.sitting.clone(), subject: unit.subject }
}

async fn record(
    tx: &mut Tx<'_>,
    unit: &Unit,
    made: &Arrangement,
    actor: &Actor,
    (action, changes): (&'static str, Changes),
) -> Result<(), DbError> {
    let event = Event {
        school: unit.school(),
        actor: actor.clone(),
        action,
        object_kind: "arrangement",
        object: &made.id.to_string(),
        address: "",
        detail: &format!(
            "sitting={} campus={} subject={} seed={} candidates={}",
            unit.sitting, unit.campus, unit.subject, made.seed, made.candidates
        ),
        changes,
    };
    audit::record(tx, &event).await
}

#[cfg(test)]
#[path = "tests/verbs.rs"]
pub(crate) mod tests;

#[cfg(test)]
#[path = "tests/late.rs"]
mod late_tests;
