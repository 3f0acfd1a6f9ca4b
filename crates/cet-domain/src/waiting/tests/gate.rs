//! Who is let pass, and what those who wait are told.

use super::ticket::{ADMISSION, grace};
use super::*;
use crate::words::codes::SittingCode;
use crate::words::ids::PassportId;

const OPENS: i64 = 100_000;
const ME: PassportId = PassportId(7);

fn opening() -> Opening {
    let sitting = SittingCode::parse("2017-2").unwrap();
    Opening { sitting, opens: OPENS, closes: OPENS + 900_000, secret: Secret::new([5; 32]) }
}

fn queue(on_since: Option<i64>, frontier: Frontier) -> Queue {
    let mut counts = Counts::default();
    (0..640).for_each(|n: u64| counts.count(Place::at(OPENS + 10, n << 54)));
    let line = counts.line(frontier, OPENS + 100);
    Queue { on_since, line, rate: 10, admitted: 0 }
}

fn shown(desk: Queue, door: Queue) -> Shown {
    Shown { at: OPENS, opening: Some(opening()), desk, door, ..Shown::default() }
}

fn ticket(second: i64, holder: Holder) -> Ticket {
    Ticket::new(opening().sitting, second, OPENS, holder).of_browser(Some(1))
}

fn asked(way: Entrance, ticket: Option<&Ticket>, sends_form: bool, now: i64) -> Asked<'_> {
    let passport = (way == Entrance::Desk).then_some(ME);
    Asked { way, ticket, passport, browser: Some(1), seen: Some(OPENS), sends_form, now }
}

#[test]
fn nobody_waits_while_the_room_is_off() {
    let off = shown(Queue::default(), Queue::default());
    for way in Entrance::ALL {
        assert_eq!(decide(&off, asked(way, None, true, OPENS)), Gate::Pass);
        let ticket = ticket(OPENS, Holder::Stranger(1));
        assert_eq!(tell(&off, &ticket, way, OPENS), Progress::Admitted);
    }
    assert_eq!(decide(&Shown::default(), asked(Entrance::Desk, None, false, 0)), Gate::Pass);
}

#[test]
fn a_line_that_is_on_lets_pass_whose_turn_it_is_and_its_first_use_is_noted() {
    let on = shown(queue(Some(OPENS), Frontier::at(Place::at(OPENS + 10, u64::MAX))), Queue::default());
    let mut mine = ticket(OPENS + 10, Holder::Passport(ME));
    let Gate::Uses(used) = decide(&on, asked(Entrance::Desk, Some(&mine), false, OPENS + 50)) else {
        panic!()
    };
    assert_eq!(used.used, Some(OPENS + 50));
    mine.used = used.used;
    assert_eq!(decide(&on, asked(Entrance::Desk, Some(&mine), false, OPENS + 60)), Gate::Pass);
    let late = OPENS + 50 + ADMISSION;
    assert_eq!(decide(&on, asked(Entrance::Desk, Some(&mine), true, late)), Gate::Pass);
    assert_eq!(decide(&on, asked(Entrance::Desk, Some(&mine), false, late)), Gate::Joins);
    let later = ticket(OPENS + 11, Holder::Passport(ME));
    assert_eq!(decide(&on, asked(Entrance::Desk, Some(&later), false, OPENS + 50)), Gate::Waits);
    assert_eq!(decide(&on, asked(Entrance::Door, None, false, OPENS + 50)), Gate::Pass);
}

#[test]
fn a_ticket_of_another_person_sitting_or_time_is_none() {
    let on = shown(queue(Some(OPENS), Frontier::at(Place::at(OPENS + 10, u64::MAX))), Queue::default());
    let others = ticket(OPENS + 10, Holder::Passport(PassportId(8)));
    let strangers = ticket(OPENS + 10, Holder::Stranger(3));
    let before = ticket(OPENS - 1, Holder::Passport(ME));
    let mut another = ticket(OPENS + 10, Holder::Passport(ME));
    another.sitting = SittingCode::parse("2017-1").unwrap();
    for ticket in [others, strangers, before, another] {
        let asked = asked(Entrance::Desk, Some(&ticket), false, OPENS + 50);
        assert_eq!(decide(&on, asked), Gate::Joins, "{ticket:?}");
    }
}

#[test]
fn who_has_filled_in_a_form_while_the_room_turned_on_may_send_it() {
    let on = shown(queue(Some(OPENS + 500), Frontier::default()), Queue::default());
    let at = |seconds, sends| decide(&on, asked(Entrance::Desk, None, sends, OPENS + 500 + seconds));
    assert_eq!(at(0, true), Gate::Pass);
    assert_eq!(at(899, true), Gate::Pass);
    assert_eq!(at(900, true), Gate::Joins);
    assert_eq!(at(0, false), Gate::Joins);
    // Before the opening nobody can have begun anything.
    let early = shown(queue(Some(OPENS - 60), Frontier::default()), Queue::default());
    assert_eq!(decide(&early, asked(Entrance::Desk, None, true, OPENS + 1)), Gate::Joins);
}

