//! Money is refunded once, whatever happens on the way (F10).

use std::sync::Arc;

use super::world::*;
use crate::audit::testing::told_of;
use crate::entry::testing::{hours, minutes};
use crate::on_both;
use crate::payment::rules::OrderState;
use crate::payment::store::claim_refunds;
use crate::payment::verbs::{SettleRefusal, refund_by_hand, refund_one, retry_refund};
use crate::store::{Stop, Tx};
use crate::words::staff::{By, Scope};

/// A candidate whose two subjects were locked by the school while the money was on its way: the whole order is
/// refunded.
async fn owing(t: crate::store::testing::TestDb, gateway: &str) -> PaymentWorld {
    let m = PaymentWorld::open(t, 9).await;
    m.finance(&["finance"]).await;
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

async fn stopped(m: &PaymentWorld, state: &str) -> i64 {
    let state = state.to_owned();
    let counted: Result<(i64,), crate::store::DbError> = m
        .world
        .t
        .db
        .read(async move |tx: &mut Tx<'_>| {
            let sql = "SELECT COUNT(*) FROM refund WHERE state = $1 AND try_at IS NULL";
            tx.query_one(sql, crate::params![state]).await
        })
        .await;
    counted.unwrap().0
}

/// Sent once, its answer lost, and then left to finance.
async fn stays_unknown(m: &PaymentWorld) {
    for _ in 0..4 {
        m.run_jobs().await;
        m.world.advance(hours(7));
    }
    assert_eq!((stopped(m, "unknown").await, m.bank.refunded()), (1, 2), "sent once, and unknown");
    assert_eq!(m.payments.alarms.count(crate::alarms::REFUND_STOPPED), 1);
    decide(m, Decision::ByHand("it is in the console's list")).await.unwrap();
    m.run_jobs().await;
    assert_eq!(m.bank.refunded(), 2);
    m.assert_all_agrees().await;
}

/// Refused once, and sent again once finance says so.
async fn stops_and_goes_on(m: &PaymentWorld) {
    m.bank.fail(&[Fault::Refused]);
    for _ in 0..4 {
        m.run_jobs().await;
        m.world.advance(hours(7));
    }
    assert_eq!((stopped(m, "refused").await, m.bank.refunded()), (1, 0));
    assert_eq!(m.payments.alarms.count(crate::alarms::REFUND_STOPPED), 1);
    decide(m, Decision::Retry).await.unwrap();
    decide(m, Decision::Retry).await.unwrap();
    for _ in 0..3 {
        m.run_jobs().await;
        m.world.advance(hours(7));
    }
    assert_eq!((done(m).await, m.bank.refunded()), (1, 2));
    assert_eq!(decide(m, Decision::Retry).await, Err(SettleRefusal::Over));
    m.assert_all_agrees().await;
}

enum Decision {
    Retry,
    ByHand(&'static str),
}

/// What finance decides of the only refund.
async fn decide(m: &PaymentWorld, decision: Decision) -> Result<(), SettleRefusal> {
    let db = &m.world.t.db;
    let (id,): (i64,) =
        db.read(async |tx: &mut Tx<'_>| tx.query_one("SELECT id FROM refund", &[]).await).await.unwrap();
    let by = By {
        account: "finance".to_owned(),
        person: "one".to_owned(),
        scope: Scope::nation(),
        address: String::new(),
    };
    let key = (school(), id);
    let done: Result<(), Stop<SettleRefusal>> = match decision {
        Decision::Retry => {
            db.write(async move |tx: &mut Tx<'_>| retry_refund(tx, by.clone(), key).await).await
        }
        Decision::ByHand(note) => {
            let catalogue = Arc::clone(&m.world.catalogue);
            db.write(async move |tx: &mut Tx<'_>| {
                refund_by_hand(tx, &catalogue, by.clone(), key, note.to_owned()).await
            })
            .await
        }
    };
    match done {
        Ok(()) => Ok(()),
        Err(Stop::Refused(why)) => Err(why),
        Err(Stop::Fault(fault)) => panic!("{fault}"),
    }
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
        let claimed = m.world.t.db.write(async |tx: &mut Tx<'_>| claim_refunds(tx, gateway::payease::CODE, 5).await).await.unwrap();
        assert_eq!(claimed.len(), 1);
        let again = m.world.t.db.write(async |tx: &mut Tx<'_>| claim_refunds(tx, gateway::payease::CODE, 5).await).await.unwrap();
        assert!(again.is_empty(), "a claim lasts a minute");
        refund_one(&m.payments, claimed[0].clone()).await.unwrap();
        for _ in 0..3 {
            m.world.advance(minutes(70));
            m.run_jobs().await;
        }
        assert_eq!((done(&m).await, m.bank.refunded()), (1, 2));
    }

    /// Finding 7.
    async fn while_payease_lists_a_refund_of_the_sum_that_nobody_can_explain_nothing_is_sent_again(t: TestDb) {
        let m = owing(t, "payease").await;
        *m.bank.listing.lock().unwrap() = Listing::ReasonsDropped;
        m.bank.fail(&[Fault::AnswerLost]);
        stays_unknown(&m).await;
    }

    /// Finding 7.
    async fn while_payease_lists_refunds_in_an_older_shape_nothing_is_sent_again(t: TestDb) {
        let m = owing(t, "payease").await;
        *m.bank.listing.lock().unwrap() = Listing::Older;
        m.bank.fail(&[Fault::AnswerLost]);
        stays_unknown(&m).await;
    }

    async fn a_refund_that_alipay_refuses_for_good_stops_until_finance_sends_it_again(t: TestDb) {
        stops_and_goes_on(&owing(t, "alipay").await).await;
    }

    async fn a_refund_that_payease_refuses_for_good_stops_until_finance_sends_it_again(t: TestDb) {
        stops_and_goes_on(&owing(t, "payease").await).await;
    }

    async fn a_refund_that_finance_paid_by_hand_is_over_and_told(t: TestDb) {
        let m = owing(t, "alipay").await;
        assert_eq!(decide(&m, Decision::ByHand("bank slip 7")).await, Err(SettleRefusal::Over), "the job has it");
        m.bank.fail(&[Fault::Refused]);
        m.run_jobs().await;
        assert_eq!(decide(&m, Decision::ByHand(" ")).await, Err(SettleRefusal::NoNote));
        decide(&m, Decision::ByHand("bank slip 7")).await.unwrap();
        decide(&m, Decision::ByHand("bank slip 7")).await.unwrap();
        assert_eq!(decide(&m, Decision::Retry).await, Err(SettleRefusal::Over));
        for _ in 0..3 {
            m.world.advance(hours(7));
            m.run_jobs().await;
        }
        assert_eq!((stopped(&m, "by-hand").await, m.bank.refunded()), (1, 0));
        assert_eq!(told_of(&m.world.t.db, "refund-by-hand").await.unwrap().len(), 1);
        m.assert_all_agrees().await;
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
