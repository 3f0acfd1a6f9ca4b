//! Races for seats and entries on two nodes. A counterexample (`twin_…`) runs production's statements with the one guard
//! left out, and loses the race: the guard is what wins it. Races that only PostgreSQL has are in `lock.rs`.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;
use crate::entry::testing::*;
use crate::entry::{EntryState, jobs, store};
use crate::fragments::free;
use crate::on_both;
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

/// Ends an entry that another use case has seen due before, without its guard if that is left out. Returns whether it
/// ended, after which its seat was given back.
async fn ended_as_seen(world: &World, entry: EntryId, left_out: Option<&'static str>) -> bool {
    let done: Result<bool, DbError> = world
        .t
        .db
        .write(async move |tx| {
            if let Some(guard) = left_out {
                tx.leave_out(guard);
            }
            let ended =
                store::close(tx, campus(HOME).school(), entry, EntryState::Expired, NOON_LATER).await?;
            if ended {
                seat_pool::store::give_back(tx, &pool("1"), 1).await?;
            }
            Ok(ended)
        })
        .await;
    done.unwrap()
}

/// As `store::close` has it.
const FREE: &str = concat!("AND ", free!(""));

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

    /// TH41. The CHECK of the table, the second guard, is off too.
    async fn twin_without_the_guard_of_a_pool_twenty_get_seven_seats(t: TestDb) {
        let world = World::with_seats(t, 7).await;
        let who = world.candidates(20).await;
        let on_sqlite = world.t.db.kind() == "sqlite";
        if !on_sqlite {
            world.sql("ALTER TABLE seat_pool DROP CONSTRAINT seat_pool_check").await;
        }
        let entered = storm(&world, 20, |i, db| {
            let (catalogue, cmd) = (Arc::clone(&world.catalogue), written(who[i], "1"));
            async move {
                db.write(async move |tx| {
                    if on_sqlite {
                        tx.execute("PRAGMA ignore_check_constraints = ON", &[]).await?;
                    }
                    tx.leave_out("AND taken < capacity");
                    enter(tx, &catalogue, &cmd).await
                }).await.is_ok()
            }
        }).await;
        assert_eq!(entered.into_iter().filter(|got| *got).count(), 20, "the race was not lost without the guard");
        assert_eq!(world.taken("1").await, 20);
    }

    /// R15.
    async fn without_the_guard_of_a_pool_the_check_of_the_table_refuses_the_eighth(t: TestDb) {
        let world = World::with_seats(t, 7).await;
        for (n, passport) in (1..).zip(world.candidates(8).await) {
            let (catalogue, cmd) = (Arc::clone(&world.catalogue), written(passport, "1"));
            let entered = world.t.db.write(async move |tx| {
                tx.leave_out("AND taken < capacity");
                enter(tx, &catalogue, &cmd).await
            }).await;
            assert!(if n <= 7 { entered.is_ok() } else { matches!(entered, Err(Stop::Fault(_))) }, "candidate {n}");
        }
        world.assert_sums_agree().await;
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

    async fn what_is_partly_new_is_no_repeat(t: TestDb) {
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
                    None => jobs::sweep(&db, catalogue).await.is_err(),
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

    async fn an_entry_that_was_due_and_is_paid_by_now_stays_paid_and_without_the_guard_is_lost(t: TestDb) {
        let world = World::with_seats(t, 100).await;
        let who = world.candidate(1).await;
        let of = world.registration(who).await.unwrap();
        let [entry] = world.enter(who, "1").await.unwrap()[..] else { panic!() };
        world.advance(hours(24));
        let (school, id) = (of.school, of.id);
        let looked = world.t.db.read(async move |tx| store::of_registration(tx, school, id).await).await.unwrap();
        assert_eq!(crate::entry::rules::due(&looked, &needs(&world.catalogue), world.now()), [entry]);
        assert!(pay(&world.t.db, &of, entry).await);
        assert!(!ended_as_seen(&world, entry, None).await);
        assert_eq!((world.live(who).await, world.taken("1").await), (vec!["1".to_owned()], 1));
        assert!(ended_as_seen(&world, entry, Some(FREE)).await, "the race was not lost without the guard");
        assert_eq!((world.live(who).await, world.taken("1").await), (vec![], 0));
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
                    None => { jobs::sweep(&db, catalogue).await.unwrap(); }
                }
            }
        }).await;
        world.sweep().await;
        world.assert_sums_agree().await;
        assert_eq!((world.taken("1").await, world.taken("2").await), (0, 0));
    }

    async fn of_two_who_end_an_entry_one_gives_its_seat_back_and_without_the_guard_both_do(t: TestDb) {
        let world = World::with_seats(t, 100).await;
        let mut entries = Vec::new();
        for passport in world.candidates(3).await {
            entries.push(world.enter(passport, "1").await.unwrap()[0]);
        }
        assert!(ended_as_seen(&world, entries[0], None).await && !ended_as_seen(&world, entries[0], None).await);
        assert_eq!(world.taken("1").await, 2);
        assert!(ended_as_seen(&world, entries[1], None).await && ended_as_seen(&world, entries[1], Some(FREE)).await);
        assert_eq!(world.taken("1").await, 0, "the live entry of the third has lost its seat");
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
                    None => { jobs::sweep(&db, catalogue).await.unwrap(); }
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
        Db::open_with(settings, crate::store::testing::patient()).await.unwrap()
    }
}
