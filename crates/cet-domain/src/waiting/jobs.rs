//! The job of the waiting room: once a second each node saves its counts and reads those of all, and one of them moves
//! the frontiers.

use std::collections::BTreeMap;
use std::sync::PoisonError;

use super::counts::{Counts, Tally};
use super::gate::Opening;
use super::load::{Missed, Sample};
use super::place::{Frontier, Place};
use super::rate::Second;
use super::room::{Queue, Room, Shown};
use super::store::{self, CountRow, Entrance, FrontierRow, Moved, NodeRow};
use super::ticket::Secret;
use super::{SAVES, SETTLES};
use crate::config::WaitingMode;
use crate::store::{Db, DbError, Tx};
use crate::vault::Vault;
use crate::words::codes::SittingCode;
use crate::words::time::Time;

/// A node that was not seen for so many seconds does not count.
const GONE: i64 = 5;
/// After so many its row goes.
const FORGOTTEN: i64 = 3_600;
/// A pause of the job lets in at most so many seconds' people at once.
const LONGEST_STEP: i64 = 5;
/// How long after the opening the room stays on at least.
const STAYS: i64 = 60;

/// What this node remembers from one round to the next.
#[derive(Debug, Default)]
pub struct Memory {
    sample: Option<Sample>,
    sitting: Option<SittingCode>,
    secret: Option<Secret>,
    /// What each node counted of each second: strangers, and those who are signed in.
    counted: BTreeMap<(i64, String), (Tally, Tally)>,
    /// From which second on counts are read again.
    read_from: i64,
}

/// The time of a round, and the sitting that it is about.
#[derive(Clone, Debug)]
pub struct Now {
    /// In seconds since 1970.
    pub second: i64,
    /// The current sitting, with its first opening and its last closing.
    pub sitting: Option<(SittingCode, Time, Time)>,
}

/// The second of a time.
#[must_use]
pub fn second_of(time: Time) -> i64 {
    time.micros().div_euclid(1_000_000)
}

/// Works for one second.
///
/// # Errors
/// [`DbError`]: the lines stay as they were, and the counts are saved in the next round.
pub async fn round(
    room: &Room,
    memory: &mut Memory,
    db: &Db,
    vault: &Vault,
    now: Now,
    sample: Sample,
) -> Result<(), DbError> {
    let before = memory.sample.replace(sample.clone());
    let Some((sitting, opens, closes)) = now.sitting else {
        room.show(Shown::default());
        return Ok(());
    };
    if memory.sitting.as_ref() != Some(&sitting) {
        *memory =
            Memory { sample: memory.sample.take(), sitting: Some(sitting.clone()), ..Memory::default() };
        memory.read_from = i64::MIN;
    }
    // A secret never changes: while the room is off by the configuration, a round asks nothing.
    if memory.secret.is_none() {
        memory.secret = secret_of(db, vault, &sitting).await?;
    }
    let Some(secret) = memory.secret.clone() else { return Ok(()) };
    let opening = Opening { sitting, opens: second_of(opens), closes: second_of(closes), secret };
    if room.mode == WaitingMode::Off && !room.rehearsal {
        room.show(Shown { at: now.second, opening: Some(opening), ..Shown::default() });
        return Ok(());
    }
    let missed = before.map_or_else(Missed::default, |before| Missed::between(&before, &sample));
    let node = measured(room, missed, now.second, now.second >= moves_from(&opening));
    let found = read(db, &opening.sitting, memory.read_from, now.second).await?;
    let step = Step { room, opening: &opening, now: now.second, found: &found, node: &node };
    step.take(memory, db).await
}

/// The secret of the sitting's draw, made when it is first needed: within a second of the publication.
async fn secret_of(db: &Db, vault: &Vault, sitting: &SittingCode) -> Result<Option<Secret>, DbError> {
    let of = sitting.clone();
    if let Some(secret) = db.read(async move |tx: &mut Tx<'_>| store::secret(tx, &of).await).await? {
        return Ok(Some(secret));
    }
    let bytes = vault.random().map_err(|_| DbError::Other("the system gave no random bytes".into()))?;
    let of = sitting.clone();
    // Another node may have been first: its secret is the one that counts.
    db.write(async move |tx: &mut Tx<'_>| {
        store::make(tx, &of, &Secret::new(bytes)).await?;
        store::secret(tx, &of).await
    })
    .await
}

