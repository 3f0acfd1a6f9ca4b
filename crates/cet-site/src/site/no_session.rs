//! A session that ends while a form is being filled in: redirected to the login page, then back to the form's page.

use super::forms::{FORMS, PASSWORD};
use crate::registration::pages::tests::{accept, enrolled, look_up};
use crate::testing::{Browser, TestApp};
use cet_base::on_both;

const EMAIL: &str = "own@example.cn";

async fn log_in(browser: &mut Browser<'_>, next: &str) -> String {
    let fields = [("email", EMAIL), ("password", PASSWORD), ("next", next)];
    browser.post("/login", &fields).await.location().to_owned()
}

/// A person with a password, bound to student 5, who may still apply for CET6.
async fn member(app: &TestApp) -> Browser<'_> {
    let mut browser = app.browser();
    let fields = [("email", EMAIL), ("password", PASSWORD), ("password_again", PASSWORD)];
    assert_eq!(browser.post("/register", &fields).await.status, 303);
    assert_eq!(log_in(&mut browser, "").await, "/home");
    accept(&mut browser).await;
    assert_eq!(look_up(&mut browser, 5).await.status, 303);
    assert_eq!(browser.post("/qualification/record", &[("checked", "yes")]).await.status, 303);
    browser
}

on_both! {
    async fn a_form_sent_after_the_session_ended_leads_to_login_and_back_to_its_page(t: TestDb) {
        let app = enrolled(t).await;
        let mut other_tab = member(&app).await;
        for form in FORMS {
            let Some(page) = form.signed_in.map(|page| page.replace("{id}", "1").replace("{order}", "1")) else { continue };
            let page = page.as_str();
            let mut browser = app.browser();
            browser.cookies.clone_from(&other_tab.cookies);
            assert_eq!(other_tab.post("/logout", &[]).await.status, 303);
            let address = form.address.replace("{id}", "1").replace("{order}", "1");
            let fields: Vec<_> = form.fields.iter().map(|field| (field.name, field.good)).collect();
            let answer = browser.post(&address, &fields).await;
            let login = format!("/login?next={}", page.replace('/', "%2F"));
            assert_eq!((answer.status.as_u16(), answer.location()), (303, login.as_str()), "{address}");
            assert_eq!(browser.get(&login).await.value("next"), Some(page), "{address}");
            assert_eq!(log_in(&mut browser, page).await, page, "{address}");
            let back = browser.get(page).await;
            // The session stores a look-up, so it must be done again.
            let status = match page {
                page if page.ends_with("/1/cancellation") || page.ends_with("/1/leaving") => 404,
                "/payment/1" => 404,
                _ => 200,
            };
            assert_eq!(back.status.as_u16(), status, "{page}");
            other_tab.cookies.clone_from(&browser.cookies);
        }
    }

    async fn without_a_session_what_is_open_to_all_stays_open(t: TestDb) {
        let app = enrolled(t).await;
        for form in FORMS.iter().filter(|form| form.signed_in.is_none()) {
            let address = form.address.replace("{token}", &"0".repeat(64));
            let answer = app.browser().post(&address, &[]).await;
            assert!(!answer.location().starts_with("/login"), "{address}");
        }
    }
}
