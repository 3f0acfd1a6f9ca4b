//! Real-world rosters, in both databases.

use std::path::Path;
use std::sync::Arc;

use super::*;
use crate::audit::Actor;
use crate::audit::testing::told_of;
use crate::import::jobs::sweep;
use crate::import::{self, ImportError, Outcome, Report, Watch};
use crate::on_both;
use crate::sheet::{Encoding, Form};
use crate::store::testing::NOON;
use crate::store::{Db, DbError, Tx};
pub(crate) use crate::testing::{File, HEAD, key, vault};
use crate::words::staff::Scope;
use cet_base::form_mark::Seen;

const GOOD: &str = "廖晓儿,女,中华人民共和国居民身份证,330101199001010000,99101,991010,专科,6,16,11,化学学院,高分子化学与物理,1,00001,,1;F,";

pub(crate) async fn sitting(db: &Db) {
    db.write(async |tx| {
        for sql in [
            "INSERT INTO sitting (code, name, name_en, year, half, ask_student_number, created_at)
             VALUES ('2017-2', '2017年下半年', 'x', 2017, 2, FALSE, 0)",
            "INSERT INTO campus (code, name) VALUES ('991010', 'a'), ('993010', 'b')",
            "INSERT INTO subject (sitting, code, place, name, name_en, mode, level, language, needs, exam_from, exam_to, printing_from)
             VALUES ('2017-2', '1', 1, '1', '1', 'written', 4, '英语', '', NULL, NULL, NULL),
                    ('2017-2', '2', 2, '2', '2', 'written', 6, '英语', '', NULL, NULL, NULL),
                    ('2017-2', 'F', 3, 'F', 'F', 'oral', 4, '英语', '', NULL, NULL, NULL)",
        ] {
            tx.execute(sql, &[]).await?;
        }
        Ok::<_, DbError>(())
    })
    .await
    .unwrap();
}

async fn import(db: &Db, path: &Path) -> Result<Report, ImportError> {
    file::import(db, vault(), path, "2017-2", false, Arc::new(|_, _, _| {})).await
}

/// Imports one row; returns its errors.
async fn errors(db: &Db, row: &str) -> Vec<String> {
    match import(db, &File::of(format!("{HEAD}\n{row}\n")).path()).await {
        Err(ImportError::Rows { findings, .. }) => findings.errors.iter().map(ToString::to_string).collect(),
        other => panic!("{row}: {other:?}"),
    }
}

async fn find(db: &Db, number: &str) -> Option<StudentRecord> {
    let key = key(DocumentKind::ResidentId, number);
    let sitting = SittingCode::parse("2017-2").unwrap();
    db.read(async move |tx| store::find(tx, &sitting, key).await).await.unwrap()
}

async fn rows(db: &Db) -> i64 {
    let count: Result<(i64,), DbError> =
        db.read(async |tx| tx.query_one("SELECT COUNT(*) FROM student_record", &[]).await).await;
    count.unwrap().0
}

