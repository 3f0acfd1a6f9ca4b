//! Brakes of the staff's log-in (TH63, TH57) and of notifications (TH33), on the pages; and what of them is counted by reason.

use http::Method;
use http_body_util::BodyExt;
use tower::ServiceExt;

use crate::passport::mail_tests::mails;
use crate::staff::tests::world::code;
use crate::testing::{Answer, Browser, TestApp};
use cet_base::on_both;
use cet_base::store::DbError;
use cet_base::store::testing::TestDb;
use cet_domain::staff::demo::{self, DemoAccount};

const WRONG: &str = "no-such-password";

async fn metrics(app: &TestApp) -> String {
    let request = http::Request::get("/metrics").body(axum::body::Body::empty()).unwrap();
    let answer = crate::admin::router(&app.app).oneshot(request).await.unwrap();
    let bytes = answer.into_body().collect().await.unwrap().to_bytes();
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// A browser in network `n`.
fn from_network(app: &TestApp, n: u8) -> Browser<'_> {
    let mut browser = app.browser();
    browser.address = ([10, 2, 0, n], 40_000).into();
    browser
}

async fn seeded(t: TestDb, settings: &[(&str, &str)]) -> (TestApp, Vec<DemoAccount>) {
    let app = TestApp::with(t, settings).await;
    let accounts = demo::seed(&app.t.db, &app.app.vault, &app.app.passwords).await.unwrap();
    (app, accounts)
}

async fn password(browser: &mut Browser<'_>, name: &str, password: &str) -> Answer {
    browser.post("/staff/login", &[("name", name), ("password", password)]).await
}

async fn lines(app: &TestApp, action: &'static str) -> i64 {
    let count: Result<(i64,), DbError> = app
        .t
        .db
        .read(async move |tx| {
            tx.query_one("SELECT COUNT(*) FROM audit_log WHERE action = $1", cet_base::params![action]).await
        })
        .await;
    count.unwrap().0
}

fn answer_to(app: &TestApp, browser: &Browser<'_>, page: &Answer) -> [(String, String); 2] {
    let id = page.value("captcha_id").expect("a challenge").to_owned();
    let expires = app.t.clock.process_now().plus(jiff::SignedDuration::from_mins(4));
    let session = browser.cookie("cet-browser").expect("the cookie of the challenge").as_bytes();
    let own =
        cet_domain::captcha::with_answer(&app.app.vault, "/staff/login", session, "4711", expires).unwrap();
    assert_ne!(own, id);
    [("captcha_id".to_owned(), own), ("captcha".to_owned(), "4711".to_owned())]
}

