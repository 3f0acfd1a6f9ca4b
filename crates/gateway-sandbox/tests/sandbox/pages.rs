use gateway::{Gateway as _, ReturnHint, TradeState, WireError};
use gateway_sandbox::CashierBehaviour;

use crate::world::*;

#[tokio::test]
async fn the_first_button_of_the_first_form_pays_and_leads_back() {
    let world = World::new().await;
    for name in ["alipay", "payease"] {
        let opened = world.open(name, &world.to_pay(name, 1)).await;
        let (gateway, router) = world.gateway(name);
        let page = send(router.clone(), "GET", &opened.location, Vec::new()).await;
        let text = page.text();
        assert_eq!(page.status, 200);
        let form = text.split_once("<form method=\"post\"").unwrap().1;
        assert!(form.find("value=\"pay\"").unwrap() < form.find("value=\"decline\"").unwrap());
        assert!(form.find("value=\"decline\"").unwrap() < form.find("value=\"abandon\"").unwrap());
        for part in ["lang=\"zh-CN\"", "¥0.03", "测试考试中心", "name=\"viewport\""] {
            assert!(text.contains(part), "{name} {part}");
        }
        assert!(!text.contains("<script") && !text.contains("style=") && !text.contains("<style"));
        assert!(page.policy.contains(&format!("form-action 'self' {}", world.origin)));

        let back = send(router, "POST", &opened.location, b"outcome=pay".to_vec()).await;
        assert_eq!(back.status, 303);
        assert!(back.location.starts_with(&format!("{}/payment/return/{name}?", world.origin)));
        let returned = gateway.parse_return(back.query().as_bytes()).unwrap();
        assert_eq!(returned.order_number, order(1).number);
        assert!(matches!(world.query(name, 1).await, Ok(TradeState::Paid { amount_fen: 3, .. })));
    }
}

#[tokio::test]
async fn the_stylesheet_is_served() {
    let world = World::new().await;
    for router in [world.sandbox.alipay(), world.sandbox.payease()] {
        assert_eq!(send(router, "GET", "/sandbox.css", Vec::new()).await.status, 200);
    }
}

#[tokio::test]
async fn declining_and_abandoning_pay_nothing() {
    let world = World::new().await;
    // Only 首信 has a word for a declined attempt; it stays the last word until something is paid.
    for (name, outcome, hint, state) in [
        ("alipay", "decline", Some(ReturnHint::Unsaid), TradeState::Waiting),
        ("alipay", "abandon", None, TradeState::Waiting),
        ("payease", "decline", Some(ReturnHint::SaysFailed), TradeState::Declined),
        ("payease", "abandon", Some(ReturnHint::Submitted), TradeState::Declined),
    ] {
        let back = world.press(name, 1, outcome).await;
        assert_eq!(back.status, 303);
        let returned = world.gateway(name).0.parse_return(back.query().as_bytes());
        assert_eq!(returned.ok().map(|returned| returned.hint), hint, "{name} {outcome}");
        assert_eq!(world.query(name, 1).await, Ok(state), "{name} {outcome}");
    }
    assert_eq!(world.press("payease", 1, "pay").await.status, 303, "a declined order may be tried again");
}

#[tokio::test]
async fn a_changed_form_is_refused_with_the_reason() {
    let world = World::new().await;
    for name in ["alipay", "payease"] {
        let (gateway, router) = world.gateway(name);
        let mut form = gateway.pay_form(&world.to_pay(name, 1), start()).unwrap();
        for (field, value) in &mut form.fields {
            if field == "v_amount" {
                "0.01".clone_into(value);
            }
            if field == "biz_content" {
                *value = value.replace("0.03", "0.01");
            }
        }
        let refused = send_form(router, &form).await;
        assert_eq!(refused.status, 400);
        assert!(refused.text().contains("is not valid for the message"));
        assert_eq!(world.query(name, 1).await, Ok(TradeState::NotExist));
    }
}

#[tokio::test]
async fn the_same_number_again_leads_to_the_same_trade_and_with_another_amount_to_an_error() {
    let world = World::new().await;
    for name in ["alipay", "payease"] {
        let first = world.open(name, &world.to_pay(name, 1)).await;
        let again = world.open(name, &world.to_pay(name, 1)).await;
        assert_eq!((again.status, again.location), (303, first.location));
        let mut other = world.to_pay(name, 1);
        other.amount_fen = 4;
        assert_eq!(world.open(name, &other).await.status, 409);
    }
}

