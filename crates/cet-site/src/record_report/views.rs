//! Views of the pages of reports.

use askama::Template;

use crate::staff::Menu;
use crate::staff::list::{Asked, Pager};
use crate::web::page::{Choice, Notice, Page, Tone};
use cet_base::vault::{Vault, VaultError};
use cet_base::words::time::Time;
use cet_domain::message::words::report_field;
use cet_domain::record_report::{Field, Report, ReportState};
use cet_domain::situation::ReportStands;

/// The fields to choose from.
#[must_use]
pub fn fields(page: &Page) -> Vec<Choice> {
    let choice = |field: Field| Choice {
        value: field.wire().to_owned(),
        text: report_field(page.t, field.wire()).to_owned(),
    };
    Field::ALL.map(choice).to_vec()
}

/// The state in words, and the class of its tag.
#[must_use]
pub fn state_words(page: &Page, state: ReportState) -> (&'static str, &'static str) {
    match state {
        ReportState::Open => (page.m("report-state-open"), "warn"),
        ReportState::Corrected => (page.m("report-state-corrected"), "ok"),
        ReportState::Answered => (page.m("report-state-answered"), ""),
    }
}

/// How a report stands, for the other pages of its candidate.
#[must_use]
pub fn note(page: &Page, of: &ReportStands, answer: Option<&str>) -> Notice {
    let (tone, key) = match of.state {
        ReportState::Open => (Tone::Info, "report-note-open"),
        ReportState::Corrected => (Tone::Ok, "report-note-corrected"),
        ReportState::Answered => (Tone::Info, "report-note-answered"),
    };
    let title = page.f(key, &[("field", report_field(page.t, of.field.wire()))]);
    let text = match of.state {
        ReportState::Open => page.f("report-note-since", &[("time", &of.reported_at.page())]),
        ReportState::Corrected | ReportState::Answered => {
            page.f("report-note-text", &[("text", answer.unwrap_or_default())])
        }
    };
    Notice::new(tone, title, text).linked("/record-report", page.m("report-look"))
}

/// A report as its candidate sees it. It has no Debug: it is personal data.
#[derive(Clone, PartialEq, Eq)]
pub struct ReportRows {
    /// The name of the state for marks in pages.
    pub wire: &'static str,
    /// The field in words.
    pub field: &'static str,
    /// What the candidate says is right.
    pub right: String,
    /// The note.
    pub note: String,
    /// When it was reported.
    pub reported_at: String,
    /// The state in words.
    pub state: &'static str,
    /// The class of the state's tag.
    pub class: &'static str,
    /// When it was answered; empty before.
    pub answered_at: String,
    /// The answer; empty before.
    pub answer: String,
}

impl ReportRows {
    /// Formats a report.
    ///
    /// # Errors
    /// [`VaultError`] if the installation's keys can't open what was typed.
    pub fn new(page: &Page, vault: &Vault, of: &Report) -> Result<Self, VaultError> {
        let (state, class) = state_words(page, of.state);
        let answer = of.answer_sealed.as_ref().map(|sealed| vault.open(sealed)).transpose()?;
        Ok(Self {
            wire: of.state.wire(),
            field: report_field(page.t, of.field.wire()),
            right: vault.open(&of.right_sealed)?,
            note: vault.open(&of.note_sealed)?,
            reported_at: of.reported_at.page(),
            state,
            class,
            answered_at: of.answered_at.map(Time::page).unwrap_or_default(),
            answer: answer.unwrap_or_default(),
        })
    }
}

/// `/record-report` (R4).
#[derive(Template)]
#[template(path = "record_report/report.html")]
pub struct ReportView {
    /// The page frame.
    pub page: Page,
    /// 姓名 of the record.
    pub name: String,
    /// The passport's reports of this record, the newest first.
    pub reports: Vec<ReportRows>,
    /// Whether another one can be made now.
    pub asks: bool,
    /// What can be reported.
    pub fields: Vec<Choice>,
    /// Link back.
    pub back: &'static str,
}

/// One row of `/staff/record-reports`.
#[derive(Clone, PartialEq, Eq)]
pub struct ReportLine {
    /// Link to its page.
    pub href: String,
    /// 姓名.
    pub name: String,
    /// 学号.
    pub student_number: String,
    /// The campus.
    pub campus: String,
    /// The field in words.
    pub field: &'static str,
    /// When it was reported.
    pub reported_at: String,
    /// For how long it has waited, or that it was answered.
    pub age: String,
    /// The state in words.
    pub state: &'static str,
    /// The class of the state's tag.
    pub class: &'static str,
    /// Who answered; empty before.
    pub answered_by: String,
}

