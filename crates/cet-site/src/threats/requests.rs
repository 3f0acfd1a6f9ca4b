//! TH12, TH13, TH14, TH19, TH20 and TH64: how the guard treats requests, for any page.

use axum::body::Body;
use http::{HeaderMap, Method, Request, StatusCode, header};
use tower::ServiceExt;

use super::routes::{all, filled};
use crate::passport::mail_tests::*;
use crate::staff::tests::world::{member as staff, staffed};
use crate::testing::{ORIGIN, TestApp};
use crate::web::visitor::Peer;
use cet_base::on_both;

const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

/// All rows that a form can change.
async fn rows(app: &TestApp) -> i64 {
    count(
        app,
        "SELECT (SELECT COUNT(*) FROM audit_log) + (SELECT COUNT(*) FROM passport) + (SELECT COUNT(*) FROM session)
              + (SELECT COUNT(*) FROM registration) + (SELECT COUNT(*) FROM entry) + (SELECT COUNT(*) FROM payment_order)
              + (SELECT COUNT(*) FROM outbox) + (SELECT COUNT(*) FROM mail_token) + (SELECT COUNT(*) FROM recovery_request)
              + (SELECT COUNT(*) FROM attempt) + (SELECT COUNT(*) FROM eligibility_review)
              + (SELECT COUNT(*) FROM staff_session) + (SELECT COUNT(*) FROM staff_rebind)
              + (SELECT COUNT(*) FROM collective_payment) + (SELECT COUNT(*) FROM agreement_acceptance)",
    )
    .await
}

/// Sends a raw request, bypassing the browser, which always sends our host.
async fn raw(app: &TestApp, request: http::request::Builder) -> (StatusCode, HeaderMap) {
    let request = request.extension(Peer(([127, 0, 0, 1], 1).into())).body(Body::empty()).unwrap();
    let answer = crate::site::router(&app.app).oneshot(request).await.unwrap();
    (answer.status(), answer.headers().clone())
}