/// When the desk's line begins to move: as soon as all who came before the opening are counted.
fn moves_from(opening: &Opening) -> i64 {
    opening.opens.saturating_add(SETTLES)
}

/// Takes note of this second; a desk that does not move yet shows nothing of what can be borne.
fn measured(room: &Room, missed: Missed, now: i64, moves: bool) -> NodeRow {
    let shown = room.shown();
    let mut paces = room.paces.lock().unwrap_or_else(PoisonError::into_inner);
    let waiting = moves && shown.desk.line.people() > 0;
    paces.desk.second(Second { missed: missed.store, waiting, came: room.came(Entrance::Desk) });
    let waiting = shown.door.line.people() > 0;
    paces.door.second(Second { missed: missed.passwords, waiting, came: room.came(Entrance::Door) });
    let whole = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
    NodeRow {
        node: room.node.clone(),
        mark: room.mark.clone(),
        door_rate: whole(paces.door.rate()),
        desk_rate: whole(paces.desk.rate()),
        quiet: paces.desk.is_quiet() && paces.door.is_quiet(),
        arrivals: whole(room.arrivals(now.saturating_sub(1))),
        seen_at: now,
    }
}

/// What the database knows.
struct Found {
    desk: Option<FrontierRow>,
    door: Option<FrontierRow>,
    counts: Vec<CountRow>,
    nodes: Vec<NodeRow>,
    full: bool,
}

async fn read(db: &Db, sitting: &SittingCode, from: i64, now: i64) -> Result<Found, DbError> {
    let sitting = sitting.clone();
    db.read(async move |tx: &mut Tx<'_>| {
        let desk = store::frontier(tx, &sitting, Entrance::Desk).await?;
        let door = store::frontier(tx, &sitting, Entrance::Door).await?;
        let is_on = [&desk, &door].into_iter().flatten().any(|row| row.on_since.is_some());
        if !is_on {
            return Ok(Found { desk, door, counts: Vec::new(), nodes: Vec::new(), full: false });
        }
        let mut counts = store::drawn(tx, &sitting).await?;
        // A node that starts in the middle of a rush would read hours of seconds that every line has passed.
        let on = [&desk, &door].into_iter().flatten().filter(|row| row.on_since.is_some());
        let first = on.map(|row| passed(row.frontier())).min().unwrap_or(Place::DRAWN);
        let from = from.max(first).max(Place::DRAWN.saturating_add(1));
        counts.extend(store::counts(tx, &sitting, from).await?);
        let nodes = store::nodes(tx, now.saturating_sub(GONE)).await?;
        let full = !store::has_seats(tx, &sitting).await?;
        Ok(Found { desk, door, counts, nodes, full })
    })
    .await
}

/// One second of the room.
struct Step<'s> {
    room: &'s Room,
    opening: &'s Opening,
    now: i64,
    found: &'s Found,
    node: &'s NodeRow,
}

