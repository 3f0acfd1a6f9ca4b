use jiff::SignedDuration;

use super::world::{code, member, staffed};
use crate::testing::{Answer, Browser, TestApp};
use cet_base::on_both;
use cet_base::params;
use cet_base::store::DbError;
use cet_base::store::testing::TestDb;
use cet_domain::staff::demo;
use cet_domain::staff::verbs;

async fn password(browser: &mut Browser<'_>, account: &demo::DemoAccount) -> Answer {
    browser.post("/staff/login", &[("name", account.name), ("password", &account.password)]).await
}

async fn seeded(t: TestDb) -> (TestApp, Vec<demo::DemoAccount>) {
    let app = TestApp::on(t).await;
    let accounts = demo::seed(&app.t.db, &app.app.vault, &app.app.passwords).await.unwrap();
    (app, accounts)
}

/// An account that has never logged in.
async fn fresh(app: &TestApp) -> String {
    app.t
        .db
        .write(async |tx| {
            tx.execute(
                "UPDATE staff_account SET enrolled_at = NULL, must_change = TRUE WHERE name = 'service'",
                &[],
            )
            .await
        })
        .await
        .unwrap();
    "service".to_owned()
}

on_both! {
    /// A8, TH63.
    async fn both_factors_open_the_console_and_the_password_alone_opens_nothing(t: TestDb) {
        let (app, accounts) = seeded(t).await;
        let account = &accounts[0];
        let mut browser = app.browser();
        assert_eq!(browser.get("/staff").await.location(), "/staff/login");
        assert_eq!(browser.get("/staff/registrations").await.location(), "/staff/login?next=%2Fstaff%2Fregistrations");
        let answer = password(&mut browser, account).await;
        assert_eq!((answer.status.as_u16(), answer.location()), (303, "/staff/second-factor"));
        let half = browser.cookie("cet-staff").unwrap().to_owned();
        assert_eq!(browser.get("/staff").await.location(), "/staff/second-factor");
        assert_eq!(browser.get("/staff/second-factor.svg").await.status, 404);
        let wrong = browser.post("/staff/second-factor", &[("code", "000000")]).await;
        assert_eq!((wrong.status.as_u16(), wrong.codes()), (422, vec!["credentials"]));
        let right = code(&app, &account.totp_secret, 0);
        let answer = browser.post("/staff/second-factor", &[("code", &right)]).await;
        assert_eq!((answer.status.as_u16(), answer.location()), (303, "/staff"));
        assert_ne!(browser.cookie("cet-staff").unwrap(), half);
        let page = browser.get("/staff").await;
        assert_eq!(page.status, 200);
        assert!(page.text.contains("99301"));
    }

    async fn a_code_counts_once(t: TestDb) {
        let (app, accounts) = seeded(t).await;
        let account = &accounts[0];
        let right = code(&app, &account.totp_secret, 0);
        let mut one = app.browser();
        password(&mut one, account).await;
        assert_eq!(one.post("/staff/second-factor", &[("code", &right)]).await.status, 303);
        let mut two = app.browser();
        password(&mut two, account).await;
        assert_eq!(two.post("/staff/second-factor", &[("code", &right)]).await.codes(), ["credentials"]);
        let next = code(&app, &account.totp_secret, 1);
        assert_eq!(two.post("/staff/second-factor", &[("code", &next)]).await.status, 303);
    }

    /// RFC 6238, 5.2.
    async fn a_code_older_than_one_that_was_used_is_worth_nothing(t: TestDb) {
        let (app, accounts) = seeded(t).await;
        let account = &accounts[0];
        for (step, enters) in [(0, true), (-1, false), (0, false), (1, true), (0, false), (-1, false)] {
            let mut browser = app.browser();
            password(&mut browser, account).await;
            let answer = browser.post("/staff/second-factor", &[("code", &code(&app, &account.totp_secret, step))]).await;
            assert_eq!(answer.status == 303, enters, "{step} {:?}", answer.codes());
        }
    }

    /// TH63.
    async fn th63_of_twenty_codes_at_once_five_are_looked_at(t: TestDb) {
        let (app, accounts) = seeded(t).await;
        let account = &accounts[0];
        let mut sessions = Vec::new();
        for _ in 0..20 {
            let mut browser = app.browser();
            password(&mut browser, account).await;
            sessions.push(browser);
        }
        let guesses = sessions.iter_mut().map(|browser| browser.post("/staff/second-factor", &[("code", "000000")]));
        let answers = futures_util::future::join_all(guesses).await;
        let refused = answers.iter().filter(|answer| answer.codes() == ["credentials"]).count();
        assert_eq!((refused, answers.len()), (4, 20), "the fifth is told to wait already");
        let looked_at: Result<(i64,), DbError> = app.t.db.read(async |tx| {
            tx.query_one("SELECT COUNT(*) FROM audit_log WHERE action = 'staff-code-refused'", &[]).await
        }).await;
        assert_eq!(looked_at.unwrap().0, 5);
    }

    async fn a_wrong_name_and_a_wrong_password_get_one_answer_and_guessing_is_slowed(t: TestDb) {
        let app = TestApp::with(t, &[("CET_LIMITS__PASSWORDS", "3")]).await;
        let accounts = demo::seed(&app.t.db, &app.app.vault, &app.app.passwords).await.unwrap();
        let mut browser = app.browser();
        let unknown = browser.post("/staff/login", &[("name", "nobody"), ("password", "x")]).await;
        let wrong = browser.post("/staff/login", &[("name", "national"), ("password", "x")]).await;
        assert_eq!((unknown.status, unknown.codes()), (wrong.status, wrong.codes()));
        assert_eq!(wrong.codes(), ["credentials"]);
        for _ in 0..2 {
            browser.post("/staff/login", &[("name", "national"), ("password", "x")]).await;
        }
        let account = accounts.iter().find(|account| account.name == "national").unwrap();
        let slowed = password(&mut browser, account).await;
        assert_eq!((slowed.status.as_u16(), slowed.codes()), (429, vec!["too-many"]));
        assert!(slowed.headers.contains_key("retry-after"));
    }

    async fn guessing_codes_is_slowed_whoever_has_the_password(t: TestDb) {
        let (app, accounts) = seeded(t).await;
        let mut browser = app.browser();
        password(&mut browser, &accounts[0]).await;
        for _ in 0..5 {
            browser.post("/staff/second-factor", &[("code", "000000")]).await;
        }
        password(&mut browser, &accounts[0]).await;
        let right = code(&app, &accounts[0].totp_secret, 0);
        assert_eq!(browser.post("/staff/second-factor", &[("code", &right)]).await.codes(), ["too-many"]);
    }

    async fn the_first_log_in_shows_the_secret_and_the_recovery_codes_once(t: TestDb) {
        let (app, accounts) = seeded(t).await;
        let name = fresh(&app).await;
        let account = accounts.iter().find(|account| account.name == name).unwrap();
        let mut browser = app.browser();
        password(&mut browser, account).await;
        let page = browser.get("/staff/second-factor").await;
        assert!(page.text.replace(' ', "").contains(&account.totp_secret));
        let picture = browser.get("/staff/second-factor.svg").await;
        assert_eq!(picture.status, 200);
        assert!(picture.text.contains("<svg"));
        let right = code(&app, &account.totp_secret, 0);
        let answer = browser.post("/staff/second-factor", &[("code", &right)]).await;
        assert_eq!(answer.location(), "/staff/recovery-codes");
        let page = browser.get("/staff/recovery-codes").await;
        let recovery = page.text.split("<li><code class=\"id\">").nth(1).unwrap().split('<').next().unwrap().to_owned();
        assert_eq!(recovery.chars().filter(char::is_ascii_hexdigit).count() * 4, 128, "random bits");
        assert_eq!(browser.post("/staff/recovery-codes", &[]).await.status, 303);
        // Nothing opens until the first password was changed.
        assert_eq!(browser.get("/staff").await.location(), "/staff/password");
        let fields = [("current_password", account.password.as_str()), ("password", "大熊猫 eats bamboo 9"), ("password_again", "大熊猫 eats bamboo 9")];
        assert_eq!(browser.post("/staff/password", &fields).await.location(), "/staff");
        assert_eq!(browser.get("/staff").await.status, 200);
        assert_eq!(browser.get("/staff/recovery-codes").await.status, 303);
        for counts in [true, false] {
            let mut other = app.browser();
            other.post("/staff/login", &[("name", account.name), ("password", "大熊猫 eats bamboo 9")]).await;
            assert!(!other.get("/staff/second-factor").await.text.contains(&account.totp_secret[..4]));
            let answer = other.post("/staff/second-factor", &[("code", &recovery)]).await;
            assert_eq!(answer.status.as_u16() == 303, counts);
        }
    }

    /// TH11.
    async fn a_session_ends_by_idling_by_age_by_logging_out_and_with_its_account(t: TestDb) {
        let app = TestApp::on(t).await;
        staffed(&app).await;
        let start = app.t.clock.process_now();
        let mut idle = member(&app, "national").await;
        app.t.clock.set(start.plus(SignedDuration::from_mins(14)));
        assert_eq!(idle.get("/staff").await.status, 200);
        app.t.clock.set(start.plus(SignedDuration::from_mins(30)));
        assert_eq!(idle.get("/staff").await.status, 303);

        let mut aged = member(&app, "national").await;
        for minutes in (40..=500).step_by(10) {
            app.t.clock.set(start.plus(SignedDuration::from_mins(minutes)));
            assert_eq!(aged.get("/staff").await.status, 200, "{minutes}");
        }
        app.t.clock.set(start.plus(SignedDuration::from_mins(30 + 480)));
        assert_eq!(aged.get("/staff").await.status, 303);

        let mut left = member(&app, "national").await;
        let kept = left.cookies.clone();
        assert_eq!(left.post("/staff/logout", &[]).await.location(), "/staff/login");
        left.cookies = kept;
        assert_eq!(left.get("/staff").await.status, 303);

        let mut gone = member(&app, "national").await;
        assert_eq!(gone.get("/staff").await.status, 200);
        let ended: Result<bool, DbError> = app.t.db.write(async |tx| {
            verbs::disable(tx, "national", cet_domain::audit::Actor::Command("test"), "").await
        }).await;
        assert!(ended.unwrap());
        assert_eq!(gone.get("/staff").await.status, 303);
    }

    async fn a_role_that_was_taken_away_is_gone_with_the_next_request(t: TestDb) {
        let app = TestApp::on(t).await;
        staffed(&app).await;
        let mut browser = member(&app, "province-99").await;
        assert!(browser.get("/staff").await.text.contains("(99)"));
        let changed: Result<u64, DbError> = app.t.db.write(async |tx| {
            tx.execute("UPDATE staff_account SET role = 'auditor', scope = '' WHERE name = $1", params!["province-99"]).await
        }).await;
        changed.unwrap();
        assert!(!browser.get("/staff").await.text.contains("(99)"));
    }
}
