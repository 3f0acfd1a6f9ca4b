//! A refund that somebody made in the gateway's own console, on the pages of finance.

use super::finance::{NUMBER, sql, world};
use super::world::member;
use cet_base::on_both;

/// The surplus has gone back, and the gateway tells of a refund of all that the subject cost.
const TOLD: [&str; 2] = [
    "UPDATE refund SET state = 'done', done_at = 3, stopped_at = NULL",
    "UPDATE suspense SET reason = 'refunded', amount = (SELECT MAX(fee) FROM entry)",
];

on_both! {
    /// Y9: what an order's page says of its money is what the bank says.
    async fn the_page_of_an_order_has_what_went_back_in_the_console_once_it_is_settled(t: TestDb) {
        let (app, _) = world(t).await;
        sql(&app, &TOLD).await;
        let mut finance = member(&app, "finance").await;
        let order = format!("/staff/orders/{NUMBER}");
        assert!(finance.get(&order).await.text.contains("有待查款项"));
        let fields = [("as", "refund"), ("note", "后台查到")];
        assert_eq!(finance.post("/staff/suspense/99301-9/resolution", &fields).await.status, 303);
        let shown = finance.get(&order).await.text;
        assert!(shown.contains("钱和考位一致") && shown.contains("在支付平台后台退回"), "{shown}");
        assert!(shown.contains("用于科目 ¥0.00"), "{shown}");
        let new = finance.get(&format!("/staff/refunds/new?order={NUMBER}")).await.text;
        assert!(new.contains("已经全部退回"), "{new}");
    }

    /// Nothing was booked: the page does not say that all is well.
    async fn one_that_was_settled_as_something_else_is_told(t: TestDb) {
        let (app, _) = world(t).await;
        sql(&app, &TOLD).await;
        let mut finance = member(&app, "finance").await;
        let fields = [("as", "explained"), ("note", "渠道误报")];
        assert_eq!(finance.post("/staff/suspense/99301-9/resolution", &fields).await.status, 303);
        let shown = finance.get(&format!("/staff/orders/{NUMBER}")).await.text;
        assert!(shown.contains("没有记账") && !shown.contains("钱和考位一致"), "{shown}");
    }

    /// 首信易支付 tells no sum.
    async fn a_sum_that_can_not_be_read_is_refused_at_its_field_and_a_missing_one_is_asked_for(t: TestDb) {
        let (app, _) = world(t).await;
        sql(&app, &TOLD).await;
        sql(&app, &["UPDATE suspense SET amount = 0"]).await;
        let mut finance = member(&app, "finance").await;
        let at = "/staff/suspense/99301-9/resolution";
        for (amount, code) in [("", "field-invalid"), ("x", "field-invalid"), ("0.001", "field-invalid"), ("9999.00", "field-invalid")] {
            let fields = [("as", "refund"), ("note", "后台查到"), ("amount", amount)];
            let answer = finance.post(at, &fields).await;
            assert_eq!((answer.status.as_u16(), answer.codes()), (422, vec![code]), "{amount}");
            assert!(answer.text.contains("name=\"amount\""), "{amount}");
        }
        let fields = [("as", "refund"), ("note", "后台查到"), ("amount", "0.01")];
        assert_eq!(finance.post(at, &fields).await.status, 303);
    }
}
