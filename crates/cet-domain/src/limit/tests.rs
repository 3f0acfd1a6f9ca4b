//! The rate limits on both databases.

use jiff::SignedDuration;

use super::*;
use crate::on_both;
use crate::store::Db;
use crate::store::testing::NOON;

const MINUTE: SignedDuration = SignedDuration::from_mins(1);

const PASSWORDS: Rule = Rule {
    what: "test",
    most: 3,
    period: SignedDuration::from_mins(15),
    then: Then::Doubling { first: MINUTE, longest: SignedDuration::from_mins(3) },
};

const TAKEN: Rule = Rule { what: "taken", most: 3, period: SignedDuration::from_hours(1), then: Then::Rest };

async fn fails(db: &Db, rule: Rule, whom: &'static str, times: usize) {
    for _ in 0..times {
        db.write(async move |tx| fail(tx, &rule, whom).await).await.unwrap();
    }
}

async fn waits(db: &Db, rule: Rule, whom: &'static str) -> u64 {
    match db.read(async move |tx| check(tx, &rule, whom).await).await {
        Ok(()) => 0,
        Err(Stop::Refused(wait)) => wait.seconds,
        Err(Stop::Fault(fault)) => panic!("{fault}"),
    }
}

async fn spends(db: &Db, rule: Rule, whom: &'static str) -> Result<Spent, Stop<Wait>> {
    db.write(async move |tx| spend(tx, &rule, whom).await).await
}

on_both! {
    /// TH2, TH63.
    async fn of_forty_tries_at_once_as_many_are_let_through_as_one_after_another(t: TestDb) {
        let tries = (0..40).map(|_| spends(&t.db, PASSWORDS, "a"));
        let mut through = 0;
        for one in futures_util::future::join_all(tries).await {
            match one {
                Ok(_) => through += 1,
                Err(stop) => assert_eq!(stop, Stop::Refused(Wait { seconds: 60 })),
            }
        }
        assert_eq!(through, 3);
    }

    async fn a_try_is_counted_before_it_is_known_how_it_ends_and_can_be_taken_back(t: TestDb) {
        let give_back = async |spent: &Spent| {
            let spent = spent.clone();
            t.db.write(async move |tx| give_back(tx, &spent).await).await.unwrap();
        };
        let (first, second) = (spends(&t.db, PASSWORDS, "a").await.unwrap(), spends(&t.db, PASSWORDS, "a").await.unwrap());
        give_back(&first).await;
        let third = spends(&t.db, PASSWORDS, "a").await.unwrap();
        assert_eq!(waits(&t.db, PASSWORDS, "a").await, 0, "two of them count");
        let last = spends(&t.db, PASSWORDS, "a").await.unwrap();
        assert_eq!(waits(&t.db, PASSWORDS, "a").await, 60);
        assert_eq!(spends(&t.db, PASSWORDS, "a").await, Err(Stop::Refused(Wait { seconds: 60 })));
        give_back(&last).await;
        assert_eq!(waits(&t.db, PASSWORDS, "a").await, 0, "the wait goes with the try that began it");
        for spent in [&second, &third, &third] {
            give_back(spent).await;
        }
        assert_eq!(t.db.read(async |tx| counted(tx, &PASSWORDS, "a").await).await, Ok(0), "never less than none");
    }

    async fn a_full_count_waits_twice_as_long_each_time_up_to_the_longest(t: TestDb) {
        let mut now = NOON;
        for seconds in [60, 120, 180, 180] {
            fails(&t.db, PASSWORDS, "a", 2).await;
            assert_eq!(waits(&t.db, PASSWORDS, "a").await, 0);
            fails(&t.db, PASSWORDS, "a", 1).await;
            assert_eq!(waits(&t.db, PASSWORDS, "a").await, seconds);
            now = now.plus(SignedDuration::from_secs(i64::try_from(seconds).unwrap()));
            t.clock.set(now);
            assert_eq!(waits(&t.db, PASSWORDS, "a").await, 0);
        }
    }

    async fn what_was_counted_is_told_with_the_times_that_the_limit_was_reached(t: TestDb) {
        let told = async |whom: &'static str| {
            t.db.read(async move |tx| counted(tx, &PASSWORDS, whom).await).await.unwrap()
        };
        assert_eq!(told("a").await, 0);
        fails(&t.db, PASSWORDS, "a", 5).await;
        assert_eq!((told("a").await, told("b").await), (5, 0));
        t.clock.set(NOON.plus(SignedDuration::from_mins(16)));
        assert_eq!(told("a").await, 3, "those of the last period are forgotten, the full count is not");
        t.clock.set(NOON.plus(SignedDuration::from_hours(25)));
        assert_eq!(told("a").await, 0);
    }

    async fn failures_of_others_and_of_other_rules_do_not_count(t: TestDb) {
        fails(&t.db, PASSWORDS, "a", 3).await;
        assert_eq!(waits(&t.db, PASSWORDS, "b").await, 0);
        assert_eq!(waits(&t.db, TAKEN, "a").await, 0);
    }

    async fn failures_are_forgotten_after_the_period_and_after_a_success(t: TestDb) {
        fails(&t.db, PASSWORDS, "a", 2).await;
        t.clock.set(NOON.plus(SignedDuration::from_mins(15)));
        fails(&t.db, PASSWORDS, "a", 2).await;
        assert_eq!(waits(&t.db, PASSWORDS, "a").await, 0);
        t.db.write(async |tx| clear(tx, &PASSWORDS, "a").await).await.unwrap();
        fails(&t.db, PASSWORDS, "a", 2).await;
        assert_eq!(waits(&t.db, PASSWORDS, "a").await, 0);
        fails(&t.db, PASSWORDS, "a", 1).await;
        assert_eq!(waits(&t.db, PASSWORDS, "a").await, 60);
    }

    async fn a_rest_lasts_until_the_period_is_over(t: TestDb) {
        fails(&t.db, TAKEN, "a", 1).await;
        t.clock.set(NOON.plus(SignedDuration::from_mins(40)));
        fails(&t.db, TAKEN, "a", 2).await;
        assert_eq!(waits(&t.db, TAKEN, "a").await, 20 * 60);
    }

    async fn the_sweep_keeps_what_still_counts(t: TestDb) {
        fails(&t.db, PASSWORDS, "a", 1).await;
        assert_eq!(sweep(&t.db).await.unwrap(), 0);
        t.clock.set(NOON.plus(SignedDuration::from_hours(25)));
        assert_eq!(sweep(&t.db).await.unwrap(), 1);
    }
}

#[test]
fn addresses_of_one_line_are_one_network() {
    let key = |text: &str| network(text.parse().unwrap());
    assert_eq!(key("2001:db8:1:2:3:4:5:6"), key("2001:db8:1:2::1"));
    assert_ne!(key("2001:db8:1:3::1"), key("2001:db8:1:2::1"));
    assert_eq!(key("::ffff:10.0.0.1"), key("10.0.0.1"));
    assert_ne!(key("10.0.0.1"), key("10.0.0.2"));
}
