//! A gateway that does not answer.

use super::world::*;
use crate::on_both;
use crate::payment::jobs::{ask_due, refund_due};
use crate::payment::rules::OrderState;

on_both! {
    /// Y5.
    async fn a_gateway_that_never_answers_keeps_no_question_and_no_refund_of_another_waiting(t: TestDb) {
        let m = PaymentWorld::open(t, 9).await;
        let open = async |n, gateway| {
            let who = m.world.candidate(n).await;
            m.world.enter(who, "1").await.unwrap();
            m.opened(who, gateway).await
        };
        // Money for what the school has locked meanwhile goes back.
        let refunded = [open(1, "payease").await, open(2, "alipay").await];
        m.world.sql("UPDATE entry SET locked_by = 7, order_id = NULL").await;
        for order in &refunded {
            m.pays_and_tells(order).await;
        }
        let [dead, lives] = [open(3, "payease").await, open(4, "alipay").await];
        m.pays(&lives);
        m.world.sql("UPDATE payment_order SET ask_at = 1 WHERE state = 'open'").await;
        let silence = m.bank.falls_silent("127.0.0.1:9002");
        let (asks, refunds) = (m.payments.clone(), m.payments.clone());
        let stuck = [
            tokio::spawn(async move { ask_due(&asks, gateway::payease::CODE).await }),
            tokio::spawn(async move { refund_due(&refunds, gateway::payease::CODE).await }),
        ];
        silence.holds(2).await;
        assert_eq!(ask_due(&m.payments, gateway::alipay::CODE).await.unwrap(), 1);
        assert_eq!(refund_due(&m.payments, gateway::alipay::CODE).await.unwrap(), 1);
        assert_eq!(m.order(lives.id).await.state, OrderState::Paid);
        assert_eq!(m.bank.refunded(), 1);
        assert!(stuck.iter().all(|round| !round.is_finished()));
        silence.times_out();
        for round in stuck {
            assert_eq!(round.await.unwrap().unwrap(), 1);
        }
        assert_eq!((m.order(dead.id).await.state, m.bank.refunded()), (OrderState::Open, 1));
    }

    /// Y3: whoever reads last that nobody answered learns that somebody did.
    async fn the_answer_after_a_silence_is_told_also_of_an_order_that_was_closed_meanwhile(t: TestDb) {
        let m = PaymentWorld::open(t, 9).await;
        let who = m.world.candidate(1).await;
        m.world.enter(who, "1").await.unwrap();
        m.opened(who, "alipay").await;
        m.world
            .sql(
                "UPDATE payment_order
                    SET state = 'closed', closed_for = 'deadline', settled_at = opened_at, answer = 'silence', answered_at = opened_at",
            )
            .await;
        for _ in 0..2 {
            m.world.sql("UPDATE payment_order SET ask_at = 1").await;
            ask_due(&m.payments, gateway::alipay::CODE).await.unwrap();
            assert_eq!(m.world.count("SELECT COUNT(*) FROM payment_event WHERE kind = 'answered'").await, 1, "once");
        }
    }
}