on_both! {
    /// TH63.
    async fn th63_after_three_wrong_passwords_a_challenge_comes_before_the_next_is_looked_at(t: TestDb) {
        let (app, accounts) = seeded(t, &[("CET_CAPTCHA__MODE", "on")]).await;
        let account = &accounts[0];
        let mut browser = from_network(&app, 1);
        assert_eq!(browser.get("/staff/login").await.value("captcha_id"), None, "nobody has failed yet");
        for _ in 0..2 {
            assert_eq!(password(&mut browser, account.name, WRONG).await.value("captcha_id"), None);
        }
        let third = password(&mut browser, account.name, WRONG).await;
        assert_eq!(third.codes(), ["credentials"]);
        let before = app.app.passwords.tally();
        let fourth = password(&mut browser, account.name, &account.password).await;
        assert_eq!((fourth.status.as_u16(), fourth.codes()), (422, vec!["captcha"]));
        assert_eq!(app.app.passwords.tally(), before, "not even the right one is looked at");
        let [id, typed] = answer_to(&app, &browser, &fourth);
        let fields = [
            ("name", account.name),
            ("password", account.password.as_str()),
            (id.0.as_str(), id.1.as_str()),
            (typed.0.as_str(), typed.1.as_str()),
        ];
        assert_eq!(browser.post("/staff/login", &fields).await.location(), "/staff/second-factor");
        // Another network is asked nothing, and after the right password this one neither.
        let mut other = from_network(&app, 2);
        assert_eq!(password(&mut other, account.name, &account.password).await.status, 303);
        assert_eq!(password(&mut browser, account.name, &account.password).await.status, 303);
    }

    async fn th63_of_thirty_passwords_at_once_ten_are_looked_at(t: TestDb) {
        let (app, accounts) = seeded(t, &[]).await;
        let account = &accounts[0];
        let before = app.app.passwords.tally();
        let guesses = (0..30).map(async |_| password(&mut from_network(&app, 1), account.name, WRONG).await.status.as_u16());
        let answers = futures_util::future::join_all(guesses).await;
        assert_eq!(answers.iter().filter(|status| **status == 429).count(), 20, "{answers:?}");
        assert_eq!(app.app.passwords.tally(), (before.0, before.1 + 10));
    }

    /// TH63: whoever tries many names is asked before the page names any.
    async fn th63_after_twenty_wrong_passwords_of_a_network_its_page_has_a_challenge(t: TestDb) {
        let (app, _) = seeded(t, &[("CET_CAPTCHA__MODE", "on")]).await;
        let mut browser = from_network(&app, 1);
        for n in 0..20 {
            assert_eq!(password(&mut browser, &format!("nobody-{n}"), WRONG).await.codes(), ["credentials"]);
        }
        assert!(browser.get("/staff/login").await.value("captcha_id").is_some());
        let page = browser.get("/staff/login?captcha=text&next=/staff/students").await;
        assert!(page.text.contains("/staff/login?captcha=picture&#38;next=%2Fstaff%2Fstudents"), "{}", page.text);
        assert_eq!(password(&mut browser, "nobody-21", WRONG).await.codes(), ["captcha"]);
        assert_eq!(from_network(&app, 2).get("/staff/login").await.value("captcha_id"), None);
    }

    /// TH63, TH3: who stole a password locks nobody out, and is told of.
    async fn th63_wrong_codes_end_the_session_and_stop_the_network_and_not_the_account(t: TestDb) {
        let (app, accounts) = seeded(t, &[]).await;
        let account = &accounts[0];
        let mut thief = from_network(&app, 1);
        password(&mut thief, account.name, &account.password).await;
        for _ in 0..4 {
            assert_eq!(thief.post("/staff/second-factor", &[("code", "000000")]).await.codes(), ["credentials"]);
        }
        let fifth = thief.post("/staff/second-factor", &[("code", "000000")]).await;
        assert_eq!((fifth.status.as_u16(), fifth.codes()), (429, vec!["too-many"]));
        assert!(fifth.headers.contains_key("retry-after"));
        let right = code(&app, &account.totp_secret, 0);
        assert_eq!(thief.post("/staff/second-factor", &[("code", &right)]).await.location(), "/staff/login");
        // Another session from there waits too.
        let mut again = from_network(&app, 1);
        assert_eq!(password(&mut again, account.name, &account.password).await.location(), "/staff/second-factor");
        assert_eq!(again.post("/staff/second-factor", &[("code", &right)]).await.codes(), ["too-many"]);
        // The owner is somewhere else.
        let mut owner = from_network(&app, 2);
        password(&mut owner, account.name, &account.password).await;
        assert_eq!(owner.post("/staff/second-factor", &[("code", &right)]).await.location(), "/staff");
        assert_eq!((lines(&app, "staff-code-refused").await, lines(&app, "staff-code-locked").await), (5, 1));
        let told: Vec<(String, String)> =
            mails(&app).await.into_iter().map(|mail| (mail.recipient, mail.body)).collect();
        let to = |name: &str| told.iter().filter(|(to, _)| to == &format!("{name}@staff.example.cn")).count();
        assert_eq!((to(account.name), to("auditor"), told.len()), (1, 1, 2), "{told:?}");
        assert!(told.iter().all(|(_, body)| body.contains(account.name)));
    }

    /// TH63: one session that moves from network to network.
    async fn th63_a_session_ends_after_five_wrong_codes_from_whatever_networks(t: TestDb) {
        let (app, accounts) = seeded(t, &[]).await;
        let account = &accounts[0];
        let mut thief = from_network(&app, 1);
        password(&mut thief, account.name, &account.password).await;
        for n in 1..=5 {
            thief.address = ([10, 2, 0, n], 40_000).into();
            thief.post("/staff/second-factor", &[("code", "000000")]).await;
        }
        let right = code(&app, &account.totp_secret, 0);
        assert_eq!(thief.post("/staff/second-factor", &[("code", &right)]).await.location(), "/staff/login");
    }

    /// ASVS 16.3.1, 16.3.3.
    async fn what_is_refused_is_counted_by_reason_and_wrong_passwords_of_staff_have_a_line(t: TestDb) {
        let (app, accounts) = seeded(t, &[("CET_LIMITS__PASSWORDS", "2"), ("CET_CAPTCHA__MODE", "on")]).await;
        let account = &accounts[0];
        let mut browser = from_network(&app, 1);
        for name in [account.name, account.name, account.name, "nobody"] {
            password(&mut browser, name, WRONG).await;
        }
        browser.post("/login", &[("email", "a@163.com"), ("password", WRONG)]).await;
        let foreign = [("origin", "https://evil.example"), ("content-type", "application/x-www-form-urlencoded")];
        browser.send(Method::POST, "/login", &foreign, "email=a".to_owned()).await;
        let printed = metrics(&app).await;
        for (reason, count) in
            [("staff-password", 3), ("wait", 1), ("captcha", 1), ("cross-site", 1), ("password", 0), ("staff-code", 0)]
        {
            let line = format!("cet_refusals_total{{reason=\"{reason}\"}} {count}\n");
            assert!(printed.contains(&line), "{line} {printed}");
        }
        assert_eq!(lines(&app, "staff-password-refused").await, 2, "the wait and the unknown name have none");
        let typed: Result<(i64,), DbError> = app.t.db.read(async |tx| {
            tx.query_one("SELECT COUNT(*) FROM audit_log WHERE detail LIKE '%no-such%' OR object LIKE '%nobody%'", &[]).await
        }).await;
        assert_eq!(typed.unwrap().0, 0, "nothing that was typed");
    }

    /// TH33.
    async fn th33_forged_notifications_are_counted_by_reason_and_one_network_stops(t: TestDb) {
        let app = TestApp::with(t, &[TestApp::WECHAT]).await;
        let forged = async |browser: &mut Browser<'_>| {
            let headers = [("content-type", "application/json")];
            browser.send(Method::POST, "/notify/wechat", &headers, "{}".to_owned()).await
        };
        let mut one = from_network(&app, 1);
        for n in 0..60 {
            assert_ne!(forged(&mut one).await.status, 429, "{n}");
        }
        let refused = forged(&mut one).await;
        assert_eq!(refused.status, 429);
        assert!(refused.headers.contains_key("retry-after"));
        assert_ne!(forged(&mut from_network(&app, 2)).await.status, 429, "another network is heard");
        assert_eq!(app.app.alarms.count(cet_domain::alarms::FORGED_NOTICES), 1);
        let printed = metrics(&app).await;
        let count = |reason: &str| {
            let line = format!("cet_notices_refused_total{{gateway=\"wechat\",reason=\"{reason}\"}} ");
            printed.split(&line).nth(1).unwrap().lines().next().unwrap().parse::<u64>().unwrap()
        };
        assert_eq!((count("network"), count("signature") + count("form")), (1, 61), "{printed}");
        app.t.clock.set(app.t.clock.process_now().plus(jiff::SignedDuration::from_mins(1)));
        assert_ne!(forged(&mut one).await.status, 429, "a minute later");
    }
}
