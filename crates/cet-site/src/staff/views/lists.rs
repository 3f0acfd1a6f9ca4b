//! Views of the lists of students, orders, refunds and unmatched payments, and of one student's record.

use askama::Template;

use crate::staff::list::{Asked, Pager};
use crate::staff::menu::Menu;
use crate::staff::pages::students::history::Told;
use crate::web::page::{Choice, Page};

use super::{Panel, RegistrationRow, RequestRow};

/// `/staff/registrations`.
#[derive(Template)]
#[template(path = "staff/registrations.html")]
#[expect(clippy::struct_excessive_bools, reason = "each is a button of the page, independent of the others")]
pub struct RegistrationsView {
    /// The page frame.
    pub page: Page,
    /// The side menu.
    pub menu: Menu,
    /// The filters.
    pub asked: Asked,
    /// The links under the list.
    pub pager: Pager,
    /// The rows.
    pub rows: Vec<RegistrationRow>,
    /// How many there are, in words; may be empty.
    pub total: String,
    /// The colleges to filter by; empty where any text may be typed.
    pub colleges: Vec<Choice>,
    /// The classes to filter by.
    pub classes: Vec<Choice>,
    /// Whether the role enters ticked candidates as a group.
    pub may_enter: bool,
    /// Whether the role pays for ticked candidates, or for those that the filters leave.
    pub may_pay: bool,
    /// Whether the role writes to ticked candidates.
    pub may_write: bool,
    /// Whether all rows of the page are ticked.
    pub ticked: bool,
    /// Link to the same page with all rows ticked, or with none.
    pub ticks_href: String,
    /// The subjects to filter by.
    pub subjects: Vec<Choice>,
    /// The payment states to filter by.
    pub payments: Vec<Choice>,
    /// The registration whose details stand beside the list.
    pub open: Option<Panel>,
    /// The list's address, to which `open=` is added.
    pub open_at: String,
    /// The list's address without details.
    pub close_href: String,
}

/// A student of the roster, masked.
pub struct StudentRow {
    /// Link to its page.
    pub href: String,
    /// School and id, as forms send it.
    pub key: String,
    /// Whether its details stand beside the list.
    pub is_open: bool,
    /// 姓名.
    pub name: String,
    /// 性别.
    pub sex: String,
    /// 学号.
    pub student_number: String,
    /// 院系, 专业 and 班级.
    pub class: String,
    /// The campus's code.
    pub campus: String,
    /// 证件号码, masked.
    pub document: String,
    /// 资格科目; empty: determined by the rules.
    pub listed: String,
    /// 限制科目.
    pub barred: String,
}

/// `/staff/students`.
#[derive(Template)]
#[template(path = "staff/students.html")]
#[expect(clippy::struct_excessive_bools, reason = "each is a button of the page, independent of the others")]
pub struct StudentsView {
    /// The page frame.
    pub page: Page,
    /// The side menu.
    pub menu: Menu,
    /// The filters.
    pub asked: Asked,
    /// The links under the list.
    pub pager: Pager,
    /// The rows.
    pub rows: Vec<StudentRow>,
    /// How many there are, in words; may be empty.
    pub total: String,
    /// The colleges to filter by.
    pub colleges: Vec<Choice>,
    /// The classes to filter by.
    pub classes: Vec<Choice>,
    /// The student whose details stand beside the list.
    pub open: Option<StudentPanel>,
    /// The list's address, to which `open=` is added.
    pub open_at: String,
    /// The list's address without details.
    pub close_href: String,
    /// Whether all rows of the page are ticked.
    pub ticked: bool,
    /// Link to the same page with all rows ticked, or with none.
    pub ticks_href: String,
    /// Whether the role enters ticked students as a group.
    pub may_enter: bool,
    /// Whether the role pays for ticked students.
    pub may_pay: bool,
    /// Whether the role writes to ticked students.
    pub may_write: bool,
}

/// A student's details beside the list.
pub struct StudentPanel {
    /// The record.
    pub row: StudentRow,
    /// The details.
    pub shown: StudentShown,
    /// The reasons to choose from for showing a full number.
    pub reasons: Vec<Choice>,
}

/// What a student's page shows besides the row.
pub struct StudentShown {
    /// 证件号码, masked unless `whole`.
    pub document: String,
    /// Whether it is shown in full.
    pub whole: bool,
    /// 证件类型.
    pub kind: String,
    /// 学历, 学制 and 入学年份.
    pub study: String,
    /// 资格科目 in words.
    pub listed: String,
    /// The registration that was created from the record, if any; then the record can't be changed.
    pub registration: Option<String>,
    /// Whether the member may see the document in full, for a reason.
    pub may_show: bool,
}

