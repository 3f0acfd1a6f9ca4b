//! The stored form of settings.

use super::*;
use crate::sitting::plan::TextKind;
use crate::sitting::window::Scope as Place;
use crate::texts::Lang;
use crate::words::codes::{CampusCode, SubjectCode};

fn at(text: &str) -> Time {
    Time::parse_local(text).unwrap()
}

fn place(text: &str) -> Place {
    Place::parse(text).unwrap()
}

/// One setting of each kind, with unusual values.
pub(crate) fn samples() -> Vec<(Key, SettingValue)> {
    let campus = CampusCode::parse("993010").unwrap();
    let subject = Subject {
        code: SubjectCode::CET4,
        place: 3,
        name: "英语\"四级;笔试\"".to_owned(),
        name_en: "CET4\n'x'".to_owned(),
        mode: Mode::Oral,
        level: Level::FOUR,
        language: "英语".to_owned(),
        needs: vec![SubjectCode::CET4, SubjectCode::CET6],
        exam_from: Some(at("2017-12-16 09:00")),
        exam_to: Some(at("2017-12-16 11:20:30.000001")),
        printing_from: None,
        printing_to: None,
    };
    let window = Window::new(at("2017-09-20 12:00"), at("2017-10-10 17:00:01")).unwrap();
    let head = Head {
        name: "2017年下半年".to_owned(),
        name_en: String::new(),
        year: 2017,
        half: 2,
        ask_student_number: true,
        province_fees: false,
    };
    let row = SettingRow {
        scope: "993010".to_owned(),
        room_size: Some(28),
        tail: Some("merged".to_owned()),
        oral_sessions: Some("08:30;09:15".to_owned()),
        ..SettingRow::default()
    };
    let news = crate::portal::News {
        id: 17,
        title: "公告".to_owned(),
        body: "**x**\n".to_owned(),
        title_en: String::new(),
        body_en: String::new(),
        publish_at: at("2017-10-10 08:00"),
        withdrawn: false,
    };
    let faq = crate::portal::PortalPage::Faq;
    vec![
        (Key::Portal(faq, crate::texts::Lang::En), SettingValue::Portal("# FAQ".to_owned())),
        (Key::News(17), SettingValue::News(Box::new(news))),
        (Key::Sitting, SettingValue::Sitting(head)),
        (Key::State, SettingValue::State(SittingState::Archived)),
        (Key::Subject(SubjectCode::CET4), SettingValue::Subject(Box::new(subject))),
        (Key::Window(place("99"), Mode::Written), SettingValue::Window(window, None)),
        (Key::Window(place(""), Mode::Oral), SettingValue::Window(window, Some(window.opens()))),
        (
            Key::Limit(place(""), LimitOn::Windows(Mode::Oral)),
            SettingValue::Limit(Limit::Span(None, Some(window.closes()))),
        ),
        (Key::Limit(place("99"), LimitOn::Capacity(SubjectCode::CET6)), SettingValue::Limit(Limit::Seats(0))),
        (Key::Fee(place("99301"), SubjectCode::CET4), SettingValue::Fee(Fen::new(3_001).unwrap())),
        (Key::Oral(place("993010")), SettingValue::Oral(Vec::new())),
        (Key::Oral(place("99301")), SettingValue::Oral(vec!["99".to_owned(), "991010".to_owned()])),
        (Key::Notice(place("99"), None), SettingValue::Notice("一、\n- \"x\"".to_owned(), String::new())),
        (
            Key::Notice(place("993010"), Some(Mode::Oral)),
            SettingValue::Notice("a".to_owned(), "b".to_owned()),
        ),
        (Key::Text(TextKind::GuidanceOral, Lang::En), SettingValue::Text("# x".to_owned())),
        (Key::Arrangement(place("993010")), SettingValue::Arrangement(Box::new(row))),
        (Key::Pool(campus, SubjectCode::CET6), SettingValue::Pool(i64::MAX)),
    ]
}

#[test]
fn every_kind_of_setting_is_read_back_from_its_stored_form() {
    let samples = samples();
    for (key, value) in &samples {
        let (kind, place, item) = (key.kind().wire(), key.place().to_string(), key.item());
        assert_eq!(Key::from_stored(kind, &place, &item), Some(*key));
        let stored = value.stored().unwrap();
        assert_eq!(SettingValue::from_stored(key, &stored).as_ref(), Some(value), "{stored}");
    }
    for kind in Kind::ALL {
        assert!(samples.iter().any(|(key, _)| key.kind() == kind), "{kind:?} has no sample");
        assert_eq!(Kind::from_wire(kind.wire()), Some(kind));
    }
}

#[test]
fn what_a_browser_sends_back_of_a_text_is_no_change() {
    let texts: [fn(String) -> SettingValue; 3] =
        [SettingValue::Text, SettingValue::Portal, |body| SettingValue::Notice(body.clone(), body)];
    for of in texts {
        let stored = of("# 协议\n\n一、\n".to_owned());
        for same in ["# 协议\r\n\r\n一、", "# 协议\n\n一、\n\n", "# 协议\r\n\r\n一、\r\n"] {
            assert!(!of(same.to_owned()).differs(&stored), "{same:?}");
        }
        for other in ["# 协议\n一、", " # 协议\n\n一、", "# 协议\n\n二、"] {
            assert!(of(other.to_owned()).differs(&stored), "{other:?}");
        }
    }
    for (_, value) in samples() {
        assert!(!value.differs(&value.clone()));
    }
}

#[test]
fn nonsense_is_no_stored_setting() {
    for (kind, place, item) in [
        ("", "", ""),
        ("window", "99", ""),
        ("window", "9", "oral"),
        ("pool", "99301", "1"),
        ("text", "", "agreement"),
    ] {
        assert_eq!(Key::from_stored(kind, place, item), None, "{kind} {place} {item}");
    }
    let window = Key::Window(Place::National, Mode::Oral);
    for text in
        ["", "{}", "[]", r#"{"from":"x","to":"y"}"#, r#"{"from":"2017-01-02 08:00","to":"2017-01-01 08:00"}"#]
    {
        assert_eq!(SettingValue::from_stored(&window, text), None, "{text}");
    }
}

#[test]
fn settings_are_written_in_the_order_of_locks() {
    let mut keys: Vec<Key> = samples().into_iter().map(|(key, _)| key).collect();
    keys.sort_unstable();
    assert_eq!(keys.first().map(Key::kind), Some(Kind::Sitting));
    assert_eq!(keys.last().map(Key::kind), Some(Kind::Pool), "seat pools come last");
    let place = |kind| keys.iter().position(|key| key.kind() == kind).unwrap();
    assert!(place(Kind::Subject) < place(Kind::Fee), "a fee refers to a subject");
}
