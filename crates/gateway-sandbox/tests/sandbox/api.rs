use gateway::{CloseAnswer, Gateway as _, RefundState, TradeState, WireError};

use crate::world::*;

async fn close(world: &World, serial: u64) -> Result<CloseAnswer, WireError> {
    let request = world.alipay.close_request(&order(serial), start()).unwrap().unwrap();
    let answer = call(world.sandbox.alipay(), request).await;
    world.alipay.parse_close(&order(serial), answer.reply())
}

#[tokio::test]
async fn a_trade_does_not_exist_before_its_cashier_was_opened() {
    let world = World::new().await;
    for name in ["alipay", "payease"] {
        assert_eq!(world.query(name, 1).await, Ok(TradeState::NotExist));
        world.open(name, &world.to_pay(name, 1)).await;
        assert_eq!(world.query(name, 1).await, Ok(TradeState::Waiting));
    }
}

#[tokio::test]
async fn a_trade_that_was_not_there_to_close_can_still_be_opened_and_paid() {
    let world = World::new().await;
    assert_eq!(close(&world, 1).await, Ok(CloseAnswer::NotExist));
    assert_eq!(world.press("alipay", 1, "pay").await.status, 303);
}

#[tokio::test]
async fn closing_ends_an_unpaid_trade_and_no_paid_one() {
    let world = World::new().await;
    world.open("alipay", &world.to_pay("alipay", 1)).await;
    assert_eq!(close(&world, 1).await, Ok(CloseAnswer::Closed));
    assert_eq!(world.query("alipay", 1).await, Ok(TradeState::Closed));
    assert_eq!(world.press("alipay", 1, "pay").await.status, 409);

    world.press("alipay", 2, "pay").await;
    assert_eq!(close(&world, 2).await, Ok(CloseAnswer::AskAgain));
    assert!(matches!(world.query("alipay", 2).await, Ok(TradeState::Paid { .. })));
}

#[tokio::test]
async fn an_alipay_refund_asked_for_twice_is_made_once() {
    let world = World::new().await;
    world.press("alipay", 1, "pay").await;
    let one = refund_of(1, "R1", 1);
    assert_eq!(world.find_refund("alipay", &one).await, Ok(RefundState::NotExist));
    assert!(matches!(world.refund("alipay", &one).await, Ok(RefundState::Done { amount_fen: 1, .. })));
    assert_eq!(world.refund("alipay", &one).await, Ok(RefundState::Pending), "nothing changed this time");
    assert!(matches!(world.find_refund("alipay", &one).await, Ok(RefundState::Done { amount_fen: 1, .. })));
    assert!(matches!(world.refund("alipay", &refund_of(1, "R1", 2)).await, Ok(RefundState::Refused { .. })));
    assert!(matches!(world.refund("alipay", &refund_of(1, "R2", 3)).await, Ok(RefundState::Refused { .. })));
    assert!(matches!(world.refund("alipay", &refund_of(1, "R3", 2)).await, Ok(RefundState::Done { .. })));
    assert_eq!(world.query("alipay", 1).await, Ok(TradeState::Closed), "all of it went back");
}

#[tokio::test]
async fn an_unpaid_order_has_nothing_to_refund() {
    let world = World::new().await;
    for name in ["alipay", "payease"] {
        world.open(name, &world.to_pay(name, 1)).await;
        assert!(matches!(world.refund(name, &refund_of(1, "R1", 1)).await, Ok(RefundState::Refused { .. })));
        assert!(matches!(world.refund(name, &refund_of(2, "R1", 1)).await, Ok(RefundState::Refused { .. })));
    }
}

#[tokio::test]
async fn a_payease_refund_is_taken_found_and_not_recognised_when_it_is_repeated() {
    let world = World::new().await;
    world.press("payease", 1, "pay").await;
    let one = refund_of(1, "R1", 1);
    assert_eq!(world.find_refund("payease", &one).await, Ok(RefundState::NotExist));
    assert_eq!(world.refund("payease", &one).await, Ok(RefundState::Pending));
    assert!(matches!(world.find_refund("payease", &one).await, Ok(RefundState::Done { amount_fen: 1, .. })));
    assert_eq!(world.refund("payease", &one).await, Ok(RefundState::Pending));
    assert!(
        matches!(world.refund("payease", &refund_of(1, "R2", 2)).await, Ok(RefundState::Refused { .. })),
        "the repetition was a second refund"
    );
}

#[tokio::test]
async fn an_unsigned_call_is_answered_with_a_signed_refusal() {
    let world = World::new().await;
    let mut request = world.alipay.query_request(&order(1), start()).unwrap();
    let text = String::from_utf8(request.body).unwrap().replace("timestamp=2017", "timestamp=2018");
    request.body = text.into_bytes();
    let answer = call(world.sandbox.alipay(), request).await;
    let refused = world.alipay.parse_query(&order(1), answer.reply());
    let detail = "isv.invalid-signature".to_owned();
    assert_eq!(refused, Err(WireError::Gateway { code: "40002".to_owned(), detail }));
}

#[tokio::test]
async fn a_payease_call_with_a_wrong_mac_is_refused() {
    let world = World::new().await;
    let requests = [
        world.payease.query_request(&order(1), start()).unwrap(),
        world.payease.refund_request(&refund_of(1, "R1", 1), start()).unwrap(),
        world.payease.refund_query_request(&refund_of(1, "R1", 1), start()).unwrap(),
    ];
    for mut request in requests {
        request.body.pop();
        request.body.push(b'x');
        assert_eq!(call(world.sandbox.payease(), request).await.status, 400);
    }
}

#[tokio::test]
async fn trades_refunds_and_notices_survive_a_restart() {
    let world = World::new().await;
    world.press("alipay", 1, "pay").await;
    world.press("payease", 2, "pay").await;
    world.refund("payease", &refund_of(2, "R1", 1)).await.unwrap();
    let world = world.restart();
    assert!(matches!(world.query("alipay", 1).await, Ok(TradeState::Paid { .. })));
    assert!(matches!(
        world.find_refund("payease", &refund_of(2, "R1", 1)).await,
        Ok(RefundState::Done { .. })
    ));
    assert_eq!(world.sandbox.tick().await, 2);
    assert_eq!(world.arrived().len(), 2);
    let world = world.restart();
    assert_eq!(world.sandbox.tick().await, 0, "acknowledged ones are not sent again");
}
