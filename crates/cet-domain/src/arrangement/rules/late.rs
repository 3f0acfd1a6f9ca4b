//! The late draw: seats for whoever became paid after the publication, without moving anybody (I18).

use std::collections::BTreeMap;

use super::chance::Chance;
use super::rooms::{Cell, MOST_ROOMS};
use super::spread::Grid;
use super::{ArrangeFault, number};
use crate::arrangement::{Assignment, Candidate, Needs, Settings, Unit};
use crate::words::subject::Mode;

/// A published seat.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Taken {
    /// Batch and room.
    pub cell: Cell,
    /// The seat, from 1.
    pub seat: i64,
    /// The class of its candidate.
    pub class: i64,
    /// The accommodations of the room.
    pub needs: Needs,
}

/// The seed of a late draw and its number: each has its own stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LateSeed {
    /// The seed.
    pub seed: i64,
    /// The number of the draw after the publication, from 1.
    pub late: i64,
}

/// Gives each candidate the next free seat of a room with the same needs, or one of a new room after all others; the
/// result is in the order of the candidates. Each seat goes to the first candidate in random order who has no classmate
/// beside, in front or behind, or to the first of all if everybody has one.
///
/// # Errors
/// [`ArrangeFault`] when no room or batch is left.
pub fn arrange(
    unit: &Unit,
    taken: &[Taken],
    candidates: &[Candidate],
    settings: &Settings,
    busy: &[Cell],
    seed: LateSeed,
) -> Result<Vec<Assignment>, ArrangeFault> {
    let mut chance = Chance::late(unit, seed);
    let mut rooms = Filling::new(unit, taken, settings, busy);
    let mut sections: BTreeMap<i64, Vec<usize>> = BTreeMap::new();
    for (index, candidate) in candidates.iter().enumerate() {
        sections.entry(candidate.needs.number()).or_default().push(index);
    }
    let mut placed: Vec<(usize, Assignment)> = Vec::with_capacity(candidates.len());
    for mut waiting in sections.into_values() {
        chance.shuffle(&mut waiting);
        while let Some(first) = waiting.first().and_then(|index| candidates.get(*index)) {
            let Some(cell) = rooms.next(first.needs) else {
                return Err(rooms.full(candidates.len(), placed.len()));
            };
            let class = |index: &usize| candidates.get(*index).map_or(0, |candidate| candidate.class);
            let apart = waiting.iter().position(|index| rooms.is_apart(cell, class(index))).unwrap_or(0);
            let index = waiting.remove(apart);
            let seat = rooms.take_seat(cell, class(&index), first.needs);
            let ticket = number(unit, settings, cell, seat)?;
            placed.push((index, Assignment { session: cell.session, room: cell.room, seat, ticket }));
        }
    }
    placed.sort_unstable_by_key(|(index, _)| *index);
    Ok(placed.into_iter().map(|(_, place)| place).collect())
}

struct Room {
    needs: Needs,
    /// By seat (from 0).
    classes: Vec<i64>,
}

/// The rooms of a unit while they fill.
struct Filling<'a> {
    mode: Mode,
    settings: &'a Settings,
    busy: &'a [Cell],
    grid: Grid,
    rooms: BTreeMap<Cell, Room>,
}

impl<'a> Filling<'a> {
    fn new(unit: &Unit, taken: &[Taken], settings: &'a Settings, busy: &'a [Cell]) -> Self {
        let mut seats: Vec<&Taken> = taken.iter().collect();
        seats.sort_unstable_by_key(|taken| (taken.cell, taken.seat));
        let mut rooms: BTreeMap<Cell, Room> = BTreeMap::new();
        for taken in seats {
            let room =
                rooms.entry(taken.cell).or_insert_with(|| Room { needs: taken.needs, classes: Vec::new() });
            room.classes.push(taken.class);
        }
        Self { mode: unit.mode, settings, busy, grid: Grid::of(unit.mode, settings), rooms }
    }

    /// The capacity of a room; spare seats are for a merged tail only.
    fn most(&self) -> usize {
        match self.mode {
            Mode::Written => self.settings.room_size,
            Mode::Oral => self.settings.machines.saturating_sub(self.settings.machines % 2).max(1),
        }
    }

    /// The room of the next candidate: the first with a free seat, or else a new one.
    fn next(&self, needs: Needs) -> Option<Cell> {
        let most = self.most();
        let free = |(_, room): &(&Cell, &Room)| room.needs == needs && room.classes.len() < most;
        if let Some((cell, _)) = self.rooms.iter().find(free) {
            return Some(*cell);
        }
        match self.mode {
            Mode::Written => {
                let last = self.rooms.keys().map(|cell| cell.room).max().unwrap_or(0);
                let room = last.saturating_add(1);
                let fits = usize::try_from(room).is_ok_and(|room| room <= MOST_ROOMS);
                fits.then_some(Cell { session: 0, room })
            }
            Mode::Oral => (1_i64..)
                .take(self.settings.sessions.len())
                .flat_map(|session| {
                    (1_i64..).take(self.settings.oral_rooms).map(move |room| Cell { session, room })
                })
                .find(|cell| !self.busy.contains(cell) && !self.rooms.contains_key(cell)),
        }
    }

    /// Whether nobody of this class would be a neighbour of the next seat of a room.
    fn is_apart(&self, cell: Cell, class: i64) -> bool {
        let Some(room) = self.rooms.get(&cell) else { return true };
        self.grid.neighbours(room.classes.len()).all(|near| room.classes.get(near) != Some(&class))
    }

    /// Takes the next seat of a room, and returns it (from 1).
    fn take_seat(&mut self, cell: Cell, class: i64, needs: Needs) -> i64 {
        let room = self.rooms.entry(cell).or_insert(Room { needs, classes: Vec::new() });
        room.classes.push(class);
        i64::try_from(room.classes.len()).unwrap_or(i64::MAX)
    }

    fn full(&self, candidates: usize, places: usize) -> ArrangeFault {
        match self.mode {
            Mode::Written => {
                ArrangeFault::TooManyRooms { needed: self.rooms.len().saturating_add(1), most: MOST_ROOMS }
            }
            Mode::Oral => ArrangeFault::NoSessionLeft { candidates, places },
        }
    }
}

#[cfg(test)]
#[path = "../tests/late_rules.rs"]
mod tests;
