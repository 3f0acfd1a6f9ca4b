//! The pages of candidates in Chromium in each situation that a season brings about, in both languages: clean, and
//! without the box of errors.

use super::client::{Client, PASSWORD};
use super::demo::Demo;
use super::gateway::PayBy;
use super::journey_browser::log_in;
use super::journey_http::pay;
use super::window::{Look, Window};

/// The pages that tell of the situation.
const PAGES: [&str; 14] = [
    "/",
    "/home",
    "/agreement",
    "/qualification",
    "/qualification/record",
    "/registration",
    "/registration/written",
    "/registration/oral",
    "/registration/waiting-list",
    "/payment",
    "/review",
    "/account",
    "/account/payments",
    "/account/messages",
];

/// The pages that are the same in every situation.
const OTHERS: [&str; 12] = [
    "/register",
    "/recover",
    "/retrieve",
    "/verify-ticket",
    "/record-report",
    "/dispute",
    "/account/profile",
    "/account/password",
    "/account/sessions",
    "/account/access",
    "/account/consents",
    "/account/consents/withdrawal",
];

const FIRST: &str = "first@example.cn";
const SECOND: &str = "second@example.cn";

async fn look_at(window: &mut Window, demo: &Demo, situation: &str, pages: &[&str]) {
    for path in pages {
        window.go(&format!("{}{path}", demo.url)).await;
        assert_eq!(window.count("main").await, 1, "{path} {situation}");
        assert_eq!(window.count(".errs").await, 0, "{path} {situation}");
        window.look(&format!("{situation}{}", path.replace('/', "-"))).await;
    }
}

/// All pages of a situation, and those of its entries and orders.
async fn all(window: &mut Window, demo: &Demo, (email, situation): (&str, &str)) {
    log_in(window, demo, email, PASSWORD).await;
    window.arrives("/home").await;
    look_at(window, demo, situation, &PAGES).await;
    window.go(&format!("{}/registration", demo.url)).await;
    let mut links = window.links("main a[href$='/cancellation'], main a[href^='/payment/']").await;
    links.sort();
    links.dedup();
    for (n, link) in links.iter().take(3).enumerate() {
        window.go(&format!("{}{link}", demo.url)).await;
        assert_eq!(window.count("main").await, 1, "{link} {situation}");
        window.look(&format!("{situation}-of-entries-{n}")).await;
    }
}

/// Moves the demo's clock by hours.
async fn later(demo: &Demo, hours: i64) {
    let seconds = (hours * 3600).to_string();
    Client::new(&demo.url)
        .post("/rehearsal/clock", &[("advance", &seconds)])
        .await
        .leads_to("/rehearsal/clock");
}

async fn every_situation(look: Look) {
    let mut window = Window::open(look).await;
    let demo = Demo::start(None);
    let (mut first, mut second) = (Client::new(&demo.url), Client::new(&demo.url));
    first.join(FIRST).await;
    second.join(SECOND).await;
    all(&mut window, &demo, (FIRST, "unbound")).await;
    look_at(&mut window, &demo, "other", &OTHERS).await;
    first.bind(&demo.person("张三")).await;
    all(&mut window, &demo, (FIRST, "without-entry")).await;
    first.post("/registration/written", &[("subject", "1")]).await.leads_to("/registration");
    all(&mut window, &demo, (FIRST, "unpaid")).await;
    let order = first.post("/payment", &[("gateway", "alipay")]).await;
    assert_eq!(order.status, 303, "{:?}", order.codes());
    all(&mut window, &demo, (FIRST, "with-an-order")).await;
    pay(&mut first, PayBy::Alipay, "pay").await;
    all(&mut window, &demo, (FIRST, "paid")).await;
    second.bind(&demo.person("李四")).await;
    second.post("/registration/written", &[("subject", "1")]).await.leads_to("/registration");
    later(&demo, 25).await;
    all(&mut window, &demo, (SECOND, "expired")).await;
    later(&demo, 21 * 24).await;
    all(&mut window, &demo, (SECOND, "closed")).await;
    let (good, said) = demo.command(&["arrange", "--sitting", "2017-2", "--seed", "7", "--publish"]);
    assert!(good, "{said}");
    all(&mut window, &demo, (FIRST, "arranged")).await;
    later(&demo, 10 * 24).await;
    all(&mut window, &demo, (FIRST, "printing")).await;
    window.close().await;
    demo.verify();
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_of_a_candidate_is_clean_in_every_situation() {
    every_situation(Look { width: 1280, script: true, language: "zh-CN", dark: false, name: "situations" })
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_of_a_candidate_is_clean_in_every_situation_in_english_on_a_telephone() {
    every_situation(Look {
        width: 390,
        script: true,
        language: "en",
        dark: false,
        name: "situations-english",
    })
    .await;
}
