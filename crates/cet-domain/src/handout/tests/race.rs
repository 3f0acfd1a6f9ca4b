//! Races for freed seats on two nodes (R16). A counterexample (`twin_…`) runs production's statements with the one guard
//! left out, and loses the race.

use std::sync::Arc;

use super::tests::world::*;
use crate::entry::testing::*;
use crate::handout::jobs;
use crate::handout::verbs::{JoinCommand, firsts, give, join};
use crate::on_both;
use crate::store::testing::TestDb;
use crate::store::{Db, Stop};
use crate::words::ids::{EntryId, PassportId};

/// How many wait, and how many pass by.
const MANY: usize = 50;

/// What [`seat_pool::store::take`](crate::seat_pool::store::take) has for the line.
const GUARD: &str = "AND (waiting = 0 OR taken + waiting < capacity)";

/// One seat, its holder, fifty who wait and fifty who pass by.
struct Rush {
    world: World,
    holder: PassportId,
    entry: EntryId,
    waiting: Vec<PassportId>,
    passing: Vec<PassportId>,
}

async fn rush(t: TestDb) -> Rush {
    let world = World::with_seats(t, 1).await;
    let mut who = world.candidates(i64::try_from(2 * MANY + 1).unwrap()).await;
    let holder = who.remove(0);
    let entry = world.enter(holder, "1").await.unwrap()[0];
    let passing = who.split_off(MANY);
    for one in &who {
        waits(&world, *one, "1").await;
    }
    Rush { world, holder, entry, waiting: who, passing }
}

/// The seat comes free, everybody passes by, and both nodes hand out, all at once. Returns how many who passed by got it.
async fn all_at_once(rush: &Rush) -> usize {
    let other = rush.world.t.another_node().await;
    rush.world.cancel(rush.holder, rush.entry).await.unwrap();
    let node = |n: usize| if n.is_multiple_of(2) { rush.world.t.db.clone() } else { other.clone() };
    let mut passing = Vec::new();
    for (n, who) in rush.passing.iter().enumerate() {
        let (db, catalogue, cmd) = (node(n), Arc::clone(&rush.world.catalogue), written(*who, "1"));
        passing.push(tokio::spawn(async move { entered(&db, &catalogue, cmd).await.is_ok() }));
    }
    let mut giving = Vec::new();
    for n in 0..4 {
        let (db, catalogue) = (node(n), Arc::clone(&rush.world.catalogue));
        giving.push(tokio::spawn(async move { jobs::round(&db, catalogue).await.unwrap() }));
    }
    let mut overtook = 0;
    for one in passing {
        overtook += usize::from(one.await.unwrap());
    }
    for one in giving {
        one.await.unwrap();
    }
    overtook
}

