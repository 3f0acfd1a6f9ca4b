//! What the conditions of single statements keep apart.

use super::{count_overdue_in, overdue_in, reinstate, withdraw};
use crate::entry::testing::*;
use crate::on_both;
use crate::seat_pool::PoolKey;
use crate::store::DbError;
use crate::words::codes::SchoolCode;
use crate::words::ids::PassportId;

on_both! {
    async fn for_a_seat_of_a_full_pool_only_overdue_entries_of_that_very_pool_are_counted_and_ended(t: TestDb) {
        let world = World::with_seats(t, 100).await;
        world.sql("INSERT INTO campus (code, name) VALUES ('993020', '测试校区机构002')").await;
        world.sql("INSERT INTO seat_pool (school, sitting, campus, subject, capacity, taken) VALUES ('99301', '2017-2', '993020', '1', 9, 1)").await;
        for (n, subjects) in [(1, "1"), (2, "2"), (3, "1")] {
            let who = world.candidate(n).await;
            world.enter(who, subjects).await.unwrap();
        }
        world.sql("UPDATE entry SET campus = '993020' WHERE registration_id = (SELECT id FROM registration WHERE passport_id = 3)").await;
        world.advance(hours(24));
        let first = world.registration(PassportId(1)).await.unwrap();
        let (now, pool) = (world.now(), PoolKey { campus: campus(HOME), sitting: sitting(), subject: subject("1") });
        let found = world.t.db.read(async move |tx| {
            Ok::<_, DbError>((count_overdue_in(tx, &pool, now).await?, overdue_in(tx, &pool, now, 9).await?))
        }).await.unwrap();
        assert_eq!(found, (1, vec![(first.school, first.id)]));
    }

    async fn only_a_paid_entry_is_withdrawn_and_only_an_expired_one_reinstated_each_once(t: TestDb) {
        let world = World::with_seats(t, 100).await;
        let who = world.candidate(1).await;
        let [entry] = world.enter(who, "1").await.unwrap()[..] else { panic!() };
        let (school, other) = (campus(HOME).school(), campus(ELSEWHERE).school());
        let now = world.now();
        let done = async |back: bool, school: SchoolCode| {
            world.t.db.write(async move |tx| {
                if back { reinstate(tx, school, entry, now).await } else { withdraw(tx, school, entry, now).await }
            }).await.unwrap()
        };
        assert!(!done(false, school).await && !done(true, school).await, "it is held");
        assert_eq!(world.live(who).await, ["1"]);
        assert!(world.pay(&[entry]).await.is_empty(), "no entry was left unpaid");
        assert!(!done(true, school).await && !done(false, other).await);
        assert!(done(false, school).await && !done(false, school).await && !done(true, school).await);
        assert_eq!(world.count("SELECT COUNT(*) FROM entry WHERE state = 'withdrawn'").await, 1);
    }
}
