//! Views of the home page, the agreement and the qualification pages; all texts are already formatted.

use askama::Template;

use crate::passport::views::document_kinds;
use crate::payment::views::OrderStory;
use crate::situation::Lead;
use crate::web::page::{Choice, MOST_NOTICES, Notice, Page};

/// `/home` (R1).
#[derive(Template)]
#[template(path = "registration/home.html")]
pub struct HomeView {
    /// The frame, with who is signed in.
    pub page: Page,
    /// The sitting's name.
    pub sitting: String,
    /// 报名状态, one or two words.
    pub state: String,
    /// The CSS class of the state: `""` not started, `" warn"` in progress, `" ok"` done.
    pub state_mark: &'static str,
    /// An explanation of the state, e.g. 未报名或当前通行证账号非报名时账号; empty where something is bound to this account.
    pub state_note: String,
    /// 网上报名时间, from and to: of the campus, or of all of them while it is unknown; `None` if nothing is set.
    pub window: Option<(String, String)>,
    /// From when tickets can be printed; empty if not set.
    pub printing: String,
    /// Whether a paid exam has a date, so that there is a calendar.
    pub calendar: bool,
    /// The account's address, masked.
    pub account: String,
    /// Whether the registration's page has more to tell: of a registration, or of payments of one that is gone.
    pub has_page: bool,
    /// What is said first (R18).
    pub lead: Lead,
    /// What is worth saying besides.
    pub notes: Vec<Notice>,
    /// What became of the newest payments.
    pub orders: Vec<OrderStory>,
    /// What to have ready for paying; empty where nothing can be entered any more.
    pub prepare: String,
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
            calendar: false,
            account,
            has_page: false,
            lead,
            notes: Vec::new(),
            orders: Vec::new(),
            prepare: String::new(),
        }
    }

    /// Says how a registration stands, by the key of the words.
    pub fn registered(&mut self, state: &'static str) {
        self.state = self.page.m(state).to_owned();
        self.state_mark = if state == "registration-state-paid" { " ok" } else { " warn" };
        self.state_note = String::new();
        self.has_page = true;
    }
}

/// `/agreement` (R2).
#[derive(Template)]
#[template(path = "registration/agreement.html")]
pub struct AgreementView {
    /// The page frame; step 3.
    pub page: Page,
    /// The version that an acceptance is recorded with.
    pub version: String,
    /// The agreement as sanitised HTML, without an h1.
    pub body: String,
}

impl AgreementView {
    /// Creates the view and sets the page's title and step.
    #[must_use]
    pub fn new(page: Page, version: String, body: String) -> Self {
        Self {
            page: page
                .titled("registration-agreement-title")
                .described("registration-agreement-about")
                .at_step(3),
            version,
            body,
        }
    }
}

/// `/qualification` (R3).
#[derive(Template)]
#[template(path = "registration/qualification.html")]
pub struct QualificationView {
    /// The page frame; step 3.
    pub page: Page,
    /// The options of 证件类型.
    pub kinds: Vec<Choice>,
    /// Whether the number has a wrong check digit; this is a hint, not a refusal.
    pub check_digit_hint: bool,
    /// How many look-ups are left today; `None` while there are plenty.
    pub left: Option<String>,
    /// Whether the sitting also asks for the student number (W3).
    pub ask_student_number: bool,
}

impl QualificationView {
    /// Creates the view: title, step, and the options in the page's language.
    #[must_use]
    pub fn new(page: Page, check_digit_hint: bool, left: Option<u32>) -> Self {
        let kinds = document_kinds(page.t);
        let page = page
            .titled("registration-qualification-title")
            .described("registration-qualification-about")
            .at_step(3);
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
    /// Whether to show CET6资格复核 next to it (V1).
    pub review: bool,
}

/// The student's record for display; empty texts are shown as 无.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct RecordRows {
    /// 姓名.
    pub name: String,
    /// 性别 in words.
    pub sex: String,
    /// 证件类型 in words.
    pub document_kind: String,
    /// 证件号码, masked unless `revealed` (W2).
    pub document_number: String,
    /// Whether the number stands as it was asked for (`?show=document`).
    pub revealed: bool,
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
    /// Whether some of it is hidden for that.
    pub student_number_masked: bool,
    /// 备注.
    pub note: String,
}

