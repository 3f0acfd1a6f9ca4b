//! What the second person of a refund is shown.

use gateway::bill::BillRow;

use super::*;
use crate::on_both;
use crate::payment::refund_request::Of as RefundOf;
use crate::payment::tests::requests::{approved, asked, wanted};
use crate::reconciliation::store::Checks;

async fn checks(w: &PaymentWorld, request: i64) -> Checks {
    let read: Result<Checks, DbError> =
        w.world.t.db.read(async move |tx: &mut Tx<'_>| store::checks(tx, request).await).await;
    read.unwrap()
}

/// A paid order of two subjects, and a request for all of it.
async fn requested(w: &PaymentWorld) -> (BillRow, i64) {
    w.finance(&["one", "two"]).await;
    let who = w.world.candidate(1).await;
    w.world.enter(who, "1;2").await.unwrap();
    let order = w.opened(who, "alipay").await;
    w.pays_and_tells(&order).await;
    let request = asked(w, "one", wanted(RefundOf::Order(order.number.clone()), &[])).await.unwrap();
    (paid(w, &order, now(w)), request)
}

on_both! {
    /// Y5.
    async fn the_second_person_sees_whether_the_bill_has_the_money_yet(t: TestDb) {
        let w = PaymentWorld::open(t, 20).await;
        let (row, request) = requested(&w).await;
        assert_eq!(checks(&w, request).await, Checks { without_bill: 2, ..Checks::default() });
        let of = Of { gateway: gateway::alipay::CODE, day: tomorrow(&w) };
        compared(&w, of, &[]).await;
        assert_eq!(checks(&w, request).await, Checks { unbilled: 2, ..Checks::default() });
        compared(&w, of, &[row]).await;
        assert_eq!(checks(&w, request).await, Checks::default());
        assert_eq!(checks(&w, request + 1).await, Checks::default(), "of nothing");
        approved(&w, "two", request).await.unwrap();
        assert_eq!(checks(&w, request).await, Checks::default(), "its own refund is not counted against it");
    }

    /// Y5.
    async fn the_second_person_sees_what_exceeds_the_payment_or_was_never_paid(t: TestDb) {
        let w = PaymentWorld::open(t, 20).await;
        let (row, request) = requested(&w).await;
        let of = Of { gateway: gateway::alipay::CODE, day: tomorrow(&w) };
        compared(&w, of, &[row]).await;
        w.world.sql("UPDATE refund_request_line SET amount = 2 WHERE entry_id = (SELECT MIN(id) FROM entry)").await;
        assert_eq!(checks(&w, request).await, Checks { over: 1, ..Checks::default() });
        w.world.sql("UPDATE payment_order SET state = 'closed', closed_for = 'deadline'").await;
        assert_eq!(checks(&w, request).await, Checks { unpaid: 2, over: 1, ..Checks::default() });
        w.world.sql("UPDATE refund_request_line SET state = 'left'").await;
        assert_eq!(checks(&w, request).await, Checks::default(), "what was left goes nowhere");
    }
}