impl ReportLine {
    /// The row of a report at a time.
    #[must_use]
    pub fn new(page: &Page, of: &Report, now: Time) -> Self {
        let (state, class) = state_words(page, of.state);
        Self {
            href: format!("/staff/record-reports/{}", of.id),
            name: of.name.clone(),
            student_number: of.student_number.clone(),
            campus: of.campus.to_string(),
            field: report_field(page.t, of.field.wire()),
            reported_at: of.reported_at.page(),
            age: if of.state == ReportState::Open {
                waited(page, of.reported_at, now)
            } else {
                page.m("report-answered").to_owned()
            },
            state,
            class,
            answered_by: of.answered_by.clone().unwrap_or_default(),
        }
    }
}

/// For how long something has waited: in days from two days on, else in hours.
fn waited(page: &Page, since: Time, now: Time) -> String {
    let hours = now.since(since).as_hours().max(0);
    match hours {
        0 => page.m("report-waits-less").to_owned(),
        1..=47 => page.f("report-waits-hours", &[("n", &hours.to_string())]),
        more => page.f("report-waits-days", &[("n", &(more / 24).to_string())]),
    }
}

/// `/staff/record-reports`.
#[derive(Template)]
#[template(path = "record_report/staff_list.html")]
pub struct ReportsView {
    /// The page frame.
    pub page: Page,
    /// The side menu.
    pub menu: Menu,
    /// The filters.
    pub asked: Asked,
    /// The states to filter by.
    pub states: Vec<Choice>,
    /// The fields to filter by.
    pub fields: Vec<Choice>,
    /// The links under the list.
    pub pager: Pager,
    /// The rows.
    pub rows: Vec<ReportLine>,
}

/// What a school can do with a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answerable {
    /// Nothing: it was answered.
    Over,
    /// Correct the record, or answer only.
    Correct,
    /// Answer only, because a candidate has saved the record (R6).
    Saved,
    /// Answer only, because the field comes from an import.
    ByImport,
    /// Answer only, because the roster has the student no more.
    Gone,
}

impl Answerable {
    fn is_open(self) -> bool {
        self != Self::Over
    }

    fn corrects(self) -> bool {
        self == Self::Correct
    }

    /// Why the record can't be corrected here; empty if it can.
    fn why_not(self, page: &Page) -> &'static str {
        match self {
            Self::Over | Self::Correct => "",
            Self::Saved => page.m("report-saved"),
            Self::ByImport => page.m("report-by-import"),
            Self::Gone => page.m("report-no-student"),
        }
    }
}

/// What a school's page of one report shows besides the row.
pub struct ReportShown {
    /// What the record said there when it was reported; empty for what is not copied.
    pub said: String,
    /// What the record says there now.
    pub says: String,
    /// What the candidate says is right; a document number masked, unless `whole`.
    pub right: String,
    /// Whether a number is hidden in it.
    pub hides: bool,
    /// The note.
    pub note: String,
    /// The answer; empty before.
    pub answer: String,
    /// When it was answered; empty before.
    pub answered_at: String,
    /// The student's page; `None` if the roster has the student no more.
    pub student: Option<String>,
    /// What can be done with it.
    pub way: Answerable,
    /// Whether the value is one of `campuses`.
    pub is_campus: bool,
}

/// `/staff/record-reports/{id}`.
#[derive(Template)]
#[template(path = "record_report/staff_one.html")]
pub struct OneView {
    /// The page frame.
    pub page: Page,
    /// The side menu.
    pub menu: Menu,
    /// The report.
    pub row: ReportLine,
    /// The details.
    pub shown: ReportShown,
    /// The campuses to choose from.
    pub campuses: Vec<Choice>,
    /// The reasons to choose from for showing a number.
    pub reasons: Vec<Choice>,
}

/// The preview of a correction: nothing is written yet.
#[derive(Template)]
#[template(path = "record_report/staff_preview.html")]
pub struct PreviewView {
    /// The page frame, at the report's page.
    pub page: Page,
    /// The side menu.
    pub menu: Menu,
    /// The report.
    pub row: ReportLine,
    /// What the record says there now.
    pub before: String,
    /// What it is to say.
    pub after: String,
    /// The value as it is sent.
    pub value: String,
    /// What the candidate is told.
    pub answer: String,
}
