//! Views of the staff pages.

mod accounts;
mod exports;
mod lists;
mod money;
mod overview;
mod statistics;

use askama::Template;

use super::list::{Asked, Pager};
use super::menu::Menu;
use crate::web::page::{Captcha, Choice, Page};
use cet_domain::audit::wording::{Wording, told};
use cet_domain::audit::{Line, codes};

pub use accounts::{
    AccountRow, AccountView, AccountsView, BulkFormView, BulkMadeView, BulkRow, BulkView, MadeView, ResetRow,
    ResetView,
};
pub use exports::{ExportRow, ExportView, ExportsView, NewExportView};
pub use lists::{
    OrderRow, OrdersView, RefundRow, RefundsView, RegistrationsView, StudentPanel, StudentRow, StudentShown,
    StudentView, StudentsView, SuspenseRow, SuspenseView,
};
pub use money::{
    EventRow, NewRefundRow, NewRefundView, OrderDifferenceRow, OrderFactsRow, OrderLineRow, OrderView,
    OtherOrderRow, ReceiptRow, RefundView, RequestLineRow, RequestRow, RequestView, SuspenseOneView,
};
pub use overview::{Board, CheckLine, Checks, LogRow, MoneyBoard, OverviewView, PhaseStep, SubjectBar};
pub use statistics::{
    Bar, Chart, DayRow, FillRow, FunnelRow, Line as ChartLine, Mark, MoneyRow, OutlookPart, PlaceRow,
    StatisticsView, SubjectRow,
};

/// `/staff/login`.
#[derive(Template)]
#[template(path = "staff/door/login.html")]
pub struct LoginView {
    /// The page frame.
    pub page: Page,
    /// The redirect target after the second factor; may be empty.
    pub next: String,
    /// The challenge that comes first after many wrong passwords.
    pub captcha: Captcha,
}

impl LoginView {
    /// Creates the view and sets the page's title.
    #[must_use]
    pub fn new(page: Page, next: String, captcha: Captcha) -> Self {
        Self { page: page.titled("staff-login-title"), next, captcha }
    }

    fn picture_address(&self) -> String {
        self.address("picture")
    }

    fn words_address(&self) -> String {
        self.address("text")
    }

    fn address(&self, captcha: &str) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.append_pair("captcha", captcha);
        if !self.next.is_empty() {
            query.append_pair("next", &self.next);
        }
        format!("/staff/login?{}", query.finish())
    }
}

/// `/staff/second-factor`.
#[derive(Template)]
#[template(path = "staff/door/second_factor.html")]
pub struct SecondFactorView {
    /// The page frame.
    pub page: Page,
    /// The secret in groups of four, if the second factor is not set up yet.
    pub secret: Option<String>,
}

impl SecondFactorView {
    /// Creates the view and sets the page's title.
    #[must_use]
    pub fn new(page: Page, secret: Option<String>) -> Self {
        let secret = secret.map(|secret| {
            let letters: Vec<char> = secret.chars().collect();
            letters.chunks(4).map(String::from_iter).collect::<Vec<_>>().join(" ")
        });
        Self { page: page.titled("staff-factor-title"), secret }
    }
}

/// `/staff/recovery-codes`.
#[derive(Template)]
#[template(path = "staff/codes.html")]
pub struct CodesView {
    /// The page frame.
    pub page: Page,
    /// The side menu.
    pub menu: Menu,
    /// The codes.
    pub codes: Vec<String>,
}

/// `/staff/password`.
#[derive(Template)]
#[template(path = "staff/password.html")]
pub struct PasswordView {
    /// The page frame.
    pub page: Page,
    /// The side menu.
    pub menu: Menu,
    /// Whether the password must be changed before anything else opens.
    pub first: bool,
    /// The languages of mails.
    pub languages: Vec<Choice>,
}

/// Pending work for this member.
pub struct Task {
    /// Link to the page where it is done.
    pub href: &'static str,
    /// What it is, with its count.
    pub title: String,
    /// Since when, until when, or how much; may be empty.
    pub text: String,
    /// The CSS class of the tag.
    pub class: &'static str,
    /// The text of the tag.
    pub tag: &'static str,
}

/// One figure of the overview.
pub struct Figure {
    /// What it counts.
    pub name: &'static str,
    /// The number.
    pub value: String,
    /// The total that it is part of; may be empty.
    pub text: String,
}

/// A registration in a staff list, with masked numbers.
pub struct RegistrationRow {
    /// Link to its page.
    pub href: String,
    /// School and id, as forms send it.
    pub key: String,
    /// Whether its details stand beside the list.
    pub is_open: bool,
    /// 姓名.
    pub name: String,
    /// 学号.
    pub student_number: String,
    /// 院系 and 班级.
    pub class: String,
    /// The campus's code.
    pub campus: String,
    /// 证件号码, masked.
    pub document: String,
    /// 报考科目.
    pub subjects: String,
    /// Paid subjects.
    pub paid: i64,
    /// Unpaid subjects.
    pub unpaid: i64,
    /// When it was saved.
    pub saved_at: String,
}

/// A registration's details: beside the list, and on its own page.
pub struct Panel {
    /// The registration.
    pub row: RegistrationRow,
    /// The details.
    pub shown: Shown,
    /// Its live entries.
    pub entries: Vec<EntryRow>,
    /// The reasons to choose from for showing a full number.
    pub reasons: Vec<Choice>,
    /// Its orders; empty for whom may not see one.
    pub orders: Vec<OtherOrderRow>,
    /// Whether money that names one of them waits for finance.
    pub doubts: bool,
}

