//! The draw: who sits where, as a pure function of candidates, settings and a seed, so that it can be repeated.

pub mod chance;
pub mod late;
pub mod numbers;
pub mod room_names;
pub mod rooms;
pub mod spread;

use std::collections::BTreeMap;

use ring::digest;

use super::{Assignment, Candidate, Settings, Unit};
use crate::words::subject::Mode;
use chance::Chance;
use rooms::{Cell, Hall};

/// Why the draw is impossible.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ArrangeFault {
    /// More rooms than ticket numbers can represent.
    TooManyRooms {
        /// How many are needed.
        needed: usize,
        /// The maximum.
        most: usize,
    },
    /// The day's batches and the campus's machines can't seat all candidates of an oral subject.
    NoSessionLeft {
        /// Candidates to be seated.
        candidates: usize,
        /// Seats of the campus.
        places: usize,
    },
    /// A written ticket number has digits only, but the subject's code is not a digit.
    SubjectNotADigit,
    /// A ticket number does not have 15 characters.
    TicketLength,
}

impl std::fmt::Display for ArrangeFault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::TooManyRooms { needed, most } => {
                write!(f, "{needed} rooms are needed, and tickets number only {most}")
            }
            Self::NoSessionLeft { candidates, places } => {
                write!(f, "{candidates} candidates, and the machines of all batches hold only {places}")
            }
            Self::SubjectNotADigit => f.write_str("a written ticket needs a digit as the subject's code"),
            Self::TicketLength => f.write_str("the ticket number would not have 15 characters"),
        }
    }
}

/// Assigns each candidate a seat and a ticket number; the result is in the order of the candidates.
///
/// Candidates with the same needs share rooms, those without any come first; classmates are spread over all rooms and
/// seated apart within each. `busy` are the batches and rooms that another oral subject of the same day uses.
///
/// # Errors
/// [`ArrangeFault`].
///
/// # Panics
/// When a candidate got no seat, which only a bug of ours can cause.
pub fn arrange(
    unit: &Unit,
    candidates: &[Candidate],
    settings: &Settings,
    busy: &[Cell],
    seed: i64,
) -> Result<Vec<Assignment>, ArrangeFault> {
    let mut chance = Chance::new(unit, seed);
    let mut sections: BTreeMap<i64, Vec<usize>> = BTreeMap::new();
    for (index, candidate) in candidates.iter().enumerate() {
        sections.entry(candidate.needs.number()).or_default().push(index);
    }
    let counts: Vec<usize> = sections.values().map(Vec::len).collect();
    let halls = match unit.mode {
        Mode::Written => rooms::written(&counts, settings)?,
        Mode::Oral => rooms::oral(&counts, settings, busy)?,
    };
    let mut placed: Vec<Option<Assignment>> = candidates.iter().map(|_| None).collect();
    for (section, halls) in sections.into_values().zip(&halls) {
        let members = seat_section(section, candidates, halls, unit.mode, settings, &mut chance);
        for (hall, members) in halls.iter().zip(members) {
            for (seat, index) in (1_i64..).zip(members) {
                let ticket = number(unit, settings, hall.cell, seat)?;
                let Cell { session, room } = hall.cell;
                if let Some(place) = placed.get_mut(index) {
                    *place = Some(Assignment { session, room, seat, ticket });
                }
            }
        }
    }
    let count = candidates.len();
    let placed: Vec<Assignment> = placed.into_iter().flatten().collect();
    assert!(placed.len() == count, "each candidate has one place");
    Ok(placed)
}

/// The ticket number of a seat.
fn number(unit: &Unit, settings: &Settings, cell: Cell, seat: i64) -> Result<String, ArrangeFault> {
    match unit.mode {
        Mode::Written => numbers::written(unit, cell.room, seat),
        Mode::Oral => settings.oral_ticket.number(unit, cell.session, cell.room, seat, settings.machines),
    }
}

/// Deals the candidates of one section to its halls; returns for each hall who sits on its seats, from seat 1 on.
fn seat_section(
    mut section: Vec<usize>,
    candidates: &[Candidate],
    halls: &[Hall],
    mode: Mode,
    settings: &Settings,
    chance: &mut Chance,
) -> Vec<Vec<usize>> {
    let class = |index: usize| candidates.get(index).map_or(0, |candidate| candidate.class);
    spread::by_class_in_chance_order(&mut section, class, chance);
    let sizes: Vec<usize> = halls.iter().map(|hall| hall.size).collect();
    let grid = spread::Grid::of(mode, settings);
    let mut dealt = spread::deal(&section, &sizes);
    for members in &mut dealt {
        spread::seat_apart(members, class, grid, chance);
    }
    dealt
}

/// The number of a class: the first 8 bytes of SHA-256 over the parts, each preceded by its length. Two candidates have
/// the same one if all parts are equal.
#[must_use]
pub(crate) fn class_number(parts: &[&str]) -> i64 {
    let mut context = digest::Context::new(&digest::SHA256);
    for part in parts {
        context.update(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        context.update(part.as_bytes());
    }
    let sum = context.finish();
    sum.as_ref().first_chunk().map_or(0, |bytes| i64::from_be_bytes(*bytes))
}

/// How many pairs of classmates are neighbours although the room's mix guarantees a solution without any: no class has
/// more than a quarter of the room. The draw itself never leaves any.
#[must_use]
pub(crate) fn needless_pairs(seated: &[(i64, i64)], mode: Mode, settings: &Settings) -> usize {
    let mut seats: Vec<(i64, i64)> = seated.to_vec();
    seats.sort_unstable();
    let classes: Vec<i64> = seats.into_iter().map(|(_, class)| class).collect();
    if spread::largest(&classes).saturating_mul(4) > classes.len() {
        return 0;
    }
    spread::pairs(&classes, spread::Grid::of(mode, settings))
}

#[cfg(test)]
#[path = "tests/rules.rs"]
pub(super) mod tests;
