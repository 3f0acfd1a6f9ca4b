//! TH22, TH23, TH25, TH63: who may use the staff pages, and what they never see. TH24 and TH27 are tested next to their
//! pages.

use crate::passport::mail_tests::count;
use crate::registration::pages::tests::{bound, enrolled};
use crate::staff::tests::world::{member, staffed};
use crate::testing::TestApp;
use cet_base::on_both;
use cet_base::store::DbError;
use cet_base::store::testing::TestDb;
use cet_domain::audit::Actor;
use cet_domain::staff::verbs;

/// One registration with an entry at school 99301 of province 99.
async fn world(t: TestDb) -> TestApp {
    let app = enrolled(t).await;
    staffed(&app).await;
    bound(&app, 1).await.post("/registration/written", &[("subject", "1")]).await;
    app
}

async fn disable(app: &TestApp, name: &'static str) {
    let done: Result<bool, DbError> =
        app.t.db.write(async move |tx| verbs::disable(tx, name, Actor::Command("test"), "").await).await;
    assert!(done.unwrap());
}

/// Searches for the registration through every list, file and search; returns all responses.
async fn asked_in_every_way(app: &TestApp, account: &str) -> Vec<(String, String)> {
    let mut browser = member(app, account).await;
    let mut found = Vec::new();
    for list in [
        "/staff",
        "/staff/registrations",
        "/staff/registrations.csv",
        "/staff/reviews",
        "/staff/reviews.csv",
        "/staff/collective-payments/new",
        "/staff/collective-payments.csv",
        "/staff/group-entry",
    ] {
        for query in [
            "",
            "?school=99301",
            "?campus=993010",
            "?state=unpaid",
            "?after=0",
            "?sort=name",
            "?q=%E5%AD%A6%E7%94%9F1",
            "?class=1",
        ] {
            let path = format!("{list}{query}");
            let text = browser.get(&path).await.text;
            found.push((path, text));
        }
    }
    for fields in [
        [("passport", "00000000000000000000000000000001"), ("document_kind", ""), ("document_number", "")],
        [("passport", ""), ("document_kind", "macau-id"), ("document_number", "99301000001")],
    ] {
        let answer = browser.post("/staff/registrations/search", &fields).await;
        // A form that finds nothing keeps what was typed.
        let text = answer.text.replace(fields[2].1, "").replace(fields[0].1, "");
        found.push(("search".to_owned(), format!("{}{text}", answer.location())));
    }
    found
}

/// Whether the text reveals the registration: the name, its page, or the name of its school or campus next to a number.
fn tells(text: &str) -> bool {
    ["学生1", "/staff/registrations/99301/", "99301000001"].iter().any(|part| text.contains(part))
}

on_both! {
    async fn th22_lists_filters_searches_and_files_of_another_school_show_nothing(t: TestDb) {
        let app = world(t).await;
        let own = asked_in_every_way(&app, "school-99301").await;
        assert!(own.iter().any(|(_, text)| tells(text)), "the own school sees it");
        for (path, text) in asked_in_every_way(&app, "school-99101").await {
            assert!(!tells(&text), "{path}");
        }
    }

    async fn th25_a_disabled_account_is_out_with_the_next_request(t: TestDb) {
        let app = world(t).await;
        let mut school = member(&app, "school-99301").await;
        assert_eq!(school.get("/staff/registrations.csv").await.status, 200);
        disable(&app, "school-99301").await;
        for path in ["/staff/registrations.csv", "/staff", "/staff/reviews"] {
            let answer = school.get(path).await;
            assert!(answer.status == 303 && answer.location().starts_with("/staff/login"), "{path}: {}", answer.status);
        }
        assert_eq!(count(&app, "SELECT COUNT(*) FROM staff_session WHERE account = 'school-99301'").await, 0);
    }

    async fn th63_a_fresh_installation_has_no_account_and_a_password_alone_opens_no_console(t: TestDb) {
        let app = TestApp::on(t).await;
        assert_eq!(count(&app, "SELECT COUNT(*) FROM staff_account").await, 0);
        for (name, password) in [("admin", "admin"), ("root", ""), ("national", "national"), ("", "")] {
            let answer = app.browser().post("/staff/login", &[("name", name), ("password", password)]).await;
            assert_eq!(answer.codes(), ["credentials"]);
        }
        let accounts = cet_domain::staff::demo::seed(&app.t.db, &app.app.vault, &app.app.passwords).await.unwrap();
        let mut browser = app.browser();
        browser.post("/staff/login", &[("name", accounts[0].name), ("password", &accounts[0].password)]).await;
        for path in ["/staff", "/staff/registrations", "/staff/audit", "/staff/registrations.csv", "/staff/password"] {
            let answer = browser.get(path).await;
            assert!(answer.status == 303 && answer.location().starts_with("/staff/second-factor"), "{path}: {}", answer.location());
        }
    }
}
