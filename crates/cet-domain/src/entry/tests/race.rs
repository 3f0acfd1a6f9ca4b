//! Races for seats and entries on two nodes. Each test has a counterexample that decides without the guard and loses
//! the race: it reads in one use case and writes in another, because the single writer of SQLite would hide the race
//! otherwise.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::Barrier;

use super::*;
use crate::entry::testing::*;
use crate::entry::{EntryState, store};
use crate::on_both;
use crate::params;
use crate::registration::Registration;
use crate::seat_pool::{self, PoolKey};
use crate::store::{Db, DbError, Stop};
use crate::words::ids::EntryId;

/// Runs `n` tasks at once, the odd ones on another node.
async fn storm<T, F>(world: &World, n: usize, task: impl Fn(usize, Db) -> F) -> Vec<T>
where
    T: Send + 'static,
    F: Future<Output = T> + Send + 'static,
{
    let other = world.t.another_node().await;
    let tasks: Vec<_> = (0..n)
        .map(|i| tokio::spawn(task(i, if i % 2 == 0 { world.t.db.clone() } else { other.clone() })))
        .collect();
    let mut answers = Vec::new();
    for task in tasks {
        answers.push(task.await.unwrap());
    }
    answers
}

fn pool(code: &str) -> PoolKey {
    PoolKey { campus: campus(HOME), sitting: sitting(), subject: subject(code) }
}

/// As payment does it: under the lock of the registration.
async fn pay(db: &Db, of: &Registration, entry: EntryId) -> bool {
    let of = of.clone();
    let left = db
        .write(async move |tx| {
            let at = tx.now().await?;
            match crate::registration::store::lock(tx, of.school, of.id).await? {
                Some(_) => mark_paid(tx, of.school, &[entry], None, at).await,
                None => Ok(vec![entry]),
            }
        })
        .await;
    left.unwrap().is_empty()
}

/// Inserts a held entry without checking any rule.
async fn insert_unasked(db: &Db, of: &Registration, code: &str) -> Result<bool, DbError> {
    let (of, code) = (of.clone(), code.to_owned());
    db.write(async move |tx| {
        let now = tx.now().await?;
        let id = tx.new_id();
        let made = tx
            .execute(
                "INSERT INTO entry (school, id, registration_id, sitting, subject, mode, level, pool_school, campus,
                    campus_name, school_name, state, fee, channel, entered_at, expires_at)
                 VALUES ($1, $2, $3, '2017-2', $4, 'oral', 4, $1, '993010', '', '', 'held', 1, 'self', $5, $6)",
                params![of.school, id, of.id, code, now, now.plus(hours(24))],
            )
            .await?;
        Ok(made == 1)
    })
    .await
}

