//! Each invariant is violated by hand once, and the violation is found.

use std::collections::BTreeSet;

use crate::change::verbs::{By, Policy, Proposal, make};
use crate::change::{Key, SettingValue};
use crate::entry::testing::{World, hours, sitting};
use crate::on_both;
use crate::params;
use crate::sitting::window::{Scope, Window};
use crate::store::Tx;
use crate::store::testing::NOON;
use crate::words::subject::Mode;

async fn broken(world: &World) -> Vec<&'static str> {
    let findings = super::run(&world.t.db, &world.catalogue).await.unwrap();
    findings
        .iter()
        .filter(|finding| !finding.violations.is_empty())
        .map(|finding| finding.invariant)
        .collect()
}

/// Changes the window that the candidates entered in, in hours from their entering.
async fn moved(world: &World, (from, to): (i64, i64)) {
    let done = world.t.db.write(async move |tx: &mut Tx<'_>| {
        let window = Window::new(NOON.plus(hours(from)), NOON.plus(hours(to))).unwrap();
        let wanted = |mode| {
            let key = Key::Window(Scope::parse("99").unwrap(), mode);
            (key, Some(SettingValue::Window(window, None)))
        };
        let proposal = Proposal {
            sitting: sitting(),
            origin: "file",
            wanted: vec![wanted(Mode::Written), wanted(Mode::Oral)],
            reason: String::new(),
            undoes: None,
            from: None,
            seen: None,
        };
        let policy = Policy { two_people: BTreeSet::new() };
        make(tx, &By::Command("import sitting"), &policy, &proposal).await.map(drop)
    });
    done.await.unwrap();
}

/// Has an entry made at another time.
async fn entered(world: &World, at: i64) {
    let sql = "UPDATE entry SET entered_at = $1 WHERE subject = '4'";
    let at = NOON.plus(hours(at));
    world.t.db.write(async move |tx: &mut Tx<'_>| tx.execute(sql, params![at]).await).await.unwrap();
}

/// Two active candidates, one of whom let an entry expire and entered again.
async fn world(t: crate::store::testing::TestDb) -> World {
    let world = World::with_seats(t, 7).await;
    let (one, two) = (world.candidate(1).await, world.candidate(2).await);
    world.enter(one, "1;4").await.unwrap();
    world.enter_oral(one, "F", "993010").await.unwrap();
    let entries = world.enter(two, "3").await.unwrap();
    world.cancel(two, entries[0]).await.unwrap();
    world.enter(two, "1").await.unwrap();
    world
}

on_both! {
    async fn honest_work_breaks_nothing(t: TestDb) {
        assert_eq!(broken(&world(t).await).await, Vec::<&str>::new());
    }

    /// I2.
    async fn a_seat_counted_twice_is_found(t: TestDb) {
        let world = world(t).await;
        world.sql("UPDATE seat_pool SET taken = taken + 1 WHERE subject = '1' AND campus = '993010'").await;
        assert_eq!(broken(&world).await, ["I2"]);
    }

    /// I1, I2.
    async fn a_pool_with_more_entries_than_seats_is_found(t: TestDb) {
        let world = world(t).await;
        world.sql("UPDATE seat_pool SET taken = 0, capacity = 0 WHERE subject = '4'").await;
        assert_eq!(broken(&world).await, ["I1", "I2", "I24"]);
    }

    /// I6.
    async fn an_oral_entry_without_its_written_one_is_found(t: TestDb) {
        let world = world(t).await;
        world.sql("UPDATE entry SET level = 2 WHERE mode = 'oral'").await;
        assert_eq!(broken(&world).await, ["I6"]);
    }

    /// I6.
    async fn a_subject_that_was_never_granted_is_found(t: TestDb) {
        let world = world(t).await;
        world.sql("UPDATE registration SET subjects = '2;3'").await;
        assert_eq!(broken(&world).await, ["I6"]);
    }

    /// I9.
    async fn a_hold_that_lives_on_or_ended_early_is_found(t: TestDb) {
        let world = world(t).await;
        world.sql("UPDATE entry SET expires_at = 1 WHERE subject = '4'").await;
        assert_eq!(broken(&world).await, ["I9"]);
    }

    /// I5.
    async fn a_passport_without_its_claim_is_found(t: TestDb) {
        let world = world(t).await;
        world.sql("DELETE FROM passport_claim WHERE passport_id = 1").await;
        assert_eq!(broken(&world).await, ["I5"]);
    }

    /// I5.
    async fn two_registrations_of_one_passport_are_found(t: TestDb) {
        let world = world(t).await;
        world.sql("UPDATE registration SET passport_id = 1").await;
        assert!(broken(&world).await.contains(&"I5"));
    }

    /// I12.
    async fn a_changed_snapshot_is_found(t: TestDb) {
        let world = world(t).await;
        world.sql("UPDATE registration SET major = 'something else' WHERE passport_id = 1").await;
        assert_eq!(broken(&world).await, ["I12"]);
    }

    /// I19.
    async fn an_entry_made_outside_its_window_is_found(t: TestDb) {
        let world = world(t).await;
        world.sql("UPDATE entry SET entered_at = 1 WHERE subject = '4'").await;
        assert_eq!(broken(&world).await, ["I19"]);
    }

    /// I19, season.md 1: what was entered before a window was shortened was lawful.
    async fn an_entry_is_judged_by_the_window_as_it_stood_when_it_was_made(t: TestDb) {
        let world = world(t).await;
        for (after, window) in [(1, (-1, 5)), (2, (6, 30))] {
            world.t.clock.set(NOON.plus(hours(after)));
            moved(&world, window).await;
            assert_eq!(broken(&world).await, Vec::<&str>::new(), "{window:?}");
        }
        // The window of -1 to 240 stood until 1, that of -1 to 5 until 2, that of 6 to 30 from then on.
        for (at, inside) in [(-1, true), (-2, false), (1, true), (3, false), (5, false), (6, true), (30, false)] {
            entered(&world, at).await;
            assert_eq!(broken(&world).await.contains(&"I19"), !inside, "{at}");
        }
    }

    /// I19.
    async fn a_window_that_was_opened_wider_since_excuses_nothing(t: TestDb) {
        let world = world(t).await;
        entered(&world, -3).await;
        world.t.clock.set(NOON.plus(hours(1)));
        moved(&world, (-5, 240)).await;
        assert_eq!(broken(&world).await, ["I19"]);
    }

    /// I22.
    async fn a_seat_that_left_no_trace_in_the_log_is_found(t: TestDb) {
        let world = world(t).await;
        world.t.let_the_log_be_changed().await;
        world.sql("DELETE FROM audit_log WHERE action = 'entry-cancelled'").await;
        assert_eq!(broken(&world).await, ["I22"]);
    }

    /// I23.
    async fn a_released_registration_that_still_holds_a_seat_is_found(t: TestDb) {
        let world = world(t).await;
        world.sql("UPDATE registration SET state = 'released' WHERE passport_id = 1").await;
        let found = broken(&world).await;
        assert!(found.contains(&"I23") && found.contains(&"I5"), "{found:?}");
    }
}
