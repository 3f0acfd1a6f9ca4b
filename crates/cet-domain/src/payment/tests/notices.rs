//! Notifications: booked once, and only if everything agrees; and the jobs for missing ones.

use gateway::payease::NoticeStatus;

use super::world::*;
use crate::entry::testing::{hours, minutes};
use crate::message::Kind;
use crate::on_both;
use crate::payment::rules::asking::LATEST_NOTICE;
use crate::payment::rules::{ClosedFor, OrderState};
use crate::payment::verbs::{NotHeard, receive};

on_both! {
    /// Y3, TH35.
    async fn a_hundred_equal_notices_on_two_nodes_have_one_effect(t: TestDb) {
        let m = PaymentWorld::open(t, 5).await;
        let who = m.world.candidate(1).await;
        m.world.enter(who, "1;2").await.unwrap();
        let order = m.opened(who, "alipay").await;
        let other = m.another_context().await;
        let body = alipay_notice(&order, "TRADE_SUCCESS", &[]);
        let sent: Vec<_> = (0..100).map(|n| {
            let (payments, body) = (if n % 2 == 0 { m.payments.clone() } else { other.clone() }, body.clone());
            tokio::spawn(async move { receive(&payments, gateway::alipay::CODE, "192.0.2.9", (&[], &body)).await })
        }).collect();
        for answer in sent {
            assert_eq!(answer.await.unwrap().map(|answer| answer.body), Ok("success"));
        }
        assert_eq!(m.world.count("SELECT COUNT(*) FROM receipt").await, 1);
        assert_eq!((m.paid_entries().await, m.refunds().await), (2, Vec::new()));
        m.assert_all_agrees().await;
    }

    /// TH33.
    async fn a_real_notification_is_booked_whatever_else_its_network_sent(t: TestDb) {
        let m = PaymentWorld::open(t, 5).await;
        let who = m.world.candidate(1).await;
        m.world.enter(who, "1").await.unwrap();
        let order = m.opened(who, "alipay").await;
        let forged = alipay_notice_by(&keys().app_private, &order, "TRADE_SUCCESS", &[]);
        let tell = async |body: &[u8]| receive(&m.payments, gateway::alipay::CODE, "192.0.2.9", (&[], body)).await;
        for _ in 0..60 {
            assert_ne!(tell(&forged).await.unwrap().body, "success");
        }
        assert!(matches!(tell(&forged).await, Err(NotHeard::TooMany(1..))));
        assert_eq!(m.paid_entries().await, 0);
        let real = alipay_notice(&order, "TRADE_SUCCESS", &[]);
        assert_eq!((tell(&real).await.unwrap().body, m.paid_entries().await), ("success", 1));
    }

    // Counterexample to the hundred equal ones, without its guard: the same storm books the money twice.
    async fn without_the_unique_trade_the_same_money_is_booked_twice(t: TestDb) {
        let m = PaymentWorld::open(t, 5).await;
        let who = m.world.candidate(1).await;
        m.world.enter(who, "1").await.unwrap();
        m.world.sql("DROP INDEX receipt_trade").await;
        let order = m.opened(who, "alipay").await;
        let body = alipay_notice(&order, "TRADE_SUCCESS", &[]);
        m.notify(&body).await;
        m.notify(&body).await;
        assert_eq!(m.world.count("SELECT COUNT(*) FROM receipt").await, 2);
        assert_eq!(m.refunds().await, ["surplus"], "money that never came would go back");
    }

    /// TH35, I7.
    async fn success_then_closed_stays_paid_and_closed_then_success_is_paid(t: TestDb) {
        let m = PaymentWorld::open(t, 5).await;
        for (n, states) in [(1, ["TRADE_SUCCESS", "TRADE_CLOSED"]), (2, ["TRADE_CLOSED", "TRADE_SUCCESS"])] {
            let who = m.world.candidate(n).await;
            m.world.enter(who, "1").await.unwrap();
            let order = m.opened(who, "alipay").await;
            for state in states {
                assert_eq!(m.notify(&alipay_notice(&order, state, &[])).await, "success");
            }
            assert_eq!((m.order(order.id).await.state, m.paid_entries().await), (OrderState::Paid, n));
        }
        m.assert_all_agrees().await;
    }

    /// I7.
    async fn refund_notices_never_make_paid_unpaid(t: TestDb) {
        let m = PaymentWorld::open(t, 5).await;
        let who = m.world.candidate(1).await;
        m.world.enter(who, "1;2").await.unwrap();
        let order = m.opened(who, "alipay").await;
        m.pays_and_tells(&order).await;
        let part = [("refund_fee", "0.01"), ("gmt_refund", "2017-09-20 13:00:00"), ("out_biz_no", "R1")];
        let whole = [("refund_fee", "0.02"), ("gmt_refund", "2017-09-20 13:00:00"), ("out_biz_no", "R1")];
        assert_eq!(m.notify(&alipay_notice(&order, "TRADE_SUCCESS", &part)).await, "success");
        assert_eq!(m.notify(&alipay_notice(&order, "TRADE_CLOSED", &whole)).await, "success");
        assert_eq!((m.order(order.id).await.state, m.paid_entries().await), (OrderState::Paid, 2));
        m.assert_all_agrees().await;
    }

    /// TH34.
    async fn without_its_signature_a_payease_notice_only_asks_the_gateway(t: TestDb) {
        let m = PaymentWorld::open(t, 5).await;
        let who = m.world.candidate(1).await;
        m.world.enter(who, "1").await.unwrap();
        let order = m.opened(who, "payease").await;
        let notice = payease_notice(&m.payments, &[(&order, NoticeStatus::Paid)], false);
        m.bank.set(&m.wire_number(&order), 1, TradeIs::Waiting);
        assert_eq!(m.notify(&notice).await, "error");
        m.bank.set(&m.wire_number(&order), 2, TradeIs::Paid);
        assert_eq!(m.notify(&notice).await, "sent", "paid, but another sum: that is put before finance");
        assert_eq!((m.paid_entries().await, m.world.count("SELECT COUNT(*) FROM suspense").await), (0, 1));
        m.pays(&order);
        assert_eq!(m.notify(&notice).await, "sent");
        assert_eq!(m.paid_entries().await, 1);
        m.assert_all_agrees().await;
    }

    /// Y5.
    async fn money_whose_notice_never_came_is_asked_for(t: TestDb) {
        let m = PaymentWorld::open(t, 5).await;
        for (n, gateway) in [(1, "alipay"), (2, "payease")] {
            let who = m.world.candidate(n).await;
            m.world.enter(who, "1").await.unwrap();
            let order = m.opened(who, gateway).await;
            m.pays(&order);
            m.run_jobs().await;
            assert_eq!(m.order(order.id).await.state, OrderState::Open, "not before a minute");
            m.world.advance(minutes(1));
            m.bank.fail(&[Fault::AnswerLost]);
            m.run_jobs().await;
            assert_eq!(m.order(order.id).await.state, OrderState::Open);
            m.world.advance(minutes(5));
            m.run_jobs().await;
            assert_eq!(m.order(order.id).await.state, OrderState::Paid);
        }
        m.assert_all_agrees().await;
    }

    /// Y4.
    async fn at_its_deadline_an_unpaid_order_is_ended_and_its_entries_expire(t: TestDb) {
        let m = PaymentWorld::open(t, 5).await;
        let who = m.world.candidate(1).await;
        m.world.enter(who, "1").await.unwrap();
        let order = m.opened(who, "alipay").await;
        m.bank.set(&m.wire_number(&order), 1, TradeIs::Waiting);
        m.world.t.clock.set(order.deadline_at);
        m.run_jobs().await;
        assert_eq!(m.order(order.id).await.state, OrderState::Closed(ClosedFor::Deadline));
        assert_eq!(m.bank.is(&m.wire_number(&order)), Some(TradeIs::Closed));
        assert_eq!(m.world.taken("1").await, 1, "the hold goes on for ten minutes");
        m.world.advance(minutes(10));
        m.run_jobs().await;
        assert_eq!(m.world.taken("1").await, 0);
        m.assert_all_agrees().await;
    }

    async fn a_jump_of_the_clock_ends_order_and_entries_unless_it_was_paid(t: TestDb) {
        let m = PaymentWorld::open(t, 5).await;
        let (pays, not) = (m.world.candidate(1).await, m.world.candidate(2).await);
        for who in [pays, not] {
            m.world.enter(who, "1").await.unwrap();
        }
        let (paid, left) = (m.opened(pays, "payease").await, m.opened(not, "payease").await);
        m.pays(&paid);
        m.world.advance(hours(72));
        m.bank.fail(&[Fault::Timeout, Fault::Unavailable]);
        m.world.sweep().await;
        assert_eq!(m.world.taken("1").await, 2, "nothing ends while the gateway is not heard");
        m.run_jobs().await;
        m.world.advance(minutes(5));
        m.run_jobs().await;
        assert_eq!(m.order(paid.id).await.state, OrderState::Paid);
        assert_eq!(m.order(left.id).await.state, OrderState::Closed(ClosedFor::Deadline));
        assert_eq!((m.paid_entries().await, m.world.taken("1").await), (1, 1));
        m.assert_all_agrees().await;
    }

    /// Y4.
    async fn late_money_takes_the_seat_again_or_goes_back(t: TestDb) {
        let m = PaymentWorld::open(t, 1).await;
        let first = m.world.candidate(1).await;
        m.world.sql("INSERT INTO passport (id, public_id, email, password_hash, lang, name, created_at, credential_changed_at)
                     VALUES (1, 'A', 'a@example.cn', '', 'en', '', 0, 0)").await;
        m.world.sql("INSERT INTO passport_email (email_key, passport_id) VALUES ('a@example.cn', 1)").await;
        m.world.enter(first, "1;2").await.unwrap();
        let order = m.opened(first, "payease").await;
        m.world.advance(hours(25));
        m.run_jobs().await;
        assert_eq!(m.order(order.id).await.state, OrderState::Closed(ClosedFor::Deadline));
        let second = m.world.candidate(2).await;
        m.world.enter(second, "1").await.unwrap();
        let released = m.world.registration(first).await.is_none();
        assert_eq!(m.pays_and_tells(&order).await, "sent");
        m.run_jobs().await;
        // Without a registration there is nothing to seat: the money of both subjects is refunded.
        let expected = if released { (0, 2) } else { (1, 1) };
        assert_eq!((m.paid_entries().await, m.bank_refunds().await), expected);
        assert_eq!(m.refunds().await, ["no-seat"]);
        assert_eq!(m.world.told_of(first, Kind::RefundDue).await.len(), 1, "the candidate is told");
        m.assert_all_agrees().await;
    }

    async fn a_closed_order_is_asked_for_once_more_when_the_last_notice_could_have_come(t: TestDb) {
        let m = PaymentWorld::open(t, 5).await;
        let who = m.world.candidate(1).await;
        m.world.enter(who, "1").await.unwrap();
        let order = m.opened(who, "payease").await;
        m.world.t.clock.set(order.deadline_at);
        m.run_jobs().await;
        m.world.advance(minutes(10));
        m.run_jobs().await;
        m.pays(&order);
        m.world.t.clock.set(order.deadline_at.plus(LATEST_NOTICE));
        m.run_jobs().await;
        assert_eq!(m.refunds().await, ["no-seat"]);
        let calls = *m.bank.calls.lock().unwrap();
        m.world.advance(hours(100));
        m.run_jobs().await;
        assert!(m.bank_refunds().await == 1 && *m.bank.calls.lock().unwrap() <= calls + 2);
        m.assert_all_agrees().await;
    }
}

impl PaymentWorld {
    /// The number of refunds at the gateway, after every retry was due.
    async fn bank_refunds(&self) -> i64 {
        for _ in 0..3 {
            self.world.advance(minutes(1));
            self.run_jobs().await;
        }
        self.bank.refunded()
    }
}
