//! The job's release of empty registrations (R7).

use crate::audit::Actor;
use crate::entry::{rules, store};
use crate::registration::{self, release::release_if_empty};
use crate::store::{DbError, Tx};
use crate::words::codes::SchoolCode;
use crate::words::ids::RegistrationId;

/// Registrations that may be due for release, over all schools.
pub(crate) async fn empty_ones(
    tx: &mut Tx<'_>,
    limit: i64,
) -> Result<Vec<(SchoolCode, RegistrationId)>, DbError> {
    let now = tx.now().await?;
    registration::store::due_for_release(tx, now, limit).await
}

/// Releases those of these registrations that are due; returns how many. Locked ones are left to the next round.
pub(crate) async fn release_some(
    tx: &mut Tx<'_>,
    some: &[(SchoolCode, RegistrationId)],
) -> Result<usize, DbError> {
    let now = tx.now().await?;
    let mut done = 0_usize;
    for &(school, id) in some {
        let Some(of) = registration::store::lock_if_idle(tx, school, id).await? else { continue };
        let entries = store::of_registration(tx, school, id).await?;
        if release_if_empty(tx, &of, rules::held(&entries, now), Actor::Job("release")).await? {
            registration::messages::released(tx, &of).await?;
            done = done.saturating_add(1);
        }
    }
    Ok(done)
}
