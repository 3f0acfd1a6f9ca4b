//! 报名信息: the state of one registration on one page (R9).

use askama::Template;

use super::{Board, EntryTable};
use crate::payment::views::OrderStory;
use crate::situation::Lead;
use crate::web::page::{Notice, Page};
use cet_base::texts::Texts;
use cet_domain::entry::progress::{Step, StepState};

/// One step of the chart, formatted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StepView {
    /// The value of `data-step`.
    pub step: &'static str,
    /// The value of `data-state`.
    pub state: &'static str,
    /// The CSS class of the marker.
    pub class: &'static str,
    /// The step's name.
    pub name: &'static str,
    /// The state in words; empty if the marker is enough.
    pub word: &'static str,
}

impl StepView {
    fn of((step, state): (Step, StepState), t: &'static Texts) -> Self {
        let class = match state {
            StepState::Done => "done",
            StepState::Current => "now",
            StepState::Todo | StepState::Optional => "",
        };
        Self {
            step: step.wire(),
            state: state.wire(),
            class,
            name: step_name(step, t),
            word: state_word(step, state, t),
        }
    }
}

fn step_name(step: Step, t: &'static Texts) -> &'static str {
    match step {
        Step::WrittenEntered => t.m("entry-step-written-entered"),
        Step::WrittenPaid => t.m("entry-step-written-paid"),
        Step::OralEntered => t.m("entry-step-oral-entered"),
        Step::OralPaid => t.m("entry-step-oral-paid"),
        Step::Complete => t.m("entry-step-complete"),
        Step::PrintTicket => t.m("entry-step-print-ticket"),
        Step::Sit => t.m("entry-step-sit"),
        Step::End => t.m("entry-step-end"),
    }
}

fn state_word(step: Step, state: StepState, t: &'static Texts) -> &'static str {
    match (step, state) {
        (_, StepState::Done) => t.m("entry-state-done"),
        (_, StepState::Optional) => t.m("entry-state-optional"),
        (Step::PrintTicket, StepState::Current) => t.m("entry-state-printable"),
        (Step::PrintTicket, StepState::Todo) => t.m("entry-state-not-printable"),
        (Step::Sit | Step::End, StepState::Current) => t.m("entry-state-now"),
        (Step::Sit | Step::End, StepState::Todo) => "",
        (_, StepState::Current | StepState::Todo) => t.m("entry-state-todo"),
    }
}

/// The registration's snapshot of the student record.
#[derive(Clone, PartialEq, Eq)]
pub struct Record {
    /// The stored name.
    pub name: String,
    /// 男 or 女 in the page's language.
    pub sex: String,
    /// The document type in the page's language.
    pub document_kind: String,
    /// The number, masked unless `revealed`.
    pub document_number: String,
    /// Whether the number is shown in full (requested with `?show=document`).
    pub revealed: bool,
    /// `(99301)测试学校机构01`.
    pub school: String,
    /// `(993010)测试校区机构001`.
    pub campus: String,
    /// 学号; may be empty.
    pub student_number: String,
    /// 资格科目, joined by ；.
    pub subjects: String,
}

/// A deadline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clock {
    /// Seconds left; negative values count as zero.
    pub seconds_left: i64,
    /// The deadline, `YYYY-MM-DD HH:MM`.
    pub until: String,
    /// The same time in RFC 3339.
    pub until_machine: String,
    /// The system's time in RFC 3339, which the script counts down from.
    pub now_machine: String,
}

impl Clock {
    /// The time left in words: 21 小时 36 分.
    #[must_use]
    pub fn left(&self, t: &'static Texts) -> String {
        let minutes = self.seconds_left.max(0) / 60;
        let (hours, rest) = (minutes / 60, minutes % 60);
        format!("{hours} {} {rest} {}", t.m("entry-clock-hours"), t.m("entry-clock-minutes"))
    }

    /// The same text with the placeholders `{h}` and `{m}`, which the script fills in.
    #[must_use]
    pub fn pattern(&self, t: &'static Texts) -> String {
        format!("{{h}} {} {{m}} {}", t.m("entry-clock-hours"), t.m("entry-clock-minutes"))
    }
}

/// What is still unpaid; absent if nothing is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unpaid {
    /// The sum of all unpaid entries: `¥0.03`.
    pub sum: String,
    /// The written tests' share: `0.02`.
    pub written: String,
    /// The oral tests' share: `0.01`.
    pub oral: String,
}

/// An order that is waiting for payment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenOrder {
    /// `/payment/{order}`.
    pub href: String,
    /// The order's number.
    pub number: String,
    /// Its sum: `¥0.03`.
    pub sum: String,
    /// Deadline for payment, `YYYY-MM-DD HH:MM`.
    pub until: String,
}

/// The information page.
#[derive(Template)]
#[template(path = "entry/information.html")]
pub struct InformationView {
    /// The page frame; messages go into `page.notices` (see [`super::Message`]).
    pub page: Page,
    /// The registration's id.
    pub registration: String,
    /// The progress chart, from [`cet_domain::entry::progress::chart`].
    pub chart: [(Step, StepState); 8],
    /// The student record.
    pub record: Record,
    /// 笔试报考科目信息.
    pub written: EntryTable,
    /// 口试报考科目信息.
    pub oral: EntryTable,
    /// What the candidate can pay now; `None` hides 支付.
    pub unpaid: Option<Unpaid>,
    /// What is said first (R18).
    pub lead: Lead,
    /// What is worth saying besides.
    pub notes: Vec<Notice>,
    /// Whether CET6资格复核 is shown (V1).
    pub review: bool,
    /// From when tickets can be printed, `YYYY-MM-DD HH:MM`; empty if not set.
    pub tickets_from: String,
    /// The notices of province, school and campus.
    pub boards: Vec<Board>,
    /// The passport's payments, including those of former registrations.
    pub orders: Vec<OrderStory>,
}

/// The same page for a passport without a registration.
#[derive(Template)]
#[template(path = "entry/unbound_information.html")]
pub struct UnboundInformationView {
    /// The page frame.
    pub page: Page,
    /// What is said first (R18).
    pub lead: Lead,
    /// What is worth saying besides.
    pub notes: Vec<Notice>,
    /// The passport's payments, whatever became of what they paid for.
    pub orders: Vec<OrderStory>,
}

impl InformationView {
    fn steps(&self) -> [StepView; 8] {
        self.chart.map(|step| StepView::of(step, self.page.t))
    }
}
