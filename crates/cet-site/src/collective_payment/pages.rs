//! `/staff/collective-payments` and `/staff/group-entry`.

mod group;
mod list;
mod new;
mod record;
mod rows;

use axum::Router;
use axum::routing::get;

use crate::app::App;

/// The address of the list.
pub(super) const PATH: &str = "/staff/collective-payments";

/// The room's routes.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/staff/collective-payments", get(list::show).post(new::open))
        .route("/staff/collective-payments.csv", get(list::csv))
        .route("/staff/collective-payments.xlsx", get(list::xlsx))
        .route("/staff/collective-payments/new", get(new::form))
        .route("/staff/collective-payments/{id}", get(record::show))
        .route(
            "/staff/collective-payments/{id}/confirmation",
            get(record::confirmation).post(record::confirm),
        )
        .route("/staff/collective-payments/{id}/release", get(record::releasing).post(record::release))
        .route("/staff/group-entry", get(group::form).post(group::enter))
}
