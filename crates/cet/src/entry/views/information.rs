//! 报名信息: the state of one registration on one page (R9).

use askama::Template;

use super::{Board, EntryTable};
use crate::web::page::Page;
use crate::web::texts::Texts;

/// How far a step of the progress chart is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StepState {
    /// Behind the candidate.
    Done,
    /// To be done now.
    Current,
    /// Still to come.
    Todo,
    /// May be left out, and nothing of it is under way.
    Optional,
}

impl StepState {
    const fn mark(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Current => "current",
            Self::Todo => "todo",
            Self::Optional => "optional",
        }
    }

    const fn class(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Current => "now",
            Self::Todo | Self::Optional => "",
        }
    }

    fn word(self, t: &'static Texts) -> &'static str {
        match self {
            Self::Done => t.m("entry-state-done"),
            Self::Current | Self::Todo => t.m("entry-state-todo"),
            Self::Optional => t.m("entry-state-optional"),
        }
    }
}

/// The eight steps of a registration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Chart {
    /// 笔试报考.
    pub written_entered: StepState,
    /// 笔试缴费.
    pub written_paid: StepState,
    /// 口试报考(选).
    pub oral_entered: StepState,
    /// 口试缴费(选).
    pub oral_paid: StepState,
    /// 完成报名.
    pub complete: StepState,
    /// 打印准考证; the word is 可以打印 while it is `Current`, 不可打印 before.
    pub print_ticket: StepState,
    /// 参加考试.
    pub sit: StepState,
    /// 结束.
    pub end: StepState,
}

/// One step of the chart, ready to show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StepView {
    /// The value of `data-step`.
    pub step: &'static str,
    /// The value of `data-state`.
    pub state: &'static str,
    /// The class that draws the mark.
    pub class: &'static str,
    /// The step's name.
    pub name: &'static str,
    /// The state in words; empty where the mark says enough.
    pub word: &'static str,
}

impl Chart {
    /// The steps in their order.
    #[must_use]
    pub fn steps(&self, t: &'static Texts) -> [StepView; 8] {
        let plain = |step, state: StepState, name| StepView {
            step,
            state: state.mark(),
            class: state.class(),
            name,
            word: state.word(t),
        };
        let print_word = match self.print_ticket {
            StepState::Current => t.m("entry-state-printable"),
            StepState::Done => t.m("entry-state-done"),
            StepState::Todo | StepState::Optional => t.m("entry-state-not-printable"),
        };
        let last_word = |state| match state {
            StepState::Done => t.m("entry-state-done"),
            StepState::Current => t.m("entry-state-now"),
            StepState::Todo | StepState::Optional => "",
        };
        let worded = |view: StepView, word| StepView { word, ..view };
        [
            plain("written-entered", self.written_entered, t.m("entry-step-written-entered")),
            plain("written-paid", self.written_paid, t.m("entry-step-written-paid")),
            plain("oral-entered", self.oral_entered, t.m("entry-step-oral-entered")),
            plain("oral-paid", self.oral_paid, t.m("entry-step-oral-paid")),
            plain("complete", self.complete, t.m("entry-step-complete")),
            worded(plain("print-ticket", self.print_ticket, t.m("entry-step-print-ticket")), print_word),
            worded(plain("sit", self.sit, t.m("entry-step-sit")), last_word(self.sit)),
            worded(plain("end", self.end, t.m("entry-step-end")), last_word(self.end)),
        ]
    }
}

/// The snapshot of the student record that the registration keeps.
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
    /// Whether the number stands in full (asked for by `?show=document`).
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

/// A moment that ends something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clock {
    /// Seconds left; below zero counts as none.
    pub seconds_left: i64,
    /// The moment, `YYYY-MM-DD HH:MM`.
    pub until: String,
    /// The same in RFC 3339.
    pub until_machine: String,
    /// The system's time in RFC 3339, by which the script counts down.
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

    /// The same with `{h}` and `{m}` for the numbers, which the script fills in.
    #[must_use]
    pub fn pattern(&self, t: &'static Texts) -> String {
        format!("{{h}} {} {{m}} {}", t.m("entry-clock-hours"), t.m("entry-clock-minutes"))
    }
}

/// What is still to be paid; there only when something is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unpaid {
    /// The sum of all unpaid: `¥0.03`.
    pub sum: String,
    /// The written part: `0.02`.
    pub written: String,
    /// The oral part: `0.01`.
    pub oral: String,
    /// When the first of the entries expires.
    pub clock: Clock,
}

/// An order that waits for its payment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenOrder {
    /// `/payment/{order}`.
    pub href: String,
    /// The order's number.
    pub number: String,
    /// Its sum: `¥0.03`.
    pub sum: String,
    /// Until when it can be paid, `YYYY-MM-DD HH:MM`.
    pub until: String,
}

/// A registration without any entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EmptyRegistration {
    /// When it is deleted.
    pub clock: Clock,
}

/// The information page.
#[derive(Template)]
#[template(path = "entry/information.html")]
pub struct InformationView {
    /// What every page has; messages go into `page.notices` (see [`super::Message`]).
    pub page: Page,
    /// The registration's id.
    pub registration: String,
    /// The progress chart.
    pub chart: Chart,
    /// The student record.
    pub record: Record,
    /// 笔试报考科目信息.
    pub written: EntryTable,
    /// 口试报考科目信息.
    pub oral: EntryTable,
    /// What the candidate can pay now; `None` hides 支付.
    pub unpaid: Option<Unpaid>,
    /// The order that can be gone on with.
    pub open_order: Option<OpenOrder>,
    /// There when no subject is entered.
    pub empty: Option<EmptyRegistration>,
    /// Whether CET6资格复核 is shown (V1).
    pub review: bool,
    /// From when tickets print, `YYYY-MM-DD HH:MM`; empty if not set.
    pub tickets_from: String,
    /// The notices of province, school and campus.
    pub boards: Vec<Board>,
}
