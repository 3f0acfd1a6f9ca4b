//! Whether name and document are enough to bind a student (R24, W3).

use super::Binding;
use crate::passport::rules::same_student_number;
use crate::registration::brakes::Brakes;
use crate::registration::rules::{self, ProofFacts};
use crate::registration::{RegistrationRefusal, store};
use crate::roster::StudentRecord;
use crate::store::{DbError, Stop, Tx};
use crate::words::codes::SittingCode;
use crate::words::ids::PassportId;

/// What a passport shows beyond name and document.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shown {
    /// Whether its address is verified.
    pub verified: bool,
    /// The student number as it was typed; empty if none was.
    pub student_number: String,
    /// The network it comes from; `None` for an exempt one.
    pub network: Option<String>,
}

/// The student who is to be bound.
#[derive(Clone, Copy)]
pub struct Whom<'a> {
    /// The sitting.
    pub sitting: &'a SittingCode,
    /// The keyed hash of the document.
    pub document_key: &'a [u8],
    /// 学号 of the roster.
    pub student_number: &'a str,
}

impl Shown {
    fn brakes(&self, whom: Whom<'_>) -> Brakes {
        Brakes::of(whom.sitting, whom.document_key, self.network.as_deref())
    }
}

/// What is known of the passport and the student.
///
/// # Errors
/// [`DbError`].
pub async fn facts(
    tx: &mut Tx<'_>,
    passport: PassportId,
    whom: Whom<'_>,
    shown: &Shown,
) -> Result<ProofFacts, DbError> {
    let (let_go_by_another, found_not_to_be) =
        store::let_go::standing(tx, passport, whom.sitting, whom.document_key).await?;
    let typed = shown.student_number.trim();
    Ok(ProofFacts {
        found_not_to_be,
        let_go_by_another,
        braked: shown.brakes(whom).are_on(tx).await?,
        verified: shown.verified,
        number_fits: (!typed.is_empty()).then(|| same_student_number(typed, whom.student_number)),
    })
}

/// Whether a fresh binding has proof enough. A doubtful one that has presses the brakes too. Asked after binding, because what
/// was just released counts too: the caller rolls back what is refused.
pub(super) async fn check(tx: &mut Tx<'_>, binding: &Binding<'_>) -> Result<(), Stop<RegistrationRefusal>> {
    let (shown, whom) = (binding.shown, binding.whom());
    let facts = facts(tx, binding.passport, whom, shown).await?;
    rules::proof(&facts).map_err(Stop::Refused)?;
    if facts.let_go_by_another {
        shown.brakes(whom).press(tx).await?;
    }
    Ok(())
}

/// Counts a saving that was refused for the student and the network, so in a transaction of its own: a student who is somebody
/// else's, or a wrong number.
///
/// # Errors
/// [`DbError`].
pub async fn note_refused(
    tx: &mut Tx<'_>,
    found: &StudentRecord,
    (shown, refused): (&Shown, &[RegistrationRefusal]),
) -> Result<(), DbError> {
    let wrong_number = refused.contains(&RegistrationRefusal::ProofNeeded(true));
    if !wrong_number && !refused.contains(&RegistrationRefusal::StudentBound) {
        return Ok(());
    }
    let key = found.document_key.bytes();
    shown.brakes(super::whom(found, &key)).press(tx).await
}
