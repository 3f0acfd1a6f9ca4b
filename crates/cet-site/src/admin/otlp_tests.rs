//! The collector receives what `/metrics` prints.

use axum::Router;
use axum::routing::post;
use tokio::net::TcpListener;
use tokio::sync::{mpsc, watch};

use super::*;
use crate::testing::TestApp;
use crate::web::connections::Connections;
use crate::web::server;
use cet_base::on_both;

/// A collector that forwards what it receives to the test and responds with `status`.
async fn collector(status: u16) -> (String, mpsc::Receiver<Value>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let (taken, bodies) = mpsc::channel(8);
    let take = async move |body: String| {
        taken.send(serde_json::from_str(&body).unwrap()).await.unwrap();
        http::StatusCode::from_u16(status).unwrap()
    };
    let router = Router::new().route("/v1/metrics", post(take));
    tokio::spawn(server::serve(listener, router, Connections::inside(), server::always_serving()));
    (address, bodies)
}

fn metric<'a>(body: &'a Value, name: &str) -> &'a Value {
    let metrics = body["resourceMetrics"][0]["scopeMetrics"][0]["metrics"].as_array().unwrap();
    metrics.iter().find(|metric| metric["name"] == name).unwrap()
}

on_both! {
    async fn the_collector_that_is_set_gets_the_metrics_and_the_last_ones_at_the_end(t: TestDb) {
        let (endpoint, mut bodies) = collector(200).await;
        let app = TestApp::with(t, &[("CET_TELEMETRY__OTLP_ENDPOINT", &format!("{endpoint}/"))]).await;
        app.browser().get("/about").await;
        let (stop, stopped) = watch::channel(false);
        let feed = tokio::spawn(Collector::of(&app.app).unwrap().unwrap().feed(app.app.clone(), stopped));
        let body = bodies.recv().await.unwrap();
        assert_eq!(body["resourceMetrics"][0]["resource"]["attributes"][0]["value"]["stringValue"], "cet");
        let counter = &metric(&body, "cet_http_requests_total")["sum"];
        assert_eq!((&counter["isMonotonic"], &counter["aggregationTemporality"]), (&true.into(), &2.into()));
        let point = &counter["dataPoints"][0];
        assert_eq!(point["asInt"], "1");
        assert_eq!(point["attributes"][0], json!({ "key": "route", "value": { "stringValue": "/about" } }));
        assert_eq!(point["timeUnixNano"], "1505880000000000000");
        assert_eq!(point["startTimeUnixNano"], "1505880000000000000");
        let described = |name: &str| (metric(&body, name)["unit"].clone(), metric(&body, name)["description"].clone());
        let requests = "Requests; status 499: the client disconnected";
        assert_eq!(described("cet_http_requests_total"), ("".into(), requests.into()));
        assert_eq!(described("cet_http_request_seconds").0, "s");
        let histogram = &metric(&body, "cet_http_request_seconds")["histogram"]["dataPoints"][0];
        assert_eq!((&histogram["count"], histogram["sum"].as_f64().unwrap() > 0.0), (&"1".into(), true));
        let length = |of: &str| histogram[of].as_array().unwrap().len();
        assert_eq!(length("bucketCounts"), length("explicitBounds") + 1);
        assert_eq!(metric(&body, "cet_mail_waiting")["gauge"]["dataPoints"][0]["asInt"], "0");
        app.browser().get("/about").await;
        stop.send(true).unwrap();
        feed.await.unwrap();
        let last = bodies.recv().await.unwrap();
        assert_eq!(metric(&last, "cet_http_requests_total")["sum"]["dataPoints"][0]["asInt"], "2");
        assert!(bodies.try_recv().is_err());
    }
}

#[tokio::test]
async fn a_collector_that_refuses_or_is_away_is_told_apart_from_one_that_takes() {
    let t = cet_base::store::testing::fresh(cet_base::store::testing::Kind::Sqlite).await;
    let app = TestApp::on(t).await;
    let send = async |address: String| {
        let collector = Collector { client: reqwest::Client::new(), address };
        collector.send(&app.app, &Figures::default(), app.app.db.clock().process_now()).await
    };
    let (takes, _taken) = collector(202).await;
    assert!(send(format!("{takes}/v1/metrics")).await.is_ok());
    let (refuses, _refused) = collector(401).await;
    let told = send(format!("{refuses}/v1/metrics")).await.unwrap_err();
    assert_eq!(told.to_string(), "it answered 401");
    // A port that nothing listens on.
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let away = send(format!("http://{nobody}/v1/metrics")).await.unwrap_err();
    assert!(matches!(away, NotTaken::Sending(_)) && away.to_string().contains("refused"), "{away}");
}
