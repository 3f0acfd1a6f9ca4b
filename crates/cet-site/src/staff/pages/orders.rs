//! `/staff/orders`: orders at the gateways, for finance staff.

mod events;
pub(super) mod find;
pub(super) mod one;

use axum::response::Response;

use super::exports::What;
use super::refused;
use crate::staff::StaffMember;
use crate::staff::list::{Asked, Limited, List, Pager};
use crate::staff::views::{OrderRow, OrdersView};
use crate::web::answer::PageError;
use crate::web::page::{Choice, Page, Refused, Typed};
use cet_base::store::{DbError, Tx};
use cet_base::words::codes::SchoolCode;
use cet_base::words::time::Time;
use cet_domain::payment::store::scoped::{self, OrderFilter, OrderSeen};
use cet_domain::staff::Permission;

const STATES: [&str; 3] = ["open", "paid", "closed"];

pub(super) fn state_words(page: &Page, state: &str) -> &'static str {
    match state {
        "open" => page.m("payment-order-open"),
        "paid" => page.m("payment-order-paid"),
        _ => page.m("payment-order-closed"),
    }
}

pub(super) fn gateway_words(page: &Page, gateway: &str) -> &'static str {
    gateway::GatewayCode::parse(gateway).map_or("", |gateway| page.m(gateway.profile().name))
}

/// A filter by gateway, also by one that is not configured any more: its orders are there.
pub(crate) fn of_gateway() -> Limited {
    Limited::to("gateway", gateway::GatewayCode::all().map(gateway::GatewayCode::as_str))
}

/// The same to choose from.
pub(super) fn gateway_choices(page: &Page) -> Vec<Choice> {
    let choice = |gateway: gateway::GatewayCode| Choice {
        text: page.m(gateway.profile().name).to_owned(),
        value: gateway.as_str().to_owned(),
    };
    gateway::GatewayCode::all().map(choice).collect()
}

pub(super) enum Orders {}

impl List for Orders {
    type Row = OrderSeen;

    const NAME: &'static str = What::Orders.wire();
    const NEEDS: Permission = What::Orders.needs();
    const EXPORT: Option<What> = Some(What::Orders);
    const FILTERS: &'static [&'static str] = &["number", "school", "state", "gateway"];
    const HEADINGS: &'static [&'static str] = &[
        "payment-order-number",
        "staff-registration",
        "staff-col-gateway",
        "staff-col-bank",
        "staff-col-amount",
        "staff-state",
        "payment-order-created",
        "staff-col-settled",
    ];

    fn limited(_: &StaffMember) -> Vec<Limited> {
        vec![Limited::digits("school"), Limited::to("state", STATES), of_gateway()]
    }

    async fn read(who: &StaffMember, asked: &Asked, limit: i64) -> Result<Vec<OrderSeen>, PageError> {
        let Some(plan) = who.list_sitting() else { return Ok(Vec::new()) };
        let filter = OrderFilter {
            number: asked.get("number").to_owned(),
            school: asked.get("school").chars().filter(char::is_ascii_digit).collect(),
            state: asked.get("state").to_owned(),
            gateway: asked.get("gateway").to_owned(),
        };
        // An order's number begins with its school.
        let scope = who.scope.narrowed(&filter.school).narrowed(filter.number.get(..5).unwrap_or_default());
        let after = SchoolCode::parse_row(&asked.after);
        let list =
            async move |tx: &mut Tx<'_>| scoped::orders(tx, &scope, &plan.code, &filter, after, limit).await;
        let found: Result<_, DbError> = who.app.db.read_long(list).await;
        Ok(found?)
    }

    fn key(of: &OrderSeen) -> String {
        format!("{}-{}", of.school, of.id)
    }

    fn cells(who: &StaffMember, page: &Page, of: &OrderSeen, _: bool) -> Result<Vec<String>, PageError> {
        let row = row(who, page, of);
        let settled = of.settled_at.map(|at| at.to_string()).unwrap_or_default();
        let (gateway, state) = (row.gateway.to_owned(), row.state.to_owned());
        let (amount, opened) = (of.amount.to_string(), of.opened_at.to_string());
        Ok(vec![row.number, row.registration, gateway, row.bank, amount, state, opened, settled])
    }

    async fn view(
        who: &StaffMember,
        asked: Asked,
        pager: Pager,
        found: Vec<OrderSeen>,
        (said, typed): (Vec<Refused>, Typed),
    ) -> Result<Response, PageError> {
        let (page, menu) = who.frame_at("/staff/orders", "staff-orders").await?;
        let choice = |value: &str, text: &str| Choice { value: value.to_owned(), text: text.to_owned() };
        let view = OrdersView {
            states: STATES.map(|state| choice(state, state_words(&page, state))).to_vec(),
            gateways: gateway_choices(&page),
            rows: found.iter().map(|of| row(who, &page, of)).collect(),
            page: page.refusing(said.clone(), typed),
            menu,
            asked,
            pager,
        };
        refused(&said, &[], &view)
    }
}

fn row(who: &StaffMember, page: &Page, of: &OrderSeen) -> OrderRow {
    OrderRow {
        href: one::address(&of.number),
        number: of.number.clone(),
        registration: format!("{}-{}", of.school, of.registration),
        gateway: gateway_words(page, &of.gateway),
        bank: one::bank_words(who, &of.bank),
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
