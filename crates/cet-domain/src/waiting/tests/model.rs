//! What holds for every line, whoever comes when and however the frontier moves.

use proptest::prelude::*;

use super::*;

/// People who come, by second and draw; the nodes they come to; and how many are admitted in each second.
type Course = (Vec<(i64, u64, bool)>, Vec<u64>);

fn course() -> impl Strategy<Value = Course> {
    let people = prop::collection::vec((0_i64..20, any::<u64>(), any::<bool>()), 1..200);
    (people, prop::collection::vec(0_u64..40, 1..40))
}

fn place((second, tie, _): (i64, u64, bool)) -> Place {
    // The first two seconds stand for the time before the opening.
    if second < 2 { Place::drawn(tie) } else { Place::at(second, tie) }
}

fn counted(people: &[(i64, u64, bool)]) -> Counts {
    let mut counts = Counts::default();
    for one in people {
        counts.count(place(*one));
    }
    counts
}

/// The lines in the order of time.
fn lines((people, steps): &Course) -> Vec<Line> {
    let mut frontier = Frontier::default();
    let mut lines = Vec::new();
    for (now, step) in (2_i64..).zip(steps) {
        let came: Vec<_> = people.iter().copied().filter(|one| one.0 < now).collect();
        let line = counted(&came).line(frontier, now);
        frontier = line.advance(*step).0;
        lines.push(line);
    }
    lines
}

proptest! {
    #[test]
    fn nobody_overtakes(course in course()) {
        let mut places: Vec<Place> = course.0.iter().map(|one| place(*one)).collect();
        places.sort();
        for line in lines(&course) {
            for pair in places.windows(2) {
                let [one, next] = pair else { unreachable!() };
                let frontier = line.frontier();
                prop_assert!(frontier.admits(*one) || !frontier.admits(*next));
                if let (Some(before), Some(after)) = (line.position(*one), line.position(*next)) {
                    prop_assert!(before <= after);
                }
            }
        }
    }

    #[test]
    fn positions_never_grow_and_the_frontier_never_moves_back(course in course()) {
        for pair in lines(&course).windows(2) {
            let [earlier, later] = pair else { unreachable!() };
            let forward = earlier.frontier().farther(later.frontier());
            prop_assert_eq!(forward, later.frontier());
            for one in &course.0 {
                let place = place(*one);
                if let (Some(before), Some(after)) = (earlier.position(place), later.position(place)) {
                    prop_assert!(after <= before, "{} {}", before, after);
                }
            }
        }
    }

    #[test]
    fn as_many_are_admitted_as_was_asked_for_and_nobody_waits_behind_an_empty_line(course in course()) {
        for (line, step) in lines(&course).iter().zip(&course.1) {
            let (frontier, admitted) = line.advance(*step);
            prop_assert_eq!(admitted, (*step).min(line.people()));
            if *step >= line.people() {
                let waits = course.0.iter().filter(|one| line.position(place(**one)).is_some());
                prop_assert!(waits.map(|one| place(*one)).all(|place| frontier.admits(place)));
            }
        }
    }

    #[test]
    fn two_nodes_and_a_restart_agree_with_one_node(course in course()) {
        let all = counted(&course.0);
        let (left, right): (Vec<_>, Vec<_>) = course.0.iter().copied().partition(|one| one.2);
        // What a node saved is all that another one, or it itself after a restart, knows of it.
        let mut saved: Vec<(i64, Vec<u8>)> = Vec::new();
        for node in [left, right] {
            let seconds: std::collections::BTreeSet<i64> = node.iter().map(|one| place(*one).second).collect();
            for second in seconds {
                let mut tally = Tally::default();
                let of_it = node.iter().map(|one| place(*one)).filter(|place| place.second == second);
                of_it.for_each(|place| tally.count(place.tie));
                saved.push((second, tally.to_bytes()));
            }
        }
        let mut both = Counts::default();
        for (second, bytes) in saved {
            both.add(second, &Tally::from_bytes(&bytes).unwrap());
        }
        for step in &course.1 {
            let (one, other) = (all.line(Frontier::default(), 100), both.line(Frontier::default(), 100));
            prop_assert_eq!(one.advance(*step), other.advance(*step));
            prop_assert_eq!(one.people(), other.people());
            for person in &course.0 {
                prop_assert_eq!(one.position(place(*person)), other.position(place(*person)));
            }
        }
    }

    #[test]
    fn coming_twice_never_helps(second in 0_i64..1_000_000, later in 0_i64..1_000_000, id in any::<i64>()) {
        let secret = Secret::new([3; 32]);
        let opens = 500_000;
        let holder = Holder::Passport(crate::words::ids::PassportId(id));
        let sitting = crate::words::codes::SittingCode::parse("2017-2").unwrap();
        let ticket = |second| Ticket::new(sitting.clone(), second, opens, holder).place(&secret);
        let again = second.saturating_add(later);
        prop_assert!(ticket(second) <= ticket(again));
    }
}

#[test]
fn counts_of_another_length_are_not_read() {
    assert_eq!(Tally::from_bytes(&[0; 255]), None);
    assert_eq!(Tally::from_bytes(&[0; 252]), None);
    assert_eq!(Tally::from_bytes(&[0; 256]), Some(Tally::default()));
}

#[test]
fn a_second_that_is_still_counted_has_no_position_yet() {
    let mut counts = Counts::default();
    counts.count(Place::at(10, 5));
    let line = counts.line(Frontier::default(), 10);
    assert_eq!((line.position(Place::at(10, 5)), line.people()), (None, 0));
    assert_eq!(line.position(Place::at(9, 5)), Some(0));
    assert_eq!(counts.line(Frontier::default(), 11).people(), 1);
}
