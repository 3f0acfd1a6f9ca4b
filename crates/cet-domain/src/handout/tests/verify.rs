//! Each sentence of I30 is violated by hand once, and the violation is found.

use crate::entry::testing::*;
use crate::handout::verbs::tests::world::*;
use crate::on_both;
use crate::store::testing::TestDb;

/// One full pool with two who wait, and the entry that holds its seat.
async fn world(t: TestDb) -> World {
    let world = World::with_seats(t, 1).await;
    let who = world.candidates(3).await;
    world.enter(who[0], "1").await.unwrap();
    waits(&world, who[1], "1").await;
    waits(&world, who[2], "1").await;
    world
}

async fn broken(world: &World) -> Vec<String> {
    let findings = crate::verify::run(&world.t.db, &world.catalogue).await.unwrap();
    let broken = findings.into_iter().filter(|finding| !finding.violations.is_empty());
    broken.map(|finding| format!("{} {}", finding.invariant, finding.says)).collect()
}

on_both! {
    /// I30.
    async fn a_line_that_the_pool_does_not_count_is_found(t: TestDb) {
        let world = world(t).await;
        assert_eq!(broken(&world).await, Vec::<String>::new());
        world.sql("UPDATE seat_pool SET waiting = 1 WHERE waiting = 2").await;
        assert_eq!(broken(&world).await, ["I30 as many people wait for each pool as stand in its line, and no line is without a pool"]);
    }

    /// I30.
    async fn a_number_without_its_place_is_found(t: TestDb) {
        let world = world(t).await;
        world.sql("UPDATE standby_wish SET standby_id = 1 WHERE number = 1").await;
        assert_eq!(broken(&world).await, ["I30 each number in a line is one of a place that waits, and each such place has its numbers"]);
    }

    /// I30.
    async fn a_registration_that_does_not_know_for_what_it_waits_is_found(t: TestDb) {
        let world = world(t).await;
        world.sql("UPDATE registration SET in_line = 0").await;
        assert_eq!(broken(&world).await, ["I30 each registration knows for how many subjects it waits"]);
    }

    /// I30.
    async fn a_place_of_a_registration_that_is_no_more_is_found(t: TestDb) {
        let world = world(t).await;
        world.sql("UPDATE registration SET state = 'released', release_at = NULL WHERE in_line > 0").await;
        assert!(broken(&world).await.contains(&"I30 each place that waits is of a registration that lives".to_owned()));
    }

    /// I30.
    async fn who_waits_for_what_is_entered_is_found(t: TestDb) {
        let world = world(t).await;
        world.sql("UPDATE standby SET subject = '2'").await;
        world.sql("UPDATE standby_wish SET subject = '2'").await;
        world.sql("UPDATE seat_pool SET waiting = 2 WHERE subject = '2' AND campus = '993010'").await;
        world.sql("UPDATE seat_pool SET waiting = 0 WHERE subject = '1'").await;
        world.sql("UPDATE entry SET subject = '2', level = 6, registration_id = (SELECT MIN(registration_id) FROM standby)").await;
        world.sql("UPDATE seat_pool SET taken = 1, capacity = 1 WHERE subject = '2' AND campus = '993010'").await;
        world.sql("UPDATE seat_pool SET taken = 0, capacity = 0 WHERE subject = '1' AND campus = '993010'").await;
        assert!(broken(&world).await.contains(&"I30 nobody waits for a subject that is entered".to_owned()));
    }

    /// I30.
    async fn a_given_seat_without_its_entry_is_found(t: TestDb) {
        let world = world(t).await;
        world.sql("UPDATE seat_pool SET capacity = 3 WHERE subject = '1' AND campus = '993010'").await;
        hand_out(&world).await;
        world.sql("UPDATE standby SET entry_id = 1").await;
        assert!(broken(&world).await.contains(&"I30 each place that was given a seat has its entry".to_owned()));
    }

    /// I30.
    async fn a_seat_that_stays_free_while_somebody_waits_is_found(t: TestDb) {
        let world = world(t).await;
        world.advance(minutes(6));
        world.sql("UPDATE seat_pool SET capacity = 2 WHERE subject = '1' AND campus = '993010'").await;
        let stays = "I30 no seat stays free while somebody waits for it".to_owned();
        assert!(broken(&world).await.contains(&stays));
        // At night nobody is given one.
        world.advance(hours(12));
        assert!(!broken(&world).await.contains(&stays));
        world.advance(hours(8));
        hand_out(&world).await;
        assert!(!broken(&world).await.contains(&stays));
    }
}
