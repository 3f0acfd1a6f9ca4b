//! What a candidate sees of payments: the same on every page, whether or not the registration still exists.

use jiff::SignedDuration;

use crate::registration::pages::tests::{bound, enrolled, refused};
use crate::testing::{Answer, Browser, TestApp};
use cet_base::on_both;
use cet_base::store::testing::NOON;

async fn sql(app: &TestApp, sql: &'static str) {
    app.t.db.write(async move |tx| tx.execute(sql, &[]).await).await.unwrap();
}

/// Candidate 1 has entered English 4 and opened order 77 at 首信, which never answers because no gateway is configured
/// here.
async fn waiting(app: &TestApp) {
    let mut browser = bound(app, 1).await;
    assert_eq!(browser.post("/registration/written", &[("subject", "1")]).await.status, 303);
    sql(app, "INSERT INTO payment_order
                  (school, id, number, registration_id, passport_id, sitting, gateway, bank, amount, state, opened_at,
                   deadline_at, settled_at, closed_for, ask_at, asked)
              SELECT '99301', 77, '99301000000000000077', registration_id, 1, '2017-2', 'payease', '85', fee, 'open',
                     entered_at, expires_at - 600000000, NULL, NULL, expires_at, 0
                FROM entry").await;
    sql(
        app,
        "INSERT INTO order_line (school, order_id, entry_id, subject, amount)
              SELECT school, 77, id, subject, fee FROM entry",
    )
    .await;
    sql(app, "UPDATE entry SET order_id = 77").await;
}

async fn at_hour(app: &TestApp, hours: i64) -> Browser<'_> {
    app.t.clock.set(NOON.plus(SignedDuration::from_hours(hours)));
    let catalogue = app.app.catalogue.get();
    while cet_domain::entry::jobs::sweep(&app.app.db, catalogue.clone()).await.unwrap() > 0 {}
    app.signed_in(1).await
}

