//! Scores in both databases.

use std::sync::Arc;

use super::*;
use crate::import::jobs::sweep;
use crate::import::{ImportError, Outcome, Report};
use crate::on_both;
use crate::roster::tests::{File, key, vault};
use crate::sheet::words::Say;
use crate::store::Db;
use crate::store::testing::NOON;
use crate::texts::{Lang, texts};
use crate::words::document::DocumentKind;
use crate::words::time::Time;

const HEAD: &str = "准考证号,姓名,证件类型,证件号码,科目,成绩,考次";

async fn import(db: &Db, rows: &str) -> Result<Report, ImportError> {
    let file = File::of(format!("{HEAD}\n{rows}\n"));
    file::import(db, vault(), &file.path(), false, Arc::new(|_, _, _| {})).await
}

async fn best(db: &Db, number: &str) -> Option<i64> {
    let key = key(DocumentKind::MacauId, number);
    db.read(async move |tx| store::best_cet4(tx, key).await).await.unwrap()
}

async fn errors(db: &Db, rows: &str) -> Vec<String> {
    match import(db, rows).await {
        Err(ImportError::Rows { findings, .. }) => findings.errors.iter().map(ToString::to_string).collect(),
        other => panic!("{rows}: {other:?}"),
    }
}

on_both! {
    /// R4.
    async fn the_best_of_several_scores_counts_and_the_ticket_is_found(t: TestDb) {
        let rows = "991010151100101,李博,澳门身份证,99101000001,1,430,\n991010161100101,李博,澳门身份证,99101000001,1,460,2016年上半年\n\
                    991010161200101,李博,澳门身份证,99101000001,2,600,";
        let done = import(&t.db, rows).await.unwrap();
        assert!(matches!(done.outcome, Outcome::Published { .. }));
        assert_eq!(best(&t.db, "99101000001").await, Some(460));
        assert_eq!(best(&t.db, "99101000002").await, None);
        let ticket = Ticket::parse("991010151100101").unwrap();
        let score = t.db.read(async move |tx| store::by_ticket(tx, ticket, &[], "").await).await.unwrap().unwrap();
        assert_eq!((score.points, score.sitting.as_str(), score.name.as_str()), (430, "2015-1", "李博"));
        assert_eq!(ticket.year(), Some(2015));
    }

    /// TH32.
    async fn what_a_killed_import_staged_is_invisible_and_swept_away(t: TestDb) {
        let rows = "991010151100101,李博,澳门身份证,1,1,430,\n991010151100101,王,澳门身份证,2,1,520,\n\
                    991010161100101,李博,澳门身份证,1,1,460,";
        import(&t.db, rows).await.unwrap();
        import(&t.db, "993010151100102,王小明,澳门身份证,3,1,431,").await.unwrap();
        // The state after the first process was killed before it published.
        let killed = "UPDATE import SET state = 'staging', published_at = NULL WHERE row_count = 3";
        t.db.write(async |tx| tx.execute(killed, &[]).await).await.unwrap();
        assert_eq!((best(&t.db, "1").await, best(&t.db, "2").await), (None, None));
        assert_eq!(sweep(&t.db).await.unwrap(), 0, "it may still be running");
        t.clock.set(NOON.plus(jiff::SignedDuration::from_hours(7)));
        assert_eq!(sweep(&t.db).await.unwrap(), 3);
        assert_eq!(sweep(&t.db).await.unwrap(), 1, "and the import itself");
        assert_eq!(sweep(&t.db).await.unwrap(), 0);
        assert_eq!(best(&t.db, "3").await, Some(431), "what was published stays");
        import(&t.db, rows).await.unwrap();
        assert_eq!((best(&t.db, "1").await, best(&t.db, "2").await), (Some(460), Some(520)));
    }

    /// A11: nobody asks whom a file of scores names in rows that can't be imported, so that nothing of them is kept.
    async fn of_wrong_rows_of_scores_nothing_is_kept(t: TestDb) {
        let rows = "991010151100101,李博,澳门身份证,1,1,430,\n991010151100102,王,澳门身份证,2,1,x,\n\
                    991010151100103,张,澳门身份证,3,1,430,\n991010151100103,张,澳门身份证,3,1,431,";
        let file = File::of(format!("{HEAD}\n{rows}\n"));
        let kind = Arc::new(file::ScoreFile::uploaded(&t.db, vault(), None).await.unwrap());
        let quiet: Arc<crate::import::Watch> = Arc::new(|_, _, _| {});
        let examined = crate::import::examine(&t.db, Arc::clone(&kind), &file.path(), &quiet).await.unwrap();
        let staged = crate::import::stage(&t.db, &kind, &examined, &file.path(), &quiet).await.unwrap();
        assert_eq!(staged.rows, 1);
        let kept: Result<(i64,), crate::store::DbError> =
            t.db.read(async |tx| tx.query_one("SELECT COUNT(*) FROM import_named", &[]).await).await;
        assert_eq!(kept.unwrap(), (0,));
    }

    async fn a_correction_takes_the_ticket_from_the_older_row(t: TestDb) {
        import(&t.db, "991010151100101,李博,澳门身份证,99101000001,1,430,").await.unwrap();
        t.clock.set(Time::from_micros(NOON.micros() + 1));
        import(&t.db, "991010151100101,李博,澳门身份证,99101000009,1,424,").await.unwrap();
        assert_eq!(best(&t.db, "99101000001").await, None);
        assert_eq!(best(&t.db, "99101000009").await, Some(424));
    }

    async fn a_ticket_that_was_written_down_for_two_persons_is_reported_and_speaks_for_each(t: TestDb) {
        let rows = "991010151100101,李博,澳门身份证,1,1,430,\n991010151100101,王,澳门身份证,2,1,520,";
        let done = import(&t.db, rows).await.unwrap();
        let told: Vec<String> = done.warnings.iter().map(ToString::to_string).collect();
        let shared = "line 3: 准考证号: stands with another document in line 2; both are taken";
        assert!(told.iter().any(|told| told == shared), "{told:?}");
        assert_eq!((best(&t.db, "1").await, best(&t.db, "2").await), (Some(430), Some(520)));
        let ticket = Ticket::parse("991010151100101").unwrap();
        for (document, name, points) in [("1", "", 430), ("2", "李博", 520), ("3", "李博", 430), ("3", "王", 520)] {
            let key = key(DocumentKind::MacauId, document).bytes();
            let found = t.db.read(async move |tx| store::by_ticket(tx, ticket, &key, name).await).await.unwrap();
            assert_eq!(found.unwrap().points, points, "{document} {name}");
        }
    }

    async fn wrong_rows_are_told_and_nothing_is_stored(t: TestDb) {
        for (row, told) in [
            ("99101015110010,李博,澳门身份证,1,1,430,", "line 2: 准考证号: expected 15 digits"),
            ("9.9101E+14,李博,澳门身份证,1,1,430,", "line 2: 准考证号: expected text, found a number of a spreadsheet"),
            ("991010151100101,李博,澳门身份证,1,2,430,", "line 2: 科目: expected 1, which the ticket number names"),
            ("991010151100101,李博,澳门身份证,1,1,711,", "line 2: 成绩: expected a whole number from 0 to 710"),
        ] {
            let found = errors(&t.db, row).await;
            assert_eq!(found.len(), 1, "{found:?}");
            assert!(found[0].starts_with(told), "{}", found[0]);
        }
        for (rows, (first, second)) in [
            ("991010151100101,李博,澳门身份证,1,1,430,\n991010151100101,王,澳门身份证,1,1,431,", (2, 3)),
            (
                "991010151100101,李博,澳门身份证,1,1,430,\n991010151100101,王,澳门身份证,2,1,430,\n\
                 991010151100101,王,澳门身份证,2,1,431,",
                (3, 4),
            ),
        ] {
            assert_eq!(errors(&t.db, rows).await, [
                format!("line {first}: 准考证号: stands twice in this file, again in line {second}"),
                format!("line {second}: 准考证号: stands twice in this file, first in line {first}"),
            ]);
        }
        assert_eq!(best(&t.db, "1").await, None);
    }

    /// season.md 3.
    async fn wrong_rows_are_told_in_chinese_too(t: TestDb) {
        let rows = "1,李博,澳门身份证,1,1,430,\n991010151100101,李博,澳门身份证,1,CET4,430,\n991010151100102,李博,澳门身份证,2,1,711,";
        let Err(ImportError::Rows { findings, .. }) = import(&t.db, rows).await else { panic!("all rows are wrong") };
        assert_eq!(findings.errors.len(), 3);
        for fault in &findings.errors {
            let told = Say::say(fault, texts(Lang::Zh));
            assert!(!told.chars().any(|c| c.is_ascii_lowercase()), "{told}");
        }
    }
}
