//! Who may change what, and what needs a second person.

use super::*;
use crate::change::setting::tests::samples;
use crate::words::codes::{CampusCode, SittingCode, SubjectCode};
use crate::words::time::Time;

fn at(day: i64) -> Time {
    Time::from_micros(day * 86_400_000_000)
}

fn place(text: &str) -> Place {
    Place::parse(text).unwrap()
}

fn may(role: Role, scope: &str, key: Key) -> bool {
    may_change(role, &Scope::parse(scope).unwrap(), &key, false)
}

fn plan(state: SittingState) -> Plan {
    let mut plan = Plan::empty(SittingCode::parse("2017-2").unwrap());
    plan.state = state;
    plan
}

fn window(from: i64, to: i64) -> SettingValue {
    SettingValue::Window(Window::new(at(from), at(to)).unwrap(), None)
}

fn changed(plan: &Plan, key: Key, after: Option<SettingValue>) -> (Line, Plan) {
    let line = Line { key, before: value_in(plan, &key), after };
    let mut fresh = plan.clone();
    apply(&mut fresh, &line);
    (line, fresh)
}

/// T1.
#[test]
fn candidates_are_sent_to_campuses_of_the_scope_and_of_the_own_school() {
    let may = |scope: &str, campus: &str| {
        may_send_to(&Scope::parse(scope).unwrap(), CampusCode::parse(campus).unwrap())
    };
    for (scope, campus, expected) in [
        ("", "983010", true),
        ("99", "991010", true),
        ("99", "983010", false),
        ("99301", "993011", true),
        ("99301", "991010", false),
        ("993010", "993011", true),
        ("993010", "993020", false),
    ] {
        assert_eq!(may(scope, campus), expected, "{scope} {campus}");
    }
}

/// R20.
#[test]
fn each_role_changes_what_the_table_of_settings_gives_it_and_nothing_beside_its_place() {
    let subject = SubjectCode::CET4;
    let campus = CampusCode::parse("993010").unwrap();
    let (nation, province, school) = ((Role::National, ""), (Role::Province, "99"), (Role::School, "99301"));
    let on = LimitOn::Windows(Mode::Written);
    let table = [
        (Key::Sitting, [true, false, false]),
        (Key::State, [true, false, false]),
        (Key::Subject(subject), [true, false, false]),
        (Key::Text(TextKind::Agreement, Lang::Zh), [true, false, false]),
        (Key::Window(place(""), Mode::Written), [true, false, false]),
        (Key::Window(place("99"), Mode::Written), [true, true, false]),
        (Key::Window(place("993010"), Mode::Oral), [true, true, true]),
        (Key::Limit(place(""), on), [true, false, false]),
        (Key::Limit(place("99"), on), [false, true, false]),
        (Key::Fee(place("99"), subject), [true, false, false]),
        (Key::Fee(place("993010"), subject), [true, false, false]),
        (Key::Pool(campus, subject), [true, true, true]),
        (Key::Oral(place("99301")), [true, true, true]),
        (Key::Notice(place(""), None), [true, false, false]),
        (Key::Notice(place("99"), None), [false, true, false]),
        (Key::Notice(place("99301"), None), [false, false, true]),
        (Key::Arrangement(place("993010")), [true, true, true]),
    ];
    for (key, expected) in table {
        let found = [nation, province, school].map(|(role, scope)| may(role, scope, key));
        assert_eq!(found, expected, "{key:?}");
        for (role, scope) in [(Role::Province, "98"), (Role::School, "99302"), (Role::School, "993011")] {
            assert!(!may(role, scope, key), "{role:?} {scope} {key:?}");
        }
        for role in [Role::CustomerService, Role::Supervisor, Role::Finance, Role::Auditor] {
            assert!(!may(role, "", key), "{role:?} {key:?}");
        }
    }
}

/// R20.
#[test]
fn a_province_sets_fees_only_where_the_nation_allows_it_and_only_its_own() {
    let scope = Scope::parse("99").unwrap();
    let fee = |text: &str| Key::Fee(place(text), SubjectCode::CET4);
    assert!(!may_change(Role::Province, &scope, &fee("99301"), false));
    assert!(may_change(Role::Province, &scope, &fee("99301"), true));
    assert!(!may_change(Role::Province, &scope, &fee("98301"), true));
    assert!(!may_change(Role::Province, &scope, &fee(""), true));
    assert!(!may_change(Role::School, &Scope::parse("99301").unwrap(), &fee("99301"), true));
}

