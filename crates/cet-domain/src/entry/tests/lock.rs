//! What locks are for on PostgreSQL: a request decides by the state after a concurrent change, not before it (R8, R10),
//! and pools are taken in one order. A counterexample (`twin_…`) runs production without the one guard, and loses the
//! race. SQLite has one writer: nobody reads while another works.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::Notify;

use super::pools::BACKWARDS;
use super::*;
use crate::entry::testing::*;
use crate::seat_pool::{self, PoolKey};
use crate::store::testing::{Kind, TestDb, block_on};
use crate::store::{Db, DbError, Stop};
use crate::words::ids::{EntryId, PassportId};
use crate::words::subject::Mode;

/// Every row lock of a transaction.
const ROW_LOCKS: &str = "FOR UPDATE";

/// What the first of two concurrent requests does.
enum First {
    Enters(EnterCommand),
    Cancels(CancelCommand),
}

/// The result of a request on another node, with or without row locks, while the first has done its work and not
/// committed yet.
async fn beside(
    world: &World,
    first: First,
    second: EnterCommand,
    locked: bool,
) -> Result<Vec<EntryId>, Vec<&'static str>> {
    let (done, commit) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let first = {
        let (db, catalogue) = (world.t.db.clone(), Arc::clone(&world.catalogue));
        let (done, commit) = (Arc::clone(&done), Arc::clone(&commit));
        tokio::spawn(async move {
            db.write(async move |tx| {
                match &first {
                    First::Enters(cmd) => enter(tx, &catalogue, cmd).await.map(drop)?,
                    First::Cancels(cmd) => cancel(tx, &catalogue, cmd).await.map(drop)?,
                }
                // What was only sent must have run before the other one reads.
                tx.query::<(i64,)>("SELECT CAST(1 AS BIGINT)", &[]).await?;
                done.notify_one();
                commit.notified().await;
                Ok(())
            })
            .await
        })
    };
    done.notified().await;
    let (other, catalogue) = (world.t.another_node().await, Arc::clone(&world.catalogue));
    let second = tokio::spawn(async move {
        let entered = other.write(async move |tx| {
            if !locked {
                tx.leave_out(ROW_LOCKS);
            }
            enter(tx, &catalogue, &second).await
        });
        entered.await.map(|entered| entered.entries).map_err(refused)
    });
    while !second.is_finished() && waiting_for_locks(world).await == 0 {}
    commit.notify_one();
    let first: Result<(), Stop<_>> = first.await.unwrap();
    first.map_err(refused).unwrap();
    second.await.unwrap()
}

/// How many wait for a row that another transaction has changed or locked.
async fn waiting_for_locks(world: &World) -> i64 {
    let sql = "SELECT COUNT(*) FROM pg_stat_activity
                WHERE datname = current_database() AND wait_event IN ('transactionid', 'tuple')";
    world.count(sql).await
}

/// How many of them wait for a pool.
async fn waiting_for_pools(world: &World) -> i64 {
    let sql = "SELECT COUNT(*) FROM pg_stat_activity
                WHERE datname = current_database() AND wait_event IN ('transactionid', 'tuple')
                  AND query LIKE 'UPDATE seat_pool%'";
    world.count(sql).await
}

/// The result of entering an oral subject while the other node cancels the written one that it needs.
async fn beside_a_cancellation(world: &World, locked: bool) -> Result<Vec<EntryId>, Vec<&'static str>> {
    let who = world.candidate(1).await;
    let [carrier] = world.enter(who, "1").await.unwrap()[..] else { panic!() };
    let first = First::Cancels(CancelCommand { passport: who, sitting: sitting(), entry: carrier });
    let second = EnterCommand { mode: Mode::Oral, campus: Some(campus(HOME)), ..written(who, "F") };
    beside(world, first, second, locked).await
}

const ALONE: &str = "SELECT COUNT(*) FROM entry WHERE state = 'held' AND mode = 'oral'";

/// R10.
#[test]
fn an_oral_subject_waits_for_the_cancellation_of_its_written_one_and_is_refused_on_postgres() {
    block_on(Kind::Postgres, async |t: TestDb| {
        let world = World::with_seats(t, 100).await;
        assert_eq!(beside_a_cancellation(&world, true).await, Err(vec!["oral-needs-written"]));
        assert_eq!(world.count(ALONE).await, 0);
        world.assert_sums_agree().await;
    });
}

