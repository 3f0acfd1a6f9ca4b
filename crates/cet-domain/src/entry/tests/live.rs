//! "Is it live?" and "is it free?" have the same result in the rules and in every statement.

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

use crate::entry::rules::{Standing, is_free, standing};
use crate::entry::testing::{HOME, World, campus, hours, micros, sitting, subject};
use crate::entry::{Entry, EntryState, arrangeable, figures, staff_queries, store};
use crate::fragments::{free, live, overdue, unpaid};
use crate::on_both;
use crate::params;
use crate::registration::store::scoped::{self, Payment};
use crate::seat_pool::PoolKey;
use crate::store::testing::TestDb;
use crate::store::{DbError, Stop, Tx};
use crate::words::ids::{EntryId, OrderId, RegistrationId};
use crate::words::staff::Scope;
use crate::words::time::Time;

/// The stored state of an entry: state, the end of its hold relative to now, locked, with an open order.
type Stored = (EntryState, i64, bool, bool);

fn all_that_can_be_stored() -> Vec<Stored> {
    let mut all = Vec::new();
    for state in [
        EntryState::Held,
        EntryState::Paid,
        EntryState::Cancelled,
        EntryState::Expired,
        EntryState::Withdrawn,
    ] {
        for end in [-1, 0, 1] {
            for locked in [false, true] {
                all.push((state, end, locked, false));
                // Only a held entry has an open order.
                if state == EntryState::Held {
                    all.push((state, end, locked, true));
                }
            }
        }
    }
    all
}

async fn store_as(world: &World, entry: EntryId, (state, end, locked, ordered): Stored) {
    let now = world.now();
    let ended = !matches!(state, EntryState::Held | EntryState::Paid);
    let stored: Result<u64, DbError> = world
        .t
        .db
        .write(async move |tx: &mut Tx<'_>| {
            tx.execute(
                "UPDATE entry SET state = $3, expires_at = $4, locked_by = $5, order_id = $6, paid_at = $7, ended_at = $8
                  WHERE school = $1 AND id = $2",
                params![
                    campus(HOME).school(),
                    entry,
                    state,
                    now.plus(micros(end)),
                    locked.then_some(7_i64),
                    ordered.then_some(8_i64),
                    (state == EntryState::Paid).then_some(now),
                    ended.then_some(now),
                ],
            )
            .await
        })
        .await;
    assert_eq!(stored.unwrap(), 1);
}

/// Random columns of an entry, and a time around the end of its hold.
fn at_random() -> impl Strategy<Value = (EntryState, Time, Time, Option<i64>, Option<OrderId>)> {
    let state = prop::sample::select(vec![
        EntryState::Held,
        EntryState::Held,
        EntryState::Held,
        EntryState::Paid,
        EntryState::Cancelled,
        EntryState::Expired,
        EntryState::Withdrawn,
    ]);
    let time = || (0_i64..4).prop_map(Time::from_micros);
    let id = || prop::option::of(0_i64..3);
    (state, time(), time(), id(), id().prop_map(|id| id.map(OrderId)))
}

