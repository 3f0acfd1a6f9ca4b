//! Two members of staff who bar one student at the same moment. A counterexample (`twin_…`) runs production's statements
//! without the lock of the record, and loses one of the two.

use std::collections::BTreeSet;

use tokio::sync::Notify;

use super::*;
use crate::roster::ticked::{Barred, Barring, bar};
use crate::store::testing::{Kind, TestDb, block_on};
use crate::words::codes::SubjectCode;
use crate::words::ids::RecordId;

async fn student(t: &TestDb) -> (SchoolCode, RecordId) {
    sitting(&t.db).await;
    import(&t.db, &File::of(format!("{HEAD}\n{GOOD}\n")).path()).await.unwrap();
    let of = find(&t.db, "330101199001010000").await.unwrap();
    (of.school, of.id)
}

/// Tells that a bar is written, and waits before it is committed.
struct Pause {
    written: Notify,
    go_on: Notify,
}

/// A node bars the student from one subject.
fn bars(
    db: Db,
    key: (SchoolCode, RecordId),
    subject: &'static str,
    is_locked: bool,
    pause: Option<Arc<Pause>>,
) -> tokio::task::JoinHandle<Barred> {
    let (scope, sitting) = (Scope::nation(), SittingCode::parse("2017-2").unwrap());
    let (subjects, actor) =
        (vec![SubjectCode::parse(subject).unwrap()], Actor::Staff("school-99101".to_owned()));
    tokio::spawn(async move {
        let done: Result<Barred, DbError> = db
            .write(async move |tx: &mut Tx<'_>| {
                if !is_locked {
                    tx.leave_out("FOR UPDATE");
                }
                let became = bar(tx, &scope, &sitting, key, (&subjects, Barring::Bar), (&actor, "")).await?;
                if let Some(pause) = &pause {
                    pause.written.notify_one();
                    pause.go_on.notified().await;
                }
                Ok(became)
            })
            .await;
        done.unwrap()
    })
}

async fn barred(db: &Db) -> BTreeSet<String> {
    let of = find(db, "330101199001010000").await.unwrap();
    of.barred.0.iter().map(ToString::to_string).collect()
}

async fn waiting_for_locks(db: &Db) -> i64 {
    let sql = "SELECT COUNT(*) FROM pg_stat_activity
                WHERE datname = current_database() AND wait_event IN ('transactionid', 'tuple')";
    let found: Result<(i64,), DbError> =
        db.read(async move |tx: &mut Tx<'_>| tx.query_one(sql, &[]).await).await;
    found.unwrap().0
}

/// What the student is barred from after two bars of which the second begins before the first is committed.
async fn barred_by_two(t: TestDb, is_locked: bool) -> BTreeSet<String> {
    let key = student(&t).await;
    let pause = Arc::new(Pause { written: Notify::new(), go_on: Notify::new() });
    let first = bars(t.db.clone(), key, "1", is_locked, Some(Arc::clone(&pause)));
    pause.written.notified().await;
    let second = bars(t.another_node().await, key, "2", is_locked, None);
    while !second.is_finished() && waiting_for_locks(&t.db).await < 1 {}
    pause.go_on.notify_one();
    assert_ne!(first.await.unwrap(), Barred::Gone);
    assert_ne!(second.await.unwrap(), Barred::Gone);
    barred(&t.db).await
}

on_both! {
    /// S2, R4.
    async fn of_many_bars_of_one_student_on_two_nodes_each_stands(t: TestDb) {
        let key = student(&t).await;
        let other = t.another_node().await;
        for _ in 0..20 {
            let one = bars(t.db.clone(), key, "1", true, None);
            let two = bars(other.clone(), key, "2", true, None);
            one.await.unwrap();
            two.await.unwrap();
            assert_eq!(barred(&t.db).await.len(), 2);
            let emptied: Result<u64, DbError> = t.db.write(async |tx: &mut Tx<'_>| {
                tx.execute("UPDATE student_record SET barred_subjects = ''", &[]).await
            }).await;
            emptied.unwrap();
        }
    }
}

/// S2. SQLite has one writer: nothing comes in between.
#[test]
fn a_bar_waits_for_the_lock_of_the_record_and_adds_to_what_it_finds_then_on_postgres() {
    block_on(Kind::Postgres, async |t| assert_eq!(barred_by_two(t, true).await.len(), 2));
}

/// S2.
#[test]
fn twin_without_the_lock_of_the_record_one_of_two_bars_is_lost_on_postgres() {
    block_on(Kind::Postgres, async |t| {
        let kept = barred_by_two(t, false).await;
        assert_eq!(kept.len(), 1, "the race was not lost without the lock: {kept:?}");
    });
}
