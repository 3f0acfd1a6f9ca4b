//! The data of a school's lists. Only the log is written.

use std::collections::HashMap;

use super::pool;
use crate::arrangement::store::{self, Arrangement, seats::SeatRow};
use crate::arrangement::{Settings, Unit};
use crate::audit::{self, Actor, Changes, Event};
use crate::entry::arrangeable::{self, Seated};
use crate::store::{DbError, Tx};
use crate::words::codes::{CampusCode, SchoolCode};
use crate::words::ids::EntryId;

/// A published unit with all its candidates. It has no Debug: it is personal data.
pub struct Listing {
    /// The unit.
    pub unit: Unit,
    /// Its arrangement.
    pub made: Arrangement,
    /// The settings of the draw.
    pub settings: Settings,
    /// The seats in the order of batch, room and seat.
    pub seats: Vec<SeatRow>,
    /// Where its rooms are, as far as the school says so.
    pub room_names: HashMap<i64, String>,
    /// The candidates.
    pub people: HashMap<(SchoolCode, EntryId), Seated>,
}

/// Reads the data of a published unit's lists; `None` before it is published.
pub async fn listing(tx: &mut Tx<'_>, unit: &Unit) -> Result<Option<Listing>, DbError> {
    let row = store::unit(tx, unit, unit.subject).await?;
    let Some(id) = row.and_then(|row| row.published) else { return Ok(None) };
    let made = store::arrangement(tx, unit.school(), id).await?.ok_or(DbError::Decode("arrangement"))?;
    let settings = Settings::from_recorded(&made.settings).ok_or(DbError::Decode("recorded settings"))?;
    let mut seats = store::seats::all(tx, unit.school(), id).await?;
    seats.sort_unstable_by_key(|row| (row.session, row.room, row.seat));
    let mut people = HashMap::new();
    for campus in made.sources.split(';').filter_map(|campus| CampusCode::parse(campus).ok()) {
        let all = arrangeable::seated_in(tx, &pool(unit, campus)).await?;
        people.extend(all.into_iter().map(|person| ((person.school, person.entry), person)));
    }
    let room_names = store::room_names::all(tx, unit).await?;
    let room_names = room_names.into_iter().map(|of| (of.room, of.name)).collect();
    Ok(Some(Listing { unit: unit.clone(), made, settings, seats, room_names, people }))
}

/// Records in the log who downloaded which list (TH27).
pub async fn taken_out(
    tx: &mut Tx<'_>,
    unit: &Unit,
    list: &str,
    seats: usize,
    (actor, address): (Actor, &str),
) -> Result<(), DbError> {
    let event = Event {
        school: unit.school(),
        actor,
        action: "list-exported",
        object_kind: "list",
        object: list,
        address,
        detail: &format!(
            "rows={seats} sitting={} campus={} subject={}",
            unit.sitting, unit.campus, unit.subject
        ),
        changes: Changes::NONE,
    };
    audit::record(tx, &event).await
}
