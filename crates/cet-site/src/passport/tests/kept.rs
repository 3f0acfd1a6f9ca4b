//! What was typed before logging in is there after it, for whom it belongs to and for nobody else.

use http::Method;
use jiff::SignedDuration;

use crate::dispute::tests::held;
use crate::passport::mail_tests::{EMAIL, OTHER, PASSWORD, link, log_in, member, register};
use crate::registration::pages::tests::{accept, enrolled, look_up, refused};
use crate::testing::{Answer, Browser, TestApp};
use cet_base::on_both;
use cet_base::store::testing::NOON;
use cet_domain::passport::token::Purpose;

/// Past the idle limit of a session.
const IDLE: SignedDuration = SignedDuration::from_mins(31);

fn is_ticked(page: &Answer, subject: &str) -> bool {
    let value = format!("name=\"subject\" value=\"{subject}\"");
    let tag = page.text.split('<').find(|tag| tag.starts_with("input") && tag.contains(&value));
    tag.is_some_and(|tag| tag.contains(" checked"))
}

/// Sends a form of the page whose session has ended meanwhile; answers the log-in page that it leads to.
async fn sent_too_late(
    app: &TestApp,
    browser: &mut Browser<'_>,
    page: &str,
    fields: &[(&str, &str)],
) -> Answer {
    let mark = browser.get(page).await.value("passport").unwrap().to_owned();
    app.t.clock.set(NOON.plus(IDLE));
    let answer = browser.post(page, &[fields, &[("passport", &mark)]].concat()).await;
    let login = format!("/login?next={}", page.replace('/', "%2F"));
    assert_eq!((answer.status.as_u16(), answer.location()), (303, login.as_str()));
    for cookie in answer.headers.get_all("set-cookie") {
        let cookie = cookie.to_str().unwrap();
        assert!(cookie.contains("; HttpOnly; SameSite=Lax") && cookie.contains("; Max-Age=900"), "{cookie}");
        assert!(!cookie.contains("9930100000") && !cookie.contains("subject"), "{cookie}");
    }
    browser.get(&login).await
}

async fn saved(browser: &mut Browser<'_>, n: i64) {
    accept(browser).await;
    assert_eq!(look_up(browser, n).await.status, 303);
    assert_eq!(browser.post("/qualification/record", &[("checked", "yes")]).await.status, 303);
}

