use gateway::{Outcome, WireError};

use crate::world::*;

/// Order numbers and outcomes of the received notifications, one list per POST.
fn told(world: &World) -> Vec<Vec<(u64, Outcome)>> {
    let notices = world.arrived().into_iter().map(|notices| notices.unwrap());
    notices
        .map(|notices| {
            let serial = |number: &str| number[5..].parse().unwrap();
            notices.into_iter().map(|notice| (serial(notice.order_number.as_str()), notice.outcome)).collect()
        })
        .collect()
}

#[tokio::test]
async fn a_payment_is_told_once_when_it_is_acknowledged() {
    let world = World::new().await;
    for name in ["alipay", "payease"] {
        world.press(name, 1, "pay").await;
        assert_eq!(world.sandbox.tick().await, 1);
        let arrived = world.arrived().remove(0).unwrap();
        assert_eq!((arrived[0].amount_fen, arrived[0].proven), (3, true));
        world.advance(100_000);
        assert_eq!(world.sandbox.tick().await, 0);
    }
}

#[tokio::test]
async fn alipay_climbs_its_ladder_until_it_reads_success() {
    let world = World::new().await;
    world.inbox.lock().unwrap().refuse = true;
    world.press("alipay", 1, "pay").await;
    assert_eq!(world.sandbox.tick().await, 1);
    for minutes in [4, 10, 10, 60, 120, 360, 900] {
        world.advance(minutes * 60 - 1);
        assert_eq!(world.sandbox.tick().await, 0, "{minutes} minutes are not over");
        world.advance(1);
        assert_eq!(world.sandbox.tick().await, 1, "after {minutes} minutes");
    }
    world.advance(1_000_000);
    assert_eq!(world.sandbox.tick().await, 0, "eight tries and no more");
    assert_eq!(told(&world).len(), 8);
}

#[tokio::test]
async fn payease_sends_an_unacknowledged_order_along_with_the_next_one() {
    let world = World::new().await;
    world.inbox.lock().unwrap().refuse = true;
    world.press("payease", 1, "pay").await;
    world.sandbox.tick().await;
    world.inbox.lock().unwrap().refuse = false;
    world.press("payease", 2, "decline").await;
    world.sandbox.tick().await;
    let told = told(&world);
    assert_eq!(told, [vec![(1, Outcome::Paid)], vec![(2, Outcome::Declined), (1, Outcome::Paid)],]);
    world.advance(3_600);
    assert_eq!(world.sandbox.tick().await, 0);
}

#[tokio::test]
async fn payease_tries_again_after_a_minute_without_another_order() {
    let world = World::new().await;
    world.inbox.lock().unwrap().refuse = true;
    world.press("payease", 1, "pay").await;
    world.sandbox.tick().await;
    world.advance(59);
    assert_eq!(world.sandbox.tick().await, 0);
    world.advance(1);
    assert_eq!(world.sandbox.tick().await, 1);
}

#[tokio::test]
async fn payease_puts_at_most_four_orders_into_one_notice() {
    let world = World::new().await;
    for serial in 0..5 {
        world.press("payease", serial, "pay").await;
    }
    assert_eq!(world.sandbox.tick().await, 2);
    let mut sizes: Vec<usize> = told(&world).iter().map(Vec::len).collect();
    sizes.sort_unstable();
    assert_eq!(sizes, [1, 4]);
}

#[tokio::test]
async fn a_partial_alipay_refund_is_told_as_success_again_and_a_full_one_not_at_all() {
    let world = World::new().await;
    world.press("alipay", 1, "pay").await;
    world.sandbox.tick().await;
    world.refund("alipay", &refund_of(1, "R1", 1)).await.unwrap();
    world.sandbox.tick().await;
    world.refund("alipay", &refund_of(1, "R2", 2)).await.unwrap();
    world.sandbox.tick().await;
    let refunded = Outcome::Refunded { total_fen: 1, refund_number: Some("R1".to_owned()) };
    assert_eq!(told(&world), [vec![(1, Outcome::Paid)], vec![(1, refunded)]]);
}

#[tokio::test]
async fn a_merchant_that_cannot_be_reached_is_tried_again() {
    let world = World::new().await;
    let mut order = world.to_pay("alipay", 1);
    order.notify_url = "http://127.0.0.1:1/notify".to_owned();
    let opened = world.open("alipay", &order).await;
    send(world.sandbox.alipay(), "POST", &opened.location, b"outcome=pay".to_vec()).await;
    assert_eq!(world.sandbox.tick().await, 1);
    world.advance(240);
    assert_eq!(world.sandbox.tick().await, 1);
}

#[tokio::test]
async fn what_arrives_altered_is_not_read() {
    let world = World::new().await;
    world.press("alipay", 1, "pay").await;
    world.sandbox.tick().await;
    let (_, mut body) = world.inbox.lock().unwrap().bodies.remove(0);
    body.extend_from_slice(b"&x=1");
    assert_eq!(
        world.gateway("alipay").0.parse_notice(gateway::HttpNotice::plain(&body)),
        Err(WireError::BadSignature("sign"))
    );
}

#[tokio::test]
async fn run_sends_by_itself() {
    let world = World::new().await;
    world.press("alipay", 1, "pay").await;
    let sandbox = world.sandbox.clone();
    let running = tokio::spawn(async move { sandbox.run().await });
    let mut arrived = 0;
    for _ in 0..1_000 {
        arrived = world.inbox.lock().unwrap().bodies.len();
        if arrived > 0 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    running.abort();
    assert_eq!(arrived, 1);
}
