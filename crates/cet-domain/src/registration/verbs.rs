//! The use cases of registrations; each is one transaction, or part of one that another module's verb has open.

mod budget;
mod look_up;
mod obstacles;
mod reinstate;

pub use budget::look_ups_left;
pub(crate) use budget::spend_look_up;
pub use look_up::{Confirmation, LookUpCommand, confirmation, look_up, looked_up};
pub(crate) use obstacles::obstacles;
pub(crate) use reinstate::{StaysGone, reinstate, release_again};

use super::{Registration, RegistrationRefusal, holding, store};
use crate::audit::{self, Actor, Changes};
use crate::eligibility::rules::{EligibilityFacts, OfferedSubject, SubjectVerdict, Verdict, verdicts};
use crate::sitting::{Catalogue, Plan, Subject, TextKind};
use crate::store::{DbError, Stop, Tx};
use crate::words::codes::{CampusCode, SchoolCode, SittingCode, SubjectCode};
use crate::words::ids::{PassportId, RegistrationId};
use crate::words::subject::Mode;

/// The version of the agreement that must be accepted; `None` if the sitting has none.
#[must_use]
pub fn agreement_version(plan: &Plan) -> Option<i64> {
    plan.text(TextKind::Agreement, "zh").map(|text| text.version)
}

/// Records that a passport accepts the agreement (R2); idempotent. `version` is the one that was read.
///
/// # Errors
/// [`RegistrationRefusal::AgreementNeeded`] when that is not the current version: the new one must be read.
pub async fn accept_agreement(
    tx: &mut Tx<'_>,
    plan: &Plan,
    passport: PassportId,
    version: i64,
    address: &str,
) -> Result<(), Stop<RegistrationRefusal>> {
    if agreement_version(plan) != Some(version) {
        return Err(Stop::Refused(RegistrationRefusal::AgreementNeeded));
    }
    let now = tx.now().await?;
    if store::look_up::accept(tx, passport, &plan.code, version, now).await? {
        let event = audit::Event {
            school: SchoolCode::NONE,
            actor: Actor::Passport(passport),
            action: "agreement-accepted",
            object_kind: "sitting",
            object: plan.code.as_str(),
            address,
            detail: &format!("version={version}"),
            changes: Changes::NONE,
        };
        audit::record(tx, &event).await?;
    }
    Ok(())
}

/// Whether a passport has accepted the current agreement.
pub async fn has_accepted(tx: &mut Tx<'_>, plan: &Plan, passport: PassportId) -> Result<bool, DbError> {
    match agreement_version(plan) {
        Some(version) => store::look_up::has_accepted(tx, passport, &plan.code, version).await,
        None => Ok(true),
    }
}

/// The registration of a passport in a sitting. One that is due for release and holds nothing counts as gone, even
/// before the job has released it.
pub async fn of_passport(
    tx: &mut Tx<'_>,
    passport: PassportId,
    sitting: &SittingCode,
) -> Result<Option<Registration>, DbError> {
    let Some((school, id)) = store::claim(tx, passport, sitting).await? else { return Ok(None) };
    let found = store::live(tx, school, id).await?.filter(|of| of.passport == passport);
    still_counts(tx, found).await
}

/// As [`of_passport`], with the registration's row locked until the transaction ends.
pub(crate) async fn lock_of_passport(
    tx: &mut Tx<'_>,
    passport: PassportId,
    sitting: &SittingCode,
) -> Result<Option<Registration>, DbError> {
    let Some((school, id)) = store::claim(tx, passport, sitting).await? else { return Ok(None) };
    let found = store::lock(tx, school, id).await?.filter(|of| of.passport == passport);
    still_counts(tx, found).await
}

async fn still_counts(tx: &mut Tx<'_>, found: Option<Registration>) -> Result<Option<Registration>, DbError> {
    let Some(of) = found else { return Ok(None) };
    let now = tx.now().await?;
    if of.release_at.is_none_or(|at| now < at) {
        return Ok(Some(of));
    }
    let stays = holding::holds_an_entry(tx, of.school, of.id, now).await?
        || holding::holds_money(tx, of.school, of.id).await?;
    Ok(stays.then_some(of))
}

