//! 密码找回 (A5), following the manual's steps, and TH6, TH12, TH14, TH15, TH16, TH17, TH19 and I13.

use std::sync::Arc;

use http::Method;
use jiff::SignedDuration;
use tokio::sync::Barrier;

use super::mail_tests::*;
use crate::testing::{Answer, TestApp};
use cet_base::on_both;
use cet_base::params;
use cet_base::store::DbError;
use cet_base::store::testing::NOON;
use cet_domain::passport::token::{self, Purpose};
use cet_domain::passport::verbs::recover::set_password;

const RECOVERY: Purpose = Purpose::Recovery;
const SENT: &str = "系统已把找回密码邮件发到您的邮箱，请注意查收！";

async fn ask(app: &TestApp, email: &str) -> Answer {
    app.browser().post("/recover", &[("email", email)]).await
}

async fn set(app: &TestApp, link: &str, email: &str, password: &str) -> Answer {
    let fields = [("email", email), ("password", password), ("password_again", password)];
    app.browser().post(link, &fields).await
}

fn dead(answer: &Answer) -> bool {
    answer.status == 404 && answer.codes() == ["token-invalid"]
}

fn minutes(n: i64) -> cet_base::words::time::Time {
    NOON.plus(SignedDuration::from_mins(n))
}

