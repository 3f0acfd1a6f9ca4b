//! Refunds of the gateway's own console, which the books and its bill number each for itself.

use gateway::bill::{BillKind, BillRow};

use super::days::classes;
use super::*;
use crate::on_both;
use crate::payment::tests::world::alipay_notice;
use crate::payment::verbs::{SettleRefusal, SettledAs, Settlement, settle_suspense};
use crate::words::codes::SchoolCode;
use crate::words::staff::{By as Finance, Scope};

async fn paid_and_refunded(w: &PaymentWorld) -> (Order, Vec<BillRow>) {
    w.world.passport(1, "zh").await;
    let who = w.world.candidate(1).await;
    w.world.enter(who, "1").await.unwrap();
    let order = w.opened(who, "alipay").await;
    w.pays_and_tells(&order).await;
    let row = paid(w, &order, now(w));
    let told = [("refund_fee", "0.01"), ("gmt_refund", "2017-09-20 12:30:00"), ("out_biz_no", "console")];
    assert_eq!(w.notify(&alipay_notice(&order, "TRADE_SUCCESS", &told)).await, "success");
    let back =
        BillRow { kind: BillKind::Refund, reference: "console-1".to_owned(), amount_fen: 1, ..row.clone() };
    (order, vec![row, back])
}

/// Finance settles it as a refund.
async fn settles(w: &PaymentWorld) {
    let catalogue = std::sync::Arc::clone(&w.world.catalogue);
    let done: Result<(), Stop<SettleRefusal>> = w
        .world
        .t
        .db
        .write(async move |tx: &mut Tx<'_>| {
            let key: (SchoolCode, i64) = tx.query_one("SELECT school, id FROM suspense", &[]).await?;
            let by = Finance {
                account: "third".to_owned(),
                person: "third".to_owned(),
                scope: Scope::nation(),
                address: String::new(),
            };
            let wanted = Settlement { settled: SettledAs::Refund, sum: None, note: "console".to_owned() };
            settle_suspense(tx, &catalogue, by, key, wanted).await
        })
        .await;
    assert!(done.is_ok());
}

on_both! {
    /// Y5: what is booked on the day of the bill is found in it, by trade and sum.
    async fn a_booked_refund_of_the_console_is_matched_by_the_bill_of_its_day(t: TestDb) {
        let w = PaymentWorld::open(t, 20).await;
        let (_, rows) = paid_and_refunded(&w).await;
        settles(&w).await;
        let of = Of { gateway: gateway::alipay::CODE, day: tomorrow(&w) };
        assert_eq!(compared(&w, of, &rows).await, []);
        let figures = day(&w, of).await;
        assert_eq!((figures.matched, figures.our_refunds, figures.our_refunded.get()), (2, 1, 1));
        // Twice is one too many.
        let again = BillRow { reference: "console-2".to_owned(), ..rows[1].clone() };
        let found = compared(&w, of, &[rows[0].clone(), rows[1].clone(), again]).await;
        assert_eq!(classes(&found), [("refund-extra", "open")]);
    }

    /// Y5: settled after the bill was compared, 补记账 finds it, and the day on which it was booked does not miss it.
    async fn one_that_is_settled_later_resolves_the_difference_of_its_bill(t: TestDb) {
        let w = PaymentWorld::open(t, 20).await;
        w.finance(&["first", "second", "third"]).await;
        let (_, rows) = paid_and_refunded(&w).await;
        let of = Of { gateway: gateway::alipay::CODE, day: tomorrow(&w) };
        assert_eq!(classes(&compared(&w, of, &rows).await), [("refund-extra", "open")]);
        let id = differences(&w, of).await[0].id;
        assert_eq!(decides(&w, of, id, Decision::Booked, "").await, Err(Refusal::NotConfirmed), "nobody settled it");
        settles(&w).await;
        assert_eq!(decides(&w, of, id, Decision::Booked, "").await, Ok(()));
        assert_eq!(signs(&w, of, "second").await, Ok(()));
        let next = Of { day: tomorrow(&w), ..of };
        assert_eq!(compared(&w, next, &[]).await, [], "booked today, in the bill of yesterday");
        assert_eq!(day(&w, next).await.our_refunded.get(), 1);
        w.assert_all_agrees().await;
    }
}
