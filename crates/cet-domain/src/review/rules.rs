//! The outcome of an application, and who may still change it (V3, V4).

use super::{Review, ReviewRefusal, ReviewState};
use crate::eligibility::rules::CET6_NEEDS_CET4_SCORE;
use crate::score::Score;
use crate::words::codes::SubjectCode;

/// The first year whose ticket numbers are on file (V2). Source: manual, step 7.
pub(crate) const FIRST_YEAR: i64 = 2005;

/// The number of submissions from which a school may call them malicious (多次恶意重复提交).
pub const MANY_SUBMISSIONS: i64 = 3;

/// How the ticket's score compares with the applicant's record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a column of the manual's decision table")]
pub struct Match {
    /// It is a CET4 score from 2005 or later that is sufficient for CET6.
    pub passes: bool,
    /// It has the same document.
    pub same_document: bool,
    /// It has the same name.
    pub same_name: bool,
    /// The ticket was already used for another student (W7).
    pub serves_another: bool,
}

/// The outcome of a submission.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Rule 1: approved at once, whatever the name.
    Approved,
    /// Rule 2: the school decides.
    Pending,
    /// Rule 3: refused, and nothing is stored.
    Refused,
}

impl Match {
    /// Compares the score of a ticket with the applicant's record.
    #[must_use]
    pub fn of(score: &Score, document_key: &[u8], name_key: &str, serves_another: bool) -> Self {
        let enough = score.points >= i64::from(CET6_NEEDS_CET4_SCORE);
        let on_file = score.ticket.year().is_some_and(|year| year >= FIRST_YEAR);
        Self {
            passes: score.subject == SubjectCode::CET4 && on_file && enough,
            same_document: score.document_key.bytes() == document_key,
            same_name: score.name_key == name_key,
            serves_another,
        }
    }
}

/// The three rules (V3); without a score for the ticket, rule 3.
#[must_use]
pub fn outcome(score: Option<Match>) -> Outcome {
    match score.filter(|score| score.passes && !score.serves_another) {
        Some(score) if score.same_document => Outcome::Approved,
        Some(score) if score.same_name => Outcome::Pending,
        Some(_) | None => Outcome::Refused,
    }
}

/// Whether a passport may submit for a document, given its existing application (V4).
///
/// # Errors
/// The reason why not.
pub fn may_submit(existing: Option<&Review>, document_key: &[u8]) -> Result<(), ReviewRefusal> {
    let Some(review) = existing else { return Ok(()) };
    if review.malicious {
        return Err(ReviewRefusal::Closed);
    }
    let other = review.document_key != document_key;
    match review.state {
        ReviewState::Pending | ReviewState::Approved if other => Err(ReviewRefusal::Exists),
        ReviewState::Pending => Err(ReviewRefusal::Pending),
        ReviewState::Approved => Err(ReviewRefusal::Final),
        ReviewState::Refused | ReviewState::Withdrawn => Ok(()),
    }
}

/// Whether an application may be deleted; also true for one that is already deleted.
///
/// # Errors
/// The reason why not.
pub(crate) fn may_withdraw(review: &Review) -> Result<(), ReviewRefusal> {
    if review.malicious {
        return Err(ReviewRefusal::Closed);
    }
    match review.state {
        ReviewState::Pending => Err(ReviewRefusal::Pending),
        ReviewState::Approved => Err(ReviewRefusal::Final),
        ReviewState::Refused | ReviewState::Withdrawn => Ok(()),
    }
}

/// A school's decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// 复核通过.
    Approve,
    /// 复核未通过.
    Refuse,
    /// 复核未通过, and no more applications: malicious repeats.
    Close,
    /// Applications are accepted again.
    Reopen,
}

impl Decision {
    /// Parses the value of the form.
    #[must_use]
    pub fn from_wire(text: &str) -> Option<Self> {
        match text {
            "approve" => Some(Self::Approve),
            "refuse" => Some(Self::Refuse),
            "close" => Some(Self::Close),
            "reopen" => Some(Self::Reopen),
            _ => None,
        }
    }
}

/// Whether an application is already in the state after this decision, so that repeating it changes nothing.
#[must_use]
pub(crate) fn is_decided_so(state: ReviewState, malicious: bool, decision: Decision) -> bool {
    match decision {
        Decision::Approve => state == ReviewState::Approved,
        Decision::Refuse | Decision::Reopen => state == ReviewState::Refused && !malicious,
        Decision::Close => state == ReviewState::Refused && malicious,
    }
}

/// State and mark after a decision. `seen` is the number of submissions that was on the page: a decision is about what
/// was read.
///
/// # Errors
/// The reason why it can't be decided so.
pub fn decided(
    state: ReviewState,
    malicious: bool,
    submissions: i64,
    seen: i64,
    decision: Decision,
) -> Result<(ReviewState, bool), ReviewRefusal> {
    match (decision, state) {
        // Final, whatever page it was decided from (V4).
        (_, ReviewState::Approved) => Err(ReviewRefusal::Final),
        _ if seen != submissions => Err(ReviewRefusal::Changed),
        (Decision::Approve, ReviewState::Pending) => Ok((ReviewState::Approved, false)),
        (Decision::Refuse, ReviewState::Pending) => Ok((ReviewState::Refused, false)),
        (Decision::Close, ReviewState::Pending | ReviewState::Refused) if submissions < MANY_SUBMISSIONS => {
            Err(ReviewRefusal::TooFew)
        }
        (Decision::Close, ReviewState::Pending | ReviewState::Refused) => Ok((ReviewState::Refused, true)),
        (Decision::Reopen, ReviewState::Refused) if malicious => Ok((ReviewState::Refused, false)),
        (
            Decision::Approve | Decision::Refuse | Decision::Close | Decision::Reopen,
            ReviewState::Pending | ReviewState::Refused | ReviewState::Withdrawn,
        ) => Err(ReviewRefusal::Changed),
    }
}

#[cfg(test)]
#[path = "tests/rules.rs"]
mod tests;
