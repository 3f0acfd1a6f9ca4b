//! `/healthz`, `/readyz`, `/metrics`: on an address of their own, never public (O5).

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::{StatusCode, header};

use crate::app::{App, unfit};
use crate::key_check;
use crate::store::{DbError, Tx};
use crate::web::server::Phase;

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

/// Work that waits, in Prometheus's text form.
async fn metrics(State(app): State<App>) -> Response {
    let read = app.db.probe(async |tx: &mut Tx<'_>| {
        let mail: (i64,) = tx.query_one("SELECT COUNT(*) FROM outbox WHERE try_at IS NOT NULL", &[]).await?;
        let orders: (i64,) =
            tx.query_one("SELECT COUNT(*) FROM payment_order WHERE state = 'open'", &[]).await?;
        let refunds: (i64,) = tx.query_one("SELECT COUNT(*) FROM refund WHERE state = 'due'", &[]).await?;
        Ok::<_, DbError>((mail.0, orders.0, refunds.0))
    });
    let (right, wrong) = app.passwords.tally();
    let (bindings, files) = app.alarms.tally();
    match read.await {
        Ok((mail, orders, refunds)) => {
            let gauge = |name: &str, help: &str, value: i64| {
                format!("# HELP {name} {help}\n# TYPE {name} gauge\n{name} {value}\n")
            };
            let text = gauge("cet_mail_waiting", "Mails not sent yet.", mail)
                + &gauge("cet_orders_open", "Payment orders that are open.", orders)
                + &gauge("cet_refunds_due", "Refunds not confirmed yet.", refunds)
                + "# HELP cet_passwords_total Passwords that were checked.\n# TYPE cet_passwords_total counter\n"
                + &format!("cet_passwords_total{{right=\"yes\"}} {right}\n")
                + &format!("cet_passwords_total{{right=\"no\"}} {wrong}\n")
                + "# HELP cet_alarms_total What went off at this node.\n# TYPE cet_alarms_total counter\n"
                + &format!("cet_alarms_total{{of=\"many-bindings\"}} {bindings}\n")
                + &format!("cet_alarms_total{{of=\"long-file\"}} {files}\n");
            ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], text).into_response()
        }
        Err(error) => (StatusCode::SERVICE_UNAVAILABLE, format!("{error}\n")).into_response(),
    }
}
