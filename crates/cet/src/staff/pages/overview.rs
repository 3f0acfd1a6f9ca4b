//! `/staff`: what waits for this role.

use axum::response::Response;
use http::StatusCode;

use crate::staff::StaffMember;
use crate::staff::views::OverviewView;
use crate::web::answer::{PageError, html};

pub(super) async fn show(who: StaffMember) -> Result<Response, PageError> {
    let (page, menu) = who.frame("staff-overview").await?;
    html(StatusCode::OK, &OverviewView { page, menu })
}
