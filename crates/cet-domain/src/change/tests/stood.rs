//! The windows of earlier moments.

use super::*;
use crate::change::setting::Line;
use crate::change::store::StoredLine;

fn at(hour: i64) -> Time {
    Time::from_micros(hour * 3_600_000_000)
}

fn window(from: i64, to: i64) -> SettingValue {
    SettingValue::Window(Window::new(at(from), at(to)).unwrap(), None)
}

/// A change of the written window of a place, at an hour.
fn changed(
    place: &str,
    hour: i64,
    origin: &str,
    (before, after): (Option<SettingValue>, Option<SettingValue>),
) -> WindowChanged {
    let key = Key::Window(Place::parse(place).unwrap(), Mode::Written);
    let stored = StoredLine::of(&Line { key, before, after }).unwrap();
    let [_, place, mode] = stored.setting;
    let (sitting, origin) = ("2017-2".to_owned(), origin.to_owned());
    WindowChanged { sitting, place, mode, before: stored.before, after: stored.after, origin, at: at(hour) }
}

/// The hours of the window that held at an hour.
fn held(changes: &[WindowChanged], campus: &str, hour: i64) -> Option<(i64, i64)> {
    let mut all = Windows::default();
    for change in changes {
        all.add(change).unwrap();
    }
    let (sitting, campus) = (SittingCode::parse("2017-2").unwrap(), CampusCode::parse(campus).unwrap());
    let hours = |time: Time| time.micros() / 3_600_000_000;
    let found = all.at(&sitting, campus, Mode::Written, at(hour));
    assert_eq!(all.at(&sitting, campus, Mode::Oral, at(hour)), None);
    found.map(|window| (hours(window.opens()), hours(window.closes())))
}

/// I19.
#[test]
fn a_window_stood_from_its_change_to_the_next_one() {
    let all = [
        changed("99", 10, "file", (None, Some(window(20, 60)))),
        changed("99", 30, "web", (Some(window(20, 60)), Some(window(20, 40)))),
        changed("99", 50, "undo", (Some(window(20, 40)), Some(window(20, 60)))),
    ];
    for (hour, expected) in
        [(9, None), (10, Some((20, 60))), (29, Some((20, 60))), (30, Some((20, 40))), (50, Some((20, 60)))]
    {
        assert_eq!(held(&all, "993010", hour), expected, "{hour}");
    }
    assert_eq!(held(&all, "983010", 30), None, "another province");
}

/// I19.
#[test]
fn what_was_there_before_changes_were_recorded_stood_always() {
    let found = [changed("", 10, "found", (None, Some(window(1, 60))))];
    assert_eq!(held(&found, "993010", 2), Some((1, 60)));
    let unknown = [changed("", 10, "web", (Some(window(1, 60)), Some(window(1, 40))))];
    assert_eq!((held(&unknown, "993010", 2), held(&unknown, "993010", 10)), (Some((1, 60)), Some((1, 40))));
}

/// I19.
#[test]
fn the_nearest_place_with_a_window_of_its_own_counted() {
    let all = [
        changed("", 1, "file", (None, Some(window(10, 90)))),
        changed("99301", 5, "web", (None, Some(window(10, 50)))),
        changed("99301", 20, "web", (Some(window(10, 50)), None)),
    ];
    for (hour, expected) in [(4, (10, 90)), (5, (10, 50)), (19, (10, 50)), (20, (10, 90))] {
        assert_eq!(held(&all, "993010", hour), Some(expected), "{hour}");
        assert_eq!(held(&all, "991010", hour), Some((10, 90)), "{hour}");
    }
}