impl Step<'_> {
    async fn take(&self, memory: &mut Memory, db: &Db) -> Result<(), DbError> {
        self.remember(memory)?;
        let mut shown = Shown {
            at: self.now,
            opening: Some(self.opening.clone()),
            drawn: drawn(memory),
            full: self.found.full,
            nodes: self.found.nodes.clone(),
            ..Shown::default()
        };
        let mut moves = Vec::new();
        for (way, row) in
            [(Entrance::Desk, self.found.desk.as_ref()), (Entrance::Door, self.found.door.as_ref())]
        {
            let (queue, moved) = self.moves(way, row, memory);
            moves.extend(moved.map(|moved| (way, row.map(|row| row.moved_at), moved)));
            match way {
                Entrance::Desk => shown.desk = queue,
                Entrance::Door => shown.door = queue,
            }
        }
        if shown.on_since().is_some() || !moves.is_empty() {
            self.write(db, moves, shown.on_since().is_none()).await?;
        }
        self.forget(memory, &shown);
        self.room.show(shown);
        Ok(())
    }

    /// Takes up what was counted since the last round; a second whose counts are complete is not read again.
    fn remember(&self, memory: &mut Memory) -> Result<(), DbError> {
        for row in &self.found.counts {
            memory.counted.insert((row.second, row.node.clone()), row.tallies()?);
        }
        memory.read_from = self.now.saturating_sub(SETTLES).saturating_sub(1);
        Ok(())
    }

    /// Forgets the seconds that both lines have passed.
    fn forget(&self, memory: &mut Memory, shown: &Shown) {
        let on = [&shown.desk, &shown.door].into_iter().filter(|queue| queue.on_since.is_some());
        let first = on.map(|queue| passed(queue.line.frontier())).min().unwrap_or(self.now);
        memory.counted = memory.counted.split_off(&(first, String::new()));
    }

    /// A line as it is after this second, and how its frontier moves if it is time for it.
    fn moves(&self, way: Entrance, row: Option<&FrontierRow>, memory: &Memory) -> (Queue, Option<Moved>) {
        let before = row.and_then(|row| row.on_since);
        let on_since = self.on(way, row);
        let forced = row.and_then(|row| row.forced_rate).and_then(|rate| u64::try_from(rate).ok());
        let rate = forced.unwrap_or_else(|| self.rate(way));
        let counts = self.counts(way, memory, on_since.unwrap_or(self.now));
        let unsettled = self.now.saturating_sub(SETTLES);
        let frontier = match (before, on_since) {
            (Some(_), Some(_)) => row.map(FrontierRow::frontier).unwrap_or_default(),
            _ => self.first(way),
        };
        let line = counts.line(frontier, unsettled);
        let admitted = row.map_or(0, |row| u64::try_from(row.admitted).unwrap_or(0));
        let elapsed = row.map_or(0, |row| self.now.saturating_sub(row.moved_at));
        let queue = Queue { on_since, line, rate, admitted };
        if before.is_none() && on_since.is_none() || before.is_some() && elapsed < 1 {
            return (queue, None);
        }
        let mut moved = Moved { on_since, frontier, rate, more: 0, at: self.now };
        let moves = way == Entrance::Door || self.now >= moves_from(self.opening);
        if before.is_some() && on_since.is_some() && moves {
            let seconds = u64::try_from(elapsed.min(LONGEST_STEP)).unwrap_or(0);
            (moved.frontier, moved.more) = queue.line.advance(rate.saturating_mul(seconds));
        }
        let line = counts.line(moved.frontier, unsettled);
        (Queue { line, admitted: admitted.saturating_add(moved.more), ..queue }, Some(moved))
    }

    /// Where the frontier of a line stands that turns on: who is inside already stays, except at an opening, which
    /// nobody is inside of.
    fn first(&self, way: Entrance) -> Frontier {
        if way == Entrance::Desk && self.now < self.opening.opens {
            return Frontier::default();
        }
        Frontier::at(Place::at(self.now.saturating_sub(1), u64::MAX))
    }

    /// Since when the line is on, from now on.
    fn on(&self, way: Entrance, row: Option<&FrontierRow>) -> Option<i64> {
        let before = row.and_then(|row| row.on_since);
        let mode = row.map_or("auto", |row| row.mode.as_str());
        let overloaded = {
            let paces = self.room.paces.lock().unwrap_or_else(PoisonError::into_inner);
            match way {
                Entrance::Desk => paces.desk.is_overloaded(),
                Entrance::Door => paces.door.is_overloaded(),
            }
        };
        let first = self.opening.opens.saturating_sub(self.room.before_opening);
        let opens = way == Entrance::Desk && (first..self.opening.opens).contains(&self.now);
        // Before that nothing at the desk is worth queuing for.
        let needed = opens || overloaded && (way == Entrance::Door || self.now >= first);
        let quiet = self.found.nodes.iter().all(|node| node.quiet) && self.node.quiet;
        let over = quiet && self.now >= self.opening.opens.saturating_add(STAYS);
        let on = match (mode, before) {
            ("on", _) => true,
            ("off", _) => false,
            _ if self.room.mode == WaitingMode::Off => false,
            (_, Some(_)) => !over && self.now < self.opening.closes,
            (_, None) => needed && self.now < self.opening.closes,
        };
        on.then(|| before.unwrap_or(self.now))
    }

    /// What all live nodes bear together.
    fn rate(&self, way: Entrance) -> u64 {
        let others = self.found.nodes.iter().filter(|node| node.node != self.node.node);
        let of = |node: &NodeRow| match way {
            Entrance::Desk => u64::try_from(node.desk_rate).unwrap_or(0),
            Entrance::Door => u64::try_from(node.door_rate).unwrap_or(0),
        };
        others.map(of).fold(of(self.node), u64::saturating_add)
    }

    /// What counts for a line: at the door strangers, at the desk all who came since the opening and who came before it
    /// signed in.
    fn counts(&self, way: Entrance, memory: &Memory, since: i64) -> Counts {
        let mut counts = Counts::default();
        for ((second, _), (strangers, signed_in)) in &memory.counted {
            let drawn = *second == Place::DRAWN;
            match way {
                Entrance::Door if !drawn && *second >= since => counts.add(*second, strangers),
                Entrance::Desk if drawn => counts.add(*second, signed_in),
                Entrance::Desk if *second >= since.max(self.opening.opens) => {
                    counts.add(*second, strangers);
                    counts.add(*second, signed_in);
                }
                Entrance::Door | Entrance::Desk => {}
            }
        }
        counts
    }

    async fn write(
        &self,
        db: &Db,
        moves: Vec<(Entrance, Option<i64>, Moved)>,
        turned_off: bool,
    ) -> Result<(), DbError> {
        let keeps_drawn = self.now <= self.opening.opens.saturating_add(SAVES);
        let unsaved = self.room.unsaved(self.now.saturating_sub(SAVES), keeps_drawn);
        let (sitting, node, now) = (self.opening.sitting.clone(), self.node.clone(), self.now);
        let saving = unsaved.clone();
        db.write(async move |tx: &mut Tx<'_>| {
            for (second, tallies) in &saving {
                store::save(tx, &sitting, *second, &node.node, tallies).await?;
            }
            store::keep_node(tx, &node, now.saturating_sub(FORGOTTEN)).await?;
            for (way, before, moved) in &moves {
                // Where another node was faster, its step counts.
                store::advance(tx, &sitting, *way, *before, *moved).await?;
            }
            if turned_off {
                store::forget(tx, &sitting).await?;
            }
            Ok::<_, DbError>(())
        })
        .await?;
        self.room.saved(&unsaved);
        Ok(())
    }
}

