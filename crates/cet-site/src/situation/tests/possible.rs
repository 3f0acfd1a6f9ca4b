//! What pages offer is what can be done, and all of them say the same of it (R18).

use jiff::SignedDuration;

use super::table_tests::open_order;
use crate::registration::pages::tests::{accept, bound, enrolled, look_up};
use crate::testing::{Answer, Browser, TestApp};
use cet_base::on_both;
use cet_base::store::testing::NOON;

/// The pages that lead with a situation.
const LEADING: [&str; 3] = ["/home", "/registration", "/"];

async fn sql(app: &TestApp, sql: &'static str) {
    app.t.db.write(async move |tx| tx.execute(sql, &[]).await).await.unwrap();
}

async fn reload(app: &TestApp) {
    sql(app, "UPDATE catalogue_version SET version = version + 1").await;
    app.app.catalogue.refresh(&app.app.db).await.unwrap();
}

async fn at_hour(app: &TestApp, hours: i64) -> Browser<'_> {
    app.t.clock.set(NOON.plus(SignedDuration::from_hours(hours)));
    app.signed_in(1).await
}

fn entry_of(page: &Answer) -> String {
    page.text.split("data-entry=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
}

fn notes(page: &Answer) -> usize {
    ["<div class=\"note\"", "<div class=\"note "].iter().map(|div| page.text.matches(div).count()).sum()
}

async fn enter(browser: &mut Browser<'_>) {
    assert_eq!(browser.post("/registration/written", &[("subject", "1")]).await.status, 303);
}

on_both! {
    /// R5: the windows of the record that was looked up, on all pages.
    async fn before_its_campus_opens_every_page_of_who_was_looked_up_says_so(t: TestDb) {
        let app = enrolled(t).await;
        sql(&app, "INSERT INTO registration_window (sitting, scope, mode, from_at, to_at, outsiders_from)
                   SELECT sitting, '993010', mode, from_at + 172800000000, to_at, NULL FROM registration_window").await;
        reload(&app).await;
        let mut browser = app.signed_in(1).await;
        for path in LEADING {
            let page = browser.get(path).await.text;
            assert!(page.contains("data-situation=\"not-bound\""), "{path}: somewhere it is open: {page}");
        }
        accept(&mut browser).await;
        assert_eq!(look_up(&mut browser, 1).await.location(), "/qualification/record");
        for path in LEADING.into_iter().chain(["/payment"]) {
            let page = browser.get(path).await.text;
            assert!(page.contains("data-situation=\"window-not-open\"") && page.contains("2017-09-22 11:00"), "{path}: {page}");
        }
    }

    /// R5, R7: nobody is told a time at which nothing can be entered any more.
    async fn the_time_to_enter_by_is_not_beyond_the_closing(t: TestDb) {
        let app = enrolled(t).await;
        app.t.clock.set(NOON.plus(SignedDuration::from_hours(9 * 24 + 8)));
        let mut browser = bound(&app, 1).await;
        for path in LEADING.into_iter().chain(["/account/messages"]) {
            let page = browser.get(path).await.text;
            assert!(page.contains("2017-09-30 11:00") && !page.contains("2017-09-30 20:00"), "{path}: {page}");
            assert_eq!(page.contains("届时报名结束"), path != "/account/messages", "{path}: {page}");
        }
        let english = browser.get("/home?lang=en").await.text;
        assert!(english.contains("when registration closes"), "{english}");
    }

    /// Y3, R10: while it is not known whether it is paid, an old page of cancelling offers nothing.
    async fn while_the_gateway_is_asked_nothing_can_be_cancelled_from_an_old_page(t: TestDb) {
        let app = enrolled(t).await;
        let mut browser = bound(&app, 1).await;
        enter(&mut browser).await;
        let path = format!("/registration/entries/{}/cancellation", entry_of(&browser.get("/registration").await));
        assert!(browser.get(&path).await.text.contains("name=\"confirm\""));
        open_order(&app).await;
        assert!(browser.get(&path).await.text.contains("name=\"confirm\""), "its candidate has not left for the gateway");
        assert_eq!(browser.get("/payment/return/payease").await.location(), "/registration");
        let asked = browser.get(&path).await;
        assert!(asked.text.contains("正在向支付平台查询付款结果"), "{}", asked.text);
        for nothing in ["name=\"confirm\"", "未支付", "会被系统自动删除"] {
            assert!(!asked.text.contains(nothing), "{nothing}: {}", asked.text);
        }
        let refused = browser.post(&path, &[("confirm", "yes")]).await;
        assert_eq!((refused.status.as_u16(), refused.codes()), (409, vec!["order-open"]));
        assert!(refused.text.contains("现在不能取消") && !refused.text.contains("换支付方式"), "{}", refused.text);
    }

    /// Y4: once registration is over no late money takes a seat again.
    async fn after_the_closing_late_money_is_only_said_to_go_back(t: TestDb) {
        let app = enrolled(t).await;
        let mut browser = bound(&app, 1).await;
        enter(&mut browser).await;
        open_order(&app).await;
        sql(&app, "UPDATE entry SET order_id = NULL, state = 'expired', ended_at = expires_at").await;
        sql(&app, "UPDATE payment_order SET state = 'closed', closed_for = 'deadline', settled_at = deadline_at").await;
        for (hours, may_seat) in [(25, true), (24 * 11, false)] {
            let mut browser = at_hour(&app, hours).await;
            for path in ["/home", "/registration"] {
                let page = browser.get(path).await.text;
                assert!(page.contains("data-situation=\"expired\"") && page.contains("原路退回"), "{path} {hours}: {page}");
                assert_eq!(page.contains("重新占位"), may_seat, "{path} {hours}: {page}");
            }
            let order = browser.get("/payment/77").await.text;
            assert!(order.contains("原路退回") && order.contains("重新占到考位") == may_seat, "{hours}: {order}");
        }
    }

    /// R9, R18: what cannot be done is not offered, and nobody who is signed in is sent to the log-in.
    async fn once_registration_is_over_no_page_invites_to_register(t: TestDb) {
        let app = enrolled(t).await;
        let mut browser = bound(&app, 1).await;
        enter(&mut browser).await;
        let (written, oral) = ("href=\"/registration/written\"", "href=\"/registration/oral\"");
        let (prepare, another) = ("报名前请准备", "已经报过名？");
        let open = browser.get("/registration").await.text;
        assert!(open.contains(written) && open.contains(oral), "{open}");
        let home = browser.get("/home").await.text;
        assert!(home.contains(prepare) && !home.contains(another), "{home}");
        assert!(app.signed_in(2).await.get("/home").await.text.contains(another));
        sql(&app, "UPDATE entry SET state = 'paid', paid_at = entered_at").await;
        let home = browser.get("/home").await.text;
        assert!(!home.contains(prepare) && !home.contains(another), "{home}");
        for hours in [1, 24 * 20, 24 * 180] {
            let mut browser = at_hour(&app, hours).await;
            let page = browser.get("/registration").await.text;
            assert_eq!(page.contains(written) || page.contains(oral), hours == 1, "{hours}: {page}");
            assert!(!browser.get("/home").await.text.contains(prepare), "{hours}");
            let portal = browser.get("/").await.text;
            for way in ["href=\"/login\"", "href=\"/register\""] {
                assert!(!portal.contains(way), "{hours} {way}: {portal}");
                assert!(app.browser().get("/").await.text.contains(way), "{hours} {way}");
            }
        }
        let mut unbound = app.signed_in(2).await;
        assert!(!unbound.get("/home").await.text.contains(prepare));
    }

    /// R4, R18: the page of the record holds two notes at most, the weightiest of them.
    async fn the_record_page_holds_two_notes(t: TestDb) {
        let app = enrolled(t).await;
        let mut browser = app.signed_in(1).await;
        accept(&mut browser).await;
        look_up(&mut browser, 1).await;
        let page = browser.get("/qualification/record").await;
        assert_eq!(notes(&page), 2, "{}", page.text);
        assert!(page.text.contains("查询成功") && page.text.contains("保存即绑定"), "{}", page.text);
        assert_eq!(browser.post("/qualification/record", &[("checked", "yes")]).await.status, 303);
        let report = [("field", "class"), ("right", "三班"), ("note", "学生证上是三班")];
        assert_eq!(browser.post("/record-report", &report).await.status, 303);
        let page = browser.get("/qualification/record").await;
        assert_eq!(notes(&page), 2, "{}", page.text);
        assert!(page.text.contains("href=\"/registration\"") && !page.text.contains("保存即绑定"), "{}", page.text);
    }
}
