//! One order for staff: what is known of it, and a question to its gateway.

use gateway::payease::NoticeStatus;
use gateway::{Charset, Fields};

use super::world::*;
use crate::on_both;
use crate::payment::gateways::GatewayAnswer;
use crate::payment::store::Order;
use crate::payment::verbs::{AskRefusal, Dossier, ask_for_staff, dossier};
use crate::store::{Stop, Tx};
use crate::words::codes::SchoolCode;
use crate::words::fen::FenSum;
use crate::words::staff::{By, Scope};

fn by(scope: &str) -> By {
    By {
        account: "finance".to_owned(),
        person: "one".to_owned(),
        scope: Scope::parse(scope).unwrap(),
        address: String::new(),
    }
}

async fn seen(m: &PaymentWorld, scope: &str, order: &Order) -> Option<Dossier> {
    let (scope, number) = (Scope::parse(scope).unwrap(), order.number.clone());
    let gateways = std::sync::Arc::clone(&m.payments.gateways);
    let read = async move |tx: &mut Tx<'_>| dossier(tx, &scope, &number, &gateways).await;
    m.world.t.db.read(read).await.unwrap()
}

async fn ask(m: &PaymentWorld, scope: &str, order: &Order) -> Result<GatewayAnswer, AskRefusal> {
    match ask_for_staff(&m.payments, by(scope), order.number.clone()).await {
        Ok(answer) => Ok(answer),
        Err(Stop::Refused(why)) => Err(why),
        Err(Stop::Fault(fault)) => panic!("{fault}"),
    }
}

on_both! {
    async fn staff_ask_a_gateway_for_one_order_of_their_scope_and_hear_what_it_said(t: TestDb) {
        let m = PaymentWorld::open(t, 9).await;
        let who = m.world.candidate(1).await;
        m.world.enter(who, "1;2").await.unwrap();
        let order = m.opened(who, "alipay").await;
        assert_eq!(ask(&m, "98", &order).await, Err(AskRefusal::NotFound));
        m.bank.fail(&[Fault::Timeout]);
        assert_eq!(ask(&m, "", &order).await, Ok(GatewayAnswer::Silence), "unknown is told as unknown");
        m.pays(&order);
        assert!(matches!(ask(&m, "99301", &order).await, Ok(GatewayAnswer::Paid { amount_fen: 2, .. })));
        let of = seen(&m, "993010", &order).await.unwrap();
        assert!(of.lines.iter().all(|line| line.state == "paid" && line.receipt.is_some() && line.back == FenSum::ZERO));
        assert_eq!((of.lines.len(), of.receipts.len(), of.receipts[0].used.get()), (2, 1, 2));
        assert!(of.found.live && of.refunds.is_empty() && of.suspense.is_empty() && of.others.is_empty());
        assert!(seen(&m, "98", &order).await.is_none() && seen(&m, "993011", &order).await.is_none());
    }

    async fn money_that_names_an_order_and_can_not_be_ours_stands_on_its_page(t: TestDb) {
        let m = PaymentWorld::open(t, 9).await;
        for (n, gateway) in [(1, "alipay"), (2, "payease")] {
            let who = m.world.candidate(n).await;
            m.world.enter(who, "1").await.unwrap();
            let order = m.opened(who, gateway).await;
            assert!(seen(&m, "", &order).await.unwrap().suspense.is_empty());
            let dollars = if gateway == "alipay" {
                alipay_notice(&order, "TRADE_SUCCESS", &[("pay_currency", "USD")])
            } else {
                let told = payease_order(&m.wire_number(&order), order.amount.get());
                let fields = merchant().notice_in(&[(told, NoticeStatus::Paid)], "1").unwrap();
                Fields::encode(&fields, Charset::Gbk).unwrap().into_bytes()
            };
            m.notify(&dollars).await;
            let of = seen(&m, "", &order).await.unwrap();
            assert_eq!(of.suspense.len(), 1, "{gateway}");
            assert_eq!((of.suspense[0].reason.as_str(), of.suspense[0].school), ("currency", SchoolCode::NONE));
        }
    }

    async fn a_gateway_is_asked_for_one_order_three_times_a_minute_and_no_more(t: TestDb) {
        let m = PaymentWorld::open(t, 9).await;
        let who = m.world.candidate(1).await;
        m.world.enter(who, "1").await.unwrap();
        let order = m.opened(who, "alipay").await;
        for _ in 0..3 {
            assert_eq!(ask(&m, "", &order).await, Ok(GatewayAnswer::Missing));
        }
        assert!(matches!(ask(&m, "", &order).await, Err(AskRefusal::TooMany(_))));
        m.world.advance(crate::entry::testing::minutes(2));
        assert_eq!(ask(&m, "", &order).await, Ok(GatewayAnswer::Missing));
        assert_eq!(crate::audit::testing::told_of(&m.world.t.db, "order-asked").await.unwrap().len(), 4);
    }
}
