//! Kept sums against a count, on both databases.

use super::*;
use crate::entry::testing::{World, hours, sitting};
use crate::on_both;
use crate::store::{DbError, Tx};
use crate::words::staff::Scope;

const SINCE: Since = Since { day: 0, hour: 0 };

async fn keep(world: &World) {
    jobs::keep(&world.t.db, &world.catalogue).await.unwrap();
}

/// What is kept of every place, down from the nation.
async fn kept(world: &World) -> BTreeMap<String, Figures> {
    let read: Result<_, DbError> = world
        .t
        .db
        .read(async |tx: &mut Tx<'_>| {
            let (nation, mut all, mut open) = (Scope::nation(), BTreeMap::new(), vec![String::new()]);
            all.insert(String::new(), store::of_place(tx, &nation, &sitting(), "").await?);
            while let Some(place) = open.pop() {
                for (code, figures) in store::below(tx, &nation, &sitting(), &place).await? {
                    open.push(code.clone());
                    all.insert(code, figures);
                }
            }
            Ok(all)
        })
        .await;
    read.unwrap()
}

/// What the rows add up to, counted by other statements than the job's.
async fn counted(world: &World, like: &'static str) -> [i64; 6] {
    let number = async |sql: String| {
        let read: Result<(i64,), DbError> =
            world.t.db.read(async move |tx: &mut Tx<'_>| tx.query_one(&sql, &[]).await).await;
        read.unwrap().0
    };
    let of = format!("FROM entry WHERE school LIKE '{like}%'");
    [
        number(format!("SELECT COUNT(*) FROM registration WHERE state = 'live' AND school LIKE '{like}%'"))
            .await,
        number(format!("SELECT COUNT(*) {of} AND state = 'paid'")).await,
        number(format!("SELECT COUNT(*) {of} AND state = 'held'")).await,
        number(format!("SELECT CAST(COALESCE(SUM(fee), 0) AS BIGINT) {of} AND state = 'paid'")).await,
        number(format!(
            "SELECT CAST(COALESCE(SUM(capacity), 0) AS BIGINT) FROM seat_pool WHERE school LIKE '{like}%'"
        ))
        .await,
        number(format!(
            "SELECT CAST(COALESCE(SUM(taken), 0) AS BIGINT) FROM seat_pool WHERE school LIKE '{like}%'"
        ))
        .await,
    ]
}

/// Candidates whose every live entry is paid, counted by another statement than the job's.
async fn counted_people(world: &World) -> i64 {
    let sql = "SELECT COUNT(*)
                 FROM registration r
                WHERE EXISTS (SELECT 1 FROM entry e WHERE e.registration_id = r.id AND e.state = 'paid')
                  AND NOT EXISTS (SELECT 1 FROM entry e WHERE e.registration_id = r.id AND e.state = 'held')";
    let read: Result<(i64,), DbError> =
        world.t.db.read(async |tx: &mut Tx<'_>| tx.query_one(sql, &[]).await).await;
    read.unwrap().0
}

async fn agree(world: &World) {
    let all = kept(world).await;
    for place in ["", "99", "99301", "99101"] {
        let sums = all.get(place).map(|of| of.sums).unwrap_or_default();
        let sums = [sums.registrations, sums.paid, sums.unpaid, sums.amount, sums.capacity, sums.taken];
        assert_eq!(sums, counted(world, place).await, "{place}");
    }
    for finding in crate::verify::run(&world.t.db, &world.catalogue).await.unwrap() {
        assert!(finding.invariant != "I25" || finding.violations.is_empty(), "{finding}");
    }
}

on_both! {
    /// S6, I25.
    async fn kept_sums_are_those_of_a_count_whatever_candidates_do(t: TestDb) {
        let world = World::with_seats(t, 9).await;
        keep(&world).await;
        agree(&world).await;
        let people = world.candidates(4).await;
        let mut paid = Vec::new();
        for (n, who) in people.iter().enumerate() {
            let entries = world.enter(*who, if n % 2 == 0 { "1;4" } else { "3" }).await.unwrap();
            paid.extend(entries.first().copied().filter(|_| n != 1));
        }
        world.enter_oral(people[0], "F", "991010").await.unwrap();
        world.pay(&paid).await;
        world.advance(hours(1));
        keep(&world).await;
        agree(&world).await;
        let days = kept(&world).await[""].detail.days.clone();
        let sum = |of: fn(&OfDay) -> i64| days.values().map(of).sum::<i64>();
        assert_eq!((sum(|day| day.saved), sum(|day| day.entered), sum(|day| day.paid)), (4, 7, 3));
        let all = kept(&world).await;
        let in_hours = all[""].detail.hours.values();
        let in_hours = in_hours.fold((0, 0, 0), |sum, of| (sum.0 + of.saved, sum.1 + of.entered, sum.2 + of.paid));
        assert_eq!(in_hours, (4, 7, 3), "all of it within a day");
        let modes = &all[""].detail.modes;
        let of_mode = |mode: &str| modes[mode].days.values().map(|day| day.entered).sum::<i64>();
        assert_eq!((of_mode("written"), of_mode("oral")), (6, 1), "an oral entry is the mode's own");
        let pace = |place: &str, subject: &str| all[place].detail.subjects.get(subject).map_or(0, |of| of.pace);
        assert_eq!((pace("993010", "1"), pace("991010", "F"), pace("993010", "F")), (2, 1, 0), "by the campus of the seat");
        let people = all["99301"].detail.people;
        assert_eq!((people.entered, people.paid), (4, counted_people(&world).await));
        let of_mode = |place: &str, mode: &str| {
            let people = all[place].detail.modes.get(mode).map(|of| of.people).unwrap_or_default();
            (people.entered, people.paid)
        };
        // One has paid one of two written entries and none of the oral one.
        let written = world.t.db.read(async |tx: &mut Tx<'_>| {
            let sql = "SELECT COUNT(DISTINCT registration_id) FROM entry e WHERE mode = 'written'
                          AND NOT EXISTS (SELECT 1 FROM entry o WHERE o.registration_id = e.registration_id AND o.mode = 'written'
                                             AND o.state = 'held')";
            tx.query_one::<(i64,)>(sql, &[]).await
        }).await.unwrap().0;
        assert_eq!((of_mode("99301", "written"), of_mode("", "written")), ((4, written), (4, written)));
        assert_eq!((of_mode("99301", "oral"), of_mode("", "oral"), of_mode("99101", "oral")), ((1, 0), (1, 0), (0, 0)));
        world.advance(hours(25));
        world.sweep().await;
        keep(&world).await;
        agree(&world).await;
        assert_eq!(kept(&world).await[""].sums.unpaid, 0);
    }

    async fn an_earlier_count_never_replaces_a_later_one(t: TestDb) {
        let world = World::with_seats(t, 9).await;
        keep(&world).await;
        let now = world.now();
        let (before, after) = (now.minus(hours(1)), now.plus(hours(1)));
        let write = async |at| {
            let none = rollup::roll_up(&[], SINCE);
            let done: Result<i64, DbError> =
                world.t.db.write(async move |tx: &mut Tx<'_>| store::keep(tx, &sitting(), at, &none).await).await;
            done.unwrap();
        };
        let counted = kept(&world).await;
        write(before).await;
        assert_eq!(kept(&world).await, counted);
        write(after).await;
        assert_eq!(kept(&world).await, rollup::roll_up(&[], SINCE), "what is counted no more is gone");
    }

    /// I25.
    async fn a_kept_sum_that_is_not_that_of_the_places_below_is_found(t: TestDb) {
        let world = World::with_seats(t, 9).await;
        keep(&world).await;
        let found = async || {
            let all = crate::verify::run(&world.t.db, &world.catalogue).await.unwrap();
            all.into_iter().filter(|finding| finding.invariant == "I25").map(|finding| finding.violations.len()).sum::<usize>()
        };
        assert_eq!(found().await, 0);
        world.sql("UPDATE statistic SET paid = paid + 1 WHERE place = '99'").await;
        assert_eq!(found().await, 2, "the province differs from its schools, the nation from its provinces");
    }

    /// TH22.
    async fn figures_of_another_place_are_not_read(t: TestDb) {
        let world = World::with_seats(t, 9).await;
        world.candidate(1).await;
        keep(&world).await;
        for (scope, place, seen) in [("", "", true), ("", "99301", true), ("99301", "993010", true), ("99301", "99", false),
            ("99301", "", false), ("98", "99301", false), ("993011", "993010", false)] {
            let scope = Scope::parse(scope).unwrap();
            let (of, name) = (scope.clone(), place.to_owned());
            let read: Result<_, DbError> = world.t.db.read(async move |tx: &mut Tx<'_>| {
                Ok((store::of_place(tx, &of, &sitting(), &name).await?, store::below(tx, &of, &sitting(), &name).await?))
            }).await;
            let (own, below) = read.unwrap();
            assert_eq!(own.sums.registrations == 1, seen, "{scope:?} {place}");
            assert!(seen || below.keys().all(|code| scope.holds(code)), "{scope:?} {place}");
        }
    }
}
