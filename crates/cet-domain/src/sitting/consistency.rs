//! Consistency of the dates of a sitting, and the requirements for publishing it (`season.md` 1.5).

use jiff::SignedDuration;

use super::plan::{Plan, TextKind};
use super::subject::Subject;
use super::window::Scope;
use super::window::WindowLine;
use crate::words::codes::SubjectCode;
use crate::words::subject::Mode;
use crate::words::time::Time;

/// No exam takes longer, not even an oral one of many days.
const LONGEST_EXAM: SignedDuration = SignedDuration::from_hours(24 * 31);

/// The setting that is inconsistent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum About {
    /// The sitting itself.
    Sitting,
    /// A subject.
    Subject(SubjectCode),
    /// A window.
    Window(Scope, Mode),
}

/// Why a setting is inconsistent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Why {
    /// An end that is not after its start.
    EndNotAfterStart,
    /// An exam of more than 31 days.
    ExamTooLong,
    /// A start without an end.
    EndMissing,
    /// An end, or a time of printing, without the start of the exam.
    StartMissing,
    /// Printing that begins after the exam has.
    PrintingNotBeforeExam,
    /// A year after that of the last exam.
    YearAfterExams,
    /// Candidates of other campuses come outside the window.
    OutsidersOutside,
    /// A window that closes after an exam has begun.
    ClosesAfterExam,
    /// A written subject that requires others.
    NeedsOfWritten,
    /// A required subject that is no written one of the sitting.
    NeedsUnknown,
}

impl Why {
    /// The public code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::NeedsOfWritten | Self::NeedsUnknown => "field-invalid",
            _ => "date-order",
        }
    }
}

/// An inconsistent setting, and what was expected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Misfit {
    /// What it is about.
    pub about: About,
    /// Its field, as `exam_to`.
    pub field: &'static str,
    /// The reason.
    pub why: Why,
    /// The message for a file.
    pub text: String,
}

