//! 验证码 with JavaScript: the browser solves a proof of work, so the person does not have to read an image (A2).

use super::client::PASSWORD;
use super::demo::Demo;
use super::window::{Look, Window};

/// The maximum size of a candidate's first page with its assets, in bytes without compression (P4).
const FIRST_LOAD: u64 = 60_000;

/// A2.
#[tokio::test(flavor = "multi_thread")]
async fn a_browser_that_works_needs_no_code_to_register_and_log_in() {
    let look = Look { width: 390, script: true, language: "zh-CN", dark: false, name: "captcha" };
    let mut window = Window::open(look).await;
    let demo = Demo::with_captchas();
    window.go(&format!("{}/register", demo.url)).await;
    let weight = window.ask(WEIGHT).await.as_u64().unwrap();
    assert!(weight < FIRST_LOAD, "{weight} bytes at first load");
    worked(&window).await;
    assert_eq!(
        window.ask("return document.querySelector('[data-captcha] img').offsetParent").await,
        serde_json::Value::Null
    );
    window.look("01-register-proven").await;
    window.fill("email", "works@example.cn").await;
    window.fill("password", PASSWORD).await;
    window.fill("password_again", "something else").await;
    window.send("/register").await;
    window.find("[data-code=password-mismatch]").await;
    worked(&window).await;
    window.look("02-register-again").await;
    window.fill("password", PASSWORD).await;
    window.fill("password_again", PASSWORD).await;
    window.send("/register").await;
    window.arrives("/login").await;
    // A wrong answer next to finished work is accepted: the page says that none is needed.
    worked(&window).await;
    window.ask("document.querySelector('[name=captcha]').value = '0'").await;
    window.look("03-login-typed").await;
    window.fill("email", "works@example.cn").await;
    window.fill("password", PASSWORD).await;
    window.send("/login").await;
    window.arrives("/home").await;
    window.close().await;
}

/// A2.
#[tokio::test(flavor = "multi_thread")]
async fn without_script_the_picture_and_the_question_are_there() {
    // ChromeDriver uses a script to tap on a phone's page, so this must be a desktop window.
    let look =
        Look { width: 600, script: false, language: "zh-CN", dark: false, name: "captcha-without-script" };
    let mut window = Window::open(look).await;
    let demo = Demo::with_captchas();
    for path in ["register", "login", "recover", "retrieve"] {
        window.go(&format!("{}/{path}", demo.url)).await;
        assert_eq!(window.count("[data-captcha] img").await, 1, "{path}");
        assert_eq!(window.count("[name=captcha_proof]").await, 0, "{path}");
        window.look(&format!("picture-{path}")).await;
        window.click("a[href*='captcha=text']").await;
        window.find("#captcha-h").await;
        assert_eq!(window.count("[data-captcha] img").await, 0, "{path}");
        window.look(&format!("question-{path}")).await;
    }
    window.close().await;
}

/// Waits until the work is done and the page says so.
async fn worked(window: &Window) {
    window.find("[data-captcha].done .proven:not(:empty)").await;
    assert_eq!(window.count("[name=captcha_proof]:not([value=''])").await, 1);
    assert_eq!(window.count("[name=captcha][required]").await, 0);
}

/// The size in bytes of a page with everything it loads.
const WEIGHT: &str =
    "return performance.getEntriesByType('navigation').concat(performance.getEntriesByType('resource'))
    .reduce((sum, entry) => sum + entry.decodedBodySize, 0)";
