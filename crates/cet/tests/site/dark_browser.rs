//! The pages with a dark colour scheme preferred, with the same contrast rules.

use super::client::{Client, PASSWORD};
use super::demo::Demo;
use super::window::{Look, Window};

#[tokio::test(flavor = "multi_thread")]
async fn pages_are_readable_in_the_dark_on_a_telephone() {
    looked_at(Look { width: 390, script: true, language: "zh-CN", dark: true, name: "dark-telephone" }).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_are_readable_in_the_dark_on_a_desktop() {
    looked_at(Look { width: 1280, script: true, language: "zh-CN", dark: true, name: "dark-desktop" }).await;
}

async fn looked_at(look: Look) {
    let mut window = Window::open(look).await;
    let demo = Demo::with_captchas();
    for (name, path) in [("01-portal", "/"), ("02-schedule", "/schedule"), ("03-register", "/register")] {
        window.go(&format!("{}{path}", demo.url)).await;
        if name == "01-portal" {
            assert_eq!(window.ask("return matchMedia('(prefers-color-scheme: dark)').matches").await, true);
        }
        window.look(name).await;
    }
    window.find("[data-captcha].done").await;
    window.look("03-register-proven").await;
    window.fill("email", "nobody").await;
    window.ask("document.querySelector('main form').noValidate = true").await;
    window.send("/register").await;
    window.find("[data-code=email-invalid]").await;
    window.look("04-register-refused").await;
    drop(demo);
    // The steps on the way here are tested elsewhere; captchas would only slow it down.
    let demo = Demo::start(None);
    let mut client = Client::new(&demo.url);
    client.join("dark@example.cn").await;
    client.bind(&demo.person("张三")).await;
    window.go(&format!("{}/login", demo.url)).await;
    window.fill("email", "dark@example.cn").await;
    window.fill("password", PASSWORD).await;
    window.send("/login").await;
    window.arrives("/home").await;
    window.look("05-home").await;
    for (name, path) in [("06-unentered", "/registration"), ("07-written", "/registration/written")] {
        window.go(&format!("{}{path}", demo.url)).await;
        window.look(name).await;
    }
    client
        .post("/registration/written", &[("subject", "1"), ("subject", "2")])
        .await
        .leads_to("/registration");
    for (name, path) in [
        ("08-information", "/registration"),
        ("09-oral", "/registration/oral"),
        ("10-payment", "/payment"),
        ("11-review", "/review"),
        ("12-account", "/account"),
    ] {
        window.go(&format!("{}{path}", demo.url)).await;
        window.look(name).await;
    }
    let order = client.post("/payment", &[("gateway", "alipay")]).await;
    window.go(&format!("{}{}", demo.url, order.location)).await;
    window.look("13-order").await;
    window.close().await;
}