on_both! {
    async fn th12_no_form_of_any_route_is_taken_from_another_site(t: TestDb) {
        let app = TestApp::on(t).await;
        staffed(&app).await;
        let (candidate, national) = (app.signed_in(1).await, staff(&app, "national").await);
        let before = rows(&app).await;
        for route in all().into_iter().filter(|route| route.post && !route.path.starts_with("/notify/")) {
            let path = filled(&route.path, "1");
            for foreign in [
                vec![("origin", "https://evil.example"), FORM],
                vec![("sec-fetch-site", "cross-site"), FORM],
                vec![("sec-fetch-site", "same-site"), ("origin", ORIGIN), FORM],
                vec![("origin", "null"), FORM],
                vec![("origin", "https://evil.example"), ("content-type", "text/plain")],
            ] {
                let mut browser = app.browser();
                let signed_in = if path.starts_with("/staff") { &national } else { &candidate };
                browser.cookies.clone_from(&signed_in.cookies);
                let answer = browser.send(Method::POST, &path, &foreign, "email=a%40b.cn&accept=yes".to_owned()).await;
                assert_eq!(answer.status, 403, "{path} {foreign:?}");
            }
        }
        assert_eq!(rows(&app).await, before);
    }

    async fn th13_nobody_is_logged_in_from_another_site(t: TestDb) {
        let app = TestApp::on(t).await;
        register(&app, EMAIL).await;
        let mut browser = app.browser();
        let body = format!("email={EMAIL}&password={PASSWORD}");
        for foreign in [("sec-fetch-site", "cross-site"), ("origin", "https://evil.example")] {
            let answer = browser.send(Method::POST, "/login", &[foreign, FORM], body.clone()).await;
            assert_eq!(answer.status, 403);
            assert!(!answer.headers.contains_key(header::SET_COOKIE) && browser.cookies.is_empty());
        }
        assert_eq!(browser.send(Method::POST, "/login", &[("origin", ORIGIN), FORM], body).await.status, 303);
    }

    async fn th14_a_request_to_another_host_is_misdirected(t: TestDb) {
        let app = TestApp::on(t).await;
        for host in ["evil.example", "127.0.0.1:8080.evil.example", "127.0.0.1", ""] {
            for (method, path) in [(Method::GET, "/recover"), (Method::POST, "/recover"), (Method::GET, "/")] {
                let request = Request::builder().method(method).uri(path).header(header::HOST, host);
                assert_eq!(raw(&app, request).await.0, StatusCode::MISDIRECTED_REQUEST, "{host:?} {path}");
            }
        }
        assert_eq!(raw(&app, Request::get("/")).await.0, StatusCode::MISDIRECTED_REQUEST, "without a host");
        let request = Request::get("/").header(header::HOST, "127.0.0.1:8080");
        assert_eq!(raw(&app, request).await.0, StatusCode::OK);
    }

    async fn th14_a_request_that_names_two_hosts_or_a_foreign_target_is_refused(t: TestDb) {
        let app = TestApp::on(t).await;
        let ours = || Request::builder().header(header::HOST, "127.0.0.1:8080");
        for request in [
            ours().uri("/").header(header::HOST, "127.0.0.1:8080"),
            ours().uri("/recover").header(header::HOST, "evil.example"),
            ours().uri("http://evil.example/"),
            ours().uri("http://evil.example/login").method(Method::POST),
            Request::get("https://evil.example/"),
        ] {
            assert_eq!(raw(&app, request).await.0, StatusCode::BAD_REQUEST);
        }
        assert_eq!(raw(&app, ours().uri("http://127.0.0.1:8080/")).await.0, StatusCode::OK);
    }

    /// TH56.
    async fn th56_a_request_whose_end_coding_or_target_can_be_read_in_two_ways_is_refused(t: TestDb) {
        let app = TestApp::on(t).await;
        let ask = |headers: &[(&'static str, &'static str)]| {
            let of = http::Request::builder().method("GET").uri("/").header("host", "127.0.0.1:8080");
            headers.iter().fold(of, |of, (name, value)| of.header(*name, *value))
        };
        assert_eq!(raw(&app, ask(&[])).await.0, StatusCode::OK);
        for (headers, expected) in [
            (&[("transfer-encoding", "chunked"), ("content-length", "0")][..], 400),
            (&[("content-length", "0"), ("content-length", "0")], 400),
            (&[("transfer-encoding", "chunked"), ("transfer-encoding", "chunked")], 400),
            (&[("transfer-encoding", "gzip, chunked")], 400),
            (&[("content-encoding", "gzip")], 415),
        ] {
            assert_eq!(raw(&app, ask(headers)).await.0.as_u16(), expected, "{headers:?}");
        }
        let other = http::Request::builder().method("GET").uri("ftp://127.0.0.1:8080/").header("host", "127.0.0.1:8080");
        assert_eq!(raw(&app, other).await.0, StatusCode::BAD_REQUEST);
    }

    async fn th19_a_name_with_a_line_break_is_no_name(t: TestDb) {
        let app = TestApp::on(t).await;
        let mut browser = member(&app, EMAIL).await;
        for name in ["张三\r\nBcc: a@b.cn", "张三\n", "张\u{0}三"] {
            let fields = [("email", EMAIL), ("name", name), ("current_password", PASSWORD)];
            let answer = browser.post("/account/profile", &fields).await;
            let kept = browser.get("/account?show=yes").await.text;
            assert!(answer.status == 422 || name.trim_end() == "张三", "{name:?}: {}", answer.status);
            assert!(!kept.contains("Bcc") && !kept.contains('\u{0}'), "{name:?}");
        }
        for email in ["a@b.cn\r\nBcc:x@y.cn", "a@b.cn\0", "a@b.cn%0d%0aBcc:x"] {
            let fields = [("email", email), ("password", PASSWORD), ("password_again", PASSWORD)];
            assert_eq!(app.browser().post("/register", &fields).await.codes(), ["email-invalid"], "{email:?}");
        }
    }

    async fn th20_no_way_back_leads_to_another_site(t: TestDb) {
        let app = TestApp::on(t).await;
        register(&app, EMAIL).await;
        for next in ["//evil", "/\\evil", "https:evil", "https://evil", "%2f%2fevil", "/%2f/evil", "/x\r\nLocation: //evil", "javascript:x", "\t//evil"] {
            let mut browser = app.browser();
            let query = form_urlencoded::Serializer::new(String::new()).append_pair("next", next).finish();
            assert_eq!(browser.get(&format!("/login?{query}")).await.value("next"), None, "{next:?}");
            let fields = [("email", EMAIL), ("password", PASSWORD), ("next", next)];
            assert_eq!(browser.post("/login", &fields).await.location(), "/home", "{next:?}");
            for way in ["/payment/return/alipay", "/payment/return/payease", "/payment", "/home"] {
                let to = browser.get(&format!("{way}?{query}")).await.location().to_owned();
                assert!(to.is_empty() || (to.starts_with('/') && !to.starts_with("//") && !to.starts_with("/\\")), "{way}: {to}");
            }
        }
    }

    async fn th64_every_answer_has_the_headers_against_framing_sniffing_and_keeping(t: TestDb) {
        let app = TestApp::with(t, &[("CET_SERVER__PUBLIC_ORIGIN", "https://127.0.0.1:8080")]).await;
        staffed(&app).await;
        let (candidate, national) = (app.signed_in(1).await, staff(&app, "national").await);
        let mut seen = Vec::new();
        for route in all().into_iter().filter(|route| route.get) {
            let path = filled(&route.path, "1");
            for signed_in in [None, Some(if path.starts_with("/staff") { &national } else { &candidate })] {
                let mut browser = app.browser();
                browser.cookies = signed_in.map_or_else(Vec::new, |known| known.cookies.clone());
                let answer = browser.get(&path).await;
                assert!(!answer.status.is_server_error(), "{path}: {}", answer.status);
                headers_are_there(&path, &answer.headers);
                let personal = signed_in.is_some() && answer.status == 200 && answer.text.contains("logout\" method=");
                if personal {
                    assert!(answer.header(header::CACHE_CONTROL).contains("no-store"), "{path}");
                }
                seen.push(answer.status.as_u16());
            }
        }
        let mut browser = app.browser();
        for (method, path, status) in [
            (Method::GET, "/nowhere", 404), (Method::POST, "/", 405), (Method::DELETE, "/login", 405), (Method::POST, "/register", 422),
        ] {
            let answer = browser.send(method, path, &[FORM], String::new()).await;
            assert_eq!(answer.status.as_u16(), status, "{path}");
            headers_are_there(path, &answer.headers);
        }
        let foreign = browser.send(Method::POST, "/login", &[("origin", "https://evil"), FORM], String::new()).await;
        assert_eq!(foreign.status, 403);
        headers_are_there("/login", &foreign.headers);
        headers_are_there("another host", &raw(&app, Request::get("/").header(header::HOST, "evil")).await.1);
        assert!([200, 303, 404].iter().all(|status| seen.contains(status)), "{seen:?}");
    }
}

fn headers_are_there(path: &str, headers: &HeaderMap) {
    let value = |name: &str| headers.get(name).map_or("", |value| value.to_str().unwrap());
    let csp = value("content-security-policy");
    for part in [
        "default-src 'none'",
        "script-src 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "object-src 'none'",
    ] {
        assert!(csp.contains(part), "{path}: {csp}");
    }
    assert!(!csp.contains("unsafe"), "{path}: {csp}");
    for (name, wanted) in [
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "strict-origin"),
        ("x-frame-options", "DENY"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
        ("strict-transport-security", "max-age=31536000; includeSubDomains"),
    ] {
        assert_eq!(value(name), wanted, "{path}: {name}");
    }
    assert!(value("permissions-policy").contains("camera=()"), "{path}");
    assert!(!headers.contains_key("server") && !headers.contains_key("x-powered-by"), "{path}");
}
