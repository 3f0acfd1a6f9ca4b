use super::*;
use crate::entry::EntryChannel;
use crate::entry::testing::{HOME, campus, hours, sitting, subject};
use crate::store::testing::NOON;
use crate::words::fen::Fen;
use crate::words::ids::{EntryId, OrderId};
use crate::words::subject::{Level, Mode};

fn entry(id: i64, code: &str, mode: Mode) -> Entry {
    Entry {
        id: EntryId(id),
        sitting: sitting(),
        subject: subject(code),
        mode,
        level: Level::FOUR,
        campus: campus(HOME),
        campus_name: String::new(),
        school_name: String::new(),
        state: EntryState::Held,
        fee: Fen::new(1).unwrap(),
        channel: EntryChannel::Own,
        entered_at: NOON,
        expires_at: NOON.plus(hours(24)),
        paid_at: None,
        ended_at: None,
        locked_by: None,
        order: None,
    }
}

fn chosen(entries: &[Entry], code: Option<&str>) -> (Vec<i64>, Vec<(i64, LeftOut)>) {
    let found = choose(entries, code.map(subject), &|_: &Entry| Vec::new(), NOON);
    (
        found.taken.iter().map(|entry| entry.id.0).collect(),
        found.left_out.iter().map(|(entry, why)| (entry.id.0, *why)).collect(),
    )
}

#[test]
fn only_live_unpaid_entries_are_asked_about() {
    let held = entry(1, "1", Mode::Written);
    let over = Entry { expires_at: NOON, ..entry(2, "2", Mode::Written) };
    let paid = Entry { state: EntryState::Paid, ..entry(3, "3", Mode::Written) };
    assert_eq!(chosen(&[held, over, paid], None), (vec![1], vec![]));
}

#[test]
fn what_has_an_order_or_a_lock_is_left_out_and_named() {
    let ordered = Entry { order: Some(OrderId(7)), ..entry(1, "1", Mode::Written) };
    let locked = Entry { locked_by: Some(7), ..entry(2, "2", Mode::Written) };
    let both = [ordered, locked];
    assert_eq!(chosen(&both, None), (vec![], vec![(1, LeftOut::OrderOpen), (2, LeftOut::Locked)]));
    assert_eq!(chosen(&both, Some("2")), (vec![], vec![(2, LeftOut::Locked)]));
}

/// R10.
#[test]
fn an_oral_entry_goes_only_with_its_written_one() {
    let written = entry(1, "1", Mode::Written);
    let oral = entry(2, "F", Mode::Oral);
    assert_eq!(chosen(&[written.clone(), oral.clone()], None), (vec![1, 2], vec![]));
    assert_eq!(
        chosen(&[written.clone(), oral.clone()], Some("F")),
        (vec![], vec![(2, LeftOut::OralNeedsWritten)])
    );
    let ordered = Entry { order: Some(OrderId(7)), ..written.clone() };
    assert_eq!(
        chosen(&[ordered, oral.clone()], None),
        (vec![], vec![(1, LeftOut::OrderOpen), (2, LeftOut::OralNeedsWritten)])
    );
    let paid = Entry { state: EntryState::Paid, ..written };
    assert_eq!(chosen(&[paid, oral], Some("F")), (vec![2], vec![]));
}

#[test]
fn confirming_ends_with_the_time_limit_and_releasing_does_not() {
    let until = locks_until(NOON, 7);
    assert_eq!(until, NOON.plus(hours(168)));
    assert_eq!(may_confirm(State::Open, until, NOON), Ok(()));
    assert_eq!(may_confirm(State::Open, until, until), Err(CollectiveRefusal::TimeUp(until)));
    assert_eq!(may_release(State::Open), Ok(()));
    for over in [State::Paid, State::Released] {
        assert_eq!(may_confirm(over, until, NOON), Err(CollectiveRefusal::Settled));
        assert_eq!(may_release(over), Err(CollectiveRefusal::Settled));
    }
}
