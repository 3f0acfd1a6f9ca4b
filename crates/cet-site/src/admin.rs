//! `/healthz`, `/readyz` and `/metrics`, served on a separate address that must not be public (O5).

mod exposition;
mod figures;
pub mod otlp;

use std::sync::Arc;

use crate::web::route::get;
use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{StatusCode, header};
use prometheus_client::encoding::prometheus_text;

use crate::app::App;
use crate::web::server::Phase;
use cet_base::store::Tx;
use cet_domain::installation::unfit;
use cet_domain::key_check;
use exposition::Exposition;
use figures::Figures;

/// The node, and the cached database counts.
type Node = (App, Arc<Figures>);

/// The admin address's router.
pub fn router(app: &App) -> Router {
    Router::new()
        .route("/healthz", get(async || "ok\n"))
        .route("/readyz", get(ready))
        .route("/metrics", get(metrics))
        .with_state((app.clone(), Arc::default()))
}

/// Ready means: the database answers, it is the one that this node's keys belong to, and the node is not stopping and holds its
/// number.
async fn ready(State((app, _)): State<Node>) -> Response {
    if *app.phase.borrow() != Phase::Serving {
        return (StatusCode::SERVICE_UNAVAILABLE, "draining\n").into_response();
    }
    if let Some(held) = app.holder.lost() {
        return (StatusCode::SERVICE_UNAVAILABLE, format!("{held}\n")).into_response();
    }
    let vault = Arc::clone(&app.vault);
    let read = app.db.probe(async move |tx: &mut Tx<'_>| key_check::fits(tx, &vault).await);
    match read.await.map_err(|stop| unfit(&app.config, stop)) {
        Ok(()) => "ready\n".into_response(),
        Err(error) => (StatusCode::SERVICE_UNAVAILABLE, format!("{error}\n")).into_response(),
    }
}

/// Node metrics, and pending work. Only the latter queries the database; it is omitted if the database does not answer
/// in time.
async fn metrics(State((app, figures)): State<Node>) -> Response {
    match Exposition::now(&app, &figures).await.text() {
        Ok(text) => ([(header::CONTENT_TYPE, prometheus_text::CONTENT_TYPE)], text).into_response(),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, format!("{error}\n")).into_response(),
    }
}

#[cfg(test)]
#[path = "admin/tests.rs"]
mod tests;
