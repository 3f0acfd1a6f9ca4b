//! Which of the subjects that a campus offers a student may enter, and why not the others (R3, R4, V1).

use crate::words::codes::SubjectCode;
use crate::words::subject::{Level, Mode};

/// The minimum CET4 score for CET6, out of 710. Source: manual, requirements R4.
pub(crate) const CET6_NEEDS_CET4_SCORE: u16 = 425;

/// One subject as the home campus offers it in the sitting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfferedSubject {
    /// Its code.
    pub code: SubjectCode,
    /// Written or oral.
    pub mode: Mode,
    /// Its level.
    pub level: Level,
    /// For an oral subject: it requires one of these written ones. Empty: any written subject of its level (R10).
    pub needs: Vec<SubjectCode>,
}

/// All facts that decide what one student may enter.
#[derive(Clone, Copy, Debug)]
pub struct EligibilityFacts<'a> {
    /// The subjects offered at the home campus, in the order of the sitting.
    pub offered: &'a [OfferedSubject],
    /// 资格科目 of the roster; if empty, the rules apply.
    pub listed: &'a [SubjectCode],
    /// 限制科目 of the roster.
    pub barred: &'a [SubjectCode],
    /// The best CET4 score under the same document kind and number.
    pub best_cet4: Option<u16>,
    /// Whether a CET6 review for the same document was approved.
    pub cet6_review_approved: bool,
}

/// Why a subject is not open to the student.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ineligible {
    /// The school bars the student from it (限制科目).
    BarredBySchool,
    /// The school's list of 资格科目 does not contain it.
    NotInList,
    /// CET6 without a CET4 score of [`CET6_NEEDS_CET4_SCORE`] or more.
    NeedsCet4Score {
        /// The best known score.
        best: Option<u16>,
    },
    /// An oral subject, but none of these written ones is open to the student.
    NeedsWritten(Vec<SubjectCode>),
}

/// The result of the rules for one subject.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The student may enter it.
    Granted,
    /// The student may not.
    Refused(Ineligible),
}

/// A subject with its verdict.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubjectVerdict {
    /// The subject.
    pub code: SubjectCode,
    /// Whether it may be entered.
    pub verdict: Verdict,
}

/// The verdict on every subject offered at the home campus, in the order of the sitting (R4).
#[must_use]
pub fn verdicts(facts: &EligibilityFacts<'_>) -> Vec<SubjectVerdict> {
    facts
        .offered
        .iter()
        .map(|subject| SubjectVerdict {
            code: subject.code,
            verdict: refusal(facts, subject).map_or(Verdict::Granted, Verdict::Refused),
        })
        .collect()
}

/// Whether one subject offered at the home campus is open to the student.
#[must_use]
pub(crate) fn is_granted(facts: &EligibilityFacts<'_>, code: SubjectCode) -> bool {
    facts.offered.iter().any(|subject| subject.code == code && refusal(facts, subject).is_none())
}

/// Whether the button CET6资格复核 is shown (V1): the campus offers CET6, the school does not bar the student from it, and
/// it is not open to the student yet. If the passport has a review, the page shows that review's state in any case.
#[must_use]
pub fn may_ask_for_cet6_review(facts: &EligibilityFacts<'_>) -> bool {
    facts.offered.iter().any(|subject| subject.code == SubjectCode::CET6)
        && !facts.barred.contains(&SubjectCode::CET6)
        && !is_granted(facts, SubjectCode::CET6)
}

fn refusal(facts: &EligibilityFacts<'_>, subject: &OfferedSubject) -> Option<Ineligible> {
    // R4: an explicit list overrides everything else, so a subject in it is granted whatever else the roster says.
    if facts.listed.contains(&subject.code) {
        return None;
    }
    if facts.barred.contains(&subject.code) {
        return Some(Ineligible::BarredBySchool);
    }
    if subject.code == SubjectCode::CET6 && facts.cet6_review_approved {
        return None;
    }
    if !facts.listed.is_empty() {
        return Some(Ineligible::NotInList);
    }
    match subject.mode {
        Mode::Written => score_refusal(facts, subject),
        Mode::Oral => written_refusal(facts, subject),
    }
}

fn score_refusal(facts: &EligibilityFacts<'_>, subject: &OfferedSubject) -> Option<Ineligible> {
    let enough = facts.best_cet4.is_some_and(|score| score >= CET6_NEEDS_CET4_SCORE);
    (subject.code == SubjectCode::CET6 && !enough)
        .then_some(Ineligible::NeedsCet4Score { best: facts.best_cet4 })
}

fn written_refusal(facts: &EligibilityFacts<'_>, oral: &OfferedSubject) -> Option<Ineligible> {
    let needed = written_needed(facts.offered, oral);
    let one_is_granted = facts
        .offered
        .iter()
        .filter(|subject| subject.mode == Mode::Written && needed.contains(&subject.code))
        .any(|written| refusal(facts, written).is_none());
    (!one_is_granted).then_some(Ineligible::NeedsWritten(needed))
}

/// The written subjects that an oral one requires one of: those the sitting names, else the offered ones of its level.
#[must_use]
pub(crate) fn written_needed(offered: &[OfferedSubject], oral: &OfferedSubject) -> Vec<SubjectCode> {
    if !oral.needs.is_empty() {
        return oral.needs.clone();
    }
    offered
        .iter()
        .filter(|subject| subject.mode == Mode::Written && subject.level == oral.level)
        .map(|subject| subject.code)
        .collect()
}

#[cfg(test)]
#[path = "tests/rules.rs"]
mod tests;
