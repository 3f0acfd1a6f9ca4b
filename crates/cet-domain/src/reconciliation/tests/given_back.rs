//! The day of a payment of which two people send something back later.

use super::*;
use crate::on_both;
use crate::payment::refund_request::Of as RefundOf;
use crate::payment::tests::requests::{approved, asked, wanted};
use crate::words::ids::EntryId;

on_both! {
    /// I3: what goes back of a line was used for it before, and is not divided twice.
    async fn what_two_people_send_back_makes_no_difference_of_the_day_that_it_was_paid_on(t: TestDb) {
        let w = PaymentWorld::open(t, 20).await;
        w.finance(&["one", "two"]).await;
        let mut rows = Vec::new();
        let mut orders = Vec::new();
        for n in 1..=3 {
            let who = w.world.candidate(n).await;
            w.world.enter(who, "1").await.unwrap();
            let order = w.opened(who, "alipay").await;
            w.pays_and_tells(&order).await;
            rows.push(BillRow { amount_fen: 3, ..paid(&w, &order, now(&w)) });
            orders.push(order);
        }
        for sql in [
            "UPDATE entry SET fee = 3",
            "UPDATE order_line SET amount = 3",
            "UPDATE payment_order SET amount = 3",
            "UPDATE receipt SET amount = 3",
            "UPDATE receipt_line SET amount = 3",
        ] {
            w.world.sql(sql).await;
        }
        let of = Of { gateway: gateway::alipay::CODE, day: tomorrow(&w) };
        for (order, part) in orders.iter().zip([None, Some(1), Some(2)]) {
            let id = order.id;
            let entry: Result<(EntryId,), DbError> = w
                .world
                .t
                .db
                .read(async move |tx: &mut Tx<'_>| {
                    tx.query_one("SELECT entry_id FROM order_line WHERE order_id = $1", crate::params![id]).await
                })
                .await;
            let lines = [(entry.unwrap().0, part)];
            let request = asked(&w, "one", wanted(RefundOf::Order(order.number.clone()), &lines)).await.unwrap();
            approved(&w, "two", request).await.unwrap();
        }
        assert_eq!(w.world.count("SELECT COUNT(*) FROM refund_line").await, 3, "full, and in part");
        // One of them is paid outside the system.
        w.world
            .sql(
                "UPDATE refund
                    SET state = 'by-hand', done_at = due_at, try_at = NULL, sent_at = due_at, settled_by = 'two', note = 'slip'
                  WHERE amount = 2",
            )
            .await;
        assert_eq!(compared(&w, of, &rows).await, [], "full and due, in part and due, in part by hand");
        assert_eq!(day(&w, of).await.matched, 3);
    }
}