/// A subject of a registration with its state.
pub struct EntryRow {
    /// Its name.
    pub subject: String,
    /// Where it is taken.
    pub campus: String,
    /// The CSS class of the state's tag.
    pub class: &'static str,
    /// Its state, in words.
    pub state: &'static str,
    /// When it was paid, or its payment deadline.
    pub until: String,
}

/// What one registration's page shows besides its row.
pub struct Shown {
    /// 证件号码, masked unless `whole`.
    pub document: String,
    /// Whether it is shown in full.
    pub whole: bool,
    /// 证件类型.
    pub kind: String,
    /// The account's address, masked.
    pub email: String,
    /// 通行证ID.
    pub passport_id: String,
    /// Whether the member may see it in full, for a reason.
    pub may_show: bool,
    /// Whether the member may request another passport.
    pub may_rebind: bool,
}

/// `/staff/registrations/{school}/{id}`.
#[derive(Template)]
#[template(path = "staff/registration.html")]
pub struct RegistrationView {
    /// The page frame.
    pub page: Page,
    /// The side menu.
    pub menu: Menu,
    /// The registration.
    pub of: Panel,
}

/// `/staff/retrieval`.
#[derive(Template)]
#[template(path = "staff/retrieval.html")]
pub struct RetrievalView {
    /// The page frame.
    pub page: Page,
    /// The side menu.
    pub menu: Menu,
    /// The document types.
    pub kinds: Vec<Choice>,
    /// The account that was found.
    pub found: Option<String>,
}

/// `/staff/audit`.
#[derive(Template)]
#[template(path = "staff/audit.html")]
pub struct AuditView {
    /// The page frame.
    pub page: Page,
    /// The side menu.
    pub menu: Menu,
    /// The filters.
    pub asked: Asked,
    /// The links under the list.
    pub pager: Pager,
    /// The lines.
    pub lines: Vec<Line>,
    /// The actions to search for, sorted by name.
    pub actions: Vec<Choice>,
}

impl AuditView {
    fn action<'a>(&self, line: &'a Line) -> &'a str {
        codes::words(self.page.t, codes::ACTIONS, &line.action)
    }

    fn object<'a>(&self, line: &'a Line) -> &'a str {
        codes::words(self.page.t, codes::OBJECTS, &line.object_kind)
    }

    fn actor<'a>(&self, line: &'a Line) -> &'a str {
        codes::words(self.page.t, codes::ACTORS, &line.actor_kind)
    }

    fn told(&self, line: &Line) -> Wording {
        told(self.page.t, line)
    }
}

/// A request to move a registration to another passport, in a list.
pub struct RebindRow {
    /// Link to its page.
    pub href: String,
    /// School and id of the registration.
    pub registration: String,
    /// The state in words.
    pub state: String,
    /// The CSS class of the state's tag.
    pub class: &'static str,
    /// Whether it waits for a decision.
    pub open: bool,
    /// Who requested it.
    pub requester: String,
    /// When it was requested.
    pub asked_at: String,
    /// Until when it can be approved.
    pub expires_at: String,
    /// Who decided.
    pub approver: String,
    /// When it was decided.
    pub decided_at: String,
}

/// `/staff/rebinds`.
#[derive(Template)]
#[template(path = "staff/rebinds.html")]
pub struct RebindsView {
    /// The page frame.
    pub page: Page,
    /// The side menu.
    pub menu: Menu,
    /// The filters.
    pub asked: Asked,
    /// The states to filter by.
    pub states: Vec<Choice>,
    /// The links under the list.
    pub pager: Pager,
    /// The requests.
    pub rows: Vec<RebindRow>,
    /// Whether the member may make a request.
    pub may_ask: bool,
}

/// `/staff/rebinds/new`.
#[derive(Template)]
#[template(path = "staff/rebind_new.html")]
pub struct NewRebindView {
    /// The page frame.
    pub page: Page,
    /// The side menu.
    pub menu: Menu,
}

/// Whom a request is about and what it changes, for two people to see.
#[derive(Default)]
pub struct Rebound {
    /// 姓名; empty once the registration was released.
    pub name: String,
    /// 学号.
    pub student_number: String,
    /// 证件类型.
    pub kind: String,
    /// 证件号码, masked unless it was just revealed.
    pub document: String,
    /// Whether the member may see it in full, for a reason.
    pub may_show: bool,
    /// 通行证ID of the old passport.
    pub old_passport: String,
    /// Its address, masked.
    pub old_email: String,
    /// 通行证ID of the new passport.
    pub new_passport: String,
    /// Its address, as the candidate gave it.
    pub new_email: String,
    /// How the candidate was identified.
    pub evidence: String,
}

/// `/staff/rebinds/{id}`.
#[derive(Template)]
#[template(path = "staff/rebind.html")]
pub struct RebindView {
    /// The page frame.
    pub page: Page,
    /// The side menu.
    pub menu: Menu,
    /// The request.
    pub row: RebindRow,
    /// What it is about.
    pub shown: Rebound,
    /// The reasons to choose from for showing a full number.
    pub reasons: Vec<Choice>,
    /// Whether this member may decide it.
    pub may_decide: bool,
}
