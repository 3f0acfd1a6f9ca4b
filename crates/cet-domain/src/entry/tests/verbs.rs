//! Entering, cancelling and expiring, from the candidates' view.

use super::*;
use crate::entry::testing::*;
use crate::on_both;
use crate::words::ids::{EntryId, OrderId, PassportId};

on_both! {
    async fn an_entry_takes_a_seat_and_keeps_the_registration(t: TestDb) {
        let world = World::with_seats(t, 2).await;
        let who = world.candidate(1).await;
        assert!(world.registration(who).await.unwrap().release_at.is_some());
        world.enter(who, "1").await.unwrap();
        assert_eq!((world.live(who).await, world.taken("1").await), (vec!["1".to_owned()], 1));
        assert_eq!(world.registration(who).await.unwrap().release_at, None);
        assert_eq!(world.count("SELECT COUNT(*) FROM audit_log WHERE action = 'entry-entered'").await, 1);
        world.assert_sums_agree().await;
    }

    /// R8.
    async fn of_a_refused_submission_nothing_is_done(t: TestDb) {
        let world = World::with_seats(t, 1).await;
        let (one, two) = (world.candidate(1).await, world.candidate(2).await);
        world.enter(one, "4").await.unwrap();
        assert_eq!(world.enter(two, "1;4").await, Err(vec!["pool-full"]));
        assert!(world.live(two).await.is_empty());
        assert_eq!(world.taken("1").await, 0);
        assert!(world.registration(two).await.unwrap().release_at.is_some());
    }

    async fn a_passport_without_a_registration_is_not_bound(t: TestDb) {
        let world = World::with_seats(t, 1).await;
        assert_eq!(world.enter(PassportId(9), "1").await, Err(vec!["not-bound"]));
        assert_eq!(world.cancel(PassportId(9), EntryId(1)).await, Err(vec!["not-found"]));
    }

    /// R8.
    async fn every_refusal_of_a_submission_is_named(t: TestDb) {
        let mut world = World::with_seats(t, 1).await;
        let (one, two) = (world.candidate(1).await, world.candidate(2).await);
        world.enter(one, "1").await.unwrap();
        world.sql("DELETE FROM fee WHERE subject = '3'").await;
        world.reload().await;
        let refused = world.enter(two, "1;3;9").await.unwrap_err();
        for code in ["level-taken", "fee-unset", "pool-unknown", "pool-full"] {
            assert!(refused.contains(&code), "{code} is missing in {refused:?}");
        }
        assert_eq!(world.enter(two, "").await, Err(vec!["nothing-chosen"]));
    }

    async fn a_second_subject_of_a_level_is_refused_and_another_level_is_not(t: TestDb) {
        let world = World::with_seats(t, 5).await;
        let who = world.candidate(1).await;
        world.enter(who, "1").await.unwrap();
        assert_eq!(world.enter(who, "3").await, Err(vec!["level-taken"]));
        assert_eq!(world.enter(who, "1;4").await, Err(vec!["already-entered"]));
        world.enter(who, "2").await.unwrap();
        assert_eq!(world.live(who).await, ["1", "2"]);
    }

    async fn an_oral_entry_needs_a_written_one_of_its_level(t: TestDb) {
        let world = World::with_seats(t, 5).await;
        let who = world.candidate(1).await;
        assert_eq!(world.enter_oral(who, "F", HOME).await, Err(vec!["oral-needs-written"]));
        world.enter(who, "2").await.unwrap();
        assert_eq!(world.enter_oral(who, "F", HOME).await, Err(vec!["oral-needs-written"]));
        world.enter(who, "3").await.unwrap();
        world.enter_oral(who, "F", HOME).await.unwrap();
        assert_eq!(world.enter(who, "F").await, Err(vec!["pool-unknown"]));
    }

    /// R11.
    async fn an_oral_seat_may_be_elsewhere_where_the_school_allows_it(t: TestDb) {
        let mut world = World::with_seats(t, 5).await;
        let who = world.candidate(1).await;
        world.enter(who, "1;2").await.unwrap();
        world.enter_oral(who, "F", ELSEWHERE).await.unwrap();
        assert_eq!(world.enter_oral(who, "S", "110010").await, Err(vec!["oral-campus-not-allowed", "pool-unknown"]));
        world.sql("DELETE FROM oral_setting").await;
        world.reload().await;
        assert_eq!(world.enter_oral(who, "S", ELSEWHERE).await, Err(vec!["oral-campus-not-allowed"]));
        world.assert_sums_agree().await;
    }

    /// TH46.
    async fn a_window_opens_at_its_first_microsecond_and_closes_at_its_last(t: TestDb) {
        let world = World::with_seats(t, 5).await;
        let who = world.candidate(1).await;
        let (opens, closes) = (world.now().minus(hours(1)), world.now().plus(hours(240)));
        world.t.clock.set(opens.minus(micros(1)));
        assert_eq!(world.enter(who, "1").await, Err(vec!["window-not-open"]));
        world.t.clock.set(opens);
        let [first] = world.enter(who, "1").await.unwrap()[..] else { panic!() };
        world.cancel(who, first).await.unwrap();
        world.t.clock.set(closes.minus(micros(1)));
        let who = world.candidate(2).await;
        let [last] = world.enter(who, "1").await.unwrap()[..] else { panic!() };
        world.t.clock.set(closes);
        assert_eq!(world.enter(who, "2").await, Err(vec!["window-closed"]));
        assert_eq!(world.cancel(who, last).await, Err(vec!["window-closed"]));
    }

    /// R13.
    async fn an_unpaid_entry_is_gone_from_the_moment_its_hold_ends(t: TestDb) {
        let world = World::with_seats(t, 1).await;
        let (one, two) = (world.candidate(1).await, world.candidate(2).await);
        world.enter(one, "1").await.unwrap();
        world.enter(two, "2").await.unwrap();
        let end = end_of_hold(&world);
        world.t.clock.set(end.minus(micros(1)));
        assert_eq!(world.live(one).await, ["1"]);
        assert_eq!(world.enter(two, "1").await, Err(vec!["pool-full"]));
        world.t.clock.set(end);
        assert!(world.live(one).await.is_empty());
        // Without any job: the next request gets the seat at once (R13).
        let two = world.candidate(3).await;
        world.enter(two, "1").await.unwrap();
        assert_eq!(world.taken("1").await, 1);
        world.assert_sums_agree().await;
    }

    /// R13.
    async fn what_somebody_else_had_too_long_is_released_by_whoever_takes_the_seat(t: TestDb) {
        let world = World::with_seats(t, 1).await;
        let one = world.candidate(1).await;
        world.enter(one, "1").await.unwrap();
        world.advance(hours(25));
        let two = world.candidate(2).await;
        world.enter(two, "1").await.unwrap();
        assert_eq!(world.registration(one).await, None);
        assert_eq!(world.count("SELECT COUNT(*) FROM passport_claim").await, 1);
    }

    /// R13.
    async fn the_sweep_ends_what_is_overdue_and_releases_what_is_empty(t: TestDb) {
        let world = World::with_seats(t, 5).await;
        let (one, two) = (world.candidate(1).await, world.candidate(2).await);
        let kept = world.enter(one, "1").await.unwrap();
        world.enter(one, "2").await.unwrap();
        world.enter(two, "1").await.unwrap();
        world.pay(&kept).await;
        world.advance(hours(24));
        world.sweep().await;
        assert_eq!((world.taken("1").await, world.taken("2").await), (1, 0));
        assert_eq!(world.live(one).await, ["1"]);
        assert_eq!(world.count("SELECT COUNT(*) FROM registration WHERE state = 'live'").await, 1);
        assert_eq!(world.count("SELECT COUNT(*) FROM registration WHERE state = 'released' AND name = ''").await, 1);
        world.assert_sums_agree().await;
        world.sweep().await;
        world.assert_sums_agree().await;
    }

    async fn an_expired_written_entry_takes_its_unpaid_oral_one_along(t: TestDb) {
        let world = World::with_seats(t, 5).await;
        let who = world.candidate(1).await;
        world.enter(who, "1").await.unwrap();
        world.advance(hours(20));
        world.enter_oral(who, "F", ELSEWHERE).await.unwrap();
        world.advance(hours(4));
        world.sweep().await;
        assert_eq!((world.taken("1").await, world.taken("F").await), (0, 0));
        world.assert_sums_agree().await;
    }

    async fn a_cancelled_written_entry_takes_its_unpaid_oral_one_along(t: TestDb) {
        let world = World::with_seats(t, 5).await;
        let who = world.candidate(1).await;
        let [written] = world.enter(who, "1").await.unwrap()[..] else { panic!() };
        world.enter_oral(who, "F", HOME).await.unwrap();
        assert_eq!(world.cancel(who, written).await, Ok(2));
        assert!(world.live(who).await.is_empty());
        world.assert_sums_agree().await;
    }

    async fn a_cancellation_is_the_owners_alone(t: TestDb) {
        let world = World::with_seats(t, 5).await;
        let (one, two) = (world.candidate(1).await, world.candidate(2).await);
        let [entry] = world.enter(one, "1").await.unwrap()[..] else { panic!() };
        assert_eq!(world.cancel(two, entry).await, Err(vec!["not-found"]));
        assert_eq!(world.cancel(one, entry).await, Ok(1));
        assert_eq!(world.cancel(one, entry).await, Ok(0), "it is cancelled, and nothing is left to do");
        assert_eq!(world.cancel(two, entry).await, Err(vec!["not-found"]));
        assert_eq!(world.count("SELECT COUNT(*) FROM audit_log WHERE action = 'entry-cancelled'").await, 1);
        world.assert_sums_agree().await;
    }

    async fn what_is_paid_locked_or_being_paid_can_not_be_cancelled(t: TestDb) {
        let world = World::with_seats(t, 5).await;
        let who = world.candidate(1).await;
        let [entry] = world.enter(who, "1").await.unwrap()[..] else { panic!() };
        world.sql("UPDATE entry SET locked_by = 7").await;
        assert_eq!(world.cancel(who, entry).await, Err(vec!["entry-locked"]));
        world.sql("UPDATE entry SET locked_by = NULL, order_id = 7").await;
        assert_eq!(world.cancel(who, entry).await, Err(vec!["order-open"]));
        assert_eq!(world.pay(&[entry]).await, []);
        assert_eq!(world.cancel(who, entry).await, Err(vec!["entry-paid"]));
        assert_eq!(world.taken("1").await, 1);
    }

    /// R7.
    async fn after_the_own_cancellation_an_empty_registration_stays_half_an_hour(t: TestDb) {
        let world = World::with_seats(t, 5).await;
        let who = world.candidate(1).await;
        world.advance(hours(10));
        let [entry] = world.enter(who, "1").await.unwrap()[..] else { panic!() };
        world.advance(hours(20));
        world.cancel(who, entry).await.unwrap();
        world.advance(minutes(30).checked_sub(micros(1)).unwrap());
        world.sweep().await;
        assert!(world.registration(who).await.is_some());
        world.advance(micros(1));
        assert_eq!(world.registration(who).await, None);
        world.sweep().await;
        assert_eq!(world.count("SELECT COUNT(*) FROM passport_claim").await, 0);
        assert_eq!(world.cancel(who, entry).await, Ok(0), "the same cancellation again, whatever has gone since");
    }

    async fn what_expired_was_not_cancelled(t: TestDb) {
        let world = World::with_seats(t, 5).await;
        let who = world.candidate(1).await;
        let [entry] = world.enter(who, "1").await.unwrap()[..] else { panic!() };
        world.advance(hours(24));
        assert_eq!(world.cancel(who, entry).await, Err(vec!["not-found"]));
        world.sweep().await;
        assert_eq!(world.cancel(who, entry).await, Err(vec!["not-found"]));
    }

    async fn an_oral_entry_at_another_campus_is_no_repeat(t: TestDb) {
        let world = World::with_seats(t, 5).await;
        let who = world.candidate(1).await;
        world.enter(who, "1").await.unwrap();
        let first = world.enter_oral(who, "F", ELSEWHERE).await.unwrap();
        assert_eq!(world.enter_oral(who, "F", ELSEWHERE).await.unwrap(), first);
        assert_eq!(world.enter_oral(who, "F", HOME).await, Err(vec!["already-entered"]));
        world.assert_sums_agree().await;
    }

    async fn after_the_window_what_was_entered_answers_as_before(t: TestDb) {
        let world = World::with_seats(t, 5).await;
        let who = world.candidate(1).await;
        let first = world.enter(who, "1").await.unwrap();
        world.pay(&first).await;
        world.advance(hours(241));
        assert_eq!(world.enter(who, "1").await.unwrap(), first);
        assert_eq!(world.enter(who, "2").await, Err(vec!["window-closed"]));
    }

    /// R13.
    async fn a_lock_of_the_school_stops_the_clock(t: TestDb) {
        let world = World::with_seats(t, 1).await;
        let (one, two) = (world.candidate(1).await, world.candidate(2).await);
        world.enter(one, "1").await.unwrap();
        world.enter(two, "2").await.unwrap();
        world.sql("UPDATE entry SET locked_by = 7 WHERE subject = '1'").await;
        world.advance(hours(48));
        world.sweep().await;
        assert_eq!(world.live(one).await, ["1"]);
        assert_eq!(world.taken("1").await, 1);
    }

    /// Y4.
    async fn an_entry_whose_money_may_be_on_the_way_keeps_its_seat_and_is_shown(t: TestDb) {
        let world = World::with_seats(t, 5).await;
        let who = world.candidate(1).await;
        let entries = world.enter(who, "1").await.unwrap();
        let school = campus(HOME).school();
        let tied = entries.clone();
        let left = world.t.db.write(async move |tx| tie_to_order(tx, school, &tied, OrderId(7)).await).await.unwrap();
        assert_eq!(left, []);
        world.advance(hours(24));
        world.sweep().await;
        assert_eq!(world.live(who).await, ["1"], "the gateway is asked before its seat is given back");
        assert_eq!(world.taken("1").await, 1);
        assert_eq!(world.enter(who, "1").await, Err(vec!["order-open"]));
        assert_eq!(world.enter(who, "3").await, Err(vec!["order-open"]));
        assert_eq!(world.pay(&entries).await, []);
        assert_eq!(world.live(who).await, ["1"]);
    }

    async fn an_order_closed_without_money_lets_overdue_entries_go(t: TestDb) {
        let world = World::with_seats(t, 5).await;
        let who = world.candidate(1).await;
        let entries = world.enter(who, "1").await.unwrap();
        let (school, of) = (campus(HOME).school(), world.registration(who).await.unwrap());
        let catalogue = std::sync::Arc::clone(&world.catalogue);
        world.t.db.write(async move |tx| tie_to_order(tx, school, &entries, OrderId(7)).await).await.unwrap();
        world.advance(hours(24));
        let ended = world.t.db.write(async move |tx| {
            let of = crate::registration::store::lock(tx, school, of.id).await?.unwrap();
            untie_from_order(tx, &of, OrderId(7)).await?;
            expire_entries(tx, &catalogue, &of).await
        }).await.unwrap();
        assert_eq!((ended, world.taken("1").await), (1, 0));
        assert_eq!(world.registration(who).await, None);
    }

    async fn late_money_takes_the_seat_again_if_there_is_one(t: TestDb) {
        let world = World::with_seats(t, 1).await;
        let who = world.candidate(1).await;
        let paid = world.enter(who, "2").await.unwrap();
        world.pay(&paid).await;
        let [entry] = world.enter(who, "1").await.unwrap()[..] else { panic!() };
        world.advance(hours(24));
        world.sweep().await;
        let of = world.registration(who).await.unwrap();
        let late = async |of: crate::registration::Registration| {
            let catalogue = std::sync::Arc::clone(&world.catalogue);
            world.t.db.write(async move |tx| retake(tx, &catalogue, &of, entry).await).await.unwrap()
        };
        let other = world.candidate(2).await;
        let [its] = world.enter(other, "1").await.unwrap()[..] else { panic!() };
        assert_eq!(late(of.clone()).await, LateMoney::NoSeat);
        world.cancel(other, its).await.unwrap();
        assert_eq!(late(of.clone()).await, LateMoney::Seated);
        assert_eq!(late(of).await, LateMoney::NotAllowed);
        assert_eq!(world.live(who).await, ["2", "1"]);
        world.assert_sums_agree().await;
    }

    /// TH44.
    async fn after_two_holds_without_payment_the_third_waits(t: TestDb) {
        let world = World::with_seats(t, 5).await;
        let who = world.candidate(1).await;
        let paid = world.enter(who, "2").await.unwrap();
        world.pay(&paid).await;
        for _ in 0..2 {
            world.enter(who, "1").await.unwrap();
            world.advance(hours(24));
        }
        assert_eq!(world.enter(who, "1").await, Err(vec!["too-many"]));
        world.enter(who, "3").await.unwrap();
        assert_eq!(world.live(who).await, ["2", "3"]);
        world.assert_sums_agree().await;
    }

    async fn a_repeated_command_gets_the_first_answer(t: TestDb) {
        let world = World::with_seats(t, 5).await;
        let who = world.candidate(1).await;
        let cmd = EnterCommand { command: Some("c1".to_owned()), ..written(who, "1") };
        let first = entered(&world.t.db, &world.catalogue, cmd.clone()).await.unwrap();
        let end = end_of_hold(&world);
        world.advance(hours(1));
        assert_eq!(entered(&world.t.db, &world.catalogue, cmd.clone()).await.unwrap(), first);
        let expires = world.count("SELECT expires_at FROM entry").await;
        assert_eq!(expires, end.micros());
        let other = EnterCommand { command: Some("c2".to_owned()), ..cmd };
        assert_eq!(entered(&world.t.db, &world.catalogue, other.clone()).await.unwrap(), first, "another form, the same wish");
        assert_eq!(entered(&world.t.db, &world.catalogue, other).await.unwrap(), first);
        assert_eq!(world.count("SELECT expires_at FROM entry").await, end.micros(), "the hold is not longer");
        assert_eq!(world.taken("1").await, 1);
        assert_eq!(world.count("SELECT COUNT(*) FROM audit_log WHERE action = 'entry-entered'").await, 1);
    }

    async fn offers_say_of_each_subject_why_it_can_not_be_ticked(t: TestDb) {
        let world = World::with_seats(t, 1).await;
        let (one, two) = (world.candidate(1).await, world.candidate(2).await);
        world.enter(two, "2").await.unwrap();
        world.enter(one, "1").await.unwrap();
        let of = world.registration(one).await.unwrap();
        let catalogue = std::sync::Arc::clone(&world.catalogue);
        let page = world.t.db.read(async move |tx| offers(tx, &catalogue, &of, crate::words::subject::Mode::Written, campus(HOME)).await).await.unwrap();
        let why: Vec<_> = page.rows.iter().map(|row| row.refusal.as_ref().map_or("open", |r| r.code())).collect();
        assert_eq!(why, ["already-entered", "pool-full", "level-taken", "open"]);
        world.advance(hours(24));
        let seats = world.t.db.read(async |tx| { let now = tx.now().await?; seats_at(tx, &sitting(), campus(HOME), now).await }).await.unwrap();
        assert_eq!(seats[&subject("2")].left(), 1);
    }
}
