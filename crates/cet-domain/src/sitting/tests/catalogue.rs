//! The catalogue as loaded from the reference tables.

use crate::on_both;
use crate::params;
use crate::sitting::window::WindowState;
use crate::sitting::{Catalogue, CatalogueCell, TextKind, store};
use crate::store::testing::{NOON, TestDb};
use crate::store::{Db, DbError};
use crate::words::codes::{CampusCode, SubjectCode};
use crate::words::fen::Fen;
use crate::words::subject::Mode;
use crate::words::time::Time;

const SECOND: i64 = 1_000_000;

fn campus(code: &str) -> CampusCode {
    CampusCode::parse(code).unwrap()
}

fn noon_plus(seconds: i64) -> Time {
    Time::from_micros(NOON.micros() + seconds * SECOND)
}

async fn run(db: &Db, statements: &'static [&'static str]) {
    db.write(async move |tx| {
        for sql in statements {
            tx.execute(sql, &[]).await?;
        }
        store::bump_version(tx).await
    })
    .await
    .unwrap();
}

/// Two campuses of two schools, written windows of the province, an oral one of each campus, fees of nation and campus.
async fn seeded(t: &TestDb) -> CatalogueCell {
    run(
        &t.db,
        &[
            "INSERT INTO sitting (code, name, name_en, year, half, ask_student_number, created_at)
             VALUES ('2017-1', '2017年上半年', 'first', 2017, 1, FALSE, 0), ('2017-2', '2017年下半年', 'second', 2017, 2, FALSE, 0)",
            "INSERT INTO campus (code, name) VALUES ('991010', '99101-0校区'), ('993010', '测试校区机构001')",
            "INSERT INTO school (code, name) VALUES ('99301', '测试学校机构01')",
            "INSERT INTO subject (sitting, code, place, name, name_en, mode, level, language, needs, exam_from, exam_to, printing_from)
             VALUES ('2017-2', 'F', 2, '英语四级口试', 'CET-SET4', 'oral', 4, 'english', '', NULL, NULL, NULL),
                    ('2017-2', '1', 1, '英语四级笔试', 'CET4', 'written', 4, 'english', '', NULL, NULL, NULL)",
            "INSERT INTO fee (sitting, scope, subject, amount) VALUES ('2017-2', '', '1', 3000), ('2017-2', '991010', '1', 1)",
            "INSERT INTO notice (sitting, scope, step, body)
             VALUES ('2017-2', '993010', 'oral', 'campus'), ('2017-2', '99', '', 'province'), ('2017-2', '99', 'written', 'w')",
            "INSERT INTO sitting_text (sitting, kind, lang, version, body)
             VALUES ('2017-2', 'agreement', 'zh', 2, 'new'), ('2017-2', 'agreement', 'zh', 1, 'old')",
            "INSERT INTO oral_setting (sitting, scope, elsewhere) VALUES ('2017-2', '99101', '99301')",
            "INSERT INTO seat_pool (school, sitting, campus, subject, capacity, taken)
             VALUES ('99101', '2017-2', '991010', 'F', 5, 0), ('99101', '2017-2', '991010', '1', 5, 0),
                    ('99301', '2017-2', '993010', 'F', 5, 0)",
        ],
    )
    .await;
    t.db.write(async |tx| {
        for (scope, mode, from, to, outsiders) in [
            ("99", "written", 0, 100, None),
            ("993010", "oral", 0, 100, Some(50)),
            ("99", "oral", 200, 300, None),
        ] {
            let outsiders = outsiders.map(noon_plus);
            tx.execute(
                "INSERT INTO registration_window (sitting, scope, mode, from_at, to_at, outsiders_from)
                 VALUES ('2017-2', $1, $2, $3, $4, $5)",
                params![
                    scope.to_owned(),
                    mode.to_owned(),
                    noon_plus(from),
                    noon_plus(to),
                    outsiders.map(Time::micros)
                ],
            )
            .await?;
        }
        Ok::<_, DbError>(())
    })
    .await
    .unwrap();
    CatalogueCell::open(&t.db).await.unwrap()
}

