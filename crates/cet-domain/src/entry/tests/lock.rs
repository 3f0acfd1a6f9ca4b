//! The registration's lock: a request decides by the state after a concurrent change, not before it (R10).

use std::sync::Arc;

use tokio::sync::Notify;

use super::*;
use crate::entry::testing::*;
use crate::on_both;
use crate::registration::store::UNLOCKED;
use crate::store::Stop;
use crate::words::ids::EntryId;
use crate::words::subject::Mode;

/// The result of entering an oral subject on one node while the other is cancelling the required written entry and has
/// not committed yet.
async fn entered_beside_a_cancellation(
    world: &World,
    locked: bool,
) -> Result<Vec<EntryId>, Vec<&'static str>> {
    let who = world.candidate(1).await;
    let [carrier] = world.enter(who, "1").await.unwrap()[..] else { panic!() };
    let (cancelled, go_on) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let first = {
        let (db, catalogue) = (world.t.db.clone(), Arc::clone(&world.catalogue));
        let (cancelled, go_on) = (Arc::clone(&cancelled), Arc::clone(&go_on));
        let cmd = CancelCommand { passport: who, sitting: sitting(), entry: carrier };
        tokio::spawn(async move {
            db.write(async move |tx| {
                let done = cancel(tx, &catalogue, &cmd).await;
                cancelled.notify_one();
                go_on.notified().await;
                done
            })
            .await
        })
    };
    cancelled.notified().await;
    let other = world.t.another_node().await;
    let catalogue = Arc::clone(&world.catalogue);
    let cmd = EnterCommand { mode: Mode::Oral, campus: Some(campus(HOME)), ..written(who, "F") };
    let second = tokio::spawn(async move {
        if locked {
            entered(&other, &catalogue, cmd).await
        } else {
            UNLOCKED.scope((), entered(&other, &catalogue, cmd)).await
        }
    });
    let waits = "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
    while !second.is_finished() && world.count(waits).await == 0 {}
    go_on.notify_one();
    let cancelled: Result<Vec<EntryId>, Stop<_>> = first.await.unwrap();
    assert_eq!(cancelled.map_err(refused), Ok(vec![carrier]));
    second.await.unwrap()
}

const ALONE: &str = "SELECT COUNT(*) FROM entry WHERE state = 'held' AND mode = 'oral'";

on_both! {
    async fn r10_an_oral_subject_waits_for_the_cancellation_of_its_written_one_and_is_refused(t: TestDb) {
        let world = World::with_seats(t, 100).await;
        if world.t.db.kind() == "sqlite" {
            // One writer: nobody reads while another works.
            return;
        }
        let answer = entered_beside_a_cancellation(&world, true).await;
        assert_eq!(answer, Err(vec!["oral-needs-written"]));
        assert_eq!(world.count(ALONE).await, 0);
        world.assert_sums_agree().await;
    }

    async fn twin_without_the_lock_an_oral_subject_is_entered_that_nothing_carries(t: TestDb) {
        let world = World::with_seats(t, 100).await;
        if world.t.db.kind() == "sqlite" {
            return;
        }
        let answer = entered_beside_a_cancellation(&world, false).await;
        assert!(answer.is_ok(), "the race was not lost without the lock: {answer:?}");
        assert_eq!(world.count(ALONE).await, 1);
    }
}
