//! `/metrics` prints what `docs/metrics.md` lists, on both databases, and while the database is unreachable.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::sync::Notify;

use http_body_util::BodyExt;
use tower::ServiceExt;

use super::*;
use crate::registration::pages::tests::{bound, enrolled};
use crate::testing::TestApp;
use crate::web::requests::LOST;
use cet_base::on_both;
use cet_base::params;
use cet_base::store::DbError;
use cet_base::store::testing::proxy::{Proxy, short};
use cet_base::store::testing::{Kind, NOON, fresh};
use cet_domain::nodes;
use cet_domain::passport::turns::Asker;
use cet_domain::payment::calls::{Call, Outcome};

const PAGE: &str = include_str!("../../../../docs/metrics.md");

/// Type and labels of each metric.
type Metrics = BTreeMap<String, (String, BTreeSet<String>)>;

/// Scrapes `/metrics` of the admin address.
async fn scrape(admin: &Router) -> String {
    let request = http::Request::get("/metrics").body(axum::body::Body::empty()).unwrap();
    let answer = admin.clone().oneshot(request).await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    assert_eq!(answer.headers()[header::CONTENT_TYPE], "text/plain; version=0.0.4; charset=utf-8");
    String::from_utf8(answer.into_body().collect().await.unwrap().to_bytes().to_vec()).unwrap()
}

/// The value of a series, which is named as it is printed.
fn value(text: &str, series: &str) -> Option<u64> {
    text.lines().find_map(|line| line.strip_prefix(series)?.strip_prefix(' ')?.parse().ok())
}

fn documented() -> Metrics {
    let rows = PAGE.lines().filter(|line| line.starts_with("| `cet_"));
    rows.map(|row| {
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        let names = |cell: &str| cell.split('`').skip(1).step_by(2).map(str::to_owned).collect::<Vec<_>>();
        (names(cells[1]).remove(0), (cells[2].to_owned(), names(cells[3]).into_iter().collect()))
    })
    .collect()
}

/// Parses the exposition. Each metric has its help and type lines before its values.
fn printed(text: &str) -> Metrics {
    let mut metrics = Metrics::new();
    let (mut helped, mut of) = ("", "");
    for line in text.lines() {
        if let Some(rest) = line.strip_prefix("# HELP ") {
            helped = rest.split_once(' ').filter(|(_, help)| help.len() > 10).unwrap().0;
        } else if let Some(rest) = line.strip_prefix("# TYPE ") {
            let (name, kind) = rest.split_once(' ').unwrap();
            assert_eq!(helped, name);
            assert_eq!(kind == "counter", name.ends_with("_total"), "{name}");
            assert_eq!(
                kind == "histogram",
                name.ends_with("_seconds") && !name.contains("timestamp"),
                "{name}"
            );
            of = name;
            assert!(
                metrics.insert(name.to_owned(), (kind.to_owned(), BTreeSet::new())).is_none(),
                "{name} twice"
            );
        } else {
            let (series, value) = line.rsplit_once(' ').unwrap();
            let (name, labels) = series.split_once('{').unwrap_or((series, ""));
            let parts = ["", "_sum", "_count", "_bucket"];
            assert!(parts.iter().any(|part| name.strip_suffix(part) == Some(of)), "{line} under {of}");
            assert!(value.parse::<f64>().is_ok(), "{line}");
            let labels = labels.trim_end_matches('}').split(',').filter_map(|label| label.split_once('='));
            let known = &mut metrics.get_mut(of).unwrap().1;
            known.extend(labels.map(|(label, _)| label.to_owned()).filter(|label| label != "le"));
        }
    }
    metrics
}

