//! `/staff/collective-payments` and `/staff/group-entry`.

mod group;
mod list;
mod new;
mod outcome;
mod record;
mod rows;
mod ticked;

use crate::web::route::{boxed, get, post};
use axum::Router;

use self::list::CollectivePayments;
use crate::app::App;
use crate::staff::list as staff_list;

/// The path of the list.
pub(super) const PATH: &str = "/staff/collective-payments";

/// Routes of this module.
pub fn routes() -> Router<App> {
    Router::new()
        .route(
            "/staff/collective-payments",
            get(staff_list::show::<CollectivePayments>).post(boxed(new::open)),
        )
        .route("/staff/collective-payments.csv", get(staff_list::csv::<CollectivePayments>))
        .route("/staff/collective-payments.xlsx", get(staff_list::xlsx::<CollectivePayments>))
        .route("/staff/collective-payments/new", get(new::form))
        .route("/staff/collective-payments/ticked", post(new::ticked))
        .route("/staff/collective-payments/{id}", get(record::show))
        .route(
            "/staff/collective-payments/{id}/confirmation",
            get(record::confirmation).post(boxed(record::confirm)),
        )
        .route("/staff/collective-payments/{id}/release", get(record::releasing).post(boxed(record::release)))
        .route("/staff/group-entry", get(group::form).post(boxed(group::enter)))
        .route("/staff/group-entry/ticked", post(ticked::enter))
}
