//! What may be entered, cancelled and paid, and when an entry expires.

use super::*;
use crate::entry::EntryChannel;
use crate::store::testing::NOON;
use crate::words::codes::SittingCode;
use crate::words::ids::OrderId;

fn code(text: &str) -> SubjectCode {
    SubjectCode::parse(text).unwrap()
}

fn entry(id: i64, subject: &str, state: EntryState) -> Entry {
    let (mode, level) = match subject {
        "1" | "3" => (Mode::Written, Level::FOUR),
        "F" => (Mode::Oral, Level::FOUR),
        "S" => (Mode::Oral, Level::SIX),
        _ => (Mode::Written, Level::SIX),
    };
    Entry {
        id: EntryId(id),
        sitting: SittingCode::parse("2017-2").unwrap(),
        subject: code(subject),
        mode,
        level,
        campus: CampusCode::parse("993010").unwrap(),
        campus_name: String::new(),
        school_name: String::new(),
        state,
        fee: Fen::new(1).unwrap(),
        channel: EntryChannel::Own,
        entered_at: NOON,
        expires_at: NOON.plus(HOLD),
        paid_at: None,
        ended_at: None,
        locked_by: None,
        order: None,
    }
}

fn held(id: i64, subject: &str) -> Entry {
    entry(id, subject, EntryState::Held)
}

fn paid(id: i64, subject: &str) -> Entry {
    entry(id, subject, EntryState::Paid)
}

fn any_of_its_level(_: &Entry) -> Vec<SubjectCode> {
    Vec::new()
}

fn offered(subject: &str) -> SubjectFacts {
    let level = held(0, subject).level;
    SubjectFacts {
        code: code(subject),
        level,
        needs: Vec::new(),
        granted: true,
        date_set: true,
        fee: Fen::new(1).ok(),
    }
}

fn facts(mode: Mode, entries: &[Entry]) -> EntryFacts<'_> {
    let subjects = match mode {
        Mode::Written => ["1", "2", "3", "4"].map(offered).to_vec(),
        Mode::Oral => ["F", "S"].map(offered).to_vec(),
    };
    EntryFacts {
        mode,
        campus: CampusCode::parse("993010").unwrap(),
        campus_allowed: true,
        window: Some(WindowState::Open),
        offered: subjects,
        entries,
    }
}

