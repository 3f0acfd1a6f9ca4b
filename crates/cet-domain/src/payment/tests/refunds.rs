//! Money is refunded once, whatever happens on the way (F10).

use super::world::*;
use crate::audit::testing::told_of;
use crate::entry::testing::{hours, minutes};
use crate::on_both;
use crate::payment::rules::OrderState;
use crate::payment::store::claim_refunds;
use crate::payment::verbs::refund_one;
use crate::store::Tx;

/// A candidate whose two subjects were locked by the school while the money was on its way: the whole order is
/// refunded.
async fn owing(t: crate::store::testing::TestDb, gateway: &str) -> PaymentWorld {
    let m = PaymentWorld::open(t, 9).await;
    let who = m.world.candidate(1).await;
    m.world.enter(who, "1;2").await.unwrap();
    let order = m.opened(who, gateway).await;
    m.world.sql("UPDATE entry SET locked_by = 7, order_id = NULL").await;
    m.pays_and_tells(&order).await;
    assert_eq!((m.refunds().await, m.bank.refunded()), (vec!["locked".to_owned()], 0));
    assert_eq!(m.order(order.id).await.state, OrderState::Paid);
    m
}

async fn done(m: &PaymentWorld) -> i64 {
    m.world.count("SELECT COUNT(*) FROM refund WHERE state = 'done'").await
}

on_both! {
    /// F10.
    async fn a_refund_is_sent_once_by_either_gateway_whatever_befalls_it(t: TestDb) {
        let m = owing(t, "alipay").await;
        for fault in [Fault::AnswerLost, Fault::Timeout, Fault::WrongSignature, Fault::Unavailable] {
            m.bank.fail(&[fault]);
            m.run_jobs().await;
            assert_eq!(done(&m).await, 0, "{fault:?}");
            m.world.advance(hours(7));
        }
        m.run_jobs().await;
        assert_eq!((done(&m).await, m.bank.refunded()), (1, 2));
        let told = async |action| told_of(&m.world.t.db, action).await.unwrap();
        assert_eq!(told("refund-due").await, ["locked; Money to go back: (none) → 0.02 yuan"]);
        assert_eq!(told("refund-done").await, ["locked; State: due → done; Amount: (none) → 0.02 yuan"]);
        assert!(told("entry-paid").await.is_empty());
        m.assert_all_agrees().await;
    }

    /// F10.
    async fn payease_which_would_pay_twice_is_asked_before_anything_is_repeated(t: TestDb) {
        let m = owing(t, "payease").await;
        m.bank.fail(&[Fault::AnswerLost]);
        m.run_jobs().await;
        for _ in 0..4 {
            m.world.advance(hours(7));
            m.run_jobs().await;
        }
        assert_eq!((done(&m).await, m.bank.refunded()), (1, 2));
    }

    /// F10.
    async fn whoever_dies_after_the_claim_leaves_the_refund_to_the_next(t: TestDb) {
        let m = owing(t, "payease").await;
        // Claimed, and perhaps sent, when the process was killed.
        let claimed = m.world.t.db.write(async |tx: &mut Tx<'_>| claim_refunds(tx, 5).await).await.unwrap();
        assert_eq!(claimed.len(), 1);
        let again = m.world.t.db.write(async |tx: &mut Tx<'_>| claim_refunds(tx, 5).await).await.unwrap();
        assert!(again.is_empty(), "a claim lasts a minute");
        refund_one(&m.shop, claimed[0].clone()).await.unwrap();
        for _ in 0..3 {
            m.world.advance(minutes(70));
            m.run_jobs().await;
        }
        assert_eq!((done(&m).await, m.bank.refunded()), (1, 2));
    }

    // Counterexample to the two tests above, without the query before the retry: the money is refunded twice.
    async fn without_asking_first_a_lost_answer_pays_twice(t: TestDb) {
        let m = owing(t, "payease").await;
        m.bank.fail(&[Fault::AnswerLost]);
        m.run_jobs().await;
        m.world.sql("UPDATE refund SET tries = 0").await;
        m.world.advance(hours(1));
        m.run_jobs().await;
        assert_eq!(m.bank.refunded(), 4);
    }
}
