//! Money that arrives after the publication: it gets a seat, and nobody is moved. Accommodations before that.

use std::sync::Arc;

use super::accommodate::{AccommodateCommand, accommodate, accommodated};
use super::configure::configure;
use super::tests::{arranged, closed, code, seat_of, seats_of, setting, task};
use crate::arrangement::rules::tests::unit;
use crate::arrangement::store::SettingRow;
use crate::arrangement::verify;
use crate::arrangement::whole::{Outcome, Task};
use crate::arrangement::{AccommodateRefusal, ArrangeRefusal, Needs};
use crate::audit::Actor;
use crate::audit::testing::told_of;
use crate::entry::testing::{ELSEWHERE, HOME, World, campus, hours, sitting};
use crate::on_both;
use crate::store::Stop;
use crate::store::testing::TestDb;
use crate::words::codes::SubjectCode;
use crate::words::ids::PassportId;
use crate::words::staff::Scope;

/// This many candidates with a published seat, and three whose money came later.
async fn late(t: TestDb, early: i64) -> World {
    let world = World::with_seats(t, 500).await;
    for who in world.candidates(early + 3).await {
        let entries = world.enter(who, "1").await.unwrap();
        if who.0 <= early {
            assert!(world.pay(&entries).await.is_empty());
        }
    }
    world.advance(hours(241));
    // The three expired unpaid, so that nothing is undecided; then the gateway reports payments made in time.
    world.sql("UPDATE entry SET state = 'expired', ended_at = 1 WHERE state = 'held'").await;
    assert!(arranged(&world, 7, true).await.iter().all(|(_, outcome)| code(outcome) == "published"));
    world.sql("UPDATE entry SET state = 'paid', paid_at = 1, ended_at = NULL WHERE state = 'expired'").await;
    world
}

async fn findings(world: &World) -> Vec<&'static str> {
    let all = verify::findings(&world.t.db, &world.catalogue).await.unwrap();
    all.iter().filter(|finding| !finding.violations.is_empty()).map(|finding| finding.says).collect()
}

async fn set(
    world: &World,
    number: &str,
    subject: &str,
    scope: &str,
) -> Result<i64, Stop<AccommodateRefusal>> {
    set_to(world, number, subject, scope, Needs { large_print: true, ..Needs::default() }).await
}

async fn set_to(
    world: &World,
    number: &str,
    subject: &str,
    scope: &str,
    needs: Needs,
) -> Result<i64, Stop<AccommodateRefusal>> {
    let cmd = AccommodateCommand {
        scope: Scope::parse(scope).unwrap(),
        plan: Arc::clone(world.catalogue.sitting(&sitting()).unwrap()),
        student_number: number.to_owned(),
        subject: SubjectCode::parse(subject).unwrap(),
        needs,
        seen_at: None,
        actor: Actor::Staff("school".to_owned()),
        address: String::new(),
    };
    let done = world.t.db.write(async move |tx| accommodate(tx, &cmd).await).await;
    done.map(|entered| entered.entry.0)
}

