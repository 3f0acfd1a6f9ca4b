//! 保存并继续: a passport and a student are bound for one sitting (R5, R6). What is over on either side is cleared away first,
//! which is why this room stands above entries.

mod bind;
mod save;

pub use bind::{Binding, bind};
pub use save::{SaveCommand, save};

use crate::audit::Actor;
use crate::entry;
use crate::registration::{release, store, told};
use crate::sitting::Catalogue;
use crate::store::{DbError, Tx};
use crate::words::codes::SchoolCode;
use crate::words::ids::RegistrationId;

/// Ends what is overdue of a registration and releases it if it is empty and its time has come; answers whether it is
/// gone. `false` also when somebody works on it.
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
    // What ended just now may have released it already.
    let Some(of) = store::lock_if_idle(tx, school, id).await? else {
        return Ok(true);
    };
    let now = tx.now().await?;
    let entries = entry::store::of_registration(tx, school, id).await?;
    let held = entry::rules::held(&entries, now);
    let released = release::release_if_empty(tx, &of, held, Actor::Job("release")).await?;
    if released {
        told::released(tx, &of).await?;
    }
    Ok(released)
}

#[cfg(test)]
#[path = "tests/verbs.rs"]
mod tests;

#[cfg(test)]
#[path = "tests/look_up.rs"]
mod look_up_tests;