on_both! {
    /// R15, R16.
    async fn of_fifty_who_wait_and_fifty_who_pass_by_the_first_in_line_gets_the_freed_seat(t: TestDb) {
        let rush = rush(t).await;
        assert_eq!(all_at_once(&rush).await, 0, "somebody passed the line");
        hand_out(&rush.world).await;
        assert_eq!(rush.world.live(rush.waiting[0]).await, ["1"]);
        assert_eq!(rush.world.taken("1").await, 1);
        assert_eq!(place(&rush.world, rush.waiting[1]).await, 1);
        assert_lines_agree(&rush.world).await;
    }

    /// R16.
    async fn twin_without_the_guard_of_the_line_somebody_who_passes_by_gets_the_freed_seat(t: TestDb) {
        let rush = rush(t).await;
        // Before any node hands out, so that the guard alone stands between them and the seat.
        rush.world.cancel(rush.holder, rush.entry).await.unwrap();
        let (catalogue, cmd) = (Arc::clone(&rush.world.catalogue), written(rush.passing[0], "1"));
        let with: Result<_, Stop<_>> = rush.world.t.db.write(async move |tx| crate::entry::verbs::enter(tx, &catalogue, &cmd).await).await;
        assert!(with.is_err());
        let (catalogue, cmd) = (Arc::clone(&rush.world.catalogue), written(rush.passing[0], "1"));
        let without = rush.world.t.db.write(async move |tx| {
            tx.leave_out(GUARD);
            crate::entry::verbs::enter(tx, &catalogue, &cmd).await
        }).await;
        assert!(without.is_ok(), "the race was not lost without the guard");
    }

    /// R16.
    async fn five_freed_seats_go_to_the_first_five_on_whatever_nodes_hand_them_out(t: TestDb) {
        let rush = rush(t).await;
        let other = rush.world.t.another_node().await;
        rush.world.sql("UPDATE seat_pool SET capacity = 6 WHERE subject = '1' AND campus = '993010'").await;
        let mut giving = Vec::new();
        for n in 0..6 {
            let db = if n % 2 == 0 { rush.world.t.db.clone() } else { other.clone() };
            let catalogue = Arc::clone(&rush.world.catalogue);
            giving.push(tokio::spawn(async move {
                while jobs::round(&db, Arc::clone(&catalogue)).await.unwrap() > 0 {}
            }));
        }
        for one in giving {
            one.await.unwrap();
        }
        hand_out(&rush.world).await;
        for (n, who) in rush.waiting.iter().enumerate() {
            assert_eq!(rush.world.live(*who).await.len(), usize::from(n < 5), "{n}");
        }
        assert_lines_agree(&rush.world).await;
    }

    /// R16.
    async fn of_a_seat_given_on_two_nodes_at_once_there_is_one(t: TestDb) {
        let rush = rush(t).await;
        let other = rush.world.t.another_node().await;
        rush.world.cancel(rush.holder, rush.entry).await.unwrap();
        let catalogue = Arc::clone(&rush.world.catalogue);
        let seen = rush.world.t.db.read(async move |tx| firsts(tx, &catalogue, 100).await).await.unwrap();
        assert_eq!(seen.len(), 1);
        // Both have seen the same first one.
        let mut giving = Vec::new();
        for db in [rush.world.t.db.clone(), other] {
            let (catalogue, one) = (Arc::clone(&rush.world.catalogue), seen[0].clone());
            giving.push(tokio::spawn(async move {
                db.write(async move |tx| give(tx, &catalogue, &one).await).await.unwrap()
            }));
        }
        let mut given = 0;
        for one in giving {
            given += usize::from(one.await.unwrap());
        }
        assert_eq!((given, rush.world.taken("1").await), (1, 1));
        assert_lines_agree(&rush.world).await;
    }

    /// R16.
    async fn whoever_joins_while_the_seat_comes_free_waits_or_is_told_to_enter_and_nobody_is_lost(t: TestDb) {
        let world = World::with_seats(t, 1).await;
        let who = world.candidates(21).await;
        let entry = world.enter(who[0], "1").await.unwrap()[0];
        let other = world.t.another_node().await;
        let mut joining = Vec::new();
        for (n, one) in who[1..].iter().enumerate() {
            let db = if n % 2 == 0 { world.t.db.clone() } else { other.clone() };
            joining.push(tokio::spawn(one_joins(db, Arc::clone(&world.catalogue), command(*one, "1", &[]))));
        }
        world.cancel(who[0], entry).await.unwrap();
        let mut waiting = 0;
        for one in joining {
            match one.await.unwrap() {
                Ok(()) => waiting += 1,
                Err(codes) => assert_eq!(codes, ["seat-free"]),
            }
        }
        assert_eq!(world.count("SELECT COUNT(*) FROM standby_wish").await, waiting);
        hand_out(&world).await;
        assert_eq!(world.taken("1").await, i64::from(waiting > 0));
        assert_lines_agree(&world).await;
    }
}

async fn one_joins(
    db: Db,
    catalogue: Arc<crate::sitting::Catalogue>,
    cmd: JoinCommand,
) -> Result<(), Vec<&'static str>> {
    let done = db.write(async move |tx| join(tx, &catalogue, &cmd).await).await;
    done.map(|_| ()).map_err(|stop| match stop {
        Stop::Refused(all) => all.iter().map(crate::handout::StandbyRefusal::code).collect(),
        Stop::Fault(fault) => panic!("{fault}"),
    })
}
