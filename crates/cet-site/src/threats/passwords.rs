//! TH1, TH2, TH3, TH5 and TH6: guessing passwords and requesting accounts, hundreds and thousands of times.

use futures_util::future::join_all;
use http_body_util::BodyExt;
use jiff::SignedDuration;
use tower::ServiceExt;

use crate::passport::mail_tests::*;
use crate::testing::{Browser, TestApp};
use cet_base::on_both;
use cet_base::store::testing::NOON;

/// A browser in network `n`.
fn from_network(app: &TestApp, n: usize) -> Browser<'_> {
    let mut browser = app.browser();
    let [.., a, b] = u32::try_from(n).unwrap().to_be_bytes();
    browser.address = ([10, 1, a, b], 40_000).into();
    browser
}

/// Scrapes `/metrics`.
async fn metrics(app: &TestApp) -> String {
    let request = http::Request::get("/metrics").body(axum::body::Body::empty()).unwrap();
    let answer = crate::admin::router(&app.app).oneshot(request).await.unwrap();
    let bytes = answer.into_body().collect().await.unwrap().to_bytes();
    String::from_utf8(bytes.to_vec()).unwrap()
}

on_both! {
    async fn th1_without_a_challenge_no_password_is_looked_at(t: TestDb) {
        let app = TestApp::with(t, &[("CET_CAPTCHA__MODE", "on")]).await;
        for n in 0..200 {
            let answer = log_in(&mut from_network(&app, n % 20), &format!("a{n}@163.com"), "leaked").await;
            assert_eq!(answer.codes(), ["captcha"]);
        }
        assert_eq!(app.app.passwords.tally(), (0, 0), "none of 200 pairs from 20 networks");
    }

    async fn th1_leaked_pairs_stop_at_the_ceiling_of_their_network_and_show_in_the_metrics(t: TestDb) {
        let app = TestApp::with(t, &[("CET_LIMITS__NETWORK_PASSWORDS", "5")]).await;
        let mut refused = 0;
        for n in 0..1_000 {
            let answer = log_in(&mut from_network(&app, n % 20), &format!("a{n}@163.com"), "leaked").await;
            refused += usize::from(answer.status == 429);
        }
        assert_eq!((refused, app.app.passwords.tally()), (900, (0, 100)), "five tries for each of 20 networks");
        assert!(metrics(&app).await.contains("cet_passwords_total{right=\"no\"} 100\n"));
    }

    async fn th2_two_hundred_wrong_passwords_stop_the_attacker_and_not_the_known_device(t: TestDb) {
        let app = TestApp::on(t).await;
        register(&app, EMAIL).await;
        let mut own = signed_in(&app, EMAIL).await;
        let mut thief = app.browser();
        let mut waits = Vec::new();
        for minute in 0..200 {
            app.t.clock.set(NOON.plus(SignedDuration::from_mins(minute)));
            let answer = log_in(&mut thief, EMAIL, &format!("wrong-{minute}")).await;
            if answer.status == 429 {
                let seconds = answer.header(http::header::RETRY_AFTER).parse::<u64>().unwrap();
                // The first response of a wait says how long it is.
                if waits.last().is_none_or(|last| seconds >= *last) { waits.push(seconds) } else { *waits.last_mut().unwrap() = seconds }
            }
        }
        assert!(waits.len() >= 4, "{waits:?}");
        for _ in 0..10 {
            log_in(&mut thief, EMAIL, "wrong-again").await;
        }
        assert_eq!(log_in(&mut thief, EMAIL, PASSWORD).await.status, 429, "the attacker has found it and is still refused");
        assert_eq!(log_in(&mut own, EMAIL, PASSWORD).await.status, 303, "the owner's device in the same network");
    }

    async fn th2_of_forty_passwords_at_once_no_more_are_looked_at_than_one_after_another(t: TestDb) {
        let app = TestApp::on(t).await;
        register(&app, EMAIL).await;
        let before = app.app.passwords.tally();
        let guesses = (0..40).map(async |n| {
            log_in(&mut app.browser(), EMAIL, &format!("wrong-{n}")).await.status.as_u16()
        });
        let mut answers = join_all(guesses).await;
        answers.sort_unstable();
        let (looked_at, waiting) = answers.split_at(10);
        assert!(looked_at.iter().all(|status| *status == 422) && waiting.iter().all(|status| *status == 429), "{answers:?}");
        assert_eq!(app.app.passwords.tally(), (before.0, before.1 + 10));
        assert_eq!(log_in(&mut app.browser(), EMAIL, PASSWORD).await.status, 429);
        // The right password in time forgets what was counted before it.
        app.t.clock.set(NOON.plus(SignedDuration::from_mins(6)));
        for _ in 0..3 {
            for n in 0..9 {
                assert_eq!(log_in(&mut app.browser(), EMAIL, &format!("wrong-{n}")).await.status, 422);
            }
            assert_eq!(log_in(&mut app.browser(), EMAIL, PASSWORD).await.status, 303);
        }
    }

    /// W5.
    async fn th2_of_thirty_current_passwords_at_once_ten_are_looked_at(t: TestDb) {
        let app = TestApp::on(t).await;
        register(&app, EMAIL).await;
        let own = signed_in(&app, EMAIL).await;
        // Later than a form that was sent twice would be compared with the new password too.
        app.t.clock.set(NOON.plus(SignedDuration::from_mins(20)));
        let before = app.app.passwords.tally();
        let guesses = (0..30).map(async |n| {
            let mut browser = app.browser();
            browser.cookies.clone_from(&own.cookies);
            let guess = format!("wrong-{n}");
            let fields = [("current_password", guess.as_str()), ("password", "Third-Tree-99"), ("password_again", "Third-Tree-99")];
            browser.post("/account/password", &fields).await.status.as_u16()
        });
        let answers = join_all(guesses).await;
        assert_eq!(answers.iter().filter(|status| **status == 429).count(), 20, "{answers:?}");
        assert_eq!(app.app.passwords.tally(), (before.0, before.1 + 10));
    }

    async fn th3_a_thousand_bad_logins_and_fifty_requests_do_not_lock_the_owner_out(t: TestDb) {
        let app = TestApp::on(t).await;
        register(&app, EMAIL).await;
        let mut own = signed_in(&app, EMAIL).await;
        own.post("/logout", &[]).await;
        for n in 0..1_000 {
            log_in(&mut from_network(&app, n % 100), EMAIL, "wrong").await;
        }
        for n in 0..50 {
            assert_eq!(from_network(&app, n).post("/recover", &[("email", EMAIL)]).await.status, 200);
        }
        assert!(mails(&app).await.len() <= 3);
        assert_eq!(log_in(&mut own, EMAIL, PASSWORD).await.status, 303, "the own device");
        assert_eq!(log_in(&mut from_network(&app, 5_000), EMAIL, PASSWORD).await.status, 303, "and a new place");
    }

    async fn th5_successful_registrations_have_only_the_generous_ceiling(t: TestDb) {
        let app = TestApp::with(t, &[("CET_LIMITS__REGISTRATIONS", "40")]).await;
        for n in 0..40 {
            register(&app, &format!("a{n}@163.com")).await;
        }
        let fields = [("email", "b@163.com"), ("password", PASSWORD), ("password_again", PASSWORD)];
        assert_eq!(app.browser().post("/register", &fields).await.status, 429);
        assert_eq!(from_network(&app, 1).post("/register", &fields).await.status, 303);
    }

    async fn th6_five_hundred_requests_for_one_address_mail_three_times_an_hour(t: TestDb) {
        let app = TestApp::on(t).await;
        register(&app, EMAIL).await;
        let first = from_network(&app, 0).post("/recover", &[("email", EMAIL)]).await.text;
        for n in 1..500 {
            let answer = from_network(&app, n).post("/recover", &[("email", EMAIL)]).await;
            assert_eq!((answer.status.as_u16(), &answer.text), (200, &first));
        }
        assert_eq!(mails(&app).await.len(), 3);
    }
}
