//! One pool or registration in an unexpected state does not block expiry or release for the others.

use jiff::SignedDuration;

use crate::entry::testing::{World, hours};
use crate::jobs::batch::{self, Round};
use crate::on_both;
use crate::store::testing::TestDb;

async fn sweep(world: &World) -> Round {
    let mut whole = Round::default();
    loop {
        let round = super::sweep(&world.t.db, world.catalogue.clone()).await.unwrap();
        whole = whole.and(round);
        if round.done == 0 {
            return whole;
        }
    }
}

async fn set_aside(world: &World) -> Vec<String> {
    batch::finding(&world.t.db).await.unwrap().violations
}

/// 120 candidates with an overdue entry each; that of the first, which is the oldest, is in a pool of its own.
async fn overdue(t: TestDb) -> World {
    let world = World::with_seats(t, 500).await;
    for n in 1..=120 {
        let who = world.candidate(n).await;
        world.enter(who, if n == 1 { "4" } else { "1" }).await.unwrap();
        world.advance(SignedDuration::from_micros(1));
    }
    world.advance(hours(25));
    world
}

on_both! {
    /// J1.
    async fn a_pool_that_is_wrong_keeps_no_other_entry_from_expiring(t: TestDb) {
        let world = overdue(t).await;
        world.sql("UPDATE seat_pool SET taken = 0 WHERE subject = '4'").await;
        let round = sweep(&world).await;
        assert_eq!(round.set_aside, 1);
        assert_eq!(world.count("SELECT COUNT(*) FROM entry WHERE state = 'held'").await, 1);
        assert_eq!(world.count("SELECT COUNT(*) FROM entry WHERE state = 'held' AND subject = '4'").await, 1);
        assert_eq!(world.taken("1").await, 0);
        let told = set_aside(&world).await;
        assert!(told.len() == 1 && told[0].starts_with("expiry: school 99301, "), "{told:?}");
        // Verify reports both: what is wrong, and what waits for it.
        let findings = crate::verify::run(&world.t.db, &world.catalogue).await.unwrap();
        let found: Vec<&str> = findings.iter().filter(|one| !one.violations.is_empty()).map(|one| one.invariant).collect();
        assert_eq!(found, ["I2", "I9", "J1"]);
        // Nothing is reported twice.
        world.advance(SignedDuration::from_secs(30));
        assert_eq!(sweep(&world).await.set_aside, 0);
        assert_eq!(set_aside(&world).await.len(), 1);
        // Once repaired, it proceeds by itself.
        world.sql("UPDATE seat_pool SET taken = 1 WHERE subject = '4' AND campus = (SELECT campus FROM entry WHERE subject = '4')").await;
        world.advance(SignedDuration::from_mins(1));
        sweep(&world).await;
        assert_eq!(world.count("SELECT COUNT(*) FROM entry WHERE state = 'held'").await, 0);
        assert_eq!(set_aside(&world).await, Vec::<String>::new());
        world.assert_sums_agree().await;
    }

    async fn a_registration_that_can_not_be_released_keeps_no_other(t: TestDb) {
        let world = World::with_seats(t, 5).await;
        world.candidates(3).await;
        // The releases of its passport can't be counted.
        world.sql("INSERT INTO release_tally (passport_id, sitting, releases, wait_until) VALUES (1, '2017-2', 1, 0)").await;
        world.sql(if world.t.url.starts_with("sqlite:") {
            "CREATE TRIGGER poison BEFORE UPDATE ON release_tally BEGIN SELECT RAISE(ABORT, 'poison'); END"
        } else {
            "ALTER TABLE release_tally ADD CONSTRAINT poison CHECK (passport_id <> 1) NOT VALID"
        }).await;
        world.advance(hours(25));
        let round = sweep(&world).await;
        assert_eq!((round.done, round.set_aside), (2, 1));
        assert_eq!(world.count("SELECT COUNT(*) FROM registration WHERE state = 'live'").await, 1);
        let told = set_aside(&world).await;
        assert!(told.len() == 1 && told[0].starts_with("release: school 99301, "), "{told:?}");
        world.sql(if world.t.url.starts_with("sqlite:") {
            "DROP TRIGGER poison"
        } else {
            "ALTER TABLE release_tally DROP CONSTRAINT poison"
        }).await;
        world.advance(SignedDuration::from_secs(30));
        sweep(&world).await;
        assert_eq!(world.count("SELECT COUNT(*) FROM registration WHERE state = 'live'").await, 0);
        assert_eq!(set_aside(&world).await, Vec::<String>::new());
    }

    async fn what_is_set_aside_keeps_nobody_from_entering_a_full_pool(t: TestDb) {
        let world = World::with_seats(t, 2).await;
        let first = world.candidate(1).await;
        world.enter(first, "1;4").await.unwrap();
        world.advance(hours(25));
        world.sql("UPDATE seat_pool SET taken = 0 WHERE subject = '4'").await;
        assert_eq!(sweep(&world).await.set_aside, 1);
        let second = world.candidate(2).await;
        world.enter(second, "1").await.unwrap();
        world.advance(hours(25));
        // Both seats are held by overdue entries, and only one of them can be freed.
        let third = world.candidate(3).await;
        world.enter(third, "1").await.unwrap();
        assert_eq!(world.count("SELECT COUNT(*) FROM entry WHERE state = 'held'").await, 3);
    }
}