/// R21.
#[test]
fn a_window_that_closes_earlier_needs_a_second_person_once_the_sitting_is_published() {
    let key = Key::Window(place("99"), Mode::Written);
    for (state, earlier) in [(SittingState::Draft, false), (SittingState::Published, true)] {
        let (_, base) = changed(&plan(state), key, Some(window(1, 20)));
        let needs = |after| {
            let (line, fresh) = changed(&base, key, after);
            needs_second(&[line], (&base, &fresh), at(0))
        };
        assert_eq!(!needs(Some(window(1, 19))).is_empty(), earlier);
        assert!(needs(Some(window(2, 20))).is_empty(), "a later opening takes nobody's time to pay");
        assert!(needs(Some(window(1, 21))).is_empty());
        assert_eq!(!needs(None).is_empty(), earlier, "without any window registration is closed");
        let (_, wider) = changed(&base, Key::Window(place(""), Mode::Written), Some(window(1, 30)));
        let (line, fresh) = changed(&wider, key, None);
        assert!(
            needs_second(&[line], (&wider, &fresh), at(0)).is_empty(),
            "the nation's window closes later"
        );
    }
}

/// season.md 2.
#[test]
fn the_dates_of_a_place_are_those_of_the_windows_that_hold_there() {
    let mut all = plan(SittingState::Published);
    for (code, from, to) in [("", 1, 20), ("98", 2, 40), ("993010", 3, 9)] {
        all = changed(&all, Key::Window(place(code), Mode::Written), Some(window(from, to))).1;
    }
    let span = |code: &str| all.registration_span_of(place(code));
    assert_eq!(span("993010"), Some((at(3), at(9))));
    assert_eq!(span("99301"), Some((at(1), at(20))), "its other campuses have the nation's");
    assert_eq!(span("99101"), Some((at(1), at(20))));
    assert_eq!(span("98101"), Some((at(2), at(40))));
    assert_eq!(span(""), all.registration_span());
}

/// R21.
#[test]
fn an_opening_that_moves_behind_now_in_a_running_window_needs_a_second_person_like_a_closing() {
    let key = Key::Window(place("993010"), Mode::Written);
    let (_, base) = changed(&plan(SittingState::Published), key, Some(window(2, 20)));
    let needs = |after, now| {
        let (line, fresh) = changed(&base, key, Some(after));
        !needs_second(&[line], (&base, &fresh), at(now)).is_empty()
    };
    assert!(needs(window(12, 20), 5), "whoever registers now would be turned away");
    assert!(!needs(window(5, 20), 5) && !needs(window(3, 20), 5), "it stays open");
    assert!(!needs(window(12, 20), 1), "nobody has begun");
    assert!(!needs(window(25, 30), 21), "it is over");
    // A window of its own inside a running one of the place above.
    let (_, wider) =
        changed(&plan(SittingState::Published), Key::Window(place(""), Mode::Written), Some(window(2, 20)));
    let (line, fresh) = changed(&wider, key, Some(window(12, 20)));
    assert_eq!(needs_second(&[line], (&wider, &fresh), at(5)), [TwoPeople::EarlierClosing].into());
}