on_both! {
    async fn the_page_of_metrics_and_what_is_printed_are_the_same(t: TestDb) {
        let app = TestApp::on(t).await;
        app.app.jobs.begins("mail");
        app.browser().get("/about").await;
        let printed = printed(&scrape(&router(&app.app)).await);
        assert_eq!(printed, documented());
        assert!(printed.len() > 20, "{}", printed.len());
    }

    async fn work_that_waits_is_counted_in_the_database_and_kept_for_a_while(t: TestDb) {
        let app = enrolled(t).await;
        bound(&app, 1).await;
        let admin = router(&app.app);
        let before = scrape(&admin).await;
        for (series, count) in [
            ("cet_mail_waiting", 0),
            ("cet_mail_failed", 0),
            ("cet_orders{state=\"open\"}", 0),
            ("cet_orders{state=\"paid\"}", 0),
            ("cet_orders{state=\"closed\"}", 0),
            ("cet_refunds{state=\"due\"}", 0),
            ("cet_refunds{state=\"done\"}", 0),
        ] {
            assert_eq!(value(&before, series), Some(count), "{series}");
        }
        for statement in SOME_WORK {
            app.t.db.write(async move |tx: &mut Tx<'_>| tx.execute(statement, &[]).await).await.unwrap();
        }
        assert_eq!(value(&scrape(&admin).await, "cet_mail_waiting"), Some(0), "it is not counted for each scrape");
        let text = scrape(&router(&app.app)).await;
        for (series, count) in [
            ("cet_mail_waiting", 2),
            ("cet_mail_failed", 1),
            ("cet_orders{state=\"open\"}", 1),
            ("cet_orders{state=\"paid\"}", 2),
            ("cet_orders{state=\"closed\"}", 0),
            ("cet_refunds{state=\"due\"}", 1),
            ("cet_refunds{state=\"done\"}", 0),
        ] {
            assert_eq!(value(&text, series), Some(count), "{series}");
        }
    }

    async fn the_ten_fullest_pools_of_the_current_sitting_show_their_seats(t: TestDb) {
        let app = TestApp::on(t).await;
        for statement in [
            "UPDATE seat_pool SET taken = 4 WHERE campus = '993010' AND subject = '2'",
            "UPDATE seat_pool SET taken = 5 WHERE campus = '991010' AND subject = '1'",
            "INSERT INTO seat_pool (school, sitting, campus, subject, capacity, taken)
             VALUES ('99301', '2017-2', '993010', 'J', 5, 0), ('99301', '2001-1', '993010', '1', 9, 9)",
        ] {
            app.t.db.write(async move |tx: &mut Tx<'_>| tx.execute(statement, &[]).await).await.unwrap();
        }
        let text = scrape(&router(&app.app)).await;
        let pools: Vec<&str> = text.lines().filter(|line| line.starts_with("cet_seats{")).collect();
        assert_eq!(pools.len(), 10, "{pools:#?}");
        assert_eq!(pools[0], "cet_seats{subject=\"1\",campus=\"991010\"} 0");
        assert_eq!(pools[1], "cet_seats{subject=\"2\",campus=\"993010\"} 1");
        assert!(pools[2..].iter().all(|line| line.ends_with(" 5")), "{pools:#?}");
        assert!(text.contains("subject=\"J\"") && !text.contains("subject=\"S\",campus=\"993010\""), "{pools:#?}");
    }

    async fn what_the_node_does_is_counted_as_it_does_it(t: TestDb) {
        let app = TestApp::on(t).await;
        app.app.jobs.succeeded("expiry", NOON);
        app.app.jobs.failed("mail", NOON, "planned");
        app.app.alarms.long_file_asked();
        let asker = Asker::candidate([192, 0, 2, 1].into());
        app.app.passwords.is_right("x", None, &asker).await.unwrap();
        app.app.db.write(async |tx: &mut Tx<'_>| tx.now().await).await.unwrap();
        let text = scrape(&router(&app.app)).await;
        for (series, count) in [
            ("cet_job_last_success_timestamp_seconds{job=\"expiry\"}", 1_505_880_000),
            ("cet_job_last_success_timestamp_seconds{job=\"mail\"}", 0),
            ("cet_job_failures_total{job=\"expiry\"}", 0),
            ("cet_job_failures_total{job=\"mail\"}", 1),
            ("cet_alarms_total{kind=\"long-file\"}", 1),
            ("cet_alarms_total{kind=\"job-ended\"}", 0),
            ("cet_passwords_total{right=\"no\"}", 1),
            ("cet_password_queue_seconds_count", 1),
            ("cet_password_queue_length", 0),
            ("cet_store_queue_length", 0),
        ] {
            assert_eq!(value(&text, series), Some(count), "{series}");
        }
        let waited = |series| value(&text, series).unwrap();
        let most = waited("cet_pool_connections_max{pool=\"write\"}");
        if app.app.db.kind() == "sqlite" {
            assert!(waited("cet_store_queue_seconds_count") > 0);
            assert_eq!((waited("cet_pool_wait_seconds_count{pool=\"write\"}"), most), (0, 0));
        } else {
            assert!(waited("cet_pool_wait_seconds_count{pool=\"write\"}") > 0);
            assert!(waited("cet_pool_connections{pool=\"write\",state=\"idle\"}") > 0 && most > 0);
        }
    }
}

/// Each metric of the node shows its own value, and none that of another.
#[tokio::test]
async fn what_was_recorded_is_printed_under_its_own_name_and_labels() {
    let app = TestApp::on(fresh(Kind::Sqlite).await).await;
    let admin = router(&app.app);
    let mut browser = app.browser();
    browser.get("/about").await;
    browser.get("/about").await;
    browser.get("/nothing").await;
    let calls = &app.app.payments.gateways.calls;
    for (n, (code, call)) in (1..).zip([
        (gateway::alipay::CODE, Call::Query),
        (gateway::alipay::CODE, Call::Refund),
        (gateway::payease::CODE, Call::RefundQuery),
    ]) {
        for _ in 0..n {
            calls.note(code, call, Outcome::Timeout, Duration::from_millis(20));
        }
    }
    let lost = LOST.fetch_add(3, Ordering::Relaxed);
    let text = scrape(&admin).await;
    for (series, count) in [
        ("cet_http_requests_total{route=\"/about\",method=\"GET\",status=\"200\"}", 2),
        ("cet_http_requests_total{route=\"other\",method=\"GET\",status=\"404\"}", 1),
        ("cet_http_request_seconds_count{route=\"/about\"}", 2),
        ("cet_http_request_seconds_bucket{route=\"/about\",le=\"+Inf\"}", 2),
        ("cet_gateway_calls_total{gateway=\"alipay\",call=\"query\",outcome=\"timeout\"}", 1),
        ("cet_gateway_calls_total{gateway=\"alipay\",call=\"query\",outcome=\"answered\"}", 0),
        ("cet_gateway_calls_total{gateway=\"alipay\",call=\"refund\",outcome=\"timeout\"}", 2),
        ("cet_gateway_calls_total{gateway=\"payease\",call=\"refund-query\",outcome=\"timeout\"}", 3),
        ("cet_gateway_call_seconds_count{gateway=\"payease\",call=\"refund-query\"}", 3),
        // 20 ms each.
        ("cet_gateway_call_seconds_bucket{gateway=\"payease\",call=\"refund-query\",le=\"0.01\"}", 0),
        ("cet_gateway_call_seconds_bucket{gateway=\"payease\",call=\"refund-query\",le=\"0.025\"}", 3),
        ("cet_password_queue_refused_total", 0),
        ("cet_passwords_total{right=\"yes\"}", 0),
        ("cet_build_info{version=\"0.1.0\",database=\"sqlite\"}", 1),
    ] {
        assert_eq!(value(&text, series), Some(count), "{series} in {text}");
    }
    assert!(value(&text, "cet_request_log_lost_total").is_some_and(|now| now >= lost + 3));
}

/// As the pools of PostgreSQL are used, so they are printed.
#[tokio::test]
async fn connections_that_are_used_and_idle_are_printed_as_such_on_postgres() {
    let app = TestApp::on(fresh(Kind::Postgres).await).await;
    let (db, admin) = (app.app.db.clone(), router(&app.app));
    let (begun, go_on) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let before = value(&scrape(&admin).await, "cet_pool_connections{pool=\"write\",state=\"busy\"}");
    let task = {
        let (begun, go_on) = (Arc::clone(&begun), Arc::clone(&go_on));
        tokio::spawn(async move {
            let done: Result<(), DbError> = db
                .write(async move |tx: &mut Tx<'_>| {
                    tx.now().await?;
                    begun.notify_one();
                    go_on.notified().await;
                    Ok(())
                })
                .await;
            done.unwrap();
        })
    };
    begun.notified().await;
    let text = scrape(&admin).await;
    let busy = "cet_pool_connections{pool=\"write\",state=\"busy\"}";
    assert_eq!((before, value(&text, busy)), (Some(0), Some(1)));
    assert_eq!(value(&text, "cet_pool_waiting{pool=\"write\"}"), Some(0));
    let most = value(&text, "cet_pool_connections_max{pool=\"write\"}");
    assert_eq!(
        most,
        app.app.db.load().pools.iter().find(|pool| pool.name == "write").map(|pool| pool.most as u64)
    );
    go_on.notify_one();
    task.await.unwrap();
}

/// Two pending mails, one of them retried, and one that was sent; three orders; a refund.
const SOME_WORK: [&str; 4] = [
    "INSERT INTO outbox (school, id, kind, event, lang, sealed, created_at, try_at, tries, sent_at)
     VALUES ('00000', 1, 'x', '1', 'zh', '', 0, 1, 0, NULL), ('00000', 2, 'x', '2', 'zh', '', 0, 1, 3, NULL),
            ('00000', 3, 'x', '3', 'zh', '', 0, NULL, 1, 5)",
    "INSERT INTO payment_order (school, id, number, registration_id, passport_id, sitting, gateway, bank, amount, state,
                                opened_at, deadline_at, settled_at, ask_at, asked)
     SELECT school, 1, '1', id, 1, '2017-2', 'alipay', '', 5, 'open', 0, 0, CAST(NULL AS BIGINT), CAST(NULL AS BIGINT), 0
       FROM registration
      UNION ALL SELECT school, 2, '2', id, 1, '2017-2', 'alipay', '', 5, 'paid', 0, 0, 0, NULL, 0 FROM registration
      UNION ALL SELECT school, 3, '3', id, 1, '2017-2', 'alipay', '', 5, 'paid', 0, 0, 0, NULL, 0 FROM registration",
    "INSERT INTO receipt (school, id, order_id, gateway, trade_no, amount, proof, received_at)
     VALUES ('99301', 2, 2, 'alipay', 't', 5, 'notice', 0)",
    "INSERT INTO refund (school, id, order_id, receipt_id, amount, reason, request_no, state, due_at, tries)
     VALUES ('99301', 3, 2, 2, 5, 'no-seat', 'r', 'due', 0, 0)",
];

#[tokio::test]
async fn without_its_database_a_node_tells_all_that_it_knows_by_itself() {
    let mut t = fresh(Kind::Postgres).await;
    let mut proxy = Proxy::before(&t).await;
    t.db = proxy.open(&t, t.clock.clone(), short()).await;
    let app = TestApp::on(t).await;
    app.app.jobs.begins("mail");
    proxy.stop().await;
    assert_eq!(app.browser().get("/home").await.status, 303);
    let printed = printed(&scrape(&router(&app.app)).await);
    let from_the_database = [
        "cet_mail_waiting",
        "cet_mail_failed",
        "cet_refunds",
        "cet_orders",
        "cet_seats",
        "cet_standby_places",
        "cet_standby_given",
    ];
    let expected: Metrics =
        documented().into_iter().filter(|(name, _)| !from_the_database.contains(&&**name)).collect();
    assert_eq!(printed, expected);
    proxy.start().await;
    assert!(scrape(&router(&app.app)).await.contains("cet_mail_waiting 0\n"));
}

on_both! {
    /// What it may still read is told to nobody: the load balancer sends its people to the other nodes.
    async fn a_node_whose_number_was_taken_over_is_not_ready_refuses_writes_and_says_why(t: TestDb) {
        let app = TestApp::on(t).await;
        let (db, holder, alarms) = (&app.app.db, &app.app.holder, &app.app.alarms);
        nodes::take(db, holder, async || {}).await.unwrap();
        let taken_over = "UPDATE node SET boot = 'other', mark = 'north'";
        app.t.db.write(async move |tx: &mut Tx<'_>| tx.execute(taken_over, &[]).await).await.unwrap();
        nodes::jobs::round(db, holder, alarms).await.unwrap();
        let request = http::Request::get("/readyz").body(axum::body::Body::empty()).unwrap();
        let answer = router(&app.app).oneshot(request).await.unwrap();
        assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
        let said = answer.into_body().collect().await.unwrap().to_bytes();
        let said = String::from_utf8_lossy(&said).into_owned();
        assert!(said.contains("server.node 0") && said.contains("north"), "{said}");
        let text = scrape(&router(&app.app)).await;
        assert_eq!(value(&text, "cet_alarms_total{kind=\"node-number\"}"), Some(1));
        let mut browser = app.browser();
        assert_eq!(browser.get("/about").await.status, 200);
        let form = [("email", "a@example.cn"), ("password", "long enough, and rare")];
        assert_eq!(browser.post("/login", &form).await.status, 503);
    }

    async fn a_node_whose_database_was_exchanged_is_not_ready(t: TestDb) {
        let app = TestApp::on(t).await;
        let ready = async || {
            let request = http::Request::get("/readyz").body(axum::body::Body::empty()).unwrap();
            let answer = router(&app.app).oneshot(request).await.unwrap();
            let status = answer.status().as_u16();
            (status, answer.into_body().collect().await.unwrap().to_bytes())
        };
        assert_eq!(ready().await.0, 200);
        app.t.db.write(async |tx: &mut Tx<'_>| {
            tx.execute("UPDATE vault_check SET mark = $1 WHERE name = 'lookup'", params![vec![0_u8; 32]]).await
        })
        .await
        .unwrap();
        let (status, said) = ready().await;
        let said = String::from_utf8_lossy(&said).into_owned();
        assert!(status == 503 && said.contains("vault.key") && said.contains("database.url"), "{said}");
    }
}
