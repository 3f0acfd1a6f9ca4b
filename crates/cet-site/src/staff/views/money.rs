//! Views of one order, of requests for refunds, and of one payment that matches nothing.

use askama::Template;

use crate::staff::menu::Menu;
use crate::web::page::Page;

use super::{RefundRow, SuspenseRow};

/// A line of an order.
pub struct OrderLineRow {
    /// The subject in words.
    pub subject: String,
    /// The campus of the seat.
    pub campus: String,
    /// The price.
    pub amount: String,
    /// How much of it goes back; empty if nothing does.
    pub back: String,
    /// The entry's state in words.
    pub state: &'static str,
    /// The CSS class of the state's tag.
    pub class: &'static str,
    /// What it holds of a seat, in words.
    pub seat: String,
}

/// Money that was booked for an order.
pub struct ReceiptRow {
    /// 渠道单号.
    pub trade_no: String,
    /// The sum.
    pub amount: String,
    /// How much of it paid for subjects.
    pub used: String,
    /// How it was proven, in words.
    pub proof: &'static str,
    /// When it was booked.
    pub at: String,
}

/// Another order of the candidate.
pub struct OtherOrderRow {
    /// Link to its page.
    pub href: String,
    /// 支付单号.
    pub number: String,
    /// The state in words.
    pub state: &'static str,
    /// The sum.
    pub amount: String,
}

/// The facts beside an order.
pub struct OrderFactsRow {
    /// 支付单号.
    pub number: String,
    /// The sum.
    pub amount: String,
    /// The gateway's name.
    pub gateway: &'static str,
    /// The bank's number; may be empty.
    pub bank: String,
    /// The state in words.
    pub state: &'static str,
    /// The CSS class of the state's tag.
    pub class: &'static str,
    /// When it was opened.
    pub opened_at: String,
    /// Until when the gateway takes money.
    pub deadline_at: String,
    /// When it was paid or closed.
    pub settled_at: String,
    /// When the gateway is asked next; empty if it is not.
    pub ask_at: String,
    /// 姓名.
    pub name: String,
    /// Link to the registration; empty for whom may not see it.
    pub registration: String,
    /// The home school.
    pub school: String,
}

/// `/staff/orders/{number}`.
#[derive(Template)]
#[template(path = "staff/order.html")]
pub struct OrderView {
    /// The page frame.
    pub page: Page,
    /// The side menu.
    pub menu: Menu,
    /// The facts.
    pub of: OrderFactsRow,
    /// Whether money, entries and refunds agree, in words with their tone's class.
    pub agrees: (&'static str, &'static str, String),
    /// The lines.
    pub lines: Vec<OrderLineRow>,
    /// The sum of the lines.
    pub total: String,
    /// The receipts.
    pub receipts: Vec<ReceiptRow>,
    /// The refunds.
    pub refunds: Vec<RefundRow>,
    /// Money that names it and does not fit.
    pub suspense: Vec<SuspenseRow>,
    /// The candidate's other orders.
    pub others: Vec<OtherOrderRow>,
    /// Whether this member may see the lists of finance and ask the gateway.
    pub may_ask: bool,
}