/// R21.
#[test]
fn of_a_published_sitting_money_dates_texts_and_limits_need_a_second_person() {
    let base = plan(SittingState::Published);
    let mut expected = BTreeSet::new();
    for (key, value) in samples() {
        let (line, fresh) = changed(&base, key, Some(value.clone()));
        let needs = needs_second(&[line], (&base, &fresh), at(0));
        let wanted = match key {
            Key::Fee(..) => Some(TwoPeople::Fee),
            Key::Limit(..) => Some(TwoPeople::Limit),
            _ => None,
        };
        assert_eq!(needs, wanted.into_iter().collect(), "{key:?}");
        expected.extend(needs);
        let (_, draft) = changed(&plan(SittingState::Draft), key, Some(value));
        let (line, fresh) = changed(&draft, key, None);
        assert!(key == Key::State || needs_second(&[line], (&draft, &fresh), at(0)).is_empty(), "{key:?}");
    }
    let agreement = Key::Text(TextKind::Agreement, Lang::Zh);
    let (line, fresh) = changed(&base, agreement, Some(SettingValue::Text("x".to_owned())));
    assert_eq!(needs_second(&[line], (&base, &fresh), at(0)), [TwoPeople::Agreement].into());
    let (_, with_subject) = {
        let (key, value) = samples().into_iter().find(|(key, _)| matches!(key, Key::Subject(_))).unwrap();
        changed(&base, key, Some(value))
    };
    let move_subject = |change: fn(&mut crate::sitting::Subject)| {
        let key = Key::Subject(SubjectCode::CET4);
        let Some(SettingValue::Subject(mut subject)) = value_in(&with_subject, &key) else { unreachable!() };
        change(&mut subject);
        let (line, fresh) = changed(&with_subject, key, Some(SettingValue::Subject(subject)));
        needs_second(&[line], (&with_subject, &fresh), at(0))
    };
    assert_eq!(move_subject(|subject| subject.exam_to = Some(at(3))), [TwoPeople::ExamDate].into());
    assert_eq!(move_subject(|subject| subject.printing_from = Some(at(3))), [TwoPeople::PrintingTime].into());
    assert!(move_subject(|subject| subject.name.push('x')).is_empty());
}

/// R21.
#[test]
fn publication_and_its_withdrawal_need_a_second_person_closing_does_not() {
    let state = |from, to| {
        let (line, fresh) = changed(&plan(from), Key::State, Some(SettingValue::State(to)));
        needs_second(&[line], (&plan(from), &fresh), at(0))
    };
    assert_eq!(state(SittingState::Draft, SittingState::Published), [TwoPeople::Publication].into());
    assert_eq!(state(SittingState::Published, SittingState::Draft), [TwoPeople::Publication].into());
    assert!(
        state(SittingState::Published, SittingState::Closed).is_empty()
            && state(SittingState::Closed, SittingState::Archived).is_empty()
    );
    let new = |to| {
        let line = Line { key: Key::State, before: None, after: Some(SettingValue::State(to)) };
        needs_second(&[line], (&plan(SittingState::Draft), &plan(to)), at(0))
    };
    assert!(new(SittingState::Draft).is_empty());
    assert_eq!(new(SittingState::Published), [TwoPeople::Publication].into());
    assert!(
        may_become(SittingState::Draft, SittingState::Published)
            && !may_become(SittingState::Draft, SittingState::Closed)
    );
    assert!(
        !may_become(SittingState::Archived, SittingState::Published)
            && !may_become(SittingState::Closed, SittingState::Draft)
    );
}

/// R22.
#[test]
fn windows_and_capacities_keep_the_limits_of_every_place_above() {
    let span = |from, to| SettingValue::Limit(Limit::Span(Some(at(from)), Some(at(to))));
    let on = LimitOn::Windows(Mode::Written);
    let (_, limited) = changed(&plan(SittingState::Draft), Key::Limit(place(""), on), Some(span(1, 30)));
    let (_, limited) = changed(&limited, Key::Limit(place("99"), on), Some(span(5, 20)));
    let outside = |at: &str, value| {
        let (line, fresh) = changed(&limited, Key::Window(place(at), Mode::Written), Some(value));
        outside_limits(&line, &fresh).map(|(place, _)| place)
    };
    assert_eq!(outside("99", window(1, 30)), None, "a province keeps the nation's limit, not its own");
    assert_eq!(outside("99", window(0, 30)), Some(Place::National));
    assert_eq!(outside("99301", window(1, 30)), Some(place("99")));
    assert_eq!(outside("993010", window(5, 20)), None);
    assert_eq!(outside("98301", window(1, 30)), None, "another province's limit");
    assert_eq!(outside("", window(0, 99)), None);
    let on = LimitOn::Capacity(SubjectCode::CET4);
    let (_, limited) =
        changed(&limited, Key::Limit(place("99"), on), Some(SettingValue::Limit(Limit::Seats(100))));
    let pool = Key::Pool(CampusCode::parse("993010").unwrap(), SubjectCode::CET4);
    let seats = |before: Option<i64>, after| {
        let line = Line {
            key: pool,
            before: before.map(SettingValue::Pool),
            after: Some(SettingValue::Pool(after)),
        };
        outside_limits(&line, &limited).is_none()
    };
    assert!(seats(None, 100) && !seats(None, 101));
    assert!(seats(Some(200), 150), "fewer than before is no step away from the limit");
    assert!(!seats(Some(120), 130));
}
