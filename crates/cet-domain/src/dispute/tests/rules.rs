//! What a decision does to entries, and what may be typed.

use super::*;
use crate::entry::testing::{campus, sitting, subject};
use crate::store::testing::NOON;
use crate::words::fen::Fen;
use crate::words::subject::{Level, Mode};

fn entry(id: i64, code: &str, channel: EntryChannel, state: EntryState) -> Entry {
    let mode = if code == "F" { Mode::Oral } else { Mode::Written };
    Entry {
        id: EntryId(id),
        sitting: sitting(),
        subject: subject(code),
        mode,
        level: Level::FOUR,
        campus: campus("993010"),
        campus_name: String::new(),
        school_name: String::new(),
        state,
        fee: Fen::new(1).unwrap(),
        channel,
        entered_at: NOON,
        expires_at: NOON.plus(SignedDuration::from_hours(24)),
        paid_at: (state == EntryState::Paid).then_some(NOON),
        ended_at: None,
        locked_by: None,
        order: None,
    }
}

fn any(_: &Entry) -> Vec<SubjectCode> {
    Vec::new()
}

fn of(all: &[Entry], by_gateway: bool, begun: bool, decision: Decision) -> Result<Handover, DisputeRefusal> {
    let live: Vec<Standing<'_>> = all.iter().map(|entry| Standing { entry, by_gateway, begun }).collect();
    handover(all, &live, decision, &any, NOON)
}

const OWN: EntryChannel = EntryChannel::Own;
const SCHOOL: EntryChannel = EntryChannel::School;
const HELD: EntryState = EntryState::Held;
const PAID: EntryState = EntryState::Paid;

/// R24: the whole table.
#[test]
fn each_entry_has_its_fate_by_who_entered_it_who_paid_and_what_was_decided() {
    let one = [EntryId(1)];
    let none: [EntryId; 0] = [];
    for (channel, state, by_gateway, decision, ending, renewed, adopted) in [
        (OWN, HELD, false, Decision::Move, &none[..], &one[..], &none[..]),
        (OWN, HELD, false, Decision::Release, &one[..], &none[..], &none[..]),
        (OWN, PAID, true, Decision::Move, &none[..], &one[..], &none[..]),
        (OWN, PAID, true, Decision::Release, &one[..], &none[..], &none[..]),
        (OWN, PAID, false, Decision::Move, &none[..], &none[..], &none[..]),
        (OWN, PAID, false, Decision::Release, &none[..], &none[..], &one[..]),
        (SCHOOL, HELD, false, Decision::Move, &none[..], &none[..], &none[..]),
        (SCHOOL, HELD, false, Decision::Release, &none[..], &none[..], &none[..]),
        (SCHOOL, PAID, true, Decision::Move, &none[..], &one[..], &none[..]),
        (SCHOOL, PAID, true, Decision::Release, &none[..], &one[..], &none[..]),
        (SCHOOL, PAID, false, Decision::Move, &none[..], &none[..], &none[..]),
        (SCHOOL, PAID, false, Decision::Release, &none[..], &none[..], &none[..]),
        (OWN, PAID, true, Decision::Refuse, &none[..], &none[..], &none[..]),
    ] {
        let what = of(&[entry(1, "1", channel, state)], by_gateway, false, decision).unwrap();
        let told = format!("{channel:?} {state:?} {by_gateway} {decision:?}");
        assert_eq!(
            (&what.ending[..], &what.renewed[..], &what.adopted[..]),
            (ending, renewed, adopted),
            "{told}"
        );
    }
}

/// R24: a locked entry is the school's, which will pay for it.
#[test]
fn what_a_collective_payment_locks_stays() {
    let locked = Entry { locked_by: Some(7), ..entry(1, "1", OWN, HELD) };
    assert_eq!(of(std::slice::from_ref(&locked), false, false, Decision::Move), Ok(Handover::default()));
    let adopted = Handover { adopted: vec![EntryId(1)], ..Handover::default() };
    assert_eq!(of(&[locked], false, false, Decision::Release), Ok(adopted));
}

/// R24.
#[test]
fn once_an_exam_has_begun_its_entry_moves_as_it_is_and_cannot_be_let_go() {
    let sat = [entry(1, "1", OWN, PAID)];
    assert_eq!(of(&sat, true, true, Decision::Move), Ok(Handover::default()));
    assert_eq!(of(&sat, true, true, Decision::Release), Err(DisputeRefusal::Begun));
    assert_eq!(of(&sat, true, true, Decision::Refuse), Ok(Handover::default()));
}

/// R24, R10.
#[test]
fn an_oral_entry_goes_with_its_written_one_and_one_that_the_school_pays_stands_in_the_way() {
    let own = [entry(1, "1", OWN, PAID), entry(2, "F", SCHOOL, HELD)];
    let live: Vec<Standing<'_>> =
        own.iter().map(|entry| Standing { entry, by_gateway: true, begun: false }).collect();
    let what = handover(&own, &live, Decision::Release, &any, NOON).unwrap();
    assert_eq!(what.ending, [EntryId(1), EntryId(2)]);
    let what = handover(&own, &live, Decision::Move, &any, NOON).unwrap();
    assert_eq!(
        (what.ending.len(), &what.renewed[..]),
        (0, &[EntryId(1)][..]),
        "it goes on with the renewed one"
    );
    let paid = [entry(1, "1", OWN, PAID), entry(2, "F", SCHOOL, PAID)];
    let live = [
        Standing { entry: &paid[0], by_gateway: true, begun: false },
        Standing { entry: &paid[1], by_gateway: false, begun: false },
    ];
    for decision in [Decision::Move, Decision::Release] {
        assert_eq!(handover(&paid, &live, decision, &any, NOON), Err(DisputeRefusal::Locked));
    }
}

/// R24.
#[test]
fn a_telephone_number_is_digits_with_what_people_write_between_them() {
    for good in ["13800000000", " +86 138-0000-0000 ", "(021) 12345"] {
        assert!(phone(good).is_some(), "{good}");
    }
    for bad in ["", "1234", "call me", "1380000０000", &"1".repeat(41)] {
        assert!(phone(bad).is_none(), "{bad}");
    }
    assert_eq!((text(" a\r\nb "), text("a\0b")), (Some("a\r\nb"), None));
    assert!(text(&"长".repeat(501)).is_none() && line("a\nb").is_none());
}