/// A reason with its field and the message for a file.
type Found = (&'static str, Why, String);

/// When the last window that concerns a place closed, if none is open or to come: nobody can enter there any more.
#[must_use]
pub fn closed_at(plan: &Plan, place: Scope, now: Time) -> Option<Time> {
    plan.registration_span_of(place).map(|(_, closes)| closes).filter(|closes| *closes <= now)
}

/// All inconsistencies between the dates of a sitting.
#[must_use]
pub(crate) fn misfits(year: Option<i64>, subjects: &[Subject], windows: &[WindowLine]) -> Vec<Misfit> {
    let mut all = Vec::new();
    for subject in subjects {
        let about = About::Subject(subject.code);
        let of_dates = dates(subject).into_iter().chain(needs(subject, subjects));
        all.extend(of_dates.map(|(field, why, text)| Misfit { about, field, why, text }));
    }
    let exams = subjects.iter().filter_map(|subject| subject.exam_from);
    if let (Some(year), Some(last)) = (year, exams.max().and_then(year_of))
        && year > last.saturating_add(1)
    {
        let text = format!("year = {year}: expected the year of the exams, the last of which is in {last}");
        all.push(Misfit { about: About::Sitting, field: "year", why: Why::YearAfterExams, text });
    }
    for line in windows {
        let about = About::Window(line.scope, line.mode);
        let found = window(line, subjects).into_iter();
        all.extend(found.map(|(field, why, text)| Misfit { about, field, why, text }));
    }
    all
}

fn year_of(at: Time) -> Option<i64> {
    at.local("%Y").parse().ok()
}

fn dates(subject: &Subject) -> Vec<Found> {
    let mut wrong = Vec::new();
    let mut say = |field, why, text: String| wrong.push((field, why, format!("subject.{field}{text}")));
    match (subject.exam_from, subject.exam_to) {
        (Some(from), Some(to)) if from >= to => {
            say("exam_to", Why::EndNotAfterStart, ": expected a time after exam_from".to_owned());
        }
        (Some(from), Some(to)) if to.since(from) > LONGEST_EXAM => {
            let text = format!(" = {}: expected at most 31 days after exam_from", to.page());
            say("exam_to", Why::ExamTooLong, text);
        }
        (Some(_), None) => say("exam_to", Why::EndMissing, " is missing beside exam_from".to_owned()),
        (None, Some(_)) => say("exam_from", Why::StartMissing, " is missing beside exam_to".to_owned()),
        (Some(_), Some(_)) | (None, None) => {}
    }
    match (subject.printing_from, subject.exam_from) {
        (Some(printing), Some(exam)) if printing >= exam => {
            let text =
                format!(" = {}: expected a time before the exam begins ({})", printing.page(), exam.page());
            say("printing_from", Why::PrintingNotBeforeExam, text);
        }
        (Some(_), None) => {
            say("printing_from", Why::StartMissing, ": expected only beside exam_from".to_owned());
        }
        (Some(_), Some(_)) | (None, _) => {}
    }
    match (subject.printing_to, subject.printing_from) {
        (Some(to), Some(from)) if from >= to => {
            say("printing_to", Why::EndNotAfterStart, ": expected a time after printing_from".to_owned());
        }
        (Some(_), None) => {
            say("printing_to", Why::StartMissing, ": expected only beside printing_from".to_owned());
        }
        (Some(_), Some(_)) | (None, _) => {}
    }
    wrong
}

/// An oral subject requires written ones (R10).
fn needs(subject: &Subject, all: &[Subject]) -> Option<Found> {
    if subject.mode == Mode::Written && !subject.needs.is_empty() {
        let text = "subject.needs: expected of oral subjects only".to_owned();
        return Some(("needs", Why::NeedsOfWritten, text));
    }
    let written =
        |code: &SubjectCode| all.iter().any(|other| other.code == *code && other.mode == Mode::Written);
    let unknown = subject.needs.iter().find(|code| !written(code))?;
    let text = format!("subject.needs = \"{unknown}\": expected a written [[subject]] of the sitting");
    Some(("needs", Why::NeedsUnknown, text))
}

fn window(line: &WindowLine, subjects: &[Subject]) -> Vec<Found> {
    let mut wrong = Vec::new();
    let (opens, closes) = (line.window.opens(), line.window.closes());
    if let Some(outsiders) = line.outsiders_from
        && !(opens <= outsiders && outsiders < closes)
    {
        let text = format!(
            "window.outsiders_from = {}: expected a time inside the window ({} to {})",
            outsiders.page(),
            opens.page(),
            closes.page()
        );
        wrong.push(("outsiders_from", Why::OutsidersOutside, text));
    }
    let of_mode = subjects.iter().filter(|subject| subject.mode == line.mode);
    let first = of_mode.filter_map(|subject| Some((subject.exam_from?, subject.code))).min();
    if let Some((exam, code)) = first
        && closes >= exam
    {
        let text = format!(
            "window.to = {}: expected a time before the exam of subject {code} ({})",
            closes.page(),
            exam.page()
        );
        wrong.push(("to", Why::ClosesAfterExam, text));
    }
    wrong
}

/// A requirement for publishing that is not met (season.md 1.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Missing {
    /// No subject has an exam date and a fee.
    Subject,
    /// No window.
    Window,
    /// No pool.
    Pool,
    /// No agreement.
    Agreement,
}

impl Missing {
    /// The name of the readiness check.
    #[must_use]
    pub const fn wire(self) -> &'static str {
        match self {
            Self::Subject => "subjects",
            Self::Window => "windows",
            Self::Pool => "pools",
            Self::Agreement => "agreement",
        }
    }
}

impl std::fmt::Display for Missing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Subject => "no [[subject]] has an exam date and a [[fee]]",
            Self::Window => "there is no [[window]]",
            Self::Pool => "there is no [[pool]]",
            Self::Agreement => "there is no agreement",
        })
    }
}

/// The missing requirements for publishing a sitting; empty when it is complete.
#[must_use]
pub fn missing(plan: &Plan) -> Vec<Missing> {
    let mut missing = Vec::new();
    let with_fee = |subject: &Subject| plan.fees.keys().any(|(_, code)| *code == subject.code);
    if !plan.subjects.iter().any(|subject| subject.exam_from.is_some() && with_fee(subject)) {
        missing.push(Missing::Subject);
    }
    if plan.windows.is_empty() {
        missing.push(Missing::Window);
    }
    if plan.pools.is_empty() {
        missing.push(Missing::Pool);
    }
    if plan.text(TextKind::Agreement, "zh").is_none_or(|text| text.body.trim().is_empty()) {
        missing.push(Missing::Agreement);
    }
    missing
}

#[cfg(test)]
#[path = "tests/consistency.rs"]
mod tests;
