//! When a passport may be bound, and when an empty registration is released.

use super::*;
use crate::store::testing::NOON;

fn window(from: i64, to: i64) -> Window {
    Window::new(Time::from_micros(from), Time::from_micros(to)).unwrap()
}

fn at(micros: i64) -> Time {
    Time::from_micros(micros)
}

/// R5.
#[test]
fn binding_is_open_while_either_window_is() {
    let windows = [window(10, 20), window(30, 40)];
    assert_eq!(may_bind(&windows, at(9)), Err(RegistrationRefusal::WindowNotOpen(Some(at(10)))));
    assert_eq!(may_bind(&windows, at(10)), Ok(()));
    assert_eq!(may_bind(&windows, at(19)), Ok(()));
    assert_eq!(may_bind(&windows, at(20)), Err(RegistrationRefusal::WindowNotOpen(Some(at(30)))));
    assert_eq!(may_bind(&windows, at(39)), Ok(()));
    assert_eq!(may_bind(&windows, at(40)), Err(RegistrationRefusal::WindowClosed(at(40))));
    assert_eq!(may_bind(&[], at(0)), Err(RegistrationRefusal::WindowNotOpen(None)));
}

/// R7.
#[test]
fn an_empty_registration_goes_a_day_after_saving_or_half_an_hour_after_the_own_cancellation() {
    let day = NOON.plus(EMPTY_FOR);
    assert_eq!(release_time(NOON, None), day);
    assert_eq!(release_time(NOON, Some(NOON)), day);
    assert_eq!(release_time(NOON, Some(day)), day.plus(AFTER_CANCELLING));
}

/// W3.
#[test]
fn the_wait_after_releases_doubles_up_to_a_day() {
    let waits: Vec<i64> = (1..=12).map(|n| bind_again(n, NOON).since(NOON).as_mins()).collect();
    assert_eq!(waits, [0, 30, 60, 120, 240, 480, 960, 1440, 1440, 1440, 1440, 1440]);
    assert_eq!(bind_again(i64::MAX, NOON).since(NOON), LONGEST_WAIT);
}

#[test]
fn a_budget_lasts_until_midnight_in_china() {
    let (day, next) = budget_day(NOON);
    assert_eq!((day.as_str(), next.page().as_str()), ("2017-09-20", "2017-09-21 00:00"));
    let (before_midnight, _) = budget_day(next.minus(SignedDuration::from_micros(1)));
    assert_eq!(before_midnight, day);
    assert_eq!(budget_day(next).0, "2017-09-21");
}

/// R24, W3.
#[test]
fn name_and_document_are_enough_until_somebody_let_the_student_go_or_the_brakes_are_on() {
    let plain = ProofFacts {
        found_not_to_be: false,
        let_go_by_another: false,
        braked: false,
        verified: false,
        number_fits: None,
    };
    assert_eq!(proof(&plain), Ok(()));
    assert_eq!(proof(&ProofFacts { number_fits: Some(false), ..plain }), Ok(()), "nobody asked for it");
    for asked in [ProofFacts { let_go_by_another: true, ..plain }, ProofFacts { braked: true, ..plain }] {
        assert_eq!(proof(&asked), Err(RegistrationRefusal::ProofNeeded(false)));
        let number = |fits| ProofFacts { number_fits: Some(fits), ..asked };
        assert_eq!(proof(&number(false)), Err(RegistrationRefusal::ProofNeeded(true)));
        assert_eq!(proof(&number(true)), Ok(()));
        assert_eq!(proof(&ProofFacts { verified: true, ..number(false) }), Ok(()));
    }
}

/// R24.
#[test]
fn whom_a_dispute_went_against_proves_nothing_any_more() {
    let facts = ProofFacts {
        found_not_to_be: true,
        let_go_by_another: false,
        braked: false,
        verified: true,
        number_fits: Some(true),
    };
    assert_eq!(proof(&facts), Err(RegistrationRefusal::DisputeDecided));
}
