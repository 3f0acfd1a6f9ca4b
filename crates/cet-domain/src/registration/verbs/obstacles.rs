//! Further obstacles to a save that is refused anyway, so that all refusals are reported.

use super::{of_passport, still_counts};
use crate::registration::{RegistrationRefusal, store};
use crate::roster::StudentRecord;
use crate::store::{DbError, Tx};
use crate::words::codes::SittingCode;
use crate::words::ids::PassportId;

/// Why this passport and this student could not be bound now; changes and locks nothing.
pub(crate) async fn obstacles(
    tx: &mut Tx<'_>,
    passport: PassportId,
    sitting: &SittingCode,
    found: &StudentRecord,
) -> Result<Vec<RegistrationRefusal>, DbError> {
    let key = found.document_key.bytes();
    let mut refused = Vec::new();
    if let Some(own) = of_passport(tx, passport, sitting).await? {
        let snapshot = store::snapshot(tx, own.school, own.id).await?;
        if snapshot.is_some_and(|snapshot| snapshot.document_key == key) {
            // The same student again succeeds.
            return Ok(refused);
        }
        refused.push(RegistrationRefusal::PassportBound);
    }
    if let Some(id) = store::live_of_student(tx, found.school, sitting, &key).await? {
        let other = store::live(tx, found.school, id).await?;
        if still_counts(tx, other).await?.is_some_and(|other| other.passport.is_one()) {
            refused.push(RegistrationRefusal::StudentBound);
        }
    }
    let now = tx.now().await?;
    if let Some((_, until)) = store::tally(tx, passport, sitting).await?.filter(|(_, until)| now < *until) {
        refused.push(RegistrationRefusal::TooMany(until));
    }
    Ok(refused)
}
