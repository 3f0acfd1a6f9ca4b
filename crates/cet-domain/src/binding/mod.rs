//! 保存并继续: a passport and a student are bound for one sitting (R5, R6). Expired registrations of either side are
//! released first, which is why this module depends on entries.

mod bind;
mod counted;
pub mod proof;
mod save;
mod school;

pub use bind::{Binding, bind};
pub use counted::save_counted;
pub use proof::Shown;
pub use save::{SaveCommand, save, shown_values, window};
pub use school::{MadeBySchool, RegisterCommand, made_by_school, register};

use crate::audit::Actor;
use crate::entry;
use crate::registration::{messages, release, store};
use crate::roster::StudentRecord;
use crate::sitting::Catalogue;
use crate::store::{DbError, Tx};
use crate::words::codes::SchoolCode;
use crate::words::ids::RegistrationId;

/// The student of a record, for what is asked beyond name and document.
#[must_use]
pub fn whom<'a>(found: &'a StudentRecord, document_key: &'a [u8]) -> proof::Whom<'a> {
    proof::Whom { sitting: &found.sitting, document_key, student_number: &found.student_number }
}

/// Expires what is overdue of a registration and releases it if it is empty and its time has come; returns whether it
/// is gone. Also `false` when it is locked by another transaction.
async fn release_if_overdue(
    tx: &mut Tx<'_>,
    catalogue: &Catalogue,
    school: SchoolCode,
    id: RegistrationId,
) -> Result<bool, DbError> {
    let Some(of) = store::lock_if_idle(tx, school, id).await? else {
        return Ok(false);
    };
    entry::verbs::expire_entries(tx, catalogue, &of).await?;
    // Expiring its entries may have released it already.
    let Some(of) = store::lock_if_idle(tx, school, id).await? else {
        return Ok(true);
    };
    let now = tx.now().await?;
    let entries = entry::store::of_registration(tx, school, id).await?;
    let held = entry::rules::held(&entries, now);
    let released = release::release_if_empty(tx, &of, held, Actor::Job("release")).await?;
    if released {
        messages::released(tx, &of).await?;
    }
    Ok(released)
}

#[cfg(test)]
#[path = "tests/verbs.rs"]
mod tests;

#[cfg(test)]
#[path = "tests/look_up.rs"]
mod look_up_tests;

#[cfg(test)]
#[path = "tests/typed.rs"]
mod typed_tests;

#[cfg(test)]
#[path = "tests/school.rs"]
mod school_tests;
