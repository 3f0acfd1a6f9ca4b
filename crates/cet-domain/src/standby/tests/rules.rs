//! The rules of lines at their limits (R16).

use super::*;
use crate::store::testing::NOON;

fn beijing(text: &str) -> Time {
    Time::parse_local(text).unwrap()
}

fn hours(n: i64) -> SignedDuration {
    SignedDuration::from_hours(n)
}

/// R16.
#[test]
fn a_seat_is_held_for_a_day_but_not_after_registration_closes() {
    assert_eq!(hold_until(NOON.plus(hours(25)), NOON), NOON.plus(hours(24)));
    assert_eq!(hold_until(NOON.plus(hours(24)), NOON), NOON.plus(hours(24)));
    assert_eq!(hold_until(NOON.plus(hours(5)), NOON), NOON.plus(hours(5)));
}

/// R16.
#[test]
fn a_night_lasts_from_eleven_to_seven_in_beijing() {
    for (at, ends) in [
        ("2017-10-20 22:59", None),
        ("2017-10-20 23:00", Some("2017-10-21 07:00")),
        ("2017-10-21 00:00", Some("2017-10-21 07:00")),
        ("2017-10-21 06:59", Some("2017-10-21 07:00")),
        ("2017-10-21 07:00", None),
        ("2017-10-21 12:00", None),
    ] {
        assert_eq!(night_until(beijing(at)), ends.map(beijing), "{at}");
    }
}

/// R16.
#[test]
fn seats_are_given_by_day_and_at_night_only_in_the_last_one() {
    let closes = |text| beijing(text);
    for (at, window, gives) in [
        ("2017-10-20 22:00", "2017-10-28 17:00", true),
        ("2017-10-20 23:00", "2017-10-28 17:00", false),
        ("2017-10-21 03:00", "2017-10-21 17:00", false),
        // The line closes at 07:00, so nobody could be served in the morning.
        ("2017-10-21 03:00", "2017-10-21 07:30", true),
        ("2017-10-21 03:00", "2017-10-21 07:31", false),
        ("2017-10-20 23:30", "2017-10-21 00:30", true),
        // The last half hour is for all.
        ("2017-10-28 16:29", "2017-10-28 17:00", true),
        ("2017-10-28 16:30", "2017-10-28 17:00", false),
        ("2017-10-28 18:00", "2017-10-28 17:00", false),
    ] {
        assert_eq!(gives_now(closes(window), beijing(at)), gives, "{at}, {window}");
    }
}

/// R16.
#[test]
fn a_seat_that_is_given_can_be_paid_for_because_its_hold_is_never_shorter_than_the_last_call() {
    let closes = beijing("2017-10-28 17:00");
    let mut now = beijing("2017-10-26 00:00");
    while now < closes {
        if gives_now(closes, now) {
            assert!(hold_until(closes, now).since(now) > LAST_CALL, "{now}");
        }
        now = now.plus(SignedDuration::from_mins(7));
    }
}

/// R16.
#[test]
fn a_chance_is_told_from_what_came_free_and_unknown_before_the_first_day_is_over() {
    assert_eq!(count_since(NOON.minus(hours(23)), NOON), None);
    assert_eq!(count_since(NOON.minus(hours(24)), NOON), Some(NOON.minus(hours(24))));
    assert_eq!(count_since(NOON.minus(hours(400)), NOON), Some(NOON.minus(hours(72))));
    // 15 seats in 3 days, and 5 days left: 25 are expected.
    let freed = Some(Freed { seats: 15, since: NOON.minus(hours(72)) });
    let left = NOON.plus(hours(5 * 24));
    for (place, is) in [
        (1, Chance::Good),
        (12, Chance::Good),
        (13, Chance::Even),
        (25, Chance::Even),
        (26, Chance::Small),
        (i64::MAX, Chance::Small),
    ] {
        assert_eq!(chance(place, freed, left, NOON), is, "{place}");
    }
    let none = Some(Freed { seats: 0, since: NOON.minus(hours(72)) });
    assert_eq!(chance(1, none, left, NOON), Chance::Small);
    assert_eq!(chance(1, None, left, NOON), Chance::Unknown);
    // Nothing is left of the line.
    assert_eq!(chance(1, freed, NOON.minus(hours(1)), NOON), Chance::Small);
}