/// The verdict of the rules on every subject that a home campus offers (R4).
#[must_use]
pub fn eligibility(plan: &Plan, student: &Student<'_>) -> Eligibility {
    let offered: Vec<OfferedSubject> = plan.offered(student.campus).map(Subject::offered).collect();
    let facts = EligibilityFacts {
        offered: &offered,
        listed: student.listed,
        barred: student.barred,
        best_cet4: student.best_cet4,
        cet6_review_approved: student.cet6_review_approved,
    };
    Eligibility {
        verdicts: verdicts(&facts),
        may_ask_for_cet6_review: crate::eligibility::rules::may_ask_for_cet6_review(&facts),
    }
}

/// The facts that decide what a student may enter.
#[derive(Clone, Copy, Debug)]
pub struct Student<'a> {
    /// The home campus.
    pub campus: CampusCode,
    /// 资格科目 of the roster; if empty, the rules apply.
    pub listed: &'a [SubjectCode],
    /// 限制科目 of the roster.
    pub barred: &'a [SubjectCode],
    /// The best CET4 score under the same document.
    pub best_cet4: Option<u16>,
    /// Whether a CET6 review for the same document was approved.
    pub cet6_review_approved: bool,
}

/// The verdict on each subject, and whether a review of CET6 can be requested.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Eligibility {
    /// Every subject that the home campus offers, in the order of the sitting.
    pub verdicts: Vec<SubjectVerdict>,
    /// Whether the button CET6资格复核 is shown (V1).
    pub may_ask_for_cet6_review: bool,
}

impl Eligibility {
    /// 资格科目.
    #[must_use]
    pub fn granted(&self) -> Vec<SubjectCode> {
        let granted = self.verdicts.iter().filter(|verdict| verdict.verdict == Verdict::Granted);
        granted.map(|verdict| verdict.code).collect()
    }
}

/// The windows of a home campus in which a passport can be bound there.
#[must_use]
pub(crate) fn binding_windows(plan: &Plan, campus: CampusCode) -> Vec<crate::sitting::window::Window> {
    [Mode::Written, Mode::Oral].into_iter().filter_map(|mode| plan.window(campus, mode)).collect()
}

/// Until when the first subject of a registration that is released at `released` can be entered: a written one, because no
/// oral test goes without (R8).
#[must_use]
pub(crate) fn enter_by(
    plan: &Plan,
    campus: CampusCode,
    released: crate::words::time::Time,
    now: crate::words::time::Time,
) -> super::rules::EnterBy {
    let closes = plan.window(campus, Mode::Written).map(crate::sitting::window::Window::closes);
    super::rules::enter_by(released, closes, now)
}

/// Grants CET6 to a registration whose review was approved, and the subjects that depend on it; returns the subjects
/// before and after. The caller logs them with the review's decision.
///
/// Locks: the registration.
pub(crate) async fn grant_cet6(
    tx: &mut Tx<'_>,
    catalogue: &Catalogue,
    school: SchoolCode,
    id: RegistrationId,
) -> Result<Option<(Vec<SubjectCode>, Vec<SubjectCode>)>, DbError> {
    let Some(of) = store::lock(tx, school, id).await? else { return Ok(None) };
    let plan = catalogue.sitting(&of.sitting).ok_or(DbError::Decode("sitting that is there"))?;
    let student = Student {
        campus: of.campus,
        listed: &of.listed.0,
        barred: &of.barred.0,
        best_cet4: None,
        cet6_review_approved: true,
    };
    let by_the_rules = eligibility(plan, &student).granted();
    // Only new subjects are added: those of the snapshot stay as they were saved.
    let mut subjects = of.subjects.0.clone();
    subjects.extend(by_the_rules.into_iter().filter(|code| !of.subjects.0.contains(code)));
    store::set_subjects(tx, &of, &subjects).await?;
    Ok(Some((of.subjects.0, subjects)))
}