/// `/staff/students/{key}`.
#[derive(Template)]
#[template(path = "staff/student.html")]
pub struct StudentView {
    /// The page frame.
    pub page: Page,
    /// The side menu.
    pub menu: Menu,
    /// The record.
    pub row: StudentRow,
    /// The details.
    pub shown: StudentShown,
    /// The campuses it may belong to.
    pub campuses: Vec<Choice>,
    /// The types of documents.
    pub kinds: Vec<Choice>,
    /// What 学历 may be.
    pub educations: Vec<Choice>,
    /// What 性别 may be.
    pub sexes: Vec<Choice>,
    /// The subjects it may list.
    pub listed: Vec<Choice>,
    /// The subjects it may be barred from.
    pub subjects: Vec<Choice>,
    /// The reasons to choose from for showing a full number.
    pub reasons: Vec<Choice>,
    /// Where its rows came from and who changed what, the newest first.
    pub(crate) history: Vec<Told>,
}

/// An order in a list.
pub struct OrderRow {
    /// Link to its page.
    pub href: String,
    /// 支付单号.
    pub number: String,
    /// School and id of the registration.
    pub registration: String,
    /// The gateway's name.
    pub gateway: &'static str,
    /// The bank's number; may be empty.
    pub bank: String,
    /// The sum.
    pub amount: String,
    /// The state in words.
    pub state: &'static str,
    /// The CSS class of the state's tag.
    pub class: &'static str,
    /// When it was opened.
    pub opened_at: String,
    /// When it was paid or closed.
    pub settled_at: String,
}

/// `/staff/orders`.
#[derive(Template)]
#[template(path = "staff/orders.html")]
pub struct OrdersView {
    /// The page frame.
    pub page: Page,
    /// The side menu.
    pub menu: Menu,
    /// The filters.
    pub asked: Asked,
    /// The states to filter by.
    pub states: Vec<Choice>,
    /// The gateways to filter by.
    pub gateways: Vec<Choice>,
    /// The links under the list.
    pub pager: Pager,
    /// The rows.
    pub rows: Vec<OrderRow>,
}

/// A refund in a list.
pub struct RefundRow {
    /// Link to its page.
    pub href: String,
    /// Its number at the gateway.
    pub request_no: String,
    /// The order that was paid.
    pub order: String,
    /// Link to the page of that order.
    pub orders: String,
    /// The home school.
    pub school: String,
    /// The gateway's name.
    pub gateway: &'static str,
    /// The amount.
    pub amount: String,
    /// Why, in words.
    pub reason: &'static str,
    /// The state in words.
    pub state: &'static str,
    /// The CSS class of the state's tag.
    pub class: &'static str,
    /// How often it was sent.
    pub tries: i64,
    /// Since when it is due.
    pub due_at: String,
    /// When the gateway accepted it.
    pub done_at: String,
}

/// `/staff/refunds`.
#[derive(Template)]
#[template(path = "staff/refunds.html")]
pub struct RefundsView {
    /// The page frame.
    pub page: Page,
    /// The side menu.
    pub menu: Menu,
    /// The filters.
    pub filters: Asked,
    /// The states to filter by.
    pub states: Vec<Choice>,
    /// The reasons to filter by.
    pub reasons: Vec<Choice>,
    /// The links under the list.
    pub pager: Pager,
    /// Requests that wait for a second person.
    pub asked: Vec<RequestRow>,
    /// What became of the member's own requests.
    pub own: Vec<RequestRow>,
    /// The rows.
    pub rows: Vec<RefundRow>,
}

/// A payment that matches no order.
pub struct SuspenseRow {
    /// Link to its page.
    pub href: String,
    /// Whether nobody has settled it yet.
    pub open: bool,
    /// When it was first reported.
    pub received_at: String,
    /// The gateway's name.
    pub gateway: &'static str,
    /// The order number that it names.
    pub order: String,
    /// The home school of the order; empty if the order is unknown.
    pub school: String,
    /// The gateway's trade number.
    pub trade_no: String,
    /// The amount, as reported.
    pub amount: String,
    /// Why, in words.
    pub reason: &'static str,
    /// When the trade was booked all the same; empty if it was not.
    pub booked: String,
}

/// `/staff/suspense`.
#[derive(Template)]
#[template(path = "staff/suspense.html")]
pub struct SuspenseView {
    /// The page frame.
    pub page: Page,
    /// The side menu.
    pub menu: Menu,
    /// The filters.
    pub asked: Asked,
    /// The gateways to filter by.
    pub gateways: Vec<Choice>,
    /// The links under the list.
    pub pager: Pager,
    /// The rows.
    pub rows: Vec<SuspenseRow>,
}
