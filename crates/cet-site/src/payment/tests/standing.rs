//! `/payment` speaks from where the candidate stands (R18), and a page that is not true any more says what changed.

use jiff::SignedDuration;

use crate::registration::pages::tests::{bound, enrolled, refused};
use crate::situation::table_tests::open_order;
use crate::testing::{Answer, Browser, TestApp};
use cet_base::on_both;
use cet_base::store::testing::NOON;

async fn sql(app: &TestApp, sql: &'static str) {
    app.t.db.write(async move |tx| tx.execute(sql, &[]).await).await.unwrap();
}

async fn at(app: &TestApp, after: SignedDuration) -> Browser<'_> {
    app.t.clock.set(NOON.plus(after));
    app.signed_in(1).await
}

fn situations(page: &Answer) -> Vec<&str> {
    page.text.split("data-situation=\"").skip(1).filter_map(|part| part.split('"').next()).collect()
}

fn entry_ids(page: &Answer) -> Vec<String> {
    page.text.split("data-entry=\"").skip(1).map(|part| part.split('"').next().unwrap().to_owned()).collect()
}

const FORM: &str = "action=\"/payment\"";

on_both! {
    /// R18, Y3.
    async fn nothing_is_paid_while_a_gateway_is_asked_and_the_bank_s_refusal_is_told_beside_the_form(t: TestDb) {
        let app = enrolled(t).await;
        let mut browser = bound(&app, 1).await;
        assert_eq!(browser.post("/registration/written", &[("subject", "1")]).await.status, 303);
        open_order(&app).await;
        assert_eq!(browser.get("/payment/return/payease").await.location(), "/registration");
        let asked = browser.get("/payment").await;
        assert_eq!((refused(&asked), situations(&asked)), ((200, vec![]), vec!["asking"]), "{}", asked.text);
        assert!(!asked.text.contains(FORM) && !asked.text.contains("有一笔支付还没有完成"), "{}", asked.text);
        assert!(asked.text.contains("href=\"/payment/77\"") && asked.text.contains("99301000000000000077"));
        assert_eq!(asked.header(http::header::REFRESH), "3; url=/payment");
        app.t.clock.set(NOON.plus(SignedDuration::from_secs(90)));
        let silent = browser.get("/payment").await;
        assert_eq!(situations(&silent), ["gateway-silent"]);
        assert!(!silent.text.contains(FORM) && silent.text.contains("href=\"/payment/77\""), "{}", silent.text);
        sql(&app, "UPDATE payment_order SET answer = 'declined', answered_at = returned_at + 5000000").await;
        let said = "银行没有完成付款，没有扣款";
        let declined = browser.get("/payment").await;
        assert_eq!(situations(&declined), ["bank-refused"]);
        assert!(declined.text.contains(FORM) && declined.text.contains(said), "{}", declined.text);
        assert!(!declined.text.contains("有一笔支付还没有完成"));
        let order = browser.get("/payment/77").await;
        assert_eq!(situations(&order), ["bank-refused"]);
        assert!(order.text.contains(said) && order.text.contains("银行未完成"), "{}", order.text);
        for page in ["/registration", "/account/payments"] {
            let page = browser.get(page).await;
            assert!(page.text.contains("银行未完成"), "{}", page.text);
            assert!(!page.text.contains("支付中") && !page.text.contains("等待支付"), "{}", page.text);
        }
    }

    /// Y3.
    async fn who_comes_back_from_the_first_of_two_payments_reads_of_that_one(t: TestDb) {
        let app = enrolled(t).await;
        let mut browser = bound(&app, 1).await;
        assert_eq!(browser.post("/registration/written", &[("subject", "1"), ("subject", "2")]).await.status, 303);
        open_order(&app).await;
        sql(&app, "INSERT INTO payment_order
                          (school, id, number, registration_id, passport_id, sitting, gateway, bank, amount, state, opened_at,
                           deadline_at, settled_at, closed_for, ask_at, asked)
                   SELECT school, 76, '99301000000000000076', registration_id, passport_id, sitting, 'alipay', '', 1, 'closed',
                          opened_at, deadline_at, opened_at - 1, 'replaced', deadline_at, 0
                     FROM payment_order").await;
        for query in ["", "?out_trade_no=99301000000000000076&trade_no=2017", "?out_trade_no=x"] {
            sql(&app, "UPDATE payment_order SET returned_at = NULL").await;
            let back = browser.get(&format!("/payment/return/alipay{query}")).await;
            assert_eq!(back.location(), "/registration");
            for path in ["/", "/home", "/registration", "/payment", "/payment/76", "/payment/77"] {
                let page = browser.get(path).await;
                assert_eq!(situations(&page), ["asking"], "{path}: {}", page.text);
                for said in ["正在向支付宝确认", "支付单 99301000000000000076，0.01元"] {
                    assert!(page.text.contains(said), "{path} {query} {said}: {}", page.text);
                }
                assert!(!page.text.contains("支付单 99301000000000000077，0.02元"), "{path}: {}", page.text);
            }
        }
        assert_eq!(browser.get("/payment/return/payease").await.location(), "/registration");
        app.t.clock.set(NOON.plus(SignedDuration::from_secs(70)));
        assert_eq!(browser.get("/payment/return/payease").await.location(), "/registration");
        assert!(browser.get("/registration").await.text.contains("支付单 99301000000000000077，0.02元"));
    }

    /// R18.
    async fn where_nothing_is_to_be_paid_the_page_leads_on_from_where_the_candidate_stands(t: TestDb) {
        let app = enrolled(t).await;
        let led = async |browser: &mut Browser<'_>, situation: &str, href: &str| {
            let page = browser.get("/payment").await;
            assert_eq!((refused(&page), situations(&page)), ((200, vec![]), vec![situation]), "{}", page.text);
            let main = format!("<a class=\"btn\" href=\"{href}\">");
            assert!(page.text.contains(&main) && page.text.contains("href=\"/registration\""), "{}", page.text);
            assert!(!page.text.contains(FORM));
        };
        led(&mut app.signed_in(1).await, "not-bound", "/agreement").await;
        let mut browser = bound(&app, 1).await;
        led(&mut browser, "no-entry", "/registration/written").await;
        assert_eq!(browser.post("/registration/written", &[("subject", "1")]).await.status, 303);
        led(&mut at(&app, SignedDuration::from_hours(25)).await, "expired", "/registration/written").await;
        app.t.clock.set(NOON.plus(SignedDuration::from_hours(24 * 100)));
        led(&mut app.signed_in(2).await, "window-closed", "/schedule").await;
        app.t.clock.set(NOON.plus(SignedDuration::from_hours(-24 * 5)));
        led(&mut app.signed_in(3).await, "window-not-open", "/agreement").await;
    }

    /// R13, TH21.
    async fn a_stale_page_is_refused_with_what_became_of_its_entries(t: TestDb) {
        let app = enrolled(t).await;
        let mut browser = bound(&app, 1).await;
        assert_eq!(browser.post("/registration/written", &[("subject", "1"), ("subject", "2")]).await.status, 303);
        let ids = entry_ids(&browser.get("/registration").await);
        let both = [("entry", ids[0].as_str()), ("entry", ids[1].as_str()), ("gateway", "alipay")];
        let cancelled = browser.post(&format!("/registration/entries/{}/cancellation", ids[0]), &[]).await;
        assert_eq!(cancelled.status, 303);
        let stale = browser.post("/payment", &both).await;
        assert!(stale.status == 422 && stale.codes().contains(&"nothing-to-pay"), "{}", stale.text);
        assert!(stale.text.contains("已取消，考位已退还") && !stale.text.contains("没有这个页面"), "{}", stale.text);
        let kept = format!("name=\"entry\" value=\"{}\"", ids[1]);
        assert!(stale.text.contains(FORM) && stale.text.contains(&kept), "the page as it is now");
        assert!(!stale.text.contains(&format!("value=\"{}\"", ids[0])));
        for unknown in ["1", "x"] {
            let answer = browser.post("/payment", &[("entry", unknown), ("gateway", "alipay")]).await;
            assert_eq!(refused(&answer), (404, vec!["gateway-unknown", "not-found"]), "{unknown}");
        }
        let mut stranger = bound(&app, 2).await;
        assert_eq!(stranger.post("/payment", &both).await.status, 404);
        let unbound = app.signed_in(3).await.post("/payment", &both).await;
        assert_eq!(refused(&unbound), (404, vec!["gateway-unknown", "not-found"]), "{}", unbound.text);
        let mut late = at(&app, SignedDuration::from_hours(25)).await;
        let expired = late.post("/payment", &both).await;
        assert!(expired.text.contains("没有按时支付，已被系统自动删除，考位已退还"), "{}", expired.text);
        let catalogue = app.app.catalogue.get();
        while cet_domain::entry::jobs::sweep(&app.app.db, catalogue.clone()).await.unwrap() > 0 {}
        let released = late.post("/payment", &both).await;
        assert_eq!((refused(&released), situations(&released)), ((403, vec!["gateway-unknown", "not-bound"]), vec!["expired"]));
        assert!(released.text.contains("没有按时支付，已被系统自动删除，考位已退还"), "{}", released.text);
    }

    /// interface.md 1: all refusals that apply are named, with and without a registration.
    async fn everything_that_is_wrong_with_a_payment_is_named_at_once(t: TestDb) {
        let app = enrolled(t).await;
        let mut browser = bound(&app, 1).await;
        assert_eq!(browser.post("/registration/written", &[("subject", "1")]).await.status, 303);
        let fields = [("gateway", "nope"), ("entry", "abc")];
        let wrong = browser.post("/payment", &fields).await;
        assert_eq!(refused(&wrong), (404, vec!["gateway-unknown", "not-found"]), "{}", wrong.text);
        assert!(wrong.text.contains(FORM) && wrong.text.contains("不存在或不属于您"), "{}", wrong.text);
        let mut unbound = app.signed_in(2).await;
        assert_eq!(refused(&unbound.post("/payment", &fields[..1]).await), (403, vec!["gateway-unknown", "not-bound"]));
        assert_eq!(refused(&unbound.post("/payment", &fields).await), (404, vec!["gateway-unknown", "not-found"]));
    }

    /// Y4.
    async fn the_time_to_pay_by_does_not_move_and_is_told_once_it_is_past(t: TestDb) {
        let app = enrolled(t).await;
        let mut browser = bound(&app, 1).await;
        assert_eq!(browser.post("/registration/written", &[("subject", "1")]).await.status, 303);
        for (minutes, is_late) in [(-11, false), (-10, true), (-7, true), (-1, true)] {
            let mut browser = at(&app, SignedDuration::from_mins(24 * 60 + minutes)).await;
            for path in ["/", "/home", "/registration", "/payment"] {
                let page = browser.get(path).await;
                assert!(page.text.contains("2017-09-21 11:50"), "{path} {minutes}: {}", page.text);
                assert_eq!(page.text.contains("现在付款可能来不及"), is_late, "{path} {minutes}: {}", page.text);
                for moved in ["2017-09-21 11:51", "2017-09-21 11:54", "0 小时 0 分"] {
                    assert!(!page.text.contains(moved), "{path} {minutes} {moved}");
                }
            }
        }
    }
}
