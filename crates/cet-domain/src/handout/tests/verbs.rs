//! Joining, leaving, getting a seat, and the end of a line, on both databases (R16).

#[path = "world.rs"]
pub(in crate::handout) mod world;

use std::sync::Arc;

use super::firsts;
use crate::entry::testing::*;
use crate::entry::verbs::LateMoney;
use crate::message::{Facts, Kind};
use crate::on_both;
use crate::standby::store::InLine;
use crate::store::DbError;
use crate::store::testing::{NOON, TestDb};
use crate::words::ids::{EntryId, StandbyId};
use world::*;

/// One seat of each pool, taken by the first of some candidates.
async fn full(t: TestDb, people: i64) -> (World, Vec<crate::words::ids::PassportId>, Vec<EntryId>) {
    let world = World::with_seats(t, 1).await;
    let mut who = Vec::new();
    for n in 1..=people {
        who.push(world.reachable(n).await);
    }
    let entries = world.enter(who[0], "1").await.unwrap();
    (world, who, entries)
}

on_both! {
    /// R16.
    async fn a_freed_seat_goes_to_the_first_in_line_as_an_entry_of_a_day_with_a_mail(t: TestDb) {
        let (world, who, entries) = full(t, 4).await;
        waits(&world, who[1], "1").await;
        waits(&world, who[2], "1").await;
        assert_eq!((place(&world, who[1]).await, place(&world, who[2]).await), (1, 2));
        hand_out(&world).await;
        assert_eq!(place(&world, who[1]).await, 1, "nothing is free yet");

        world.cancel(who[0], entries[0]).await.unwrap();
        // The seat is nobody's who passes by, also before the job has run.
        assert_eq!(world.enter(who[3], "1").await, Err(vec!["pool-full"]));
        hand_out(&world).await;
        assert_eq!(world.live(who[1]).await, ["1"]);
        assert_eq!((place(&world, who[1]).await, place(&world, who[2]).await), (0, 1));
        assert_eq!(world.enter(who[3], "1").await, Err(vec!["pool-full"]));
        let told = world.told_of(who[1], Kind::StandbyGiven).await;
        let [Facts::StandbyGiven { lines, until }] = &told[..] else { panic!("{told:?}") };
        assert_eq!((lines.len(), *until), (1, end_of_hold(&world).micros()));
        assert_eq!(world.told_of(who[1], Kind::Entered).await.len(), 0);
        assert_lines_agree(&world).await;

        // Nobody pays: the seat expires as any other, and the next one has it.
        world.advance(hours(24));
        world.sweep().await;
        hand_out(&world).await;
        assert_eq!((world.live(who[1]).await.len(), world.live(who[2]).await), (0, vec!["1".to_owned()]));
        assert_eq!(place(&world, who[2]).await, 0);
        assert_lines_agree(&world).await;
    }

    /// R16.
    async fn a_raised_capacity_and_a_refund_serve_the_line_first_and_what_is_left_is_for_all(t: TestDb) {
        let (world, who, _) = full(t, 4).await;
        waits(&world, who[1], "1").await;
        world.sql("UPDATE seat_pool SET capacity = 3 WHERE subject = '1' AND campus = '993010'").await;
        // One of the two new seats is for the one in line.
        world.enter(who[2], "1").await.unwrap();
        assert_eq!(world.enter(who[3], "1").await, Err(vec!["pool-full"]));
        hand_out(&world).await;
        assert_eq!(world.live(who[1]).await, ["1"]);
        assert_lines_agree(&world).await;
    }

    /// R16.
    async fn whoever_could_not_enter_the_subject_can_not_wait_for_it_and_a_free_seat_is_no_line(t: TestDb) {
        let (world, who, _) = full(t, 2).await;
        let join = |code: &'static str, at: &'static [&'static str]| joined(&world.t.db, &world, command(who[1], code, at));
        assert_eq!(join("2", &[]).await, Err(vec!["seat-free"]));
        assert_eq!(join("F", &[]).await, Err(vec!["oral-needs-written"]));
        let codes = join("F", &[HOME, "990000"]).await.unwrap_err();
        assert!(codes.contains(&"oral-needs-written") && codes.contains(&"oral-campus-not-allowed"), "{codes:?}");
        assert_eq!(join("9", &[]).await, Err(vec!["pool-unknown"]));
        let own = joined(&world.t.db, &world, command(who[0], "1", &[])).await;
        assert_eq!(own, Err(vec!["already-entered"]));
        assert_eq!(joined(&world.t.db, &world, command(who[0], "3", &[])).await, Err(vec!["level-taken"]));
        let nobody = crate::words::ids::PassportId(99);
        assert_eq!(joined(&world.t.db, &world, command(nobody, "1", &[])).await, Err(vec!["not-bound"]));
        assert_lines_agree(&world).await;
    }

    /// R16.
    async fn joining_twice_keeps_the_place_and_leaving_gives_it_up(t: TestDb) {
        let (world, who, entries) = full(t, 3).await;
        let first = waits(&world, who[1], "1").await;
        waits(&world, who[2], "1").await;
        assert_eq!(waits(&world, who[1], "1").await, first, "a repeat");
        assert_eq!(place(&world, who[1]).await, 1);

        assert_eq!(left(&world, who[2], first).await, Err("not-found"), "somebody else's");
        assert_eq!(left(&world, who[1], StandbyId(1)).await, Err("not-found"));
        left(&world, who[1], first).await.unwrap();
        left(&world, who[1], first).await.unwrap();
        assert_eq!((place(&world, who[1]).await, place(&world, who[2]).await), (0, 1));
        waits(&world, who[1], "1").await;
        assert_eq!(place(&world, who[1]).await, 2, "at the end");
        world.cancel(who[0], entries[0]).await.unwrap();
        hand_out(&world).await;
        assert_eq!(world.live(who[2]).await, ["1"]);
        assert_lines_agree(&world).await;
    }

    /// R16.
    async fn an_oral_subject_is_waited_for_at_three_campuses_and_the_wanted_one_comes_first(t: TestDb) {
        let world = World::with_seats(t, 2).await;
        let who = [world.reachable(1).await, world.reachable(2).await, world.reachable(3).await, world.reachable(4).await];
        world.sql("UPDATE seat_pool SET capacity = 9 WHERE subject = '1'").await;
        for one in who {
            world.enter(one, "1").await.unwrap();
        }
        world.sql("UPDATE seat_pool SET capacity = 1 WHERE subject = 'F'").await;
        let at_home = world.enter_oral(who[0], "F", HOME).await.unwrap();
        let elsewhere = world.enter_oral(who[1], "F", ELSEWHERE).await.unwrap();
        let join = |n: usize, at: &'static [&'static str]| joined(&world.t.db, &world, command(who[n], "F", at));
        assert_eq!(join(2, &[HOME, ELSEWHERE, "993011", "993012"]).await.map_err(|codes| codes[0]), Err("too-many-campuses"));
        join(2, &[ELSEWHERE, HOME, ELSEWHERE]).await.unwrap();
        assert_eq!(join(2, &[HOME, ELSEWHERE]).await, Err(vec!["already-waiting"]));
        join(3, &[HOME]).await.unwrap();
        let places = own_places(&world, who[2]).await;
        assert_eq!(places[0].at.iter().map(|at| (at.campus.to_string(), at.place, at.total)).collect::<Vec<_>>(),
            [(ELSEWHERE.to_owned(), 1, 1), (HOME.to_owned(), 1, 2)]);

        // Both campuses get a seat at once.
        world.cancel(who[0], at_home[0]).await.unwrap();
        world.cancel(who[1], elsewhere[0]).await.unwrap();
        hand_out(&world).await;
        assert_eq!((world.live(who[2]).await, world.live(who[3]).await), (vec!["1".to_owned(), "F".to_owned()], vec!["1".to_owned(), "F".to_owned()]));
        let at = world.count("SELECT COUNT(*) FROM entry WHERE subject = 'F' AND state = 'held' AND campus = '991010'").await;
        assert_eq!(at, 1, "the wanted one is elsewhere");
        assert_eq!(world.count("SELECT COUNT(*) FROM standby_wish").await, 0);
        assert_lines_agree(&world).await;
    }

    /// R8, R16.
    async fn entering_another_subject_of_the_level_ends_the_waiting_for_one(t: TestDb) {
        let (world, who, _) = full(t, 2).await;
        waits(&world, who[1], "1").await;
        world.enter(who[1], "3").await.unwrap();
        assert_eq!(place(&world, who[1]).await, 0);
        assert_eq!(world.count("SELECT COUNT(*) FROM standby WHERE ended_for = 'entered'").await, 1);
        assert_lines_agree(&world).await;
    }

    /// R16.
    async fn a_turn_that_the_rules_do_not_allow_any_more_ends_with_a_mail_and_the_next_one_has_the_seat(t: TestDb) {
        let world = World::with_seats(t, 2).await;
        let who = [world.reachable(1).await, world.reachable(2).await, world.reachable(3).await];
        world.sql("UPDATE seat_pool SET capacity = 9 WHERE subject = '1'").await;
        let mut written = Vec::new();
        for one in who {
            written.push(world.enter(one, "1").await.unwrap()[0]);
        }
        world.sql("UPDATE seat_pool SET capacity = 1 WHERE subject = 'F'").await;
        let oral = world.enter_oral(who[0], "F", HOME).await.unwrap();
        waits(&world, who[1], "F").await;
        waits(&world, who[2], "F").await;
        world.cancel(who[1], written[1]).await.unwrap();
        world.cancel(who[0], oral[0]).await.unwrap();
        hand_out(&world).await;
        assert_eq!(world.live(who[2]).await, ["1", "F"]);
        let told = world.told_of(who[1], Kind::StandbyEnded).await;
        assert!(matches!(&told[..], [Facts::StandbyEnded { why, .. }] if why == "refused"), "{told:?}");
        assert_lines_agree(&world).await;
    }

    /// R16.
    async fn at_night_a_free_seat_waits_for_the_morning_and_is_nobody_elses(t: TestDb) {
        let (world, who, entries) = full(t, 3).await;
        world.pay(&entries).await;
        let second = world.enter(who[1], "4").await.unwrap();
        waits(&world, who[2], "4").await;
        // 23:30 in Beijing.
        world.advance(minutes(11 * 60 + 30));
        world.cancel(who[1], second[0]).await.unwrap();
        hand_out(&world).await;
        assert_eq!(world.live(who[2]).await, Vec::<String>::new());
        assert_eq!(world.enter(who[0], "4").await, Err(vec!["pool-full"]));
        assert_lines_agree(&world).await;
        // 07:00.
        world.advance(minutes(7 * 60 + 30));
        hand_out(&world).await;
        assert_eq!(world.live(who[2]).await, ["4"]);
        assert_lines_agree(&world).await;
    }

    /// R16.
    async fn lines_that_give_nothing_at_night_keep_no_other_line_from_its_turn(t: TestDb) {
        let mut world = World::with_seats(t, 2).await;
        // Registration at home closes at 5:00, before the morning; elsewhere, whose pool comes first, it does not.
        world.sql("INSERT INTO registration_window (sitting, scope, mode, from_at, to_at, outsiders_from)
                   SELECT sitting, '993010', mode, from_at, to_at - 802800000000, NULL
                     FROM registration_window WHERE mode = 'oral'").await;
        world.reload().await;
        world.sql("UPDATE seat_pool SET capacity = 9 WHERE subject = '1'").await;
        world.sql("UPDATE seat_pool SET capacity = 1 WHERE subject = 'F'").await;
        let who = [world.reachable(1).await, world.reachable(2).await, world.reachable(3).await, world.reachable(4).await];
        for one in who {
            world.enter(one, "1").await.unwrap();
        }
        let elsewhere = world.enter_oral(who[0], "F", ELSEWHERE).await.unwrap();
        let at_home = world.enter_oral(who[1], "F", HOME).await.unwrap();
        joined(&world.t.db, &world, command(who[2], "F", &[ELSEWHERE])).await.unwrap();
        joined(&world.t.db, &world, command(who[3], "F", &[HOME])).await.unwrap();
        // 23:30 in Beijing.
        world.advance(minutes(11 * 60 + 30));
        world.cancel(who[0], elsewhere[0]).await.unwrap();
        world.cancel(who[1], at_home[0]).await.unwrap();
        let catalogue = Arc::clone(&world.catalogue);
        let found: Result<Vec<InLine>, DbError> =
            world.t.db.read(async move |tx| firsts(tx, &catalogue, 1).await).await;
        let found: Vec<_> = found.unwrap().into_iter().map(|one| one.registration).collect();
        assert_eq!(found, [world.registration(who[3]).await.unwrap().id]);
        hand_out(&world).await;
        assert_eq!((world.live(who[2]).await, world.live(who[3]).await),
            (vec!["1".to_owned()], vec!["1".to_owned(), "F".to_owned()]));
        assert_lines_agree(&world).await;
    }

    /// R16.
    async fn near_the_end_a_seat_is_held_until_registration_closes_and_the_line_ends_with_a_mail(t: TestDb) {
        let world = World::with_seats(t, 1).await;
        let closes = NOON.plus(hours(240));
        world.t.clock.set(closes.minus(hours(3)));
        let who = [world.reachable(1).await, world.reachable(2).await, world.reachable(3).await];
        let entries = world.enter(who[0], "4").await.unwrap();
        waits(&world, who[1], "4").await;
        waits(&world, who[2], "4").await;
        world.t.clock.set(closes.minus(hours(2)));
        world.cancel(who[0], entries[0]).await.unwrap();
        hand_out(&world).await;
        let told = world.told_of(who[1], Kind::StandbyGiven).await;
        assert!(matches!(&told[..], [Facts::StandbyGiven { until, .. }] if *until == closes.micros()), "{told:?}");

        world.t.clock.set(closes.minus(minutes(30)));
        hand_out(&world).await;
        assert_eq!(place(&world, who[2]).await, 0);
        let told = world.told_of(who[2], Kind::StandbyEnded).await;
        assert!(matches!(&told[..], [Facts::StandbyEnded { why, .. }] if why == "closed"), "{told:?}");
        assert_eq!(joined(&world.t.db, &world, command(who[2], "4", &[])).await, Err(vec!["line-closed"]));
        assert_lines_agree(&world).await;
    }

    /// R7, R16.
    async fn a_registration_that_only_waits_is_kept_and_released_after_the_waiting(t: TestDb) {
        let (world, who, entries) = full(t, 2).await;
        world.pay(&entries).await;
        let standby = waits(&world, who[1], "1").await;
        world.advance(hours(100));
        world.sweep().await;
        assert!(world.registration(who[1]).await.is_some());
        assert_eq!(place(&world, who[1]).await, 1);
        left(&world, who[1], standby).await.unwrap();
        // As after a cancellation, something else can be chosen for a while.
        world.advance(minutes(29));
        world.sweep().await;
        assert!(world.registration(who[1]).await.is_some());
        world.advance(minutes(1));
        world.sweep().await;
        assert!(world.registration(who[1]).await.is_none());
        assert_lines_agree(&world).await;
    }

    /// R16, Y4.
    async fn late_money_does_not_overtake_the_line_and_takes_what_is_left_of_it(t: TestDb) {
        let (world, who, entries) = full(t, 3).await;
        // Another entry keeps the registration.
        let other = world.enter(who[0], "4").await.unwrap();
        world.pay(&other).await;
        waits(&world, who[1], "1").await;
        world.advance(hours(24));
        world.sweep().await;
        let retake = async || {
            let (catalogue, of) = (Arc::clone(&world.catalogue), world.registration(who[0]).await.unwrap());
            let entry = entries[0];
            world.t.db.write(async move |tx| crate::entry::verbs::retake(tx, &catalogue, &of, entry).await).await.unwrap()
        };
        assert_eq!(retake().await, LateMoney::NoSeat);
        hand_out(&world).await;
        assert_eq!(world.live(who[1]).await, ["1"]);

        // A second seat is nobody's: whose money came late waits for it too, and has it at once.
        waits(&world, who[0], "1").await;
        world.sql("UPDATE seat_pool SET capacity = 3 WHERE subject = '1' AND campus = '993010'").await;
        assert_eq!(retake().await, LateMoney::Seated);
        assert_eq!(place(&world, who[0]).await, 0, "nobody waits for what is entered");
        assert_lines_agree(&world).await;
    }

    /// R16, J1.
    async fn a_place_that_the_job_can_not_work_on_is_passed_over(t: TestDb) {
        let (world, who, entries) = full(t, 3).await;
        waits(&world, who[1], "1").await;
        waits(&world, who[2], "1").await;
        world.sql("UPDATE standby SET wishes = 'broken' WHERE id = (SELECT MIN(id) FROM standby)").await;
        world.cancel(who[0], entries[0]).await.unwrap();
        hand_out(&world).await;
        hand_out(&world).await;
        assert_eq!(world.live(who[2]).await, ["1"]);
        assert_eq!(world.count("SELECT COUNT(*) FROM job_aside WHERE job = 'standby'").await, 1);
    }
}
