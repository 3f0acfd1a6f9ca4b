//! `/staff/orders`: what was to be paid through the gateways, for finance staff.

use axum::response::Response;

use super::exports::{What, cut};
use super::refused;
use crate::payment::store::scoped::{self, OrderFilter, OrderSeen};
use crate::staff::list::{self, Asked, FILE_ROWS, Form, PAGE, Pager, Sheet, too_long};
use crate::staff::views::{OrderRow, OrdersView};
use crate::staff::{Permission, StaffMember};
use crate::store::{DbError, Tx};
use crate::web::answer::PageError;
use crate::web::page::{Choice, Page, Refused, Typed};
use crate::words::codes::SchoolCode;
use crate::words::time::Time;

const PATH: &str = "/staff/orders";
pub(super) const FILTERS: [&str; 4] = ["number", "school", "state", "gateway"];
const STATES: [&str; 3] = ["open", "paid", "closed"];
pub(super) const GATEWAYS: [&str; 2] = ["alipay", "payease"];

fn state_words(page: &Page, state: &str) -> &'static str {
    match state {
        "open" => page.m("payment-order-open"),
        "paid" => page.m("payment-order-paid"),
        _ => page.m("payment-order-closed"),
    }
}

pub(super) fn gateway_words(page: &Page, gateway: &str) -> &'static str {
    if gateway == "alipay" { page.m("staff-alipay") } else { page.m("staff-payease") }
}

/// `99301-12`.
fn key(text: &str) -> Option<(SchoolCode, i64)> {
    let (school, id) = text.split_once('-')?;
    Some((SchoolCode::parse(school).ok()?, id.parse().ok()?))
}

async fn read(who: &StaffMember, asked: &Asked, limit: i64) -> Result<Vec<OrderSeen>, PageError> {
    let Some(plan) = who.app.catalogue.get().current().cloned() else { return Ok(Vec::new()) };
    let filter = OrderFilter {
        number: asked.get("number").to_owned(),
        school: asked.get("school").chars().filter(char::is_ascii_digit).collect(),
        state: asked.get("state").to_owned(),
        gateway: asked.get("gateway").to_owned(),
    };
    let (scope, after) = (who.scope.clone(), key(&asked.after));
    let list =
        async move |tx: &mut Tx<'_>| scoped::orders(tx, &scope, &plan.code, &filter, after, limit).await;
    let found: Result<_, DbError> = who.app.db.read_long(list).await;
    Ok(found?)
}

pub(super) async fn show(who: StaffMember) -> Result<Response, PageError> {
    who.needs(Permission::Orders)?;
    page(&who, Vec::new()).await
}

async fn page(who: &StaffMember, said: Vec<Refused>) -> Result<Response, PageError> {
    let asked = Asked::read(who, &FILTERS);
    let mut found = read(who, &asked, PAGE.saturating_add(1)).await?;
    let pager = Pager::cut(PATH, &asked, &mut found, |of| format!("{}-{}", of.school, of.id));
    let (page, menu) = who.frame_at(PATH, "staff-orders").await?;
    let choice = |value: &str, text: &str| Choice { value: value.to_owned(), text: text.to_owned() };
    let view = OrdersView {
        states: STATES.map(|state| choice(state, state_words(&page, state))).to_vec(),
        gateways: GATEWAYS.map(|gateway| choice(gateway, gateway_words(&page, gateway))).to_vec(),
        rows: found.iter().map(|of| row(&page, of)).collect(),
        page: page.refusing(said.clone(), Typed::default()),
        menu,
        asked,
        pager,
    };
    refused(&said, &[], &view)
}

fn row(page: &Page, of: &OrderSeen) -> OrderRow {
    OrderRow {
        number: of.number.clone(),
        registration: format!("{}-{}", of.school, of.registration),
        gateway: gateway_words(page, &of.gateway),
        bank: of.bank.clone(),
        amount: format!("¥{}", of.amount),
        state: state_words(page, &of.state),
        class: match of.state.as_str() {
            "open" => "warn",
            "paid" => "ok",
            _ => "",
        },
        opened_at: of.opened_at.page(),
        settled_at: of.settled_at.map(Time::page).unwrap_or_default(),
    }
}

pub(super) async fn csv(who: StaffMember) -> Result<Response, PageError> {
    file(who, Form::Csv).await
}

pub(super) async fn xlsx(who: StaffMember) -> Result<Response, PageError> {
    file(who, Form::Xlsx).await
}

async fn file(who: StaffMember, form: Form) -> Result<Response, PageError> {
    who.needs(Permission::Orders)?;
    let asked = Asked::read(&who, &FILTERS);
    let sheet = sheet(&who, &asked, FILE_ROWS.saturating_add(1)).await?;
    if too_long(&sheet.rows) {
        let said = cut(&who, What::Orders, &asked);
        return page(&who, vec![said]).await;
    }
    list::download(&who, "orders", form, sheet).await
}

/// How many rows a file would have, as far as `most`.
pub(super) async fn count(who: &StaffMember, asked: &Asked, most: i64) -> Result<i64, PageError> {
    Ok(i64::try_from(read(who, asked, most).await?.len()).unwrap_or(i64::MAX))
}

/// The rows of a file.
pub(super) async fn sheet(who: &StaffMember, asked: &Asked, limit: i64) -> Result<Sheet, PageError> {
    let found = read(who, asked, limit).await?;
    let page = who.page();
    let headings = [
        "payment-order-number",
        "staff-registration",
        "staff-col-gateway",
        "staff-col-bank",
        "staff-col-amount",
        "staff-state",
        "payment-order-created",
        "staff-col-settled",
    ];
    let cells = |of: &OrderSeen| {
        let row = row(&page, of);
        let settled = of.settled_at.map(|at| at.to_string()).unwrap_or_default();
        let (gateway, state) = (row.gateway.to_owned(), row.state.to_owned());
        let (amount, opened) = (of.amount.to_string(), of.opened_at.to_string());
        vec![row.number, row.registration, gateway, row.bank, amount, state, opened, settled]
    };
    Ok(Sheet {
        headings: headings.map(|key| page.m(key).to_owned()).to_vec(),
        rows: found.iter().map(cells).collect(),
    })
}