on_both! {
    /// I18.
    async fn who_pays_after_the_publication_gets_a_free_seat_and_nobody_moves(t: TestDb) {
        let world = late(t, 29).await;
        let before = seats_of(&world, unit("1")).await;
        assert_eq!(before.len(), 29);
        assert_eq!(findings(&world).await, ["every paid entry of a published subject and campus has a seat"]);
        let all = arranged(&world, 8, false).await;
        assert!(matches!(&all[..], [(_, Outcome::Late(summary))] if summary.candidates == 3 && summary.rooms == 2), "{all:?}");
        let told = told_of(&world.t.db, "arrangement-late").await.unwrap();
        assert!(matches!(&told[..], [line] if line.ends_with("; Candidates seated: 29 → 32")), "{told:?}");
        let published = told_of(&world.t.db, "arrangement-published").await.unwrap();
        assert!(published.iter().all(|line| line.contains("; Published arrangement: (none) → ")), "{published:?}");
        let after = seats_of(&world, unit("1")).await;
        assert_eq!(after[..29], before[..]);
        let tickets: Vec<&str> = after[29..].iter().map(|seat| seat.3.as_str()).collect();
        let mut sorted = tickets.clone();
        sorted.sort_unstable();
        assert_eq!(sorted, ["993010172100130", "993010172100201", "993010172100202"]);
        for who in 30..=32 {
            assert!(seat_of(&world, PassportId(who), "1").await.is_some());
        }
        assert_eq!(findings(&world).await, Vec::<&str>::new());
        // The same on both databases.
        assert_eq!(crate::arrangement::rules::class_number(&tickets), LATE_SEED_EIGHT);
        // Again: nobody is left, and nothing changes.
        assert!(arranged(&world, 9, true).await.is_empty());
        assert_eq!(seats_of(&world, unit("1")).await, after);
    }

    async fn a_replay_proves_late_seats_too_and_finds_a_changed_one(t: TestDb) {
        let world = late(t, 29).await;
        arranged(&world, 8, false).await;
        let differing = async || {
            let all = task(&world, Some(campus(HOME)), Task::Replay).await;
            let Some((_, Outcome::Replayed(replay))) = all.first() else { panic!("{all:?}") };
            (replay.seats, replay.late, replay.differing.len())
        };
        assert_eq!(differing().await, (32, 1, 0));
        world.sql("UPDATE late_draw SET seed = 12345").await;
        assert!(differing().await.2 > 0);
        assert!(findings(&world).await.iter().any(|says| says.contains("recorded seed")));
        world.sql("UPDATE late_draw SET seed = 8").await;
        assert_eq!(differing().await, (32, 1, 0));
        world.sql("UPDATE seat_assignment SET seat = 29 WHERE late = 1 AND room = 2 AND seat = 2").await;
        assert_eq!(differing().await.2, 1);
    }

    async fn late_seats_keep_the_settings_of_the_publication(t: TestDb) {
        let world = late(t, 29).await;
        setting(&world, SettingRow { scope: HOME.into(), room_size: Some(10), seat_columns: Some(2), ..SettingRow::default() }).await;
        arranged(&world, 8, false).await;
        let seats = seats_of(&world, unit("1")).await;
        assert!(seats.iter().any(|seat| (seat.1, seat.2) == (1, 30)), "{seats:?}");
    }

    async fn with_whom_a_campus_is_arranged_is_settled_by_the_publication(t: TestDb) {
        let world = closed(t, 3).await;
        let row = |to: Option<&str>, size| SettingRow {
            scope: HOME.into(), arrange_as: to.map(str::to_owned), room_size: size, ..SettingRow::default()
        };
        let set = async |row: SettingRow| {
            world.t.db.write(async move |tx| configure(tx, &sitting(), &row).await).await
        };
        set(row(Some(ELSEWHERE), None)).await.unwrap();
        set(row(None, Some(20))).await.unwrap();
        arranged(&world, 7, true).await;
        assert_eq!(set(row(Some(ELSEWHERE), None)).await, Err(Stop::Refused(ArrangeRefusal::Published)));
        // Setting the campus itself equals setting none, and sizes apply from the next draw on.
        set(row(Some(HOME), Some(10))).await.unwrap();
    }

    async fn a_school_sets_accommodations_until_the_seat_is_published(t: TestDb) {
        let world = closed(t, 12).await;
        let number = |n: i64| crate::entry::testing::snapshot(n, HOME, "1").student_number;
        set(&world, &number(4), "1", "99301").await.unwrap();
        // Setting it twice has no further effect.
        set(&world, &number(4), "1", HOME).await.unwrap();
        assert_eq!(world.count("SELECT COUNT(*) FROM entry_accommodation WHERE needs = 2").await, 1);
        assert_eq!(world.count("SELECT COUNT(*) FROM audit_log WHERE action = 'accommodation-set'").await, 1);
        for (number, subject, scope) in [(number(4), "1", "99101"), (number(4), "2", "99301"), ("x".to_owned(), "1", "99301")] {
            assert_eq!(set(&world, &number, subject, scope).await, Err(Stop::Refused(AccommodateRefusal::NoEntry)), "{scope}");
        }
        arranged(&world, 7, true).await;
        assert_eq!(seat_of(&world, PassportId(4), "1").await.map(|seat| (seat.room, seat.seat)), Some((2, 1)));
        assert_eq!(findings(&world).await, Vec::<&str>::new());
        assert_eq!(set(&world, &number(5), "1", "99301").await, Err(Stop::Refused(AccommodateRefusal::Published)));
        world.sql("DELETE FROM entry_accommodation").await;
        assert_eq!(findings(&world).await, ["each published seat was drawn with the accommodations that are set for its entry"]);
    }

    async fn an_accommodation_stands_in_the_log_with_what_was_approved_before_and_after(t: TestDb) {
        let world = closed(t, 2).await;
        let number = crate::entry::testing::snapshot(1, HOME, "1").student_number;
        let all = Needs { extra_time: true, large_print: true, hearing: true };
        for needs in [Needs { large_print: true, ..Needs::default() }, all, Needs::default()] {
            set_to(&world, &number, "1", "99301", needs).await.unwrap();
        }
        assert_eq!(told_of(&world.t.db, "accommodation-set").await.unwrap(), [
            "sitting=2017-2 subject=1; Accommodations: (none) → large print",
            "sitting=2017-2 subject=1; Accommodations: large print → extra time, large print, no listening part",
            "sitting=2017-2 subject=1; Accommodations: extra time, large print, no listening part → (none)",
        ]);
    }

    async fn an_entry_that_its_school_has_locked_past_its_hold_gets_what_is_approved(t: TestDb) {
        let world = World::with_seats(t, 5).await;
        let who = world.candidate(1).await;
        world.enter(who, "1").await.unwrap();
        world.sql("UPDATE entry SET locked_by = 7").await;
        world.advance(hours(25));
        world.sweep().await;
        assert!(set(&world, "number 1", "1", "99301").await.is_ok());
        assert_eq!(world.count("SELECT COUNT(*) FROM entry_accommodation").await, 1);
        let scope = Scope::parse("99301").unwrap();
        let lines = world.t.db.read(async move |tx| accommodated(tx, &scope, 9).await).await.unwrap();
        assert_eq!(lines.len(), 1);
        world.sql("UPDATE entry SET locked_by = NULL").await;
        assert!(matches!(set(&world, "number 1", "1", "99301").await, Err(Stop::Refused(AccommodateRefusal::NoEntry))));
    }
}

const LATE_SEED_EIGHT: i64 = -9_198_937_617_822_207_309;
