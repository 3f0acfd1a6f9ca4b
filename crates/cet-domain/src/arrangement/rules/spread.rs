//! Separates classmates: spreads them over all rooms, and within a room avoids neighbours if possible.

use std::collections::BTreeMap;

use super::chance::Chance;
use crate::arrangement::Settings;
use crate::words::subject::Mode;

/// The layout of a room: seats in columns, numbered in a serpentine, down the first and up the second.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grid {
    rows: usize,
}

impl Grid {
    /// A room with this many seats per column.
    #[must_use]
    pub(crate) fn with_rows(rows: usize) -> Self {
        Self { rows: rows.max(1) }
    }

    /// The grid of a written room, or the single line of machines of an oral one.
    #[must_use]
    pub fn of(mode: Mode, settings: &Settings) -> Self {
        match mode {
            Mode::Written => Self::with_rows(settings.room_size.div_ceil(settings.columns.max(1))),
            Mode::Oral => Self::with_rows(settings.machines),
        }
    }

    /// Column and row (both from 0) of a seat (from 0).
    #[must_use]
    pub fn place(self, seat: usize) -> (usize, usize) {
        let (column, within) = (seat / self.rows, seat % self.rows);
        let row = if column.is_multiple_of(2) {
            within
        } else {
            self.rows.saturating_sub(within).saturating_sub(1)
        };
        (column, row)
    }

    fn seat(self, column: usize, row: usize) -> usize {
        let within =
            if column.is_multiple_of(2) { row } else { self.rows.saturating_sub(row).saturating_sub(1) };
        column.saturating_mul(self.rows).saturating_add(within)
    }

    /// The seats (from 0) beside, before and behind a seat; some may be beyond the last taken one.
    pub(crate) fn neighbours(self, seat: usize) -> impl Iterator<Item = usize> {
        let (column, row) = self.place(seat);
        let left = column.checked_sub(1).map(|column| self.seat(column, row));
        let right = Some(self.seat(column.saturating_add(1), row));
        let before = row.checked_sub(1).map(|row| self.seat(column, row));
        let below = row.saturating_add(1);
        let behind = (below < self.rows).then(|| self.seat(column, below));
        [left, right, before, behind].into_iter().flatten()
    }

    /// Like the black squares of a chessboard: no two of them are neighbours.
    fn is_black(self, seat: usize) -> bool {
        let (column, row) = self.place(seat);
        column.saturating_add(row).is_multiple_of(2)
    }
}

/// Orders candidates so that classmates follow each other; the classes and their members are in random order.
pub(crate) fn by_class_in_chance_order(
    list: &mut [usize],
    class: impl Fn(usize) -> i64,
    chance: &mut Chance,
) {
    chance.shuffle(list);
    let mut ranks: BTreeMap<i64, usize> = BTreeMap::new();
    for index in list.iter() {
        let next = ranks.len();
        ranks.entry(class(*index)).or_insert(next);
    }
    list.sort_by_cached_key(|index| ranks.get(&class(*index)).copied());
}

/// Deals a list to rooms of these sizes like cards, so that classmates, who follow each other, get into different rooms
/// if there are enough.
#[must_use]
pub(crate) fn deal(list: &[usize], sizes: &[usize]) -> Vec<Vec<usize>> {
    let mut rooms: Vec<Vec<usize>> = sizes.iter().map(|size| Vec::with_capacity(*size)).collect();
    let mut rest = list.iter();
    let mut dealt = true;
    while dealt {
        dealt = false;
        for (room, size) in rooms.iter_mut().zip(sizes) {
            if room.len() < *size
                && let Some(index) = rest.next()
            {
                room.push(*index);
                dealt = true;
            }
        }
    }
    rooms
}

/// The starts that are tried in a room; the first one nearly always leads to no pair at all.
const STARTS: usize = 4;
/// How often all seats of a room are tried from one start.
const ROUNDS: usize = 20;

/// Orders the members of a room by seat, with as few classmates as possible as neighbours.
pub(crate) fn seat_apart(
    members: &mut Vec<usize>,
    class: impl Fn(usize) -> i64,
    grid: Grid,
    chance: &mut Chance,
) {
    let classes = |members: &[usize]| -> Vec<i64> { members.iter().map(|index| class(*index)).collect() };
    let mut best: Option<(usize, Vec<usize>)> = None;
    for start in 0..STARTS {
        chance.shuffle(members);
        if start % 2 == 1 {
            chessboard(members, &class, grid);
        }
        let mut seated = classes(members);
        if largest(&seated) == seated.len() {
            return;
        }
        let left = separate(members, &mut seated, grid);
        if best.as_ref().is_none_or(|(fewest, _)| left < *fewest) {
            best = Some((left, members.clone()));
        }
        if left == 0 {
            break;
        }
    }
    if let Some((_, order)) = best {
        *members = order;
    }
}

