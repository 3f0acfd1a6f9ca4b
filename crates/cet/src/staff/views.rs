//! What the pages of staff show.

use askama::Template;

use super::list::{Asked, Pager};
use super::menu::Menu;
use crate::audit::Line;
use crate::web::page::{Choice, Page};

/// `/staff/login`.
#[derive(Template)]
#[template(path = "staff/door/login.html")]
pub struct LoginView {
    /// The frame.
    pub page: Page,
    /// Where to go on after the second factor; may be empty.
    pub next: String,
}

impl LoginView {
    /// The page titled.
    #[must_use]
    pub fn new(page: Page, next: String) -> Self {
        Self { page: page.titled("staff-login-title"), next }
    }
}

/// `/staff/second-factor`.
#[derive(Template)]
#[template(path = "staff/door/second_factor.html")]
pub struct SecondFactorView {
    /// The frame.
    pub page: Page,
    /// The secret in groups of four, when it is not in an authenticator yet.
    pub secret: Option<String>,
}

impl SecondFactorView {
    /// The page titled.
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
    /// The frame.
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
    /// The frame.
    pub page: Page,
    /// The side menu.
    pub menu: Menu,
    /// Whether nothing else opens before.
    pub first: bool,
}

/// `/staff`.
#[derive(Template)]
#[template(path = "staff/overview.html")]
pub struct OverviewView {
    /// The frame.
    pub page: Page,
    /// The side menu.
    pub menu: Menu,
}

impl OverviewView {
    fn waits(&self) -> bool {
        self.menu.groups.iter().flat_map(|group| &group.entries).any(|entry| entry.waiting > 0)
    }
}

/// A registration in a list of staff, its numbers masked.
pub struct RegistrationRow {
    /// Its page.
    pub href: String,
    /// School and id, as forms name it.
    pub key: String,
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

/// `/staff/registrations`.
#[derive(Template)]
#[template(path = "staff/registrations.html")]
pub struct RegistrationsView {
    /// The frame.
    pub page: Page,
    /// The side menu.
    pub menu: Menu,
    /// The filters.
    pub asked: Asked,
    /// The links under the list.
    pub pager: Pager,
    /// The rows.
    pub rows: Vec<RegistrationRow>,
    /// The kinds of document to find one by.
    pub kinds: Vec<Choice>,
}

/// What one registration's page shows besides its row.
pub struct Shown {
    /// 证件号码, masked unless `whole`.
    pub document: String,
    /// Whether it is whole.
    pub whole: bool,
    /// 证件类型.
    pub kind: String,
    /// The account's address, masked.
    pub email: String,
    /// 通行证ID.
    pub passport_id: String,
    /// Whether the member may see it whole, for a reason.
    pub may_show: bool,
    /// Whether the member may ask for another passport.
    pub may_rebind: bool,
}

/// `/staff/registrations/{school}/{id}`.
#[derive(Template)]
#[template(path = "staff/registration.html")]
pub struct RegistrationView {
    /// The frame.
    pub page: Page,
    /// The side menu.
    pub menu: Menu,
    /// The registration.
    pub row: RegistrationRow,
    /// The rest.
    pub shown: Shown,
    /// Why somebody may see a whole number.
    pub reasons: Vec<Choice>,
}

/// `/staff/retrieval`.
#[derive(Template)]
#[template(path = "staff/retrieval.html")]
pub struct RetrievalView {
    /// The frame.
    pub page: Page,
    /// The side menu.
    pub menu: Menu,
    /// The kinds of document.
    pub kinds: Vec<Choice>,
    /// The account that was found.
    pub found: Option<String>,
}

/// `/staff/audit`.
#[derive(Template)]
#[template(path = "staff/audit.html")]
pub struct AuditView {
    /// The frame.
    pub page: Page,
    /// The side menu.
    pub menu: Menu,
    /// The filters.
    pub asked: Asked,
    /// The links under the list.
    pub pager: Pager,
    /// The lines.
    pub lines: Vec<Line>,
}

/// A request to move a registration, in a list.
pub struct RebindRow {
    /// Its page.
    pub href: String,
    /// School and id of the registration.
    pub registration: String,
    /// The state in words.
    pub state: String,
    /// Whether it waits for a decision.
    pub open: bool,
    /// Who asked.
    pub requester: String,
    /// When.
    pub asked_at: String,
    /// Until when it can be approved.
    pub expires_at: String,
    /// Who decided.
    pub approver: String,
    /// When.
    pub decided_at: String,
}

/// `/staff/rebinds`.
#[derive(Template)]
#[template(path = "staff/rebinds.html")]
pub struct RebindsView {
    /// The frame.
    pub page: Page,
    /// The side menu.
    pub menu: Menu,
    /// The links under the list.
    pub pager: Pager,
    /// The requests.
    pub rows: Vec<RebindRow>,
    /// Whether the member may ask for one.
    pub may_ask: bool,
}

/// `/staff/rebinds/new`.
#[derive(Template)]
#[template(path = "staff/rebind_new.html")]
pub struct NewRebindView {
    /// The frame.
    pub page: Page,
    /// The side menu.
    pub menu: Menu,
}

/// `/staff/rebinds/{id}`.
#[derive(Template)]
#[template(path = "staff/rebind.html")]
pub struct RebindView {
    /// The frame.
    pub page: Page,
    /// The side menu.
    pub menu: Menu,
    /// The request.
    pub row: RebindRow,
    /// The address of the new passport.
    pub new_email: String,
    /// How the candidate was known.
    pub evidence: String,
    /// Whether this member may decide it.
    pub may_decide: bool,
}
