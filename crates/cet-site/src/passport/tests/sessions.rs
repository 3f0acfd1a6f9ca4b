//! 登录记录 (A9) over HTTP, on both databases.

use http::Method;
use jiff::SignedDuration;

use super::mail_tests::{EMAIL, OTHER, PASSWORD, count, link, mails, member, signed_in};
use crate::testing::{Answer, Browser, TestApp};
use cet_base::on_both;
use cet_domain::passport::token::Purpose;

const SESSIONS: &str = "/account/sessions";

/// The addresses that end the sessions other than this one.
fn ends(page: &Answer) -> Vec<String> {
    let other = page.text.split("data-session=\"other\"").skip(1);
    let end =
        |row: &str| row.split("action=\"").nth(1).and_then(|rest| rest.split('"').next()).map(str::to_owned);
    other.filter_map(end).collect()
}

fn later(app: &TestApp, minutes: i64) {
    app.t.clock.set(app.t.clock.process_now().plus(SignedDuration::from_mins(minutes)));
}

async fn is_in(browser: &mut Browser<'_>) -> bool {
    browser.get("/account").await.status == 200
}

on_both! {
    /// A9.
    async fn my_sessions_are_listed_and_ended_one_by_one_and_all_others_at_once(t: TestDb) {
        let app = TestApp::on(t).await;
        let mut first = member(&app, EMAIL).await;
        later(&app, 2);
        let mut second = signed_in(&app, EMAIL).await;
        let mut third = signed_in(&app, EMAIL).await;
        let page = second.get(SESSIONS).await;
        assert_eq!(page.text.matches("data-session=\"here\"").count(), 1);
        let other = ends(&page);
        assert_eq!(other.len(), 2);
        // The last used stands first, so the oldest is the last one.
        assert_eq!(second.post(&other[1], &[]).await.location(), SESSIONS);
        assert!(!is_in(&mut first).await && is_in(&mut second).await && is_in(&mut third).await);
        assert_eq!(second.post(&other[1], &[]).await.location(), SESSIONS, "a repeat succeeds");
        assert!(second.get(SESSIONS).await.text.contains("已结束"));
        assert_eq!(second.post(SESSIONS, &[]).await.location(), SESSIONS);
        assert!(is_in(&mut second).await && !is_in(&mut third).await);
        assert!(ends(&second.get(SESSIONS).await).is_empty());
        assert_eq!(count(&app, "SELECT COUNT(*) FROM audit_log WHERE action = 'sessions-ended'").await, 2);
    }

    /// A9, TH21.
    async fn a_session_of_another_passport_is_not_there_and_goes_on(t: TestDb) {
        let app = TestApp::on(t).await;
        let mut mine = member(&app, EMAIL).await;
        let mut second = signed_in(&app, EMAIL).await;
        let other = ends(&mine.get(SESSIONS).await).remove(0);
        let mut stranger = member(&app, "li4@163.com").await;
        assert_eq!(stranger.post(&other, &[]).await.status, 404);
        let id = other.split('/').nth(3).unwrap();
        let forged = format!("{SESSIONS}/{}{}/end", &id[..16], "0".repeat(32));
        assert_eq!(mine.post(&forged, &[]).await.status, 404);
        assert!(is_in(&mut second).await);
    }

    /// A9.
    async fn a_list_names_the_browser_and_never_the_token_or_the_whole_address(t: TestDb) {
        let app = TestApp::on(t).await;
        member(&app, EMAIL).await;
        let mut browser = app.browser();
        browser.address = "203.0.113.77:1234".parse().unwrap();
        let agent = ("user-agent", "Mozilla/5.0 (Windows NT 10.0) Chrome/120.0 Safari/537.36");
        let headers = [("content-type", "application/x-www-form-urlencoded"), agent];
        let body = format!("email={EMAIL}&password={PASSWORD}");
        assert_eq!(browser.send(Method::POST, "/login", &headers, body).await.status, 303);
        let page = browser.get(SESSIONS).await.text;
        assert!(page.contains("Chrome 或同类浏览器（Windows）") && page.contains("203.0.113.*"), "{page}");
        assert!(!page.contains("203.0.113.77"));
        assert!(!page.contains(&browser.cookies.last().unwrap().1), "no token");
    }

    /// A9: after every change of the password its owner is told, by whatever way it was changed.
    async fn a_change_of_the_password_is_told_by_mail(t: TestDb) {
        let app = TestApp::on(t).await;
        let mut browser = member(&app, EMAIL).await;
        later(&app, 1);
        let fields = [("current_password", PASSWORD), ("password", OTHER), ("password_again", OTHER)];
        assert_eq!(browser.post("/account/password", &fields).await.location(), "/account");
        let told = async |app: &TestApp| {
            let all = mails(app).await;
            all.iter().filter(|mail| mail.subject.contains("密码已更改") && mail.recipient == EMAIL).count()
        };
        assert_eq!(told(&app).await, 1);
        later(&app, 1);
        assert_eq!(app.browser().post("/recover", &[("email", EMAIL)]).await.status, 200);
        let link = link(&app, Purpose::Recovery).await;
        let fields = [("email", EMAIL), ("password", PASSWORD), ("password_again", PASSWORD)];
        assert_eq!(app.browser().post(&link, &fields).await.location(), "/login");
        assert_eq!(told(&app).await, 2);
    }
}
