//! The daily limit holds, also for concurrent lookups on two nodes.

use crate::registration::DOCUMENTS_A_DAY;
use std::sync::Arc;

use tokio::sync::Barrier;

use super::*;
use crate::on_both;
use crate::store::Db;
use crate::store::testing::{NOON, TestDb};

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

    async fn twin_who_counts_first_and_looks_up_then_passes_the_budget(t: TestDb) {
        let all_counted = Arc::new(Barrier::new(10));
        let tasks: Vec<_> = (0..10).map(|_| {
            let (db, all_counted) = (t.db.clone(), Arc::clone(&all_counted));
            tokio::spawn(async move {
                let left = db.read(async |tx| look_ups_left(tx, PassportId(1), DOCUMENTS_A_DAY).await).await.unwrap();
                all_counted.wait().await;
                left > 0
            })
        }).collect();
        let mut found = 0;
        for task in tasks {
            found += usize::from(task.await.unwrap());
        }
        assert_eq!(found, 10);
    }
}
