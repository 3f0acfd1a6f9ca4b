//! Consistency of the dates of a sitting, and the requirements for publishing it (`season.md` 1.5).

use jiff::SignedDuration;

use super::file::WindowLine;
use crate::sitting::plan::{Plan, TextKind};
use crate::sitting::subject::Subject;
use crate::sitting::window::Scope;
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

/// An inconsistent setting, and what was expected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Misfit {
    /// What it is about.
    pub about: About,
    /// The message.
    pub text: String,
}

/// All inconsistencies between the dates of a sitting.
#[must_use]
pub fn misfits(year: Option<i64>, subjects: &[Subject], windows: &[WindowLine]) -> Vec<Misfit> {
    let mut all = Vec::new();
    for subject in subjects {
        let about = About::Subject(subject.code);
        let of_dates = dates(subject).into_iter().chain(needs(subject, subjects));
        all.extend(of_dates.map(|text| Misfit { about, text }));
    }
    let exams = subjects.iter().filter_map(|subject| subject.exam_from);
    if let (Some(year), Some(last)) = (year, exams.max().and_then(year_of))
        && year > last.saturating_add(1)
    {
        let text = format!("year = {year}: expected the year of the exams, the last of which is in {last}");
        all.push(Misfit { about: About::Sitting, text });
    }
    for line in windows {
        let about = About::Window(line.scope, line.mode);
        all.extend(window(line, subjects).into_iter().map(|text| Misfit { about, text }));
    }
    all
}

fn year_of(at: Time) -> Option<i64> {
    at.local("%Y").parse().ok()
}

fn dates(subject: &Subject) -> Vec<String> {
    let mut wrong = Vec::new();
    match (subject.exam_from, subject.exam_to) {
        (Some(from), Some(to)) if from >= to => {
            wrong.push("subject.exam_to: expected a time after exam_from".to_owned());
        }
        (Some(from), Some(to)) if to.since(from) > LONGEST_EXAM => {
            wrong.push(format!("subject.exam_to = {}: expected at most 31 days after exam_from", to.page()));
        }
        (Some(_), None) => wrong.push("subject.exam_to is missing beside exam_from".to_owned()),
        (None, Some(_)) => wrong.push("subject.exam_from is missing beside exam_to".to_owned()),
        (Some(_), Some(_)) | (None, None) => {}
    }
    match (subject.printing_from, subject.exam_from) {
        (Some(printing), Some(exam)) if printing >= exam => wrong.push(format!(
            "subject.printing_from = {}: expected a time before the exam begins ({})",
            printing.page(),
            exam.page()
        )),
        (Some(_), None) => wrong.push("subject.printing_from: expected only beside exam_from".to_owned()),
        (Some(_), Some(_)) | (None, _) => {}
    }
    wrong
}

/// An oral subject requires written ones (R10).
fn needs(subject: &Subject, all: &[Subject]) -> Option<String> {
    if subject.mode == Mode::Written && !subject.needs.is_empty() {
        return Some("subject.needs: expected of oral subjects only".to_owned());
    }
    let written =
        |code: &SubjectCode| all.iter().any(|other| other.code == *code && other.mode == Mode::Written);
    let unknown = subject.needs.iter().find(|code| !written(code))?;
    Some(format!("subject.needs = \"{unknown}\": expected a written [[subject]] of the sitting"))
}

fn window(line: &WindowLine, subjects: &[Subject]) -> Vec<String> {
    let mut wrong = Vec::new();
    let (opens, closes) = (line.window.opens(), line.window.closes());
    if let Some(outsiders) = line.outsiders_from
        && !(opens <= outsiders && outsiders < closes)
    {
        wrong.push(format!(
            "window.outsiders_from = {}: expected a time inside the window ({} to {})",
            outsiders.page(),
            opens.page(),
            closes.page()
        ));
    }
    let of_mode = subjects.iter().filter(|subject| subject.mode == line.mode);
    let first = of_mode.filter_map(|subject| Some((subject.exam_from?, subject.code))).min();
    if let Some((exam, code)) = first
        && closes >= exam
    {
        wrong.push(format!(
            "window.to = {}: expected a time before the exam of subject {code} ({})",
            closes.page(),
            exam.page()
        ));
    }
    wrong
}

/// The missing requirement of a sitting without seats.
pub const NO_POOL: &str = "there is no [[pool]]";

/// The missing requirements for publishing a sitting; empty when it is complete.
#[must_use]
pub fn missing(plan: &Plan) -> Vec<&'static str> {
    let mut missing = Vec::new();
    let with_fee = |subject: &Subject| plan.fees.keys().any(|(_, code)| *code == subject.code);
    if !plan.subjects.iter().any(|subject| subject.exam_from.is_some() && with_fee(subject)) {
        missing.push("no [[subject]] has an exam date and a [[fee]]");
    }
    if plan.windows.is_empty() {
        missing.push("there is no [[window]]");
    }
    if plan.pools.is_empty() {
        missing.push(NO_POOL);
    }
    if plan.text(TextKind::Agreement, "zh").is_none_or(|text| text.body.trim().is_empty()) {
        missing.push("there is no agreement");
    }
    missing
}

#[cfg(test)]
#[path = "tests/rules.rs"]
mod tests;
