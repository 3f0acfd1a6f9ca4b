//! Students of a roster one by one: those whom two schools name, and those whom a school enters or takes out by hand.

mod students;
#[cfg(test)]
mod tests;
mod transfers;
mod views;

pub(crate) use students::{FIELDS, noting_odd, refusals, with_odd};

use crate::web::route::{boxed, get, post};
use axum::Router;

use crate::app::App;
use crate::staff::list;

/// Routes of this module.
pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/staff/transfers", get(list::show::<transfers::Transfers>))
        .route("/staff/transfers.csv", get(list::csv::<transfers::Transfers>))
        .route("/staff/transfers.xlsx", get(list::xlsx::<transfers::Transfers>))
        .route("/staff/transfers/{id}", get(transfers::one))
        .route("/staff/transfers/{id}/release", post(transfers::release))
        .route("/staff/transfers/{id}/keep", post(transfers::keep))
        .route("/staff/transfers/{id}/decision", post(transfers::decide))
        .route("/staff/students/new", get(students::form).post(boxed(students::add)))
        .route("/staff/students/{key}/removal", post(students::remove))
}
