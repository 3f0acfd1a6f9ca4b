//! Candidates are told of their seats (T1, T2, A10): by a job and in batches, because a publication seats a whole campus, and
//! all of them together ten million people.

use std::collections::BTreeMap;

use crate::arrangement::store;
use crate::entry::messages::names;
use crate::entry::{self, Entry, EntryState};
use crate::message::{self, Facts, Kind, Seat};
use crate::registration::{self, Registration};
use crate::sitting::hours::hours;
use crate::sitting::{Catalogue, SittingState};
use crate::store::{DbError, Tx};
use crate::words::codes::SchoolCode;
use crate::words::ids::EntryId;
use crate::words::time::Time;

/// Candidates of one transaction.
const BATCH: i64 = 50;

/// Published arrangements of which somebody was not told yet, over all schools.
pub async fn untold(tx: &mut Tx<'_>, most: i64) -> Result<Vec<(SchoolCode, i64)>, DbError> {
    store::seat_mails::untold(tx, most).await
}

/// Tells the next candidates of an arrangement; answers how many, none when another node is at it.
///
/// Locks: the arrangement, without waiting.
pub(crate) async fn tell_some(
    tx: &mut Tx<'_>,
    catalogue: &Catalogue,
    (school, id): (SchoolCode, i64),
) -> Result<i64, DbError> {
    let Some(told) = store::seat_mails::claim(tx, school, id).await? else { return Ok(0) };
    let seats = store::seat_mails::next(tx, (school, id), told, BATCH).await?;
    for &(home, entry) in &seats {
        tell(tx, catalogue, home, entry).await?;
    }
    let count = i64::try_from(seats.len()).unwrap_or(i64::MAX);
    let by_now = (count > 0).then_some(told.saturating_add(count));
    store::seat_mails::advance(tx, (school, id), by_now).await?;
    Ok(count)
}

/// Tells the candidate of an entry of all published seats of the registration, if one of them is news.
async fn tell(
    tx: &mut Tx<'_>,
    catalogue: &Catalogue,
    school: SchoolCode,
    entry: EntryId,
) -> Result<(), DbError> {
    let Some(id) = entry::store::registration_of(tx, school, entry).await? else { return Ok(()) };
    let Some(of) = registration::store::live(tx, school, id).await? else { return Ok(()) };
    let (mut seats, mut renamed) = (Vec::new(), BTreeMap::new());
    for entry in entry::store::of_registration(tx, school, id).await? {
        if entry.state == EntryState::Paid
            && let Some((seat, renamed_at)) = seat(tx, catalogue, &of, &entry).await?
        {
            renamed.extend(renamed_at.map(|at| (seat.entry, at)));
            seats.push(seat);
        }
    }
    let mut known = message::store::of_kind(tx, of.passport, Kind::Seated).await?;
    known.extend(message::store::of_kind(tx, of.passport, Kind::SeatChanged).await?);
    known.sort_unstable_by_key(|message| message.id);
    let mut before: BTreeMap<i64, Seat> = BTreeMap::new();
    for message in known {
        let facts =
            serde_json::from_str(&message.facts).map_err(|_| DbError::Decode("facts of a message"))?;
        if let Facts::Seated { seats } | Facts::SeatChanged { seats } = facts {
            before.extend(seats.into_iter().map(|seat| (seat.entry, seat)));
        }
    }
    match news(&before, seats, &renamed) {
        Some(facts) => message::tell(tx, of.passport, &event(&of, &facts, &renamed), &facts).await,
        None => Ok(()),
    }
}

/// What is to be told of these seats to somebody who was told of those before: another place is a change, a place that was
/// not there before is news, anything else is nothing. Where a room is counts for entries that are `renamed`: the name
/// before may be on a ticket.
#[must_use]
pub fn news(before: &BTreeMap<i64, Seat>, seats: Vec<Seat>, renamed: &BTreeMap<i64, Time>) -> Option<Facts> {
    let known = |seat: &Seat| before.get(&seat.entry);
    let has_moved = |seat: &Seat, before: &Seat| {
        !before.is_same_place(seat) || renamed.contains_key(&seat.entry) && before.room_name != seat.room_name
    };
    if seats.iter().any(|seat| known(seat).is_some_and(|before| has_moved(seat, before))) {
        Some(Facts::SeatChanged { seats })
    } else if seats.iter().any(|seat| known(seat).is_none()) {
        Some(Facts::Seated { seats })
    } else {
        None
    }
}

/// The same seats are the same event, whichever of their arrangements was published last.
fn event(of: &Registration, facts: &Facts, renamed: &BTreeMap<i64, Time>) -> String {
    let mut event = of.id.to_string();
    if let Facts::Seated { seats } | Facts::SeatChanged { seats } = facts {
        for seat in seats {
            event.push_str(&format!(
                " {}:{}-{}-{}-{}",
                seat.entry, seat.code, seat.session, seat.room, seat.seat
            ));
            // A room may get a name again that it had before.
            if let Some(at) = renamed.get(&seat.entry) {
                event.push_str(&format!("@{}", at.micros()));
            }
        }
    }
    event
}

/// The published seat of a paid entry, as a message tells it, and when its room was renamed; nothing once its exam is over, because
/// a job that catches up late must not send anybody there.
async fn seat(
    tx: &mut Tx<'_>,
    catalogue: &Catalogue,
    of: &Registration,
    entry: &Entry,
) -> Result<Option<(Seat, Option<Time>)>, DbError> {
    let Some(placed) = super::placed(tx, of.school, entry).await? else { return Ok(None) };
    let (zh, en) = names(catalogue, &entry.sitting, entry.subject);
    let Some(plan) = catalogue.sitting(&entry.sitting) else { return Ok(None) };
    let subject = plan.subject(entry.subject);
    let (begins, ends) = hours(subject, placed.begins);
    let now = tx.now().await?;
    let is_past = matches!(plan.state, SittingState::Closed | SittingState::Archived);
    if is_past || ends.is_some_and(|ends| ends <= now) {
        return Ok(None);
    }
    let seat = Seat {
        entry: entry.id.0,
        zh,
        en,
        campus: catalogue.campus_name(placed.campus).unwrap_or_default().to_owned(),
        code: placed.campus.to_string(),
        session: placed.seat.session,
        room: placed.seat.room,
        room_name: placed.room_name,
        seat: placed.seat.seat,
        begins: begins.map(Time::micros),
        prints: subject.and_then(|subject| subject.printing_from).map(Time::micros),
    };
    Ok(Some((seat, placed.renamed_at)))
}

#[cfg(test)]
#[path = "../tests/tell.rs"]
pub(super) mod tests;
