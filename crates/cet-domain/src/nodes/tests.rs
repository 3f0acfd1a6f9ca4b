//! Numbers of nodes on both databases.

use std::sync::Arc;

use jiff::SignedDuration;

use super::jobs::round;
use super::*;
use crate::alarms::{Alarms, NODE_NUMBER};
use crate::on_both;
use crate::store::testing::{NOON, TestDb};
use crate::store::{Db, DbError, Settings, Stop, Tx};

fn start(number: u16, mark: &str) -> Arc<Holder> {
    let vault = Vault::parse(&Vault::new_key_file().unwrap()).unwrap();
    Arc::new(Holder::new((number, mark), &vault).unwrap())
}

async fn marks(t: &TestDb) -> Vec<(i64, String, i64)> {
    let rows: Result<_, DbError> = t.db.read(async |tx: &mut Tx<'_>| all(tx).await).await;
    rows.unwrap().into_iter().map(|row| (row.number, row.mark, row.beats)).collect()
}

async fn nothing() {}

/// The database as another process has it open.
async fn another(t: &TestDb) -> Db {
    let settings =
        Settings { url: t.url.clone(), pool: 2, durable: false, clock: t.clock.clone(), node: 907 };
    Db::open(settings).await.unwrap()
}

on_both! {
    async fn a_number_that_a_running_node_holds_is_refused_and_the_first_node_goes_on(t: TestDb) {
        let (first, second, alarms) = (start(3, "first"), start(3, "second"), Alarms::default());
        take(&t.db, &first, nothing).await.unwrap();
        let renewed = async || {
            round(&t.db, &first, &alarms).await.unwrap();
        };
        let Err(Stop::Refused(held)) = take(&t.db, &second, renewed).await else { panic!("not refused") };
        assert_eq!(held, Held { number: 3, mark: "first".to_owned(), since: NOON });
        let said = held.to_string();
        for part in ["server.node 3", "server.node_mark first", &NOON.to_string(), "stop the other one"] {
            assert!(said.contains(part), "{said}");
        }
        assert_eq!((first.lost(), alarms.count(NODE_NUMBER)), (None, 0));
        take(&t.db, &start(4, "other"), nothing).await.unwrap();
        assert_eq!(marks(&t).await, [(3, "first".to_owned(), 1), (4, "other".to_owned(), 0)]);
    }

    async fn the_number_of_a_killed_node_is_taken_at_once_when_it_was_not_seen_for_the_lease_and_after_it_else(t: TestDb) {
        take(&t.db, &start(3, "killed"), nothing).await.unwrap();
        let looks = std::cell::Cell::new(0_u32);
        let counting = async || looks.set(looks.get() + 1);
        take(&t.db, &start(3, "next"), counting).await.unwrap();
        assert_eq!(LOOK * looks.get(), LEASE, "the clock stood still: it was watched for the whole lease");
        t.clock.set(NOON.plus(SignedDuration::try_from(LEASE).unwrap()));
        take(&t.db, &start(3, "later"), async || panic!("no need to wait")).await.unwrap();
        assert_eq!(marks(&t).await, [(3, "later".to_owned(), 0)]);
    }

    async fn a_number_that_was_given_back_is_free_and_nobody_gives_back_anothers(t: TestDb) {
        let (first, second) = (start(3, "first"), start(3, "second"));
        take(&t.db, &first, nothing).await.unwrap();
        give_back(&t.db, &second).await.unwrap();
        assert_eq!(marks(&t).await.len(), 1);
        give_back(&t.db, &first).await.unwrap();
        take(&t.db, &second, async || panic!("no need to wait")).await.unwrap();
    }

    async fn a_node_whose_number_was_taken_over_says_so_once_and_writes_nothing_more(t: TestDb) {
        let (paused, next, alarms) = (start(3, "paused"), start(3, "next"), Alarms::default());
        let of_next = another(&t).await;
        take(&t.db, &paused, nothing).await.unwrap();
        take(&of_next, &next, nothing).await.unwrap();
        for _ in 0..2 {
            round(&t.db, &paused, &alarms).await.unwrap();
        }
        assert_eq!(alarms.count(NODE_NUMBER), 1);
        assert_eq!(paused.lost().map(|held| held.mark.as_str()), Some("next"));
        let written: Result<(), DbError> =
            t.db.write(async |tx: &mut Tx<'_>| tx.execute("DELETE FROM node", &[]).await.map(|_| ())).await;
        assert!(written.is_err_and(|error| error.is_outage()));
        round(&of_next, &next, &alarms).await.unwrap();
        assert_eq!(marks(&t).await, [(3, "next".to_owned(), 1)], "reading goes on");
    }

    async fn a_row_that_went_with_a_restored_backup_is_made_anew(t: TestDb) {
        let (node, alarms) = (start(3, "node"), Alarms::default());
        take(&t.db, &node, nothing).await.unwrap();
        let gone = async |tx: &mut Tx<'_>| tx.execute("DELETE FROM node", &[]).await;
        let gone: Result<u64, DbError> = t.db.write(gone).await;
        gone.unwrap();
        round(&t.db, &node, &alarms).await.unwrap();
        assert_eq!((marks(&t).await.len(), node.lost()), (1, None));
    }
}
