//! 微信支付: addresses of orders, notifications, refunds.

use gateway::{PayFlow, Payer};
use jiff::SignedDuration;
use serde_json::{Value, json};

use super::wechat_bank::{notice, paid, refunded};
use super::world::*;
use crate::on_both;
use crate::payment::refusal::Stop;
use crate::payment::rules::OrderState;
use crate::payment::store::Order;
use crate::payment::verbs::{Prepare, Prepared, ask_for_staff, prepare, receive, ways_of};
use crate::store::Tx;
use crate::words::ids::PassportId;
use crate::words::staff::{By, Scope};

async fn opened(m: &PaymentWorld, n: i64) -> (PassportId, Order) {
    let who = m.world.candidate(n).await;
    m.world.enter(who, "1").await.unwrap();
    (who, m.opened(who, "wechat").await)
}

async fn address(m: &PaymentWorld, who: PassportId, order: &Order, way: PayFlow) -> Result<Prepared, Stop> {
    let payer = Payer { way, address: "192.0.2.7".to_owned() };
    prepare(&m.payments, &Prepare { passport: who, order: order.id, payer, subject: "CET".to_owned() }).await
}

/// A notification arrives now; the status of its answer.
async fn told(m: &PaymentWorld, event: &str, content: &Value) -> u16 {
    let (headers, body) = notice(event, content, m.world.now().timestamp());
    receive(&m.payments, gateway::wechat::CODE, "192.0.2.9", (&headers, &body)).await.unwrap().status
}

fn changed(mut content: Value, path: &str, to: Value) -> Value {
    *content.pointer_mut(path).unwrap() = to;
    content
}

