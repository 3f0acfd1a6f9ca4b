//! Coming back from a gateway (Y3).

use jiff::SignedDuration;

use super::world::*;
use crate::on_both;
use crate::payment::rules::OrderState;
use crate::payment::rules::asking::AFTER_RETURN;
use crate::payment::store::Order;
use crate::payment::verbs::{CameFrom, came_back};
use crate::situation::{self, Situation};
use crate::store::testing::NOON;
use crate::store::{DbError, Tx};
use crate::words::ids::{OrderId, PassportId};
use crate::words::time::Time;

fn seconds(n: i64) -> Time {
    NOON.plus(SignedDuration::from_secs(n))
}

/// The order that a page says is asked for.
async fn asked(m: &PaymentWorld, who: PassportId) -> Option<OrderId> {
    let plan = std::sync::Arc::clone(m.world.catalogue.current().unwrap());
    let read: Result<_, DbError> = m
        .world
        .t
        .db
        .read(async move |tx: &mut Tx<'_>| {
            let read = situation::verbs::read(tx, &plan, who, (None, false)).await?;
            Ok(situation::decide(&read.facts, &plan, read.now).situation)
        })
        .await;
    match read.unwrap() {
        Situation::Asking(asked) => Some(asked.order),
        _ => None,
    }
}

fn from(m: &PaymentWorld, order: &Order, names_it: bool) -> CameFrom {
    let number = names_it.then(|| m.wire_number(order));
    CameFrom { gateway: order.method.gateway, brought: number.into_iter().collect() }
}

