//! `/staff/suspense`: payments that match no order, for finance staff.

use axum::response::Response;
use http::StatusCode;

use super::orders::gateway_words;
use crate::payment::store::suspense::{self, SuspenseSeen};
use crate::payment::suspense::Doubt;
use crate::staff::list::{Asked, PAGE, Pager};
use crate::staff::views::{SuspenseRow, SuspenseView};
use crate::staff::{Permission, StaffMember};
use crate::store::{DbError, Tx};
use crate::web::answer::{PageError, html};
use crate::web::page::Page;
use crate::words::codes::SchoolCode;

const PATH: &str = "/staff/suspense";

pub(super) async fn show(who: StaffMember) -> Result<Response, PageError> {
    who.needs(Permission::Refunds)?;
    let asked = Asked::read(&who, &[]);
    let (scope, before) = (who.scope.clone(), asked.after.parse().unwrap_or(i64::MAX));
    let limit = PAGE.saturating_add(1);
    let list = async move |tx: &mut Tx<'_>| suspense::list(tx, &scope, before, limit).await;
    let found: Result<Vec<SuspenseSeen>, DbError> = who.app.db.read_long(list).await;
    let mut found = found?;
    let pager = Pager::cut(PATH, &asked, &mut found, |of| of.id.to_string());
    let (page, menu) = who.frame_at(PATH, "staff-suspense").await?;
    let rows = found.iter().map(|of| row(&page, of)).collect();
    html(StatusCode::OK, &SuspenseView { page, menu, pager, rows })
}

pub(super) fn row(page: &Page, of: &SuspenseSeen) -> SuspenseRow {
    SuspenseRow {
        received_at: of.received_at.page(),
        gateway: gateway_words(page, &of.gateway),
        order: of.order_number.clone(),
        school: if of.school == SchoolCode::NONE { String::new() } else { of.school.to_string() },
        trade_no: of.trade_no.clone(),
        amount: format!("¥{}", of.amount),
        reason: reason_words(page, &of.reason),
    }
}

fn reason_words(page: &Page, reason: &str) -> &'static str {
    match Doubt::from_wire(reason) {
        Some(Doubt::Sum) => page.m("staff-suspense-sum"),
        Some(Doubt::Trade) => page.m("staff-suspense-trade"),
        Some(Doubt::Gateway) => page.m("staff-suspense-gateway"),
        Some(Doubt::Merchant) => page.m("staff-suspense-merchant"),
        Some(Doubt::Application) => page.m("staff-suspense-application"),
        Some(Doubt::Currency) => page.m("staff-suspense-currency"),
        Some(Doubt::State) => page.m("staff-suspense-state"),
        Some(Doubt::Order) | None => page.m("staff-suspense-order"),
    }
}
