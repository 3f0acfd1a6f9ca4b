//! Properties of every draw, over many generated campuses.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;
use crate::arrangement::Needs;
use crate::arrangement::settings::Tail;
use crate::words::codes::{CampusCode, SchoolCode, SittingCode, SubjectCode};
use crate::words::ids::EntryId;

pub(crate) fn unit(subject: &str) -> Unit {
    let oral = ["F", "S", "J"].contains(&subject);
    Unit {
        campus: CampusCode::parse("993010").unwrap(),
        sitting: SittingCode::parse("2017-2").unwrap(),
        year: 2017,
        half: 2,
        subject: SubjectCode::parse(subject).unwrap(),
        mode: if oral { Mode::Oral } else { Mode::Written },
    }
}

pub(crate) fn candidates(classes: &[i64]) -> Vec<Candidate> {
    classes
        .iter()
        .zip(1..)
        .map(|(class, id)| Candidate {
            school: SchoolCode::parse("99301").unwrap(),
            entry: EntryId(id),
            class: *class,
            needs: Needs::default(),
        })
        .collect()
}

/// Seat, class and needs of one candidate in a room.
type Seated = (i64, i64, Needs);

fn needy(list: &[(i64, i64)]) -> Vec<Candidate> {
    let mut all = candidates(&list.iter().map(|(class, _)| *class).collect::<Vec<_>>());
    for (candidate, (_, needs)) in all.iter_mut().zip(list) {
        candidate.needs = Needs::from_number(*needs).unwrap();
    }
    all
}

/// Checks the properties of every arrangement, for any candidates and settings.
fn check(unit: &Unit, candidates: &[Candidate], settings: &Settings, seats: &[Assignment]) {
    assert_eq!(seats.len(), candidates.len(), "each candidate once");
    let places: BTreeSet<_> = seats.iter().map(|seat| (seat.session, seat.room, seat.seat)).collect();
    assert_eq!(places.len(), seats.len(), "no seat twice");
    let tickets: BTreeSet<&str> = seats.iter().map(|seat| seat.ticket.as_str()).collect();
    assert_eq!(tickets.len(), seats.len(), "no ticket twice");
    let most = i64::try_from(settings.most_in_a_room(unit.mode)).unwrap();
    let mut rooms: BTreeMap<(i64, i64), Vec<Seated>> = BTreeMap::new();
    for (seat, candidate) in seats.iter().zip(candidates) {
        assert!((1..=most).contains(&seat.seat), "{seat:?}");
        assert_eq!(seat.ticket.len(), 15);
        match unit.mode {
            Mode::Written => {
                assert!(seat.session == 0 && (1..=999).contains(&seat.room));
                assert!(seat.ticket.bytes().all(|byte| byte.is_ascii_digit()));
                let told = format!("993010172{}{:03}{:02}", unit.subject, seat.room, seat.seat);
                assert_eq!(seat.ticket, told);
            }
            Mode::Oral => {
                assert!((1..=11).contains(&seat.session), "{seat:?}");
                assert!(seat.ticket.starts_with(unit.subject.as_str()));
            }
        }
        rooms.entry((seat.session, seat.room)).or_default().push((
            seat.seat,
            candidate.class,
            candidate.needs,
        ));
    }
    for (room, seated) in rooms {
        let needs: BTreeSet<Needs> = seated.iter().map(|(_, _, needs)| *needs).collect();
        assert_eq!(needs.len(), 1, "room {room:?}: needs apart");
        let numbers: BTreeSet<i64> = seated.iter().map(|(seat, _, _)| *seat).collect();
        assert_eq!(numbers.last().copied(), i64::try_from(seated.len()).ok(), "room {room:?}: no gap");
        let seated: Vec<(i64, i64)> = seated.iter().map(|(seat, class, _)| (*seat, *class)).collect();
        assert_eq!(needless_pairs(&seated, unit.mode, settings), 0, "room {room:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn every_written_draw_keeps_what_is_promised(
        list in prop::collection::vec((0_i64..12, prop_oneof![9 => Just(0_i64), 1 => 1_i64..8]), 0..400),
        room_size in 1_usize..50,
        columns in 1_usize..8,
        tail in prop_oneof![Just(Tail::Short), Just(Tail::Balanced), Just(Tail::Merged)],
        spare in 0_usize..6,
        seed in 0_i64..i64::MAX,
    ) {
        let settings = Settings { room_size, columns: columns.min(room_size), tail, spare_seats: spare, ..Settings::default() };
        let settings = settings.checked().unwrap();
        let (unit, all) = (unit("1"), needy(&list));
        let seats = arrange(&unit, &all, &settings, &[], seed).unwrap();
        check(&unit, &all, &settings, &seats);
        prop_assert_eq!(arrange(&unit, &all, &settings, &[], seed).unwrap(), seats);
    }

    #[test]
    fn every_oral_draw_keeps_what_is_promised(
        list in prop::collection::vec((0_i64..20, prop_oneof![9 => Just(0_i64), 1 => 1_i64..8]), 0..200),
        machines in 10_usize..40,
        rooms in 2_usize..4,
        seed in 0_i64..i64::MAX,
    ) {
        let settings = Settings { machines, oral_rooms: rooms, ..Settings::default() }.checked().unwrap();
        let (unit, all) = (unit("F"), needy(&list));
        match arrange(&unit, &all, &settings, &[], seed) {
            Ok(seats) => check(&unit, &all, &settings, &seats),
            Err(fault) => assert!(matches!(fault, ArrangeFault::NoSessionLeft { .. })),
        }
    }
}

/// T1.
#[test]
fn a_class_is_spread_over_all_rooms() {
    let classes: Vec<i64> = (0..300).map(|n| n / 30).collect();
    let all = candidates(&classes);
    let seats = arrange(&unit("1"), &all, &Settings::default(), &[], 5).unwrap();
    let mut together: BTreeMap<(i64, i64), usize> = BTreeMap::new();
    for (seat, candidate) in seats.iter().zip(&all) {
        *together.entry((seat.room, candidate.class)).or_default() += 1;
    }
    // 30 classmates in 10 rooms.
    assert!(together.values().all(|count| *count == 3), "{together:?}");
}

#[test]
fn another_seed_seats_people_otherwise() {
    let all = candidates(&(0..60).collect::<Vec<_>>());
    let draw = |seed| arrange(&unit("1"), &all, &Settings::default(), &[], seed).unwrap();
    assert_ne!(draw(1), draw(2));
}

#[test]
fn a_draw_never_changes_from_one_version_to_the_next() {
    let classes: Vec<i64> = (0..100).map(|n| n % 7).collect();
    let seats = arrange(&unit("1"), &candidates(&classes), &Settings::default(), &[], 42).unwrap();
    let all: Vec<&str> = seats.iter().map(|seat| seat.ticket.as_str()).collect();
    assert_eq!(all[..4], ["993010172100229", "993010172100113", "993010172100316", "993010172100106"]);
    assert_eq!(class_number(&all), -8_996_565_633_336_124_392);
}

#[test]
fn a_class_number_sees_where_one_part_ends() {
    assert_eq!(class_number(&["a", "b"]), class_number(&["a", "b"]));
    assert_ne!(class_number(&["ab", ""]), class_number(&["a", "b"]));
}
