//! Orders are opened, continued, replaced, ended.

use super::world::*;
use crate::audit::testing::told_of;
use crate::entry::testing::{hours, minutes, sitting};
use crate::on_both;
use crate::payment::refusal::PaymentRefusal;
use crate::payment::rules::{ClosedFor, OrderState};
use crate::payment::verbs::{Refreshed, end_open, order_page, pay, refresh};
use crate::store::Tx;
use crate::store::testing::Lost;
use crate::words::ids::{EntryId, OrderId};

on_both! {
    /// Y1.
    async fn a_passport_opens_twenty_orders_in_a_minute_and_no_more(t: TestDb) {
        let m = PaymentWorld::open(t, 9).await;
        let who = m.world.candidate(1).await;
        m.world.enter(who, "1").await.unwrap();
        let mut last = None;
        for n in 0..20 {
            last = Some(m.pay(who, &[], if n % 2 == 0 { "payease" } else { "alipay" }).await.unwrap());
        }
        let refused = m.pay(who, &[], "payease").await.unwrap_err();
        assert!(matches!(refused[..], [PaymentRefusal::TooMany(1..=61)]), "{refused:?}");
        let open = m.order(last.unwrap()).await;
        assert_eq!(open.state, OrderState::Open, "nothing was ended for it");
        assert_eq!(m.pay(who, &[], "alipay").await, Ok(open.id), "the same choice leads back to it");
        m.world.advance(minutes(11));
        assert_ne!(m.pay(who, &[], "payease").await, Ok(open.id));
        m.assert_all_agrees().await;
    }

    /// Y1.
    async fn the_way_from_entering_to_paid_is_short(t: TestDb) {
        let m = PaymentWorld::open(t, 5).await;
        let who = m.world.candidate(1).await;
        m.world.enter(who, "1").await.unwrap();
        let order = m.opened(who, "alipay").await;
        assert!(order.number.as_str().starts_with("99301"));
        assert_eq!(order.deadline_at, m.world.now().plus(hours(24)).minus(minutes(10)));
        let form = m.payments.gateways.pay_form(&order, "报名费", m.world.now()).unwrap();
        let content = form.fields.iter().find(|(name, _)| name == "biz_content").unwrap().1.clone();
        assert!(content.contains(order.number.as_str()) && content.contains("0.01"), "{content}");
        assert_eq!(m.pays_and_tells(&order).await, "success");
        assert_eq!(m.order(order.id).await.state, OrderState::Paid);
        assert_eq!(m.paid_entries().await, 1);
        m.assert_all_agrees().await;
    }

    /// S7.
    async fn what_is_paid_online_stands_in_the_log_of_the_order_and_of_each_entry(t: TestDb) {
        let m = PaymentWorld::open(t, 5).await;
        let who = m.world.candidate(1).await;
        let entries = m.world.enter(who, "1;2").await.unwrap();
        let order = m.opened(who, "alipay").await;
        // Reported twice, booked and logged once.
        for _ in 0..2 {
            assert_eq!(m.pays_and_tells(&order).await, "success");
        }
        let told = async |action| told_of(&m.world.t.db, action).await.unwrap();
        assert_eq!(told("order-opened").await, ["gateway=alipay bank=; State: (none) → open; Amount: (none) → 0.02 yuan"]);
        assert_eq!(told("money-booked").await, ["notice; State: open → paid; Money received: (none) → 0.02 yuan"]);
        let paid = told("entry-paid").await;
        assert_eq!(paid.len(), 2);
        let from = format!("order={} receipt=", order.id);
        let says = "; State: unpaid → paid; Amount: (none) → 0.01 yuan";
        assert!(paid.iter().all(|line| line.starts_with(&from) && line.ends_with(says)), "{paid:?}");
        let db = &m.world.t.db;
        let rows: Vec<(String, String, String)> = db.read(async |tx: &mut Tx<'_>| {
            tx.query("SELECT object, actor_kind, actor FROM audit_log WHERE action = 'entry-paid' ORDER BY object", &[]).await
        }).await.unwrap();
        let by_gateway = |id: &EntryId| (id.to_string(), "gateway".to_owned(), "alipay".to_owned());
        assert_eq!(rows, entries.iter().map(by_gateway).collect::<Vec<_>>());
        m.assert_all_agrees().await;
    }

    /// Y1.
    async fn the_same_choice_leads_back_to_the_open_order(t: TestDb) {
        let m = PaymentWorld::open(t, 5).await;
        let who = m.world.candidate(1).await;
        let entries = m.world.enter(who, "1;2").await.unwrap();
        let first = m.pay(who, &[], "payease").await;
        assert_eq!(m.pay(who, &entries, "payease").await, first);
        assert_eq!(*m.bank.calls.lock().unwrap(), 0);
    }

    async fn what_was_just_paid_leads_to_its_order_again(t: TestDb) {
        let m = PaymentWorld::open(t, 5).await;
        let who = m.world.candidate(1).await;
        let entries = m.world.enter(who, "1;2").await.unwrap();
        let id = m.pay(who, &entries, "alipay").await.unwrap();
        let order = m.order(id).await;
        m.pays_and_tells(&order).await;
        assert_eq!(m.pay(who, &entries, "alipay").await, Ok(id));
        // A different request is not treated as a repeat of a completed one.
        let paid = |n: usize| PaymentRefusal::EntryPaid(entries[n]);
        assert_eq!(m.pay(who, &entries[..1], "alipay").await, Err(vec![paid(0)]));
        assert_eq!(m.pay(who, &entries, "payease").await, Err(vec![paid(0), paid(1)]));
        assert_eq!(m.pay(who, &[], "alipay").await, Err(vec![PaymentRefusal::NothingToPay]));
        assert_eq!(m.world.count("SELECT COUNT(*) FROM payment_order").await, 1);
        m.assert_all_agrees().await;
    }

    async fn a_lost_answer_opens_no_second_order(t: TestDb) {
        let m = PaymentWorld::open(t, 5).await;
        for (n, lost) in [(1, Lost::Kept), (2, Lost::NotKept)] {
            let who = m.world.candidate(n).await;
            m.world.enter(who, "1").await.unwrap();
            m.payments.db.lose_answers(0, 1, lost);
            let first = m.pay(who, &[], "alipay").await;
            assert!(m.payments.db.all_lost() && first.is_ok());
            assert_eq!(m.pay(who, &[], "alipay").await, first);
            assert_eq!(m.world.count("SELECT COUNT(*) FROM payment_order").await, n);
        }
        m.assert_all_agrees().await;
    }

    /// TH39.
    async fn fifty_clicks_at_once_open_one_order(t: TestDb) {
        let m = PaymentWorld::open(t, 5).await;
        let who = m.world.candidate(1).await;
        m.world.enter(who, "1;2").await.unwrap();
        let other = m.another_context().await;
        let clicks: Vec<_> = (0..50).map(|n| {
            let payments = if n % 2 == 0 { m.payments.clone() } else { other.clone() };
            let wish = m.wish(who, &[], "alipay", "");
            tokio::spawn(async move { pay(&payments, wish).await })
        }).collect();
        let mut answers = Vec::new();
        for click in clicks {
            answers.push(click.await.unwrap().map_err(refused).unwrap());
        }
        answers.dedup();
        assert_eq!(answers.len(), 1);
        assert_eq!(m.world.count("SELECT COUNT(*) FROM payment_order").await, 1);
    }

    /// Y1, TH37.
    async fn another_choice_closes_the_old_order_and_its_trade(t: TestDb) {
        let m = PaymentWorld::open(t, 5).await;
        let who = m.world.candidate(1).await;
        m.world.enter(who, "1;2").await.unwrap();
        let old = m.opened(who, "alipay").await;
        m.bank.set(&m.wire_number(&old), 2, TradeIs::Waiting);
        let new = m.opened(who, "payease").await;
        assert_eq!(m.order(old.id).await.state, OrderState::Closed(ClosedFor::Replaced));
        assert_eq!(told_of(&m.world.t.db, "order-closed").await.unwrap(), ["replaced; State: open → closed"]);
        assert_eq!(m.bank.is(&m.wire_number(&old)), Some(TradeIs::Closed));
        // Money for the old one is refunded; the new one waits as before (Y1).
        assert_eq!(m.pays_and_tells(&old).await, "success");
        assert_eq!(m.refunds().await, ["replaced"]);
        assert_eq!((m.paid_entries().await, m.order(new.id).await.state), (0, OrderState::Open));
        assert_eq!(m.pays_and_tells(&new).await, "sent");
        assert_eq!(m.paid_entries().await, 2);
        m.run_jobs().await;
        assert_eq!(m.bank.refunded(), 2);
        m.assert_all_agrees().await;
    }

    /// Y1.
    async fn an_old_order_that_nobody_opened_at_the_gateway_counts_as_closed(t: TestDb) {
        let m = PaymentWorld::open(t, 5).await;
        let who = m.world.candidate(1).await;
        let entries = m.world.enter(who, "1;2").await.unwrap();
        for gateway in ["alipay", "payease"] {
            let old = m.opened(who, gateway).await;
            let new = m.pay(who, &entries[..1], gateway).await.unwrap();
            assert_ne!(old.id, new);
            assert_eq!(m.order(old.id).await.state, OrderState::Closed(ClosedFor::Replaced));
        }
    }

    async fn an_old_order_that_is_paid_after_all_is_booked_instead(t: TestDb) {
        let m = PaymentWorld::open(t, 5).await;
        let who = m.world.candidate(1).await;
        let entries = m.world.enter(who, "1;2").await.unwrap();
        let old = m.opened(who, "alipay").await;
        m.pays(&old);
        let refusals = m.pay(who, &entries[..1], "payease").await.unwrap_err();
        assert_eq!(refusals, [PaymentRefusal::EntryPaid(entries[0])]);
        assert_eq!((m.order(old.id).await.state, m.paid_entries().await), (OrderState::Paid, 2));
        m.assert_all_agrees().await;
    }

    /// Y1.
    async fn a_gateway_that_does_not_answer_keeps_the_old_order_open(t: TestDb) {
        let m = PaymentWorld::open(t, 5).await;
        let who = m.world.candidate(1).await;
        m.world.enter(who, "1;2").await.unwrap();
        let old = m.opened(who, "alipay").await;
        for fault in [Fault::Timeout, Fault::Unavailable, Fault::WrongSignature, Fault::AnswerLost] {
            m.bank.fail(&[fault]);
            assert_eq!(m.pay(who, &[], "payease").await, Err(vec![PaymentRefusal::OrderOpen(old.id)]), "{fault:?}");
            assert_eq!(m.order(old.id).await.state, OrderState::Open);
        }
        assert_eq!(m.pay(who, &[], "alipay").await, Ok(old.id), "the way to go on with it");
    }

    /// TH37.
    async fn an_entry_is_given_up_only_after_its_order_has_ended_at_the_gateway(t: TestDb) {
        let m = PaymentWorld::open(t, 5).await;
        let who = m.world.candidate(1).await;
        m.world.enter(who, "1;2").await.unwrap();
        let order = m.opened(who, "alipay").await;
        m.bank.set(&m.wire_number(&order), 2, TradeIs::Waiting);
        m.bank.fail(&[Fault::Timeout]);
        let silent = end_open(&m.payments, who, sitting()).await.map_err(refused);
        assert_eq!(silent, Err(vec![PaymentRefusal::OrderOpen(order.id)]));
        assert_eq!(m.order(order.id).await.state, OrderState::Open);
        end_open(&m.payments, who, sitting()).await.map_err(refused).unwrap();
        assert_eq!(m.order(order.id).await.state, OrderState::Closed(ClosedFor::GivenUp));
        assert_eq!(m.bank.is(&m.wire_number(&order)), Some(TradeIs::Closed));
        m.assert_all_agrees().await;
    }

    /// R13, TH37: the button of an old page, while the money is at the gateway and nobody has told us of it yet.
    async fn what_was_paid_in_another_window_is_not_cancelled_and_nothing_of_it_is_lost(t: TestDb) {
        let m = PaymentWorld::open(t, 5).await;
        let who = m.world.candidate(1).await;
        let entries = m.world.enter(who, "1;2").await.unwrap();
        let order = m.opened(who, "alipay").await;
        m.bank.set(&m.wire_number(&order), 2, TradeIs::Paid);
        assert_eq!(m.world.cancel(who, entries[0]).await, Err(vec!["order-open"]));
        end_open(&m.payments, who, sitting()).await.map_err(refused).unwrap();
        assert_eq!(m.order(order.id).await.state, OrderState::Paid);
        for entry in &entries {
            assert_eq!(m.world.cancel(who, *entry).await, Err(vec!["entry-paid"]));
        }
        m.run_jobs().await;
        assert_eq!((m.paid_entries().await, m.refunds().await), (2, Vec::new()));
        m.assert_all_agrees().await;
    }

    async fn what_cannot_be_paid_is_refused_with_every_reason_and_nothing_is_done(t: TestDb) {
        let m = PaymentWorld::open(t, 5).await;
        let who = m.world.candidate(1).await;
        assert_eq!(m.pay(who, &[], "alipay").await, Err(vec![PaymentRefusal::NothingToPay]));
        let written = m.world.enter(who, "1").await.unwrap();
        let oral = m.world.enter_oral(who, "F", "993010").await.unwrap();
        let stranger = m.world.candidate(2).await;
        let theirs = m.world.enter(stranger, "2").await.unwrap();
        let refused = async |entries: &[EntryId], gateway: &str, bank: &str| {
            pay(&m.payments, m.wish(who, entries, gateway, bank)).await.map_err(crate::payment::tests::world::refused).unwrap_err()
        };
        assert_eq!(refused(&oral, "alipay", "").await, [PaymentRefusal::OralNeedsWritten(oral[0])]);
        assert_eq!(
            refused(&[theirs[0], oral[0]], "unionpay", "").await,
            [PaymentRefusal::NotFound, PaymentRefusal::OralNeedsWritten(oral[0]), PaymentRefusal::GatewayUnknown]
        );
        assert_eq!(refused(&written, "payease", "").await, [PaymentRefusal::BankUnknown]);
        assert_eq!(refused(&written, "payease", "7").await, [PaymentRefusal::BankUnknown]);
        let unbound = pay(&m.payments, m.wish(crate::words::ids::PassportId(99), &[], "alipay", "")).await;
        assert_eq!(unbound.map_err(crate::payment::tests::world::refused), Err(vec![PaymentRefusal::NotBound]));
        assert_eq!(m.world.count("SELECT COUNT(*) FROM payment_order").await, 0);
        m.world.advance(hours(24));
        assert_eq!(refused(&written, "alipay", "").await, [PaymentRefusal::NotFound]);
        assert_eq!(refused(&[], "alipay", "").await, [PaymentRefusal::NothingToPay]);
    }

    async fn the_closing_of_the_window_does_not_stop_paying_within_the_hold(t: TestDb) {
        let m = PaymentWorld::open(t, 5).await;
        m.world.advance(hours(239));
        let who = m.world.candidate(1).await;
        m.world.enter(who, "1").await.unwrap();
        m.world.advance(hours(2));
        let order = m.opened(who, "alipay").await;
        assert_eq!(m.pays_and_tells(&order).await, "success");
        assert_eq!(m.paid_entries().await, 1);
    }

    async fn another_persons_order_is_not_found(t: TestDb) {
        let m = PaymentWorld::open(t, 5).await;
        let (who, stranger) = (m.world.candidate(1).await, m.world.candidate(2).await);
        m.world.enter(who, "1").await.unwrap();
        m.world.enter(stranger, "1").await.unwrap();
        let order = m.opened(who, "alipay").await;
        let look = async |passport, id: OrderId| {
            m.world.t.db.read(async move |tx: &mut Tx<'_>| order_page(tx, passport, id).await).await
        };
        assert!(look(who, order.id).await.unwrap().payable);
        assert_eq!(look(stranger, order.id).await.map_err(refused), Err(vec![PaymentRefusal::NotFound]));
    }

    /// Y5.
    async fn refreshing_asks_the_gateway_and_books_what_is_paid(t: TestDb) {
        let m = PaymentWorld::open(t, 5).await;
        let who = m.world.candidate(1).await;
        assert_eq!(refresh(&m.payments, who).await.unwrap(), Refreshed::NothingOpen);
        m.world.enter(who, "1").await.unwrap();
        let order = m.opened(who, "payease").await;
        m.bank.fail(&[Fault::Timeout]);
        assert_eq!(refresh(&m.payments, who).await.unwrap(), Refreshed::Silent);
        assert_eq!(refresh(&m.payments, who).await.unwrap(), Refreshed::Answered);
        assert_eq!(m.order(order.id).await.state, OrderState::Open);
        m.pays(&order);
        assert_eq!(refresh(&m.payments, who).await.unwrap(), Refreshed::Answered);
        assert_eq!(m.paid_entries().await, 1);
        m.assert_all_agrees().await;
    }

    async fn past_the_hold_paying_asks_the_gateway_and_says_what_became_of_it(t: TestDb) {
        let m = PaymentWorld::open(t, 5).await;
        for (n, paid) in [(1, true), (2, false)] {
            let who = m.world.candidate(n).await;
            let entries = m.world.enter(who, "1").await.unwrap();
            let order = m.opened(who, "payease").await;
            m.world.advance(hours(25));
            m.world.sweep().await;
            for chosen in [&[][..], &entries] {
                m.bank.fail(&[Fault::Timeout]);
                assert_eq!(m.pay(who, chosen, "alipay").await, Err(vec![PaymentRefusal::OrderOpen(order.id)]));
            }
            assert_eq!(m.world.live(who).await, ["1"], "its seat is kept");
            if paid {
                m.pays(&order);
                assert_eq!(m.pay(who, &entries, "alipay").await, Err(vec![PaymentRefusal::EntryPaid(entries[0])]));
            } else {
                let gone = m.pay(who, &[], "alipay").await.unwrap_err();
                assert!(gone == [PaymentRefusal::NothingToPay] || gone == [PaymentRefusal::NotBound], "{gone:?}");
                assert_eq!(m.world.live(who).await, Vec::<String>::new());
            }
        }
        assert_eq!((m.paid_entries().await, m.world.taken("1").await), (1, 1));
        m.assert_all_agrees().await;
    }

    async fn an_order_or_refund_that_can_not_be_read_is_nobody_elses_fault(t: TestDb) {
        let m = PaymentWorld::open(t, 9).await;
        let mut orders = Vec::new();
        for n in 1..=4 {
            let who = m.world.candidate(n).await;
            m.world.enter(who, "1").await.unwrap();
            orders.push(m.opened(who, "alipay").await);
        }
        for order in &orders[2..] {
            m.pays_and_tells(order).await;
            let twice = format!("X{}", order.number);
            m.notify(&alipay_notice(order, "TRADE_SUCCESS", &[("trade_no", &twice)])).await;
        }
        assert_eq!(m.refunds().await, ["surplus", "surplus"]);
        // The two oldest come first in their queues, and neither can be decoded.
        m.world.sql("UPDATE payment_order SET sitting = 'not/one' WHERE id IN (SELECT MIN(id) FROM payment_order WHERE state = 'open')").await;
        m.world.sql("UPDATE payment_order SET sitting = 'not/one' WHERE id IN (SELECT MIN(order_id) FROM refund)").await;
        m.pays(&orders[1]);
        m.world.advance(minutes(1));
        m.ask_all().await;
        m.refund_all().await;
        assert_eq!(m.order(orders[1].id).await.state, OrderState::Paid);
        assert_eq!(m.world.count("SELECT COUNT(*) FROM refund WHERE state = 'done'").await, 1);
    }

    async fn what_is_added_up_may_be_more_than_one_amount_may_be(t: TestDb) {
        let m = PaymentWorld::open(t, 5).await;
        let who = m.world.candidate(1).await;
        m.world.enter(who, "1;2").await.unwrap();
        m.world.sql("UPDATE entry SET fee = 100000000").await;
        let order = m.opened(who, "alipay").await;
        assert_eq!(order.amount.to_string(), "2000000.00");
        m.world.sql("UPDATE entry SET locked_by = 7, order_id = NULL").await;
        assert_eq!(m.pays_and_tells(&order).await, "success");
        assert_eq!(m.world.count("SELECT amount FROM refund").await, 200_000_000);
        m.run_jobs().await;
        assert_eq!(m.bank.refunded(), 200_000_000);
    }
}
