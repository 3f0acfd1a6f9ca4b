//! Pools never hold more than their capacity, under any number of concurrent requests.

use super::*;
use crate::on_both;
use crate::store::Db;
use crate::store::testing::TestDb;

fn pool() -> PoolKey {
    PoolKey {
        campus: CampusCode::parse("993010").unwrap(),
        sitting: SittingCode::parse("2017-2").unwrap(),
        subject: SubjectCode::CET4,
    }
}

async fn opened(t: &TestDb, capacity: i64) {
    t.db.write(async move |tx| open(tx, &pool(), capacity).await).await.unwrap();
}

async fn take_one(db: &Db) -> bool {
    db.write(async |tx| take(tx, &pool()).await).await.unwrap()
}

async fn now(db: &Db) -> Option<Seats> {
    db.read(async |tx| seats(tx, &pool()).await).await.unwrap()
}

on_both! {
    /// R15.
    async fn the_last_seat_is_taken_once(t: TestDb) {
        opened(&t, 2).await;
        assert!(take_one(&t.db).await);
        assert!(take_one(&t.db).await);
        assert!(!take_one(&t.db).await);
        assert_eq!(now(&t.db).await, Some(Seats { capacity: 2, taken: 2, waiting: 0 }));
    }

    async fn a_seat_given_back_can_be_taken_again(t: TestDb) {
        opened(&t, 1).await;
        take_one(&t.db).await;
        t.db.write(async |tx| give_back(tx, &pool(), 1).await).await.unwrap();
        assert!(take_one(&t.db).await);
    }

    async fn more_than_is_taken_can_not_be_given_back(t: TestDb) {
        opened(&t, 5).await;
        take_one(&t.db).await;
        assert!(t.db.write(async |tx| give_back(tx, &pool(), 2).await).await.is_err());
        assert_eq!(now(&t.db).await.unwrap().taken, 1);
    }

    /// R15.
    async fn a_capacity_below_what_is_taken_is_refused_with_the_number(t: TestDb) {
        opened(&t, 3).await;
        take_one(&t.db).await;
        take_one(&t.db).await;
        let set = async |capacity: i64| t.db.write(async move |tx| set_capacity(tx, &pool(), capacity).await).await.unwrap();
        assert_eq!(set(1).await, Err(CapacityRefusal::BelowTaken(2)));
        assert_eq!(set(2).await, Ok(()));
        assert!(!take_one(&t.db).await);
        assert_eq!(now(&t.db).await, Some(Seats { capacity: 2, taken: 2, waiting: 0 }));
    }

    async fn a_pool_that_is_not_there_has_no_seats(t: TestDb) {
        assert!(!take_one(&t.db).await);
        assert_eq!(now(&t.db).await, None);
        let set = t.db.write(async |tx| set_capacity(tx, &pool(), 1).await).await.unwrap();
        assert_eq!(set, Err(CapacityRefusal::Unknown));
    }

    async fn the_pools_of_a_campus_come_in_one_query(t: TestDb) {
        opened(&t, 3).await;
        let pools = t.db.read(async |tx| at_campus(tx, &pool().sitting, pool().campus).await).await.unwrap();
        assert_eq!(pools.into_iter().collect::<Vec<_>>(), [(SubjectCode::CET4, Seats { capacity: 3, taken: 0, waiting: 0 })]);
    }

    /// R15. Each part of the key decides: another campus of the school, another sitting, another subject.
    async fn only_the_pool_that_is_named_changes(t: TestDb) {
        let others = [
            PoolKey { campus: CampusCode::parse("993011").unwrap(), ..pool() },
            PoolKey { campus: CampusCode::parse("991010").unwrap(), ..pool() },
            PoolKey { sitting: SittingCode::parse("2018-1").unwrap(), ..pool() },
            PoolKey { subject: SubjectCode::CET6, ..pool() },
        ];
        opened(&t, 5).await;
        for other in others.clone() {
            let done: Result<bool, DbError> = t.db.write(async move |tx| {
                open(tx, &other, 5).await?;
                take(tx, &other).await
            }).await;
            assert_eq!(done, Ok(true));
        }
        assert!(take_one(&t.db).await && take_one(&t.db).await);
        t.db.write(async |tx| give_back(tx, &pool(), 1).await).await.unwrap();
        t.db.write(async |tx| set_capacity(tx, &pool(), 4).await).await.unwrap().unwrap();
        assert_eq!(now(&t.db).await, Some(Seats { capacity: 4, taken: 1, waiting: 0 }));
        for other in others {
            let seats = t.db.read(async move |tx| seats(tx, &other).await).await.unwrap();
            assert_eq!(seats, Some(Seats { capacity: 5, taken: 1, waiting: 0 }));
        }
        let here = t.db.read(async |tx| at_campus(tx, &pool().sitting, pool().campus).await).await.unwrap();
        assert_eq!(here[&SubjectCode::CET4], Seats { capacity: 4, taken: 1, waiting: 0 }, "of another campus or sitting");
        assert_eq!(here.len(), 2);
        let here = t.db.read(async |tx| at_campuses(tx, &pool().sitting, &[pool().campus]).await).await.unwrap();
        assert_eq!(here.len(), 2);
    }
}
