//! Candidates are told of their seats once, in batches, and of a change (T1, A10).

use std::collections::BTreeMap;
use std::sync::Arc;

use super::news;
use crate::arrangement::jobs::tell_seats;
use crate::arrangement::verbs::tests::{arranged, closed};
use crate::entry::testing::{ELSEWHERE, World, hours};
use crate::message::{Facts, Kind, Seat};
use crate::on_both;
use crate::store::Db;
use crate::store::testing::TestDb;
use crate::words::ids::PassportId;
use crate::words::time::Time;

fn seat(entry: i64, room: i64) -> Seat {
    let name = || "1".to_owned();
    Seat {
        entry,
        zh: name(),
        en: name(),
        campus: name(),
        code: "993010".to_owned(),
        session: 0,
        room,
        room_name: String::new(),
        seat: 1,
        begins: None,
        prints: None,
    }
}

#[test]
fn another_place_is_a_change_a_new_place_is_news_and_the_same_is_nothing() {
    let before: BTreeMap<i64, Seat> = [(1, seat(1, 1))].into();
    let news = |before: &BTreeMap<i64, Seat>, seats| news(before, seats, &BTreeMap::new());
    assert_eq!(news(&before, vec![seat(1, 1)]), None);
    assert_eq!(news(&BTreeMap::new(), Vec::new()), None);
    let both = vec![seat(1, 1), seat(2, 1)];
    assert_eq!(news(&before, both.clone()), Some(Facts::Seated { seats: both }));
    let moved = vec![seat(1, 2), seat(2, 1)];
    assert_eq!(news(&before, moved.clone()), Some(Facts::SeatChanged { seats: moved }));
    // Times of the sitting are no place.
    assert_eq!(news(&before, vec![Seat { begins: Some(1), prints: Some(2), ..seat(1, 1) }]), None);
}

#[test]
fn another_name_of_the_room_is_a_change_only_where_the_one_before_may_be_printed() {
    let named = |name: &str| Seat { room_name: name.to_owned(), ..seat(1, 1) };
    let before: BTreeMap<i64, Seat> = [(1, named("教三-201"))].into();
    let (nobody, renamed) = (BTreeMap::new(), BTreeMap::from([(1, Time::from_micros(1))]));
    assert_eq!(news(&before, vec![named("教三-202")], &nobody), None);
    assert_eq!(news(&before, vec![named("教三-201")], &renamed), None);
    let moved = vec![named("教三-202")];
    assert_eq!(news(&before, moved.clone(), &renamed), Some(Facts::SeatChanged { seats: moved }));
}

/// So many candidates with passports, all paid, after registration.
pub(crate) async fn seated(t: TestDb, people: i64) -> World {
    let world = closed(t, people).await;
    for n in 1..=people {
        world.passport(n, "zh").await;
    }
    arranged(&world, 7, true).await;
    world
}

pub(crate) async fn tell_all(world: &World, db: &Db) -> i64 {
    let mut all = 0;
    loop {
        let round = tell_seats(db, Arc::clone(&world.catalogue)).await.unwrap();
        if round.done == 0 {
            return all;
        }
        all += round.done;
    }
}

on_both! {
    /// T1.
    async fn each_candidate_is_told_once_of_all_seats_on_however_many_nodes(t: TestDb) {
        let world = seated(t, 61).await;
        assert_eq!(world.count("SELECT COUNT(*) FROM message").await, 0, "not by who publishes");
        let other = world.t.another_node().await;
        tokio::join!(tell_all(&world, &world.t.db), tell_all(&world, &other));
        tell_all(&world, &other).await;
        for n in 1..=61 {
            let told = world.told(PassportId(n)).await;
            let [Facts::Seated { seats }] = &told[..] else { panic!("{n} {told:?}") };
            // The first two have an oral test elsewhere too, which another unit seats.
            assert_eq!(seats.len(), if n <= 2 { 2 } else { 1 }, "{n}");
            assert!(seats[0].room >= 1 && seats[0].begins.is_some());
            assert!(n > 2 || seats[1].code == ELSEWHERE && seats[1].session == 1);
        }
    }

    /// T1.
    async fn who_is_seated_late_is_told_then_and_nobody_else_again(t: TestDb) {
        let world = seated(t, 3).await;
        tell_all(&world, &world.t.db).await;
        let paid = world.count("SELECT COUNT(*) FROM entry WHERE state = 'paid'").await;
        world.t.clock.set(world.now().minus(hours(2)));
        let late = world.reachable(4).await;
        let entries = world.enter(late, "1").await.unwrap();
        assert!(world.pay(&entries).await.is_empty());
        world.advance(hours(2));
        arranged(&world, 8, true).await;
        assert_eq!(tell_all(&world, &world.t.db).await, 1);
        assert_eq!(world.told_of(late, Kind::Seated).await.len(), 1);
        assert_eq!(world.count("SELECT COUNT(*) FROM message WHERE kind = 'seated'").await, 4);
        assert_eq!(world.count("SELECT COUNT(*) FROM entry WHERE state = 'paid'").await, paid + 1);
    }

    /// T1: a job that was down for weeks, or a season that is made up afterwards.
    async fn nobody_is_told_of_a_seat_whose_exam_is_over(t: TestDb) {
        let world = seated(t, 3).await;
        world.advance(hours(24 * 100));
        assert!(tell_all(&world, &world.t.db).await > 0);
        assert_eq!(world.count("SELECT COUNT(*) FROM message").await, 0);
        assert_eq!(world.count("SELECT COUNT(*) FROM arrangement WHERE told < candidates").await, 0, "nor later");
    }

    /// T1.
    async fn another_seat_than_before_is_told_as_a_change_once(t: TestDb) {
        let world = seated(t, 3).await;
        tell_all(&world, &world.t.db).await;
        // What no verb does today: the seats of a published arrangement are other ones, and are told again.
        world.sql("UPDATE seat_assignment SET room = room + 1").await;
        for _ in 0..2 {
            world.sql("UPDATE arrangement SET told = 0").await;
            tell_all(&world, &world.t.db).await;
        }
        for n in 1..=3 {
            assert_eq!(world.told_of(PassportId(n), Kind::Seated).await.len(), 1, "{n}");
            let told = world.told_of(PassportId(n), Kind::SeatChanged).await;
            assert!(matches!(&told[..], [Facts::SeatChanged { seats }] if seats[0].room == 2), "{n} {told:?}");
        }
    }
}