on_both! {
    async fn a_published_record_is_found_by_document_and_by_id_with_all_it_holds(t: TestDb) {
        sitting(&t.db).await;
        let report = import(&t.db, &File::of(format!("\u{FEFF}{HEAD}\r\n{GOOD}\r\n")).path()).await.unwrap();
        assert_eq!((report.rows, report.form), (1, Form::Csv(Encoding::Utf8)));
        assert_eq!(report.warning_count, 1, "the check digit of the manual's number is wrong");
        assert!(!report.warnings[0].to_string().contains("330101199001010000"));
        let found = find(&t.db, "330101 19900101 0000").await.unwrap();
        assert_eq!((found.name.as_str(), found.sex.as_str(), found.class.as_str()), ("廖晓儿", "女", "1"));
        assert_eq!((found.student_number.as_str(), found.major.as_str()), ("00001", "高分子化学与物理"));
        assert_eq!(found.listed.0.len(), 2);
        assert_eq!(found.document(&vault()).unwrap().number.as_str(), "330101199001010000");
        assert!(!format!("{found:?}").contains('廖'));
        let (school, id) = (found.school, found.id);
        let again = t.db.read(async move |tx| store::find_by_id(tx, school, id).await).await.unwrap();
        assert_eq!(again.unwrap(), found);
        let snapshot = found.snapshot("学校", "校区", vec![]);
        assert_eq!((snapshot.name, snapshot.document_key), (found.name.clone(), found.document_key.bytes().to_vec()));
    }

    async fn gb18030_is_found_by_itself_with_rare_characters(t: TestDb) {
        sitting(&t.db).await;
        let text = format!("{HEAD}\n{}\n", GOOD.replace("廖晓儿", "王𬭸䶮"));
        let (bytes, _, _) = encoding_rs::GB18030.encode(&text);
        let report = import(&t.db, &File::of(bytes).path()).await.unwrap();
        assert_eq!(report.form, Form::Csv(Encoding::Gb18030));
        assert_eq!(find(&t.db, "330101199001010000").await.unwrap().name, "王𬭸䶮");
    }

    async fn a_name_that_no_font_prints_is_a_warning_with_its_line(t: TestDb) {
        sitting(&t.db).await;
        let report = import(&t.db, &File::of(format!("{HEAD}\n{}\n", GOOD.replace("廖晓儿", "王\u{E815}\u{30001}"))).path()).await.unwrap();
        let warnings: Vec<String> = report.warnings.iter().map(ToString::to_string).collect();
        assert!(warnings.iter().any(|told| told.starts_with("line 2: 姓名: tickets would show boxes instead of U+E815 U+30001,")), "{warnings:?}");
        assert_eq!(find(&t.db, "330101199001010000").await.unwrap().name, "王\u{E815}\u{30001}");
    }

    async fn broken_bytes_spoil_their_row_only(t: TestDb) {
        sitting(&t.db).await;
        for encode in [|text: &str| text.as_bytes().to_vec(), |text: &str| encoding_rs::GB18030.encode(text).0.into_owned()] {
            let mut bytes = encode(&format!("{HEAD}\n{GOOD}\n"));
            bytes.extend(b"\xff\xff,");
            bytes.extend(encode(&GOOD.split_once(',').unwrap().1.replace("0000", "0008")));
            let Err(ImportError::Rows { findings, .. }) = import(&t.db, &File::of(bytes).path()).await else { panic!("taken") };
            assert_eq!(findings.error_count, 1);
            assert_eq!(findings.errors[0].to_string(), "line 3: 姓名: expected characters of the file's encoding, found broken bytes");
        }
        assert_eq!(rows(&t.db).await, 0);
    }

    async fn a_persons_second_row_is_doubled_and_no_other_student_of_the_number(t: TestDb) {
        sitting(&t.db).await;
        let again = GOOD.replace("化学学院", "物理学院");
        let Err(ImportError::Rows { findings, .. }) = import(&t.db, &File::of(format!("{HEAD}\n{GOOD}\n{again}\n")).path()).await else { panic!("taken") };
        assert_eq!(findings.error_count, 2, "both rows are wrong");
        let told: Vec<String> = findings.warnings.iter().map(ToString::to_string).collect();
        assert!(!told.iter().any(|told| told.contains("another student")), "{told:?}");
    }

    async fn every_wrong_cell_is_told_with_line_and_column_and_nothing_is_stored(t: TestDb) {
        sitting(&t.db).await;
        let wrong = |from: &str, to: &str| GOOD.replacen(from, to, 1);
        for (row, told) in [
            (wrong("女", "X"), "line 2: 性别: expected 男, 女 or nothing, found \"X\""),
            (wrong("中华人民共和国居民身份证", "军官证"), "line 2: 证件类型: officers' and soldiers' cards are not taken"),
            (wrong("330101199001010000", ""), "line 2: 证件号码: expected a document number, found nothing"),
            (wrong("330101199001010000", "3.30101E+17"), "line 2: 证件号码: expected text, found a number of a spreadsheet"),
            (wrong("00001", "1.0E+10"), "line 2: 学号: expected text, found a number of a spreadsheet"),
            (wrong("991010", "110010"), "line 2: 校区代码: expected a campus of the catalogue, found \"110010\""),
            (wrong("99101,", "99301,"), "line 2: 学校代码: expected 99101, the school of the campus, found \"99301\""),
            (wrong("1;F", "1;Z"), "line 2: 资格科目: expected codes of subjects"),
            (wrong("廖晓儿", ""), "line 2: 姓名: expected a name"),
            (wrong("化学学院", &"学".repeat(101)), "line 2: 院系: expected at most 100, found more"),
            (wrong("化学学院", &"x".repeat(1_025)), "line 2: 院系: expected at most 1024, found more"),
            (wrong(",11,", ","), "line 2: expected 17 fields as the header has, found 16"),
        ] {
            let found = errors(&t.db, &row).await;
            assert_eq!(found.len(), 1, "{found:?}");
            assert!(found[0].starts_with(told), "{} instead of {told}", found[0]);
            assert!(!found[0].contains("330101199001010000"), "personal data in {}", found[0]);
        }
        let twice = errors(&t.db, &format!("{GOOD}\n{GOOD}\n{GOOD}")).await;
        assert_eq!(twice, [
            "line 2: 证件号码: stands twice in this file, again in line 3",
            "line 3: 证件号码: stands twice in this file, first in line 2",
            "line 4: 证件号码: stands twice in this file, first in line 2",
        ]);
        assert_eq!(rows(&t.db).await, 0);
    }

    async fn all_faults_of_a_row_are_told_at_once(t: TestDb) {
        sitting(&t.db).await;
        let row = GOOD.replace("女", "x").replace("991010", "110010").replace("1;F", "Z");
        assert_eq!(errors(&t.db, &row).await.len(), 3);
    }

    /// S2.
    async fn a_person_in_another_schools_roster_waits_for_that_school_and_stops_nobody_else(t: TestDb) {
        sitting(&t.db).await;
        import(&t.db, &File::of(format!("{HEAD}\n{GOOD}\n")).path()).await.unwrap();
        t.clock.set(crate::words::time::Time::from_micros(NOON.micros() + 1));
        let moved = GOOD.replace("99101,991010", "99301,993010");
        let other = moved.replace("330101199001010000", "330101199001010018");
        let report = import(&t.db, &File::of(format!("{HEAD}\n{moved}\n{other}\n")).path()).await.unwrap();
        assert!(report.warnings.iter().any(|told| told.to_string().contains("in the roster of school 99101")));
        assert_eq!(report.compared.map(|of| (of.new, of.transfers)), Some((1, 1)));
        let school = async |number| find(&t.db, number).await.map(|of| of.school.to_string());
        assert_eq!(school("330101199001010000").await.as_deref(), Some("99101"), "the holding school's row counts");
        assert_eq!(school("330101199001010018").await.as_deref(), Some("99301"));
        let open: Vec<transfer::Transfer> = t.db.read(async |tx: &mut Tx<'_>| {
            transfer::list(tx, &Scope::parse("99101").unwrap(), "open", 0, 9).await
        }).await.unwrap();
        assert_eq!((open.len(), open[0].to_school.as_str()), (1, "99301"));
        t.clock.set(crate::words::time::Time::from_micros(NOON.micros() + 2));
        import(&t.db, &File::of(format!("{HEAD}\n{}\n", GOOD.replace("化学学院", "化学院"))).path()).await.unwrap();
        assert_eq!(find(&t.db, "330101199001010000").await.unwrap().college, "化学院", "the own school may correct");
    }

    /// TH32.
    async fn the_same_file_again_does_nothing_and_a_dry_run_stores_nothing(t: TestDb) {
        sitting(&t.db).await;
        let file = File::of(format!("{HEAD}\n{GOOD}\n"));
        let dry = file::import(&t.db, vault(), &file.path(), "2017-2", true, Arc::new(|_, _, _| {})).await.unwrap();
        assert_eq!((dry.outcome, rows(&t.db).await), (Outcome::Checked, 0));
        assert!(matches!(import(&t.db, &file.path()).await.unwrap().outcome, Outcome::Published { .. }));
        assert_eq!(import(&t.db, &file.path()).await.unwrap().outcome, Outcome::KnownFile);
        assert_eq!(rows(&t.db).await, 1);
    }

    /// TH32.
    async fn what_a_killed_import_staged_is_invisible_and_swept_away(t: TestDb) {
        sitting(&t.db).await;
        import(&t.db, &File::of(format!("{HEAD}\n{GOOD}\n")).path()).await.unwrap();
        // The state after a process was killed before it published.
        t.db.write(async |tx| tx.execute("UPDATE import SET state = 'staging', published_at = NULL", &[]).await).await.unwrap();
        assert!(find(&t.db, "330101199001010000").await.is_none());
        assert_eq!(sweep(&t.db).await.unwrap(), 0, "it may still be running");
        t.clock.set(NOON.plus(jiff::SignedDuration::from_hours(7)));
        assert_eq!(sweep(&t.db).await.unwrap(), 1);
        assert_eq!(rows(&t.db).await, 0);
        assert_eq!(sweep(&t.db).await.unwrap(), 1, "and the import itself");
        assert_eq!(sweep(&t.db).await.unwrap(), 0);
        import(&t.db, &File::of(format!("{HEAD}\n{GOOD}\n")).path()).await.unwrap();
        assert!(find(&t.db, "330101199001010000").await.is_some());
    }

    /// S2.
    async fn an_import_that_was_overtaken_by_another_one_with_the_same_person_is_not_published(t: TestDb) {
        sitting(&t.db).await;
        let quiet: Arc<Watch> = Arc::new(|_, _, _| {});
        let staged = async |row: &str| {
            let file = File::of(format!("{HEAD}\n{row}\n"));
            let kind = Arc::new(file::RosterFile::of(&t.db, vault(), "2017-2", file::Settings::default()).await.unwrap());
            let examined = import::examine(&t.db, Arc::clone(&kind), &file.path(), &quiet).await.unwrap();
            let staged = import::stage(&t.db, &kind, &examined, &file.path(), &quiet).await.unwrap();
            let (import, rows) = (staged.import, staged.rows);
            assert_eq!(rows, 1);
            (import, examined.compared)
        };
        let publish = async |(import, at): (i64, i64)| {
            let by = Actor::Command("import");
            let done = t.db.write(async move |tx: &mut Tx<'_>| {
                import::store::publish::<file::RosterFile>(tx, "2017-2", import, at, (&by, "")).await
            }).await;
            done.map_err(ImportError::from)
        };
        let (one, other) = (staged(GOOD).await, staged(&GOOD.replace("化学学院", "化学院")).await);
        let elsewhere = staged(&GOOD.replace("330101199001010000", "330101199001010018")).await;
        publish(one).await.unwrap();
        assert!(matches!(publish(other).await, Err(ImportError::Overtaken)));
        publish(elsewhere).await.unwrap();
        assert_eq!(find(&t.db, "330101199001010000").await.unwrap().college, "化学学院");
    }

    async fn a_correction_records_each_field_that_it_changes_and_no_other(t: TestDb) {
        sitting(&t.db).await;
        import(&t.db, &File::of(format!("{HEAD}\n{GOOD}\n")).path()).await.unwrap();
        let of = find(&t.db, "330101199001010000").await.unwrap();
        let code = |text| SubjectCode::parse(text).unwrap();
        let to = staff_queries::Change {
            campus: CampusCode::parse("991011").unwrap(),
            grade: "12".to_owned(),
            college: "外国语学院".to_owned(),
            major: "英语".to_owned(),
            class: String::new(),
            student_number: "330101199001010000".to_owned(),
            remark: "少数民族骨干".to_owned(),
            barred: SubjectList(vec![code("2"), code("F")]),
            ..staff_queries::Change::of(of.clone())
        };
        let one = staff_queries::Change { class: "7".to_owned(), ..to.clone() };
        for to in [to.clone(), to, one] {
            let of = of.clone();
            let done = t.db.write(async move |tx| {
                let (scope, by) = (Scope::parse("99101").unwrap(), Actor::Staff("school".to_owned()));
                verbs::correct(tx, &scope, &of, &to, &Seen::default(), (&by, "")).await
            }).await.unwrap();
            assert_eq!(done, verbs::Corrected::Done);
        }
        assert_eq!(told_of(&t.db, "record-corrected").await.unwrap(), [
            "sitting=2017-2; Campus: 991010 → 991011; Grade: 11 → 12; College: 化学学院 → 外国语学院; \
             Major: 高分子化学与物理 → 英语; Class: 1 → (none); Student number: changed (value not recorded); \
             Remark: (none) → (not recorded); Barred subjects: (none) → 2, F",
            "sitting=2017-2; Class: (none) → 7",
        ]);
        let stored: Vec<(String,)> =
            t.db.read(async |tx| tx.query("SELECT detail FROM audit_log", &[]).await).await.unwrap();
        assert!(stored.iter().all(|(detail,)| !detail.contains("3301") && !detail.contains("骨干")), "{stored:?}");
    }

    async fn more_rows_than_one_chunk_are_all_there(t: TestDb) {
        sitting(&t.db).await;
        let lines: Vec<String> = (0..2_345).map(|n| GOOD.replace("330101199001010000", &format!("33010119900101{n:04}"))).collect();
        let report = import(&t.db, &File::of(format!("{HEAD}\n{}\n", lines.join("\n"))).path()).await.unwrap();
        assert_eq!((report.rows, rows(&t.db).await), (2_345, 2_345));
        assert!(find(&t.db, "330101199001012344").await.is_some());
    }

    async fn an_unknown_sitting_is_told(t: TestDb) {
        let file = File::of(format!("{HEAD}\n{GOOD}\n"));
        assert!(matches!(import(&t.db, &file.path()).await, Err(ImportError::NoSitting(_))));
    }
}

#[path = "tests/standing.rs"]
mod standing;
mod ticked;
