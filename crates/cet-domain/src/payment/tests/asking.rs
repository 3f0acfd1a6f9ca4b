//! When a gateway is queried for an order.

use super::*;
use crate::payment::rules::ClosedFor;

fn at(minutes: i64) -> Time {
    Time::from_micros(0).plus(SignedDuration::from_mins(minutes))
}

fn open(asked: i64, deadline: Time) -> Asking {
    Asking {
        state: OrderState::Open,
        asked,
        deadline,
        settled_at: deadline,
        ends_trades: true,
        returned_at: None,
    }
}

fn closed(why: ClosedFor, closed: i64, deadline: i64, ends_trades: bool) -> Asking {
    let state = OrderState::Closed(why);
    Asking { state, asked: 3, deadline: at(deadline), settled_at: at(closed), ends_trades, returned_at: None }
}

/// All times of queries for an order whose gateway always answers, in minutes after its deadline.
fn times(of: &Asking, mut now: Time) -> Vec<i64> {
    let mut all = Vec::new();
    while let Some(next) = next_ask(of, now) {
        assert!(next > now && all.len() < 20);
        all.push(next.since(of.deadline).as_mins());
        now = next;
    }
    all
}

const LAST: i64 = 24 * 60 + 22;

#[test]
fn an_open_order_is_asked_for_at_growing_distances_and_at_its_deadline() {
    let end = at(60);
    let asks = [(0, at(1)), (1, at(3)), (2, at(10)), (3, at(30)), (4, at(30))];
    for (asked, expected) in asks {
        assert_eq!(next_ask(&open(asked, end), at(0)), Some(expected));
        assert_eq!(ask_after_silence(&open(asked, end), at(0)), Some(expected));
    }
    assert_eq!(next_ask(&open(9, end), at(50)), Some(end));
    assert_eq!(next_ask(&open(9, end), end), Some(end.plus(SignedDuration::from_secs(20))));
    assert_eq!(next_ask(&open(20, end), end), Some(at(62)));
}

#[test]
fn a_closed_order_is_asked_for_as_long_as_its_gateway_may_take_money_for_it() {
    use ClosedFor::{Deadline, Replaced};
    // Gateway closes trades, reason, closed this many minutes after the deadline; queried this many minutes after the
    // deadline.
    let table: [(bool, ClosedFor, i64, &[i64]); 6] = [
        (false, Deadline, 0, &[10, 60, 180, 720, 1440, LAST]),
        (false, Deadline, 40, &[50, 100, 220, 760, LAST, 1480]),
        (false, Replaced, -1400, &[-1390, -1340, -1220, -680, 40, LAST]),
        (true, Deadline, 0, &[LAST]),
        (true, Deadline, 40, &[LAST]),
        (true, Replaced, -1400, &[10, LAST]),
    ];
    for (ends_trades, why, closed_at, expected) in table {
        let of = closed(why, 2000 + closed_at, 2000, ends_trades);
        assert_eq!(times(&of, of.settled_at), expected, "{ends_trades} {why:?} {closed_at}");
    }
    let paid = Asking { state: OrderState::Paid, ..open(1, at(60)) };
    assert_eq!((next_ask(&paid, at(0)), ask_after_silence(&paid, at(0))), (None, None));
}

/// O3.
#[test]
fn what_was_missed_while_no_job_ran_is_made_up_for_by_one_question() {
    let of = closed(ClosedFor::Deadline, 0, 0, false);
    // Down from the closing on; for each time, the first query after it and the remaining ones.
    let table: [(i64, &[i64]); 5] = [
        (10, &[60, 180, 720, 1440, LAST]),
        (61, &[180, 720, 1440, LAST]),
        (800, &[1440, LAST]),
        (1450, &[LAST]),
        (3000, &[]),
    ];
    for (back_after, expected) in table {
        assert_eq!(times(&of, at(back_after)), expected, "{back_after}");
    }
}

#[test]
fn a_silent_gateway_is_asked_again_soon_and_until_it_answers() {
    for ends_trades in [true, false] {
        let of = closed(ClosedFor::Deadline, 0, 0, ends_trades);
        assert_eq!(ask_after_silence(&of, at(200)), Some(at(230)));
        assert_eq!(ask_after_silence(&of, at(LAST + 9)), Some(at(LAST + 39)));
    }
    let of = closed(ClosedFor::Deadline, 0, 0, false);
    assert_eq!(ask_after_silence(&of, at(50)), Some(at(60)), "its own time, when that is sooner");
}

#[test]
fn a_candidate_has_it_asked_for_a_month_after_its_closing() {
    let of = closed(ClosedFor::Replaced, 0, 5, false);
    for (minutes, expected) in [(0, true), (30 * 24 * 60 - 1, true), (30 * 24 * 60, false)] {
        assert_eq!(is_asked_on_wish(&of, at(minutes)), expected, "{minutes}");
    }
    assert!(is_asked_on_wish(&open(0, at(0)), at(100_000)));
    assert!(!is_asked_on_wish(&Asking { state: OrderState::Paid, ..open(0, at(0)) }, at(0)));
}

/// Y3.
#[test]
fn while_somebody_who_came_back_waits_the_gateway_is_asked_every_few_seconds() {
    let back = |asked| Asking { returned_at: Some(at(10)), ..open(asked, at(60)) };
    let secs = |seconds| at(10).plus(SignedDuration::from_secs(seconds));
    for (asked, now, expected) in [
        (0, secs(0), secs(3)),
        (7, secs(59), secs(62)),
        (7, secs(60), secs(120)),
        (0, secs(599), secs(659)),
        (9, at(20), at(50)),
        (9, at(59), at(60)),
    ] {
        assert_eq!(next_ask(&back(asked), now), Some(expected), "{asked} {now:?}");
    }
}

/// Y3.
#[test]
fn coming_back_is_an_open_question_until_the_gateway_has_answered_or_a_minute_is_over() {
    use Answer::{Declined, Missing, Silence, Waiting};
    let secs = |seconds| at(10).plus(SignedDuration::from_secs(seconds));
    let asking = Outlook::Asking(secs(60));
    // Answer and when; now; what is told.
    let table = [
        (None, 0, asking),
        (None, 59, asking),
        (None, 60, Outlook::Silent),
        (Some((Waiting, -5)), 5, asking),
        (Some((Waiting, 5)), 6, asking),
        (Some((Missing, 14)), 59, asking),
        (Some((Missing, 15)), 16, Outlook::Unpaid),
        (Some((Waiting, 5)), 60, Outlook::Unpaid),
        (Some((Silence, 5)), 59, asking),
        (Some((Silence, 5)), 60, Outlook::Silent),
        (Some((Declined, 1)), 1, Outlook::Declined),
        (Some((Declined, -1)), 1, asking),
        (Some((Declined, 1)), 9_000, Outlook::Declined),
    ];
    for (answer, now, expected) in table {
        let answer = answer.map(|(answer, at)| (answer, secs(at)));
        assert_eq!(outlook(Some(at(10)), answer, secs(now)), expected, "{answer:?} {now}");
        assert_eq!(outlook(None, answer, secs(now)), Outlook::Unpaid);
    }
}