/// R10.
#[test]
fn twin_without_the_lock_an_oral_subject_is_entered_that_nothing_carries_on_postgres() {
    block_on(Kind::Postgres, async |t: TestDb| {
        let world = World::with_seats(t, 100).await;
        let answer = beside_a_cancellation(&world, false).await;
        assert!(answer.is_ok(), "the race was not lost without the lock: {answer:?}");
        assert_eq!(world.count(ALONE).await, 1);
    });
}

const OF_LEVEL_4: &str = "SELECT COUNT(*) FROM entry WHERE state = 'held' AND mode = 'written' AND level = 4";

fn two_of_a_level(who: PassportId) -> (First, EnterCommand) {
    (First::Enters(written(who, "1")), written(who, "3"))
}

/// R8. The lock gives the better answer; the key of the table is the second guard.
#[test]
fn of_two_subjects_of_a_level_the_lock_refuses_one_and_so_does_the_key_alone_on_postgres() {
    block_on(Kind::Postgres, async |t: TestDb| {
        let world = World::with_seats(t, 100).await;
        for (n, locked, code) in [(1, true, "level-taken"), (2, false, "already-entered")] {
            let (first, second) = two_of_a_level(world.candidate(n).await);
            assert_eq!(beside(&world, first, second, locked).await, Err(vec![code]));
            assert_eq!(world.count(OF_LEVEL_4).await, n);
        }
        world.assert_sums_agree().await;
    });
}

/// R8.
#[test]
fn twin_without_the_lock_and_the_key_two_subjects_of_a_level_are_entered_on_postgres() {
    block_on(Kind::Postgres, async |t: TestDb| {
        let world = World::with_seats(t, 100).await;
        world.sql("DROP INDEX entry_level").await;
        let (first, second) = two_of_a_level(world.candidate(1).await);
        let answer = beside(&world, first, second, false).await;
        assert!(answer.is_ok(), "the race was not lost without the guards: {answer:?}");
        assert_eq!(world.count(OF_LEVEL_4).await, 2);
    });
}

/// How often two candidates had to be run who enter the same two subjects: both wait for the first pool, unless the
/// second one takes pools backwards.
async fn runs_for_two_pools(world: &World, backwards: bool) -> usize {
    let who = world.candidates(2).await;
    let (taken, go_on) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let blocker = {
        let (db, taken, go_on) = (world.t.another_node().await, Arc::clone(&taken), Arc::clone(&go_on));
        tokio::spawn(async move {
            let pool = PoolKey { campus: campus(HOME), sitting: sitting(), subject: subject("1") };
            let done: Result<bool, DbError> = db
                .write(async move |tx| {
                    let got = seat_pool::store::take(tx, &pool).await?;
                    taken.notify_one();
                    go_on.notified().await;
                    Ok(got)
                })
                .await;
            done.unwrap()
        })
    };
    taken.notified().await;
    let runs = Arc::new(AtomicUsize::new(0));
    let mut both = Vec::new();
    for (n, backwards) in [(0, false), (1, backwards)] {
        let task = entering(world.t.another_node().await, world, written(who[n], "1;4"), Arc::clone(&runs));
        both.push(if backwards { tokio::spawn(BACKWARDS.scope((), task)) } else { tokio::spawn(task) });
        // In this order, so that the first gets the pool first.
        while waiting_for_pools(world).await <= i64::try_from(n).unwrap() {}
    }
    go_on.notify_one();
    assert!(blocker.await.unwrap());
    for task in both {
        task.await.unwrap();
    }
    runs.load(Ordering::Relaxed)
}

fn entering(
    db: Db,
    world: &World,
    cmd: EnterCommand,
    runs: Arc<AtomicUsize>,
) -> impl Future<Output = ()> + Send + 'static {
    let catalogue = Arc::clone(&world.catalogue);
    async move {
        let entered = db.write(async move |tx| {
            runs.fetch_add(1, Ordering::Relaxed);
            enter(tx, &catalogue, &cmd).await
        });
        entered.await.unwrap();
    }
}

#[test]
fn two_who_enter_the_same_subjects_wait_for_each_other_and_never_collide_on_postgres() {
    block_on(Kind::Postgres, async |t: TestDb| {
        let world = World::with_seats(t, 60).await;
        assert_eq!(runs_for_two_pools(&world, false).await, 2);
    });
}

#[test]
fn twin_pools_that_are_not_taken_in_order_collide_and_one_is_run_again_on_postgres() {
    block_on(Kind::Postgres, async |t: TestDb| {
        let world = World::with_seats(t, 60).await;
        // Whoever is run again may collide again.
        let runs = runs_for_two_pools(&world, true).await;
        assert!(runs > 2, "the race was not lost without the order: {runs}");
    });
}
