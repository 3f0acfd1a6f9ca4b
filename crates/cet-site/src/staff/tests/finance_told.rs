//! What the pages of finance tell of money: what is done apart from what is not, and no more than can be done.

use super::finance::{NUMBER, asked, line, refused, sql, world};
use super::world::{member, twice};
use crate::testing::TestApp;
use cet_base::on_both;
use cet_base::store::{DbError, Tx};
use cet_base::words::fen::FenSum;

/// The fee of the only entry, which both receipts of the order and its refund have too.
async fn fee(app: &TestApp) -> i64 {
    let read: Result<(i64,), DbError> =
        app.t.db.read(async |tx: &mut Tx<'_>| tx.query_one("SELECT fee FROM entry", &[]).await).await;
    read.unwrap().0
}

fn yuan(fen: i64) -> String {
    FenSum::new(fen).unwrap().to_string()
}

/// These fields as the form's own button sends them, which only asks for the effect.
fn previewing<'a>(fields: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    [fields, &[("preview", "yes")]].concat()
}

on_both! {
    /// Y5.
    async fn an_order_says_what_a_daily_bill_says_of_it_until_that_is_explained(t: TestDb) {
        let (app, _) = world(t).await;
        sql(&app, &[
            "DELETE FROM suspense",
            "UPDATE refund SET state = 'done', done_at = 5, stopped_at = NULL",
            "INSERT INTO reconciliation_difference
                (id, gateway, day, class, order_number, trade_no, reference, ours, theirs, done_at, state, resolved_as, owner, note,
                 found_at, changed_at)
             VALUES (1, 'alipay', '2017-09-19', 'refund-extra', '99301000000000000005', '2017092021001004330200418866', 'K1', NULL,
                     1, 3, 'open', '', '', '', 3, 3)",
        ]).await;
        let mut finance = member(&app, "finance").await;
        let order = format!("/staff/orders/{NUMBER}");
        for state in [
            "UPDATE reconciliation_difference SET state = 'open'",
            "UPDATE reconciliation_difference SET state = 'next-day'",
            "UPDATE reconciliation_difference SET state = 'follow'",
        ] {
            sql(&app, &[state]).await;
            let shown = finance.get(&order).await.text;
            for words in ["对账有差异没有解决", "多出的退款", ">0.01<", "href=\"/staff/reconciliation/alipay/2017-09-19\""] {
                assert!(shown.contains(words), "{state} {words}: {shown}");
            }
            assert!(!shown.contains("钱和考位一致"), "{state}: {shown}");
        }
        for over in [
            "UPDATE reconciliation_difference SET state = 'resolved', resolved_as = 'explained'",
            "UPDATE reconciliation_difference SET state = 'gone', resolved_as = ''",
            "UPDATE reconciliation_difference SET state = 'open', order_number = '99301000000000000006'",
        ] {
            sql(&app, &[over]).await;
            let shown = finance.get(&order).await.text;
            assert!(shown.contains("钱和考位一致") && !shown.contains("多出的退款"), "{over}: {shown}");
        }
    }

    async fn an_order_tells_what_went_back_apart_from_what_did_not(t: TestDb) {
        let (app, _) = world(t).await;
        let fee = fee(&app).await;
        let (one, both) = (yuan(fee), yuan(fee * 2));
        let mut finance = member(&app, "finance").await;
        for (change, back, apart) in [
            ("UPDATE refund SET state = 'refused'", "0.00", format!("另有 ¥{one} 被支付平台拒绝。")),
            ("UPDATE refund SET state = 'unknown'", "0.00", format!("另有 ¥{one} 没有查明是否退成。")),
            ("UPDATE refund SET state = 'due', stopped_at = NULL, try_at = 9", "0.00", format!("另有 ¥{one} 正在退。")),
            ("UPDATE refund SET state = 'done', done_at = 5, try_at = NULL", &*one, "<".to_owned()),
            (
                "UPDATE refund SET state = 'by-hand', settled_by = 'finance', note = '7'",
                &*one,
                format!("其中 ¥{one} 在系统外办理。"),
            ),
        ] {
            sql(&app, &[change]).await;
            let shown = finance.get(&format!("/staff/orders/{NUMBER}")).await.text;
            let told = format!("收到 ¥{both}，用于科目 ¥{one}，退款 ¥{back}。{apart}");
            assert!(shown.contains(&told), "{change}: {told}: {shown}");
        }
    }

    /// Y5.
    async fn a_request_whose_money_went_back_meanwhile_says_so_and_is_not_offered_for_approval(t: TestDb) {
        let (app, _) = world(t).await;
        let fee = yuan(fee(&app).await);
        let (mut first, mut second) = (member(&app, "finance-2").await, member(&app, "finance").await);
        let done = asked(&mut first).await;
        let fields = [("order", NUMBER), ("reason", "第 8 号来信"), ("kind", "mistaken")];
        let waits = second.post("/staff/refunds/new", &fields).await.location().to_owned();
        let (cells, approval) = (|back: &str| format!("<td class=\"r\">{fee}</td><td class=\"r\">{back}</td>"), format!("{waits}/approval"));
        let before = first.get(&waits).await.text;
        assert!(before.contains(&cells("0.00")) && before.contains(&approval), "{before}");
        assert_eq!(second.post(&format!("{done}/approval"), &[]).await.status, 303);
        for browser in [&mut first, &mut second] {
            let shown = browser.get(&waits).await.text;
            assert!(shown.contains(&cells(&fee)) && shown.contains("不能同意"), "{shown}");
            assert!(!shown.contains(&approval) && shown.contains(&format!("{waits}/refusal")), "{shown}");
        }
        assert_eq!(refused(&first.post(&approval, &[]).await), (409, vec!["changed-meanwhile"]));
        // What was decided keeps what it was decided about.
        let decided = first.get(&done).await.text;
        assert!(decided.contains(&cells("0.00")) && !decided.contains("不能同意"), "{decided}");
        assert_eq!(first.post(&format!("{waits}/refusal"), &[("note", "已退")]).await.status, 303);
        assert!(!first.get(&waits).await.text.contains("不能同意"));
    }

    async fn a_request_for_a_refund_and_its_decision_are_made_once_however_often_their_forms_are_sent(t: TestDb) {
        let (app, _) = world(t).await;
        let ask = |reason| [("order", NUMBER), ("reason", reason), ("kind", "instructed")];
        let one = twice(&app, "finance-2", "/staff/refunds/new", &ask("第 7 号来信")).await;
        assert_eq!(twice(&app, "finance", &format!("{one}/refusal"), &[("note", "不符")]).await, one);
        let late = member(&app, "finance-2").await.post(&format!("{one}/refusal"), &[("note", "不符")]).await;
        assert_eq!(late.codes(), ["review-final"], "somebody else decided");
        let two = twice(&app, "finance-2", "/staff/refunds/new", &ask("第 8 号来信")).await;
        assert_ne!(one, two);
        assert_eq!(twice(&app, "finance", &format!("{two}/approval"), &[]).await, two);
    }

    /// interface.md 1: a POST with just the listed fields works.
    async fn just_the_listed_fields_ask_for_a_refund_of_an_order_or_an_exam_and_a_preview_asks_for_none(t: TestDb) {
        let (app, _) = world(t).await;
        let line = line(&app).await;
        let field: &'static str = format!("amount.{line}").leak();
        let mut finance = member(&app, "finance-2").await;
        let order = [("order", NUMBER), ("line", &*line), (field, "0.01"), ("reason", "第 9 号来信")];
        let exam = [("subject", "1"), ("campus", "993010"), ("sitting", "2017-2"), ("reason", "停考")];
        for fields in [&order[..], &exam[..]] {
            let chosen = [fields, &[("kind", "mistaken")]].concat();
            let preview = finance.post("/staff/refunds/new", &previewing(&chosen)).await;
            assert_eq!(refused(&preview), (200, vec![]), "{fields:?}");
        }
        let nothing = finance.post("/staff/refunds/new", &[]).await;
        assert_eq!(refused(&nothing), (422, vec!["field-invalid"]), "{}", nothing.text);
        assert!(!finance.get("/staff/refunds").await.text.contains("来信"), "a preview has asked for something");
        let asked = finance.post("/staff/refunds/new", &order).await;
        assert_eq!((asked.status.as_u16(), asked.codes()), (303, vec![]), "{}", asked.text);
        let shown = finance.get(asked.location()).await;
        assert!(shown.text.contains("第 9 号来信") && shown.text.contains("0.01"), "{}", shown.text);
        // The same entries wait already: the exam's request is of another kind, and is made beside it.
        assert_eq!(finance.post("/staff/refunds/new", &exam).await.status, 303);
    }

    async fn the_preview_of_a_refund_refuses_what_its_confirmation_would(t: TestDb) {
        let (app, _) = world(t).await;
        let line = line(&app).await;
        let field: &'static str = format!("amount.{line}").leak();
        let mut finance = member(&app, "finance").await;
        for amount in ["999.00", "0", "0.00"] {
            let fields = [("order", NUMBER), ("line", &*line), (field, amount), ("reason", "来信"), ("kind", "instructed")];
            let preview = finance.post("/staff/refunds/new", &previewing(&fields)).await;
            assert_eq!(refused(&preview), (422, vec!["field-invalid"]), "{amount}");
            assert!(preview.value("preview") == Some("yes") && preview.text.contains("aria-invalid"), "{}", preview.text);
            let refusal = finance.post("/staff/refunds/new", &fields).await;
            assert_eq!(refused(&refusal), refused(&preview), "{amount}");
        }
        let good = [("order", NUMBER), ("line", &*line), (field, "0.01"), ("reason", "来信"), ("kind", "instructed")];
        let preview = finance.post("/staff/refunds/new", &previewing(&good)).await;
        assert_eq!(refused(&preview), (200, vec![]));
        assert_eq!(preview.value("preview"), None, "{}", preview.text);
        assert_eq!(finance.get("/staff/refunds/new?order=99301000000000000005").await.value("preview"), Some("yes"));
        // Of an order of which nothing is left there is nothing to ask for, chosen or not.
        let place = asked(&mut member(&app, "finance-2").await).await;
        assert_eq!(finance.post(&format!("{place}/approval"), &[]).await.status, 303);
        for chosen in [&good[..1], &good[..2]] {
            let preview = finance.post("/staff/refunds/new", &previewing(chosen)).await;
            let confirmed = [chosen, &[("reason", "x")]].concat();
            let refusal = finance.post("/staff/refunds/new", &confirmed).await;
            assert_eq!(refused(&preview), refused(&refusal), "{chosen:?}");
            assert_eq!(preview.status, 422, "{chosen:?}");
        }
    }
}
