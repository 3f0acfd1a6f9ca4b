//! Whom a change touches.

use super::*;
use crate::change::rules::{apply, value_in};
use crate::sitting::Subject;
use crate::words::fen::Fen;
use crate::words::subject::Level;

fn at(day: i64) -> Time {
    Time::from_micros(day * 86_400_000_000)
}

fn place(text: &str) -> Place {
    Place::parse(text).unwrap()
}

fn subject(exam: i64) -> SettingValue {
    SettingValue::Subject(Box::new(Subject {
        code: SubjectCode::CET4,
        place: 1,
        name: "英语四级笔试".to_owned(),
        name_en: "CET4".to_owned(),
        mode: Mode::Written,
        level: Level::FOUR,
        language: "英语".to_owned(),
        needs: Vec::new(),
        exam_from: Some(at(exam)),
        exam_to: Some(at(exam + 1)),
        printing_from: Some(at(30)),
        printing_to: None,
    }))
}

fn window(from: i64, to: i64) -> SettingValue {
    SettingValue::Window(Window::new(at(from), at(to)).unwrap(), None)
}

/// A sitting whose nation, and one school, have windows; and seats at two schools.
fn world() -> (Plan, Vec<OfPool>) {
    let mut plan = Plan::empty(SittingCode::parse("2017-2").unwrap());
    for (key, value) in [
        (Key::Subject(SubjectCode::CET4), subject(50)),
        (Key::Window(place(""), Mode::Written), window(1, 20)),
        (Key::Window(place("99301"), Mode::Written), window(1, 15)),
        (Key::Fee(place(""), SubjectCode::CET4), SettingValue::Fee(Fen::new(1).unwrap())),
    ] {
        apply(&mut plan, &Line { key, before: None, after: Some(value) });
    }
    let pool = |campus: &str, n| OfPool {
        campus: CampusCode::parse(campus).unwrap(),
        subject: SubjectCode::CET4,
        paid: 10 * n,
        unpaid: 5 * n,
        ordered: 2 * n,
        held_after: n,
    };
    (plan, vec![pool("991010", 1), pool("993010", 100)])
}

fn touched(wanted: Vec<(Key, Option<SettingValue>)>, now: i64) -> Vec<Effect> {
    let (plan, pools) = world();
    let mut after = plan.clone();
    let lines: Vec<Line> = wanted
        .into_iter()
        .map(|(key, value)| Line { key, before: value_in(&plan, &key), after: value })
        .collect();
    for line in &lines {
        apply(&mut after, line);
    }
    // Of 1,010 who have paid, so many have a published seat.
    let beside = Beside { pools, seated: vec![(SubjectCode::CET4, 19)], ..Beside::default() };
    of_lines(&lines, (&plan, &after), &beside, at(now))
}

#[test]
fn an_earlier_closing_touches_the_unpaid_of_places_without_a_window_of_their_own() {
    let effects = touched(vec![(Key::Window(place(""), Mode::Written), Some(window(1, 18)))], 2);
    let expected = [
        Effect::UnpaidAtEarlierClosing(5),
        Effect::HeldBeyondClosing(1),
        Effect::OpenOrders(2),
        Effect::OwnWindows(1),
    ];
    assert_eq!(effects, expected);
    let later = touched(vec![(Key::Window(place(""), Mode::Written), Some(window(1, 21)))], 2);
    assert_eq!(later, [Effect::OwnWindows(1)]);
    let inherits = touched(vec![(Key::Window(place("99301"), Mode::Written), None)], 2);
    assert!(inherits.is_empty(), "the nation's window closes later: {inherits:?}");
}

#[test]
fn an_exam_that_moves_touches_every_live_entry_and_the_tickets_that_can_be_printed() {
    let moved = |now| touched(vec![(Key::Subject(SubjectCode::CET4), Some(subject(60)))], now);
    assert_eq!(moved(29), [Effect::MovedEntries(1_515)]);
    assert_eq!(moved(30), [Effect::MovedEntries(1_515), Effect::Printable(19)]);
    assert_eq!(moved(52), [Effect::MovedEntries(1_515)], "the exam is over");
}

/// T2.
#[test]
fn a_printing_time_that_moves_tells_how_many_tickets_can_no_longer_be_printed() {
    let printing = |from: i64, to: Option<i64>, now| {
        let SettingValue::Subject(mut other) = subject(50) else { unreachable!() };
        (other.printing_from, other.printing_to) = (Some(at(from)), to.map(at));
        touched(vec![(Key::Subject(SubjectCode::CET4), Some(SettingValue::Subject(other)))], now)
    };
    for (from, to, now, left) in [
        // Later than now, and without an effect where nothing could be printed yet or still can be.
        (40, None, 35, 19),
        (40, None, 29, 0),
        (34, None, 35, 0),
        (20, None, 35, 0),
        // An end that is past, or to come.
        (30, Some(33), 35, 19),
        (30, Some(40), 35, 0),
    ] {
        let effects = printing(from, to, now);
        let expected = if left > 0 { vec![Effect::NoLongerPrintable(left)] } else { Vec::new() };
        assert_eq!(effects, expected, "{from} to {to:?} on day {now}");
    }
}

