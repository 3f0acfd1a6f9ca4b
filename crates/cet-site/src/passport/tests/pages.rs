//! This module's pages, through the whole site.

use jiff::SignedDuration;

use crate::testing::{Answer, Browser, TestApp, attributes};
use cet_base::on_both;
use cet_base::params;
use cet_base::store::DbError;
use cet_base::store::testing::NOON;

const PASSWORD: &str = "Blue-Kite-42";
const EMAIL: &str = "zhang3@163.com";

async fn register(browser: &mut Browser<'_>, email: &str) -> Answer {
    browser.post("/register", &[("email", email), ("password", PASSWORD), ("password_again", PASSWORD)]).await
}

async fn log_in(browser: &mut Browser<'_>, email: &str, password: &str) -> Answer {
    browser.post("/login", &[("email", email), ("password", password)]).await
}

async fn count(app: &TestApp, sql: &'static str) -> i64 {
    let found: Result<(i64,), DbError> = app.t.db.read(async move |tx| tx.query_one(sql, &[]).await).await;
    found.unwrap().0
}

fn token(browser: &Browser<'_>) -> String {
    browser.cookie("cet").unwrap_or("").to_owned()
}

on_both! {
    /// A1.
    async fn a_passport_is_registered_and_logs_in_without_any_mail(t: TestDb) {
        let app = TestApp::on(t).await;
        let mut browser = app.browser();
        let answer = register(&mut browser, EMAIL).await;
        assert_eq!((answer.status.as_u16(), answer.location()), (303, "/login"), "{}", answer.text);
        assert!(browser.get("/login").await.text.contains("注册成功"));
        assert!(!browser.get("/login").await.text.contains("注册成功"));
        let answer = log_in(&mut browser, "ZHANG3@163.com", PASSWORD).await;
        assert_eq!((answer.status.as_u16(), answer.location()), (303, "/home"), "{}", answer.text);
        let set = answer.headers.get_all("set-cookie").iter().map(|c| c.to_str().unwrap()).find(|c| c.starts_with("cet="));
        assert_eq!(attributes(set.unwrap()), ["HttpOnly", "Path=/", "SameSite=Lax"]);
        let home = browser.get("/home").await;
        assert_eq!(home.status, 200);
        for part in ["未设置", "未报名或当前通行证账号非报名时账号", "/agreement", "2017-11-01 09:00", "zh***3@163.com"] {
            assert!(home.text.contains(part), "{part}");
        }
        assert_eq!(count(&app, "SELECT COUNT(*) FROM outbox").await, 0);
        let id = "SELECT COUNT(*) FROM passport WHERE LENGTH(public_id) = 32 AND public_id = UPPER(public_id)";
        assert_eq!(count(&app, id).await, 1);
    }

    /// A1.
    async fn everything_wrong_is_named_at_once_and_typed_values_stay(t: TestDb) {
        let app = TestApp::on(t).await;
        let answer = app.browser().post("/register", &[
            ("email", "nobody"), ("password", "12345678"), ("password_again", "x"), ("phone", "call me"),
            ("document_kind", "officer"), ("document_number", "1"), ("name", "张三"),
        ]).await;
        assert_eq!(answer.status, 422);
        assert_eq!(answer.codes(), ["document-kind", "email-invalid", "field-invalid", "password-mismatch", "password-weak"]);
        assert!(answer.text.contains("data-field=\"phone\""));
        assert_eq!(answer.value("email"), Some("nobody"));
        assert_eq!(answer.value("name"), Some("张三"));
        assert!(!answer.text.contains("12345678"));
        assert_eq!(count(&app, "SELECT COUNT(*) FROM passport").await, 0);
    }

    /// A3.
    async fn the_account_page_masks_until_asked(t: TestDb) {
        let app = TestApp::on(t).await;
        let mut browser = app.browser();
        let answer = browser.post("/register", &[
            ("email", EMAIL), ("password", PASSWORD), ("password_again", PASSWORD), ("phone", "13812345678"),
            ("document_kind", "resident-id"), ("document_number", "330101199001010000"), ("name", "廖晓儿"),
        ]).await;
        assert_eq!(answer.status, 303, "{}", answer.text);
        log_in(&mut browser, EMAIL, PASSWORD).await;
        let secret = ["zhang3@163.com", "13812345678", "330101199001010000", "廖晓儿"];
        let masked = browser.get("/account").await.text;
        let shown = browser.get("/account?show=yes").await.text;
        for part in secret {
            assert!(!masked.contains(part) && shown.contains(part), "{part}");
        }
        for secret in ["13812345678", "330101199001010000"] {
            let found: Result<(Vec<u8>, Vec<u8>), DbError> = app.t.db.read(async |tx|
                tx.query_one("SELECT phone_sealed, document_sealed FROM passport", &[]).await).await;
            let (phone, document) = found.unwrap();
            for sealed in [phone, document] {
                assert!(!String::from_utf8_lossy(&sealed).contains(secret));
            }
        }
    }

    async fn th5_a_taken_address_is_told_to_its_owner_and_slowed_after_three(t: TestDb) {
        let app = TestApp::on(t).await;
        let mut browser = app.browser();
        register(&mut browser, EMAIL).await;
        app.t.clock.set(NOON.plus(SignedDuration::from_mins(10)));
        for _ in 0..3 {
            let answer = register(&mut browser, "Zhang3@163.com").await;
            assert_eq!((answer.status.as_u16(), answer.codes()), (409, vec!["email-taken"]));
        }
        let answer = register(&mut browser, EMAIL).await;
        assert_eq!((answer.status.as_u16(), answer.codes()), (429, vec!["too-many"]));
        assert_eq!(answer.header(http::header::RETRY_AFTER), "3600");
        assert_eq!(browser.get("/register").await.status, 200);
        assert_eq!(register(&mut browser, "another@163.com").await.status, 303, "a success is not slowed");
        assert_eq!(count(&app, "SELECT COUNT(*) FROM outbox WHERE kind = 'email-taken'").await, 1);
        app.t.clock.set(NOON.plus(SignedDuration::from_mins(70)));
        assert_eq!(register(&mut browser, EMAIL).await.status, 409);
    }

    async fn registering_again_at_once_is_the_same_success_and_no_way_to_guess_a_password(t: TestDb) {
        let settings = [("CET_LIMITS__TAKEN_EMAILS", "100"), ("CET_LIMITS__PASSWORDS", "2")];
        let app = TestApp::with(t, &settings).await;
        let mut browser = app.browser();
        register(&mut browser, EMAIL).await;
        let again = register(&mut browser, "ZHANG3@163.com").await;
        assert_eq!((again.status.as_u16(), again.location()), (303, "/login"), "{:?}", again.codes());
        assert_eq!(app.app.passwords.tally(), (1, 0));
        let lines = "SELECT COUNT(*) FROM audit_log WHERE action = 'passport-registered'";
        assert_eq!((count(&app, lines).await, count(&app, "SELECT COUNT(*) FROM outbox").await), (1, 0));
        let with = |password: &'static str, name: &'static str| {
            [("email", EMAIL), ("password", password), ("password_again", password), ("name", name)]
        };
        // Someone else's profile is no repeat and reveals nothing about the password; nor does a wrong password.
        for fields in [with(PASSWORD, "李四"), with("Green-Boat-77", ""), with("Green-Boat-78", "")] {
            assert_eq!(browser.post("/register", &fields).await.codes(), ["email-taken"]);
        }
        assert_eq!(app.app.passwords.tally(), (1, 3), "the same work for each");
        // Two wrong ones reach the account's login limit of two: now the right one reveals nothing either.
        assert_eq!(register(&mut browser, EMAIL).await.codes(), ["email-taken"]);
        assert_eq!(log_in(&mut app.browser(), EMAIL, PASSWORD).await.status, 429);
        let mut away = app.browser();
        away.address = ([10, 0, 0, 1], 1).into();
        assert_eq!(register(&mut away, EMAIL).await.location(), "/login");
        app.t.clock.set(NOON.plus(SignedDuration::from_mins(10)));
        assert_eq!(register(&mut away, EMAIL).await.codes(), ["email-taken"]);
    }

    /// A2.
    async fn wrong_address_and_wrong_password_get_the_same_answer(t: TestDb) {
        let app = TestApp::on(t).await;
        register(&mut app.browser(), EMAIL).await;
        let known = log_in(&mut app.browser(), EMAIL, "wrong-password").await;
        let unknown = log_in(&mut app.browser(), "zhang4@163.com", "wrong-password").await;
        assert_eq!((known.status.as_u16(), known.codes()), (422, vec!["credentials"]));
        assert_eq!(known.text, unknown.text.replace("zhang4", "zhang3"));
        assert_eq!(known.value("email"), Some(EMAIL));
        for email in ["", "x", "a@b"] {
            assert_eq!(log_in(&mut app.browser(), email, "").await.codes(), ["credentials"], "{email}");
        }
    }

    async fn th2_guessing_is_slowed_and_the_owner_still_gets_in(t: TestDb) {
        let app = TestApp::on(t).await;
        let mut own = app.browser();
        register(&mut own, EMAIL).await;
        log_in(&mut own, EMAIL, PASSWORD).await;
        let mut thief = app.browser();
        for _ in 0..10 {
            assert_eq!(log_in(&mut thief, EMAIL, "wrong-password").await.status, 422);
        }
        let answer = log_in(&mut thief, EMAIL, PASSWORD).await;
        assert_eq!((answer.status.as_u16(), answer.codes()), (429, vec!["too-many"]));
        assert_eq!(answer.header(http::header::RETRY_AFTER), "300");
        assert_eq!(thief.get("/login").await.status, 200);
        assert_eq!(log_in(&mut own, EMAIL, PASSWORD).await.status, 303, "a known device of the same network");
        let mut away = app.browser();
        away.address = ([10, 0, 0, 1], 1).into();
        assert_eq!(log_in(&mut away, EMAIL, PASSWORD).await.status, 303, "another network");
        app.t.clock.set(NOON.plus(SignedDuration::from_mins(5)));
        assert_eq!(log_in(&mut thief, EMAIL, PASSWORD).await.status, 303);
    }

    async fn an_exempt_network_has_no_ceiling_of_its_own_but_each_account_has(t: TestDb) {
        let settings = [("CET_LIMITS__EXEMPT", "[\"127.0.0.0/8\"]"), ("CET_LIMITS__NETWORK_PASSWORDS", "2")];
        let app = TestApp::with(t, &settings).await;
        let mut browser = app.browser();
        for n in 0..4 {
            assert_eq!(log_in(&mut browser, &format!("a{n}@163.com"), "x").await.status, 422);
        }
        for _ in 0..10 {
            log_in(&mut browser, EMAIL, "x").await;
        }
        assert_eq!(log_in(&mut browser, EMAIL, "x").await.status, 429);
        let mut other = app.browser();
        other.address = ([10, 0, 0, 1], 1).into();
        for n in 0..2 {
            assert_eq!(log_in(&mut other, &format!("b{n}@163.com"), "x").await.status, 422);
        }
        assert_eq!(log_in(&mut other, "b9@163.com", "x").await.status, 429);
    }

    async fn th10_each_login_is_a_new_session_and_the_old_one_ends(t: TestDb) {
        let app = TestApp::on(t).await;
        let mut browser = app.browser();
        register(&mut browser, EMAIL).await;
        let planted = "a".repeat(64);
        browser.cookies.push(("cet".to_owned(), planted.clone()));
        log_in(&mut browser, EMAIL, PASSWORD).await;
        let first = token(&browser);
        assert_ne!(first, planted);
        log_in(&mut browser, EMAIL, PASSWORD).await;
        assert_ne!(token(&browser), first);
        for old in [planted, first] {
            let mut thief = app.browser();
            thief.cookies.push(("cet".to_owned(), old));
            let answer = thief.get("/home").await;
            assert_eq!((answer.status.as_u16(), answer.location()), (303, "/login?next=%2Fhome"));
        }
        assert_eq!(browser.get("/home").await.status, 200);
    }

    /// A8.
    async fn logging_out_ends_the_session_on_the_server(t: TestDb) {
        let app = TestApp::on(t).await;
        let mut browser = app.signed_in(1).await;
        let replayed = token(&browser);
        let answer = browser.post("/logout", &[]).await;
        assert_eq!((answer.status.as_u16(), answer.location()), (303, "/"));
        assert_eq!(answer.headers.get("clear-site-data").unwrap(), "\"cookies\", \"storage\"");
        assert_eq!(browser.cookie("cet"), None);
        browser.cookies.push(("cet".to_owned(), replayed));
        assert_eq!(browser.get("/home").await.status, 303);
        assert_eq!(browser.post("/logout", &[]).await.location(), "/");
    }

    async fn a_session_ends_by_the_clock(t: TestDb) {
        let app = TestApp::on(t).await;
        let mut browser = app.signed_in(1).await;
        for minutes in [29, 58] {
            app.t.clock.set(NOON.plus(SignedDuration::from_mins(minutes)));
            assert_eq!(browser.get("/home").await.status, 200, "{minutes}");
        }
        app.t.clock.set(NOON.plus(SignedDuration::from_mins(88)));
        assert_eq!(browser.get("/home?x=1").await.location(), "/login?next=%2Fhome%3Fx%3D1");
    }

    async fn logging_in_leads_to_next_but_never_elsewhere(t: TestDb) {
        let app = TestApp::on(t).await;
        register(&mut app.browser(), EMAIL).await;
        let mut browser = app.browser();
        assert_eq!(browser.get("/login?next=%2Faccount").await.value("next"), Some("/account"));
        assert_eq!(browser.get("/login?next=%2F%2Fevil").await.value("next"), None);
        for (next, leads) in [("/account", "/account"), ("//evil", "/home"), ("/\\evil", "/home"), ("/x\r\ny: z", "/home")] {
            let fields = [("email", EMAIL), ("password", PASSWORD), ("next", next)];
            assert_eq!(browser.post("/login", &fields).await.location(), leads, "{next:?}");
        }
    }

    /// A2.
    async fn a_wrong_captcha_is_found_before_any_password_is_looked_at(t: TestDb) {
        let app = TestApp::with(t, &[("CET_CAPTCHA__MODE", "on")]).await;
        let mut browser = app.browser();
        let form = browser.get("/login").await;
        let id = form.value("captcha_id").unwrap().to_owned();
        assert!(form.text.contains(&format!("/captcha/{id}")));
        let fields = [("email", EMAIL), ("password", "x"), ("captcha_id", id.as_str()), ("captcha", "x")];
        let answer = browser.post("/login", &fields).await;
        assert_eq!((answer.status.as_u16(), answer.codes()), (422, vec!["captcha"]));
        assert_ne!(answer.value("captcha_id"), Some(id.as_str()));
        assert_eq!(count(&app, "SELECT COUNT(*) FROM attempt WHERE key NOT LIKE 'captcha:%'").await, 0);
        let words = browser.get("/register?captcha=text&lang=en").await;
        assert!(words.text.contains("New question") && !words.text.contains("/captcha/"), "{}", words.text);
        assert_eq!(register(&mut browser, EMAIL).await.codes(), ["captcha"]);
        assert_eq!(count(&app, "SELECT COUNT(*) FROM passport").await, 0);
    }

    async fn two_who_register_one_address_at_once_make_one_passport(t: TestDb) {
        let app = TestApp::on(t).await;
        let (mut one, mut two) = (app.browser(), app.browser());
        let (a, b) = tokio::join!(register(&mut one, EMAIL), register(&mut two, EMAIL));
        assert_eq!([a.location(), b.location()], ["/login"; 2]);
        assert_eq!(count(&app, "SELECT COUNT(*) FROM passport").await, 1);
        assert_eq!(count(&app, "SELECT COUNT(*) FROM outbox").await, 0);
    }

    async fn a_doubled_field_and_a_form_from_elsewhere_do_nothing(t: TestDb) {
        let app = TestApp::on(t).await;
        let mut browser = app.browser();
        let fields = [("email", EMAIL), ("email", EMAIL), ("password", PASSWORD), ("password_again", PASSWORD)];
        assert_eq!(browser.post("/register", &fields).await.status, 422);
        let body = format!("email={EMAIL}&password={PASSWORD}&password_again={PASSWORD}");
        let headers = [("content-type", "application/x-www-form-urlencoded"), ("sec-fetch-site", "cross-site")];
        assert_eq!(browser.send(http::Method::POST, "/register", &headers, body).await.status, 403);
        assert_eq!(count(&app, "SELECT COUNT(*) FROM passport").await, 0);
    }

    async fn th69_a_passport_id_is_no_key_to_anything(t: TestDb) {
        let app = TestApp::on(t).await;
        let mut browser = app.signed_in(1).await;
        let public_id = format!("{:032X}", 1);
        for path in [format!("/account/{public_id}"), format!("/{public_id}"), format!("/home/{public_id}")] {
            assert_eq!(browser.get(&path).await.status, 404, "{path}");
        }
        let mut stranger = app.browser();
        stranger.cookies.push(("cet".to_owned(), public_id));
        assert_eq!(stranger.get("/account").await.status, 303);
    }

    async fn one_passport_sees_only_itself(t: TestDb) {
        let app = TestApp::on(t).await;
        let mut one = app.signed_in(1).await;
        let _two = app.signed_in(2).await;
        let done: Result<u64, DbError> = app.t.db.write(async |tx|
            tx.execute("UPDATE passport SET name = $1 WHERE id = 2", params!["李四"]).await).await;
        assert_eq!(done.unwrap(), 1);
        assert!(!one.get("/account?show=yes").await.text.contains("李四"));
    }

    async fn the_job_sweeps_what_has_ended_and_nothing_else(t: TestDb) {
        let app = TestApp::on(t).await;
        let _signed_in = app.signed_in(1).await;
        log_in(&mut app.browser(), EMAIL, "x").await;
        assert_eq!(cet_domain::passport::jobs::sweep(&app.app).await.unwrap(), 0);
        app.t.clock.set(NOON.plus(SignedDuration::from_hours(25)));
        assert_eq!(cet_domain::passport::jobs::sweep(&app.app).await.unwrap(), 3);
    }

    async fn the_language_of_the_last_log_in_is_that_of_the_mails_to_come(t: TestDb) {
        let app = TestApp::on(t).await;
        let mut browser = app.browser();
        let english = "SELECT COUNT(*) FROM passport WHERE lang = 'en'";
        register(&mut browser, EMAIL).await;
        for (lang, kept) in [("zh", 0), ("en", 1), ("en", 1), ("zh", 0)] {
            let fields = [("email", EMAIL), ("password", PASSWORD)];
            assert_eq!(browser.post(&format!("/login?lang={lang}"), &fields).await.status, 303);
            assert_eq!(count(&app, english).await, kept, "{lang}");
        }
    }

    /// A10: what a browser prefers is no choice of the candidate's.
    async fn a_chosen_language_is_kept_by_a_log_in_from_a_browser_that_prefers_another(t: TestDb) {
        let app = TestApp::on(t).await;
        let mut browser = app.browser();
        let english = "SELECT COUNT(*) FROM passport WHERE lang = 'en'";
        register(&mut browser, EMAIL).await;
        let form = [("content-type", "application/x-www-form-urlencoded"), ("accept-language", "en-GB,en;q=0.9")];
        let typed = form_urlencoded::Serializer::new(String::new())
            .extend_pairs([("email", EMAIL), ("password", PASSWORD)])
            .finish();
        let mut other = app.browser();
        assert_eq!(other.send(http::Method::POST, "/login", &form, typed.clone()).await.status, 303);
        assert_eq!(count(&app, english).await, 0, "nobody has chosen");
        assert_eq!(other.get("/account?lang=en").await.status, 200);
        assert_eq!(count(&app, english).await, 1, "the switch of somebody who is signed in is a choice");
        let mut third = app.browser();
        let chinese = [form[0], ("accept-language", "zh-CN")];
        assert_eq!(third.send(http::Method::POST, "/login", &chinese, typed.clone()).await.status, 303);
        assert_eq!(count(&app, english).await, 1);
        // The choice of this browser, made before the log-in.
        let mut fourth = app.browser();
        fourth.get("/?lang=zh").await;
        assert_eq!(fourth.send(http::Method::POST, "/login", &form, typed).await.status, 303);
        assert_eq!(count(&app, english).await, 0);
    }

    async fn w4_an_address_that_looks_mistyped_is_asked_about_at_registering(t: TestDb) {
        let app = TestApp::on(t).await;
        let mut browser = app.browser();
        let refused = [("email", "zhang3@163.con"), ("password", PASSWORD), ("password_again", "x")];
        let form = browser.post("/register", &refused).await;
        assert!(form.codes() == ["password-mismatch"] && form.text.contains("zhang3@163.com"), "{}", form.text);
        assert_eq!(register(&mut browser, "zhang3@163.con").await.status, 303, "it is a hint and no hindrance");
        assert!(browser.get("/login").await.text.contains("域名像是写错了"));
        register(&mut browser, EMAIL).await;
        assert!(!browser.get("/login").await.text.contains("域名像是写错了"));
    }

    async fn w4_verifying_is_asked_for_again_at_binding_and_at_payment(t: TestDb) {
        let app = crate::registration::pages::tests::enrolled(t).await;
        let mut browser = crate::registration::pages::tests::bound(&app, 1).await;
        browser.post("/registration/written", &[("subject", "1")]).await;
        for verified in [false, true] {
            for path in ["/qualification/record", "/payment"] {
                let page = browser.get(path).await;
                assert_eq!(page.status, 200, "{path}");
                assert_eq!(page.text.contains("电子邮箱还没有验证"), !verified, "{path}");
            }
            let done: Result<u64, DbError> = app.t.db.write(async |tx|
                tx.execute("UPDATE passport SET email_verified_at = 1", params![]).await).await;
            done.unwrap();
        }
    }
}
