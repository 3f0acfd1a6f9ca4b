//! Each invariant of an arrangement is violated by hand once, and the violation is found.

use crate::arrangement::verbs::tests::{arranged, closed};
use crate::entry::testing::World;
use crate::on_both;
use crate::store::testing::TestDb;

async fn broken(world: &World) -> Vec<&'static str> {
    let findings = super::findings(&world.t.db, &world.catalogue).await.unwrap();
    findings.iter().filter(|finding| !finding.violations.is_empty()).map(|finding| finding.says).collect()
}

/// A published arrangement with one manual change.
async fn planted(t: TestDb, sql: &'static [&'static str]) -> Vec<&'static str> {
    let mut world = closed(t, 35).await;
    arranged(&world, 7, true).await;
    assert_eq!(broken(&world).await, Vec::<&str>::new());
    for sql in sql {
        assert!(world.sql(sql).await > 0, "{sql}");
    }
    world.reload().await;
    broken(&world).await
}

fn has(found: &[&'static str], words: &str) {
    assert!(found.iter().any(|says| says.contains(words)), "{words}: {found:?}");
}

/// A second published arrangement with the seats of the first.
const SAME_SEATS: &[&str] = &[
    "INSERT INTO arrangement (school, id, sitting, campus, subject, run, seed, settings, busy, sources, room_most, candidates,
                              rooms, closed_at, made_at, published_at)
     SELECT school, 1, sitting, campus, subject, run, seed, settings, busy, sources, room_most, candidates, rooms, closed_at,
            made_at, published_at
       FROM arrangement WHERE subject = '1'",
    "INSERT INTO seat_assignment (school, arrangement_id, entry_school, entry_id, session, room, seat, ticket, drawn_order, class,
                                  needs, late)
     SELECT school, 1, entry_school, entry_id, session, room, seat, ticket, drawn_order, class, needs, late
       FROM seat_assignment WHERE school = '99301'",
];

on_both! {
    /// I18.
    async fn a_second_seat_number_and_place_are_found(t: TestDb) {
        let found = planted(t, SAME_SEATS).await;
        has(&found, "at most one published seat");
        has(&found, "one ticket number");
        has(&found, "given once");
        has(&found, "its unit names");
    }

    /// I18.
    async fn a_number_that_tells_another_seat_is_found(t: TestDb) {
        let found = planted(t, &["UPDATE seat_assignment SET ticket = '993010172100199' WHERE ticket = '993010172100101'"]).await;
        has(&found, "tells campus");
        has(&found, "recorded seed");
    }

    async fn an_overfull_room_and_a_gap_are_found(t: TestDb) {
        let found = planted(t, &["UPDATE arrangement SET room_most = 29 WHERE subject = '1'"]).await;
        assert_eq!(found.len(), 1, "{found:?}");
        has(&found, "more than it has seats");
    }

    async fn mixed_accommodations_are_found(t: TestDb) {
        let found = planted(t, &["UPDATE seat_assignment SET needs = 2 WHERE room = 1 AND seat = 3 AND session = 0"]).await;
        has(&found, "other accommodations");
    }

    async fn a_paid_entry_without_a_seat_is_found(t: TestDb) {
        let found = planted(t, &["DELETE FROM seat_assignment WHERE session = 0 AND room = 2 AND seat = 5"]).await;
        has(&found, "every paid entry");
        has(&found, "with all its seats");
    }

    async fn a_seat_of_an_entry_that_is_not_paid_is_found(t: TestDb) {
        let found = planted(t, &["UPDATE entry SET state = 'expired', paid_at = NULL, ended_at = 1 WHERE subject = '1'"]).await;
        assert_eq!(found.len(), 1, "{found:?}");
        has(&found, "is of an entry");
    }

    async fn another_seed_in_the_record_is_found(t: TestDb) {
        let found = planted(t, &["UPDATE arrangement SET seed = 8 WHERE subject = '1'"]).await;
        assert_eq!(found.len(), 1, "{found:?}");
        has(&found, "recorded seed");
    }

    async fn an_arrangement_before_the_end_of_registration_is_found(t: TestDb) {
        let found = planted(t, &["UPDATE registration_window SET to_at = to_at + 90000000000"]).await;
        assert_eq!(found.len(), 1, "{found:?}");
        has(&found, "had closed");
    }

    /// I18, season.md 1: a window may be extended after the draw; who enters then gets a seat by a late draw.
    async fn an_arrangement_is_judged_by_the_closing_that_it_was_drawn_after(t: TestDb) {
        let found = planted(t, &["UPDATE registration_window SET to_at = to_at + 90000000000",
            "INSERT INTO setting_change (id, sitting, place, origin, state, reason, account, person, scope, asked_at, decided_at,
                                         version, hash)
             SELECT 7, sitting, '', 'web', 'done', '', 'a', 'b', '', made_at, made_at + 1, 1, (SELECT document_key FROM registration LIMIT 1) FROM arrangement WHERE subject = '1'",
            "INSERT INTO setting_change_line (change_id, line, sitting, kind, scope, item) SELECT 7, 1, sitting, 'window', '', 'written'
               FROM arrangement WHERE subject = '1'"]).await;
        assert_eq!(found, Vec::<&str>::new());
    }

    async fn classmates_side_by_side_are_found(t: TestDb) {
        let found = planted(t, &["UPDATE seat_assignment SET class = drawn_order",
            "UPDATE seat_assignment SET class = -1 WHERE room = 1 AND seat < 3 AND session = 0"]).await;
        has(&found, "neighbours");
    }
}
