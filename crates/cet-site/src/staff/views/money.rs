//! Views of one order, of requests for refunds, and of one payment that matches nothing.

use askama::Template;

use crate::staff::menu::Menu;
use crate::web::page::{Choice, Page};

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

/// Something that happened to an order or its money.
pub struct EventRow {
    /// The CSS class of its mark.
    pub class: &'static str,
    /// When.
    pub at: String,
    /// What, in words.
    pub words: &'static str,
    /// Why; may be empty.
    pub why: &'static str,
    /// How much; may be empty.
    pub amount: String,
    /// The facts as they are stored; may be empty.
    pub raw: String,
}

/// The facts beside an order.
pub struct OrderFactsRow {
    /// 支付单号.
    pub number: String,
    /// The sum.
    pub amount: String,
    /// The gateway's name.
    pub gateway: &'static str,
    /// The bank's number and name; may be empty.
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

/// A difference between a daily bill and our books that names an order.
pub struct OrderDifferenceRow {
    /// Link to its day; empty: this member does not see it.
    pub href: String,
    /// The day.
    pub day: String,
    /// What it is, in words.
    pub kind: &'static str,
    /// Our sum.
    pub ours: String,
    /// The bill's sum.
    pub theirs: String,
    /// The state in words.
    pub state: &'static str,
    /// The class of its tag.
    pub class: &'static str,
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
    /// What daily bills say of it that our books do not.
    pub differences: Vec<OrderDifferenceRow>,
    /// The candidate's other orders.
    pub others: Vec<OtherOrderRow>,
    /// What happened, the oldest first.
    pub events: Vec<EventRow>,
    /// Whether this member may see the lists of finance and ask the gateway.
    pub may_ask: bool,
    /// Whether something of it can go back.
    pub may_return: bool,
}

/// A line of an order that may be refunded.
pub struct NewRefundRow {
    /// The entry's id.
    pub entry: String,
    /// The name of the field of its sum.
    pub field: String,
    /// The subject in words.
    pub subject: String,
    /// The campus of the seat.
    pub campus: String,
    /// What was paid.
    pub price: String,
    /// What goes back already.
    pub back: String,
    /// The sum in the field; empty: what is left.
    pub amount: String,
    /// What is left.
    pub left: String,
    /// Whether it is ticked.
    pub chosen: bool,
    /// Whether the field is refused.
    pub bad: bool,
    /// What becomes of the entry.
    pub effect: &'static str,
}

/// `/staff/refunds/new`.
#[derive(Template)]
#[template(path = "staff/refund_new.html")]
pub struct NewRefundView {
    /// The page frame.
    pub page: Page,
    /// The side menu.
    pub menu: Menu,
    /// Whether nothing is named yet, or nothing that there is.
    pub pick: bool,
    /// The subjects of an exam to choose from.
    pub subjects: Vec<Choice>,
    /// What it is of, in words.
    pub title: String,
    /// The order's number.
    pub order: String,
    /// The subject.
    pub subject: String,
    /// The campus.
    pub campus: String,
    /// The sitting.
    pub sitting: String,
    /// The lines of an order.
    pub rows: Vec<NewRefundRow>,
    /// How many lines would be refunded.
    pub count: usize,
    /// Their sum.
    pub amount: String,
    /// How many entries end.
    pub ending: usize,
    /// How many stay out, and why.
    pub out: Vec<String>,
    /// The reasons to choose from.
    pub reasons: Vec<Choice>,
    /// The mark of what is shown.
    pub seen: String,
    /// Whether this is the effect of what was chosen, which may be confirmed.
    pub preview: bool,
}

/// A request for a refund.
pub struct RequestRow {
    /// Link to its page.
    pub href: String,
    /// What it is of, in words.
    pub title: String,
    /// What candidates are told.
    pub why: &'static str,
    /// What the second person reads.
    pub reason: String,
    /// How many lines.
    pub lines: i64,
    /// The sum.
    pub amount: String,
    /// The CSS class of the state's tag.
    pub class: &'static str,
    /// The state in words.
    pub state: &'static str,
    /// Who asked.
    pub requester: String,
    /// When.
    pub asked_at: String,
    /// When it lapses.
    pub expires_at: String,
    /// Who decided.
    pub approver: String,
    /// When.
    pub decided_at: String,
    /// What they wrote.
    pub note: String,
    /// The order's number; may be empty.
    pub order: String,
}

/// A line of a request.
pub struct RequestLineRow {
    /// Its subject.
    pub subject: String,
    /// School and id of the entry.
    pub entry: String,
    /// What goes back.
    pub amount: String,
    /// What went back already.
    pub back: String,
    /// What becomes of the entry.
    pub effect: &'static str,
    /// What was done.
    pub state: &'static str,
}

/// `/staff/refunds/{id}`, of a request.
#[derive(Template)]
#[template(path = "staff/refund_request.html")]
#[expect(clippy::struct_excessive_bools, reason = "each is a button of the page, independent of the others")]
pub struct RequestView {
    /// The page frame.
    pub page: Page,
    /// The side menu.
    pub menu: Menu,
    /// The request.
    pub row: RequestRow,
    /// Its first lines.
    pub lines: Vec<RequestLineRow>,
    /// Whether there are more.
    pub more: bool,
    /// How many lines were carried out.
    pub done: i64,
    /// How many were left, because they had changed.
    pub left: i64,
    /// The refunds that it made.
    pub refunds: Vec<RefundRow>,
    /// What it was compared with, each with the CSS class of its tag.
    pub checks: Vec<(&'static str, String)>,
    /// Whether this member may approve it.
    pub may_approve: bool,
    /// Whether the second factor is asked for again.
    pub asks_code: bool,
    /// Whether this member may refuse it or take it back.
    pub may_refuse: bool,
    /// Whether it waits, and nobody can approve it because something of it has changed.
    pub changed: bool,
}

/// `/staff/refunds/{school}-{id}`.
#[derive(Template)]
#[template(path = "staff/refund.html")]
pub struct RefundView {
    /// The page frame.
    pub page: Page,
    /// The side menu.
    pub menu: Menu,
    /// The refund.
    pub row: RefundRow,
    /// Whether the job goes on with it by itself.
    pub is_due: bool,
    /// Whether it waits for finance.
    pub waits: bool,
    /// Since when.
    pub stopped_at: String,
    /// Whether it may have been refunded already.
    pub unknown: bool,
    /// What the gateway said against it.
    pub answer: String,
    /// Who paid it by hand.
    pub settled_by: String,
    /// What they wrote.
    pub note: String,
    /// Link to the request that it carries out; may be empty.
    pub request: String,
}

/// `/staff/suspense/{school}-{id}`.
#[derive(Template)]
#[template(path = "staff/suspense_one.html")]
pub struct SuspenseOneView {
    /// The page frame.
    pub page: Page,
    /// The side menu.
    pub menu: Menu,
    /// The payment.
    pub row: SuspenseRow,
    /// Link to the order of ours that it names; empty: there is none.
    pub order_href: String,
    /// What was booked of the same trade: the sum and when, and the link to its order.
    pub booked: Option<(String, String)>,
    /// Whether it can be settled.
    pub open: bool,
    /// Whether it is a refund that this system did not send.
    pub console: bool,
    /// Whether whoever books it has to say how much it was.
    pub needs_sum: bool,
    /// As what it was settled.
    pub settled_as: String,
    /// By whom.
    pub settled_by: String,
    /// When.
    pub settled_at: String,
    /// What they wrote.
    pub note: String,
    /// As what it can be settled.
    pub choices: Vec<Choice>,
}