fn told(facts: &EntryFacts<'_>, chosen: &[&str], now: Time) -> Vec<&'static str> {
    let chosen: Vec<SubjectCode> = chosen.iter().map(|text| code(text)).collect();
    refusals(facts, &chosen, now).iter().map(EntryRefusal::code).collect()
}

fn end() -> Time {
    NOON.plus(HOLD)
}

/// R13.
#[test]
fn an_unpaid_entry_lives_until_the_last_microsecond_of_its_hold() {
    let entry = held(1, "1");
    assert!(is_live(&entry, end().minus(SignedDuration::from_micros(1))));
    assert!(!is_live(&entry, end()));
    assert!(is_live(&paid(1, "1"), end()));
}

#[test]
fn a_lock_and_an_open_order_keep_an_entry_at_the_end_of_its_hold() {
    let locked = Entry { locked_by: Some(1), ..held(1, "1") };
    assert!(is_live(&locked, end()));
    let ordered = Entry { order: Some(OrderId(1)), ..held(1, "1") };
    assert_eq!(standing(&ordered, end()), Standing::AwaitingGateway);
    assert!(is_live(&ordered, end()) && payable(std::slice::from_ref(&ordered), end()).is_empty());
    assert!(due(&[ordered], &any_of_its_level, end()).is_empty());
}

/// R8.
#[test]
fn written_subjects_of_two_levels_can_be_chosen_together_and_of_one_level_not() {
    let facts = facts(Mode::Written, &[]);
    assert!(told(&facts, &["1", "2"], NOON).is_empty());
    assert_eq!(told(&facts, &["1", "3"], NOON), ["level-taken", "level-taken"]);
    assert_eq!(told(&facts, &[], NOON), ["nothing-chosen"]);
}

#[test]
fn what_is_entered_stands_in_the_way_until_it_is_gone() {
    let entries = [held(1, "1")];
    let facts = facts(Mode::Written, &entries);
    assert_eq!(told(&facts, &["1"], NOON), ["already-entered"]);
    assert_eq!(told(&facts, &["3"], NOON), ["level-taken"]);
    // Each refusal once: the entered one is not kept out by the other, and that by nothing but the entered one.
    assert_eq!(told(&facts, &["1", "3"], NOON), ["already-entered", "level-taken"]);
    assert_eq!(told(&facts, &["3", "1"], NOON), ["level-taken", "already-entered"]);
    assert!(told(&facts, &["3"], end()).is_empty());
    assert!(told(&facts, &["1"], end()).is_empty());
}

/// R10.
#[test]
fn each_missing_setting_has_its_own_code() {
    let mut facts = facts(Mode::Oral, &[]);
    facts.offered[0] =
        SubjectFacts { granted: false, date_set: false, fee: Fen::new(0).ok(), ..offered("F") };
    assert_eq!(told(&facts, &["F"], NOON), ["not-eligible", "oral-needs-written", "date-unset", "fee-unset"]);
    facts.window = None;
    facts.offered.clear();
    assert_eq!(told(&facts, &["F"], NOON), ["window-not-open", "pool-unknown"]);
    facts.window = Some(WindowState::Closed(NOON));
    assert_eq!(told(&facts, &["F"], NOON), ["window-closed", "pool-unknown"]);
    facts.campus_allowed = false;
    assert_eq!(told(&facts, &["F"], NOON), ["oral-campus-not-allowed", "pool-unknown"]);
}

/// R10.
#[test]
fn an_oral_subject_wants_one_of_the_written_ones_it_names() {
    let entries = [held(1, "3")];
    let mut facts = facts(Mode::Oral, &entries);
    assert!(told(&facts, &["F"], NOON).is_empty());
    facts.offered[0].needs = vec![code("1")];
    assert_eq!(told(&facts, &["F"], NOON), ["oral-needs-written"]);
    facts.offered[0].needs = vec![code("1"), code("3")];
    assert!(told(&facts, &["F"], NOON).is_empty());
}

#[test]
fn a_page_names_first_what_is_entered_then_the_window_then_the_subject() {
    let entries = [held(1, "1")];
    let mut facts = facts(Mode::Written, &entries);
    let why = |facts: &EntryFacts<'_>, subject: &str| why_not(facts, code(subject), NOON).map(|r| r.code());
    assert_eq!(why(&facts, "2"), None);
    facts.window = None;
    assert_eq!(why(&facts, "1"), Some("already-entered"));
    assert_eq!(why(&facts, "3"), Some("window-not-open"));
}

/// TH44.
#[test]
fn two_holds_without_payment_are_free_and_each_further_one_waits_twice_as_long() {
    let gone = |id| entry(id, "1", EntryState::Expired);
    let waits: Vec<Option<i64>> = (0..=5)
        .map(|n| {
            let entries: Vec<Entry> = (0..n).map(gone).collect();
            cooling_until(&entries, code("1"), NOON).map(|until| until.since(end()).as_mins())
        })
        .collect();
    assert_eq!(waits, [None, None, Some(30), Some(60), Some(120), Some(240)]);
    let entries = [gone(1), gone(2)];
    let facts = facts(Mode::Written, &entries);
    assert_eq!(told(&facts, &["1"], end()), ["too-many"]);
    assert!(told(&facts, &["3"], end()).is_empty());
    assert!(told(&facts, &["1"], end().plus(COOL_DOWN)).is_empty());
}

#[test]
fn only_a_cancellation_late_in_the_hold_counts_as_a_hold_without_payment() {
    let cancelled = |id, after: SignedDuration| Entry {
        ended_at: Some(NOON.plus(after)),
        ..entry(id, "1", EntryState::Cancelled)
    };
    let soon = SignedDuration::from_mins(1);
    assert_eq!(cooling_until(&[cancelled(1, soon), cancelled(2, soon)], code("1"), NOON), None);
    let late = CANCELLED_COUNTS_AFTER;
    let until = cooling_until(&[cancelled(1, late), cancelled(2, late)], code("1"), NOON);
    assert_eq!(until, Some(NOON.plus(late).plus(COOL_DOWN)));
}

/// R10.
#[test]
fn an_oral_entry_goes_with_the_last_written_one_that_carries_it() {
    let entries = [held(1, "1"), held(2, "F"), held(3, "2"), held(4, "S")];
    let going = |id| {
        dependents(&entries, &[EntryId(id)], &any_of_its_level, NOON)
            .iter()
            .map(|e| e.id.0)
            .collect::<Vec<_>>()
    };
    assert_eq!(going(1), [2]);
    assert_eq!(going(3), [4]);
    assert_eq!(going(2), [0_i64; 0]);
}

/// R10.
#[test]
fn an_oral_entry_stays_if_another_written_one_carries_it_or_it_ended_before_or_hung_on_neither() {
    let cancelled = Entry { ended_at: Some(NOON), ..entry(2, "F", EntryState::Cancelled) };
    assert!(dependents(&[held(1, "1"), cancelled], &[EntryId(1)], &any_of_its_level, NOON).is_empty());
    let either = |_: &Entry| vec![code("1"), code("2")];
    let carried_twice = [held(1, "1"), held(2, "F"), held(3, "2")];
    assert!(dependents(&carried_twice, &[EntryId(1)], &either, NOON).is_empty());
    assert_eq!(dependents(&carried_twice, &[EntryId(1), EntryId(3)], &either, NOON).len(), 1);
    assert!(dependents(&[held(1, "2"), held(2, "F")], &[EntryId(1)], &any_of_its_level, NOON).is_empty());
}

#[test]
fn what_is_due_takes_its_oral_entry_along_unless_that_may_not_go() {
    let young = Entry { expires_at: end().plus(HOLD), ..held(2, "F") };
    assert_eq!(due(&[held(1, "1"), young.clone()], &any_of_its_level, end()), [EntryId(1), EntryId(2)]);
    let locked = Entry { locked_by: Some(9), ..young };
    assert!(due(&[held(1, "1"), locked], &any_of_its_level, end()).is_empty());
    assert!(due(&[paid(1, "1")], &any_of_its_level, end()).is_empty());
}

#[test]
fn an_unpaid_entry_can_be_cancelled_with_what_hangs_on_it() {
    let open = Some(WindowState::Open);
    let entries = [held(1, "1"), held(2, "F")];
    assert_eq!(
        may_cancel(&entries, EntryId(1), open, &any_of_its_level, NOON),
        Ok(vec![EntryId(1), EntryId(2)])
    );
    assert_eq!(may_cancel(&entries, EntryId(2), open, &any_of_its_level, NOON), Ok(vec![EntryId(2)]));
}

/// R13.
#[test]
fn every_reason_against_a_cancellation_is_named() {
    let open = Some(WindowState::Open);
    let codes = |entries: &[Entry], window| {
        may_cancel(entries, EntryId(1), window, &any_of_its_level, NOON)
            .map_err(|all| all.iter().map(EntryRefusal::code).collect::<Vec<_>>())
    };
    assert_eq!(
        codes(&[paid(1, "1")], Some(WindowState::Closed(NOON))),
        Err(vec!["entry-paid", "window-closed"])
    );
    let locked = Entry { locked_by: Some(1), order: Some(OrderId(2)), ..held(2, "F") };
    assert_eq!(codes(&[held(1, "1"), locked], open), Err(vec!["entry-locked", "order-open"]));
    assert_eq!(codes(&[entry(1, "1", EntryState::Cancelled)], open), Err(vec!["not-found"]));
    assert_eq!(codes(&[], open), Err(vec!["not-found"]));
}

/// R10.
#[test]
fn an_oral_entry_is_paid_after_or_with_its_written_one() {
    let codes = |entries: &[Entry], chosen: &[i64]| {
        let chosen: Vec<EntryId> = chosen.iter().map(|id| EntryId(*id)).collect();
        may_pay(entries, &chosen, &any_of_its_level, NOON).iter().map(EntryRefusal::code).collect::<Vec<_>>()
    };
    let both = [held(1, "1"), held(2, "F")];
    assert!(codes(&both, &[1, 2]).is_empty());
    assert!(codes(&both, &[1]).is_empty());
    assert_eq!(codes(&both, &[2]), ["oral-needs-written"]);
    assert!(codes(&[paid(1, "1"), held(2, "F")], &[2]).is_empty());
    assert_eq!(codes(&[paid(1, "1")], &[1, 7]), ["entry-paid", "not-found"]);
    assert_eq!(codes(&[Entry { locked_by: Some(1), ..held(1, "1") }], &[1]), ["entry-locked"]);
}

#[test]
fn what_can_be_paid_is_held_live_and_not_locked() {
    let entries = [paid(1, "1"), held(2, "2"), Entry { locked_by: Some(1), ..held(3, "F") }];
    let ids = |now| payable(&entries, now).iter().map(|e| e.id.0).collect::<Vec<_>>();
    assert_eq!(ids(NOON), [2]);
    assert!(ids(end()).is_empty());
}

#[test]
fn late_money_seats_only_an_expired_entry_whose_place_is_free_while_the_window_is_open() {
    let expired = entry(1, "1", EntryState::Expired);
    let may = |others: &[Entry], window| {
        let mut entries = vec![expired.clone()];
        entries.extend_from_slice(others);
        may_retake(&entries, EntryId(1), window, &any_of_its_level, NOON)
    };
    let open = Some(WindowState::Open);
    assert!(may(&[], open));
    assert!(!may(&[held(2, "3")], open));
    assert!(!may(&[], Some(WindowState::Closed(NOON))));
    let oral = entry(1, "F", EntryState::Expired);
    assert!(!may_retake(std::slice::from_ref(&oral), EntryId(1), open, &any_of_its_level, NOON));
    assert!(may_retake(&[oral, held(2, "1")], EntryId(1), open, &any_of_its_level, NOON));
    assert!(!may_retake(&[entry(1, "1", EntryState::Cancelled)], EntryId(1), open, &any_of_its_level, NOON));
}

/// R13.
#[test]
fn late_money_takes_no_place_that_a_paid_entry_has_or_an_overdue_one_still_blocks() {
    let open = Some(WindowState::Open);
    for other in [paid(2, "3"), held(2, "3")] {
        let entries = [entry(1, "1", EntryState::Expired), other];
        assert!(!may_retake(&entries, EntryId(1), open, &any_of_its_level, end()));
    }
}