on_both! {
    async fn the_newest_sitting_is_the_current_one(t: TestDb) {
        let catalogue = seeded(&t).await.get();
        assert_eq!(catalogue.current().unwrap().code.as_str(), "2017-2");
        assert_eq!(catalogue.sittings().len(), 2);
        let subjects: Vec<_> = catalogue.current().unwrap().subjects().iter().map(|s| s.code.to_string()).collect();
        assert_eq!(subjects, ["1", "F"]);
    }

    async fn places_have_names(t: TestDb) {
        let catalogue = seeded(&t).await.get();
        assert_eq!(catalogue.province_name(campus("993010").province()), "测试省");
        assert_eq!(catalogue.school_name(campus("993010").school()), Some("测试学校机构01"));
        assert_eq!(catalogue.school_name(campus("991010").school()), Some("99101-0校区"));
        assert_eq!(catalogue.school_name(campus("110010").school()), None);
    }

    async fn the_most_specific_setting_counts(t: TestDb) {
        let catalogue = seeded(&t).await.get();
        let plan = catalogue.current().unwrap();
        assert_eq!(plan.fee(campus("993010"), SubjectCode::CET4), Fen::new(3000).ok());
        assert_eq!(plan.fee(campus("991010"), SubjectCode::CET4), Fen::new(1).ok());
        assert_eq!(plan.fee(campus("991010"), SubjectCode::CET6), None);
        assert_eq!(plan.window(campus("993010"), Mode::Written).unwrap().opens(), NOON);
        assert_eq!(plan.window(campus("993010"), Mode::Oral).unwrap().closes(), noon_plus(100));
        assert_eq!(plan.window(campus("991010"), Mode::Oral).unwrap().opens(), noon_plus(200));
        assert_eq!(plan.window(campus("110010"), Mode::Oral), None);
    }

    /// R11.
    async fn outsiders_wait_until_their_time(t: TestDb) {
        let catalogue = seeded(&t).await.get();
        let plan = catalogue.current().unwrap();
        let (here, there) = (campus("993010"), campus("991010"));
        assert_eq!(plan.window_state(here, here, Mode::Oral, NOON), Some(WindowState::Open));
        assert_eq!(plan.window_state(here, there, Mode::Oral, NOON), Some(WindowState::NotYet(noon_plus(50))));
        assert_eq!(plan.window_state(here, there, Mode::Oral, noon_plus(50)), Some(WindowState::Open));
        assert_eq!(plan.outsiders_from(here, Mode::Oral), Some(noon_plus(50)));
    }

    /// R11.
    async fn oral_campuses_are_those_allowed_and_open_now(t: TestDb) {
        let catalogue = seeded(&t).await.get();
        let plan = catalogue.current().unwrap();
        assert_eq!(plan.oral_campuses(campus("991010"), NOON), []);
        assert_eq!(plan.oral_campuses(campus("991010"), noon_plus(60)), [campus("993010")]);
        assert_eq!(plan.oral_campuses(campus("991010"), noon_plus(250)), [campus("991010")]);
        assert!(plan.oral_elsewhere(campus("991010")));
        assert!(!plan.oral_elsewhere(campus("993010")), "its school allows no other campus");
        assert!(!plan.oral_allowed(campus("993010"), campus("991010")));
    }

    async fn notices_go_from_the_widest_to_the_narrowest_scope(t: TestDb) {
        let catalogue = seeded(&t).await.get();
        let plan = catalogue.current().unwrap();
        let bodies = |code, step| plan.notices(campus(code), step).iter().map(|n| n.body.clone()).collect::<Vec<_>>();
        assert_eq!(bodies("993010", Mode::Oral), ["province", "campus"]);
        assert_eq!(bodies("993010", Mode::Written), ["province", "w"]);
        assert_eq!(bodies("991010", Mode::Oral), ["province"]);
    }

    async fn the_newest_version_of_a_text_stands_and_chinese_replaces_what_is_missing(t: TestDb) {
        let catalogue = seeded(&t).await.get();
        let text = catalogue.current().unwrap().text(TextKind::Agreement, "en").unwrap().clone();
        assert_eq!((text.version, text.body.as_str()), (2, "new"));
        assert_eq!(catalogue.current().unwrap().text(TextKind::GuidanceOral, "zh"), None);
    }

    async fn the_snapshot_is_swapped_only_when_the_version_rises(t: TestDb) {
        let cell = seeded(&t).await;
        let before = cell.get();
        assert!(!cell.refresh(&t.db).await.unwrap());
        run(&t.db, &["INSERT INTO campus (code, name) VALUES ('110010', '北京大学')"]).await;
        assert!(cell.refresh(&t.db).await.unwrap());
        assert_eq!(cell.get().campus_name(campus("110010")), Some("北京大学"));
        assert_eq!(before.campus_name(campus("110010")), None, "a snapshot never changes");
        assert_eq!(Catalogue::default().version(), 0);
    }
}
