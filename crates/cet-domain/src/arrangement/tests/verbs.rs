//! Arranging, publishing and replaying, on both databases.

use std::sync::Arc;

use super::*;
use crate::arrangement::rules::tests::unit;
use crate::arrangement::store::SettingRow;
use crate::arrangement::whole::{self, Outcome, Task};
use crate::entry::testing::{ELSEWHERE, HOME, World, campus, hours, sitting};
use crate::on_both;
use crate::params;
use crate::store::testing::TestDb;
use crate::words::ids::PassportId;

/// This many candidates, all paid for English 4 (and the first two for its oral test elsewhere), after registration.
pub(crate) async fn closed(t: TestDb, people: i64) -> World {
    let world = World::with_seats(t, 500).await;
    for who in world.candidates(people).await {
        let mut entries = world.enter(who, "1").await.unwrap();
        if who.0 <= 2 {
            entries.extend(world.enter_oral(who, "F", ELSEWHERE).await.unwrap());
        }
        assert!(world.pay(&entries).await.is_empty());
    }
    world.advance(hours(241));
    world
}

pub(crate) async fn task(world: &World, only: Option<CampusCode>, task: Task) -> Vec<(Unit, Outcome)> {
    let plan = Arc::clone(world.catalogue.sitting(&sitting()).unwrap());
    let all = whole::run(&world.t.db, &plan, only, &task, Arc::new(|_, _| ())).await.unwrap();
    let idle = |outcome: &Outcome| match outcome {
        Outcome::Drawn(summary) => summary.arrangement.is_none(),
        Outcome::Nothing => true,
        Outcome::Late(summary) => summary.candidates == 0,
        Outcome::Published(_) | Outcome::Unpublished(..) | Outcome::Refused(_) | Outcome::Replayed(_) => {
            false
        }
    };
    all.into_iter().filter(|(_, outcome)| !idle(outcome)).collect()
}

pub(crate) async fn arranged(world: &World, seed: i64, publish: bool) -> Vec<(Unit, Outcome)> {
    task(world, None, Task::Arrange { seed, publish, actor: Actor::Command("arrange") }).await
}

pub(crate) async fn setting(world: &World, row: SettingRow) {
    world.t.db.write(async move |tx| store::set(tx, &sitting(), &row).await).await.unwrap();
}

/// The seats of a unit's draft or published arrangement, without ids.
pub(crate) async fn seats_of(world: &World, of: Unit) -> Vec<(i64, i64, i64, String)> {
    let rows = world
        .t
        .db
        .read(async move |tx| {
            let row = store::unit(tx, &of, of.subject).await?.unwrap();
            seats::all(tx, of.school(), row.published.or(row.draft).unwrap()).await
        })
        .await
        .unwrap();
    rows.into_iter().map(|row| (row.session, row.room, row.seat, row.ticket)).collect()
}

pub(crate) async fn seat_of(world: &World, who: PassportId, subject: &'static str) -> Option<Assignment> {
    let of = world.registration(who).await.unwrap();
    world
        .t
        .db
        .read(async move |tx| {
            let entries = crate::entry::store::of_registration(tx, of.school, of.id).await?;
            let entry = entries.iter().find(|entry| entry.subject.as_str() == subject).unwrap();
            placed(tx, of.school, entry).await.map(|placed| placed.map(|placed| placed.seat))
        })
        .await
        .unwrap()
}

pub(crate) fn code(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Refused(refusal) | Outcome::Unpublished(_, refusal) => refusal.code(),
        Outcome::Drawn(_) => "drawn",
        Outcome::Late(_) => "late",
        Outcome::Published(_) => "published",
        Outcome::Replayed(_) => "replayed",
        Outcome::Nothing => "nothing",
    }
}

