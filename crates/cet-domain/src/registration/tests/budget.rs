//! The daily limit holds, also for concurrent lookups on two nodes.

use crate::registration::DOCUMENTS_A_DAY;
use std::sync::Arc;

use tokio::sync::Notify;

use super::*;
use crate::on_both;
use crate::store::testing::{Kind, NOON, TestDb, block_on};
use crate::store::{Db, DbError};

async fn look(db: &Db, document: u8) -> bool {
    db.write(async move |tx| spend_look_up(tx, PassportId(1), &[document], DOCUMENTS_A_DAY).await)
        .await
        .unwrap()
        .is_ok()
}

async fn left(t: &TestDb) -> usize {
    t.db.read(async |tx| look_ups_left(tx, PassportId(1), DOCUMENTS_A_DAY).await).await.unwrap()
}

on_both! {
    /// W2.
    async fn the_sixth_document_of_a_day_is_refused_and_a_known_one_is_not(t: TestDb) {
        for document in 0..5 {
            assert!(look(&t.db, document).await);
        }
        assert_eq!(left(&t).await, 0);
        assert!(!look(&t.db, 5).await);
        assert!(look(&t.db, 3).await);
        t.clock.set(NOON.plus(jiff::SignedDuration::from_hours(12)));
        assert!(look(&t.db, 5).await);
        assert_eq!(left(&t).await, 4);
    }

    async fn of_twenty_documents_at_once_five_are_looked_up(t: TestDb) {
        let other = t.another_node().await;
        let tasks: Vec<_> = (0..20).map(|document| {
            let db = if document % 2 == 0 { t.db.clone() } else { other.clone() };
            tokio::spawn(async move { look(&db, document).await })
        }).collect();
        let mut found = 0;
        for task in tasks {
            found += usize::from(task.await.unwrap());
        }
        assert_eq!(found, 5);
    }
}

/// How many of ten lookups are granted that have all read the day's list before the first of them is stored.
async fn granted_of_ten(t: &TestDb) -> usize {
    let (locked, go_on) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let blocker = {
        let (db, locked, go_on) = (t.db.clone(), Arc::clone(&locked), Arc::clone(&go_on));
        tokio::spawn(async move {
            let done: Result<u64, DbError> = db
                .write(async move |tx| {
                    let rows = tx.execute("LOCK TABLE document_lookup IN SHARE MODE", &[]).await?;
                    locked.notify_one();
                    go_on.notified().await;
                    Ok(rows)
                })
                .await;
            done.unwrap()
        })
    };
    locked.notified().await;
    let other = t.another_node().await;
    let tasks: Vec<_> = (0..10)
        .map(|document| {
            let db = other.clone();
            tokio::spawn(async move { look(&db, document).await })
        })
        .collect();
    let waiting = "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
    while t.db.read(async move |tx| tx.query_one::<(i64,)>(waiting, &[]).await).await.unwrap().0 < 10 {}
    go_on.notify_one();
    blocker.await.unwrap();
    let mut granted = 0;
    for task in tasks {
        granted += usize::from(task.await.unwrap());
    }
    granted
}

/// W2. SQLite has one writer: nobody reads the list while another stores a lookup.
#[test]
fn of_ten_documents_that_all_found_a_free_slot_five_are_looked_up_on_postgres() {
    block_on(Kind::Postgres, async |t| assert_eq!(granted_of_ten(&t).await, 5));
}

/// W2.
#[test]
fn twin_without_the_key_of_a_slot_ten_documents_are_looked_up_on_postgres() {
    block_on(Kind::Postgres, async |t: TestDb| {
        let dropped = "ALTER TABLE document_lookup DROP CONSTRAINT document_lookup_pkey";
        t.db.write(async move |tx| tx.execute(dropped, &[]).await).await.unwrap();
        assert_eq!(granted_of_ten(&t).await, 10, "the race was not lost without the key");
    });
}
