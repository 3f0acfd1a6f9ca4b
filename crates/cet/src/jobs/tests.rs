//! All jobs of a node: visible from the start, restarted when one ends, and what one bad item does to the rest.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use jiff::SignedDuration;

use super::*;
use crate::store::testing::{Kind, NOON, TestDb};
use crate::store::{Db, Tx};
use crate::words::codes::SchoolCode;
use cet_base::on_both;
use cet_base::params;
use cet_domain::jobs::batch::{Batching, Key, Queue, Round, finding, run};
use cet_site::testing::TestApp;

async fn until(is_so: impl Fn() -> bool) {
    let soon = async {
        while !is_so() {
            tokio::task::yield_now().await;
        }
    };
    assert!(tokio::time::timeout(Duration::from_secs(30), soon).await.is_ok(), "it never came to that");
}

/// O3.
#[tokio::test]
async fn each_job_runs_and_is_seen_and_all_end_with_the_node() {
    let app = TestApp::new(Kind::Sqlite).await;
    let (stop, stopped) = watch::channel(false);
    let jobs = start(&app.app, Delivery::Mailbox, &stopped);
    for job in Job::all() {
        let name = job.plan().name;
        until(|| app.app.jobs.figures().contains(&(name, Some(NOON), 0))).await;
    }
    stop.send(true).unwrap();
    app.app.wake_jobs();
    jobs.end().await;
    assert_eq!(app.app.alarms.count(crate::alarms::JOB_ENDED), 0);
}

#[tokio::test]
async fn a_job_whose_task_ends_is_told_and_begun_again() {
    let app = TestApp::new(Kind::Sqlite).await;
    let (_stop, stopped) = watch::channel(false);
    let begun = Arc::new(AtomicU64::new(0));
    let count = Arc::clone(&begun);
    let task = move |name: &'static str, _| -> BoxFuture<'static, ()> {
        let number = if name == "mortal" { count.fetch_add(1, Ordering::SeqCst) } else { 9 };
        Box::pin(async move {
            assert!(number > 0, "planned");
            std::future::pending::<()>().await;
        })
    };
    let all = vec!["mortal", "other"];
    let keeper = tokio::spawn(keep(app.app.clone(), all, |name| name, stopped, task));
    until(|| begun.load(Ordering::SeqCst) == 2).await;
    assert_eq!(app.app.alarms.count(crate::alarms::JOB_ENDED), 1);
    keeper.abort();
}

/// Provinces that are to be deleted, one of which can't be.
struct Provinces<'a> {
    db: &'a Db,
    way: Batching,
    bad: &'a AtomicBool,
    panics: bool,
    batches: &'a AtomicU64,
}

impl Queue for Provinces<'_> {
    type Item = String;

    fn job(&self) -> &'static str {
        "test"
    }

    fn batching(&self) -> Batching {
        self.way
    }

    fn key(&self, item: &String) -> Key {
        Key { school: SchoolCode::NONE, item: item.clone() }
    }

    fn waiting(&self, most: i64) -> BoxFuture<'_, Result<Vec<String>, DbError>> {
        Box::pin(async move {
            let rows = self.db.read(async move |tx: &mut Tx<'_>| {
                tx.query::<(String,)>("SELECT code FROM province ORDER BY code LIMIT $1", params![most]).await
            });
            Ok(rows.await?.into_iter().map(|(code,)| code).collect())
        })
    }

    fn work(&self, items: Vec<String>) -> BoxFuture<'_, Result<i64, DbError>> {
        Box::pin(async move {
            self.batches.fetch_add(1, Ordering::SeqCst);
            let (bad, panics) = (self.bad.load(Ordering::SeqCst), self.panics);
            self.db
                .write(async move |tx: &mut Tx<'_>| {
                    let mut gone = 0;
                    for code in &items {
                        gone += tx.execute("DELETE FROM province WHERE code = $1", params![code]).await?;
                        if bad && code == "03" {
                            assert!(!panics, "planned");
                            return Err(DbError::Decode("province"));
                        }
                    }
                    Ok(i64::try_from(gone).unwrap())
                })
                .await
        })
    }
}

async fn fill(t: &TestDb) {
    t.db.write(async |tx: &mut Tx<'_>| {
        for n in 1..=12 {
            let code = format!("{n:02}");
            tx.execute("INSERT INTO province (code, name) VALUES ($1, '')", params![code]).await?;
        }
        Ok::<_, DbError>(())
    })
    .await
    .unwrap();
}

