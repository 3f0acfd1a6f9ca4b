//! A job survives panics, failures and hanging rounds, on both databases, and metrics show it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use super::*;
use crate::store::Tx;
use crate::store::testing::NOON;
use crate::words::time::Time;
use cet_base::on_both;
use cet_site::testing::TestApp;

const PLAN: Plan = Plan {
    name: "test",
    limit: Duration::from_mins(1),
    rest: Duration::from_mins(1),
    always_rests: false,
    longest: Duration::MAX,
};

/// Waits until a condition holds, waking the job repeatedly.
async fn until(app: &App, is_so: impl Fn() -> bool) {
    let soon = async {
        while !is_so() {
            app.wake_jobs();
            tokio::task::yield_now().await;
        }
    };
    assert!(tokio::time::timeout(Duration::from_secs(30), soon).await.is_ok(), "it never came to that");
}

/// When a round of the test's job last succeeded, and how many failed.
fn figures(app: &App) -> (Option<Time>, u64) {
    let all = app.jobs.figures();
    all.iter()
        .find(|(job, ..)| *job == "test")
        .map_or((None, 0), |(_, success, failures)| (*success, *failures))
}

on_both! {
    async fn a_job_that_panics_runs_again(t: TestDb) {
        let node = TestApp::on(t).await;
        let app = node.app.clone();
        let rounds = Arc::new(AtomicU64::new(0));
        let (counted, db) = (Arc::clone(&rounds), app.db.clone());
        let round = move || {
            let (number, db) = (counted.fetch_add(1, Ordering::SeqCst), db.clone());
            async move {
                db.write(async move |tx: &mut Tx<'_>| {
                    tx.execute("DELETE FROM province", &[]).await?;
                    assert!(number > 2, "planned");
                    Ok::<_, DbError>(())
                }).await?;
                assert!(number > 4, "planned, outside of the database");
                Ok(Round::default())
            }
        };
        let (stop, stopped) = watch::channel(false);
        let job = tokio::spawn(repeat(PLAN, app.clone(), stopped, round));
        until(&app, || figures(&app).1 == 5).await;
        until(&app, || figures(&app).0 == Some(NOON)).await;
        assert!(rounds.load(Ordering::SeqCst) >= 6);
        // The database connections can still be used by others.
        for _ in 0..20 {
            app.db.write(async |tx: &mut Tx<'_>| tx.execute("DELETE FROM province", &[]).await).await.unwrap();
        }
        stop.send(true).unwrap();
        job.await.unwrap();
    }

    async fn a_round_that_does_not_end_is_told_and_broken_off(t: TestDb) {
        let node = TestApp::on(t).await;
        let app = node.app.clone();
        let hangs = Arc::new(AtomicBool::new(true));
        let still = Arc::clone(&hangs);
        let round = move || {
            let hang = still.load(Ordering::SeqCst);
            async move {
                if hang {
                    std::future::pending::<()>().await;
                }
                Ok(Round::default())
            }
        };
        let (_stop, stopped) = watch::channel(false);
        let plan = Plan { limit: Duration::from_millis(5), ..PLAN };
        let job = tokio::spawn(repeat(plan, app.clone(), stopped, round));
        until(&app, || app.alarms.count(alarms::JOB_STUCK) >= 2).await;
        until(&app, || figures(&app).1 > 0).await;
        hangs.store(false, Ordering::SeqCst);
        until(&app, || figures(&app).0 == Some(NOON)).await;
        job.abort();
    }

    async fn what_a_round_set_aside_sounds_the_alarm(t: TestDb) {
        let node = TestApp::on(t).await;
        let app = node.app.clone();
        let first = Arc::new(AtomicBool::new(true));
        let round = move || {
            let set_aside = i64::from(first.swap(false, Ordering::SeqCst));
            async move { Ok(Round { set_aside, ..Round::default() }) }
        };
        let (stop, stopped) = watch::channel(false);
        let job = tokio::spawn(repeat(PLAN, app.clone(), stopped, round));
        until(&app, || app.alarms.count(alarms::SET_ASIDE) == 1).await;
        stop.send(true).unwrap();
        job.await.unwrap();
        assert_eq!(app.alarms.count(alarms::SET_ASIDE), 1);
    }
}

#[tokio::test]
async fn a_job_without_its_node_ends() {
    let app = TestApp::new(crate::store::testing::Kind::Sqlite).await;
    let (stop, stopped) = watch::channel(false);
    let job = tokio::spawn(repeat(PLAN, app.app.clone(), stopped, async || Ok(Round::default())));
    drop(stop);
    assert!(tokio::time::timeout(Duration::from_secs(30), job).await.is_ok_and(|ended| ended.is_ok()));
}