on_both! {
    /// Y1.
    async fn a_gateway_is_asked_for_an_address_once_for_as_long_as_it_holds(t: TestDb) {
        let m = PaymentWorld::open(t, 9).await;
        let (who, order) = opened(&m, 1).await;
        let calls = || *m.bank.calls.lock().unwrap();
        let first = address(&m, who, &order, PayFlow::Scan).await.unwrap();
        assert!(matches!(&first, Prepared::At(code) if code.ends_with(order.number.as_str())));
        let asked = calls();
        assert_eq!(address(&m, who, &order, PayFlow::Scan).await.unwrap(), first);
        assert_eq!(calls(), asked, "it is kept");
        m.world.t.clock.set(m.world.now().plus(SignedDuration::from_mins(115)));
        address(&m, who, &order, PayFlow::Scan).await.unwrap();
        assert_eq!(calls(), asked + 1, "it was over");
        let (other, order) = opened(&m, 2).await;
        assert!(matches!(address(&m, other, &order, PayFlow::Phone).await.unwrap(), Prepared::At(page)
            if page.contains("redirect_url=http%3A%2F%2F127.0.0.1%3A8080%2Fpayment%2Freturn%2Fwechat")));
        m.world.t.clock.set(m.world.now().plus(SignedDuration::from_mins(5)));
        address(&m, other, &order, PayFlow::Phone).await.unwrap();
        assert_eq!(calls(), asked + 3, "a telephone's is over sooner");
    }

    /// Y1. The gateway refuses the number with another way: it is not asked, and the page says what to do.
    async fn an_order_keeps_the_way_that_it_went_first(t: TestDb) {
        let m = PaymentWorld::open(t, 9).await;
        let (who, order) = opened(&m, 1).await;
        let ways = async || {
            let of = order.clone();
            m.world.t.db.read(async move |tx: &mut Tx<'_>| ways_of(tx, &of).await).await.unwrap()
        };
        assert_eq!(ways().await, [PayFlow::Scan, PayFlow::Phone]);
        address(&m, who, &order, PayFlow::Scan).await.unwrap();
        let asked = *m.bank.calls.lock().unwrap();
        assert_eq!(address(&m, who, &order, PayFlow::Phone).await.unwrap(), Prepared::OtherWay);
        assert_eq!(*m.bank.calls.lock().unwrap(), asked);
        assert_eq!(ways().await, [PayFlow::Scan]);
    }

    /// Y1.
    async fn an_order_that_cannot_be_paid_and_one_of_somebody_else_get_no_address(t: TestDb) {
        let m = PaymentWorld::open(t, 9).await;
        let (who, order) = opened(&m, 1).await;
        let other = m.world.candidate(2).await;
        assert!(address(&m, other, &order, PayFlow::Scan).await.is_err());
        m.bank.fail(&[Fault::Timeout]);
        assert_eq!(address(&m, who, &order, PayFlow::Scan).await.unwrap(), Prepared::Silent);
        assert_eq!(told(&m, "TRANSACTION.SUCCESS", &paid(&order)).await, 204);
        assert_eq!(address(&m, who, &order, PayFlow::Scan).await.unwrap(), Prepared::NotPayable);
        let third = m.world.candidate(3).await;
        m.world.enter(third, "1").await.unwrap();
        let form = m.opened(third, "alipay").await;
        assert_eq!(address(&m, third, &form, PayFlow::Scan).await.unwrap(), Prepared::NotPayable);
    }

    /// TH33, TH35.
    async fn a_notification_books_once_however_often_it_comes_and_a_forged_one_never(t: TestDb) {
        let m = PaymentWorld::open(t, 9).await;
        let (_, order) = opened(&m, 1).await;
        let (mut headers, body) = notice("TRANSACTION.SUCCESS", &paid(&order), m.world.now().timestamp());
        let good = headers.clone();
        gateway::wechat::platform::signature(&mut headers).unwrap().replace_range(..4, "AAAA");
        for headers in [&headers[..], &[]] {
            let answer = receive(&m.payments, gateway::wechat::CODE, "192.0.2.9", (headers, &body)).await.unwrap();
            assert!(answer.status >= 400 && answer.body.contains("FAIL"));
        }
        assert_eq!(m.paid_entries().await, 0);
        for _ in 0..5 {
            let answer = receive(&m.payments, gateway::wechat::CODE, "192.0.2.9", (&good, &body)).await.unwrap();
            assert_eq!((answer.status, answer.body), (204, ""));
        }
        assert_eq!(m.paid_entries().await, 1);
        m.world.t.clock.set(m.world.now().plus(SignedDuration::from_secs(301)));
        let late = receive(&m.payments, gateway::wechat::CODE, "192.0.2.9", (&good, &body)).await.unwrap();
        assert!(late.status >= 400, "signed too long ago");
        m.assert_all_agrees().await;
    }

    /// TH34.
    async fn a_notification_of_another_sum_or_of_nothing_of_ours_is_put_before_finance(t: TestDb) {
        let m = PaymentWorld::open(t, 9).await;
        let (_, order) = opened(&m, 1).await;
        for (path, to) in [
            ("/amount/total", json!(77)),
            ("/mchid", json!("1901")),
            ("/appid", json!("wx2")),
            ("/amount/currency", json!("USD")),
            ("/out_trade_no", json!("99301999999999999999")),
        ] {
            let content = changed(paid(&order), path, to);
            assert_eq!(told(&m, "TRANSACTION.SUCCESS", &content).await, 204, "{path}: not told for ever");
        }
        assert_eq!(m.paid_entries().await, 0);
        assert_eq!(m.world.count("SELECT COUNT(*) FROM suspense WHERE gateway = 'wechat'").await, 5);
        m.assert_all_agrees().await;
    }

    /// Y4.
    async fn late_money_goes_back_and_the_notification_of_the_refund_has_it_asked_for_at_once(t: TestDb) {
        let m = PaymentWorld::open(t, 1).await;
        let (who, order) = opened(&m, 1).await;
        address(&m, who, &order, PayFlow::Scan).await.unwrap();
        m.world.t.clock.set(order.deadline_at.plus(SignedDuration::from_mins(11)));
        m.run_jobs().await;
        assert!(matches!(m.order(order.id).await.state, OrderState::Closed(_)));
        let rival = m.world.candidate(2).await;
        m.world.enter(rival, "1").await.unwrap();
        m.pays(&order);
        assert_eq!(told(&m, "TRANSACTION.SUCCESS", &paid(&order)).await, 204);
        m.run_jobs().await;
        let due = "SELECT COUNT(*) FROM refund WHERE state = 'due'";
        assert_eq!((m.bank.refunded(), m.world.count(due).await), (order.amount.get(), 1), "being made");
        let (number,): (String,) = m.world.t.db
            .read(async |tx: &mut crate::store::Tx<'_>| tx.query_one("SELECT request_no FROM refund", &[]).await)
            .await
            .unwrap();
        m.world.t.clock.set(m.world.now().plus(SignedDuration::from_secs(4)));
        let content = refunded(&order, &number, order.amount.get(), "SUCCESS");
        assert_eq!(told(&m, "REFUND.SUCCESS", &content).await, 204);
        m.run_jobs().await;
        assert_eq!(m.world.count("SELECT COUNT(*) FROM refund WHERE state = 'done'").await, 1);
        assert_eq!(m.world.count("SELECT COUNT(*) FROM suspense").await, 0);
        assert_eq!(m.bank.refunded(), order.amount.get(), "once");
        m.assert_all_agrees().await;
    }

    /// Y5.
    async fn a_refund_that_this_system_did_not_send_is_put_before_finance_each_of_them_once(t: TestDb) {
        let m = PaymentWorld::open(t, 9).await;
        let (_, order) = opened(&m, 1).await;
        assert_eq!(m.pays_and_tells(&order).await, "");
        let count = || m.world.count("SELECT COUNT(*) FROM suspense WHERE reason = 'refunded' AND amount = 1");
        let given_up = refunded(&order, "K1", 1, "CLOSED");
        assert_eq!((told(&m, "REFUND.CLOSED", &given_up).await, count().await), (204, 0), "no money went back");
        for (number, seen) in [("K1", 1), ("K2", 2), ("K1", 2)] {
            let content = refunded(&order, number, 1, "SUCCESS");
            assert_eq!((told(&m, "REFUND.SUCCESS", &content).await, count().await), (204, seen), "{number}");
        }
        m.assert_all_agrees().await;
    }

    /// Any refund makes the gateway say `REFUND`, one of ours in part too.
    async fn a_part_that_this_system_gave_back_is_no_surprise_when_the_trade_is_asked_for(t: TestDb) {
        let m = PaymentWorld::open(t, 9).await;
        let who = m.world.candidate(1).await;
        m.world.enter(who, "1;2").await.unwrap();
        let order = m.opened(who, "wechat").await;
        m.pays_and_tells(&order).await;
        m.bank.trades.lock().unwrap().get_mut(order.number.as_str()).unwrap().refunds.push(("K1".to_owned(), 1));
        m.world
            .sql(
                "INSERT INTO refund (school, id, order_id, receipt_id, amount, reason, request_no, state, due_at, done_at,
                                     try_at, tries, sent_at)
                 SELECT school, 9, order_id, id, 1, 'surplus', 'K1', 'done', received_at, received_at, NULL, 1, received_at
                   FROM receipt",
            )
            .await;
        let by = By {
            account: "finance".to_owned(),
            person: "one".to_owned(),
            scope: Scope::nation(),
            address: String::new(),
        };
        let ask = async || ask_for_staff(&m.payments, by.clone(), order.number.clone()).await.is_ok();
        let count = || m.world.count("SELECT COUNT(*) FROM suspense WHERE reason = 'refunded'");
        assert_eq!((ask().await, count().await), (true, 0));
        // One that this system did not send is put before finance.
        m.world.sql("DELETE FROM refund").await;
        assert_eq!((ask().await, count().await), (true, 1));
        assert_eq!(m.order(order.id).await.state, OrderState::Paid);
    }

    /// Y3.
    async fn an_order_whose_code_was_never_asked_for_ends_at_its_deadline(t: TestDb) {
        let m = PaymentWorld::open(t, 9).await;
        let (_, order) = opened(&m, 1).await;
        m.world.t.clock.set(order.deadline_at);
        m.run_jobs().await;
        assert!(matches!(m.order(order.id).await.state, OrderState::Closed(_)));
        let (who, waiting) = opened(&m, 2).await;
        address(&m, who, &waiting, PayFlow::Scan).await.unwrap();
        m.world.t.clock.set(waiting.deadline_at);
        m.run_jobs().await;
        assert!(matches!(m.order(waiting.id).await.state, OrderState::Closed(_)));
        assert_eq!(m.bank.is(waiting.number.as_str()), Some(TradeIs::Closed), "closed there too");
    }
}