#[tokio::test]
async fn a_paid_order_cannot_be_paid_again() {
    let world = World::new().await;
    for name in ["alipay", "payease"] {
        assert_eq!(world.press(name, 1, "pay").await.status, 303);
        let again = world.press(name, 1, "pay").await;
        assert_eq!(again.status, 409);
        assert!(again.text().contains("Already paid"));
        world.sandbox.tick().await;
    }
    assert_eq!(world.arrived().len(), 2);
}

#[tokio::test]
async fn what_was_recorded_is_answered_wherever_the_host_fails() {
    let world = World::new().await;
    let mut failed = 0;
    for (serial, answers) in (1..).zip(0..6) {
        for name in ["alipay", "payease", "wechat"] {
            let opened = world.open(name, &world.to_pay(name, serial)).await;
            *world.host.answers_left.lock().unwrap() = Some(answers);
            let (_, router) = world.gateway(name);
            let pressed = send(router, "POST", &opened.location, b"outcome=pay".to_vec()).await;
            *world.host.answers_left.lock().unwrap() = None;
            let known = world.query(name, serial).await;
            match pressed.status {
                303 => {
                    assert!(
                        matches!(known, Ok(TradeState::Paid { .. })),
                        "{name} after {answers}: {known:?}"
                    );
                }
                503 => assert_eq!(known, Ok(TradeState::Waiting), "{name} after {answers}"),
                other => panic!("{name} after {answers}: {other}"),
            }
            failed += usize::from(pressed.status == 503);
        }
    }
    assert!((3..18).contains(&failed), "{failed}");
}

#[tokio::test]
async fn after_its_deadline_an_alipay_order_cannot_be_paid() {
    let world = World::new().await;
    let opened = world.open("alipay", &world.to_pay("alipay", 1)).await;
    world.advance(2 * 3600 - 1);
    assert_eq!(send(world.sandbox.alipay(), "GET", &opened.location, Vec::new()).await.status, 200);
    world.advance(1);
    for (method, body) in [("GET", ""), ("POST", "outcome=pay")] {
        let late = send(world.sandbox.alipay(), method, &opened.location, body.into()).await;
        assert_eq!(late.status, 409);
    }
    assert_eq!(world.query("alipay", 1).await, Ok(TradeState::Closed));
    world.behave(|behaviour| behaviour.late_payment = true);
    let late = send(world.sandbox.alipay(), "POST", &opened.location, b"outcome=pay".to_vec()).await;
    assert_eq!(late.status, 303);
    assert!(matches!(world.query("alipay", 1).await, Ok(TradeState::Paid { .. })));
}

#[tokio::test]
async fn the_cashier_decides_by_itself_when_told_so() {
    let world = World::new().await;
    for (name, declined) in [("alipay", TradeState::Waiting), ("payease", TradeState::Declined)] {
        world.behave(|behaviour| behaviour.outcome = CashierBehaviour::Decline);
        let back = world.open(name, &world.to_pay(name, 1)).await;
        assert!(back.location.starts_with(&world.origin));
        assert_eq!(world.query(name, 1).await, Ok(declined));
        world.behave(|behaviour| behaviour.outcome = CashierBehaviour::Pay);
        let back = world.open(name, &world.to_pay(name, 1)).await;
        assert!(back.location.starts_with(&world.origin));
        assert!(matches!(world.query(name, 1).await, Ok(TradeState::Paid { .. })));
    }
}

#[tokio::test]
async fn unknown_pages_and_buttons_are_errors_and_not_faults() {
    let world = World::new().await;
    for (router, path) in [(world.sandbox.alipay(), "/cashier/99"), (world.sandbox.payease(), "/bank/99")] {
        assert_eq!(send(router.clone(), "GET", path, Vec::new()).await.status, 404);
        assert_eq!(send(router.clone(), "POST", path, b"outcome=pay".to_vec()).await.status, 404);
        for body in ["", "outcome=steal", "outcome=pay&outcome=pay", "%"] {
            assert_eq!(send(router.clone(), "POST", path, body.into()).await.status, 422);
        }
    }
    let (router, path) = (world.sandbox.alipay(), "/gateway.do");
    for body in ["", "a=1&a=2", "%ff", "method=alipay.trade.page.pay"] {
        assert_eq!(send(router.clone(), "POST", path, body.into()).await.status, 400);
    }
}

#[tokio::test]
async fn a_return_address_that_is_no_address_is_refused() {
    let world = World::new().await;
    for name in ["alipay", "payease"] {
        let mut order = world.to_pay(name, 1);
        order.return_url = "javascript:alert(1)".to_owned();
        assert_eq!(world.open(name, &order).await.status, 400);
    }
    assert_eq!(world.alipay.parse_return(b""), Err(WireError::MissingField("sign_type")));
}
