//! Properties of every late draw.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;
use crate::arrangement::rules;
use crate::arrangement::rules::tests::{candidates, unit};

fn taken_of(candidates: &[Candidate], seats: &[Assignment]) -> Vec<Taken> {
    let taken = |(candidate, seat): (&Candidate, &Assignment)| Taken {
        cell: Cell { session: seat.session, room: seat.room },
        seat: seat.seat,
        class: candidate.class,
        needs: candidate.needs,
    };
    candidates.iter().zip(seats).map(taken).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn who_comes_late_gets_a_seat_of_the_same_needs_that_nobody_has(
        first in prop::collection::vec((0_i64..8, prop_oneof![5 => Just(0_i64), 1 => 1_i64..8]), 0..120),
        later in prop::collection::vec((0_i64..8, prop_oneof![5 => Just(0_i64), 1 => 1_i64..8]), 1..60),
        room_size in 2_usize..31,
        oral in any::<bool>(),
        seed in 0_i64..i64::MAX,
    ) {
        let settings = Settings { room_size, columns: 2, machines: room_size, oral_rooms: 9, ..Settings::default() };
        let unit = unit(if oral { "F" } else { "1" });
        let mut all = candidates(&first.iter().chain(&later).map(|(class, _)| *class).collect::<Vec<_>>());
        for (candidate, (_, needs)) in all.iter_mut().zip(first.iter().chain(&later)) {
            candidate.needs = Needs::from_number(*needs).unwrap();
        }
        let (early, late) = all.split_at(first.len());
        let Ok(seats) = rules::arrange(&unit, early, &settings, &[], seed) else { return Ok(()) };
        let taken = taken_of(early, &seats);
        let seed = LateSeed { seed, late: 1 };
        let Ok(more) = arrange(&unit, &taken, late, &settings, &[], seed) else { return Ok(()) };
        prop_assert_eq!(more.len(), late.len());
        prop_assert_eq!(&arrange(&unit, &taken, late, &settings, &[], seed).unwrap(), &more);
        let places: BTreeSet<_> = seats.iter().chain(&more).map(|seat| (seat.session, seat.room, seat.seat)).collect();
        prop_assert_eq!(places.len(), all.len(), "no seat twice");
        let tickets: BTreeSet<&str> = seats.iter().chain(&more).map(|seat| seat.ticket.as_str()).collect();
        prop_assert_eq!(tickets.len(), all.len(), "no number twice");
        let mut rooms: BTreeMap<(i64, i64), Vec<(i64, Needs)>> = BTreeMap::new();
        for (seat, candidate) in seats.iter().chain(&more).zip(&all) {
            rooms.entry((seat.session, seat.room)).or_default().push((seat.seat, candidate.needs));
        }
        for (room, seated) in rooms {
            prop_assert!(seated.len() <= room_size);
            prop_assert!(seated.iter().all(|(_, needs)| *needs == seated[0].1), "room {:?}: needs apart", room);
            let last = seated.iter().map(|(seat, _)| *seat).max();
            prop_assert_eq!(last, i64::try_from(seated.len()).ok(), "room {:?}: no gap", room);
        }
    }
}

#[test]
fn a_full_room_is_left_alone_and_a_further_one_begins() {
    let early = candidates(&[1; 30]);
    let seats = rules::arrange(&unit("1"), &early, &Settings::default(), &[], 7).unwrap();
    let seed = LateSeed { seed: 7, late: 1 };
    let late = &candidates(&[1; 31])[30..];
    let more = arrange(&unit("1"), &taken_of(&early, &seats), late, &Settings::default(), &[], seed).unwrap();
    assert_eq!(more[0].ticket, "993010172100201");
}

#[test]
fn a_stranger_is_seated_beside_the_last_rather_than_a_classmate() {
    let early = candidates(&[1; 3]);
    let seats = rules::arrange(&unit("1"), &early, &Settings::default(), &[], 7).unwrap();
    let late = &candidates(&[1, 1, 1, 1, 2, 1])[3..];
    for seed in 0..20 {
        let seed = LateSeed { seed, late: 1 };
        let more =
            arrange(&unit("1"), &taken_of(&early, &seats), late, &Settings::default(), &[], seed).unwrap();
        assert_eq!(more[1].seat, 4, "the one of class 2 comes first");
    }
}

#[test]
fn a_day_without_a_free_batch_refuses() {
    let settings = Settings { machines: 2, sessions: vec![510], ..Settings::default() };
    let early = candidates(&[1, 2]);
    let seats = rules::arrange(&unit("F"), &early, &settings, &[], 7).unwrap();
    let late = &candidates(&[1, 2, 3])[2..];
    let seed = LateSeed { seed: 7, late: 1 };
    let fault = arrange(&unit("F"), &taken_of(&early, &seats), late, &settings, &[], seed);
    assert_eq!(fault, Err(ArrangeFault::NoSessionLeft { candidates: 1, places: 0 }));
    let more = Settings { oral_rooms: 2, ..Settings::default() };
    let settings = settings.with_more_rooms(&more);
    let seat = arrange(&unit("F"), &taken_of(&early, &seats), late, &settings, &[], seed).unwrap();
    assert_eq!((seat[0].session, seat[0].room, seat[0].ticket.as_str()), (1, 2, "F17299301001003"));
}
