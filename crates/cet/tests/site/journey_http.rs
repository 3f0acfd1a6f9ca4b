//! The manual's journey over plain HTTP: forms and `data-` attributes, no JavaScript.

use cet_base::store::testing::{Kind, TestDb, fresh};

use super::client::Client;
use super::demo::Demo;
use super::gateway::{self, PayBy};
use super::page_markup;
use super::wait::until;

#[tokio::test(flavor = "multi_thread")]
async fn two_candidates_enter_and_pay_on_sqlite() {
    whole(None).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_candidates_enter_and_pay_on_postgresql() {
    // The demo uses the database; only its URL is needed here.
    let TestDb { url, .. } = fresh(Kind::Postgres).await;
    whole(Some(url)).await;
}

async fn whole(database: Option<String>) {
    let demo = Demo::with_season_on(database);
    let home = Client::new(&demo.url).page("/").await;
    assert!(home.contains("进入报名") && home.contains("注册新用户"));
    alipay_pays_for_written_and_oral(&demo).await;
    payease_pays_and_a_decline_does_not(&demo).await;
    wechat_pays_by_a_code(&demo).await;
    assert!(demo.verify().lines().count() >= 3);
}

async fn alipay_pays_for_written_and_oral(demo: &Demo) {
    let mut client = Client::new(&demo.url);
    assert!(client.get("/registration").await.location.starts_with("/login?next="));
    client.join("liao@example.cn").await;
    assert!(client.page("/home").await.contains("未设置"));
    client.post("/registration/written", &[("subject", "1")]).await.refuses(403, &["not-bound"]);
    client.bind(&demo.person("廖晓儿")).await;
    client.post("/registration/oral", &[("subject", "F")]).await.refuses(422, &["oral-needs-written"]);
    client.post("/registration/written", &[]).await.refuses(422, &["nothing-chosen"]);
    client.post("/registration/written", &[("subject", "1")]).await.leads_to("/registration");
    client.post("/registration/written", &[("subject", "1")]).await.leads_to("/registration");
    client.post("/registration/oral", &[("subject", "F")]).await.leads_to("/registration");
    let entered: Vec<(String, String)> =
        client.entries().await.into_iter().map(|entry| (entry.subject, entry.payment)).collect();
    assert_eq!(entered, [("1".into(), "unpaid".into()), ("F".into(), "unpaid".into())]);
    pay(&mut client, PayBy::Alipay, "pay").await;
    let page = client.page("/registration").await;
    assert!(page.contains("已支付"));
    assert_eq!(page_markup::state_of_step(&page, "written-paid").as_deref(), Some("done"), "{page}");
    client.post("/payment", &[("gateway", "alipay")]).await.refuses(422, &["nothing-to-pay"]);
    client.post("/logout", &[]).await.leads_to("/");
    assert_eq!(client.get("/registration").await.status, 303);
}

async fn payease_pays_and_a_decline_does_not(demo: &Demo) {
    let mut client = Client::new(&demo.url);
    client.join("wang@example.cn").await;
    client.bind(&demo.person("王小明")).await;
    let both = [("subject", "1"), ("subject", "3")];
    client.post("/registration/written", &both).await.refuses(422, &["level-taken", "level-taken"]);
    assert!(client.entries().await.is_empty(), "of a refused form nothing is done");
    client
        .post("/registration/written", &[("subject", "1"), ("subject", "4")])
        .await
        .leads_to("/registration");
    let wrong = [("gateway", "payease"), ("bank", "999999")];
    client.post("/payment", &wrong).await.refuses(422, &["bank-unknown"]);
    go_to_gateway(&mut client, PayBy::PayEase, "decline").await;
    client.post("/registration/refresh", &[]).await.leads_to("/registration");
    assert!(client.entries().await.iter().all(|entry| entry.payment == "unpaid"));
    pay(&mut client, PayBy::PayEase, "pay").await;
}

async fn wechat_pays_by_a_code(demo: &Demo) {
    let mut client = Client::new(&demo.url);
    client.join("scan@example.cn").await;
    client.bind(&demo.person("李博")).await;
    client.post("/registration/written", &[("subject", "1")]).await.leads_to("/registration");
    assert!(client.page("/payment").await.contains("微信支付"));
    go_to_gateway(&mut client, PayBy::WeChat, "decline").await;
    assert!(client.entries().await.iter().all(|entry| entry.payment == "unpaid"));
    pay(&mut client, PayBy::WeChat, "pay").await;
    client.post("/payment", &[("gateway", "wechat")]).await.refuses(422, &["nothing-to-pay"]);
}

/// Pays for everything that is unpaid and waits for the gateway's notification to arrive.
pub(crate) async fn pay(client: &mut Client, way: PayBy, outcome: &str) {
    go_to_gateway(client, way, outcome).await;
    let paid =
        until(async || client.entries().await.iter().all(|entry| entry.payment == "paid").then_some(()));
    assert!(paid.await.is_some(), "not paid: {:?}", client.entries().await);
}

async fn go_to_gateway(client: &mut Client, way: PayBy, outcome: &str) {
    let answer = gateway::go(client, way, outcome).await.unwrap();
    // Returning from the gateway decides nothing; it redirects to the information page.
    client.get(&answer.location).await.leads_to("/registration");
}
