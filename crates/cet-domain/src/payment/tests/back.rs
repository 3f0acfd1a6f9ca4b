//! Coming back from a gateway (Y3).

use jiff::SignedDuration;

use super::world::*;
use crate::on_both;
use crate::payment::jobs::ask_due;
use crate::payment::rules::asking::AFTER_RETURN;
use crate::payment::verbs::came_back;
use crate::store::testing::NOON;
use crate::words::time::Time;

fn seconds(n: i64) -> Time {
    NOON.plus(SignedDuration::from_secs(n))
}

on_both! {
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
        came_back(&m.shop, who).await.unwrap();
        assert_eq!(known().await, (Some(NOON), Some(NOON)), "asked at once");
        m.bank.set(&m.wire_number(&order), order.amount.get(), TradeIs::Waiting);
        while ask_due(&m.shop).await.unwrap() > 0 {}
        m.world.sql("UPDATE payment_order SET answer = NULL, answered_at = NULL").await;
        let asked = known().await;
        assert!(asked.1 > Some(NOON), "the next question has its time: {asked:?}");
        for n in 1..60 {
            m.world.t.clock.set(seconds(n));
            came_back(&m.shop, who).await.unwrap();
            assert_eq!(known().await, asked, "second {n}");
        }
        // Once the minute is over it is another return, and so it is once the gateway has answered.
        let over = NOON.plus(AFTER_RETURN);
        m.world.t.clock.set(over);
        came_back(&m.shop, who).await.unwrap();
        assert_eq!(known().await, (Some(over), Some(over)));
        m.world.t.clock.set(seconds(65));
        m.world.sql("UPDATE payment_order SET answer = 'silence', answered_at = returned_at + 1").await;
        came_back(&m.shop, who).await.unwrap();
        assert_eq!(known().await, (Some(over), Some(over)), "silence is no answer");
        m.world.sql("UPDATE payment_order SET answer = 'missing'").await;
        came_back(&m.shop, who).await.unwrap();
        assert_eq!(known().await, (Some(seconds(65)), Some(seconds(65))));
    }
}
