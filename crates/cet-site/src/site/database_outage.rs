//! PostgreSQL is stopped, or its answer to COMMIT is lost: what every page shows, and what is logged.

use std::io::Write;
use std::sync::{Arc, Mutex};

use axum::body::Body;
use http::{Request, header};
use tower::ServiceExt;

use super::forms::{FORMS, PASSWORD};
use crate::registration::pages::tests::{bound, enrolled};
use crate::testing::{Answer, Browser, TestApp};
use cet_base::store::testing::proxy::{Cut, Proxy, short};
use cet_base::store::testing::{Kind, TestDb, fresh};

async fn behind(proxy: &Proxy, mut t: TestDb) -> TestApp {
    t.db = proxy.open(&t, t.clock.clone(), short()).await;
    enrolled(t).await
}

async fn choose_written(browser: &mut Browser<'_>, command: &str, query: &str) -> Answer {
    browser.post(&format!("/registration/written{query}"), &[("subject", "1"), ("command", command)]).await
}

/// O7.
#[tokio::test]
async fn a_lost_answer_to_commit_is_told_as_unknown_and_repeating_is_harmless_on_postgresql() {
    for (cut, query, words) in [
        (Cut::BeforeCommit, "", "不知道刚才的操作是否已保存"),
        (Cut::AfterCommit, "?lang=en", "We do not know whether your last step was saved"),
        (Cut::SilentAfterCommit, "", "重复操作不会重复报考"),
    ] {
        let t = fresh(Kind::Postgres).await;
        let proxy = Proxy::before(&t).await;
        let app = behind(&proxy, t).await;
        let mut browser = bound(&app, 1).await;
        proxy.set(cut);
        let answer = choose_written(&mut browser, "once", query).await;
        assert_eq!(answer.status, 503, "{}", answer.text);
        assert!(!answer.header(header::RETRY_AFTER).is_empty());
        assert!(
            answer.text.contains("data-outcome=\"unknown\"") && answer.text.contains(words),
            "{}",
            answer.text
        );
        assert!(answer.codes().is_empty(), "{:?}", answer.codes());
        for link in ["/registration", "/registration/written"] {
            assert!(answer.text.contains(&format!("<a href=\"{link}\">")), "{link}");
        }
        for wrong in ["没有保存", "not saved", "nothing was saved"] {
            assert!(!answer.text.contains(wrong), "{wrong}");
        }
        proxy.set(Cut::Nothing);
        let again = choose_written(&mut browser, "once", "").await;
        assert_eq!((again.status.as_u16(), again.location()), (303, "/registration"));
    }
}

#[tokio::test]
async fn a_page_that_only_reads_is_never_told_as_unknown_on_postgresql() {
    let t = fresh(Kind::Postgres).await;
    let proxy = Proxy::before(&t).await;
    let app = behind(&proxy, t).await;
    let mut browser = bound(&app, 1).await;
    for cut in [Cut::AtNext, Cut::BeforeCommit] {
        proxy.set(Cut::Nothing);
        assert_eq!(browser.get("/registration").await.status, 200);
        proxy.set(cut);
        let answer = browser.get("/registration").await;
        assert!(!answer.text.contains("data-outcome"), "{}", answer.text);
        if cut == Cut::AtNext {
            assert_eq!((answer.status.as_u16(), answer.codes()), (503, vec!["too-busy"]));
            assert!(
                answer.text.contains("没有保存任何内容") && !answer.header(header::RETRY_AFTER).is_empty()
            );
        }
    }
}

/// Captures what was logged on this thread.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Log {
    fn lines(&self) -> Vec<String> {
        let bytes = self.0.lock().unwrap();
        String::from_utf8_lossy(&bytes).lines().map(str::to_owned).collect()
    }
}

/// Visits every page and form for candidates, and the staff login; returns how many responded with 503.
async fn visit_all(browser: &mut Browser<'_>) -> usize {
    let mut refused = 0;
    let mut look = |address: &str, answer: &Answer| {
        assert!(answer.status.as_u16() != 500, "{address}: {}", answer.text);
        if answer.status == 503 {
            assert!(!answer.header(header::RETRY_AFTER).is_empty(), "{address}");
            assert!(!answer.text.contains("data-outcome"), "{address}");
            refused += 1;
        }
    };
    let pages = [
        "/home",
        "/registration",
        "/payment",
        "/account",
        "/account/payments",
        "/account/payments/1/receipt.pdf",
        "/tickets.ics",
        "/tickets.pdf",
        "/registration/seats.json?campus=993010",
    ];
    for page in pages.into_iter().chain(FORMS.iter().filter_map(|form| form.signed_in)) {
        let page = page.replace("{id}", "1");
        look(&page, &browser.get(&page).await);
    }
    for form in FORMS {
        let address = form.address.replace("{token}", &"0".repeat(64)).replace("{id}", "1");
        let fields: Vec<_> = form.fields.iter().map(|field| (field.name, field.good)).collect();
        look(&address, &browser.post(&address, &fields).await);
    }
    let staff = [("name", "someone"), ("password", PASSWORD), ("code", "123456")];
    look("/staff/login", &browser.post("/staff/login", &staff).await);
    refused
}

async fn status_of(app: &TestApp, path: &str) -> u16 {
    let request = Request::builder().uri(path).body(Body::empty()).unwrap();
    crate::admin::router(&app.app).oneshot(request).await.unwrap().status().as_u16()
}

/// O5.
#[tokio::test]
async fn while_postgresql_is_stopped_every_page_says_when_to_come_back_and_the_log_says_it_once() {
    let t = fresh(Kind::Postgres).await;
    let mut proxy = Proxy::before(&t).await;
    let app = behind(&proxy, t).await;
    let mut browser = bound(&app, 1).await;
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt().with_writer(move || writer.clone()).with_ansi(false).finish();
    let _logging = tracing::subscriber::set_default(subscriber);
    proxy.stop().await;
    let mut refused = 0;
    for _ in 0..3 {
        refused += visit_all(&mut browser).await;
        // Metrics that do not need the database are still served.
        assert_eq!((status_of(&app, "/readyz").await, status_of(&app, "/metrics").await), (503, 200));
        assert_eq!(status_of(&app, "/healthz").await, 200);
    }
    assert!(refused > 60, "{refused} of all pages need the database");
    proxy.start().await;
    assert_eq!(status_of(&app, "/readyz").await, 200);
    assert_eq!(browser.get("/registration").await.status, 200);
    assert_eq!(choose_written(&mut browser, "", "").await.status, 303);
    let lines = log.lines();
    let told = |words: &str| lines.iter().filter(|line| line.contains(words)).count();
    assert_eq!((told("the database is away"), told("the database is back")), (1, 1), "{lines:#?}");
    assert_eq!(told("ERROR"), 1, "one line for the state, none for each page: {lines:#?}");
}
