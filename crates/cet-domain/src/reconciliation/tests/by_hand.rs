//! Refunds that finance paid outside the system: no bill has them.

use gateway::bill::{BillKind, BillRow};

use super::days::{classes, pays};
use super::*;
use crate::on_both;

on_both! {
    /// Y5.
    async fn a_refund_paid_by_hand_is_expected_in_no_bill_and_went_back_twice_if_one_has_it(t: TestDb) {
        let w = PaymentWorld::open(t, 20).await;
        let row = pays(&w, 1, "alipay").await;
        w.world
            .sql(
                "INSERT INTO refund (school, id, order_id, receipt_id, amount, reason, request_no, state, due_at, done_at, try_at,
                                     tries, sent_at, settled_by, note)
                 SELECT school, 9, order_id, id, amount, 'surplus', 'R993019', 'by-hand', received_at, received_at, NULL, 1,
                        received_at, 'finance', 'bank slip 7'
                   FROM receipt",
            )
            .await;
        w.world.sql("DELETE FROM receipt_line").await;
        let of = Of { gateway: gateway::alipay::CODE, day: tomorrow(&w) };
        assert_eq!(compared(&w, of, std::slice::from_ref(&row)).await, []);
        let figures = day(&w, of).await;
        assert_eq!((figures.our_payments, figures.our_refunds, figures.our_refunded.get()), (1, 0, 0));
        let back = BillRow { kind: BillKind::Refund, reference: "R993019".to_owned(), ..row.clone() };
        assert_eq!(classes(&compared(&w, of, &[row, back]).await), [("refund-extra", "open")]);
        let id = differences(&w, of).await[0].id;
        assert_eq!(decides(&w, of, id, Decision::Booked, "").await, Err(Refusal::NotConfirmed));
    }
}