#[test]
fn a_fee_leaves_what_was_entered_and_paid_as_it_was() {
    let fee = |at: &str| {
        let value = SettingValue::Fee(Fen::new(2).unwrap());
        touched(vec![(Key::Fee(place(at), SubjectCode::CET4), Some(value))], 2)
    };
    assert_eq!(fee(""), [Effect::KeepFee(505), Effect::KeepPaid(1_010)]);
    assert_eq!(fee("99301"), [Effect::KeepFee(500), Effect::KeepPaid(1_000)]);
}

#[test]
fn capacities_add_up() {
    let pool = Key::Pool(CampusCode::parse("993010").unwrap(), SubjectCode::CET4);
    let line = |before: Option<i64>, after: i64| Line {
        key: pool,
        before: before.map(SettingValue::Pool),
        after: Some(SettingValue::Pool(after)),
    };
    let (plan, pools) = world();
    let beside = Beside { pools, ..Beside::default() };
    let seats = |lines: &[Line]| of_lines(lines, (&plan, &plan), &beside, at(2));
    assert_eq!(seats(&[line(Some(10), 15), line(None, 20)]), [Effect::Seats(25)]);
    assert_eq!(seats(&[line(Some(10), 5)]), [Effect::Seats(-5)]);
}

#[test]
fn a_limit_names_the_windows_that_are_outside() {
    let limit = SettingValue::Limit(crate::sitting::limit::Limit::Span(None, Some(at(14))));
    let on = crate::sitting::limit::LimitOn::Windows(Mode::Written);
    assert_eq!(touched(vec![(Key::Limit(place(""), on), Some(limit))], 2), [Effect::OutsideLimit(1)]);
}

/// season.md 1.1: preview and approval say whom it touches.
#[test]
fn an_opening_behind_now_touches_the_unpaid_of_a_running_window() {
    let later = |now| touched(vec![(Key::Window(place("99301"), Mode::Written), Some(window(10, 15)))], now);
    assert_eq!(later(5), [Effect::UnpaidAtLaterOpening(500)]);
    assert!(later(0).is_empty(), "it has not begun");
}

#[test]
fn a_limit_of_capacities_counts_those_above_it() {
    let (plan, _) = world();
    let campus = |code: &str| CampusCode::parse(code).unwrap();
    let key = Key::Limit(place("99"), LimitOn::Capacity(SubjectCode::CET4));
    let limit = Some(SettingValue::Limit(crate::sitting::limit::Limit::Seats(1_000)));
    let line = Line { key, before: None, after: limit };
    let mut after = plan.clone();
    apply(&mut after, &line);
    let capacities = vec![
        (campus("991010"), SubjectCode::CET4, 1_500),
        (campus("993010"), SubjectCode::CET4, 1_000),
        (campus("993010"), SubjectCode::CET6, 1_500),
        (campus("983010"), SubjectCode::CET4, 1_500),
    ];
    let beside = Beside { capacities, ..Beside::default() };
    assert_eq!(of_lines(&[line], (&plan, &after), &beside, at(2)), [Effect::SeatsOutsideLimit(1)]);
}

#[test]
fn a_fee_that_is_removed_says_where_nobody_can_enter_any_more() {
    let (mut plan, _) = world();
    for campus in ["991010", "993010"] {
        let key = Key::Pool(CampusCode::parse(campus).unwrap(), SubjectCode::CET4);
        apply(&mut plan, &Line { key, before: None, after: Some(SettingValue::Pool(5)) });
    }
    let key = Key::Fee(place(""), SubjectCode::CET4);
    let line = Line { key, before: value_in(&plan, &key), after: None };
    let mut after = plan.clone();
    apply(&mut after, &line);
    let found = of_lines(&[line], (&plan, &after), &Beside::default(), at(2));
    assert_eq!(found, [Effect::WithoutFee(2)]);
}

#[test]
fn a_subject_of_another_level_leaves_what_was_entered_as_it_was() {
    let SettingValue::Subject(mut other) = subject(50) else { unreachable!() };
    other.level = Level::SIX;
    let effects = touched(vec![(Key::Subject(SubjectCode::CET4), Some(SettingValue::Subject(other)))], 2);
    assert_eq!(effects, [Effect::KeepLevel(1_515)]);
}
