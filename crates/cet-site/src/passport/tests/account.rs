//! 修改资料, 修改密码, 验证邮箱 and the undo (A3, A4, A8), following the manual's steps, TH10, TH11, TH70, W4 and W5.

use jiff::SignedDuration;

use super::mail_tests::*;
use crate::testing::{Answer, Browser, TestApp};
use cet_base::on_both;
use cet_base::store::testing::NOON;
use cet_domain::audit::testing::told_of;
use cet_domain::passport::token::Purpose;

const NEW: &str = "zhang3@126.com";

async fn move_to(browser: &mut Browser<'_>, email: &str) -> Answer {
    browser.post("/account/profile", &[("email", email), ("current_password", PASSWORD)]).await
}

fn cookie(browser: &Browser<'_>) -> String {
    browser.cookie("cet").unwrap_or("").to_owned()
}

async fn is_signed_in(app: &TestApp, token: &str) -> bool {
    let mut browser = app.browser();
    browser.cookies.push(("cet".to_owned(), token.to_owned()));
    browser.get("/account").await.status == 200
}

on_both! {
    /// A4.
    async fn manual_2_4_1_a_mistyped_address_is_changed_at_once(t: TestDb) {
        let app = TestApp::on(t).await;
        let mut browser = member(&app, "zhang3@163.con").await;
        let page = browser.get("/account").await.text;
        for part in ["/account/profile", "/account/password", "action=\"/account/verification\"", "zh***3@163.com"] {
            assert!(page.contains(part), "{part}");
        }
        let form = browser.get("/account/profile").await;
        assert_eq!(form.value("email"), Some("zhang3@163.con"));
        let answer = move_to(&mut browser, EMAIL).await;
        assert_eq!((answer.status.as_u16(), answer.location()), (303, "/account"), "{}", answer.text);
        let page = browser.get("/account?show=yes").await.text;
        assert!(page.contains("更改成功") && page.contains(EMAIL) && page.contains("未验证"), "{page}");
        assert_eq!(log_in(&mut app.browser(), "zhang3@163.con", PASSWORD).await.codes(), ["credentials"]);
        assert_eq!(log_in(&mut app.browser(), EMAIL, PASSWORD).await.status, 303);
        let sent = mails(&app).await;
        assert_eq!((sent.len(), sent[0].recipient.as_str()), (1, EMAIL), "the old one was never verified");
        register(&app, "zhang3@163.con").await;
        assert_eq!(broken(&app).await, Vec::<&str>::new());
    }

    async fn of_two_tabs_the_later_one_overwrites_no_profile_that_it_has_not_shown(t: TestDb) {
        let app = TestApp::on(t).await;
        let mut browser = member(&app, "zhang3@163.con").await;
        let seen = browser.get("/account/profile").await.value("seen").unwrap().to_owned();
        assert_eq!(move_to(&mut browser, EMAIL).await.location(), "/account");
        let late = |seen| [("email", "zhang3@163.con"), ("name", "张三"), ("current_password", PASSWORD), ("seen", seen)];
        let answer = browser.post("/account/profile", &late(&*seen)).await;
        assert_eq!((answer.status.as_u16(), answer.codes()), (409, vec!["changed-meanwhile"]));
        assert_eq!(answer.value("name"), Some("张三"), "what was typed is kept");
        assert!(browser.get("/account?show=yes").await.text.contains(EMAIL));
        // A form with another error does not become stale or fresh by it; who was told of the newer values may
        // overwrite them.
        let mut wrong = late(&*seen);
        wrong[2].1 = "wrong";
        assert_eq!(browser.post("/account/profile", &wrong).await.value("seen"), Some(&*seen));
        let fresh = answer.value("seen").unwrap().to_owned();
        let mut own = late(&*fresh);
        own[0].1 = EMAIL;
        assert_eq!(browser.post("/account/profile", &own).await.location(), "/account");
        // Submitted again, as if the response had been lost.
        assert_eq!(browser.post("/account/profile", &own).await.location(), "/account");
    }

    /// A4.
    async fn the_profile_is_kept_sealed_and_everything_wrong_is_named(t: TestDb) {
        let app = TestApp::on(t).await;
        let mut browser = member(&app, EMAIL).await;
        let fields = [("email", EMAIL), ("phone", "13812345678"), ("document_kind", "macau-id"),
            ("document_number", "99101000001"), ("name", "李博"), ("current_password", PASSWORD)];
        assert_eq!(browser.post("/account/profile", &fields).await.location(), "/account");
        let page = browser.get("/account?show=yes").await.text;
        assert!(["13812345678", "99101000001", "李博"].iter().all(|part| page.contains(part)), "{page}");
        register(&app, "li4@163.com").await;
        let wrong = [("email", "li4@163.com"), ("phone", "call me"), ("document_kind", "officer"),
            ("document_number", "1"), ("current_password", PASSWORD)];
        let answer = browser.post("/account/profile", &wrong).await;
        assert_eq!(answer.codes(), ["document-kind", "email-taken", "field-invalid"]);
        assert_eq!((answer.status.as_u16(), answer.value("phone")), (409, Some("call me")));
        let answer = move_to(&mut browser, "LI4@163.com").await;
        assert_eq!((answer.status.as_u16(), answer.codes()), (409, vec!["email-taken"]));
        assert!(browser.get("/account?show=yes").await.text.contains("李博"), "nothing was changed");
    }

    /// W5.
    async fn th70_a_session_alone_changes_nothing(t: TestDb) {
        let app = TestApp::on(t).await;
        let mut browser = member(&app, EMAIL).await;
        for password in ["", "wrong"] {
            let answer = browser.post("/account/profile", &[("email", NEW), ("current_password", password)]).await;
            assert_eq!((answer.status.as_u16(), answer.codes()), (422, vec!["credentials"]));
            let fields = [("current_password", password), ("password", OTHER), ("password_again", OTHER)];
            let answer = browser.post("/account/password", &fields).await;
            assert_eq!((answer.status.as_u16(), answer.codes()), (422, vec!["credentials"]));
        }
        for _ in 0..6 {
            move_to(&mut browser, "x").await;
            browser.post("/account/password", &[]).await;
        }
        let mut others = app.browser();
        assert_eq!(log_in(&mut others, EMAIL, PASSWORD).await.status, 303);
    }

    async fn guessing_the_current_password_is_slowed(t: TestDb) {
        let app = TestApp::on(t).await;
        let mut browser = member(&app, EMAIL).await;
        let fields = [("current_password", "wrong"), ("password", OTHER), ("password_again", OTHER)];
        for _ in 0..10 {
            assert_eq!(browser.post("/account/password", &fields).await.status, 422);
        }
        let answer = browser.post("/account/password", &fields).await;
        assert_eq!((answer.status.as_u16(), answer.codes()), (429, vec!["too-many"]));
        assert_eq!(browser.get("/account/password").await.status, 200);
    }

    async fn th10_th11_a_new_password_ends_the_other_sessions_and_renews_this_one(t: TestDb) {
        let app = TestApp::on(t).await;
        let mut browser = member(&app, EMAIL).await;
        let elsewhere = signed_in(&app, EMAIL).await;
        let before = cookie(&browser);
        let fields = [("current_password", PASSWORD), ("password", OTHER), ("password_again", OTHER)];
        let answer = browser.post("/account/password", &fields).await;
        assert_eq!((answer.status.as_u16(), answer.location()), (303, "/account"), "{}", answer.text);
        assert!(browser.get("/account").await.text.contains("修改密码成功"));
        assert_ne!(cookie(&browser), before);
        for ended in [before, cookie(&elsewhere)] {
            assert!(!is_signed_in(&app, &ended).await);
        }
        assert_eq!(log_in(&mut app.browser(), EMAIL, PASSWORD).await.codes(), ["credentials"]);
        assert_eq!(log_in(&mut app.browser(), EMAIL, OTHER).await.status, 303);
        let weak = [("current_password", OTHER), ("password", "12345678"), ("password_again", "x")];
        assert_eq!(browser.post("/account/password", &weak).await.codes(), ["password-mismatch", "password-weak"]);
        assert_eq!(broken(&app).await, Vec::<&str>::new());
    }

    async fn a_changed_password_sent_again_is_the_same_success_for_ten_minutes(t: TestDb) {
        let app = TestApp::on(t).await;
        register(&app, EMAIL).await;
        app.t.clock.set(NOON.plus(SignedDuration::from_mins(1)));
        let mut browser = signed_in(&app, EMAIL).await;
        let fields = |new: &'static str| [("current_password", PASSWORD), ("password", new), ("password_again", new)];
        assert_eq!(browser.post("/account/password", &fields(OTHER)).await.location(), "/account");
        let token = cookie(&browser);
        assert_eq!(browser.post("/account/password", &fields(OTHER)).await.location(), "/account");
        assert!(cookie(&browser) == token && browser.get("/account").await.text.contains("修改密码成功"));
        assert_eq!(browser.post("/account/password", &fields("Third-Tree-99")).await.codes(), ["credentials"]);
        let lines = "SELECT COUNT(*) FROM audit_log WHERE action = 'password-changed'";
        assert_eq!(count(&app, lines).await, 1);
        app.t.clock.set(NOON.plus(SignedDuration::from_mins(11)));
        assert_eq!(browser.post("/account/password", &fields(OTHER)).await.codes(), ["credentials"]);
    }

    async fn a_profile_that_is_kept_already_leaves_no_second_line(t: TestDb) {
        let app = TestApp::on(t).await;
        let mut browser = member(&app, EMAIL).await;
        let mut fields = [("email", EMAIL), ("phone", "13812345678"), ("name", "李博"), ("current_password", PASSWORD)];
        let lines = "SELECT COUNT(*) FROM audit_log WHERE action = 'profile-changed'";
        for (name, kept) in [("李博", 1), ("李博", 1), ("李搏", 2)] {
            fields[2].1 = name;
            assert_eq!(browser.post("/account/profile", &fields).await.location(), "/account");
            assert_eq!(count(&app, lines).await, kept);
        }
        // A new address, submitted again with the session that it started: one mail, one change.
        for _ in 0..2 {
            assert_eq!(move_to(&mut browser, NEW).await.location(), "/account");
        }
        assert_eq!(mails(&app).await.len(), 1);
        assert_eq!(count(&app, "SELECT COUNT(*) FROM audit_log WHERE action = 'email-changed'").await, 1);
    }

    async fn what_a_change_of_the_account_leaves_in_the_log_names_fields_and_no_value_of_a_person(t: TestDb) {
        let app = TestApp::on(t).await;
        let mut browser = member(&app, EMAIL).await;
        verified(&app, &mut browser).await;
        let fields = [("email", EMAIL), ("phone", "13812345678"), ("document_kind", "macau-id"),
            ("document_number", "99101000001"), ("name", "李博"), ("current_password", PASSWORD)];
        let mut other = fields;
        (other[1].1, other[2].1) = ("13900000000", "passport");
        let mut spelt = other;
        spelt[0].1 = "ZHANG3@163.com";
        for fields in [&fields[..], &other, &spelt, &[("email", NEW), ("current_password", PASSWORD)]] {
            assert_eq!(browser.post("/account/profile", fields).await.location(), "/account");
        }
        verified(&app, &mut browser).await;
        let undo = link(&app, Purpose::Undo).await;
        let changed = [("current_password", PASSWORD), ("password", OTHER), ("password_again", OTHER)];
        assert_eq!(browser.post("/account/password", &changed).await.location(), "/account");
        assert_eq!(app.browser().post(&undo, &[]).await.location(), "/login");
        let told = async |action| told_of(&app.t.db, action).await.unwrap();
        assert_eq!(told("profile-changed").await, [
            "Telephone: (none) → (not recorded); Document type: (none) → Macao identity card; \
             Document number: (none) → (not recorded); Name: (none) → (not recorded)",
            "Telephone: changed (value not recorded); Document type: Macao identity card → passport",
            "Email: changed (value not recorded)",
            "Telephone: (not recorded) → (none); Document type: passport → (none); \
             Document number: (not recorded) → (none); Name: (not recorded) → (none)",
        ]);
        assert_eq!(told("email-changed").await, ["Email: changed (value not recorded); Email verified: yes → no"]);
        assert_eq!(told("email-verified").await, ["Email verified: no → yes"; 2]);
        assert_eq!(told("email-change-undone").await, ["Email: changed (value not recorded)"]);
        assert_eq!(told("password-changed").await, ["Password: changed (value not recorded)"]);
        let personal = "SELECT COUNT(*) FROM audit_log
                         WHERE object_kind <> 'change'
                           AND (detail LIKE '%138%' OR detail LIKE '%99101%' OR detail LIKE '%李%' OR detail LIKE '%@%')";
        assert_eq!(count(&app, personal).await, 0);
    }

    async fn a_new_address_alone_leaves_no_line_of_the_profile(t: TestDb) {
        let app = TestApp::on(t).await;
        let mut browser = member(&app, EMAIL).await;
        assert_eq!(move_to(&mut browser, NEW).await.location(), "/account");
        assert!(told_of(&app.t.db, "profile-changed").await.unwrap().is_empty());
        let changed = told_of(&app.t.db, "email-changed").await.unwrap();
        assert_eq!(changed, ["Email: changed (value not recorded)"]);
    }

    async fn w4_verifying_ends_every_older_session_and_pending_link(t: TestDb) {
        let app = TestApp::on(t).await;
        let mut browser = member(&app, EMAIL).await;
        let elsewhere = signed_in(&app, EMAIL).await;
        app.browser().post("/recover", &[("email", EMAIL)]).await;
        let recovery = link(&app, Purpose::Recovery).await;
        assert_eq!(browser.post("/account/verification", &[]).await.location(), "/account");
        assert!(browser.get("/account").await.text.contains("验证邮件已发出"));
        let verification = link(&app, Purpose::Verification).await;
        let asked = app.browser().get(&verification).await;
        assert!(asked.status == 200 && asked.text.contains("zh***3@163.com") && !asked.text.contains(EMAIL));
        let before = cookie(&browser);
        assert_eq!(browser.post(&verification, &[]).await.location(), "/account");
        let page = browser.get("/account").await.text;
        assert!(page.contains("已验证") && !page.contains("action=\"/account/verification\""), "{page}");
        for ended in [before, cookie(&elsewhere)] {
            assert!(!is_signed_in(&app, &ended).await);
        }
        assert_eq!(app.browser().get(&recovery).await.codes(), ["token-invalid"]);
        assert_eq!(app.browser().post(&recovery, &[("email", EMAIL)]).await.status, 404);
        let used = app.browser().get(&verification).await;
        assert!(used.status == 200 && used.codes().is_empty() && used.text.contains("邮箱已验证"), "{}", used.text);
        assert_eq!(app.browser().post(&verification, &[]).await.location(), "/login");
        assert_eq!(browser.post("/account/verification", &[]).await.location(), "/account");
        assert_eq!(links(&app, Purpose::Verification).await.len(), 1, "a verified address needs no mail");
        assert_eq!(broken(&app).await, Vec::<&str>::new());
    }

    async fn a_link_opened_elsewhere_verifies_and_leads_to_the_log_in_page(t: TestDb) {
        let app = TestApp::on(t).await;
        let mut browser = member(&app, EMAIL).await;
        let mut other = member(&app, "li4@163.com").await;
        browser.post("/account/verification", &[]).await;
        let link = link(&app, Purpose::Verification).await;
        assert_eq!(other.post(&link, &[]).await.location(), "/login");
        assert_eq!(browser.get("/account").await.status, 303);
        assert_eq!(other.get("/account").await.status, 200, "somebody else's session is none of its business");
    }

    async fn one_passport_causes_five_verification_mails_an_hour(t: TestDb) {
        let app = TestApp::on(t).await;
        let mut browser = member(&app, EMAIL).await;
        for minute in 0..5 {
            app.t.clock.set(NOON.plus(SignedDuration::from_mins(minute)));
            for _ in 0..2 {
                assert_eq!(browser.post("/account/verification", &[]).await.status, 303);
            }
        }
        assert_eq!(links(&app, Purpose::Verification).await.len(), 5, "a second press is no second mail");
        app.t.clock.set(NOON.plus(SignedDuration::from_mins(5)));
        let answer = browser.post("/account/verification", &[]).await;
        assert_eq!((answer.status.as_u16(), answer.codes()), (429, vec!["too-many"]));
        assert_eq!(move_to(&mut browser, NEW).await.codes(), ["too-many"]);
        assert_eq!(log_in(&mut app.browser(), EMAIL, PASSWORD).await.status, 303, "nothing was changed");
    }

    /// W5.
    async fn th70_a_verified_address_can_be_brought_back_for_seven_days(t: TestDb) {
        let app = TestApp::on(t).await;
        let mut browser = member(&app, EMAIL).await;
        verified(&app, &mut browser).await;
        assert_eq!(move_to(&mut browser, NEW).await.location(), "/account");
        let sent = mails(&app).await;
        let told: Vec<&str> = sent.iter().map(|mail| mail.recipient.as_str()).collect();
        assert!(told.contains(&EMAIL) && told.contains(&NEW), "{told:?}");
        // The thief verifies the new address and changes it again: neither invalidates the link of the old one.
        verified(&app, &mut browser).await;
        assert_eq!(move_to(&mut browser, "zhang3@qq.com").await.location(), "/account");
        let undo = links(&app, Purpose::Undo).await;
        assert_eq!(undo.len(), 2);
        let fields = [("email", EMAIL), ("password", PASSWORD), ("password_again", PASSWORD)];
        assert_eq!(app.browser().post("/register", &fields).await.codes(), ["email-taken"], "held for the undo");
        assert_eq!(log_in(&mut app.browser(), EMAIL, PASSWORD).await.codes(), ["credentials"], "held, and no way in");
        app.t.clock.set(NOON.plus(SignedDuration::from_hours(7 * 24 - 1)));
        let mut thief = signed_in(&app, "zhang3@qq.com").await;
        assert_eq!(app.browser().get(&undo[1]).await.status, 200);
        let answer = app.browser().post(&undo[1], &[]).await;
        assert_eq!((answer.status.as_u16(), answer.location()), (303, "/login"), "{}", answer.text);
        assert_eq!(thief.get("/account").await.status, 303, "all sessions ended");
        assert_eq!(log_in(&mut app.browser(), "zhang3@qq.com", PASSWORD).await.codes(), ["credentials"]);
        assert_eq!(log_in(&mut app.browser(), EMAIL, PASSWORD).await.status, 303);
        assert_eq!(app.browser().post(&undo[0], &[]).await.codes(), ["token-invalid"], "of the thief's");
        assert_eq!(app.browser().post(&undo[1], &[]).await.location(), "/login", "used: the address is back");
        assert!(app.browser().get(&undo[1]).await.text.contains("邮箱已改回"));
        let told: Vec<(String, String)> = mails(&app).await.into_iter()
            .filter(|mail| mail.subject.contains("已改回"))
            .map(|mail| (mail.recipient, mail.body)).collect();
        assert_eq!(told.iter().map(|(to, _)| to.as_str()).collect::<Vec<_>>(), [EMAIL], "the other was never verified");
        assert!(told[0].1.contains("/recover"), "{}", told[0].1);
        assert_eq!(broken(&app).await, Vec::<&str>::new());
    }

    /// A9: the mailbox from before may be the stranger's.
    async fn a_verified_address_is_told_that_the_one_before_it_is_back(t: TestDb) {
        let app = TestApp::on(t).await;
        let mut browser = member(&app, EMAIL).await;
        verified(&app, &mut browser).await;
        move_to(&mut browser, NEW).await;
        verified(&app, &mut browser).await;
        let undo = link(&app, Purpose::Undo).await;
        assert_eq!(app.browser().post(&undo, &[]).await.location(), "/login");
        let mut told: Vec<String> = mails(&app).await.into_iter()
            .filter(|mail| mail.subject.contains("已改回")).map(|mail| mail.recipient).collect();
        told.sort();
        let mut both = [EMAIL, NEW];
        both.sort_unstable();
        assert_eq!(told, both);
    }

    async fn after_seven_days_the_address_is_free_and_the_link_dead(t: TestDb) {
        let app = TestApp::on(t).await;
        let mut browser = member(&app, EMAIL).await;
        verified(&app, &mut browser).await;
        move_to(&mut browser, NEW).await;
        let undo = link(&app, Purpose::Undo).await;
        app.t.clock.set(NOON.plus(SignedDuration::from_hours(7 * 24)));
        assert_eq!(app.browser().post(&undo, &[]).await.codes(), ["token-invalid"]);
        register(&app, EMAIL).await;
    }

    async fn the_own_held_address_can_be_taken_back_by_the_form_too(t: TestDb) {
        let app = TestApp::on(t).await;
        let mut browser = member(&app, EMAIL).await;
        verified(&app, &mut browser).await;
        move_to(&mut browser, NEW).await;
        assert_eq!(move_to(&mut browser, EMAIL).await.location(), "/account");
        assert_eq!(log_in(&mut app.browser(), EMAIL, PASSWORD).await.status, 303);
        assert_eq!(broken(&app).await, Vec::<&str>::new());
    }

    /// I13, I14, I20.
    async fn what_breaks_an_invariant_is_found(t: TestDb) {
        let app = TestApp::on(t).await;
        let mut browser = member(&app, EMAIL).await;
        browser.post("/account/verification", &[]).await;
        let run = async |sql: &'static str| {
            let done: Result<u64, cet_base::store::DbError> =
                app.t.db.write(async move |tx| tx.execute(sql, &[]).await).await;
            done.unwrap();
        };
        for (breaks, found, mends) in [
            ("UPDATE mail_token SET used_at = expires_at", "I13", "UPDATE mail_token SET used_at = NULL"),
            ("UPDATE mail_token SET created_at = created_at - 1", "I13", "UPDATE mail_token SET created_at = created_at + 1"),
            ("UPDATE passport SET email = 'other@163.com'", "I13", "UPDATE passport SET email = 'Zhang3@163.com'"),
            ("UPDATE session SET created_at = created_at - 1", "I14", "UPDATE session SET created_at = created_at + 1"),
            ("DELETE FROM outbox", "I20", "DELETE FROM mail_token"),
        ] {
            assert_eq!(broken(&app).await, Vec::<&str>::new(), "before {breaks}");
            run(breaks).await;
            assert_eq!(broken(&app).await, [found], "{breaks}");
            run(mends).await;
        }
    }
}