/// The second that a frontier has reached; those before it count no more.
fn passed(frontier: Frontier) -> i64 {
    frontier.place().map_or(Place::DRAWN, |place| place.second)
}

/// How many came before the opening.
fn drawn(memory: &Memory) -> u64 {
    let drawn =
        memory.counted.range((Place::DRAWN, String::new())..(Place::DRAWN.saturating_add(1), String::new()));
    drawn.fold(0, |sum, (_, (_, signed_in))| sum.saturating_add(signed_in.sum()))
}

/// Forces the room of a sitting in a rehearsal, `auto`, `on` or `off`, and the rate of its lines.
///
/// # Errors
/// [`DbError`].
pub async fn force(
    tx: &mut Tx<'_>,
    sitting: &SittingCode,
    mode: &str,
    rate: Option<i64>,
) -> Result<(), DbError> {
    store::force(tx, sitting, mode, rate).await
}

/// Shows at once on this node what [`force`] has set: the job follows within a second, on all nodes. Until its first round nothing
/// is known of the opening that is waited for.
pub fn show_forced(room: &Room, mode: &str, now: i64) {
    let mut shown = Shown::clone(&room.shown());
    if shown.opening.is_none() {
        return;
    }
    for queue in [&mut shown.desk, &mut shown.door] {
        match mode {
            "on" => queue.on_since = Some(queue.on_since.unwrap_or(now)),
            "off" => queue.on_since = None,
            _ => {}
        }
    }
    room.show(shown);
}