on_both! {
    /// A5.
    async fn manual_2_2_a_forgotten_password_is_set_anew_by_the_link_in_the_mail(t: TestDb) {
        let app = TestApp::with(t, &BOTH_NETWORKS).await;
        let mut signed_in = member(&app, EMAIL).await;
        let answer = ask(&app, "ZHANG3@163.com").await;
        assert_eq!(answer.status, 200);
        assert!(answer.text.contains(SENT), "{}", answer.text);
        let mails = mails(&app).await;
        assert_eq!((mails.len(), mails[0].recipient.as_str()), (1, EMAIL));
        let link = link(&app, RECOVERY).await;
        assert_eq!(link.len(), "/recover/".len() + 64);
        let at = |origin: &str| mails[0].body.find(&format!("{origin}{link}\n"));
        assert!(at(EDUCATION).unwrap() < at(crate::testing::ORIGIN).unwrap(), "{}", mails[0].body);
        assert_eq!(mails[0].body.matches(&link).count(), 2, "one link for each network");
        let html: Result<(String,), DbError> =
            app.t.db.read(async |tx| tx.query_one("SELECT html FROM mailbox", params![]).await).await;
        assert_eq!(html.unwrap().0.replace("&#47;", "/").matches(&link).count(), 2);
        for _ in 0..5 {
            assert_eq!(app.browser().get(&link).await.status, 200, "a scanner reads it");
        }
        let answer = set(&app, &link, "Zhang3@163.com", OTHER).await;
        assert_eq!((answer.status.as_u16(), answer.location()), (303, "/login"), "{}", answer.text);
        assert!(dead(&set(&app, &link, EMAIL, "Third-Tree-99").await), "it works once");
        assert!(dead(&app.browser().get(&link).await));
        assert_eq!(signed_in.get("/account").await.status, 303, "all sessions ended");
        assert_eq!(log_in(&mut app.browser(), EMAIL, PASSWORD).await.codes(), ["credentials"]);
        assert_eq!(log_in(&mut app.browser(), EMAIL, OTHER).await.status, 303);
        assert_eq!(broken(&app).await, Vec::<&str>::new());
    }

    async fn th6_known_and_unknown_addresses_get_the_same_page_and_leave_the_same_rows(t: TestDb) {
        let app = TestApp::on(t).await;
        register(&app, EMAIL).await;
        let unknown = ask(&app, "li4@163.com").await;
        let (requests, outbox) = (count(&app, "SELECT COUNT(*) FROM recovery_request").await,
            count(&app, "SELECT COUNT(*) FROM outbox").await);
        let known = ask(&app, EMAIL).await;
        assert_eq!((known.status, &known.text), (unknown.status, &unknown.text));
        assert_eq!(count(&app, "SELECT COUNT(*) FROM recovery_request").await, requests + 1);
        assert_eq!(count(&app, "SELECT COUNT(*) FROM outbox").await, outbox);
        assert_eq!(mails(&app).await.len(), 1);
        assert_eq!(count(&app, "SELECT COUNT(*) FROM recovery_request").await, 0);
    }

    /// W6.
    async fn th6_th17_only_the_newest_of_three_works_and_a_fourth_is_not_mailed(t: TestDb) {
        let app = TestApp::on(t).await;
        register(&app, EMAIL).await;
        let mut pages = Vec::new();
        for minute in 1..=4 {
            app.t.clock.set(minutes(minute));
            pages.push(ask(&app, EMAIL).await.text);
            mails(&app).await;
        }
        assert!(pages.iter().all(|page| *page == pages[0]));
        let sent = links(&app, RECOVERY).await;
        assert_eq!(sent.len(), 3);
        for old in &sent[1..] {
            assert!(dead(&set(&app, old, EMAIL, OTHER).await));
        }
        assert_eq!(set(&app, &sent[0], EMAIL, OTHER).await.status, 303);
        app.t.clock.set(minutes(61));
        ask(&app, EMAIL).await;
        ask(&app, EMAIL).await;
        assert_eq!(links(&app, RECOVERY).await.len(), 4, "the first left the hour, the second has not");
        assert_eq!(broken(&app).await, Vec::<&str>::new());
    }

    /// A5.
    async fn a_wrong_name_does_not_use_the_link_up_but_the_fifth_does(t: TestDb) {
        let app = TestApp::on(t).await;
        register(&app, EMAIL).await;
        ask(&app, EMAIL).await;
        let link = link(&app, RECOVERY).await;
        for name in ["li4@163.com", "", "zhang3", "zhang3@qq.com"] {
            let answer = set(&app, &link, name, OTHER).await;
            assert_eq!((answer.status.as_u16(), answer.codes()), (422, vec!["email-mismatch"]), "{name}");
            assert!(!answer.text.contains(OTHER));
        }
        let both = app.browser().post(&link, &[("email", EMAIL), ("password", "12345678"), ("password_again", "x")]).await;
        assert_eq!(both.codes(), ["password-mismatch", "password-weak"]);
        assert_eq!(both.value("email"), Some(EMAIL));
        assert_eq!(app.browser().get(&link).await.status, 200);
        assert_eq!(set(&app, &link, "li4@163.com", OTHER).await.codes(), ["email-mismatch"]);
        assert!(dead(&set(&app, &link, EMAIL, OTHER).await));
    }

    /// F12.
    async fn th15_a_link_ends_half_an_hour_after_its_mail_was_sent(t: TestDb) {
        let app = TestApp::on(t).await;
        register(&app, EMAIL).await;
        ask(&app, EMAIL).await;
        assert_eq!(cet_domain::passport::jobs::recover(&app.app).await.unwrap(), 1);
        app.t.clock.set(minutes(6 * 60));
        let link = link(&app, RECOVERY).await;
        app.t.clock.set(minutes(6 * 60 + 29));
        assert_eq!(app.browser().get(&link).await.status, 200, "the mail server was down for six hours");
        app.t.clock.set(minutes(6 * 60 + 30));
        assert!(dead(&app.browser().get(&link).await));
        assert!(dead(&set(&app, &link, EMAIL, OTHER).await));
        assert!(dead(&set(&app, &format!("/recover/{}", "0".repeat(64)), EMAIL, OTHER).await));
        assert!(dead(&app.browser().get("/recover/x").await));
    }

    async fn th16_of_two_tabs_the_second_is_refused_when_it_is_sent(t: TestDb) {
        let app = TestApp::on(t).await;
        register(&app, EMAIL).await;
        ask(&app, EMAIL).await;
        let link = link(&app, RECOVERY).await;
        let (mut one, mut two) = (app.browser(), app.browser());
        assert_eq!((one.get(&link).await.status.as_u16(), two.get(&link).await.status.as_u16()), (200, 200));
        let (one, two) = tokio::join!(set(&app, &link, EMAIL, OTHER), set(&app, &link, EMAIL, "Third-Tree-99"));
        let mut statuses = [one.status.as_u16(), two.status.as_u16()];
        statuses.sort_unstable();
        assert_eq!(statuses, [303, 404]);
    }

    async fn a_used_link_is_dead_also_for_the_very_same_form(t: TestDb) {
        let app = TestApp::on(t).await;
        register(&app, EMAIL).await;
        ask(&app, EMAIL).await;
        let link = link(&app, RECOVERY).await;
        assert_eq!(set(&app, &link, EMAIL, OTHER).await.location(), "/login");
        assert!(dead(&set(&app, &link, EMAIL, OTHER).await) && dead(&app.browser().get(&link).await));
        let told = cet_domain::audit::testing::told_of(&app.t.db, "password-recovered").await.unwrap();
        assert_eq!(told, ["Password: changed (value not recorded)"]);
        assert_eq!(log_in(&mut app.browser(), EMAIL, OTHER).await.status, 303);
    }

    async fn th17_a_change_of_the_credentials_ends_a_link(t: TestDb) {
        let app = TestApp::on(t).await;
        let mut browser = member(&app, EMAIL).await;
        ask(&app, EMAIL).await;
        let link = link(&app, RECOVERY).await;
        let fields = [("current_password", PASSWORD), ("password", OTHER), ("password_again", OTHER)];
        assert_eq!(browser.post("/account/password", &fields).await.location(), "/account");
        assert!(dead(&set(&app, &link, EMAIL, PASSWORD).await));
    }

    async fn th14_a_request_for_another_host_sends_nothing(t: TestDb) {
        let app = TestApp::on(t).await;
        register(&app, EMAIL).await;
        let headers = [("content-type", "application/x-www-form-urlencoded"), ("x-forwarded-host", "evil.example"),
            ("forwarded", "host=evil.example")];
        let body = format!("email={EMAIL}");
        assert_eq!(app.browser().send(Method::POST, "/recover", &headers, body).await.status, 200);
        let mails = mails(&app).await;
        assert!(mails.len() == 1 && !mails[0].body.contains("evil"));
    }

    async fn th19_an_address_with_a_line_break_is_no_address(t: TestDb) {
        let app = TestApp::on(t).await;
        for email in ["a@b.cn\r\nBcc: c@d.cn", "a@b.cn,c@d.cn", ""] {
            let answer = ask(&app, email).await;
            assert_eq!((answer.status.as_u16(), answer.codes()), (422, vec!["email-invalid"]));
        }
        assert_eq!(count(&app, "SELECT COUNT(*) FROM recovery_request").await, 0);
    }

    async fn one_network_can_ask_only_so_often_and_the_form_stays(t: TestDb) {
        let app = TestApp::with(t, &[("CET_LIMITS__RECOVERIES", "2")]).await;
        for n in 0..2 {
            assert_eq!(ask(&app, &format!("a{n}@163.com")).await.status, 200);
        }
        let answer = ask(&app, "a3@163.com").await;
        assert_eq!((answer.status.as_u16(), answer.codes()), (429, vec!["too-many"]));
        assert_eq!(app.browser().get("/recover").await.status, 200);
    }

    async fn th12_a_form_from_elsewhere_does_nothing(t: TestDb) {
        let app = TestApp::on(t).await;
        register(&app, EMAIL).await;
        ask(&app, EMAIL).await;
        let link = link(&app, RECOVERY).await;
        let headers = [("content-type", "application/x-www-form-urlencoded"), ("sec-fetch-site", "cross-site")];
        for path in [link.as_str(), "/recover", "/retrieve", "/account/profile", "/account/verification"] {
            let body = format!("email={EMAIL}&password={OTHER}&password_again={OTHER}");
            assert_eq!(app.browser().send(Method::POST, path, &headers, body).await.status, 403, "{path}");
        }
        assert_eq!(set(&app, &link, EMAIL, OTHER).await.status, 303);
    }

    async fn i13_of_sixty_four_who_use_one_link_at_once_one_wins(t: TestDb) {
        assert_eq!(storm(t, Use::Whole).await, 1);
    }

    async fn i13_of_sixty_four_who_all_saw_it_alive_one_wins(t: TestDb) {
        assert_eq!(storm(t, Use::Guarded).await, 1);
    }

    async fn i13_twin_without_the_guard_of_a_link_all_sixty_four_win(t: TestDb) {
        assert_eq!(storm(t, Use::Unguarded).await, 64);
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Use {
    Whole,
    Guarded,
    Unguarded,
}

/// How many of 64 concurrent requests on two nodes succeed with one link.
async fn storm(t: cet_base::store::testing::TestDb, how: Use) -> usize {
    let app = TestApp::on(t).await;
    register(&app, EMAIL).await;
    ask(&app, EMAIL).await;
    let link = link(&app, RECOVERY).await;
    let text = link.trim_start_matches("/recover/").to_owned();
    let other = app.t.another_node().await;
    let seen = Arc::new(Barrier::new(64));
    let tasks: Vec<_> = (0..64)
        .map(|n| {
            let db = if n % 2 == 0 { app.t.db.clone() } else { other.clone() };
            let (node, text, seen) = (app.app.clone(), text.clone(), Arc::clone(&seen));
            tokio::spawn(async move {
                if how == Use::Whole {
                    let (address, hash) = ([127, 0, 0, 1].into(), format!("hash {n}"));
                    let done: Result<_, DbError> =
                        db.write(async move |tx| set_password(tx, &node, &text, &hash, address).await).await;
                    return done.unwrap().is_some();
                }
                let found: Result<_, DbError> =
                    db.read(async move |tx| token::find(tx, &text, RECOVERY).await).await;
                let live = found.unwrap().unwrap();
                seen.wait().await;
                let used: Result<bool, DbError> = db
                    .write(async move |tx| {
                        if how == Use::Unguarded {
                            tx.leave_out("AND used_at IS NULL");
                        }
                        token::consume(tx, &live).await
                    })
                    .await;
                used.unwrap()
            })
        })
        .collect();
    let mut wins = 0;
    for task in tasks {
        wins += usize::from(task.await.unwrap());
    }
    wins
}
