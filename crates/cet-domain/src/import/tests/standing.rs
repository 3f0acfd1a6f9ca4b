//! Which rows are current after several files: decided by the rows' data, never by whether a file was seen before.

use std::path::Path;
use std::sync::Arc;

use super::super::*;
use crate::on_both;
use crate::roster::tests::{File, HEAD, key, sitting, vault};
use crate::setup::campuses;
use crate::store::testing::{NOON, TestDb};
use crate::words::codes::SittingCode;
use crate::words::document::DocumentKind;
use crate::words::time::Time;

async fn import(t: &TestDb, step: i64, path: &Path) -> Report {
    t.clock.set(Time::from_micros(NOON.micros() + step));
    let quiet: Arc<Watch> = Arc::new(|_, _, _| {});
    crate::roster::file::import(&t.db, vault(), path, "2017-2", false, quiet).await.unwrap()
}

/// A student of school 99101, or of another one by `campus`.
fn row(name: &str, number: &str, class: &str, student_number: &str) -> String {
    format!("{name},女,护照,{number},99101,991010,本科,4,16,16,外语学院,英语,{class},{student_number},,,")
}

fn file(rows: &[String]) -> File {
    File::of(format!("{HEAD}\n{}\n", rows.join("\n")))
}

async fn class_of(t: &TestDb, number: &str) -> String {
    let key = key(DocumentKind::Passport, number);
    let sitting = SittingCode::parse("2017-2").unwrap();
    let found = t.db.read(async move |tx| crate::roster::store::find(tx, &sitting, key).await).await.unwrap();
    found.unwrap().class
}

/// The warnings about student numbers; the passports here have an invalid form.
fn of_numbers(report: &Report) -> Vec<String> {
    let told = report.warnings.iter().filter(|fault| fault.column == Some("学号"));
    told.map(ToString::to_string).collect()
}

fn counts(report: &Report) -> (u64, u64, u64) {
    report.compared.as_ref().map(|found| (found.new, found.changed, found.unchanged)).unwrap()
}

