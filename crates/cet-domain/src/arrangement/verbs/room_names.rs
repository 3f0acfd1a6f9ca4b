//! A school says where its rooms are. The draw is not touched: seats and numbers stay as they are.
//!
//! Locks: the unit's row, so that no publication happens between the look at it and the change; then the arrangement's,
//! as the job that tells of seats does.

use std::collections::BTreeMap;

use crate::arrangement::store::room_names::RoomName;
use crate::arrangement::{RoomNameRefusal, Unit, store};
use crate::audit::{self, Actor, Changes, Event};
use crate::store::{DbError, Stop, Tx};
use crate::words::staff::Scope;
use crate::words::time::Time;

/// The names to set.
pub struct NameRooms {
    /// The account's scope.
    pub scope: Scope,
    /// Whose rooms.
    pub unit: Unit,
    /// From when the unit's tickets print.
    pub prints_from: Option<Time>,
    /// Rooms and their names; an empty one takes the name away. Other rooms stay as they are.
    pub names: Vec<(i64, String)>,
    /// Whether it was confirmed that candidates are told.
    pub confirmed: bool,
    /// When the form was loaded, to detect concurrent changes; `None` without a form.
    pub seen_at: Option<Time>,
    /// Who sets them.
    pub actor: Actor,
    /// Where the request came from, for the log.
    pub address: String,
}

/// Sets the names of rooms; idempotent. Returns how many changed. Where tickets are open already, the candidates of a room
/// that had another name are told (T1).
///
/// # Errors
/// [`RoomNameRefusal`].
pub async fn name_rooms(tx: &mut Tx<'_>, cmd: &NameRooms) -> Result<usize, Stop<RoomNameRefusal>> {
    let refused = |refusal| Err(Stop::Refused(refusal));
    let unit = &cmd.unit;
    let is_arranged = |row: &store::UnitRow| row.published.or(row.draft).is_some();
    let known = store::unit(tx, unit, unit.subject).await?.filter(is_arranged);
    if known.is_none() || !cmd.scope.holds(unit.campus.as_str()) {
        return refused(RoomNameRefusal::NoUnit);
    }
    let row = store::lock(tx, unit).await?;
    let now = tx.now().await?;
    let set = store::room_names::all(tx, unit).await?;
    let set: BTreeMap<i64, RoomName> = set.into_iter().map(|of| (of.room, of)).collect();
    let before = |room: i64| set.get(&room).map_or("", |of| of.name.as_str());
    let changed: Vec<(i64, &str)> = cmd
        .names
        .iter()
        .filter(|(room, name)| before(*room) != name)
        .map(|(room, name)| (*room, name.as_str()))
        .collect();
    if changed.is_empty() {
        return Ok(0);
    }
    let is_newer = |room: i64| set.get(&room).zip(cmd.seen_at).is_some_and(|(of, seen)| of.set_at > seen);
    if changed.iter().any(|(room, _)| is_newer(*room)) {
        return refused(RoomNameRefusal::Meanwhile);
    }
    let prints = row.published.filter(|_| cmd.prints_from.is_some_and(|from| from <= now));
    let was_printed = |room: i64| prints.is_some() && !before(room).is_empty();
    let tells = changed.iter().any(|(room, _)| was_printed(*room));
    if tells && !cmd.confirmed {
        return refused(RoomNameRefusal::Unconfirmed);
    }
    for (room, name) in &changed {
        let renamed_at =
            if was_printed(*room) { Some(now) } else { set.get(room).and_then(|of| of.renamed_at) };
        let of = RoomName { room: *room, name: (*name).to_owned(), set_at: now, renamed_at };
        store::room_names::set(tx, unit, &of).await?;
    }
    if let Some(published) = prints.filter(|_| tells) {
        store::seat_mails::begin_again(tx, unit.school(), published).await?;
    }
    let changes = changed.iter().fold(Changes::NONE, |changes, (room, name)| {
        changes.text_of("room-name", format!("{room:03}"), before(*room), name)
    });
    record(tx, cmd, changed.len(), changes).await?;
    Ok(changed.len())
}

async fn record(tx: &mut Tx<'_>, cmd: &NameRooms, rooms: usize, changes: Changes) -> Result<(), DbError> {
    let unit = &cmd.unit;
    let event = Event {
        school: unit.school(),
        actor: cmd.actor.clone(),
        action: "rooms-named",
        object_kind: "campus",
        object: unit.campus.as_str(),
        address: &cmd.address,
        detail: &format!(
            "sitting={} campus={} subject={} rooms={rooms}",
            unit.sitting, unit.campus, unit.subject
        ),
        changes,
    };
    audit::record(tx, &event).await
}

#[cfg(test)]
#[path = "../tests/room_names.rs"]
mod tests;
