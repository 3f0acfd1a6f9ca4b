//! What the home page, the agreement and the qualification pages show, as finished strings and flags.

use askama::Template;

use crate::passport::views::document_kinds;
use crate::situation::{Lead, LeadAction};
use crate::web::page::{Choice, Page};

/// `/home` (R1).
#[derive(Template)]
#[template(path = "registration/home.html")]
pub struct HomeView {
    /// The frame, with who is signed in.
    pub page: Page,
    /// The sitting's name.
    pub sitting: String,
    /// 报名状态 in a word or two.
    pub state: String,
    /// The mark of the state: `""` nothing yet, `" warn"` under way, `" ok"` done.
    pub state_mark: &'static str,
    /// What the state means, e.g. 未报名或当前通行证账号非报名时账号; may be empty.
    pub state_note: String,
    /// 网上报名时间, from and to; `None` while the campus is unknown or nothing is set.
    pub window: Option<(String, String)>,
    /// From when tickets print; empty while unset.
    pub printing: String,
    /// The account's address, masked.
    pub account: String,
    /// Whether the registration's page has more to tell: of a registration, or of payments of one that is gone.
    pub has_page: bool,
    /// What is said first (R18).
    pub lead: Lead,
}

impl HomeView {
    /// The page of a passport without a registration.
    #[must_use]
    pub fn new(page: Page, sitting: String, account: String, lead: Lead) -> Self {
        let t = page.t;
        Self {
            page,
            sitting,
            state: t.m("registration-state-none").to_owned(),
            state_mark: "",
            state_note: t.m("registration-state-none-note").to_owned(),
            window: None,
            printing: String::new(),
            account,
            has_page: false,
            lead,
        }
    }

    /// Says how a registration stands, by the key of the words.
    pub fn registered(&mut self, state: &'static str) {
        self.state = self.page.m(state).to_owned();
        self.state_mark = if state == "registration-state-paid" { " ok" } else { " warn" };
        self.state_note = String::new();
        self.has_page = true;
    }

    /// Whether the lead leads to the registration's page already.
    fn leads_there(&self) -> bool {
        matches!(&self.lead.action, Some(LeadAction::Go(link)) if link.href == "/registration")
    }
}

/// `/agreement` (R2).
#[derive(Template)]
#[template(path = "registration/agreement.html")]
pub struct AgreementView {
    /// The frame; step 3.
    pub page: Page,
    /// The version that an acceptance is recorded with.
    pub version: String,
    /// The agreement as sanitised HTML, without an h1.
    pub body: String,
}

impl AgreementView {
    /// The page titled and stepped.
    #[must_use]
    pub fn new(page: Page, version: String, body: String) -> Self {
        Self { page: page.titled("registration-agreement-title").at_step(3), version, body }
    }
}

/// `/qualification` (R3).
#[derive(Template)]
#[template(path = "registration/qualification.html")]
pub struct QualificationView {
    /// The frame; step 3.
    pub page: Page,
    /// The options of 证件类型.
    pub kinds: Vec<Choice>,
    /// Whether the typed number has a wrong check digit, which is a hint and no refusal.
    pub check_digit_hint: bool,
    /// How many look-ups are left today, if it is worth saying.
    pub left: Option<String>,
    /// Whether the sitting asks for the student number too (W3).
    pub ask_student_number: bool,
}

impl QualificationView {
    /// The page titled and stepped, with the options in its language.
    #[must_use]
    pub fn new(page: Page, check_digit_hint: bool, left: Option<u32>) -> Self {
        let kinds = document_kinds(page.t);
        let page = page.titled("registration-qualification-title").at_step(3);
        Self { page, kinds, check_digit_hint, left: left.map(|n| n.to_string()), ask_student_number: false }
    }

    fn number_hint(&self) -> &'static str {
        if self.check_digit_hint {
            self.page.m("passport-check-digit-hint")
        } else {
            self.page.m("registration-number-hint")
        }
    }
}

/// A subject that the campus offers and the student may not enter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeniedSubject {
    /// The subject's name.
    pub name: String,
    /// Why not, and what to do.
    pub reason: String,
    /// Whether CET6资格复核 stands beside it (V1).
    pub review: bool,
}

/// The student's record as it is shown; empty texts show as 无.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct RecordRows {
    /// 姓名.
    pub name: String,
    /// 性别 in words.
    pub sex: String,
    /// 证件类型 in words.
    pub document_kind: String,
    /// 证件号码, masked before binding (W2).
    pub document_number: String,
    /// 笔试报名学校, such as (99301)测试学校机构01.
    pub school: String,
    /// 笔试报名校区.
    pub campus: String,
    /// 学历.
    pub education: String,
    /// 学制.
    pub length: String,
    /// 入学年份.
    pub entered: String,
    /// 年级.
    pub grade: String,
    /// 院系.
    pub faculty: String,
    /// 专业.
    pub major: String,
    /// 班级.
    pub class: String,
    /// 学号, masked before binding (W2).
    pub student_number: String,
    /// 备注.
    pub note: String,
}

/// `/qualification/record` (R4).
#[derive(Template)]
#[template(path = "registration/record.html")]
pub struct RecordView {
    /// The frame; step 3.
    pub page: Page,
    /// The record.
    pub record: RecordRows,
    /// 资格科目, joined by ；; empty if there are none.
    pub eligible: String,
    /// What the campus offers and the student may not enter.
    pub denied: Vec<DeniedSubject>,
    /// When the campus's registration opens, while it has not (R5).
    pub opens: Option<String>,
    /// Whether CET6资格复核 stands below the subjects, to show the state of an application (V1).
    pub reviewed: bool,
}

impl RecordView {
    /// The page titled and stepped.
    #[must_use]
    pub fn new(page: Page, record: RecordRows, eligible: &[String], denied: Vec<DeniedSubject>) -> Self {
        let page = page.titled("registration-record-title").at_step(3);
        Self { page, record, eligible: eligible.join("；"), denied, opens: None, reviewed: false }
    }

    /// The same page before the campus's registration opens at `opens`.
    #[must_use]
    pub fn opening(mut self, opens: String) -> Self {
        self.opens = Some(opens);
        self
    }
}
