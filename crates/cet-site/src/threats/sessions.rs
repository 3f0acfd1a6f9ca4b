//! TH8, TH11 and TH15: ended sessions, looking up other people, and mailed links.

use jiff::SignedDuration;

use crate::passport::mail_tests::*;
use crate::registration::pages::tests::{accept, enrolled, look_up};
use crate::testing::{Browser, TestApp, attributes};
use cet_base::on_both;
use cet_base::store::testing::NOON;
use cet_domain::passport::token::Purpose;

/// Whether a copy of a browser's cookies still opens a page.
async fn opens(app: &TestApp, kept: &[(String, String)]) -> bool {
    let mut thief = app.browser();
    thief.cookies = kept.to_vec();
    let answer = thief.get("/account").await;
    assert!(answer.status == 200 || answer.location().starts_with("/login"), "{}", answer.status);
    answer.status == 200
}

async fn fresh(app: &TestApp) -> Browser<'_> {
    signed_in(app, EMAIL).await
}

on_both! {
    async fn th11_a_stolen_cookie_is_worthless_after_the_end_of_its_session(t: TestDb) {
        let app = TestApp::on(t).await;
        register(&app, EMAIL).await;
        let mut left = fresh(&app).await;
        let kept = left.cookies.clone();
        assert!(opens(&app, &kept).await);
        left.post("/logout", &[]).await;
        assert!(!opens(&app, &kept).await, "logged out");

        let kept = fresh(&app).await.cookies;
        app.t.clock.set(NOON.plus(SignedDuration::from_mins(30)));
        assert!(!opens(&app, &kept).await, "idle");

        let mut used = fresh(&app).await;
        for minutes in (40..510).step_by(10) {
            app.t.clock.set(NOON.plus(SignedDuration::from_mins(minutes)));
            assert_eq!(used.get("/account").await.status, 200, "{minutes}");
        }
        app.t.clock.set(NOON.plus(SignedDuration::from_mins(510)));
        assert!(!opens(&app, &used.cookies).await, "eight hours old");

        let (mut one, two) = (fresh(&app).await, fresh(&app).await);
        let kept = one.cookies.clone();
        let fields = [("current_password", PASSWORD), ("password", OTHER), ("password_again", OTHER)];
        assert_eq!(one.post("/account/password", &fields).await.status, 303);
        assert!(!opens(&app, &kept).await && !opens(&app, &two.cookies).await, "the password was changed");
    }

    async fn th11_the_cookie_is_for_this_host_over_tls_and_no_script(t: TestDb) {
        let app = TestApp::with(t, &[("CET_SERVER__PUBLIC_ORIGIN", "https://127.0.0.1:8080")]).await;
        register(&app, EMAIL).await;
        let answer = log_in(&mut app.browser(), EMAIL, PASSWORD).await;
        let set: Vec<&str> = answer.headers.get_all("set-cookie").iter().map(|value| value.to_str().unwrap()).collect();
        let session = set.iter().find(|cookie| cookie.starts_with("__Host-cet=")).unwrap();
        assert_eq!(attributes(session), ["HttpOnly", "Path=/", "SameSite=Lax", "Secure"]);
        // Those that are no key to anything too; only the language is no secret from scripts.
        let device = set.iter().find(|cookie| cookie.starts_with("__Host-cet-device=")).unwrap();
        assert_eq!(attributes(device), ["HttpOnly", "Max-Age=15552000", "Path=/", "SameSite=Lax", "Secure"]);
        let english = app.browser().get("/login?lang=en").await;
        let set: Vec<&str> = english.headers.get_all("set-cookie").iter().map(|value| value.to_str().unwrap()).collect();
        let tried = set.iter().find(|cookie| cookie.starts_with("__Host-cet-tried=")).unwrap();
        assert_eq!(attributes(tried), ["HttpOnly", "Path=/", "SameSite=Lax", "Secure"]);
        let language = set.iter().find(|cookie| cookie.starts_with("__Host-cet-lang=en;")).unwrap();
        assert_eq!(attributes(language), ["Max-Age=31536000", "Path=/", "SameSite=Lax", "Secure"]);
        assert_eq!(session.split(['=', ';']).nth(1).unwrap().len(), 64, "256 bits");
        let stored = "SELECT COUNT(*) FROM session WHERE LENGTH(token_hash) = 32";
        assert_eq!(count(&app, stored).await, 1, "only the token's hash");
    }

    /// ASVS 3.3.1, 3.3.3: what another host of the domain sets is no cookie of ours.
    async fn th11_every_cookie_has_the_prefix_over_tls_and_one_without_it_is_none(t: TestDb) {
        let app = TestApp::with(t, &[("CET_SERVER__PUBLIC_ORIGIN", "https://127.0.0.1:8080")]).await;
        register(&app, EMAIL).await;
        let mut browser = app.browser();
        let answers = [
            browser.get("/login?lang=en").await,
            browser.get("/account").await,
            browser.get("/staff/orders").await,
            log_in(&mut browser, EMAIL, PASSWORD).await,
            browser.post("/account/profile", &[("name", "x")]).await,
        ];
        let set: Vec<&str> = answers
            .iter()
            .flat_map(|answer| answer.headers.get_all("set-cookie"))
            .map(|value| value.to_str().unwrap())
            .collect();
        assert!(set.len() >= 4, "{set:?}");
        for cookie in set {
            assert!(cookie.starts_with("__Host-cet") && cookie.contains("; Path=/"), "{cookie}");
            assert!(!cookie.contains("Path=/s") && !cookie.contains("Path=/l"), "{cookie}");
        }
        let language = async |name: &str| {
            let mut browser = app.browser();
            browser.cookies.push((name.to_owned(), "en".to_owned()));
            browser.get("/about").await.text.contains("<html lang=\"en\"")
        };
        assert!(language("__Host-cet-lang").await && !language("cet-lang").await);
    }

    async fn th15_a_mail_scanner_may_open_the_link_five_times_and_the_owner_still_uses_it_once(t: TestDb) {
        let app = TestApp::on(t).await;
        register(&app, EMAIL).await;
        app.browser().post("/recover", &[("email", EMAIL)]).await;
        let link = link(&app, Purpose::Recovery).await;
        for _ in 0..5 {
            assert_eq!(app.browser().get(&link).await.status, 200);
        }
        let fields = [("email", EMAIL), ("password", OTHER), ("password_again", OTHER)];
        assert_eq!(app.browser().post(&link, &fields).await.location(), "/login");
        assert_eq!(app.browser().post(&link, &fields).await.codes(), ["token-invalid"]);
        assert_eq!(count(&app, "SELECT COUNT(*) FROM mail_token WHERE LENGTH(token_hash) = 32").await, 1);
    }

    /// W2.
    async fn th8_the_sixth_document_of_a_day_is_refused_and_logged_and_no_page_shows_a_number_whole(t: TestDb) {
        let app = enrolled(t).await;
        let mut browser = app.signed_in(1).await;
        accept(&mut browser).await;
        for n in 1..=5 {
            assert_eq!(look_up(&mut browser, n).await.location(), "/qualification/record");
            let page = browser.get("/qualification/record").await.text;
            assert!(page.contains(&format!("学生{n}")));
            assert!(!page.contains(&format!("9930100000{n}")) && !page.contains(&format!("2016000{n}")), "{page}");
        }
        let sixth = look_up(&mut browser, 6).await;
        assert_eq!((sixth.status.as_u16(), sixth.codes()), (429, vec!["too-many"]));
        assert_eq!(count(&app, "SELECT COUNT(*) FROM audit_log WHERE action = 'look-up-refused'").await, 1);
        assert_eq!(count(&app, "SELECT COUNT(*) FROM audit_log WHERE action = 'record-looked-up'").await, 5);
    }
}