on_both! {
    async fn a_file_its_correction_and_the_file_again_stand_as_the_last_says(t: TestDb) {
        sitting(&t.db).await;
        let a = file(&[row("张三", "E1", "1班", "001"), row("李四", "E2", "1班", "002")]);
        let b = file(&[row("张三", "E1", "2班", "001"), row("王五", "E3", "2班", "003")]);
        import(&t, 1, &a.path()).await;
        let corrected = import(&t, 2, &b.path()).await;
        assert_eq!(counts(&corrected), (1, 1, 0));
        assert_eq!(class_of(&t, "E1").await, "2班");
        let again = import(&t, 3, &a.path()).await;
        assert!(matches!(again.outcome, Outcome::Published { .. }), "{:?}", again.outcome);
        assert_eq!(counts(&again), (0, 1, 1));
        assert_eq!((class_of(&t, "E1").await, class_of(&t, "E3").await), ("1班".to_owned(), "2班".to_owned()));
        let still = import(&t, 4, &a.path()).await;
        assert_eq!((still.outcome, counts(&still)), (Outcome::KnownFile, (0, 0, 2)));
        assert!(matches!(import(&t, 5, &b.path()).await.outcome, Outcome::Published { .. }));
        assert_eq!(class_of(&t, "E1").await, "2班");
    }

    async fn what_was_corrected_by_hand_since_is_no_longer_what_the_file_says(t: TestDb) {
        sitting(&t.db).await;
        let a = file(&[row("张三", "E1", "1班", "001")]);
        import(&t, 1, &a.path()).await;
        t.db.write(async |tx| tx.execute("UPDATE student_record SET class = '9班'", &[]).await).await.unwrap();
        assert!(matches!(import(&t, 2, &a.path()).await.outcome, Outcome::Published { .. }));
        assert_eq!(class_of(&t, "E1").await, "1班");
    }

    async fn the_files_of_other_persons_do_not_make_a_file_stand_less(t: TestDb) {
        sitting(&t.db).await;
        let (a, b) = (file(&[row("张三", "E1", "1班", "001")]), file(&[row("王五", "E3", "2班", "003")]));
        import(&t, 1, &a.path()).await;
        import(&t, 2, &b.path()).await;
        assert_eq!(import(&t, 3, &a.path()).await.outcome, Outcome::KnownFile);
        assert_eq!(import(&t, 4, &b.path()).await.outcome, Outcome::KnownFile);
    }

    async fn scores_stand_as_the_last_file_says(t: TestDb) {
        let head = "准考证号,姓名,证件类型,证件号码,科目,成绩,考次";
        let of = |points: u32| File::of(format!("{head}\n991010151100101,李博,澳门身份证,1,1,{points},\n"));
        let other = File::of(format!("{head}\n991010151100102,王,澳门身份证,2,1,500,\n"));
        let (a, b) = (of(430), of(420));
        let mut outcomes = Vec::new();
        for (step, file) in (1..).zip([&a, &b, &a, &a, &other, &a, &b]) {
            t.clock.set(Time::from_micros(NOON.micros() + step));
            let quiet: Arc<Watch> = Arc::new(|_, _, _| {});
            let done = crate::score::file::import(&t.db, vault(), &file.path(), false, quiet).await.unwrap();
            let key = key(DocumentKind::MacauId, "1");
            let best = t.db.read(async move |tx| crate::score::store::best_cet4(tx, key).await).await.unwrap();
            outcomes.push((done.outcome != Outcome::KnownFile, best.unwrap()));
        }
        let told = [(true, 430), (true, 420), (true, 430), (false, 430), (true, 430), (false, 430), (true, 420)];
        assert_eq!(outcomes, told);
    }

    async fn campuses_stand_as_the_last_file_says_and_the_same_again_is_told_as_such(t: TestDb) {
        let of = |name: &str| File::of(format!("code,name\n993014,{name}\n"));
        let mut changed = Vec::new();
        for name in ["甲", "乙", "甲", "甲"] {
            let done = crate::setup::files::campuses(&t.db, &of(name).path(), false).await.unwrap();
            changed.push(done.stored.unwrap());
            let known: Vec<(String,)> = t.db.read(async |tx| tx.query("SELECT name FROM campus", &[]).await).await.unwrap();
            assert_eq!(known, [(name.to_owned(),)]);
        }
        let stored = |changed| campuses::Stored { campuses: 1, changed };
        assert_eq!(changed, [stored(1), stored(1), stored(1), stored(0)]);
    }

    async fn two_students_under_one_number_are_told_with_both_rows_and_the_number(t: TestDb) {
        sitting(&t.db).await;
        let same = file(&[row("张三", "E1", "1班", "2016000001"), row("李四", "E2", "1班", "2016000001")]);
        let told = of_numbers(&import(&t, 1, &same.path()).await);
        assert_eq!(told, ["line 3: 学号: 2016000001 is also the number of another student of this school, in line 2: \
                           no photo is printed for either, correct the number"]);
        // Another file of the school: with a student who has no row yet, and one whom it corrects.
        let later = file(&[row("王五", "E3", "1班", "2016000001"), row("李四", "E2", "1班", "2016000002")]);
        let told = of_numbers(&import(&t, 2, &later.path()).await);
        assert_eq!(told.len(), 1, "{told:?}");
        assert!(told[0].starts_with("line 2: 学号: 2016000001 is also the number of another student of this school, in an earlier file"), "{told:?}");
        let corrected = file(&[row("王五", "E3", "1班", "2016000003"), row("张三", "E1", "2班", "2016000001")]);
        assert!(of_numbers(&import(&t, 3, &corrected.path()).await).is_empty());
        // Without a number nothing is joined, and another school's numbers are independent.
        let none = file(&[row("赵六", "E4", "1班", ""), row("钱七", "E5", "1班", ""),
                          row("孙八", "E6", "1班", "2016000003").replace("99101,991010", "99301,993010")]);
        assert!(of_numbers(&import(&t, 4, &none.path()).await).is_empty());
    }

    async fn a_doubled_person_on_two_sheets_is_told_with_both(t: TestDb) {
        sitting(&t.db).await;
        let mut book = rust_xlsxwriter::Workbook::new();
        for name in ["外语学院", "汇总"] {
            let sheet = book.add_worksheet();
            sheet.set_name(name).unwrap();
            for (line, text) in (0..).zip([HEAD, &row("张三", "E1", "1班", "001")]) {
                for (column, cell) in (0..).zip(text.split(',')) {
                    sheet.write_string(line, column, cell).unwrap();
                }
            }
        }
        let file = File::of(book.save_to_buffer().unwrap());
        let quiet: Arc<Watch> = Arc::new(|_, _, _| {});
        let refused = crate::roster::file::import(&t.db, vault(), &file.path(), "2017-2", false, quiet).await;
        let Err(ImportError::Rows { findings, .. }) = refused else { panic!("{refused:?}") };
        let told: Vec<String> = findings.errors.iter().map(ToString::to_string).collect();
        assert_eq!(told, [
            "sheet 外语学院, line 2: 证件号码: stands twice in this file, again in sheet 汇总, line 2",
            "sheet 汇总, line 2: 证件号码: stands twice in this file, first in sheet 外语学院, line 2",
        ]);
    }
}