fn offers(page: &Answer, subject: &str) -> String {
    let row =
        page.text.split("<tr").find(|row| row.contains(&format!("data-subject=\"{subject}\""))).unwrap();
    row.split("data-offer=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
}

const ASKING: &str = "正在向支付平台查询付款结果";

on_both! {
    /// Y4.
    async fn every_page_and_message_says_the_same_time_to_pay_by(t: TestDb) {
        let app = enrolled(t).await;
        waiting(&app).await;
        let mut browser = app.signed_in(1).await;
        let page = browser.get("/registration").await;
        let entry = page.text.split("data-entry=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
        assert!(page.text.contains("data-expires=\"2017-09-21T12:00:00+08:00\""), "the seat itself is held longer");
        let cancellation = format!("/registration/entries/{entry}/cancellation");
        let pages = ["/", "/home", "/registration", "/payment", "/payment/77", "/account/messages", &cancellation];
        for has_order in [true, false] {
            for lang in ["zh", "en"] {
                for path in pages.iter().filter(|path| has_order || **path != "/payment/77") {
                    let page = browser.get(&format!("{path}?lang={lang}")).await;
                    let page = if page.status == 303 { browser.get(path).await } else { page };
                    assert!(page.status == 200 && page.text.contains("2017-09-21 11:50"), "{path} {lang}: {}", page.text);
                    // A message of before says until when a subject could be entered, which was at noon.
                    let says_another = page.text.contains("2017-09-21 12:00") && *path != "/account/messages";
                    assert!(!says_another, "{path} {lang}: {}", page.text);
                    assert!(!page.text.contains("></time>"), "a step without a time has none: {path}");
                }
            }
            sql(&app, "UPDATE entry SET order_id = NULL").await;
            sql(&app, "UPDATE payment_order SET state = 'closed', closed_for = 'replaced', settled_at = opened_at").await;
        }
    }

    /// Y4.
    async fn past_the_hold_with_a_silent_gateway_every_page_says_the_same(t: TestDb) {
        let app = enrolled(t).await;
        waiting(&app).await;
        let mut browser = at_hour(&app, 25).await;
        let page = browser.get("/registration").await;
        assert!(page.text.contains(ASKING) && page.text.contains("href=\"/payment/77\""), "{}", page.text);
        assert!(!page.text.contains("还没有报考任何科目") && !page.text.contains("还剩"));
        let row = page.text.split("<tr").find(|row| row.contains("data-entry=")).unwrap();
        assert!(row.contains("data-payment=\"unpaid\"") && !row.contains("data-expires") && row.contains("查询中"));
        assert!(!row.contains("/cancellation"));
        assert!(page.text.contains("data-step=\"written-entered\" data-state=\"done\""));
        assert!(page.text.contains("data-step=\"written-paid\" data-state=\"current\""));
        let page = browser.get("/payment").await;
        assert_eq!(refused(&page), (200, vec![]));
        assert!(page.text.contains(ASKING) && page.text.contains("href=\"/payment/77\""), "{}", page.text);
        assert!(!page.text.contains("没有需要支付的科目"));
        let paid = browser.post("/payment", &[("gateway", "alipay")]).await;
        assert_eq!(paid.status, 409);
        assert!(paid.codes().contains(&"order-open") && !paid.codes().contains(&"nothing-to-pay"));
        let order = browser.get("/payment/77").await;
        assert!(order.status == 200 && order.text.contains(ASKING) && !order.text.contains("<form action=\"http"));
        let written = browser.get("/registration/written").await;
        assert_eq!((offers(&written, "1"), offers(&written, "3")), ("order-open".to_owned(), "order-open".to_owned()));
        assert!(written.text.contains("考位为您保留"));
        let entered = browser.post("/registration/written", &[("subject", "1")]).await;
        assert_eq!(refused(&entered), (409, vec!["order-open"]));
        assert!(entered.text.contains("href=\"/payment/77\""));
        let english = browser.get("/registration?lang=en").await;
        assert!(english.text.contains("Your seat is kept"));
    }

    /// Y3.
    async fn coming_back_from_a_gateway_decides_nothing_whatever_the_browser_brings(t: TestDb) {
        let app = enrolled(t).await;
        waiting(&app).await;
        let mut browser = app.signed_in(1).await;
        let number = "99301000000000000077";
        for address in [
            format!("/payment/return/alipay?out_trade_no={number}&total_amount=0.01&trade_status=TRADE_SUCCESS"),
            format!("/payment/return/payease?v_oid={number}&v_pstatus=20&v_amount=0.01&v_moneytype=0"),
        ] {
            assert_eq!(browser.get(&address).await.location(), "/registration", "{address}");
            let page = browser.get("/registration").await;
            let row = page.text.split("<tr").find(|row| row.contains("data-entry=")).unwrap();
            assert!(row.contains("data-payment=\"unpaid\""), "{address}: {row}");
        }
    }

    async fn an_order_that_was_paid_twice_is_paid_and_only_the_second_payment_goes_back(t: TestDb) {
        let app = enrolled(t).await;
        waiting(&app).await;
        sql(&app, "UPDATE entry SET order_id = NULL, state = 'paid', paid_at = entered_at").await;
        sql(&app, "UPDATE payment_order SET state = 'paid', settled_at = opened_at, ask_at = NULL").await;
        sql(&app, "INSERT INTO receipt (school, id, order_id, gateway, trade_no, amount, proof, received_at)
                   VALUES ('99301', 6, 77, 'payease', 'T6', 1, 'query', 3), ('99301', 7, 77, 'payease', 'T7', 1, 'query', 4)").await;
        sql(&app, "INSERT INTO refund (school, id, order_id, receipt_id, amount, reason, request_no, state, due_at, done_at,
                                       try_at, tries, sent_at)
                   VALUES ('99301', 8, 77, 7, 1, 'surplus', 'R993018', 'due', 1505966400000000, NULL, 4, 0, NULL)").await;
        let order = app.signed_in(1).await.get("/payment/77").await;
        assert!(order.text.contains("data-situation=\"paid\""), "{}", order.text);
        for said in ["这笔支付已经完成", "0.01元正在退回", "这一笔是重复付款"] {
            assert!(order.text.contains(said), "{said}");
        }
        assert!(!order.text.contains("这笔款项正在退款"));
    }

    /// Y6.
    async fn what_the_school_pays_for_is_no_choice_on_the_payment_page_and_no_debt_at_home(t: TestDb) {
        let app = enrolled(t).await;
        let mut browser = bound(&app, 1).await;
        for subject in ["1", "2"] {
            assert_eq!(browser.post("/registration/written", &[("subject", subject)]).await.status, 303);
        }
        sql(&app, "UPDATE entry SET locked_by = 5 WHERE subject = '1'").await;
        let some = browser.get("/payment").await;
        assert!(some.text.contains("action=\"/payment\"") && some.text.contains("集体缴费中"), "the other can be paid");
        assert!(browser.get("/home").await.text.contains("有科目待支付"));
        sql(&app, "UPDATE entry SET locked_by = 5").await;
        let page = browser.get("/payment").await;
        assert!(page.text.contains("由学校统一缴费，您不用支付") && page.text.contains("(1) 英语四级笔试"), "{}", page.text);
        assert!(!page.text.contains("action=\"/payment\""));
        let home = browser.get("/home").await;
        assert!(home.text.contains("已报考，由学校统一缴费") && !home.text.contains("待支付"), "{}", home.text);
    }

    /// R7, Y4.
    async fn beside_a_refund_an_empty_registration_is_told_when_it_goes(t: TestDb) {
        let app = enrolled(t).await;
        waiting(&app).await;
        let mut browser = app.signed_in(1).await;
        let entry = browser.get("/registration").await.text.split("data-entry=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
        sql(&app, "UPDATE entry SET order_id = NULL").await;
        sql(&app, "UPDATE payment_order SET state = 'closed', closed_for = 'replaced', settled_at = opened_at").await;
        let cancelled = browser.post(&format!("/registration/entries/{entry}/cancellation"), &[("confirm", "yes")]).await;
        assert_eq!(cancelled.location(), "/registration");
        sql(&app, "INSERT INTO receipt (school, id, order_id, gateway, trade_no, amount, proof, received_at)
                   VALUES ('99301', 6, 77, 'payease', 'T6', 1, 'query', 3)").await;
        sql(&app, "INSERT INTO refund (school, id, order_id, receipt_id, amount, reason, request_no, state, due_at, done_at,
                                       try_at, tries, sent_at)
                   VALUES ('99301', 7, 77, 6, 1, 'replaced', 'R993017', 'due', 1505966400000000, NULL, 4, 0, NULL)").await;
        let home = browser.get("/home").await;
        assert!(home.text.contains("data-situation=\"refunding\""), "{}", home.text);
        assert!(home.text.contains("还没有报考任何科目") && home.text.contains("2017-09-21 12:00"), "{}", home.text);
    }

    /// R18: registration is open for nine more days; a refund, on its way or done, hides nothing of that.
    async fn whose_refunded_registration_was_released_can_register_again_on_every_page(t: TestDb) {
        let app = enrolled(t).await;
        waiting(&app).await;
        let mut browser = app.signed_in(1).await;
        let entry = browser.get("/registration").await.text.split("data-entry=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
        sql(&app, "UPDATE entry SET order_id = NULL").await;
        sql(&app, "UPDATE payment_order SET state = 'closed', closed_for = 'replaced', settled_at = opened_at").await;
        assert_eq!(browser.post(&format!("/registration/entries/{entry}/cancellation"), &[("confirm", "yes")]).await.status, 303);
        sql(&app, "INSERT INTO receipt (school, id, order_id, gateway, trade_no, amount, proof, received_at)
                   VALUES ('99301', 6, 77, 'payease', 'T6', 1, 'query', 3)").await;
        sql(&app, "INSERT INTO refund (school, id, order_id, receipt_id, amount, reason, request_no, state, due_at, done_at,
                                       try_at, tries, sent_at)
                   VALUES ('99301', 7, 77, 6, 1, 'replaced', 'R993017', 'done', 1505966400000000, 1505970000000000, NULL, 0, NULL)").await;
        let says = async |browser: &mut Browser<'_>, note: &str| {
            for path in ["/home", "/registration", "/"] {
                let page = browser.get(path).await;
                assert!(page.text.contains("data-situation=\"not-bound\"") && page.text.contains("href=\"/agreement\""), "{path}: {}", page.text);
                assert!(page.text.contains(note), "{path} does not note {note}: {}", page.text);
            }
        };
        let mut browser = at_hour(&app, 25).await;
        says(&mut browser, "0.01元已退回").await;
        says(&mut browser, "原来的报名信息已被删除").await;
        sql(&app, "UPDATE refund SET state = 'due', try_at = 4, done_at = NULL").await;
        says(&mut browser, "0.01元正在退回").await;
        sql(&app, "UPDATE refund SET state = 'done', try_at = NULL, done_at = 1505970000000000").await;
        says(&mut at_hour(&app, 24 * 6).await, "原来的报名信息已被删除").await;
    }

    /// Gateways limit how often their merchants ask.
    async fn who_presses_update_all_the_time_waits_for_a_minute(t: TestDb) {
        let app = enrolled(t).await;
        let mut browser = bound(&app, 1).await;
        for n in 0..300 {
            assert_eq!(browser.post("/registration/refresh", &[]).await.status, 303, "{n}");
        }
        assert_eq!(refused(&browser.post("/registration/refresh", &[]).await), (429, vec!["too-many"]));
        app.t.clock.set(NOON.plus(SignedDuration::from_mins(2)));
        assert_eq!(browser.post("/registration/refresh", &[]).await.status, 303);
    }

    async fn when_the_registration_is_gone_its_payments_are_still_the_passports(t: TestDb) {
        let app = enrolled(t).await;
        waiting(&app).await;
        sql(&app, "UPDATE entry SET order_id = NULL").await;
        sql(&app, "UPDATE payment_order SET state = 'closed', closed_for = 'deadline', settled_at = deadline_at").await;
        let mut browser = at_hour(&app, 25).await;
        let page = browser.get("/registration").await;
        assert_eq!(refused(&page), (200, vec![]));
        assert!(!page.text.contains("data-registration"), "released");
        assert!(page.text.contains("99301000000000000077") && page.text.contains("已关闭") && page.text.contains("¥0.01"));
        assert!(page.text.contains("action=\"/registration/refresh\""));
        let order = browser.get("/payment/77").await;
        assert!(order.status == 200 && order.text.contains("这笔支付单已经关闭"), "{}", order.text);
        let home = browser.get("/home").await;
        assert!(home.text.contains("已经付了款的，不用重新报考"), "the gateway's page may be open still");
        assert!(home.text.contains("data-situation=\"expired\"") && home.text.contains("href=\"/registration\""), "{}", home.text);
        // Who asks was heard, and the gateway was asked: it is silent here.
        assert_eq!(browser.post("/registration/refresh", &[]).await.location(), "/registration");
        assert!(browser.get("/registration").await.text.contains("支付平台暂时没有回答"));
        sql(&app, "INSERT INTO receipt (school, id, order_id, gateway, trade_no, amount, proof, received_at)
                   VALUES ('99301', 6, 77, 'payease', 'T6', 1, 'query', 3)").await;
        sql(&app, "INSERT INTO refund (school, id, order_id, receipt_id, amount, reason, request_no, state, due_at, done_at,
                                       try_at, tries, sent_at)
                   VALUES ('99301', 7, 77, 6, 1, 'no-seat', 'R993017', 'due', 1505966400000000, NULL, 4, 0, NULL)").await;
        let page = browser.get("/registration").await;
        assert!(page.text.contains("退款中") && page.text.contains("2017-09-21 12:00"), "{}", page.text);
        sql(&app, "UPDATE refund SET state = 'done', try_at = NULL, done_at = 1505970000000000").await;
        let page = browser.get("/registration").await;
        assert!(page.text.contains("已退款") && page.text.contains("2017-09-21 13:00") && !page.text.contains("退款中"));
        let mut stranger = app.signed_in(2).await;
        assert_eq!(stranger.get("/payment/77").await.status, 404);
        assert!(!stranger.get("/registration").await.text.contains("99301000000000000077"));
    }
}
