//! 微信支付 from a merchant's side.

use gateway::{CloseAnswer, Gateway as _, Outcome, PayFlow, RefundState, TradeState};
use jiff::SignedDuration;

use crate::world::*;

async fn close(world: &World, serial: u64) -> Result<CloseAnswer, gateway::WireError> {
    let request = world.wechat.close_request(&order(serial), start()).unwrap().unwrap();
    world.wechat.parse_close(&order(serial), call(world.sandbox.wechat(), request).await.reply())
}

#[tokio::test]
async fn a_code_or_a_telephone_leads_to_a_page_and_back_to_the_merchant_alone() {
    let world = World::new().await;
    let code = world.address(PayFlow::Scan, &world.to_pay("wechat", 1)).await;
    let phone = world.address(PayFlow::Phone, &world.to_pay("wechat", 2)).await;
    for (page, n) in [(&code, 1), (&phone, 2)] {
        assert!(page.location.contains(order(n).number.as_str()), "{}", page.location);
    }
    let page = send(world.sandbox.wechat(), "GET", &code.location, Vec::new()).await;
    assert!(page.status == 200 && page.text().contains("微信支付") && page.text().contains("¥0.03"));
    let evil = format!("/pay/{}?redirect_url=https%3A%2F%2Fevil.example%2F", order(1).number);
    let paid = send(world.sandbox.wechat(), "POST", &evil, b"outcome=pay".to_vec()).await;
    assert_eq!((paid.status, paid.location), (303, format!("{}/", world.origin)));
    let again = send(world.sandbox.wechat(), "GET", &code.location, Vec::new()).await;
    assert_eq!(again.status, 409, "paid already");
}

#[tokio::test]
async fn another_way_under_the_same_number_is_refused() {
    let world = World::new().await;
    let to_pay = world.to_pay("wechat", 1);
    assert_eq!(world.address(PayFlow::Scan, &to_pay).await.status, 303);
    let refused = world.address(PayFlow::Phone, &to_pay).await;
    assert!(refused.status == 400 && refused.text().contains("INVALID_REQUEST"), "{}", refused.text());
    assert_eq!(world.address(PayFlow::Scan, &to_pay).await.status, 303, "the same again");
}

#[tokio::test]
async fn another_description_under_the_same_number_is_refused() {
    let world = World::new().await;
    let mut order = world.to_pay("wechat", 1);
    assert_eq!(world.open("wechat", &order).await.status, 303);
    assert_eq!(world.open("wechat", &order).await.status, 303, "the same again");
    order.subject = "registration fee".to_owned();
    let refused = world.open("wechat", &order).await;
    assert!(refused.status == 400 && refused.text().contains("INVALID_REQUEST"), "{}", refused.text());
}

#[tokio::test]
async fn an_order_is_unknown_then_waits_then_is_paid_and_is_told_once() {
    let world = World::new().await;
    assert_eq!(world.query("wechat", 1).await, Ok(TradeState::NotExist));
    world.open("wechat", &world.to_pay("wechat", 1)).await;
    assert_eq!(world.query("wechat", 1).await, Ok(TradeState::Waiting));
    let paid = world.press("wechat", 1, "pay").await;
    assert_eq!(paid.location, world.to_pay("wechat", 1).return_url);
    assert!(matches!(world.query("wechat", 1).await, Ok(TradeState::Paid { amount_fen: 3, .. })));
    assert_eq!(world.sandbox.tick().await, 1);
    let told = world.arrived().remove(0).unwrap().remove(0);
    assert_eq!((told.outcome, told.amount_fen, told.proven), (Outcome::Paid, 3, true));
    world.advance(100_000);
    assert_eq!(world.sandbox.tick().await, 0);
    let refused = world.open("wechat", &world.to_pay("wechat", 1)).await;
    assert!(refused.text().contains("ORDERPAID"));
}

#[tokio::test]
async fn a_closed_or_expired_order_gives_no_code_any_more() {
    let world = World::new().await;
    assert_eq!(close(&world, 1).await, Ok(CloseAnswer::NotExist));
    world.open("wechat", &world.to_pay("wechat", 1)).await;
    assert_eq!(close(&world, 1).await, Ok(CloseAnswer::Closed));
    assert_eq!(world.query("wechat", 1).await, Ok(TradeState::Closed));
    assert!(world.open("wechat", &world.to_pay("wechat", 1)).await.text().contains("ORDER_CLOSED"));
    world.press("wechat", 3, "pay").await;
    assert_eq!(close(&world, 3).await, Ok(CloseAnswer::AskAgain));
    world.open("wechat", &world.to_pay("wechat", 2)).await;
    world.advance(SignedDuration::from_hours(3).as_secs());
    assert_eq!(world.query("wechat", 2).await, Ok(TradeState::Closed));
}

#[tokio::test]
async fn a_refund_is_being_made_then_done_and_a_repeat_is_the_same_one() {
    let world = World::new().await;
    world.press("wechat", 1, "pay").await;
    world.sandbox.tick().await;
    world.arrived();
    let refund = refund_of(1, "R1", 1);
    assert_eq!(world.find_refund("wechat", &refund).await, Ok(RefundState::NotExist));
    assert_eq!(world.refund("wechat", &refund).await, Ok(RefundState::Pending));
    for state in [world.find_refund("wechat", &refund).await, world.refund("wechat", &refund).await] {
        assert!(matches!(state, Ok(RefundState::Done { amount_fen: 1, .. })), "{state:?}");
    }
    world.sandbox.tick().await;
    let told = world.arrived().remove(0).unwrap().remove(0);
    let one = Outcome::OneRefund { refund_number: "R1".to_owned(), amount_fen: 1, is_done: true };
    assert_eq!((told.outcome, told.amount_fen), (one, 3));
    let too_much = refund_of(1, "R2", 3);
    assert!(matches!(world.refund("wechat", &too_much).await, Ok(RefundState::Refused { .. })));
    assert_eq!(world.query("wechat", 1).await, Ok(TradeState::Closed), "a partial refund turns the state");
}

#[tokio::test]
async fn a_request_that_is_not_signed_by_the_merchant_is_refused() {
    let world = World::new().await;
    let mut request = world.wechat.query_request(&order(1), start()).unwrap();
    request.headers.retain(|(name, _)| *name != "authorization");
    let answer = call(world.sandbox.wechat(), request).await;
    assert_eq!(answer.status, 401);
    assert!(world.wechat.parse_query(&order(1), answer.reply()).is_err());
}

#[tokio::test]
async fn wechat_climbs_its_ladder_until_it_is_answered_with_a_success() {
    let world = World::new().await;
    world.inbox.lock().unwrap().refuse = true;
    world.press("wechat", 1, "pay").await;
    assert_eq!(world.sandbox.tick().await, 1);
    for seconds in [15, 15, 30, 180] {
        world.advance(seconds - 1);
        assert_eq!(world.sandbox.tick().await, 0, "{seconds} seconds are not over");
        world.advance(1);
        assert_eq!(world.sandbox.tick().await, 1, "after {seconds} seconds");
    }
    world.inbox.lock().unwrap().refuse = false;
    world.advance(600);
    assert_eq!(world.sandbox.tick().await, 1);
    world.advance(100_000);
    assert_eq!(world.sandbox.tick().await, 0);
}