/// Places the largest classes on the black squares of a chessboard first, then on the white ones.
fn chessboard(members: &mut [usize], class: impl Fn(usize) -> i64, grid: Grid) {
    let mut counts: BTreeMap<i64, usize> = BTreeMap::new();
    for index in members.iter() {
        let count = counts.entry(class(*index)).or_default();
        *count = count.saturating_add(1);
    }
    members.sort_by_cached_key(|index| {
        let class = class(*index);
        (std::cmp::Reverse(counts.get(&class).copied()), class)
    });
    let (black, white): (Vec<usize>, Vec<usize>) = (0..members.len()).partition(|seat| grid.is_black(*seat));
    let mut seats: Vec<(usize, usize)> =
        black.into_iter().chain(white).zip(members.iter().copied()).collect();
    seats.sort_unstable();
    for (member, (_, index)) in members.iter_mut().zip(seats) {
        *member = index;
    }
}

/// Swaps seats while that separates classmates; returns how many pairs are left.
fn separate(members: &mut [usize], classes: &mut [i64], grid: Grid) -> usize {
    for _ in 0..ROUNDS {
        let mut changed = false;
        for seat in 0..classes.len() {
            let own = classmates_beside(classes, grid, seat);
            if own == 0 {
                continue;
            }
            let mut best: Option<(usize, usize)> = None;
            for other in 0..classes.len() {
                let before = own.saturating_add(classmates_beside(classes, grid, other));
                classes.swap(seat, other);
                let after = classmates_beside(classes, grid, seat)
                    .saturating_add(classmates_beside(classes, grid, other));
                classes.swap(seat, other);
                if after < before && best.is_none_or(|(gain, _)| before.saturating_sub(after) > gain) {
                    best = Some((before.saturating_sub(after), other));
                }
            }
            if let Some((_, other)) = best {
                classes.swap(seat, other);
                members.swap(seat, other);
                changed = true;
            }
        }
        if !changed {
            break;
        }
    }
    pairs(classes, grid)
}

/// How many neighbours of a seat are of its own class.
fn classmates_beside(classes: &[i64], grid: Grid, seat: usize) -> usize {
    let Some(own) = classes.get(seat) else { return 0 };
    grid.neighbours(seat).filter(|neighbour| classes.get(*neighbour) == Some(own)).count()
}

/// How many pairs of neighbours are of the same class.
#[must_use]
pub fn pairs(classes: &[i64], grid: Grid) -> usize {
    (0..classes.len()).map(|seat| classmates_beside(classes, grid, seat)).sum::<usize>() / 2
}

/// The size of the largest class.
#[must_use]
pub fn largest(classes: &[i64]) -> usize {
    let mut counts: BTreeMap<i64, usize> = BTreeMap::new();
    for class in classes {
        let count = counts.entry(*class).or_default();
        *count = count.saturating_add(1);
    }
    counts.into_values().max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::arrangement::rules::tests::unit;

    #[test]
    fn seats_are_numbered_down_the_first_column_and_up_the_second() {
        let grid = Grid::with_rows(6);
        let near = |seat: usize| {
            let mut near: Vec<usize> = grid.neighbours(seat - 1).map(|seat| seat + 1).collect();
            near.sort_unstable();
            near
        };
        assert_eq!(near(1), [2, 12]);
        assert_eq!(near(6), [5, 7]);
        assert_eq!(near(8), [5, 7, 9, 17]);
    }

    #[test]
    fn three_classes_of_one_room_are_never_neighbours() {
        for seed in 0..200 {
            let mut members: Vec<usize> = (0..30).collect();
            let mut chance = Chance::new(&unit("1"), seed);
            let class = |index: usize| i64::try_from(index / 10).unwrap();
            seat_apart(&mut members, class, Grid::with_rows(6), &mut chance);
            let classes: Vec<i64> = members.iter().map(|index| class(*index)).collect();
            assert_eq!(pairs(&classes, Grid::with_rows(6)), 0, "seed {seed}");
        }
    }

    #[test]
    fn two_classes_of_half_a_room_each_take_the_colours_of_a_chessboard() {
        for seed in 0..50 {
            let mut members: Vec<usize> = (0..30).collect();
            let mut chance = Chance::new(&unit("1"), seed);
            let class = |index: usize| i64::try_from(index / 15).unwrap();
            seat_apart(&mut members, class, Grid::with_rows(6), &mut chance);
            let classes: Vec<i64> = members.iter().map(|index| class(*index)).collect();
            assert_eq!(pairs(&classes, Grid::with_rows(6)), 0, "seed {seed}");
        }
    }

    #[test]
    fn a_class_that_fits_goes_one_to_a_room() {
        let list: Vec<usize> = (0..90).collect();
        let rooms = deal(&list, &[30, 30, 30]);
        // Three consecutive classmates in the list.
        for first in (0..90).step_by(3) {
            let room = |index| rooms.iter().position(|room| room.contains(&index)).unwrap();
            assert_ne!(room(first), room(first + 1));
            assert_ne!(room(first + 1), room(first + 2));
        }
    }
}
