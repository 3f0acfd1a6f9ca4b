//! Tickets kept on a device for use without a network, and forgotten when their owner leaves.

use crate::passport::mail_tests::{EMAIL, PASSWORD, log_in, register};
use crate::testing::{Answer, TestApp};
use crate::web::assets;
use cet_base::on_both;

const ANOTHER: &str = "li4@163.com";

fn cleared(answer: &Answer) -> &str {
    answer.headers.get("clear-site-data").map_or("", |value| value.to_str().unwrap())
}

fn mark(answer: &Answer) -> String {
    answer.text.split("data-of=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
}

fn script(name: &str) -> String {
    String::from_utf8(assets::named(name).unwrap().plain.clone()).unwrap()
}

#[test]
fn the_worker_keeps_nothing_by_itself_and_shows_tickets_and_nothing_else() {
    let script = script("sw.js");
    assert!(script.contains(r"const TICKET = /^\/tickets(\/[0-9]+)?\.pdf$/;"));
    // One place puts something into a cache: what is there already gets its newer copy.
    assert_eq!((script.matches(".put(").count(), script.matches(".add").count()), (1, 0));
    let before = script.split(".put(").next().unwrap();
    assert!(before.contains("if (!kept) { return answer; }"));
    assert_eq!(script.matches("ticket(request, path)").count(), 2);
    assert!(
        script.contains("if (TICKET.test(path) && !url.search) {\nevent.respondWith(ticket(request, path)")
    );
    assert!(script.contains("answer.ok && answer.headers.get(\"Content-Type\") === \"application/pdf\""));
    assert!(!script.contains("addAll") && !script.contains("indexedDB") && !script.contains("importScripts"));
}

#[test]
fn a_ticket_is_kept_only_when_its_button_is_pressed() {
    let script = script("keep.js");
    let (before, pressed) = script.split_once("button.addEventListener(\"click\"").unwrap();
    assert_eq!(script.matches(".put(").count(), 1);
    // The one function that keeps is called nowhere but by the button.
    assert_eq!(before.matches("keep(path").count(), 1, "its own beginning");
    assert_eq!(pressed.matches("keep(path").count(), 1);
    assert_eq!(self::script("cet.js").matches("caches").count(), 0);
}

on_both! {
    async fn th64_worker_and_manifest_are_of_this_site_and_the_worker_is_asked_for_anew(t: TestDb) {
        let app = TestApp::on(t).await;
        let mut browser = app.browser();
        let worker = browser.get("/sw.js?of=1").await;
        assert_eq!(worker.headers["content-type"], "text/javascript; charset=utf-8");
        assert_eq!(worker.headers["cache-control"], "no-cache");
        let policy = worker.headers["content-security-policy"].to_str().unwrap();
        assert!(policy.contains("worker-src 'self'; manifest-src 'self';") && policy.contains("connect-src 'self'"));
        assert_eq!(worker.text, script("sw.js"));
        for (lang, name) in [("zh", "全国大学英语四、六级考试报名"), ("en", "Registration for CET-4 and CET-6")] {
            let page = browser.get(&format!("/login?lang={lang}")).await;
            let manifest = page.text.split("rel=\"manifest\" href=\"").nth(1).unwrap().split('"').next().unwrap();
            let app = browser.get(manifest).await;
            assert_eq!(app.headers["content-type"], "application/manifest+json");
            assert!(app.text.contains(&format!("\"name\":\"{name}\"")), "{}", app.text);
            for icon in app.text.split("\"src\":\"").skip(1) {
                let icon = browser.get(icon.split('"').next().unwrap()).await;
                assert!(icon.status == 200 && icon.headers["content-type"].to_str().unwrap().starts_with("image/"));
            }
        }
    }

    async fn th11_what_is_kept_on_a_device_is_gone_after_logging_out_and_for_whoever_comes_next(t: TestDb) {
        let app = TestApp::on(t).await;
        register(&app, EMAIL).await;
        register(&app, ANOTHER).await;
        let mut device = app.browser();
        assert_eq!(cleared(&log_in(&mut device, EMAIL, PASSWORD).await), "", "nobody was here before");
        let first = mark(&device.get("/home").await);
        // The session ends by itself, and the same person comes again.
        assert_eq!(cleared(&log_in(&mut device, EMAIL, PASSWORD).await), "");
        assert_eq!(mark(&device.get("/account").await), first);
        assert_eq!(cleared(&log_in(&mut device, ANOTHER, PASSWORD).await), "\"storage\"");
        assert_ne!(mark(&device.get("/home").await), first);
        assert_eq!(cleared(&device.post("/logout", &[]).await), "\"cookies\", \"storage\"");
        assert_eq!(cleared(&device.post("/logout", &[]).await), "\"cookies\", \"storage\"", "also without a session");
        assert!(!device.get("/login").await.text.contains("data-of="));
    }
}
