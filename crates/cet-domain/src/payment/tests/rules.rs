//! Every cell of the table.

use jiff::SignedDuration;

use super::*;

const OPEN: OrderState = OrderState::Open;
const PAID: OrderState = OrderState::Paid;
const ENDED: OrderState = OrderState::Closed(ClosedFor::Deadline);
const REPLACED: OrderState = OrderState::Closed(ClosedFor::Replaced);
const GIVEN_UP: OrderState = OrderState::Closed(ClosedFor::GivenUp);

fn at(minutes: i64) -> Time {
    Time::from_micros(0).plus(SignedDuration::from_mins(minutes))
}

#[test]
fn every_event_in_every_state_of_an_order_has_its_step() {
    use Step::{Alarm, Book, Keep};
    let end = Step::End;
    let close = Step::Close(ClosedFor::Deadline);
    let (deadline, replaced) = (ClosedFor::Deadline, ClosedFor::Replaced);
    // Open, paid, closed at the deadline, for another order, because an entry was cancelled.
    let table = [
        (Event::Money, [Book; 5]),
        (Event::WrongMoney, [Alarm; 5]),
        (Event::SameMoney, [Keep; 5]),
        (Event::Refunded, [Keep; 5]),
        (Event::TradeClosed, [close, Keep, Keep, Keep, Keep]),
        (Event::TradeWaiting, [Keep; 5]),
        (Event::TradeMissing, [Keep; 5]),
        (Event::Declined, [Keep; 5]),
        (Event::Silence, [Keep; 5]),
        (Event::Due, [end(deadline), Keep, Keep, Keep, Keep]),
        (Event::OtherChoice, [end(replaced), Keep, Keep, Keep, Keep]),
    ];
    assert_eq!(table.map(|(event, _)| event), Event::ALL);
    for (event, steps) in table {
        for (order, expected) in OrderState::ALL.into_iter().zip(steps) {
            assert_eq!(step(order, event, None), expected, "{event:?} {order:?}");
        }
    }
}

#[test]
fn a_trade_that_is_missing_or_waits_or_is_closed_closes_the_order_once_its_end_is_wanted() {
    for why in [ClosedFor::Deadline, ClosedFor::Replaced, ClosedFor::GivenUp] {
        for event in Event::ALL {
            let closes = matches!(event, Event::TradeClosed | Event::TradeWaiting | Event::TradeMissing);
            let same = |order| {
                assert_eq!(step(order, event, Some(why)), step(order, event, None), "{event:?} {order:?}");
            };
            for order in [PAID, ENDED, REPLACED, GIVEN_UP] {
                same(order);
            }
            if closes {
                assert_eq!(step(OPEN, event, Some(why)), Step::Close(why), "{event:?}");
            } else {
                same(OPEN);
            }
        }
    }
}

#[test]
fn every_line_of_booked_money_goes_to_its_entry_or_back() {
    use LineStep::{Pay, Refund, Retake};
    use RefundReason::{Cancelled, Locked, NeedsWritten, NoSeat, Replaced, Surplus};
    let back = Refund;
    let all = |why| [back(why), back(why), back(Surplus), back(why), back(why), back(why)];
    let lacking = [
        back(NeedsWritten),
        back(Locked),
        back(Surplus),
        back(NeedsWritten),
        back(NeedsWritten),
        back(Cancelled),
    ];
    let table = [
        // Held, locked, paid, expired, withdrawn, cancelled.
        (OPEN, false, [Pay, back(Locked), back(Surplus), Retake, Retake, back(Cancelled)]),
        (ENDED, false, [Pay, back(Locked), back(Surplus), Retake, Retake, back(Cancelled)]),
        (PAID, false, all(Surplus)),
        (REPLACED, false, all(Replaced)),
        (GIVEN_UP, false, all(Cancelled)),
        (OPEN, true, lacking),
        (ENDED, true, lacking),
        (PAID, true, all(Surplus)),
        (REPLACED, true, all(Replaced)),
        (GIVEN_UP, true, all(Cancelled)),
    ];
    assert_eq!(table.len(), OrderState::ALL.len() * 2);
    for (order, needs_written, steps) in table {
        for (entry, expected) in EntryState::ALL.into_iter().zip(steps) {
            assert_eq!(line(order, entry, needs_written), expected, "{order:?} {entry:?} {needs_written}");
            assert_ne!(expected, back(NoSeat), "only the row count of a seat says so");
        }
    }
}

#[test]
fn only_money_that_pays_something_makes_a_closed_order_paid() {
    let table = [
        (OPEN, [PAID, PAID]),
        (PAID, [PAID, PAID]),
        (ENDED, [ENDED, PAID]),
        (REPLACED, [REPLACED, PAID]),
        (GIVEN_UP, [GIVEN_UP, PAID]),
    ];
    for (order, [nothing, something]) in table {
        assert_eq!(after_money(order, false), nothing);
        assert_eq!(after_money(order, true), something);
    }
}

/// Y4.
#[test]
fn a_deadline_lies_ten_minutes_before_the_end_of_the_hold_but_a_minute_from_now_and_within_the_hold() {
    assert_eq!(deadline(at(0), at(24 * 60)), at(24 * 60 - 10));
    assert_eq!(deadline(at(0), at(11)), at(1));
    assert_eq!(deadline(at(0), at(5)), at(1));
    assert_eq!(deadline(at(0), at(1)), at(1));
    let half = Time::from_micros(30_000_000);
    assert_eq!(deadline(at(0), half), half);
}

/// Y4.
#[test]
fn an_entry_is_to_be_paid_ten_minutes_before_its_hold_ends_whenever_it_is_asked() {
    let ends = at(24 * 60);
    assert_eq!(pay_until(at(0), ends, None), deadline(at(0), ends));
    assert_eq!(usual_deadline(ends), at(24 * 60 - 10));
    // The order pays for another entry too, which ends sooner.
    assert_eq!(pay_until(at(0), ends, Some(at(50))), at(50));
    // It is over: a new one is opened as soon as its gateway has answered.
    assert_eq!(pay_until(at(50), ends, Some(at(50))), deadline(at(50), ends));
    // An order of the last minutes ends a minute after it was opened.
    for (now, order_ends) in [(-10, None), (-5, None), (-5, Some(-4)), (0, None)] {
        let order_ends = order_ends.map(|end: i64| at(24 * 60 + end));
        assert_eq!(pay_until(at(24 * 60 + now), ends, order_ends), at(24 * 60 - 10), "{now} {order_ends:?}");
    }
}

#[test]
fn reasons_are_read_back_as_written() {
    for reason in RefundReason::ALL {
        assert_eq!(RefundReason::from_wire(reason.wire()), Some(reason));
    }
    assert_eq!(RefundReason::from_wire("late"), None);
}

#[test]
fn a_refund_is_tried_again_at_growing_distances_of_at_most_six_hours() {
    let tries = [0, 1, 2, 3, 4, 5, 50].map(|tries| next_try(tries, at(0)));
    assert_eq!(tries, [1, 1, 5, 15, 60, 360, 360].map(at));
}
