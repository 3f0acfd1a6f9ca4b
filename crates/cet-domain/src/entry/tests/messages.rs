//! What candidates are told of their entries and registrations, once each (A10).

use std::sync::Arc;

use crate::entry::testing::*;
use crate::entry::{Entry, jobs, rules, verbs};
use crate::hold::usual_deadline;
use crate::message::{Facts, Kind, Line, facts::sum};
use crate::on_both;
use crate::params;
use crate::words::ids::{EntryId, PassportId};

fn names(lines: &[Line]) -> Vec<&str> {
    lines.iter().map(|line| line.zh.as_str()).collect()
}

async fn remind(world: &World) -> i64 {
    let mut all = 0;
    loop {
        let round = jobs::remind(&world.t.db, Arc::clone(&world.catalogue)).await.unwrap();
        if round.done == 0 {
            return all;
        }
        all += round.done;
    }
}

async fn lock(world: &World, entry: EntryId, by: Option<i64>) {
    let done: Result<u64, crate::store::DbError> = world
        .t
        .db
        .write(async move |tx| {
            tx.execute("UPDATE entry SET locked_by = $2 WHERE id = $1", params![entry, by]).await
        })
        .await;
    assert_eq!(done.unwrap(), 1);
}

on_both! {
    /// R6, R7.
    async fn saving_is_told_once_with_the_time_by_which_a_subject_must_be_entered(t: TestDb) {
        let world = World::with_seats(t, 5).await;
        let who = world.reachable(1).await;
        world.candidate(1).await;
        let expected = Facts::Saved {
            school: "school 1".to_owned(),
            campus: "campus 1".to_owned(),
            until: world.now().plus(hours(24)).micros(),
        entered: Vec::new() };
        assert_eq!(world.told(who).await, [expected]);
    }

    /// R8, R13.
    async fn entering_is_told_with_subjects_sum_and_deadline_and_a_repeat_tells_nothing(t: TestDb) {
        let world = World::with_seats(t, 5).await;
        let who = world.reachable(1).await;
        world.enter(who, "1;2").await.unwrap();
        world.enter(who, "1;2").await.unwrap();
        let told = world.told_of(who, Kind::Entered).await;
        let [Facts::Entered { lines, until, by_school: false }] = &told[..] else { panic!("{told:?}") };
        assert_eq!((names(lines), sum(lines).to_string()), (vec!["1", "2"], "0.02".to_owned()));
        assert_eq!(*until, end_of_hold(&world).micros());
        assert!(lines.iter().all(|line| line.campus == "测试校区机构001"));
        // What is refused is not told.
        world.enter(who, "3").await.unwrap_err();
        assert_eq!(world.told_of(who, Kind::Entered).await.len(), 1);
    }

    /// R10, R13.
    async fn cancelling_is_told_with_what_went_along(t: TestDb) {
        let world = World::with_seats(t, 5).await;
        let who = world.reachable(1).await;
        let entries = world.enter(who, "1").await.unwrap();
        world.enter_oral(who, "F", HOME).await.unwrap();
        world.cancel(who, entries[0]).await.unwrap();
        world.cancel(who, entries[0]).await.unwrap();
        let told = world.told_of(who, Kind::Cancelled).await;
        let [Facts::Cancelled { lines }] = &told[..] else { panic!("{told:?}") };
        assert_eq!(names(lines), ["1", "F"]);
    }

    /// R13.
    async fn an_end_is_told_once_whoever_ends_it_and_on_however_many_nodes(t: TestDb) {
        let world = World::with_seats(t, 20).await;
        let other = world.t.another_node().await;
        let mut all = Vec::new();
        for n in 1..=12 {
            let who = world.reachable(n).await;
            world.enter(who, "1;2").await.unwrap();
            all.push(who);
        }
        // The seats are all wanted by somebody, by the job of two nodes, and by the candidates themselves.
        world.sql("UPDATE seat_pool SET capacity = taken WHERE subject IN ('1', '2')").await;
        world.advance(hours(25));
        let late = world.reachable(13).await;
        let sweep = |db: crate::store::Db| {
            let catalogue = Arc::clone(&world.catalogue);
            async move { while jobs::sweep(&db, Arc::clone(&catalogue)).await.unwrap() > 0 {} }
        };
        let ((), (), entered, again) = tokio::join!(
            sweep(world.t.db.clone()),
            sweep(other.clone()),
            entered(&other, &world.catalogue, written(late, "1")),
            entered(&world.t.db, &world.catalogue, written(all[0], "3")),
        );
        entered.unwrap();
        // The first may find its registration released with its last entry.
        assert!(again.is_ok() || again == Err(vec!["not-bound"]), "{again:?}");
        world.sweep().await;
        for who in all {
            let told = world.told_of(who, Kind::Expired).await;
            let [Facts::Expired { lines, .. }] = &told[..] else { panic!("{who} {told:?}") };
            assert_eq!(names(lines), ["1", "2"]);
        }
        world.assert_sums_agree().await;
    }

    /// R7, R13.
    async fn a_registration_that_goes_with_its_last_entry_is_told_by_the_same_message(t: TestDb) {
        let world = World::with_seats(t, 5).await;
        let (one, two) = (world.reachable(1).await, world.reachable(2).await);
        world.enter(one, "1").await.unwrap();
        let entries = world.enter(two, "1;2").await.unwrap();
        assert!(world.pay(&entries[..1]).await.is_empty());
        let at = end_of_hold(&world).micros();
        // The job comes later; what it tells of happened at its time.
        world.advance(hours(24) + minutes(12));
        world.sweep().await;
        let told = world.told_of(one, Kind::Expired).await;
        assert!(matches!(&told[..], [Facts::Expired { at: told, released: true, .. }] if *told == at), "{told:?}");
        assert!(world.told_of(one, Kind::Released).await.is_empty());
        let told = world.told_of(two, Kind::Expired).await;
        let [Facts::Expired { lines, released: false, .. }] = &told[..] else { panic!("{told:?}") };
        assert_eq!(names(lines), ["2"], "what is paid stays");
    }

    /// R7.
    async fn the_release_of_an_empty_registration_is_told_by_the_job_and_by_who_takes_its_place(t: TestDb) {
        let world = World::with_seats(t, 5).await;
        let (one, two) = (world.reachable(1).await, world.reachable(2).await);
        let saved = world.now().micros();
        world.advance(hours(24));
        // The student of the second is bound by a third, before the job comes by.
        world.passport(3, "en").await;
        bound(&world.t.db, &world.catalogue, 3, 2).await.unwrap();
        world.sweep().await;
        world.sweep().await;
        for who in [one, two] {
            let told = world.told_of(who, Kind::Released).await;
            assert!(matches!(&told[..], [Facts::Released { saved: told, .. }] if *told == saved), "{told:?}");
        }
        assert!(world.told_of(PassportId(3), Kind::Released).await.is_empty());
    }

    /// A10, R13.
    async fn a_reminder_comes_three_hours_before_the_end_once_and_after_a_downtime_too(t: TestDb) {
        let world = World::with_seats(t, 5).await;
        let (one, two) = (world.reachable(1).await, world.reachable(2).await);
        world.enter(one, "1").await.unwrap();
        let until = end_of_hold(&world).micros();
        world.advance(minutes(30));
        world.enter(one, "2").await.unwrap();
        world.enter(two, "1").await.unwrap();
        world.advance(hours(21).checked_sub(minutes(31)).unwrap());
        assert_eq!(remind(&world).await, 0, "not yet");
        world.advance(minutes(1));
        assert_eq!(remind(&world).await, 1);
        assert_eq!(remind(&world).await, 0);
        let told = world.told_of(one, Kind::Reminder).await;
        let [Facts::Reminder { lines, until: told_until }] = &told[..] else { panic!("{told:?}") };
        assert_eq!((names(lines), *told_until), (vec!["1"], until), "what ends later has a reminder of its own");
        // No node was at work for two hours.
        world.advance(hours(2));
        let other = world.t.another_node().await;
        let round = |db: crate::store::Db| {
            let catalogue = Arc::clone(&world.catalogue);
            async move { jobs::remind(&db, catalogue).await.unwrap() }
        };
        tokio::join!(round(world.t.db.clone()), round(other));
        remind(&world).await;
        assert_eq!((world.told_of(one, Kind::Reminder).await.len(), world.told_of(two, Kind::Reminder).await.len()), (2, 1));
    }

    /// A10, Y6.
    async fn nobody_is_reminded_of_what_is_paid_locked_over_or_cancelled(t: TestDb) {
        let world = World::with_seats(t, 5).await;
        let mut all = Vec::new();
        for n in 1..=4 {
            let who = world.reachable(n).await;
            all.push((who, world.enter(who, "1").await.unwrap()[0]));
        }
        assert!(world.pay(&[all[0].1]).await.is_empty());
        lock(&world, all[1].1, Some(7)).await;
        world.cancel(all[2].0, all[2].1).await.unwrap();
        world.advance(hours(22));
        assert_eq!(remind(&world).await, 1);
        for (who, expected) in [(0, 0), (1, 0), (2, 0), (3, 1)] {
            assert_eq!(world.told_of(all[who].0, Kind::Reminder).await.len(), expected, "{who}");
        }
        // Released by its school in time, it is the candidate's to pay again.
        lock(&world, all[1].1, None).await;
        assert_eq!(remind(&world).await, 1);
        assert_eq!(world.told_of(all[1].0, Kind::Reminder).await.len(), 1);
        let over = world.reachable(5).await;
        world.enter(over, "1").await.unwrap();
        world.advance(hours(24));
        assert_eq!(remind(&world).await, 0, "its hold is over");
        assert!(world.told_of(over, Kind::Reminder).await.is_empty());
    }

    /// A10.
    async fn a_hold_that_is_short_from_the_beginning_has_no_reminder(t: TestDb) {
        let world = World::with_seats(t, 5).await;
        let who = world.reachable(1).await;
        world.enter(who, "1").await.unwrap();
        let of = world.registration(who).await.unwrap();
        let entries = world.t.db.read(async move |tx| verbs::entries_of(tx, &of).await).await.unwrap();
        let short = Entry { entered_at: entries[0].expires_at.minus(hours(2)), ..entries[0].clone() };
        assert_eq!(rules::remind_at(&short), None);
        assert!(!rules::is_reminder_due(&short, short.expires_at.minus(hours(1))));
        assert!(rules::is_reminder_due(&entries[0], entries[0].expires_at.minus(hours(1))));
        // It would ask to pay by a time that is past.
        assert!(!rules::is_reminder_due(&entries[0], usual_deadline(entries[0].expires_at)));
    }
}
