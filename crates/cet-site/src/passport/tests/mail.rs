//! Helpers of the tests of mailed links.

use crate::testing::{Answer, Browser, TestApp};
use cet_base::params;
use cet_base::store::DbError;
use cet_domain::outbox::delivery::Delivery;
use cet_domain::outbox::store::Boxed;
use cet_domain::passport::{jobs, token::Purpose};

pub(crate) const PASSWORD: &str = "Blue-Kite-42";
pub(crate) const OTHER: &str = "Green-Boat-77";
pub(crate) const EMAIL: &str = "zhang3@163.com";
pub(crate) const EDUCATION: &str = "http://localhost:8080";
pub(crate) const BOTH_NETWORKS: [(&str, &str); 1] = [("CET_SERVER__EDUCATION_ORIGIN", EDUCATION)];

pub(crate) async fn register(app: &TestApp, email: &str) {
    let fields = [("email", email), ("password", PASSWORD), ("password_again", PASSWORD)];
    assert_eq!(app.browser().post("/register", &fields).await.status, 303);
}

pub(crate) async fn log_in(browser: &mut Browser<'_>, email: &str, password: &str) -> Answer {
    browser.post("/login", &[("email", email), ("password", password)]).await
}

/// A browser that is signed in with a new passport with this address.
pub(crate) async fn member<'a>(app: &'a TestApp, email: &str) -> Browser<'a> {
    register(app, email).await;
    signed_in(app, email).await
}

pub(crate) async fn signed_in<'a>(app: &'a TestApp, email: &str) -> Browser<'a> {
    let mut browser = app.browser();
    assert_eq!(log_in(&mut browser, email, PASSWORD).await.status, 303);
    browser
}

/// Runs the jobs that write and send mails; returns all mails ever sent, newest first.
pub(crate) async fn mails(app: &TestApp) -> Vec<Boxed> {
    while jobs::recover(&app.app).await.unwrap() > 0 {}
    while cet_domain::message::jobs::mail_owed(&app.app).await.unwrap() > 0 {}
    while cet_domain::outbox::jobs::send_due(&app.t.db, &app.app.vault, &Delivery::Mailbox).await.unwrap() > 0
    {
    }
    let found: Result<Vec<Boxed>, DbError> =
        app.t.db.read(async |tx| cet_domain::outbox::store::mailbox(tx, 1000).await).await;
    found.unwrap()
}

/// The paths of all links of a purpose, newest first.
pub(crate) async fn links(app: &TestApp, purpose: Purpose) -> Vec<String> {
    let mails = mails(app).await;
    let link = |mail: &Boxed| {
        let start = mail.body.find(purpose.path())?;
        mail.body.get(start..)?.split_whitespace().next().map(str::to_owned)
    };
    mails.iter().filter_map(link).collect()
}

/// The newest link of a purpose.
pub(crate) async fn link(app: &TestApp, purpose: Purpose) -> String {
    links(app, purpose).await.first().unwrap().clone()
}

/// Verifies the address of the signed-in passport.
pub(crate) async fn verified(app: &TestApp, browser: &mut Browser<'_>) {
    assert_eq!(browser.post("/account/verification", &[]).await.location(), "/account");
    let link = link(app, Purpose::Verification).await;
    assert_eq!(browser.post(&link, &[]).await.location(), "/account");
}

pub(crate) async fn count(app: &TestApp, sql: &'static str) -> i64 {
    let found: Result<(i64,), DbError> =
        app.t.db.read(async move |tx| tx.query_one(sql, params![]).await).await;
    found.unwrap().0
}

/// The invariants of this module that `cet verify` would report as violated.
pub(crate) async fn broken(app: &TestApp) -> Vec<&'static str> {
    let mut broken = Vec::new();
    for question in cet_domain::passport::verify::QUESTIONS {
        let sql = question.sql;
        let rows: Result<Vec<(String,)>, DbError> = app
            .t
            .db
            .read(async move |tx| {
                let now = tx.now().await?;
                tx.query(sql, params![now, 20_i64]).await
            })
            .await;
        if !rows.unwrap().is_empty() {
            broken.push(question.invariant);
        }
    }
    broken
}
