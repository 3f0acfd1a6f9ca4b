use gateway::{Outcome, RefundState, TradeState, WireError};
use gateway_sandbox::{ApiBehaviour, Behaviour, Falsify};

use crate::world::*;

#[test]
fn by_default_the_gateways_are_honest_and_a_row_may_be_empty() {
    let behaviour: Behaviour = serde_json::from_str("{}").unwrap();
    assert_eq!(behaviour, Behaviour::default());
    let told: Behaviour =
        serde_json::from_str("{\"cashier\":\"pay\",\"falsify\":\"amount\",\"api\":\"slow\"}").unwrap();
    assert_eq!((told.falsify, told.api), (Falsify::Amount, ApiBehaviour::Slow));
    assert!(serde_json::from_str::<Behaviour>("{\"chashier\":\"pay\"}").is_err());
}

#[tokio::test]
async fn a_delayed_notice_comes_late() {
    let world = World::new().await;
    world.behave(|behaviour| behaviour.notice_delay_seconds = 90);
    world.press("alipay", 1, "pay").await;
    world.advance(89);
    assert_eq!(world.sandbox.tick().await, 0);
    world.advance(1);
    assert_eq!(world.sandbox.tick().await, 1);
}

#[tokio::test]
async fn a_dropped_notice_never_comes_though_the_query_tells() {
    let world = World::new().await;
    world.behave(|behaviour| behaviour.drop_notices = true);
    for name in ["alipay", "payease"] {
        world.press(name, 1, "pay").await;
        assert!(matches!(world.query(name, 1).await, Ok(TradeState::Paid { .. })));
    }
    world.behave(|behaviour| behaviour.drop_notices = false);
    world.advance(100_000);
    assert_eq!(world.sandbox.tick().await, 0);
}

#[tokio::test]
async fn a_repeated_notice_comes_several_times_though_it_was_acknowledged() {
    let world = World::new().await;
    world.behave(|behaviour| behaviour.extra_copies = 4);
    for name in ["alipay", "payease"] {
        world.press(name, 1, "pay").await;
        world.sandbox.tick().await;
        assert_eq!(world.arrived().len(), 5, "{name}");
    }
}

#[tokio::test]
async fn a_reordered_notice_comes_after_the_next_one() {
    let world = World::new().await;
    world.behave(|behaviour| behaviour.reorder_notices = true);
    for serial in [1, 2] {
        world.press("alipay", serial, "pay").await;
    }
    world.sandbox.tick().await;
    world.advance(20);
    world.sandbox.tick().await;
    let numbers: Vec<_> =
        world.arrived().into_iter().map(|notices| notices.unwrap().remove(0).order_number).collect();
    assert_eq!(numbers, [order(2).number, order(1).number]);
}

#[tokio::test]
async fn falsified_notices_are_recognised_or_differ_from_the_order() {
    for name in ["alipay", "payease"] {
        let world = World::new().await;
        let mut serial = 0;
        for falsify in [Falsify::Signature, Falsify::Amount, Falsify::Merchant, Falsify::Order] {
            serial += 10;
            world.behave(|behaviour| behaviour.falsify = falsify);
            world.press(name, serial, "pay").await;
            world.sandbox.tick().await;
            let read = world.arrived().remove(0);
            match falsify {
                Falsify::Nothing => {}
                Falsify::Signature => assert!(matches!(read, Err(WireError::BadSignature(_)))),
                Falsify::Merchant => assert_eq!(read, Err(WireError::WrongMerchant)),
                Falsify::Amount => assert_eq!(read.unwrap()[0].amount_fen, 4),
                Falsify::Order => {
                    let notice = read.unwrap().remove(0);
                    assert_eq!(
                        (notice.order_number, notice.outcome),
                        (order(serial + 1).number, Outcome::Paid)
                    );
                }
            }
        }
    }
}

#[tokio::test]
async fn a_failing_api_answers_503_and_does_nothing() {
    let world = World::new().await;
    for name in ["alipay", "payease"] {
        world.press(name, 1, "pay").await;
        world.behave(|behaviour| behaviour.api = ApiBehaviour::Failing);
        assert_eq!(world.query(name, 1).await, Err(WireError::HttpStatus(503)));
        assert_eq!(world.refund(name, &refund_of(1, "R1", 1)).await, Err(WireError::HttpStatus(503)));
        world.behave(|behaviour| behaviour.api = ApiBehaviour::Normal);
        assert_eq!(world.find_refund(name, &refund_of(1, "R1", 1)).await, Ok(RefundState::NotExist));
    }
}

#[tokio::test]
async fn a_lost_answer_leaves_a_refund_that_only_the_query_finds() {
    let world = World::new().await;
    for name in ["alipay", "payease"] {
        world.press(name, 1, "pay").await;
        world.behave(|behaviour| behaviour.api = ApiBehaviour::AnswerLost);
        assert_eq!(world.refund(name, &refund_of(1, "R1", 1)).await, Err(WireError::HttpStatus(503)));
        world.behave(|behaviour| behaviour.api = ApiBehaviour::Normal);
        assert!(matches!(
            world.find_refund(name, &refund_of(1, "R1", 1)).await,
            Ok(RefundState::Done { .. })
        ));
    }
}

#[tokio::test]
async fn a_slow_api_outlasts_any_client() {
    let world = World::new().await;
    world.open("alipay", &world.to_pay("alipay", 1)).await;
    world.behave(|behaviour| behaviour.api = ApiBehaviour::Slow);
    tokio::time::pause();
    let before = tokio::time::Instant::now();
    assert_eq!(world.query("alipay", 1).await, Err(WireError::HttpStatus(503)));
    assert!(before.elapsed() >= std::time::Duration::from_secs(30));
}

#[tokio::test]
async fn a_closed_trade_can_be_paid_late_when_that_is_allowed() {
    use gateway::Gateway as _;
    let world = World::new().await;
    world.open("alipay", &world.to_pay("alipay", 1)).await;
    let request = world.alipay.close_request(&order(1), start()).unwrap().unwrap();
    call(world.sandbox.alipay(), request).await;
    world.behave(|behaviour| behaviour.late_payment = true);
    assert_eq!(world.press("alipay", 1, "pay").await.status, 303);
    world.sandbox.tick().await;
    assert_eq!(world.arrived().remove(0).unwrap()[0].outcome, Outcome::Paid);
}