on_both! {
    /// A8.
    async fn what_was_ticked_when_the_session_ended_is_ticked_once_after_logging_in(t: TestDb) {
        let app = enrolled(t).await;
        let mut browser = member(&app, EMAIL).await;
        saved(&mut browser, 1).await;
        let page = "/registration/written";
        let login = sent_too_late(&app, &mut browser, page, &[("subject", "1"), ("subject", "9")]).await;
        for told in ["登录已经结束", "30 分钟", "您刚才填写的内容还在"] {
            assert!(login.text.contains(told), "{told}\n{}", login.text);
        }
        log_in(&mut browser, EMAIL, PASSWORD).await;
        let back = browser.get(page).await;
        assert!(is_ticked(&back, "1") && !is_ticked(&back, "2"), "{}", back.text);
        assert!(!is_ticked(&browser.get(page).await, "1"), "its page has had it");
    }

    /// A8.
    async fn the_campus_of_an_oral_choice_is_kept_with_it(t: TestDb) {
        let app = enrolled(t).await;
        let mut browser = member(&app, EMAIL).await;
        saved(&mut browser, 1).await;
        assert_eq!(browser.post("/registration/written", &[("subject", "1")]).await.status, 303);
        let page = "/registration/oral";
        sent_too_late(&app, &mut browser, page, &[("subject", "F"), ("campus", "991010")]).await;
        log_in(&mut browser, EMAIL, PASSWORD).await;
        let back = browser.get(page).await;
        assert!(is_ticked(&back, "F") && back.value("campus") == Some("991010"), "{}", back.text);
    }

    /// A8.
    async fn what_was_typed_into_any_longer_form_is_there_after_logging_in(t: TestDb) {
        let app = enrolled(t).await;
        let mut browser = member(&app, EMAIL).await;
        saved(&mut browser, 1).await;
        assert_eq!(browser.post("/registration/written", &[("subject", "1"), ("subject", "2")]).await.status, 303);
        let entries = browser.get("/payment").await.text;
        let ids: Vec<&str> = entries.split("name=\"entry\" value=\"").skip(1).filter_map(|part| part.split('"').next()).collect();
        let note = "学号末位应为七。".repeat(60);
        let told = |login: &Answer| login.text.contains("登录已经结束") && login.text.contains("您刚才填写的内容还在");
        let again = async |browser: &mut Browser<'_>, page: &str, fields: &[(&str, &str)]| {
            app.t.clock.set(NOON);
            log_in(browser, EMAIL, PASSWORD).await;
            let login = sent_too_late(&app, browser, page, fields).await;
            assert!(told(&login), "{page}: {}", login.text);
            log_in(browser, EMAIL, PASSWORD).await;
            browser.get(page).await
        };
        let page = again(&mut browser, "/record-report", &[("field", "major"), ("right", "会计"), ("note", &note)]).await;
        assert!(page.text.contains(&note) && page.value("right") == Some("会计"), "{}", page.text);
        assert!(page.text.contains("value=\"major\" selected"), "{}", page.text);
        let page = again(&mut browser, "/payment", &[("entry", ids[1])]).await;
        let is_ticked = |id: &str| {
            let row = page.text.split(&format!("name=\"entry\" value=\"{id}\"")).nth(1).unwrap();
            row.split('>').next().unwrap().contains(" checked")
        };
        assert!(!is_ticked(ids[0]) && is_ticked(ids[1]), "{}", page.text);
        let page = again(&mut browser, "/account/profile", &[("name", "李四"), ("phone", "13800000000")]).await;
        assert_eq!((page.value("name"), page.value("phone")), (Some("李四"), Some("13800000000")));
        assert_ne!(browser.get("/account/profile").await.value("name"), Some("李四"), "its page has had it");
    }

    /// A8.
    async fn what_was_typed_for_a_review_is_there_after_logging_in(t: TestDb) {
        let app = enrolled(t).await;
        let mut browser = member(&app, EMAIL).await;
        saved(&mut browser, 5).await;
        let ticket = "993010151100102";
        let login = sent_too_late(&app, &mut browser, "/review", &[("ticket_number", ticket), ("confirmed", "yes")]).await;
        assert!(login.text.contains("您刚才填写的内容还在"), "{}", login.text);
        log_in(&mut browser, EMAIL, PASSWORD).await;
        let page = browser.get("/review").await;
        assert_eq!(page.value("ticket_number"), Some(ticket), "{}", page.text);
        // What was confirmed is confirmed again.
        assert!(!page.text.contains(" checked"));
        assert_ne!(browser.get("/review").await.value("ticket_number"), Some(ticket), "its page has had it");
    }

    /// A8: a new session has looked nobody up, so these forms wait for their record.
    async fn what_was_typed_about_a_looked_up_record_is_there_once_it_is_looked_up_again(t: TestDb) {
        let app = enrolled(t).await;
        held(&app, 55, 4).await;
        let mut browser = member(&app, EMAIL).await;
        accept(&mut browser).await;
        let (claim, report, ticket) = (
            [("student_number", "20160005"), ("phone", "13800000000"), ("note", "白天可以接电话")],
            [("field", "class"), ("right", "三班"), ("note", "学生证上是三班")],
            [("ticket_number", "993010151100102")],
        );
        let all = [("/dispute", 4, &claim[..]), ("/record-report", 5, &report[..]), ("/review", 5, &ticket[..])];
        for (page, student, fields) in all {
            app.t.clock.set(NOON);
            log_in(&mut browser, EMAIL, PASSWORD).await;
            look_up(&mut browser, student).await;
            let login = sent_too_late(&app, &mut browser, page, fields).await;
            assert!(login.text.contains("您刚才填写的内容还在"), "{page}: {}", login.text);
            log_in(&mut browser, EMAIL, PASSWORD).await;
            let empty = browser.get(page).await;
            assert!(empty.text.contains("href=\"/qualification\""), "{page}: {}", empty.text);
            assert_eq!(browser.get("/qualification").await.status, 200);
            look_up(&mut browser, student).await;
            let back = browser.get(page).await;
            for (name, value) in fields.iter().filter(|(name, _)| *name != "field") {
                assert!(back.text.contains(value), "{page} {name}: {}", back.text);
            }
            assert!(!browser.get(page).await.text.contains(fields[1 % fields.len()].1), "its page has had it");
        }
    }

    /// interface.md 1: a refusal keeps what was typed, also where its page has no place for it yet.
    async fn what_was_typed_a_step_too_early_is_there_once_that_step_is_done(t: TestDb) {
        let app = enrolled(t).await;
        let mut browser = app.signed_in(1).await;
        let page = "/registration/written";
        let early = browser.post(page, &[("subject", "1"), ("subject", "2")]).await;
        assert_eq!(refused(&early), (403, vec!["not-bound"]));
        let again = browser.get(page).await;
        for (shown, subject) in [(&early, "1"), (&early, "2"), (&again, "1"), (&again, "2")] {
            let kept = format!("type=\"hidden\" name=\"subject\" value=\"{subject}\"");
            assert!(shown.text.contains(&kept), "{subject}: {}", shown.text);
        }
        saved(&mut browser, 1).await;
        let back = browser.get(page).await;
        assert!(is_ticked(&back, "1") && is_ticked(&back, "2"), "{}", back.text);
        assert!(!is_ticked(&browser.get(page).await, "1"), "its page has had it");

        let mut browser = app.signed_in(5).await;
        let ticket = "993010151100102";
        let early = browser.post("/review", &[("ticket_number", ticket), ("confirmed", "yes")]).await;
        assert_eq!(refused(&early), (403, vec!["not-looked-up"]));
        assert!(early.text.contains(ticket), "{}", early.text);
        accept(&mut browser).await;
        look_up(&mut browser, 5).await;
        let back = browser.get("/review").await;
        assert_eq!(back.value("ticket_number"), Some(ticket), "{}", back.text);

        let mut browser = app.signed_in(6).await;
        let fields = [("field", "class"), ("right", "三班"), ("note", "学生证上是三班")];
        let early = browser.post("/record-report", &fields).await;
        assert_eq!(refused(&early), (403, vec!["not-looked-up"]));
        accept(&mut browser).await;
        look_up(&mut browser, 6).await;
        let back = browser.get("/record-report").await;
        assert_eq!(back.value("right"), Some("三班"), "{}", back.text);
    }

    /// A8, TH8.
    async fn a_document_that_was_typed_comes_back_to_its_passport_alone(t: TestDb) {
        let app = enrolled(t).await;
        register(&app, "li4@163.com").await;
        let mut own = member(&app, EMAIL).await;
        let fields = [("document_kind", "macau-id"), ("document_number", "99301000001"), ("name", "学生1")];
        sent_too_late(&app, &mut own, "/qualification", &fields).await;
        let mut other = app.browser();
        other.cookies.clone_from(&own.cookies);
        log_in(&mut other, "li4@163.com", PASSWORD).await;
        let page = other.get("/qualification").await;
        assert_eq!((page.value("document_number"), page.value("name")), (Some(""), Some("")));
        assert_eq!(other.cookie("cet-kept"), None, "and is gone");
        log_in(&mut own, EMAIL, PASSWORD).await;
        let page = own.get("/qualification").await;
        assert_eq!((page.value("document_number"), page.value("name")), (Some("99301000001"), Some("学生1")));
        assert!(page.text.contains("value=\"macau-id\" selected"));
    }

    /// A8.
    async fn what_is_kept_lasts_for_minutes_and_a_bare_clients_form_is_not_kept(t: TestDb) {
        let app = enrolled(t).await;
        let mut browser = member(&app, EMAIL).await;
        let fields = [("document_kind", "macau-id"), ("document_number", "99301000001"), ("name", "学生1")];
        sent_too_late(&app, &mut browser, "/qualification", &fields).await;
        let kept = browser.cookie("cet-kept").unwrap().to_owned();
        app.t.clock.set(NOON.plus(IDLE).plus(SignedDuration::from_mins(15)));
        let login = browser.get("/login?next=%2Fqualification").await.text;
        assert!(login.contains("登录已经结束") && !login.contains("您刚才填写的内容还在"));
        log_in(&mut browser, EMAIL, PASSWORD).await;
        assert_eq!(browser.get("/qualification").await.value("name"), Some(""));
        for broken in ["", "zz", "00", &kept[2..]] {
            browser.cookies.push(("cet-kept".to_owned(), broken.to_owned()));
            assert_eq!(browser.get("/qualification").await.status, 200, "{broken}");
        }
        let mut bare = member(&app, "li4@163.com").await;
        app.t.clock.set(NOON.plus(SignedDuration::from_hours(3)));
        assert_eq!(bare.post("/qualification", &fields).await.status, 303);
        assert_eq!(bare.cookie("cet-kept"), None);
    }

    /// A8.
    async fn what_was_ticked_in_one_tab_outlives_a_log_out_in_another(t: TestDb) {
        let app = enrolled(t).await;
        let mut browser = member(&app, EMAIL).await;
        saved(&mut browser, 1).await;
        let page = "/registration/written";
        let mark = browser.get(page).await.value("passport").unwrap().to_owned();
        assert_eq!(browser.post("/logout", &[]).await.status, 303);
        assert_eq!(browser.cookie("cet"), None);
        let sent = browser.post(page, &[("subject", "1"), ("passport", &mark)]).await;
        assert_eq!(sent.location(), "/login?next=%2Fregistration%2Fwritten");
        let login = browser.get(sent.location()).await;
        for told in ["登录已经结束", "另一个窗口", "您刚才填写的内容还在"] {
            assert!(login.text.contains(told), "{told}\n{}", login.text);
        }
        log_in(&mut browser, EMAIL, PASSWORD).await;
        assert!(is_ticked(&browser.get(page).await, "1"));
    }

    /// A8.
    async fn only_whose_session_ended_is_told_so(t: TestDb) {
        let app = TestApp::on(t).await;
        let told = |page: &Answer| page.text.contains("登录已经结束");
        assert!(!told(&app.browser().get("/login?next=%2Fhome").await), "a stranger");
        let mut browser = member(&app, EMAIL).await;
        assert!(!told(&browser.get("/login?next=%2Fhome").await), "signed in");
        app.t.clock.set(NOON.plus(IDLE));
        assert!(told(&browser.get("/login?next=%2Fhome").await));
        assert!(!told(&browser.get("/login").await), "who came by himself");
        log_in(&mut browser, EMAIL, PASSWORD).await;
        assert_eq!(browser.post("/logout", &[]).await.status, 303);
        assert!(!told(&browser.get("/login?next=%2Fhome").await), "who has logged out");
    }

    /// A1, A5.
    async fn the_address_is_carried_to_the_log_in_page_and_forgotten_there(t: TestDb) {
        let app = TestApp::on(t).await;
        let mut browser = app.browser();
        let fields = [("email", EMAIL), ("password", PASSWORD), ("password_again", PASSWORD)];
        assert_eq!(browser.post("/register", &fields).await.location(), "/login");
        assert!(browser.cookies.iter().all(|(_, value)| !value.contains("163.com")), "{:?}", browser.cookies);
        assert_eq!(browser.get("/login").await.value("email"), Some(EMAIL));
        assert_eq!(browser.get("/login?captcha=text").await.value("email"), Some(EMAIL));
        let wrong = log_in(&mut browser, "li4@163.com", "wrong-password").await;
        assert_eq!(wrong.value("email"), Some("li4@163.com"), "what was typed goes before");
        assert_eq!(log_in(&mut browser, EMAIL, PASSWORD).await.location(), "/home");
        assert_eq!(browser.cookie("cet-email"), None);

        let mut forgetful = app.browser();
        assert_eq!(forgetful.post("/recover", &[("email", EMAIL)]).await.status, 200);
        assert_eq!(forgetful.get("/login").await.value("email"), Some(EMAIL));
        let mut by_mail = app.browser();
        let recovery = link(&app, Purpose::Recovery).await;
        let fields = [("email", EMAIL), ("password", OTHER), ("password_again", OTHER)];
        assert_eq!(by_mail.post(&recovery, &fields).await.location(), "/login");
        assert_eq!(by_mail.get("/login").await.value("email"), Some(EMAIL));
        app.t.clock.set(NOON.plus(SignedDuration::from_mins(15)));
        assert_eq!(by_mail.get("/login").await.value("email"), Some(""));
    }

    /// A2.
    async fn a_browser_that_takes_no_cookies_is_told_after_logging_in(t: TestDb) {
        let app = TestApp::on(t).await;
        register(&app, EMAIL).await;
        let body = format!("email={EMAIL}&password={PASSWORD}&next=%2Faccount");
        let form = ("content-type", "application/x-www-form-urlencoded");
        let browsers = [("sec-fetch-site", "same-origin"), form];

        let mut blocking = app.browser();
        blocking.get("/login").await;
        blocking.cookies.clear();
        let answer = blocking.send(Method::POST, "/login", &browsers, body.clone()).await;
        assert_eq!(answer.location(), "/login?signed-in=&next=%2Faccount");
        let taken = blocking.cookies.clone();
        blocking.cookies.clear();
        let told = blocking.get(answer.location()).await;
        assert!(told.status == 200 && told.text.contains("浏览器没有接受 Cookie"), "{}", told.text);
        assert_eq!(told.value("next"), Some("/account"));

        let mut slow = app.browser();
        slow.cookies = taken;
        assert_eq!(slow.get(answer.location()).await.location(), "/account", "it takes them after all");

        let mut usual = app.browser();
        usual.get("/login").await;
        let answer = usual.send(Method::POST, "/login", &browsers, body.clone()).await;
        assert_eq!(answer.location(), "/account");
        let bare = app.browser().send(Method::POST, "/login", &[form], body).await;
        assert_eq!(bare.location(), "/account", "no browser, no look back");
    }
}
