//! Waits for the database are visible while they last, and their durations afterwards.

use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex};

use super::*;
use crate::params;
use crate::store::testing::{Kind, fresh};
use crate::words::codes::SchoolCode;

async fn until(is_so: impl Fn() -> bool) {
    let soon = async {
        while !is_so() {
            tokio::task::yield_now().await;
        }
    };
    assert!(
        tokio::time::timeout(std::time::Duration::from_secs(30), soon).await.is_ok(),
        "it never came to that"
    );
}

#[tokio::test]
async fn use_cases_before_sqlites_writer_are_its_queue() {
    let t = fresh(Kind::Sqlite).await;
    let before = t.db.load().queue.count();
    let (release, held) = channel::<()>();
    let held: Arc<Mutex<Receiver<()>>> = Arc::new(Mutex::new(held));
    let (begun, is_begun) = channel();
    let db = t.db.clone();
    let first = tokio::spawn(async move {
        db.write(async move |tx: &mut Tx<'_>| {
            begun.send(()).map_err(|_| DbError::Busy)?;
            let _released = held.lock().unwrap().recv();
            tx.now().await
        })
        .await
    });
    until(|| is_begun.try_recv().is_ok()).await;
    let others: Vec<_> = (0..3)
        .map(|_| {
            let db = t.db.clone();
            tokio::spawn(async move { db.write(async |tx: &mut Tx<'_>| tx.now().await).await })
        })
        .collect();
    until(|| t.db.load().queue_length == 3).await;
    assert_eq!(t.db.load().queue.count(), before + 1, "the three have not begun");
    release.send(()).unwrap();
    first.await.unwrap().unwrap();
    for other in others {
        other.await.unwrap().unwrap();
    }
    let after = t.db.load();
    assert_eq!((after.queue_length, after.queue.count()), (0, before + 4));
}

#[tokio::test]
async fn use_cases_that_want_one_schools_rows_and_connections_that_are_waited_for_are_seen_on_postgresql() {
    let t = fresh(Kind::Postgres).await;
    // One school's rows may use one of four connections.
    let settings =
        Settings { url: t.url.clone(), pool: 4, durable: false, clock: t.clock.clone(), node: 906 };
    let db = Db::open(settings).await.unwrap();
    let gate = Arc::new(tokio::sync::Semaphore::new(0));
    let working = |school: Option<&str>| {
        let (db, gate) = (db.clone(), Arc::clone(&gate));
        let school = school.map(|code| SchoolCode::parse(code).unwrap());
        tokio::spawn(async move {
            db.write(async move |tx: &mut Tx<'_>| {
                if let Some(school) = school {
                    tx.turn(school)?;
                }
                let _turn = gate.acquire().await.map_err(|_| DbError::Busy)?;
                tx.query_one::<(i64,)>("SELECT CAST($1 AS BIGINT)", params![1_i64]).await
            })
            .await
        })
    };
    let of = |name: &str| db.load().pools.into_iter().find(|pool| pool.name == name).unwrap();
    let mut tasks = vec![working(Some("99301"))];
    until(|| of("write").busy == 1).await;
    tasks.extend([working(Some("99301")), working(Some("99301"))]);
    until(|| db.load().queue_length == 2).await;
    assert_eq!(db.load().queue.count(), 0, "they still wait");
    tasks.extend([working(None), working(None), working(None)]);
    until(|| of("write").busy == 4).await;
    tasks.extend([working(None), working(None)]);
    until(|| of("write").waiting == 2).await;
    let (write, read) = (of("write"), of("read"));
    assert_eq!((write.most, write.idle, read.busy, read.waiting), (4, 0, 0, 0));
    gate.add_permits(100);
    for task in tasks {
        task.await.unwrap().unwrap();
    }
    let after = db.load();
    assert_eq!((after.queue_length, after.queue.count()), (0, 2));
    let write = of("write");
    assert_eq!((write.waiting, write.busy, write.idle), (0, 0, 4));
    assert!(write.wait.count() >= 8, "{}", write.wait.count());
}
