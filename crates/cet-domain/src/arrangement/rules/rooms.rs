//! How many rooms there are and how many sit in each: written rooms, and oral batches in rooms with machines.

use super::ArrangeFault;
use crate::arrangement::Settings;
use crate::arrangement::settings::Tail;

/// The highest number of a written room: a ticket number has three digits for it.
pub(crate) const MOST_ROOMS: usize = 999;

/// A room in one batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cell {
    /// The batch of an oral subject, from 1; 0 for a written one.
    pub session: i64,
    /// The room, from 1.
    pub room: i64,
}

/// A cell with its number of candidates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hall {
    /// Where and when.
    pub cell: Cell,
    /// How many.
    pub size: usize,
}

/// The rooms of each section of a written subject; rooms are numbered through all sections.
///
/// # Errors
/// [`ArrangeFault::TooManyRooms`].
pub fn written(sections: &[usize], settings: &Settings) -> Result<Vec<Vec<Hall>>, ArrangeFault> {
    let sizes: Vec<Vec<usize>> = sections
        .iter()
        .map(|count| sizes(*count, settings.room_size, settings.tail, settings.spare_seats))
        .collect();
    let needed: usize = sizes.iter().map(Vec::len).sum();
    if needed > MOST_ROOMS {
        return Err(ArrangeFault::TooManyRooms { needed, most: MOST_ROOMS });
    }
    let mut rooms = 1_i64..;
    let halls = sizes.into_iter().map(|sizes| {
        sizes
            .into_iter()
            .zip(rooms.by_ref())
            .map(|(size, room)| Hall { cell: Cell { session: 0, room }, size })
            .collect()
    });
    Ok(halls.collect())
}

/// The sizes of the rooms for this many candidates.
fn sizes(count: usize, full: usize, tail: Tail, spare: usize) -> Vec<usize> {
    let full_rooms = count.checked_div(full).unwrap_or(0);
    let rest = count.checked_rem(full).unwrap_or(0);
    let mut sizes = vec![full; full_rooms];
    if rest == 0 {
        return sizes;
    }
    match (tail, sizes.pop()) {
        (_, None) => sizes.push(rest),
        (Tail::Merged, Some(last)) if rest <= spare => sizes.push(last.saturating_add(rest)),
        (Tail::Short | Tail::Merged, Some(last)) => sizes.extend([last, rest]),
        (Tail::Balanced, Some(last)) => {
            let both = last.saturating_add(rest);
            let less = both / 2;
            sizes.extend([both.saturating_sub(less), less]);
        }
    }
    sizes
}

/// The batches and rooms of each section of an oral subject: as few batches as possible, and an even number of
/// candidates in each except the last, because candidates talk in pairs (facts 1.10).
///
/// # Errors
/// [`ArrangeFault::NoSessionLeft`].
pub fn oral(sections: &[usize], settings: &Settings, busy: &[Cell]) -> Result<Vec<Vec<Hall>>, ArrangeFault> {
    let even = settings.machines.saturating_sub(settings.machines % 2).max(1);
    let sessions = (1_i64..).take(settings.sessions.len());
    let cells = sessions
        .flat_map(|session| (1_i64..).take(settings.oral_rooms).map(move |room| Cell { session, room }));
    let mut free: Vec<Cell> = cells.filter(|cell| !busy.contains(cell)).collect();
    let needed: usize = sections.iter().map(|count| count.div_ceil(even)).sum();
    if needed > free.len() {
        let candidates = sections.iter().sum();
        return Err(ArrangeFault::NoSessionLeft { candidates, places: free.len().saturating_mul(even) });
    }
    free.reverse();
    let mut all = Vec::with_capacity(sections.len());
    for count in sections {
        let mut halls = Vec::new();
        let mut left = *count;
        while left > 0 {
            let Some(cell) = free.pop() else { break };
            let size = left.min(even);
            left = left.saturating_sub(size);
            halls.push(Hall { cell, size });
        }
        all.push(halls);
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_room_is_short_balanced_or_merged_as_it_is_set() {
        assert_eq!(sizes(61, 30, Tail::Short, 0), [30, 30, 1]);
        assert_eq!(sizes(61, 30, Tail::Balanced, 0), [30, 16, 15]);
        assert_eq!(sizes(61, 30, Tail::Merged, 2), [30, 31]);
        assert_eq!(sizes(63, 30, Tail::Merged, 2), [30, 30, 3]);
        assert_eq!(sizes(60, 30, Tail::Balanced, 0), [30, 30]);
        assert_eq!(sizes(7, 30, Tail::Balanced, 0), [7]);
        assert_eq!(sizes(0, 30, Tail::Short, 0), [0; 0]);
    }

    #[test]
    fn a_room_beyond_999_is_refused_with_the_number() {
        let settings = Settings::default();
        assert!(written(&[29_970], &settings).is_ok());
        let fault = written(&[29_970, 1], &settings).unwrap_err();
        assert_eq!(fault, ArrangeFault::TooManyRooms { needed: 1_000, most: 999 });
        assert!(fault.to_string().contains("1000") && fault.to_string().contains("999"));
    }

    #[test]
    fn oral_batches_hold_even_numbers_but_for_the_last_and_leave_busy_ones_out() {
        let settings = Settings { machines: 7, oral_rooms: 2, ..Settings::default() };
        let busy = [Cell { session: 1, room: 1 }];
        let halls = oral(&[15], &settings, &busy).unwrap();
        let told: Vec<_> =
            halls[0].iter().map(|hall| (hall.cell.session, hall.cell.room, hall.size)).collect();
        assert_eq!(told, [(1, 2, 6), (2, 1, 6), (2, 2, 3)]);
    }

    #[test]
    fn a_day_that_is_too_short_is_refused_with_its_places() {
        let settings = Settings { machines: 10, ..Settings::default() };
        assert!(oral(&[110], &settings, &[]).is_ok());
        let fault = oral(&[111], &settings, &[]).unwrap_err();
        assert_eq!(fault, ArrangeFault::NoSessionLeft { candidates: 111, places: 110 });
    }
}