/// A subject that the school has entered the student in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SchoolEntry {
    /// The subject's name.
    pub subject: String,
    /// The campus.
    pub campus: String,
    /// The fee in yuan.
    pub fee: String,
    /// The class of the state's tag.
    pub class: &'static str,
    /// How it is paid, in words.
    pub state: &'static str,
}

/// One line for each reason, in the order in which they come first, with its subjects' names together.
fn by_reason(page: &Page, denied: Vec<DeniedSubject>) -> Vec<DeniedSubject> {
    let mut lines: Vec<DeniedSubject> = Vec::new();
    for subject in denied {
        match lines.iter_mut().find(|line| line.reason == subject.reason) {
            Some(line) => line.name = format!("{}{}{}", line.name, page.m("arrangement-and"), subject.name),
            None => lines.push(subject),
        }
    }
    lines
}

/// `/qualification/record` (R4).
#[derive(Template)]
#[template(path = "registration/record.html")]
pub struct RecordView {
    /// The page frame; step 3.
    pub page: Page,
    /// The record.
    pub record: RecordRows,
    /// 资格科目, joined by ；; empty if there are none.
    pub eligible: String,
    /// What the student may not enter yet, and can ask for.
    pub askable: Vec<DeniedSubject>,
    /// How many subjects the campus offers besides, that the student may not enter: 没有资格（10 科）.
    pub denied_line: String,
    /// Why not, with the subjects of each reason.
    pub denied: Vec<DeniedSubject>,
    /// When the campus's registration opens; `None` once it has (R5).
    pub opens: Option<String>,
    /// Whether registration is open, so that it can be saved.
    pub may_save: bool,
    /// What the school has entered the student in (S2); empty if nothing.
    pub by_school: Vec<SchoolEntry>,
    /// Whether to show CET6资格复核 below the subjects, with the state of an application (V1).
    pub reviewed: bool,
    /// What saving does.
    pub saving: Saving,
}

/// What saving does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Saving {
    /// Nothing more: it is bound to this passport.
    Again,
    /// It binds.
    Binds,
    /// It binds, and asks for a verified address or the student number (R24).
    BindsWithProof,
}

impl RecordView {
    /// Creates the view and sets the page's title and step.
    #[must_use]
    pub fn new(page: Page, record: RecordRows, eligible: &[String], denied: Vec<DeniedSubject>) -> Self {
        let page = page.titled("registration-record-title").described("registration-record-about").at_step(3);
        let (askable, denied): (Vec<_>, Vec<_>) = denied.into_iter().partition(|subject| subject.review);
        let denied_line = page.f("registration-denied-line", &[("n", &denied.len().to_string())]);
        let denied = by_reason(&page, denied);
        let eligible = eligible.join(page.m("layout-subjects-and"));
        Self {
            page,
            record,
            eligible,
            askable,
            denied_line,
            denied,
            opens: None,
            may_save: true,
            by_school: Vec::new(),
            reviewed: false,
            saving: Saving::Binds,
        }
    }

    fn binds(&self) -> bool {
        self.saving != Saving::Again
    }

    fn asks_for_proof(&self) -> bool {
        self.saving == Saving::BindsWithProof
    }

    /// Keeps the weightiest notes, the first first: the page holds at most two, with those beside its form (R18).
    #[must_use]
    pub fn with_room(mut self) -> Self {
        let own =
            [self.opens.is_some(), self.may_save && self.binds(), self.may_save && self.asks_for_proof()];
        let own = own.into_iter().filter(|shown| *shown).count();
        self.page.notices.truncate(MOST_NOTICES.saturating_sub(own));
        self
    }

    /// The same page before the campus's registration opens at `opens`.
    #[must_use]
    pub fn opening(mut self, opens: String) -> Self {
        self.opens = Some(opens);
        self.may_save = false;
        self
    }
}
