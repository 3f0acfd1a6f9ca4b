//! Random commands have the same results on both databases, and the sums agree after each.

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use crate::entry::testing::*;
use crate::entry::{EntryRefusal, rules, store};
use crate::store::DbError;
use crate::store::testing::{Kind, fresh};
use crate::words::ids::{EntryId, PassportId};

/// One step; people, entries and subjects have small numbers, so that they collide.
#[derive(Clone, Debug)]
enum Step {
    Enter { who: i64, subjects: &'static str },
    EnterOral { who: i64, subject: &'static str, at: &'static str },
    Cancel { who: i64, entry: usize },
    Pay { entry: usize },
    Tie { entry: usize },
    Bind { passport: i64, student: i64 },
    Advance { minutes: i64 },
    Sweep,
}

fn step() -> impl Strategy<Value = Step> {
    let who = 1_i64..5;
    let written = prop::sample::select(vec!["1", "2", "3", "4", "1;2", "4;1", "1;3", "2;2", ""]);
    let oral = prop::sample::select(vec!["F", "S"]);
    let place = prop::sample::select(vec![HOME, ELSEWHERE, "110010"]);
    prop_oneof![
        6 => (who.clone(), written).prop_map(|(who, subjects)| Step::Enter { who, subjects }),
        4 => (who.clone(), oral, place).prop_map(|(who, subject, at)| Step::EnterOral { who, subject, at }),
        2 => (who.clone(), 0_usize..12).prop_map(|(who, entry)| Step::Cancel { who, entry }),
        1 => (0_usize..12).prop_map(|entry| Step::Pay { entry }),
        1 => (0_usize..12).prop_map(|entry| Step::Tie { entry }),
        2 => (who, 1_i64..5).prop_map(|(passport, student)| Step::Bind { passport, student }),
        3 => prop::sample::select(vec![1_i64, 29, 30, 700, 1439, 1440, 3000]).prop_map(|minutes| Step::Advance { minutes }),
        1 => Just(Step::Sweep),
    ]
}

/// Runs the steps; returns the result of each, with entries numbered in order of creation.
async fn play(kind: Kind, steps: &[Step]) -> Vec<String> {
    let world = World::with_seats(fresh(kind).await, 2).await;
    let mut made: Vec<EntryId> = Vec::new();
    let mut answers = Vec::new();
    for step in steps {
        let answer = match step {
            Step::Enter { who, subjects } => {
                remember(&mut made, world.enter(PassportId(*who), subjects).await)
            }
            Step::EnterOral { who, subject, at } => {
                remember(&mut made, world.enter_oral(PassportId(*who), subject, at).await)
            }
            Step::Cancel { who, entry } => {
                let entry = made.get(*entry).copied().unwrap_or(EntryId(0));
                format!("{:?}", world.cancel(PassportId(*who), entry).await)
            }
            Step::Pay { entry } => {
                let entry = made.get(*entry).copied().unwrap_or(EntryId(0));
                pay(&world, entry).await
            }
            Step::Tie { entry } => {
                let (entry, school) =
                    (made.get(*entry).copied().unwrap_or(EntryId(0)), campus(HOME).school());
                let order = crate::words::ids::OrderId(1);
                let tied =
                    world.t.db.write(async move |tx| super::tie_to_order(tx, school, &[entry], order).await);
                tied.await.unwrap().is_empty().to_string()
            }
            Step::Bind { passport, student } => {
                let bound = bound(&world.t.db, &world.catalogue, *passport, *student).await;
                bound
                    .map(|_| ())
                    .map_err(|stop| stop.map(|refusal| refusal.code()))
                    .map_or_else(|e| format!("{e:?}"), |()| "bound".to_owned())
            }
            Step::Advance { minutes: by } => world.advance(minutes(*by)).to_string(),
            Step::Sweep => {
                world.sweep().await;
                String::new()
            }
        };
        world.assert_sums_agree().await;
        answers.push(format!("{step:?}: {answer}; {}", state(&world).await));
    }
    answers
}

/// As payment does it: under the lock of the registration, and only what may be paid.
async fn pay(world: &World, entry: EntryId) -> String {
    let (school, catalogue) = (campus(HOME).school(), std::sync::Arc::clone(&world.catalogue));
    let paid = world.t.db.write(async move |tx| {
        let Some(id) = store::registration_of(tx, school, entry).await? else { return Ok(vec!["nobody's"]) };
        if crate::registration::store::lock(tx, school, id).await?.is_none() {
            return Ok(vec!["released"]);
        }
        let entries = store::of_registration(tx, school, id).await?;
        let at = tx.now().await?;
        let refused = rules::may_pay(&entries, &[entry], &super::needs(&catalogue), at);
        if refused.is_empty() {
            super::mark_paid(tx, school, &[entry], None, at).await?;
        }
        Ok::<_, DbError>(refused.iter().map(EntryRefusal::code).collect())
    });
    format!("{:?}", paid.await.unwrap())
}

fn remember(made: &mut Vec<EntryId>, answer: Result<Vec<EntryId>, Vec<&'static str>>) -> String {
    match answer {
        Ok(ids) => {
            let before = made.len();
            made.extend(ids);
            format!("entered {}", made.len() - before)
        }
        Err(codes) => format!("{codes:?}"),
    }
}

/// The visible state.
async fn state(world: &World) -> String {
    let mut all = Vec::new();
    for who in 1..5 {
        all.push(format!("{:?}", world.live(PassportId(who)).await));
    }
    for code in ["1", "2", "3", "4", "F", "S"] {
        all.push(format!("{code}:{}", world.taken(code).await));
    }
    all.join(" ")
}

#[test]
fn random_commands_are_answered_alike_by_sqlite_and_postgresql() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let mut runner = TestRunner::new(Config { cases: 40, failure_persistence: None, ..Config::default() });
    let played = runner.run(&prop::collection::vec(step(), 1..40), |steps| {
        let (sqlite, postgres) = runtime
            .block_on(async { (play(Kind::Sqlite, &steps).await, play(Kind::Postgres, &steps).await) });
        prop_assert_eq!(sqlite, postgres);
        Ok(())
    });
    played.unwrap();
}
