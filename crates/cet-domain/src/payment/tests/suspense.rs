//! Unmatched money: neither booked nor lost, reported once, and without effect on others.

use gateway::payease::NoticeStatus;
use gateway::{Charset, Fields, GatewayCode};

use super::world::*;
use crate::entry::testing::{hours, minutes};
use crate::on_both;
use crate::payment::rules::{ClosedFor, OrderState};
use crate::payment::store::Order;
use crate::payment::verbs::{SettleRefusal, SettledAs, Settlement, ask_for_staff, settle_suspense};
use crate::store::{DbError, Stop, Tx};
use crate::words::staff::{By, Scope};

/// A stored row: school, order number, trade, fen, reason, proof.
type Kept = (String, String, String, i64, String, String);

async fn kept(m: &PaymentWorld) -> Vec<Kept> {
    let db = &m.world.t.db;
    let sql = "SELECT school, order_number, trade_no, amount, reason, proof FROM suspense ORDER BY id";
    db.read(async move |tx: &mut Tx<'_>| tx.query(sql, &[]).await).await.unwrap()
}

async fn reasons(m: &PaymentWorld) -> Vec<String> {
    kept(m).await.into_iter().map(|(_, _, _, _, reason, _)| reason).collect()
}

/// The number of log lines for unmatched money.
async fn doubts(m: &PaymentWorld) -> i64 {
    m.world
        .count("SELECT COUNT(*) FROM audit_log WHERE action = 'money-doubtful' AND actor_kind = 'gateway'")
        .await
}

pub(super) async fn open_orders(m: &PaymentWorld, people: i64, gateway: &str) -> Vec<Order> {
    let mut orders = Vec::new();
    for n in 1..=people {
        let who = m.world.candidate(n).await;
        m.world.enter(who, "1").await.unwrap();
        orders.push(m.opened(who, gateway).await);
    }
    orders
}

/// A notification of 首信 with any numbers and sums.
fn batch(orders: &[(String, i64, NoticeStatus)]) -> Vec<u8> {
    let orders: Vec<_> = orders.iter().map(|(oid, fen, state)| (payease_order(oid, *fen), *state)).collect();
    Fields::encode(&merchant().notice(&orders).unwrap(), Charset::Gbk).unwrap().into_bytes()
}

on_both! {
    /// Y3, TH34.
    async fn a_notice_with_one_thing_wrong_pays_nothing_and_is_kept_logged_and_told_once(t: TestDb) {
        let m = PaymentWorld::open(t, 5).await;
        let order = open_orders(&m, 1, "alipay").await.remove(0);
        let another_number = format!("99301{:015}", 1);
        let another_school = format!("99101{}", &order.number.as_str()[5..]);
        let wrong: [(&str, &str, &str); 10] = [
            ("total_amount", "0.02", "sum"),
            ("total_amount", "0.00", "sum"),
            ("total_amount", "1", "sum"),
            ("total_amount", "0.010", "sum"),
            ("app_id", "2021000000000002", "application"),
            ("seller_id", "2088000000000002", "merchant"),
            ("out_trade_no", &another_number, "order"),
            ("out_trade_no", &another_school, "order"),
            ("trade_status", "TRADE_WONDER", "state"),
            ("pay_currency", "USD", "currency"),
        ];
        for (n, (name, value, reason)) in (1..).zip(wrong) {
            let notice = alipay_notice(&order, "TRADE_SUCCESS", &[(name, value)]);
            for _ in 0..2 {
                assert_eq!(m.notify(&notice).await, "success", "{name} {value}: it is not told for ever");
            }
            assert_eq!((reasons(&m).await.pop().as_deref(), doubts(&m).await), (Some(reason), n), "{name} {value}");
        }
        // An authentic notification of the other gateway for the same order.
        assert_eq!(m.notify(&payease_notice(&m.payments, &[(&order, NoticeStatus::Paid)], true)).await, "sent");
        assert_eq!(reasons(&m).await.pop().as_deref(), Some("gateway"));
        let first = kept(&m).await.remove(0);
        let (number, trade) = (order.number.to_string(), format!("T{}", order.number));
        assert_eq!(first, ("99301".into(), number, trade, 2, "sum".into(), "notice".into()));
        assert_eq!(kept(&m).await[4].0, "00000", "no order of ours");
        let mut forged = alipay_notice(&order, "WAIT_BUYER_PAY", &[]);
        forged = String::from_utf8(forged).unwrap().replace("WAIT_BUYER_PAY", "TRADE_SUCCESS").into_bytes();
        assert_eq!(m.notify(&forged).await, "fail");
        assert_eq!((m.order(order.id).await.state, m.paid_entries().await), (OrderState::Open, 0));
        assert_eq!(m.world.count("SELECT COUNT(*) FROM receipt").await, 0);
        assert_eq!((kept(&m).await.len(), doubts(&m).await), (11, 11));
        assert_eq!(m.payments.alarms.count(crate::alarms::MONEY_DOUBTFUL), 11, "once each");
        // Its own money still pays it.
        assert_eq!(m.pays_and_tells(&order).await, "success");
        assert_eq!(m.paid_entries().await, 1);
        m.assert_all_agrees().await;
    }

    async fn what_says_nothing_of_money_is_not_kept(t: TestDb) {
        let m = PaymentWorld::open(t, 5).await;
        let order = open_orders(&m, 1, "alipay").await.remove(0);
        for state in ["WAIT_BUYER_PAY", "TRADE_CLOSED"] {
            for change in [("total_amount", "0.02"), ("app_id", "2021000000000002"), ("out_trade_no", "99301")] {
                assert_eq!(m.notify(&alipay_notice(&order, state, &[change])).await, "success");
            }
        }
        assert_eq!((kept(&m).await.len(), m.order(order.id).await.state), (0, OrderState::Open));
    }

    async fn the_trade_of_one_order_can_not_be_told_again_as_anothers(t: TestDb) {
        let m = PaymentWorld::open(t, 5).await;
        let orders = open_orders(&m, 2, "alipay").await;
        let trade = [("trade_no", "N1")];
        assert_eq!(m.notify(&alipay_notice(&orders[0], "TRADE_SUCCESS", &trade)).await, "success");
        assert_eq!(m.notify(&alipay_notice(&orders[1], "TRADE_SUCCESS", &trade)).await, "success");
        assert_eq!((m.paid_entries().await, reasons(&m).await), (1, vec!["trade".to_owned()]));
        assert_eq!(doubts(&m).await, 1);
        m.assert_all_agrees().await;
    }

    async fn each_order_of_a_payease_notice_has_its_own_verdict(t: TestDb) {
        let m = PaymentWorld::open(t, 5).await;
        let orders = open_orders(&m, 4, "payease").await;
        let ours = |n: usize| (m.wire_number(&orders[n]), 1, NoticeStatus::Paid);
        let strangers = [
            (ours(0).0.replace("-888-", "-889-"), 1, NoticeStatus::Paid),
            ("20170920-888-12".to_owned(), 5, NoticeStatus::Paid),
            (ours(3).0, 7, NoticeStatus::Paid),
        ];
        for (n, stranger) in strangers.into_iter().enumerate() {
            let told = batch(&[stranger, ours(n)]);
            for _ in 0..2 {
                assert_eq!(m.notify(&told).await, "sent", "{n}");
            }
            assert_eq!(m.paid_entries().await, i64::try_from(n + 1).unwrap());
        }
        assert_eq!(reasons(&m).await, ["merchant", "order", "sum"]);
        assert_eq!((kept(&m).await[1].1.as_str(), kept(&m).await[1].3), ("20170920-888-12", 5));
        m.assert_all_agrees().await;
    }

    /// Y3.
    async fn what_fails_for_the_moment_is_told_again_and_the_rest_is_booked_once(t: TestDb) {
        let m = PaymentWorld::open(t, 5).await;
        let orders = open_orders(&m, 3, "payease").await;
        let all: Vec<_> = orders.iter().map(|order| (order, NoticeStatus::Paid)).collect();
        let told = payease_notice(&m.payments, &all, true);
        m.world.sql("UPDATE payment_order SET sitting = 'not/one' WHERE id = (SELECT MIN(id) FROM payment_order)").await;
        assert_eq!(m.notify(&told).await, "error");
        assert_eq!(m.paid_entries().await, 2, "those beside it do not wait");
        m.world.sql("UPDATE payment_order SET sitting = '2017-2'").await;
        assert_eq!(m.notify(&told).await, "sent");
        assert_eq!((m.paid_entries().await, m.world.count("SELECT COUNT(*) FROM receipt").await), (3, 3));
        m.assert_all_agrees().await;
    }

    async fn an_order_whose_money_is_put_aside_ends_at_its_deadline(t: TestDb) {
        let m = PaymentWorld::open(t, 5).await;
        for (n, gateway) in [(1, "alipay"), (2, "payease")] {
            let who = m.world.candidate(n).await;
            m.world.enter(who, "1").await.unwrap();
            let order = m.opened(who, gateway).await;
            m.bank.set(&m.wire_number(&order), 9, TradeIs::Paid);
            m.world.advance(minutes(1));
            m.run_jobs().await;
            assert_eq!(m.order(order.id).await.state, OrderState::Open);
            m.world.advance(hours(25));
            m.run_jobs().await;
            assert_eq!(m.order(order.id).await.state, OrderState::Closed(ClosedFor::Deadline), "{gateway}");
            assert_eq!(m.world.live(who).await, Vec::<String>::new());
            assert_eq!((kept(&m).await.len(), doubts(&m).await), (usize::try_from(n).unwrap(), n), "asked often, kept once");
            assert_eq!(m.payments.alarms.count(crate::alarms::MONEY_DOUBTFUL), u64::try_from(n).unwrap());
        }
        assert_eq!(m.paid_entries().await, 0);
        m.assert_all_agrees().await;
    }
}

#[test]
fn reasons_are_read_back_as_written() {
    use crate::payment::suspense::Doubt;
    for doubt in Doubt::ALL {
        assert_eq!(Doubt::from_wire(doubt.wire()), Some(doubt));
    }
    assert_eq!(Doubt::from_wire("late"), None);
    assert_eq!(GatewayCode::parse("unionpay"), None);
}

on_both! {
    /// Finding 5.
    async fn a_refund_made_in_the_gateways_own_console_is_put_before_finance_once(t: TestDb) {
        let m = PaymentWorld::open(t, 5).await;
        let order = open_orders(&m, 1, "alipay").await.remove(0);
        m.pays_and_tells(&order).await;
        let refunded =
            [("refund_fee", "0.01"), ("gmt_refund", "2017-09-20 12:30:00"), ("out_biz_no", "console-1")];
        for status in ["TRADE_SUCCESS", "TRADE_CLOSED", "TRADE_CLOSED"] {
            assert_eq!(m.notify(&alipay_notice(&order, status, &refunded)).await, "success");
        }
        let row = kept(&m).await;
        assert_eq!(row.len(), 1, "{row:?}");
        assert_eq!(
            (row[0].1.as_str(), row[0].3, row[0].4.as_str(), row[0].5.as_str()),
            (order.number.as_str(), 1, "refunded", "notice")
        );
        assert_eq!(m.payments.alarms.count(crate::alarms::REFUNDED_ELSEWHERE), 1);
        assert_eq!(
            crate::audit::testing::told_of(&m.world.t.db, "money-refunded-elsewhere").await.unwrap().len(),
            1
        );
        assert_eq!(
            (m.paid_entries().await, m.order(order.id).await.state),
            (1, OrderState::Paid),
            "paid stays paid (I7)"
        );
    }

    /// Finding 5.
    async fn a_paid_trade_that_is_closed_when_asked_was_refunded_elsewhere(t: TestDb) {
        let m = PaymentWorld::open(t, 5).await;
        let order = open_orders(&m, 1, "alipay").await.remove(0);
        m.pays_and_tells(&order).await;
        m.bank.set(&m.wire_number(&order), 1, TradeIs::Closed);
        let by = By {
            account: "finance".to_owned(),
            person: "one".to_owned(),
            scope: Scope::nation(),
            address: String::new(),
        };
        for _ in 0..2 {
            assert!(ask_for_staff(&m.payments, by.clone(), order.number.clone()).await.is_ok());
        }
        assert_eq!(reasons(&m).await, ["refunded"]);
        assert_eq!(m.payments.alarms.count(crate::alarms::REFUNDED_ELSEWHERE), 1);
    }

    /// Y3: notifications come in any order.
    async fn a_refund_that_is_told_of_before_its_payment_is_judged_by_what_came(t: TestDb) {
        let m = PaymentWorld::open(t, 5).await;
        let order = open_orders(&m, 1, "alipay").await.remove(0);
        m.pays(&order);
        let refunded = alipay_notice(&order, "TRADE_SUCCESS", &[("refund_fee", "0.01")]);
        m.bank.fail(&[Fault::Timeout]);
        assert_eq!(m.notify(&refunded).await, "fail", "told again, since nothing is known of the payment");
        assert_eq!((kept(&m).await.len(), m.paid_entries().await), (0, 0));
        for _ in 0..2 {
            assert_eq!(m.notify(&refunded).await, "success");
            assert_eq!((reasons(&m).await, m.paid_entries().await), (vec!["refunded".to_owned()], 1));
        }
        assert_eq!(m.pays_and_tells(&order).await, "success");
        assert_eq!(kept(&m).await.len(), 1);
        m.assert_all_agrees().await;
    }

    /// Finding 5.
    async fn payease_that_tells_of_a_refund_which_nobody_sent_is_put_before_finance(t: TestDb) {
        let m = PaymentWorld::open(t, 5).await;
        let order = open_orders(&m, 1, "payease").await.remove(0);
        m.pays_and_tells(&order).await;
        let body = batch(&[(m.wire_number(&order), 1, NoticeStatus::Refunding)]);
        assert_eq!((m.notify(&body).await, m.notify(&body).await), ("sent", "sent"));
        assert_eq!(reasons(&m).await, ["refunded"]);
        // It tells no sum: that is not a sum of nothing.
        let amount = async |tx: &mut Tx<'_>| {
            tx.query_one("SELECT amount FROM payment_event WHERE kind = 'suspense-opened'", &[]).await
        };
        let amount: Result<(Option<i64>,), DbError> = m.world.t.db.read(amount).await;
        assert_eq!(amount.unwrap().0, None);
        let told = crate::audit::testing::told_of(&m.world.t.db, "money-refunded-elsewhere").await.unwrap();
        assert!(told.iter().any(|line| format!("{line:?}").contains("amount=unknown")), "{told:?}");
    }

    async fn a_refund_that_this_system_sent_is_no_surprise(t: TestDb) {
        let m = PaymentWorld::open(t, 5).await;
        let order = open_orders(&m, 1, "alipay").await.remove(0);
        m.world.sql("UPDATE entry SET locked_by = 7, order_id = NULL").await;
        m.pays_and_tells(&order).await;
        m.run_jobs().await;
        assert_eq!(m.bank.refunded(), 1);
        let refunded = [("refund_fee", "0.01"), ("gmt_refund", "2017-09-20 12:30:00"), ("out_biz_no", "R")];
        assert_eq!(m.notify(&alipay_notice(&order, "TRADE_CLOSED", &refunded)).await, "success");
        assert!(kept(&m).await.is_empty());
    }

    async fn finance_settles_unmatched_money_once_with_a_note(t: TestDb) {
        let m = PaymentWorld::open(t, 5).await;
        let order = open_orders(&m, 1, "alipay").await.remove(0);
        m.notify(&alipay_notice(&order, "TRADE_SUCCESS", &[("total_amount", "0.02")])).await;
        let db = &m.world.t.db;
        let (id,): (i64,) = db
            .read(async |tx: &mut Tx<'_>| tx.query_one("SELECT id FROM suspense", &[]).await)
            .await
            .unwrap();
        let settle = async |account: &str, settled: SettledAs, note: &str| {
            let by = By {
                account: account.to_owned(),
                person: account.to_owned(),
                scope: Scope::nation(),
                address: String::new(),
            };
            let (key, catalogue) = ((school(), id), std::sync::Arc::clone(&m.world.catalogue));
            let wanted = Settlement { settled, sum: None, note: note.to_owned() };
            let done: Result<(), Stop<SettleRefusal>> = db
                .write(async move |tx: &mut Tx<'_>| {
                    settle_suspense(tx, &catalogue, by.clone(), key, wanted.clone()).await
                })
                .await;
            match done {
                Ok(()) => Ok(()),
                Err(Stop::Refused(why)) => Err(why),
                Err(Stop::Fault(fault)) => panic!("{fault}"),
            }
        };
        assert_eq!(settle("one", SettledAs::Refund, "  ").await, Err(SettleRefusal::NoNote));
        settle("one", SettledAs::Refund, "sent back in the console").await.unwrap();
        settle("one", SettledAs::Refund, "sent back in the console").await.unwrap();
        for (account, settled, note) in [
            ("two", SettledAs::Foreign, "x"),
            ("two", SettledAs::Refund, "sent back in the console"),
            ("one", SettledAs::Foreign, "sent back in the console"),
            ("one", SettledAs::Refund, "sent back twice"),
        ] {
            assert_eq!(settle(account, settled, note).await, Err(SettleRefusal::Over), "{account} {note}");
        }
        assert_eq!(m.world.count("SELECT COUNT(*) FROM payment_event WHERE kind = 'suspense-resolved'").await, 1);
        let told = crate::audit::testing::told_of(db, "suspense-settled").await.unwrap();
        assert_eq!(told, ["refund; State: open → settled"]);
    }

    async fn a_trade_that_is_booked_after_a_doubt_is_listed_with_when_it_was_booked(t: TestDb) {
        let m = PaymentWorld::open(t, 5).await;
        let order = open_orders(&m, 1, "alipay").await.remove(0);
        assert_eq!(m.notify(&alipay_notice(&order, "TRADE_SUCCESS", &[("total_amount", "0.02")])).await, "success");
        let listed = async || {
            let list = async move |tx: &mut Tx<'_>| {
                crate::payment::store::suspense::list(tx, &Scope::nation(), (false, ""), i64::MAX, 9).await
            };
            let listed: Result<_, DbError> = m.world.t.db.read(list).await;
            listed.unwrap().into_iter().map(|row| row.booked_at.is_some()).collect::<Vec<_>>()
        };
        assert_eq!(listed().await, [false]);
        m.pays_and_tells(&order).await;
        assert_eq!(listed().await, [true]);
    }

    /// Y9: the rows of an order sum up to what went back in the console.
    async fn each_further_refund_in_the_console_is_kept_with_its_own_sum(t: TestDb) {
        let m = PaymentWorld::open(t, 5).await;
        let order = open_orders(&m, 1, "alipay").await.remove(0);
        m.pays_and_tells(&order).await;
        for total in ["10.00", "15.00", "15.00", "20.00", "10.00", "20.00"] {
            let told = [("refund_fee", total), ("gmt_refund", "2017-09-20 12:30:00"), ("out_biz_no", "console")];
            assert_eq!(m.notify(&alipay_notice(&order, "TRADE_SUCCESS", &told)).await, "success");
        }
        let sums: Vec<i64> = kept(&m).await.into_iter().map(|row| row.3).collect();
        assert_eq!(sums, [1000, 500, 500]);
        assert_eq!(m.payments.alarms.count(crate::alarms::REFUNDED_ELSEWHERE), 3);
        m.world.sql("UPDATE suspense SET state = 'settled', settled_as = 'refund', settled_by = 'one', settled_at = received_at").await;
        let told = [("refund_fee", "20.00"), ("gmt_refund", "2017-09-20 12:30:00"), ("out_biz_no", "console")];
        assert_eq!(m.notify(&alipay_notice(&order, "TRADE_SUCCESS", &told)).await, "success");
        assert_eq!(kept(&m).await.len(), 3, "told again");
    }

    /// Y9: where no sum is told, what comes after the last one was settled is another one.
    async fn a_refund_of_payease_that_is_told_of_after_the_last_was_settled_waits_for_finance(t: TestDb) {
        let m = PaymentWorld::open(t, 5).await;
        let order = open_orders(&m, 1, "payease").await.remove(0);
        m.pays_and_tells(&order).await;
        let body = batch(&[(m.wire_number(&order), 1, NoticeStatus::Refunding)]);
        for n in 1..=3 {
            for _ in 0..2 {
                assert_eq!(m.notify(&body).await, "sent");
            }
            assert_eq!(kept(&m).await.len(), n);
            assert_eq!(m.world.count("SELECT COUNT(*) FROM suspense WHERE state = 'open'").await, 1);
            m.world.sql("UPDATE suspense SET state = 'settled', settled_as = 'refund', settled_by = 'one', settled_at = received_at").await;
        }
    }
}

#[test]
fn what_is_before_finance_already_is_no_news_when_the_trade_is_asked_for() {
    use crate::payment::suspense::{KeptBack, news};
    let kept = |rows, fen, without_sum, open| KeptBack { rows, fen, without_sum, open };
    for (total, proof, ours, kept, is) in [
        (0, "query", 0, kept(0, 0, 0, 0), Some(0)),
        // 微信 has told of each by its number.
        (0, "query", 0, kept(2, 1500, 0, 2), None),
        (0, "query", 0, kept(2, 1500, 0, 0), None),
        (0, "query", 5, kept(0, 0, 0, 0), None),
        (0, "notice", 0, kept(1, 0, 1, 1), None),
        (0, "notice", 0, kept(1, 0, 1, 0), Some(0)),
        (2000, "notice", 0, kept(2, 1500, 0, 1), Some(500)),
        (2000, "notice", 500, kept(2, 1500, 0, 1), None),
        (2000, "query", 0, kept(1, 0, 1, 0), None),
    ] {
        assert_eq!(news(total, proof, ours, kept), is, "{total} {proof} {ours} {kept:?}");
    }
}