on_both! {
    /// T1.
    async fn before_registration_has_closed_it_refuses(t: TestDb) {
        let world = closed(t, 1).await;
        world.t.clock.set(world.now().minus(hours(1)).minus(crate::entry::testing::micros(1)));
        let all = arranged(&world, 7, true).await;
        assert!(!all.is_empty() && all.iter().all(|(_, outcome)| code(outcome) == "window-not-closed"), "{all:?}");
        assert_eq!(world.count("SELECT COUNT(*) FROM seat_assignment").await, 0);
        world.advance(crate::entry::testing::micros(1));
        assert!(arranged(&world, 7, false).await.iter().all(|(_, outcome)| code(outcome) == "drawn"));
    }

    /// T1.
    async fn every_paid_entry_gets_a_seat_that_shows_once_published(t: TestDb) {
        let world = closed(t, 31).await;
        let all = arranged(&world, 7, false).await;
        assert_eq!(all.len(), 2, "{all:?}");
        assert_eq!(seat_of(&world, PassportId(1), "1").await, None);
        arranged(&world, 7, true).await;
        for who in 1..=31 {
            let seat = seat_of(&world, PassportId(who), "1").await.unwrap();
            assert!(seat.ticket.starts_with("9930101721") && (1..=2).contains(&seat.room), "{seat:?}");
        }
        let oral = seat_of(&world, PassportId(2), "F").await.unwrap();
        assert!(oral.ticket.starts_with("F172991010") && oral.session == 1, "{oral:?}");
    }

    /// T1.
    async fn the_same_seed_gives_the_same_seats_on_both_databases(t: TestDb) {
        let world = closed(t, 40).await;
        arranged(&world, 7, false).await;
        let first = seats_of(&world, unit("1")).await;
        arranged(&world, 8, false).await;
        assert_ne!(seats_of(&world, unit("1")).await, first);
        arranged(&world, 7, true).await;
        assert_eq!(seats_of(&world, unit("1")).await, first);
        let tickets: Vec<&str> = first.iter().map(|seat| seat.3.as_str()).collect();
        // The same number in both cases: both databases drew the same.
        assert_eq!(rules::class_number(&tickets), SEED_SEVEN);
    }

    /// T1.
    async fn what_is_published_never_changes_again(t: TestDb) {
        let world = closed(t, 5).await;
        arranged(&world, 7, true).await;
        let first = seats_of(&world, unit("1")).await;
        let again = arranged(&world, 8, true).await;
        assert!(again.is_empty(), "{again:?}");
        assert_eq!(seats_of(&world, unit("1")).await, first);
    }

    async fn drawing_again_proves_the_seats_and_finds_a_changed_one(t: TestDb) {
        let world = closed(t, 35).await;
        arranged(&world, 7, true).await;
        let differing = async |world: &World| {
            let all = task(world, Some(campus(HOME)), Task::Replay).await;
            all.iter().map(|(_, outcome)| match outcome {
                Outcome::Replayed(replay) => replay.differing.len(),
                other => panic!("{other:?}"),
            }).sum::<usize>()
        };
        assert_eq!(differing(&world).await, 0);
        world.sql("UPDATE seat_assignment SET seat = 31 WHERE ticket LIKE '99301%' AND room = 1 AND seat = 1").await;
        assert_eq!(differing(&world).await, 1);
    }

    async fn an_unpaid_entry_within_its_hold_delays_the_publication(t: TestDb) {
        let world = World::with_seats(t, 50).await;
        let paid = world.candidate(1).await;
        let entries = world.enter(paid, "1").await.unwrap();
        world.pay(&entries).await;
        world.advance(hours(239));
        let late = world.candidate(2).await;
        let late = world.enter(late, "1").await.unwrap();
        world.advance(hours(2));
        assert_eq!(code(&arranged(&world, 7, true).await[0].1), "entries-undecided");
        world.pay(&late).await;
        assert_eq!(code(&arranged(&world, 7, true).await[0].1), "published");
    }

    async fn a_draft_that_is_out_of_date_is_not_published(t: TestDb) {
        let world = closed(t, 3).await;
        arranged(&world, 7, false).await;
        world.sql("UPDATE entry SET state = 'withdrawn', ended_at = 1 WHERE subject = '1' AND id = (SELECT MAX(id) FROM entry)").await;
        let plan = Arc::clone(world.catalogue.sitting(&sitting()).unwrap());
        let published = world.t.db.write(async move |tx| {
            let units = plan_units(tx, &plan, Some(campus(HOME))).await?;
            publish(tx, &units[0], &Actor::Command("arrange")).await
        }).await;
        assert_eq!(published, Err(Stop::Refused(ArrangeRefusal::Stale)));
    }

    async fn accommodations_have_rooms_of_their_own(t: TestDb) {
        let world = closed(t, 12).await;
        let of = world.registration(PassportId(4)).await.unwrap();
        world.t.db.write(async move |tx| {
            let entries = crate::entry::store::of_registration(tx, of.school, of.id).await?;
            let needs = Needs { extra_time: true, ..Needs::default() };
            store::accommodate(tx, of.school, entries[0].id, needs).await
        }).await.unwrap();
        arranged(&world, 7, true).await;
        assert_eq!(seat_of(&world, PassportId(4), "1").await.map(|seat| (seat.room, seat.seat)), Some((2, 1)));
        let first_room = seats_of(&world, unit("1")).await.iter().filter(|seat| seat.1 == 1).count();
        assert_eq!(first_room, 11);
    }

    async fn a_campus_is_arranged_with_another_and_has_its_numbers(t: TestDb) {
        let world = closed(t, 3).await;
        let with = SettingRow { scope: HOME.into(), arrange_as: Some(ELSEWHERE.into()), ..SettingRow::default() };
        setting(&world, with).await;
        let all = task(&world, Some(campus(HOME)), Task::Arrange { seed: 7, publish: true, actor: Actor::Command("arrange") }).await;
        assert!(all.iter().all(|(unit, outcome)| unit.campus == campus(ELSEWHERE) && code(outcome) == "published"), "{all:?}");
        assert!(seat_of(&world, PassportId(1), "1").await.unwrap().ticket.starts_with("991010"));
    }

    async fn the_narrowest_setting_counts_and_a_wrong_one_is_named(t: TestDb) {
        let world = closed(t, 20).await;
        setting(&world, SettingRow { scope: "99".into(), room_size: Some(15), ..SettingRow::default() }).await;
        setting(&world, SettingRow { scope: HOME.into(), room_size: Some(8), seat_columns: Some(2), ..SettingRow::default() }).await;
        arranged(&world, 7, false).await;
        let rooms: BTreeSet<i64> = seats_of(&world, unit("1")).await.iter().map(|seat| seat.1).collect();
        assert_eq!(rooms.len(), 3);
        setting(&world, SettingRow { scope: HOME.into(), room_size: Some(100), ..SettingRow::default() }).await;
        let plan = Arc::clone(world.catalogue.sitting(&sitting()).unwrap());
        let units = world.t.db.read(async move |tx| plan_units(tx, &plan, None).await).await;
        assert!(matches!(units, Err(Stop::Refused(ArrangeRefusal::Setting(at, fault))) if at == campus(HOME) && fault.what == "room_size"));
    }

    async fn two_oral_subjects_of_one_day_do_not_share_a_machine(t: TestDb) {
        let world = closed(t, 2).await;
        // Both oral subjects on one day and campus; who takes F takes S too.
        for who in [1, 2] {
            let of = world.registration(PassportId(who)).await.unwrap();
            world.t.db.write(async move |tx| tx.execute(
                "INSERT INTO entry (school, id, registration_id, sitting, subject, mode, level, pool_school, campus, campus_name,
                                    school_name, state, fee, channel, entered_at, expires_at, paid_at)
                 VALUES ($1, $2, $3, '2017-2', 'S', 'oral', 6, '99101', '991010', '', '', 'paid', 1, 'self', 1, 1, 1)",
                params![of.school, who, of.id]).await).await.unwrap();
        }
        arranged(&world, 7, true).await;
        let (f, s) = (seat_of(&world, PassportId(1), "F").await.unwrap(), seat_of(&world, PassportId(1), "S").await.unwrap());
        assert_eq!((f.session, s.session), (1, 2));
    }
}

const SEED_SEVEN: i64 = 5_940_141_340_644_014_673;
