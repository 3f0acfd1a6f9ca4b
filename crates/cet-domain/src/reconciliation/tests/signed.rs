//! A day that is signed.

use gateway::bill::BillRow;

use super::days::{classes, opened, pays};
use super::*;
use crate::entry::testing::minutes;
use crate::on_both;
use crate::store::Db;

on_both! {
    async fn who_decides_again_on_a_signed_day_is_told_that_it_is_signed(t: TestDb) {
        let w = PaymentWorld::open(t, 20).await;
        pays(&w, 1, "alipay").await;
        let of = Of { gateway: gateway::alipay::CODE, day: tomorrow(&w) };
        assert_eq!(compared(&w, of, &[]).await.len(), 1);
        let id = differences(&w, of).await[0].id;
        assert_eq!(decides(&w, of, id, Decision::Explained, "letter 7").await, Ok(()));
        assert_eq!(decides(&w, of, id, Decision::Explained, "letter 8").await, Err(Refusal::Resolved));
        assert_eq!(signs(&w, of, "second").await, Ok(()));
        for decision in [Decision::Explained, Decision::Follow, Decision::Booked] {
            assert_eq!(decides(&w, of, id, decision, "letter 8").await, Err(Refusal::Signed));
        }
    }

    /// Y5: the first bill had it before we booked it, so that the second one matches our books and is one too many all the same.
    async fn a_trade_of_a_signed_day_that_the_next_days_bill_has_too_is_there_twice(t: TestDb) {
        let w = PaymentWorld::open(t, 20).await;
        let of = Of { gateway: gateway::alipay::CODE, day: Day::of(now(&w)) };
        let next = Of { day: of.day.next(), ..of };
        w.world.t.clock.set(next.day.begins().minus(minutes(1)));
        let order = opened(&w, 1, "alipay").await;
        let early = paid(&w, &order, now(&w));
        w.world.t.clock.set(next.day.begins().plus(minutes(2)));
        w.pays_and_tells(&order).await;
        w.world.t.clock.set(next.day.begins().plus(minutes(180)));
        assert_eq!(compared(&w, of, std::slice::from_ref(&early)).await, [], "booked a day later");
        signs(&w, of, "second").await.unwrap();
        w.world.t.clock.set(next.day.next().begins().plus(minutes(180)));
        let again = BillRow { at: next.day.begins().timestamp(), ..early };
        assert_eq!(classes(&compared(&w, next, &[again]).await), [("twice", "open")]);
        // The day that booked it misses nothing when the second bill does not have it.
        assert_eq!(compared(&w, next, &[]).await, []);
    }

    /// The form was sent again, or from two windows at once.
    async fn a_decision_that_is_sent_again_is_made_once_and_another_one_is_refused(t: TestDb) {
        let w = PaymentWorld::open(t, 20).await;
        pays(&w, 1, "alipay").await;
        let of = Of { gateway: gateway::alipay::CODE, day: tomorrow(&w) };
        compared(&w, of, &[]).await;
        let id = differences(&w, of).await[0].id;
        let other = w.world.t.another_node().await;
        let sent = async |db: &Db, decision: Decision, account: &str| {
            let cmd = Decide { of, id, decision, note: "letter 7".to_owned(), by: by(account) };
            let done: Result<(), Stop<Refusal>> =
                db.write(async move |tx: &mut Tx<'_>| verbs::decide(tx, &cmd).await).await;
            done.map_err(refused)
        };
        let notes = async || w.world.count("SELECT COUNT(*) FROM reconciliation_note").await;
        let lines = async || crate::audit::testing::told_of(&w.world.t.db, "difference-decided").await.unwrap().len();
        for (decision, made) in [(Decision::Follow, 1), (Decision::Explained, 2)] {
            let both = tokio::join!(sent(&w.world.t.db, decision, "first"), sent(&other, decision, "first"));
            assert_eq!(both, (Ok(()), Ok(())), "{decision:?}");
            assert_eq!(sent(&other, decision, "first").await, Ok(()), "{decision:?}");
            assert_eq!((notes().await, lines().await), (made, usize::try_from(made).unwrap()), "{decision:?}");
        }
        for (decision, account) in [(Decision::Explained, "second"), (Decision::Follow, "first")] {
            assert_eq!(sent(&other, decision, account).await, Err(Refusal::Resolved), "{account}");
        }
        assert_eq!(notes().await, 2);
        assert_eq!(differences(&w, of).await[0].owner, "first");
    }
}