/// The result of a change that is then rolled back; the error's text if the database rejects it.
async fn undone(
    world: &World,
    change: impl AsyncFn(&mut Tx<'_>) -> Result<bool, DbError> + Send + 'static,
) -> Result<bool, String> {
    let answer: Result<(), Stop<bool>> =
        world.t.db.write(async move |tx: &mut Tx<'_>| Err(Stop::Refused(change(tx).await?))).await;
    match answer {
        Err(Stop::Refused(answer)) => Ok(answer),
        Err(Stop::Fault(fault)) => Err(fault.to_string()),
        Ok(()) => panic!("a refusal was kept"),
    }
}

async fn found(world: &World, sql: &'static str) -> Vec<EntryId> {
    let now = world.now();
    let rows: Result<Vec<(EntryId,)>, DbError> =
        world.t.db.read(async move |tx: &mut Tx<'_>| tx.query(sql, params![now]).await).await;
    rows.unwrap().into_iter().map(|(id,)| id).collect()
}

/// One candidate for each stored state of an entry of English 4; the last one's is overdue and not swept yet.
async fn one_of_each(t: TestDb) -> (World, Vec<EntryId>) {
    let world = World::with_seats(t, 9).await;
    let stored = [
        (EntryState::Paid, -1, false, false),
        (EntryState::Held, 1, false, false),
        (EntryState::Held, -1, false, true),
        (EntryState::Held, -1, true, false),
        (EntryState::Held, -1, false, false),
    ];
    let mut ids = Vec::new();
    for (n, stored) in (1..).zip(stored) {
        let who = world.candidate(n).await;
        ids.push(world.enter(who, "1").await.unwrap()[0]);
        store_as(&world, ids[ids.len() - 1], stored).await;
    }
    (world, ids)
}

on_both! {
    async fn rules_and_statements_agree_on_every_entry_that_can_be_stored(t: TestDb) {
        let stored = all_that_can_be_stored();
        let world = World::with_seats(t, 100).await;
        for (n, one) in (1..).zip(&stored) {
            let who = world.candidate(n).await;
            let entry = world.enter(who, "1").await.unwrap()[0];
            store_as(&world, entry, *one).await;
        }
        let rows: Result<Vec<(RegistrationId,)>, DbError> = world.t.db.read(async |tx: &mut Tx<'_>| {
            tx.query("SELECT registration_id FROM entry ORDER BY id", &[]).await
        }).await;
        let mut all: Vec<Entry> = Vec::new();
        for (of,) in rows.unwrap() {
            let entries = world.t.db.read(async move |tx: &mut Tx<'_>| {
                store::of_registration(tx, campus(HOME).school(), of).await
            }).await;
            all.extend(entries.unwrap());
        }
        let by_the_rules = |wanted: &dyn Fn(&Entry, Standing) -> bool| -> Vec<EntryId> {
            all.iter().filter(|entry| wanted(entry, standing(entry, world.now()))).map(|entry| entry.id).collect()
        };
        assert_eq!(all.len(), stored.len());
        assert_eq!(
            found(&world, concat!("SELECT id FROM entry WHERE ", live!("", "$1"), " ORDER BY id")).await,
            by_the_rules(&|_, standing| standing != Standing::Gone)
        );
        assert_eq!(
            found(&world, concat!("SELECT e.id FROM entry e WHERE ", unpaid!("e.", "$1"), " ORDER BY e.id")).await,
            by_the_rules(&|_, standing| !matches!(standing, Standing::Gone | Standing::Paid))
        );
        assert_eq!(
            found(&world, concat!("SELECT id FROM entry WHERE ", overdue!("", "$1"), " ORDER BY id")).await,
            by_the_rules(&|entry, standing| entry.state == EntryState::Held && standing == Standing::Gone)
        );
        assert_eq!(
            found(&world, concat!("SELECT id FROM entry WHERE CAST($1 AS BIGINT) IS NOT NULL AND ", free!(""), " ORDER BY id")).await,
            by_the_rules(&|entry, _| is_free(entry))
        );
        let of = |wanted| by_the_rules(&move |_, standing| standing == wanted).len();
        let each = [Standing::Paid, Standing::Held, Standing::AwaitingGateway, Standing::Locked, Standing::Gone].map(of);
        assert_eq!(each, [6, 2, 2, 6, stored.len() - 16], "every class was there");
    }

    async fn only_a_free_entry_ends_is_tied_or_locked_whatever_else_holds(t: TestDb) {
        let stored = all_that_can_be_stored();
        let world = World::with_seats(t, 100).await;
        let (school, now) = (campus(HOME).school(), world.now());
        let mut faults = Vec::new();
        for (n, (state, end, locked, ordered)) in (1..).zip(stored) {
            let who = world.candidate(n).await;
            let id = world.enter(who, "1").await.unwrap()[0];
            store_as(&world, id, (state, end, locked, ordered)).await;
            let free = state == EntryState::Held && !locked && !ordered;
            // Each on its own, and rolled back: a refusal keeps nothing.
            let ended = undone(&world, async move |tx| store::close(tx, school, id, EntryState::Expired, now).await).await;
            let tied = undone(&world, async move |tx| store::attach_to_order(tx, school, id, OrderId(9)).await).await;
            let taken = undone(&world, async move |tx| store::reserve_for_collective(tx, school, id, 9).await).await;
            let answers = [ended, tied, taken];
            if answers != [Ok(free), Ok(free), Ok(free && end > 0)] {
                faults.push(format!("{state:?} until {end}, locked {locked}, with an order {ordered}: {answers:?}"));
            }
        }
        assert!(faults.is_empty(), "{}", faults.join("\n"));
    }

    async fn rules_and_statements_agree_on_entries_at_random(t: TestDb) {
        let world = World::with_seats(t, 1).await;
        let who = world.candidate(1).await;
        let id = world.enter(who, "1").await.unwrap()[0];
        let of = world.registration(who).await.unwrap();
        let entries = world.t.db.read(async move |tx: &mut Tx<'_>| store::of_registration(tx, of.school, of.id).await).await;
        let entered = entries.unwrap().into_iter().find(|entry| entry.id == id).unwrap();
        let mut runner = TestRunner::deterministic();
        for _ in 0..300 {
            let (state, expires_at, now, locked_by, order) = at_random().new_tree(&mut runner).unwrap().current();
            let entry = Entry { state, expires_at, locked_by, order, ..entered.clone() };
            let asked: Result<[bool; 4], DbError> = world.t.db.read(async move |tx: &mut Tx<'_>| {
                let answer: (bool, bool, bool, bool) = tx.query_one(
                    concat!(
                        "SELECT ", live!("e.", "$1"), ", ", unpaid!("e.", "$1"), ", ", overdue!("e.", "$1"), ", ", free!("e."),
                        " FROM (SELECT CAST($2 AS TEXT) AS state, CAST($3 AS BIGINT) AS expires_at,
                                       CAST($4 AS BIGINT) AS locked_by, CAST($5 AS BIGINT) AS order_id) e"
                    ),
                    params![now, state, expires_at, locked_by, order],
                ).await?;
                Ok(answer.into())
            }).await;
            let standing = standing(&entry, now);
            let live = standing != Standing::Gone;
            let ruled = [
                live,
                live && standing != Standing::Paid,
                !live && state == EntryState::Held,
                is_free(&entry),
            ];
            assert_eq!(asked.unwrap(), ruled, "{state:?} {expires_at:?} {locked_by:?} {order:?} at {now:?}");
        }
    }

    async fn every_list_counts_the_same_entries(t: TestDb) {
        let (world, ids) = one_of_each(t).await;
        let (school, nation) = (Scope::parse("99301").unwrap(), Scope::parse("").unwrap());
        let now: Time = world.now();
        world.t.db.read(async move |tx: &mut Tx<'_>| {
            assert_eq!(tx.now().await?, now);
            let since = crate::statistics::Since::of(None, now);
            let counted = crate::statistics::store::count(tx, &sitting(), now, since).await?;
            let figures = &crate::statistics::rollup::roll_up(&counted, since)[""].sums;
            assert_eq!((figures.paid, figures.unpaid), (1, 3));
            let pools = figures::by_pool(tx, &nation, &sitting(), now).await?;
            assert_eq!((pools.len(), pools[0].paid, pools[0].unpaid), (1, 1, 3));
            let filter = |subject: &str, payment| scoped::Filter { subject: subject.to_owned(), payment, ..scoped::Filter::default() };
            for (filter, expected) in [
                (filter("1", None), vec![1, 2, 3, 4]),
                (filter("", Some(Payment::Paid)), vec![1]),
                (filter("", Some(Payment::Unpaid)), vec![2, 3, 4]),
                (filter("", Some(Payment::None)), vec![5]),
            ] {
                let seen = scoped::list(tx, &school, &sitting(), &filter, (None, None), 50).await?;
                assert_eq!(seen.iter().map(|seen| seen.passport.0).collect::<Vec<_>>(), expected, "{filter:?}");
            }
            let of_one = staff_queries::Filter { subject: Some(subject("1")), ..staff_queries::Filter::default() };
            let numbers = |people: Vec<staff_queries::Person>| people.into_iter().map(|person| person.student_number).collect::<Vec<_>>();
            let unpaid = staff_queries::with_unpaid(tx, &school, &sitting(), &of_one, 50).await?;
            assert_eq!(numbers(unpaid), ["number 2", "number 3", "number 4"]);
            let without = staff_queries::without(tx, &school, &sitting(), &of_one, 50).await?;
            assert_eq!(numbers(without), ["number 5"]);
            let pool = PoolKey { campus: campus(HOME), sitting: sitting(), subject: subject("1") };
            assert_eq!(arrangeable::undecided_in(tx, &pool).await?, 3);
            for (n, id) in (1..).zip(&ids) {
                let number = format!("number {n}");
                let of_student = arrangeable::of_student(tx, &school, &sitting(), &number, subject("1")).await?;
                let entered = arrangeable::entered(tx, &school, campus(HOME).school(), *id).await?;
                assert_eq!((of_student.len(), entered.is_some()), (usize::from(n < 5), n < 5), "{n}");
            }
            Ok::<_, DbError>(())
        }).await.unwrap();
    }

    async fn what_waits_for_its_gateway_stands_in_its_own_place_only(t: TestDb) {
        let (world, ids) = one_of_each(t).await;
        let waits = crate::words::ids::PassportId(3);
        assert_eq!(world.live(waits).await, ["1"]);
        assert_eq!(world.enter(waits, "1").await, Err(vec!["order-open"]));
        assert_eq!(world.enter(waits, "3").await, Err(vec!["order-open"]), "of its level");
        assert_eq!(world.cancel(waits, ids[2]).await, Err(vec!["order-open"]));
        assert!(world.enter(waits, "2").await.is_ok());
        assert!(world.enter_oral(waits, "F", HOME).await.is_ok(), "its written entry is there");
        world.advance(hours(1));
        world.sweep().await;
        assert_eq!(world.live(waits).await, ["1", "2", "F"]);
        assert_eq!(world.live(crate::words::ids::PassportId(5)).await, Vec::<String>::new());
    }
}
