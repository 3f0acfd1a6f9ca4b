//! Seats for whoever became paid after the publication; nobody who has one is moved (I18).

use std::collections::BTreeSet;

use super::{Summary, busy, busy_of, busy_text, candidates, record};
use crate::arrangement::plan::UnitPlan;
use crate::arrangement::rules::late::{LateSeed, Taken, arrange};
use crate::arrangement::rules::rooms::Cell;
use crate::arrangement::store::late::LateDraw;
use crate::arrangement::store::{self, Arrangement, seats};
use crate::arrangement::{ArrangeRefusal, Candidate, Settings, Unit};
use crate::audit::{Actor, Changes};
use crate::store::{DbError, Stop, Tx};
use crate::words::codes::CampusCode;
use crate::words::ids::EntryId;

/// Seats paid candidates without a seat, in a published unit whose row is locked. Their seats are final at once.
///
/// # Errors
/// [`ArrangeRefusal::Impossible`].
pub(super) async fn seat_the_late(
    tx: &mut Tx<'_>,
    plan: &UnitPlan,
    published: i64,
    seed: i64,
    actor: &Actor,
) -> Result<Summary, Stop<ArrangeRefusal>> {
    let unit = &plan.unit;
    let made =
        store::arrangement(tx, unit.school(), published).await?.ok_or(DbError::Decode("arrangement"))?;
    let rows = seats::all(tx, unit.school(), published).await?;
    let seated: BTreeSet<_> = rows.iter().map(|row| (row.school, row.entry)).collect();
    // The publication fixed the campuses, whatever the settings are now.
    let sources = made.sources.split(';').filter_map(|campus| CampusCode::parse(campus).ok());
    let all = candidates(tx, unit, sources).await?;
    let new: Vec<Candidate> =
        all.into_iter().filter(|one| !seated.contains(&(one.school, one.entry))).collect();
    if new.is_empty() {
        return Ok(Summary { arrangement: Some(published), candidates: 0, rooms: 0 });
    }
    let settings = Settings::from_recorded(&made.settings)
        .ok_or(DbError::Decode("recorded settings"))?
        .with_more_rooms(&plan.settings);
    let busy = busy(tx, plan).await?;
    let late = rows.iter().map(|row| row.late).max().unwrap_or(0).saturating_add(1);
    let taken: Vec<Taken> = rows.iter().map(taken).collect();
    let places = arrange(unit, &taken, &new, &settings, &busy, LateSeed { seed, late })
        .map_err(|fault| Stop::Refused(ArrangeRefusal::Impossible(fault)))?;
    let draw = LateDraw {
        late,
        seed,
        settings: settings.recorded(),
        busy: busy_text(&busy),
        candidates: i64::try_from(new.len()).unwrap_or(i64::MAX),
        made_at: tx.now().await?,
    };
    store::late::insert(tx, unit, published, &draw).await?;
    seats::insert(tx, unit.school(), (published, late), &new, &places).await?;
    let own: BTreeSet<Cell> =
        places.iter().map(|place| Cell { session: place.session, room: place.room }).collect();
    let rooms: BTreeSet<Cell> = rows.iter().map(seats::SeatRow::cell).chain(own.iter().copied()).collect();
    let count = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
    let total = rows.len().saturating_add(new.len());
    store::late::grow(tx, unit, published, count(total), count(rooms.len())).await?;
    let made = Arrangement { seed, candidates: draw.candidates, ..made };
    let changes = Changes::NONE.field("candidates", count(rows.len()), count(total));
    record(tx, unit, &made, actor, ("arrangement-late", changes)).await?;
    Ok(Summary { arrangement: Some(published), candidates: new.len(), rooms: own.len() })
}

fn taken(row: &seats::SeatRow) -> Taken {
    Taken { cell: row.cell(), seat: row.seat, class: row.class, needs: row.needs }
}

/// The entries of late draws whose seat or number differs from the replay; `None` if the stored inputs can't be drawn,
/// or a seat belongs to no draw.
pub(super) fn drawn_again(unit: &Unit, draws: &[LateDraw], rows: &[seats::SeatRow]) -> Option<Vec<EntryId>> {
    let mut differing = Vec::new();
    let known = |late: i64| late == 0 || draws.iter().any(|draw| draw.late == late);
    if !rows.iter().all(|row| known(row.late)) {
        return None;
    }
    for draw in draws {
        let before: Vec<Taken> = rows.iter().filter(|row| row.late < draw.late).map(taken).collect();
        let own: Vec<&seats::SeatRow> = rows.iter().filter(|row| row.late == draw.late).collect();
        let candidates: Vec<Candidate> = own.iter().map(|row| row.candidate()).collect();
        let settings = Settings::from_recorded(&draw.settings)?;
        let seed = LateSeed { seed: draw.seed, late: draw.late };
        let places = arrange(unit, &before, &candidates, &settings, &busy_of(&draw.busy)?, seed).ok()?;
        let pairs = own.iter().zip(&places);
        differing.extend(pairs.filter(|(row, place)| row.assignment() != **place).map(|(row, _)| row.entry));
    }
    Some(differing)
}