async fn left(t: &TestDb) -> Vec<String> {
    let rows: Vec<(String,)> =
        t.db.read(async |tx: &mut Tx<'_>| tx.query("SELECT code FROM province ORDER BY code", &[]).await)
            .await
            .unwrap();
    rows.into_iter().map(|(code,)| code).collect()
}

async fn told(t: &TestDb) -> Vec<String> {
    finding(&t.db).await.unwrap().violations
}

/// One bad item among twelve, in batches of five, until it is repaired.
async fn one_is_bad(t: TestDb, way: Batching, panics: bool) {
    fill(&t).await;
    let (bad, batches) = (AtomicBool::new(true), AtomicU64::new(0));
    let queue = Provinces { db: &t.db, way, bad: &bad, panics, batches: &batches };
    let mut whole = Round::default();
    for _ in 0..4 {
        whole = whole.and(run(&t.db, &queue).await.unwrap());
    }
    assert_eq!(left(&t).await, ["03"], "the others do not wait");
    assert_eq!((whole.done, whole.set_aside), (11, 1), "told once");
    let lines = told(&t).await;
    assert_eq!(lines.len(), 1);
    assert!(
        lines[0].starts_with("test: school 00000, 03, since 2017-09-20 12:00, tried 1 times: "),
        "{lines:?}"
    );
    // Until its retry time it costs nothing.
    let before = batches.load(Ordering::SeqCst);
    assert_eq!(run(&t.db, &queue).await.unwrap(), Round { left: 1, ..Round::default() });
    assert_eq!(batches.load(Ordering::SeqCst), before);
    for (seconds, tries) in [(30, 2), (60, 3)] {
        t.clock.set(t.clock.process_now().plus(SignedDuration::from_secs(seconds)));
        for _ in 0..3 {
            assert_eq!(run(&t.db, &queue).await.unwrap().set_aside, 0);
        }
        assert!(told(&t).await[0].contains(&format!("since 2017-09-20 12:00, tried {tries} times")));
    }
    bad.store(false, Ordering::SeqCst);
    t.clock.set(t.clock.process_now().plus(SignedDuration::from_secs(120)));
    assert_eq!(run(&t.db, &queue).await.unwrap(), Round::of(1));
    assert_eq!((left(&t).await.len(), told(&t).await.len()), (0, 0), "it is worked on like anything else");
}

on_both! {
    async fn one_bad_piece_of_a_batch_is_set_aside_and_the_rest_goes_on(t: TestDb) {
        one_is_bad(t, Batching::Together(5), false).await;
    }

    async fn one_bad_piece_among_single_ones_is_set_aside(t: TestDb) {
        one_is_bad(t, Batching::Alone { most: 5, at_once: 3 }, false).await;
    }

    async fn a_piece_that_panics_is_set_aside_like_any_other(t: TestDb) {
        one_is_bad(t, Batching::Together(5), true).await;
    }

    async fn what_was_set_aside_and_is_gone_is_forgotten(t: TestDb) {
        fill(&t).await;
        let (bad, batches) = (AtomicBool::new(true), AtomicU64::new(0));
        let queue = Provinces { db: &t.db, way: Batching::Together(50), bad: &bad, panics: false, batches: &batches };
        assert_eq!(run(&t.db, &queue).await.unwrap(), 11);
        t.db.write(async |tx: &mut Tx<'_>| tx.execute("DELETE FROM province", &[]).await).await.unwrap();
        assert_eq!(run(&t.db, &queue).await.unwrap(), 0);
        assert_eq!(told(&t).await.len(), 1, "not before its time");
        t.clock.set(t.clock.process_now().plus(SignedDuration::from_secs(30)));
        assert_eq!(run(&t.db, &queue).await.unwrap().done, 0);
        assert_eq!(told(&t).await.len(), 0);
    }

    async fn of_two_nodes_that_fail_at_one_piece_one_tells(t: TestDb) {
        fill(&t).await;
        let other = t.another_node().await;
        let (bad, batches) = (AtomicBool::new(true), AtomicU64::new(0));
        let way = Batching::Together(12);
        let here = Provinces { db: &t.db, way, bad: &bad, panics: false, batches: &batches };
        let there = Provinces { db: &other, way, bad: &bad, panics: false, batches: &batches };
        let (one, two) = tokio::join!(run(&t.db, &here), run(&other, &there));
        assert_eq!(one.unwrap().and(two.unwrap()).set_aside, 1);
        assert_eq!(left(&t).await, ["03"]);
    }

    async fn a_database_that_takes_nothing_sets_nothing_aside(t: TestDb) {
        fill(&t).await;
        let (bad, batches) = (AtomicBool::new(true), AtomicU64::new(0));
        let queue = Provinces { db: &t.db, way: Batching::Together(12), bad: &bad, panics: false, batches: &batches };
        t.db.write(async |tx: &mut Tx<'_>| tx.execute("ALTER TABLE job_aside RENAME TO gone", &[]).await).await.unwrap();
        assert!(run(&t.db, &queue).await.is_err());
        t.db.write(async |tx: &mut Tx<'_>| tx.execute("ALTER TABLE gone RENAME TO job_aside", &[]).await).await.unwrap();
        assert_eq!((left(&t).await.len(), told(&t).await.len()), (12, 0));
    }

    async fn a_dead_row_that_can_not_be_deleted_does_not_keep_the_others(t: TestDb) {
        let app = TestApp::on(t).await;
        for n in 1..=3 {
            app.signed_in(n).await;
        }
        app.t.clock.set(app.t.clock.process_now().plus(SignedDuration::from_hours(30)));
        poison(&app.t, "session", "passport_id = 2").await;
        let mut whole = Round::default();
        for _ in 0..3 {
            whole = whole.and(crate::passport::jobs::sweep(&app.app).await.unwrap());
        }
        assert_eq!((whole.done, whole.set_aside), (2, 1));
        let lines = told(&app.t).await;
        assert!(lines.len() == 1 && lines[0].starts_with("sessions: school 00000, "), "{lines:?}");
        heal(&app.t, "session").await;
        app.t.clock.set(app.t.clock.process_now().plus(SignedDuration::from_secs(30)));
        assert_eq!(crate::passport::jobs::sweep(&app.app).await.unwrap(), 1);
        assert_eq!(told(&app.t).await.len(), 0);
    }

    async fn a_request_that_can_not_be_answered_does_not_keep_the_others(t: TestDb) {
        let app = TestApp::on(t).await;
        let good = app.app.vault.seal("liao@example.cn").unwrap();
        app.t.db.write(async move |tx: &mut Tx<'_>| {
            let bad = vec![1_u8; 40];
            for (id, sealed) in [(1_i64, &bad), (2, &good), (3, &good)] {
                tx.execute("INSERT INTO recovery_request (id, sealed, lang, address) VALUES ($1, $2, 'zh', '')",
                    params![id, sealed]).await?;
            }
            Ok::<_, DbError>(())
        }).await.unwrap();
        let round = crate::passport::jobs::recover(&app.app).await.unwrap();
        assert_eq!((round.done, round.set_aside), (2, 1));
        let lines = told(&app.t).await;
        assert!(lines.len() == 1 && lines[0].starts_with("recovery: school 00000, 1, "), "{lines:?}");
    }

    async fn an_import_that_can_not_be_removed_does_not_keep_the_others(t: TestDb) {
        t.db.write(async |tx: &mut Tx<'_>| tx.execute(
            "INSERT INTO import (id, kind, sitting, file_name, file_hash, row_count, state, started_at)
             VALUES (1, 'roster', '2017-2', 'a', 'a', 0, 'abandoned', 1), (2, 'roster', '2017-2', 'b', 'b', 0, 'staging', 1)",
            &[]).await).await.unwrap();
        poison(&t, "import", "id = 1").await;
        let mut whole = Round::default();
        for _ in 0..4 {
            whole = whole.and(crate::import::jobs::sweep(&t.db).await.unwrap());
        }
        assert_eq!((whole.done, whole.set_aside), (1, 1));
        heal(&t, "import").await;
        t.clock.set(t.clock.process_now().plus(SignedDuration::from_secs(30)));
        assert_eq!(crate::import::jobs::sweep(&t.db).await.unwrap(), 1);
        assert_eq!(told(&t).await.len(), 0);
    }
}

/// Makes rows of a table undeletable.
async fn poison(t: &TestDb, table: &'static str, bad: &'static str) {
    let old = bad.split(' ').next().unwrap();
    let of = bad.replace(old, &format!("OLD.{old}"));
    let statements = if t.url.starts_with("sqlite:") {
        vec![format!(
            "CREATE TRIGGER poison BEFORE DELETE ON {table} WHEN {of} BEGIN SELECT RAISE(ABORT, 'poison'); END"
        )]
    } else {
        vec![
            "CREATE FUNCTION poison() RETURNS TRIGGER LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''poison''; END'".to_owned(),
            format!("CREATE TRIGGER poison BEFORE DELETE ON {table} FOR EACH ROW WHEN ({of}) EXECUTE FUNCTION poison()"),
        ]
    };
    for sql in statements {
        t.db.write(async move |tx: &mut Tx<'_>| tx.execute(&sql, &[]).await).await.unwrap();
    }
}

async fn heal(t: &TestDb, table: &'static str) {
    let sql = if t.url.starts_with("sqlite:") {
        "DROP TRIGGER poison".to_owned()
    } else {
        format!("DROP TRIGGER poison ON {table}")
    };
    t.db.write(async move |tx: &mut Tx<'_>| tx.execute(&sql, &[]).await).await.unwrap();
}
