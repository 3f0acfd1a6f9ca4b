//! `/healthz`, `/readyz`, `/metrics`: on an address of their own, never public (O5).

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::{StatusCode, header};

use crate::app::App;
use crate::key_check;
use crate::store::{DbError, Tx};
use crate::web::server::Phase;
use cet_domain::installation::unfit;

/// How long `/metrics` waits for the database.
const PATIENCE: Duration = Duration::from_secs(2);

/// The admin address's router.
pub fn router(app: &App) -> Router {
    Router::new()
        .route("/healthz", get(async || "ok\n"))
        .route("/readyz", get(ready))
        .route("/metrics", get(metrics))
        .with_state(app.clone())
}

/// Ready means that the database answers and is the one whose keys this node has, and that the node is not about to stop.
async fn ready(State(app): State<App>) -> Response {
    if *app.phase.borrow() != Phase::Serving {
        return (StatusCode::SERVICE_UNAVAILABLE, "draining\n").into_response();
    }
    let vault = Arc::clone(&app.vault);
    let read = app.db.probe(async move |tx: &mut Tx<'_>| key_check::fits(tx, &vault).await);
    match read.await.map_err(|stop| unfit(&app.config, stop)) {
        Ok(()) => "ready\n".into_response(),
        Err(error) => (StatusCode::SERVICE_UNAVAILABLE, format!("{error}\n")).into_response(),
    }
}

/// How this node is, and work that waits, in Prometheus's text form. Only the latter asks the database, and is left out
/// when that does not answer soon.
async fn metrics(State(app): State<App>) -> Response {
    let waiting = tokio::time::timeout(PATIENCE, waiting(&app)).await;
    let waiting = waiting.ok().and_then(Result::ok).unwrap_or_default();
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], own(&app) + &waiting).into_response()
}

/// What this process knows by itself.
fn own(app: &App) -> String {
    let (right, wrong) = app.passwords.tally();
    app.jobs.metrics()
        + &app.alarms.metrics()
        + "# HELP cet_passwords_total Passwords that were checked.\n# TYPE cet_passwords_total counter\n"
        + &format!("cet_passwords_total{{right=\"yes\"}} {right}\n")
        + &format!("cet_passwords_total{{right=\"no\"}} {wrong}\n")
}

async fn waiting(app: &App) -> Result<String, DbError> {
    let read = app.db.probe(async |tx: &mut Tx<'_>| {
        let mail: (i64,) = tx.query_one("SELECT COUNT(*) FROM outbox WHERE try_at IS NOT NULL", &[]).await?;
        let orders: (i64,) =
            tx.query_one("SELECT COUNT(*) FROM payment_order WHERE state = 'open'", &[]).await?;
        let refunds: (i64,) = tx.query_one("SELECT COUNT(*) FROM refund WHERE state = 'due'", &[]).await?;
        Ok::<_, DbError>((mail.0, orders.0, refunds.0))
    });
    let (mail, orders, refunds) = read.await?;
    let gauge = |name: &str, help: &str, value: i64| {
        format!("# HELP {name} {help}\n# TYPE {name} gauge\n{name} {value}\n")
    };
    Ok(gauge("cet_mail_waiting", "Mails not sent yet.", mail)
        + &gauge("cet_orders_open", "Payment orders that are open.", orders)
        + &gauge("cet_refunds_due", "Refunds not confirmed yet.", refunds))
}

#[cfg(test)]
mod tests {
    use crate::testing::TestApp;
    use crate::{on_both, params};
    use http_body_util::BodyExt as _;
    use tower::ServiceExt as _;

    use super::*;

    on_both! {
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
}