on_both! {
    /// R15, TH41.
    async fn of_two_hundred_candidates_exactly_seven_get_the_seven_seats(t: TestDb) {
        let world = World::with_seats(t, 7).await;
        let who = world.candidates(200).await;
        let catalogue = Arc::clone(&world.catalogue);
        let answers = storm(&world, 200, |i, db| {
            let (catalogue, cmd) = (Arc::clone(&catalogue), written(who[i], "1"));
            async move { entered(&db, &catalogue, cmd).await }
        }).await;
        assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 7);
        assert!(answers.iter().filter_map(|answer| answer.as_ref().err()).all(|codes| *codes == ["pool-full"]));
        assert_eq!(world.taken("1").await, 7);
        world.assert_sums_agree().await;
    }

    /// TH41.
    async fn twin_whoever_looks_at_the_seats_first_and_enters_then_oversells(t: TestDb) {
        let world = World::with_seats(t, 7).await;
        let who = world.candidates(20).await;
        let all_looked = Arc::new(Barrier::new(20));
        let mut registrations = Vec::new();
        for passport in who {
            registrations.push(world.registration(passport).await.unwrap());
        }
        let entered = storm(&world, 20, |i, db| {
            let (of, all_looked) = (registrations[i].clone(), Arc::clone(&all_looked));
            async move {
                let seats = db.read(async |tx| seat_pool::store::seats(tx, &pool("F")).await).await.unwrap().unwrap();
                all_looked.wait().await;
                seats.left() > 0 && insert_unasked(&db, &of, "F").await.unwrap()
            }
        }).await;
        assert!(entered.into_iter().filter(|got| *got).count() > 7, "the race was not lost without the guard");
    }

    /// R8.
    async fn of_two_subjects_of_a_level_sent_at_once_one_is_entered(t: TestDb) {
        let world = World::with_seats(t, 100).await;
        let who = world.candidates(25).await;
        for passport in who {
            let catalogue = Arc::clone(&world.catalogue);
            let answers = storm(&world, 4, |i, db| {
                let (catalogue, cmd) = (Arc::clone(&catalogue), written(passport, ["1", "3"][i % 2]));
                async move { entered(&db, &catalogue, cmd).await }
            }).await;
            // Both requests for the winner succeed: the second is a repeat.
            let entered: Vec<_> = answers.iter().flatten().collect();
            assert!(entered.len() == 2 && entered[0] == entered[1], "{answers:?}");
        }
        world.assert_sums_agree().await;
    }

    async fn twin_rules_asked_before_the_lock_grant_two_subjects_of_a_level(t: TestDb) {
        let world = World::with_seats(t, 100).await;
        let who = world.candidate(1).await;
        let of = world.registration(who).await.unwrap();
        let all_looked = Arc::new(Barrier::new(2));
        let granted = storm(&world, 2, |i, db| {
            let (of, catalogue, all_looked) = (of.clone(), Arc::clone(&world.catalogue), Arc::clone(&all_looked));
            async move {
                let page = db.read(async move |tx| {
                    offers(tx, &catalogue, &of, crate::words::subject::Mode::Written, campus(HOME)).await
                }).await.unwrap();
                all_looked.wait().await;
                page.rows.iter().any(|row| row.subject.code == subject(["1", "3"][i]) && row.refusal.is_none())
            }
        }).await;
        assert_eq!(granted, [true, true]);
    }

    /// TH39.
    async fn fifty_submissions_with_one_command_id_have_one_effect_and_one_answer(t: TestDb) {
        let world = World::with_seats(t, 100).await;
        let who = world.candidate(1).await;
        let catalogue = Arc::clone(&world.catalogue);
        let answers = storm(&world, 50, |_, db| {
            let cmd = EnterCommand { command: Some("once".to_owned()), ..written(who, "1;2") };
            let catalogue = Arc::clone(&catalogue);
            async move { entered(&db, &catalogue, cmd).await }
        }).await;
        assert_eq!(answers[0].as_ref().map(Vec::len), Ok(2));
        assert!(answers.iter().all(|answer| *answer == answers[0]));
        assert_eq!((world.taken("1").await, world.taken("2").await), (1, 1));
        world.assert_sums_agree().await;
    }

    /// TH39.
    async fn ten_presses_of_one_button_get_one_answer_without_a_command_id_too(t: TestDb) {
        let world = World::with_seats(t, 100).await;
        let who = world.candidate(1).await;
        let catalogue = Arc::clone(&world.catalogue);
        let answers = storm(&world, 10, |_, db| {
            let (catalogue, cmd) = (Arc::clone(&catalogue), written(who, "1"));
            async move { entered(&db, &catalogue, cmd).await }
        }).await;
        assert!(answers[0].is_ok() && answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
        assert_eq!(world.taken("1").await, 1);
        world.assert_sums_agree().await;
    }

    async fn twin_what_is_partly_new_is_no_repeat(t: TestDb) {
        let world = World::with_seats(t, 100).await;
        let who = world.candidate(1).await;
        world.enter(who, "1").await.unwrap();
        let catalogue = Arc::clone(&world.catalogue);
        let answers = storm(&world, 10, |_, db| {
            let (catalogue, cmd) = (Arc::clone(&catalogue), written(who, "1;4"));
            async move { entered(&db, &catalogue, cmd).await }
        }).await;
        assert!(answers.iter().all(|answer| *answer == Err(vec!["already-entered"])), "{answers:?}");
        assert_eq!((world.taken("1").await, world.taken("4").await), (1, 0));
    }

    async fn subjects_asked_for_in_crossed_order_collide_with_nobody(t: TestDb) {
        let world = World::with_seats(t, 60).await;
        let who = world.candidates(60).await;
        let attempts = Arc::new(AtomicUsize::new(0));
        let answers = storm(&world, 60, |i, db| {
            let (catalogue, attempts) = (Arc::clone(&world.catalogue), Arc::clone(&attempts));
            let mut cmd = written(who[i], "1;4");
            if i % 4 < 2 {
                cmd.subjects.reverse();
            }
            async move {
                db.write(async move |tx| {
                    let entered = enter(tx, &catalogue, &cmd).await;
                    // Without a turn at the school, the use case has not begun.
                    if !matches!(entered, Err(Stop::Fault(DbError::Busy))) {
                        attempts.fetch_add(1, Ordering::Relaxed);
                    }
                    entered
                }).await
            }
        }).await;
        assert!(answers.iter().all(Result::is_ok));
        assert_eq!(attempts.load(Ordering::Relaxed), 60, "a transaction had to be run again");
        world.assert_sums_agree().await;
    }

    async fn twin_pools_taken_in_the_order_of_the_form_collide(t: TestDb) {
        let world = World::with_seats(t, 60).await;
        if world.t.db.kind() == "sqlite" {
            // One writer: nobody can hold one pool and wait for another.
            return;
        }
        let attempts = Arc::new(AtomicUsize::new(0));
        let both_hold_one = Arc::new(Barrier::new(2));
        storm(&world, 2, |i, db| {
            let (attempts, both_hold_one) = (Arc::clone(&attempts), Arc::clone(&both_hold_one));
            async move {
                db.write(async move |tx| {
                    let order = if i == 0 { ["1", "4"] } else { ["4", "1"] };
                    seat_pool::store::take(tx, &pool(order[0])).await?;
                    if attempts.fetch_add(1, Ordering::Relaxed) < 2 {
                        both_hold_one.wait().await;
                    }
                    seat_pool::store::take(tx, &pool(order[1])).await
                }).await.unwrap()
            }
        }).await;
        assert!(attempts.load(Ordering::Relaxed) > 2, "the race was not lost without the order");
    }

    async fn expiry_and_payment_at_the_end_of_a_hold_never_both_have_an_entry(t: TestDb) {
        let world = World::with_seats(t, 100).await;
        let who = world.candidates(40).await;
        let mut held = Vec::new();
        for passport in who {
            let of = world.registration(passport).await.unwrap();
            held.push((of, world.enter(passport, "1").await.unwrap()[0]));
        }
        world.advance(hours(24));
        let paid = storm(&world, 44, |i, db| {
            let (held, catalogue) = (held.get(i).cloned(), Arc::clone(&world.catalogue));
            async move {
                match held {
                    Some((of, entry)) => pay(&db, &of, entry).await,
                    None => db.write(async move |tx| expire_due(tx, &catalogue, 50).await).await.is_err(),
                }
            }
        }).await;
        assert_eq!(paid[40..], [false; 4], "a sweep failed");
        world.sweep().await;
        let paid = i64::try_from(paid.iter().filter(|paid| **paid).count()).unwrap();
        assert_eq!(world.count("SELECT COUNT(*) FROM entry WHERE state = 'paid'").await, paid);
        assert_eq!(world.taken("1").await, paid);
        assert_eq!(world.count("SELECT COUNT(*) FROM registration WHERE state = 'live'").await, paid);
        world.assert_sums_agree().await;
    }

    async fn twin_expiry_without_the_guard_takes_a_paid_entry_away(t: TestDb) {
        let world = World::with_seats(t, 100).await;
        let who = world.candidate(1).await;
        let of = world.registration(who).await.unwrap();
        let [entry] = world.enter(who, "1").await.unwrap()[..] else { panic!() };
        world.advance(hours(24));
        let (school, id) = (of.school, of.id);
        let looked = world.t.db.read(async move |tx| store::of_registration(tx, school, id).await).await.unwrap();
        assert_eq!(crate::entry::rules::due(&looked, &needs(&world.catalogue), world.now()), [entry]);
        assert!(pay(&world.t.db, &of, entry).await);
        let guarded = world.t.db.write(async move |tx| store::close(tx, school, entry, EntryState::Expired, NOON_LATER).await).await;
        assert_eq!(guarded, Ok(false));
        let unguarded = world.sql("UPDATE entry SET state = 'expired', paid_at = NULL, ended_at = 1").await;
        assert_eq!(unguarded, 1, "without the guard the paid entry is gone");
    }

    async fn expiry_and_cancellation_give_a_seat_back_once(t: TestDb) {
        let world = World::with_seats(t, 100).await;
        let who = world.candidates(40).await;
        let mut held = Vec::new();
        for passport in who {
            world.enter(passport, "2").await.unwrap();
            held.push((passport, world.enter(passport, "1").await.unwrap()[0]));
        }
        // The clock of the cancelling requests is just before the end of the hold: both may win.
        world.advance(hours(24));
        let early = World::early_node(&world).await;
        let catalogue = Arc::clone(&world.catalogue);
        storm(&world, 44, |i, db| {
            let (held, early, catalogue) = (held.get(i).copied(), early.clone(), Arc::clone(&catalogue));
            async move {
                match held {
                    Some((passport, entry)) => {
                        let cmd = CancelCommand { passport, sitting: sitting(), entry };
                        match early.write(async move |tx| cancel(tx, &catalogue, &cmd).await).await {
                            Ok(_) | Err(Stop::Refused(_)) => {}
                            Err(Stop::Fault(fault)) => panic!("{fault}"),
                        }
                    }
                    None => { db.write(async move |tx| expire_due(tx, &catalogue, 50).await).await.unwrap(); }
                }
            }
        }).await;
        world.sweep().await;
        world.assert_sums_agree().await;
        assert_eq!((world.taken("1").await, world.taken("2").await), (0, 0));
    }

    async fn twin_a_seat_given_back_by_two_who_looked_before_is_sold_twice(t: TestDb) {
        let world = World::with_seats(t, 100).await;
        let (one, two) = (world.candidate(1).await, world.candidate(2).await);
        let [entry] = world.enter(one, "1").await.unwrap()[..] else { panic!() };
        world.enter(two, "1").await.unwrap();
        let school = campus(HOME).school();
        let all_looked = Arc::new(Barrier::new(2));
        storm(&world, 2, |_, db| {
            let all_looked = Arc::clone(&all_looked);
            async move {
                let of = db.read(async move |tx| store::registration_of(tx, school, entry).await).await.unwrap();
                all_looked.wait().await;
                assert!(of.is_some());
                db.write(async move |tx| {
                    store::close(tx, school, entry, EntryState::Expired, NOON_LATER).await?;
                    seat_pool::store::give_back(tx, &pool("1"), 1).await
                }).await.unwrap();
            }
        }).await;
        assert_eq!(world.taken("1").await, 0, "the live entry of the other has lost its seat");
    }

    async fn a_registration_that_is_being_released_takes_no_entry(t: TestDb) {
        let world = World::with_seats(t, 100).await;
        let who = world.candidates(30).await;
        world.advance(hours(24));
        let early = World::early_node(&world).await;
        let catalogue = Arc::clone(&world.catalogue);
        storm(&world, 34, |i, db| {
            let (who, early, catalogue) = (who.get(i).copied(), early.clone(), Arc::clone(&catalogue));
            async move {
                match who {
                    Some(who) => { let _either = entered(&early, &catalogue, written(who, "1")).await; }
                    None => { db.write(async |tx| crate::entry::verbs::release::release_empty_ones(tx, 50).await).await.unwrap(); }
                }
            }
        }).await;
        let lost = world.count(
            "SELECT COUNT(*) FROM entry WHERE NOT EXISTS (SELECT 1 FROM registration
              WHERE registration.school = entry.school AND registration.id = entry.registration_id AND state = 'live')",
        ).await;
        assert_eq!(lost, 0, "an entry of a released registration");
        world.assert_sums_agree().await;
    }
}

/// Any time after the holds of these tests have ended.
const NOON_LATER: crate::words::time::Time =
    crate::words::time::Time::from_micros(crate::store::testing::NOON.micros() * 2);

impl World {
    /// Another node whose clock is a minute slow, so that what has ended here has not ended there.
    async fn early_node(world: &World) -> Db {
        let clock = crate::store::Clock::fixed(world.now().minus(minutes(1)));
        let settings =
            crate::store::Settings { url: world.t.url.clone(), pool: 16, durable: false, clock, node: 1000 };
        Db::open(settings).await.unwrap()
    }
}
