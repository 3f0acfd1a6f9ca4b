//! Each invariant of money is violated by hand once, and the violation is found.

use super::world::*;
use crate::on_both;

/// One candidate has paid two entries, another one's money is refunded in part.
async fn honest(t: crate::store::testing::TestDb) -> PaymentWorld {
    let m = PaymentWorld::open(t, 9).await;
    let (one, two) = (m.world.candidate(1).await, m.world.candidate(2).await);
    m.world.enter(one, "1;2").await.unwrap();
    m.world.enter(two, "1;2").await.unwrap();
    let order = m.opened(one, "alipay").await;
    m.pays_and_tells(&order).await;
    let order = m.opened(two, "alipay").await;
    m.world
        .sql("UPDATE entry SET locked_by = 7, order_id = NULL WHERE subject = '2' AND state = 'held'")
        .await;
    m.pays_and_tells(&order).await;
    assert_eq!(m.refunds().await, ["locked"]);
    m.assert_all_agrees().await;
    m
}

on_both! {
    /// I3.
    async fn money_that_is_not_divided_is_found(t: TestDb) {
        let m = honest(t).await;
        m.world.sql("UPDATE refund SET amount = 5").await;
        assert_eq!(m.broken().await, ["I3"]);
    }

    /// I4.
    async fn a_paid_entry_without_money_is_found(t: TestDb) {
        let m = honest(t).await;
        m.world.sql("UPDATE entry SET state = 'paid', paid_at = 1, locked_by = NULL WHERE state = 'held'").await;
        assert_eq!(m.broken().await, ["I4"]);
    }

    /// I4.
    async fn an_unpaid_entry_with_money_is_found(t: TestDb) {
        let m = honest(t).await;
        m.world.sql("UPDATE entry SET state = 'held', paid_at = NULL WHERE state = 'paid'").await;
        assert_eq!(m.broken().await, ["I4"]);
    }

    /// I4.
    async fn a_paid_order_without_money_is_found(t: TestDb) {
        let m = honest(t).await;
        let who = m.world.candidate(3).await;
        m.world.enter(who, "1").await.unwrap();
        m.opened(who, "alipay").await;
        m.world.sql("UPDATE payment_order SET state = 'paid', settled_at = 1 WHERE state = 'open'").await;
        assert_eq!(m.broken().await, ["I4"]);
    }

    /// I10.
    async fn an_order_of_another_sum_is_found(t: TestDb) {
        let m = honest(t).await;
        let who = m.world.candidate(3).await;
        m.world.enter(who, "1").await.unwrap();
        m.opened(who, "alipay").await;
        m.world.sql("UPDATE payment_order SET amount = 3 WHERE state = 'open'").await;
        assert_eq!(m.broken().await, ["I10"]);
    }

    /// I11.
    async fn a_trade_that_was_booked_twice_is_found(t: TestDb) {
        let m = honest(t).await;
        m.world.sql("DROP INDEX receipt_trade").await;
        m.world.sql("UPDATE receipt SET trade_no = 'same'").await;
        assert_eq!(m.broken().await, ["I11"]);
    }
}
