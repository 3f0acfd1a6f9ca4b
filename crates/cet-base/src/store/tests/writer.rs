//! SQLite's writer is blocked by another process: nobody waits forever.

use std::time::Duration;

use super::*;
use crate::store::testing::{Kind, fresh};

#[tokio::test]
async fn who_waits_too_long_for_sqlites_writer_is_told_that_nothing_began_and_nothing_does() {
    let t = fresh(Kind::Sqlite).await;
    let limits = Limits { writer: Duration::from_millis(100), ..Limits::default() };
    let settings =
        Settings { url: t.url.clone(), pool: 1, durable: false, clock: t.clock.clone(), node: 904 };
    let db = Db::open_with(settings, limits).await.unwrap();
    let other = rusqlite::Connection::open(t.url.trim_start_matches("sqlite:")).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let told = db.write(async |tx: &mut Tx<'_>| put(tx, "11").await).await;
    assert_eq!(told, Err(DbError::Busy));
    assert_eq!(count(&db).await, 0);
    other.execute_batch("ROLLBACK").unwrap();
    assert_eq!(t.db.write(async |tx: &mut Tx<'_>| put(tx, "12").await).await, Ok(1));
    let mut written = Err(DbError::Busy);
    while written == Err(DbError::Busy) {
        written = db.write(async |tx: &mut Tx<'_>| put(tx, "13").await).await;
    }
    assert_eq!((written, count(&db).await), (Ok(1), 2), "what was given up never began");
}

#[tokio::test]
async fn a_use_case_that_sqlites_writer_has_begun_and_not_ended_is_unknown() {
    let t = fresh(Kind::Sqlite).await;
    let limits = Limits { writer: Duration::from_millis(100), ..Limits::default() };
    let settings =
        Settings { url: t.url.clone(), pool: 1, durable: false, clock: t.clock.clone(), node: 905 };
    let db = Db::open_with(settings, limits).await.unwrap();
    let (release, held) = std::sync::mpsc::channel::<()>();
    let held = std::sync::Mutex::new(held);
    let told = db
        .write(async move |tx: &mut Tx<'_>| {
            let done = put(tx, "11").await;
            let _released = held.lock().unwrap().recv();
            done
        })
        .await;
    assert!(matches!(told, Err(DbError::Unknown(_))), "{told:?}");
    release.send(()).unwrap();
    assert_eq!(db.write(async |tx: &mut Tx<'_>| put(tx, "12").await).await, Ok(1));
    assert_eq!(count(&db).await, 2, "it was kept in the end");
}