on_both! {
    /// Y3: the first page of payment is still open in another tab.
    async fn who_comes_back_from_one_of_two_payments_waits_for_that_one(t: TestDb) {
        let m = PaymentWorld::open(t, 9).await;
        let gateways = [["alipay", "payease"], ["payease", "alipay"], ["alipay", "alipay"]];
        for (n, (two, names_it)) in gateways.into_iter().flat_map(|two| [(two, true), (two, false)]).enumerate() {
            let who = m.world.candidate(i64::try_from(n).unwrap() + 1).await;
            let entries = m.world.enter(who, "1;2").await.unwrap();
            let first = m.pay(who, &entries[..1], two[0]).await.unwrap();
            let first = m.order(first).await;
            m.bank.set(&m.wire_number(&first), first.amount.get(), TradeIs::Waiting);
            let second = m.order(m.pay(who, &entries, two[1]).await.unwrap()).await;
            assert_eq!(second.state, OrderState::Open);
            let now = m.world.advance(SignedDuration::from_secs(1));
            came_back(&m.payments, who, Some(&from(&m, &first, names_it))).await.unwrap();
            let returned = async |order: &Order| m.order(order.id).await.returned_at;
            assert_eq!(returned(&first).await, Some(now), "{two:?}");
            if !names_it && two[0] == two[1] {
                // The gateway alone is known, and it was left for one of both.
                continue;
            }
            assert_eq!((returned(&second).await, asked(&m, who).await), (None, Some(first.id)), "{two:?}");
            // The same of the other one, which is the last then.
            m.world.advance(SignedDuration::from_secs(1));
            came_back(&m.payments, who, Some(&from(&m, &second, names_it))).await.unwrap();
            assert_eq!(asked(&m, who).await, Some(second.id), "{two:?}");
            m.world.advance(SignedDuration::from_mins(2));
        }
    }

    /// Y3, Y4: nobody waits longer than for the answer.
    async fn of_a_payment_that_was_replaced_one_waits_until_its_gateway_has_said(t: TestDb) {
        let m = PaymentWorld::open(t, 9).await;
        for (n, is_paid) in [(1, false), (2, true)] {
            let who = m.world.candidate(n).await;
            m.world.enter(who, "1").await.unwrap();
            let first = m.opened(who, "payease").await;
            m.bank.set(&m.wire_number(&first), first.amount.get(), TradeIs::Waiting);
            let second = m.opened(who, "alipay").await;
            if is_paid {
                m.pays(&first);
            }
            m.world.advance(SignedDuration::from_secs(1));
            came_back(&m.payments, who, Some(&from(&m, &first, true))).await.unwrap();
            assert_eq!(asked(&m, who).await, Some(first.id));
            for _ in 0..20 {
                m.world.advance(SignedDuration::from_secs(1));
                m.ask_all().await;
            }
            assert_eq!(asked(&m, who).await, None, "{is_paid}");
            // What was replaced is paid back, and the other one can be paid.
            let back: Vec<String> = if is_paid { vec!["replaced".to_owned()] } else { Vec::new() };
            assert_eq!(m.refunds().await, back);
            assert_eq!(m.order(second.id).await.state, OrderState::Open);
        }
        m.assert_all_agrees().await;
    }

    /// Y3.
    async fn who_comes_back_again_and_again_has_the_gateway_asked_once_and_waits_no_longer(t: TestDb) {
        let m = PaymentWorld::open(t, 5).await;
        let who = m.world.reachable(1).await;
        m.world.enter(who, "1").await.unwrap();
        let order = m.opened(who, "alipay").await;
        let known = async || {
            let of = m.order(order.id).await;
            (of.returned_at, of.ask_at)
        };
        came_back(&m.payments, who, None).await.unwrap();
        assert_eq!(known().await, (Some(NOON), Some(NOON)), "asked at once");
        m.bank.set(&m.wire_number(&order), order.amount.get(), TradeIs::Waiting);
        m.ask_all().await;
        m.world.sql("UPDATE payment_order SET answer = NULL, answered_at = NULL").await;
        let asked = known().await;
        assert!(asked.1 > Some(NOON), "the next question has its time: {asked:?}");
        for n in 1..60 {
            m.world.t.clock.set(seconds(n));
            came_back(&m.payments, who, None).await.unwrap();
            assert_eq!(known().await, asked, "second {n}");
        }
        // Once the minute is over it is another return, and so it is once the gateway has answered.
        let over = NOON.plus(AFTER_RETURN);
        m.world.t.clock.set(over);
        came_back(&m.payments, who, None).await.unwrap();
        assert_eq!(known().await, (Some(over), Some(over)));
        m.world.t.clock.set(seconds(65));
        m.world.sql("UPDATE payment_order SET answer = 'silence', answered_at = returned_at + 1").await;
        came_back(&m.payments, who, None).await.unwrap();
        assert_eq!(known().await, (Some(over), Some(over)), "silence is no answer");
        m.world.sql("UPDATE payment_order SET answer = 'missing'").await;
        came_back(&m.payments, who, None).await.unwrap();
        assert_eq!(known().await, (Some(seconds(65)), Some(seconds(65))));
    }

    /// Y3: whoever came back may have paid.
    async fn who_pays_again_before_the_gateway_has_answered_is_led_to_the_same_order_which_forgets_nothing(t: TestDb) {
        let m = PaymentWorld::open(t, 5).await;
        let who = m.world.candidate(1).await;
        let entries = m.world.enter(who, "1;2").await.unwrap();
        let order = m.opened(who, "alipay").await;
        came_back(&m.payments, who, None).await.unwrap();
        let kept = async || {
            let of = m.order(order.id).await;
            (of.state, of.returned_at)
        };
        m.bank.set(&m.wire_number(&order), order.amount.get(), TradeIs::Waiting);
        for second in [0, 14] {
            m.world.t.clock.set(seconds(second));
            assert_eq!(m.pay(who, &entries, "alipay").await, Ok(order.id), "{second}");
            assert_eq!(kept().await, (OrderState::Open, Some(NOON)), "{second}");
        }
        // Nothing was paid, as the gateway says after a while: it is paid again.
        m.world.t.clock.set(seconds(15));
        assert_eq!(m.pay(who, &entries, "alipay").await, Ok(order.id));
        assert_eq!(kept().await, (OrderState::Open, None));
        // Who has paid is led to what is paid.
        came_back(&m.payments, who, None).await.unwrap();
        m.pays(&order);
        assert_eq!(m.pay(who, &entries, "alipay").await, Ok(order.id));
        assert_eq!(m.order(order.id).await.state, OrderState::Paid);
        m.assert_all_agrees().await;
    }

    /// Y3: the job runs every second, and the page of who came back comes again every three.
    async fn money_whose_notification_was_lost_is_on_the_page_within_five_seconds_of_coming_back(t: TestDb) {
        const PAGE: i64 = 3;
        let m = PaymentWorld::open(t, 5).await;
        for (n, gateway) in [(1, "alipay"), (2, "payease")] {
            let who = m.world.candidate(n).await;
            m.world.enter(who, "1").await.unwrap();
            let order = m.opened(who, gateway).await;
            m.ask_all().await;
            m.world.advance(SignedDuration::from_mins(5));
            m.ask_all().await;
            // No notification: the bank has paid, and the browser is back.
            m.pays(&order);
            let back = m.world.now();
            came_back(&m.payments, who, None).await.unwrap();
            let mut shown = None;
            for second in 1..=10 {
                m.world.t.clock.set(back.plus(SignedDuration::from_secs(second)));
                m.ask_all().await;
                if second % PAGE == 0 && shown.is_none() && m.order(order.id).await.state == OrderState::Paid {
                    shown = Some(second);
                }
            }
            assert!(shown.is_some_and(|second| second <= 5), "{gateway}: {shown:?}");
        }
        m.assert_all_agrees().await;
    }

    /// Y3, Y4.
    async fn who_comes_back_to_an_order_that_was_closed_meanwhile_has_it_asked_for_too(t: TestDb) {
        let m = PaymentWorld::open(t, 5).await;
        let who = m.world.candidate(1).await;
        // A second subject keeps the registration.
        let entries = m.world.enter(who, "1;2").await.unwrap();
        let kept = m.pay(who, &entries[1..], "alipay").await.unwrap();
        m.pays_and_tells(&m.order(kept).await).await;
        let order = m.opened(who, "payease").await;
        m.world.advance(SignedDuration::from_mins(24 * 60 + 1));
        m.run_jobs().await;
        assert_ne!(m.order(order.id).await.state, OrderState::Open);
        m.pays(&order);
        came_back(&m.payments, who, None).await.unwrap();
        m.world.advance(SignedDuration::from_secs(1));
        m.run_jobs().await;
        assert_eq!(m.order(order.id).await.state, OrderState::Paid);
        assert_eq!(m.paid_entries().await, 2, "it has its seat again");
        m.assert_all_agrees().await;
    }
}