/// R17, TH45: dropping the cookie is no way past the line.
#[test]
fn who_was_seen_since_the_room_turned_on_or_comes_new_queues_without_a_ticket() {
    let since = OPENS + 500;
    let on = shown(queue(Some(since), Frontier::default()), Queue::default());
    for (seen, expected) in [
        (Some(since - 1), Gate::Pass),
        (Some(since), Gate::Joins),
        (Some(since + 40), Gate::Joins),
        (None, Gate::Joins),
    ] {
        let asked = Asked { seen, ..asked(Entrance::Desk, None, true, since + 60) };
        assert_eq!(decide(&on, asked), expected, "{seen:?}");
    }
}

/// TH45.
#[test]
fn at_the_door_a_ticket_is_its_browsers_alone() {
    let on = shown(Queue::default(), queue(Some(OPENS), Frontier::at(Place::at(OPENS + 10, u64::MAX))));
    let mine = ticket(OPENS + 10, Holder::Stranger(3));
    let at = |ticket, browser| {
        decide(&on, Asked { browser, ..asked(Entrance::Door, Some(ticket), true, OPENS + 50) })
    };
    assert!(matches!(at(&mine, Some(1)), Gate::Uses(_)));
    assert_eq!(at(&mine, Some(2)), Gate::Joins);
    assert_eq!(at(&mine, None), Gate::Joins);
    let unbound = mine.clone().of_browser(None);
    assert_eq!(at(&unbound, None), Gate::Joins);
    assert_eq!(at(&unbound, Some(1)), Gate::Joins);
}

#[test]
fn a_look_at_a_page_after_the_admission_takes_no_form_away() {
    let on = shown(queue(Some(OPENS), Frontier::at(Place::at(OPENS + 10, u64::MAX))), Queue::default());
    let mut over = ticket(OPENS + 10, Holder::Passport(ME));
    over.used = Some(OPENS + 50);
    let late = OPENS + 50 + ADMISSION + 60;
    assert_eq!(decide(&on, asked(Entrance::Desk, Some(&over), false, late)), Gate::Joins);
    let new = ticket(late, Holder::Passport(ME)).after(&over);
    assert_eq!(decide(&on, asked(Entrance::Desk, Some(&new), true, late + 60)), Gate::Pass);
    assert_eq!(decide(&on, asked(Entrance::Desk, Some(&new), false, late + 60)), Gate::Waits);
    let end = OPENS + 50 + ADMISSION + grace(true);
    assert_eq!(decide(&on, asked(Entrance::Desk, Some(&new), true, end)), Gate::Waits);
}

#[test]
fn who_waits_is_told_the_draw_then_the_position_and_the_time_that_it_takes() {
    let on = shown(queue(Some(OPENS - 1_800), Frontier::default()), queue(Some(OPENS), Frontier::default()));
    let drawn = ticket(OPENS - 100, Holder::Passport(ME));
    assert_eq!(tell(&on, &drawn, Entrance::Desk, OPENS - 20), Progress::Before { seconds: 20, came: 0 });
    let line =
        |position: Option<u64>, wait: Option<u64>, estimate| Progress::Line { position, wait, estimate };
    assert_eq!(tell(&on, &drawn, Entrance::Desk, OPENS + 1), line(None, None, Estimate::Unknown));
    let after = ticket(OPENS + 11, Holder::Passport(ME));
    assert_eq!(
        tell(&on, &after, Entrance::Desk, OPENS + 50),
        line(Some(640), Some(64), Estimate::Minutes(2))
    );
    // In the first seconds the rate is being found, and would promise far too long a wait.
    assert_eq!(tell(&on, &after, Entrance::Desk, OPENS + 10), line(Some(640), Some(64), Estimate::Unknown));
    let counting = ticket(OPENS + 100, Holder::Passport(ME));
    assert_eq!(tell(&on, &counting, Entrance::Desk, OPENS + 100), line(None, None, Estimate::Unknown));
    let stranger = ticket(OPENS + 9, Holder::Stranger(1));
    assert_eq!(tell(&on, &stranger, Entrance::Door, OPENS + 50), line(Some(0), Some(0), Estimate::Soon));
}

#[test]
fn the_secret_is_everybodys_from_the_opening_on() {
    assert!(opening().published(OPENS - 1).is_none());
    assert!(opening().published(OPENS).is_some());
}
