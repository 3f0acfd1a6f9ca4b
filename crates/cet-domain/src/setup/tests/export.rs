//! A sitting's file, exported and read again.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::change::setting::tests::samples;
use crate::on_both;
use crate::setup::file::{SAMPLE, SittingFile, parse};
use crate::setup::import::{import, wanted};
use crate::sitting::Subject;
use crate::sitting::limit::Limit;
use crate::sitting::plan::TextKind;
use crate::sitting::window::Window;
use crate::store::Db;
use crate::texts::Lang;
use crate::words::codes::{CampusCode, SubjectCode};
use crate::words::fen::Fen;
use crate::words::subject::{Level, Mode};
use crate::words::time::Time;

fn code() -> SittingCode {
    SittingCode::parse("2017-2").unwrap()
}

fn read(of: &Exported) -> SittingFile {
    let texts: BTreeMap<_, _> = of.texts.iter().cloned().collect();
    parse(&of.toml, |name| texts.get(name).cloned().ok_or_else(|| "no such file".to_owned()))
        .unwrap_or_else(|faults| panic!("{faults:?}\n{}", of.toml))
}

/// The settings that a file stands for, in order.
fn settings(file: &SittingFile) -> Vec<(Key, SettingValue)> {
    let mut all: Vec<_> =
        wanted(file, None).into_iter().filter_map(|(key, value)| Some((key, value?))).collect();
    all.sort_by_key(|(key, _)| *key);
    all
}

fn time() -> impl Strategy<Value = Time> {
    (1_400_000_000_i64..1_600_000_000).prop_map(|second| Time::from_micros(second * 1_000_000))
}

/// Names and texts as authors type them: quotes, backslashes, breaks of lines, characters of several bytes.
fn words() -> impl Strategy<Value = String> {
    "[a\"'\\\\#=\\[\\]一𠮷 ]{0,12}[b。]".prop_map(|text| text.trim().to_owned())
}

fn markdown() -> impl Strategy<Value = String> {
    let breaks = prop_oneof![Just("\n"), Just("\n\n"), Just("\t"), Just("\u{7f}")];
    (proptest::collection::vec(words(), 1..4), breaks).prop_map(|(lines, between)| lines.join(between))
}

fn subject(index: usize) -> impl Strategy<Value = Subject> {
    let code = SubjectCode::parse(["1", "2", "3"][index]).unwrap();
    (words(), words(), time(), 1_i64..99, any::<bool>()).prop_map(
        move |(name, name_en, exam, place, dated)| {
            let later = |hours| exam.plus(jiff::SignedDuration::from_hours(hours));
            Subject {
                code,
                place,
                name,
                name_en,
                mode: Mode::Written,
                level: Level::FOUR,
                language: "英语".to_owned(),
                needs: Vec::new(),
                exam_from: dated.then_some(exam),
                exam_to: dated.then(|| later(2)),
                printing_from: dated.then(|| later(-100)),
                printing_to: dated.then(|| later(-1)),
            }
        },
    )
}

prop_compose! {
    fn sittings()(
        subjects in (subject(0), subject(1)),
        name in words(),
        from in 1_300_000_000_i64..1_390_000_000,
        amount in 1_i64..1_000_000,
        capacity in 0_i64..1_000_000,
        notice in markdown(),
        notice_en in prop_oneof![Just(String::new()), markdown()],
        agreement in markdown(),
        flags in any::<(bool, bool)>(),
    ) -> Vec<(Key, SettingValue)> {
        let at = |second: i64| Time::from_micros(second * 1_000_000);
        let (one, two) = subjects;
        let window = Window::new(at(from), at(from + 86_401)).unwrap();
        let campus = CampusCode::parse("993010").unwrap();
        let head = crate::sitting::store::write::Head {
            name_en: name.clone(), name, year: 2015, half: 2, ask_student_number: flags.0, province_fees: flags.1,
        };
        let place = |text: &str| Scope::parse(text).unwrap();
        let mut all = vec![
            (Key::Sitting, SettingValue::Sitting(head)),
            (Key::Limit(place(""), LimitOn::Windows(Mode::Written)), SettingValue::Limit(Limit::Span(Some(at(from)), None))),
            (Key::Limit(place("99"), LimitOn::Capacity(one.code)), SettingValue::Limit(Limit::Seats(capacity))),
            (Key::Window(place("99301"), Mode::Written), SettingValue::Window(window, flags.0.then_some(window.opens()))),
            (Key::Fee(place("99"), one.code), SettingValue::Fee(Fen::new(amount).unwrap())),
            (Key::Oral(place("99301")), SettingValue::Oral(if flags.1 { vec!["99".to_owned()] } else { Vec::new() })),
            (Key::Notice(place("99"), None), SettingValue::Notice(notice.clone(), notice_en.clone())),
            (Key::Notice(place("993010"), Some(Mode::Oral)), SettingValue::Notice(notice, notice_en)),
            (Key::Text(TextKind::Agreement, Lang::Zh), SettingValue::Text(agreement)),
            (Key::Pool(campus, two.code), SettingValue::Pool(capacity)),
        ];
        all.extend([one, two].map(|subject| (Key::Subject(subject.code), SettingValue::Subject(Box::new(subject)))));
        all.extend(samples().into_iter().filter(|(key, _)| matches!(key, Key::Arrangement(_))));
        all.sort_by_key(|(key, _)| *key);
        all
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, ..ProptestConfig::default() })]

    #[test]
    fn an_exported_sitting_says_the_same_when_it_is_read_again(sitting in sittings()) {
        prop_assert_eq!(settings(&read(&of(&code(), &sitting))), sitting);
    }
}

async fn export(db: &Db) -> Exported {
    db.read(async |tx: &mut Tx<'_>| sitting(tx, &code()).await).await.unwrap().unwrap()
}

on_both! {
    async fn importing_an_export_again_changes_nothing(t: TestDb) {
        let file = parse(SAMPLE, |_| Ok("# 协议\n".to_owned())).unwrap();
        t.db.write(async move |tx| import(tx, &file, true).await).await.unwrap();
        let (first, version) = (export(&t.db).await, async || {
            t.db.read(async |tx: &mut Tx<'_>| crate::sitting::store::version(tx).await).await.unwrap()
        });
        let before = version().await;
        let again = read(&first);
        t.db.write(async move |tx| import(tx, &again, true).await).await.unwrap();
        assert_eq!(version().await, before, "no setting was changed");
        assert_eq!(export(&t.db).await, first);
        let unknown = async |tx: &mut Tx<'_>| sitting(tx, &SittingCode::parse("2099-1").unwrap()).await;
        assert_eq!(t.db.read(unknown).await.unwrap(), None);
    }
}
