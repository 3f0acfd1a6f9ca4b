//! The facts for the rules of entering, from the catalogue and the registration's snapshot, without a query.

use crate::eligibility::rules::{EligibilityFacts, OfferedSubject, is_granted};
use crate::entry::Entry;
use crate::entry::rules::{EntryFacts, SubjectFacts};
use crate::registration::Registration;
use crate::sitting::{Plan, Subject};
use crate::words::codes::{CampusCode, SubjectCode};
use crate::words::subject::Mode;
use crate::words::time::Time;

/// The facts of a page for one candidate at a campus.
pub(super) fn facts<'e>(
    plan: &Plan,
    of: &Registration,
    entries: &'e [Entry],
    mode: Mode,
    campus: CampusCode,
    now: Time,
) -> EntryFacts<'e> {
    let offered = plan.offered(campus).filter(|subject| subject.mode == mode);
    EntryFacts {
        mode,
        campus,
        campus_allowed: match mode {
            Mode::Written => campus == of.campus,
            Mode::Oral => plan.oral_allowed(of.campus, campus),
        },
        window: plan.window_state(campus, of.campus, mode, now),
        offered: offered.map(|subject| subject_facts(plan, of, campus, subject)).collect(),
        entries,
    }
}

fn subject_facts(plan: &Plan, of: &Registration, campus: CampusCode, subject: &Subject) -> SubjectFacts {
    SubjectFacts {
        code: subject.code,
        level: subject.level,
        needs: subject.needs.clone(),
        granted: granted(plan, of, campus, subject),
        date_set: subject.exam_from.is_some(),
        fee: plan.fee(campus, subject.code),
    }
}

/// Whether the snapshot grants a subject. An oral one that the home campus does not offer is not in the snapshot: the
/// same rules decide, as if the home campus offered it.
fn granted(plan: &Plan, of: &Registration, campus: CampusCode, subject: &Subject) -> bool {
    if of.subjects.0.contains(&subject.code) {
        return true;
    }
    if subject.mode == Mode::Written || campus == of.campus || plan.offers(of.campus, subject.code) {
        return false;
    }
    let mut offered: Vec<OfferedSubject> = plan.offered(of.campus).map(Subject::offered).collect();
    offered.push(subject.offered());
    let facts = EligibilityFacts {
        offered: &offered,
        listed: &of.listed.0,
        barred: &of.barred.0,
        best_cet4: None,
        // Any grant of CET6, by score or review, is in the snapshot.
        cet6_review_approved: of.subjects.0.contains(&SubjectCode::CET6),
    };
    is_granted(&facts, subject.code)
}
