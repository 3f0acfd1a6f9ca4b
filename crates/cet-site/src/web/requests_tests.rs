//! The request log and the request counts: by route, and without personal data.

use std::io::Write;
use std::sync::{Arc, Mutex};
use std::task::{Context, Waker};

use axum::routing::get;
use axum::{Router, middleware};
use http::Request;
use tower::ServiceExt;

use super::*;
use crate::testing::{Answer, Browser, TestApp};
use crate::web::answer::PageError;
use crate::web::guard::guard;
use cet_base::on_both;

/// Captures what is logged on this thread.
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
    fn heard(&self) -> tracing::subscriber::DefaultGuard {
        let writer = self.clone();
        let subscriber = tracing_subscriber::fmt().json().with_writer(move || writer.clone());
        tracing::subscriber::set_default(subscriber.with_max_level(tracing::Level::TRACE).finish())
    }

    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }

    /// The fields of each line of the request log.
    fn requests(&self) -> Vec<serde_json::Value> {
        let text = self.text();
        let lines = text.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
        lines.filter(|line| line["target"] == LOG).map(|line| line["fields"].clone()).collect()
    }
}

fn count(app: &TestApp, route: &str, method: &str, status: u16) -> u64 {
    let routes = app.app.requests.routes();
    let answers = routes.iter().filter(|one| &*one.name == route).flat_map(|one| one.answers());
    answers.filter(|(m, s, _)| *m == method && *s == status).map(|(_, _, count)| count).sum()
}

async fn ask(browser: &mut Browser<'_>, method: &str, path: &str) -> Answer {
    browser.send(method.parse().unwrap(), path, &[], String::new()).await
}

on_both! {
    /// In a rehearsal the site's clock is another than the machine's.
    async fn a_fault_is_told_by_the_clock_of_the_site(t: TestDb) {
        let app = TestApp::on(t).await;
        app.app.catalogue.be_ahead(24 * 3_600 * 1_000_000);
        let pages = Router::new()
            .route("/broken", get(async || PageError::fault("planned")))
            .layer(middleware::from_fn_with_state(app.app.clone(), guard));
        let request = Request::get("/broken").header("host", "127.0.0.1:8080").body(axum::body::Body::empty());
        let answer = pages.oneshot(request.unwrap()).await.unwrap();
        let body = http_body_util::BodyExt::collect(answer.into_body()).await.unwrap().to_bytes();
        let text = String::from_utf8_lossy(&body);
        assert!(text.contains("2017-09-21 12:00:00") && text.contains("-0921-"), "{text}");
    }

    async fn each_request_is_a_line_with_its_route_and_holds_nothing_of_a_person(t: TestDb) {
        let app = TestApp::on(t).await;
        let log = Log::default();
        let _heard = log.heard();
        let mut browser = app.browser();
        let token = "0123456789abcdef".repeat(4);
        let marks = [&*token, "11010519491231002X", "liao%40example.cn", "liao@example.cn", "13947110815", "203.0.113.7"];
        browser.address = ([203, 0, 113, 7], 40_000).into();
        for path in [
            "/about?email=liao%40example.cn",
            &format!("/recover/{token}"),
            &format!("/account/undo/{token}?document_number=11010519491231002X"),
            "/11010519491231002X?phone=13947110815",
            "/payment/11010519491231002X",
        ] {
            ask(&mut browser, "GET", path).await;
        }
        let fields = [("email", "liao@example.cn"), ("password", "x"), ("phone", "13947110815")];
        browser.post("/login?next=/11010519491231002X", &fields).await;
        let lines = log.requests();
        let told: Vec<_> = lines
            .iter()
            .map(|line| format!("{} {} {}", line["method"], line["route"], line["status"]).replace('"', ""))
            .collect();
        assert_eq!(told, [
            "GET /about 200",
            "GET /recover/{token} 404",
            "GET /account/undo/{token} 404",
            "GET other 404",
            "GET /payment/{order} 303",
            "POST /login 422",
        ]);
        for line in lines {
            assert!(line["seconds"].as_f64().is_some_and(|seconds| seconds > 0.0 && seconds < 60.0), "{line}");
            let names: Vec<_> = line.as_object().unwrap().keys().cloned().collect();
            assert_eq!(names, ["message", "method", "route", "seconds", "status"]);
        }
        for mark in marks {
            assert!(!log.text().contains(mark), "{mark} in {}", log.text());
        }
    }

    async fn requests_are_counted_by_route_method_and_status_and_by_nothing_that_a_client_makes_up(t: TestDb) {
        let app = TestApp::on(t).await;
        let mut browser = app.browser();
        for n in 0..20 {
            ask(&mut browser, "GET", &format!("/made-up-{n}?q={n}")).await;
            ask(&mut browser, &format!("BREW{n}"), "/about").await;
            ask(&mut browser, "GET", &format!("/payment/{n}")).await;
        }
        ask(&mut browser, "HEAD", "/about").await;
        assert_eq!(count(&app, "other", "GET", 404), 20);
        assert_eq!(count(&app, "/about", "other", 405), 20);
        assert_eq!(count(&app, "/about", "HEAD", 200), 1);
        assert_eq!(count(&app, "/payment/{order}", "GET", 303), 20);
        let routes = app.app.requests.routes();
        assert_eq!(routes.len(), 3, "{routes:?}");
        assert_eq!(routes.iter().map(|route| route.seconds.count()).sum::<u64>(), 61);
    }
}

#[tokio::test]
async fn a_fault_is_told_with_the_incident_that_its_page_shows() {
    let app = TestApp::new(cet_base::store::testing::Kind::Sqlite).await;
    let log = Log::default();
    let _heard = log.heard();
    let pages = Router::new()
        .route("/broken", get(async || PageError::fault("planned")))
        .route("/panics", get(async || -> &'static str { panic!("planned") }))
        .layer(middleware::from_fn_with_state(app.app.clone(), guard));
    for path in ["/broken", "/panics"] {
        let request = Request::get(path).header("host", "127.0.0.1:8080").body(axum::body::Body::empty());
        assert_eq!(pages.clone().oneshot(request.unwrap()).await.unwrap().status(), 500);
    }
    let lines = log.requests();
    for (line, route) in lines.iter().zip(["/broken", "/panics"]) {
        assert_eq!((&line["route"], &line["status"]), (&route.into(), &500.into()));
        let incident = line["incident"].as_str().unwrap();
        assert_eq!(log.text().matches(incident).count(), 2, "in the line of the fault too: {}", log.text());
    }
    assert_eq!(lines.len(), 2);
}

#[tokio::test]
async fn a_request_whose_client_goes_away_is_counted_too() {
    let app = TestApp::new(cet_base::store::testing::Kind::Sqlite).await;
    let waits = get(async || std::future::pending::<&'static str>().await);
    let pages =
        Router::new().route("/waits", waits).layer(middleware::from_fn_with_state(app.app.clone(), guard));
    let request = Request::get("/waits").header("host", "127.0.0.1:8080").body(axum::body::Body::empty());
    let mut answer = Box::pin(pages.oneshot(request.unwrap()));
    assert!(answer.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
    assert_eq!(count(&app, "/waits", "GET", GONE), 0);
    drop(answer);
    assert_eq!(count(&app, "/waits", "GET", GONE), 1);
}
