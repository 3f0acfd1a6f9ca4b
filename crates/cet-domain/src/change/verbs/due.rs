//! What the passing of time changes: changes whose time has come, and sittings whose last exam is over.

use super::decide::takes_effect;
use super::record::record;
use super::{By, Made, Policy, Proposal, make};
use crate::change::refusal::ChangeRefusal;
use crate::change::setting::{Key, SettingValue};
use crate::change::store::{self, Change};
use crate::sitting::SittingState;
use crate::store::{DbError, Stop, Tx};
use crate::words::codes::SittingCode;
use crate::words::staff::Scope;

/// Who the log says it was.
const JOB: By = By::Job("season");

/// Writes a change whose time has come, if it is still what was asked.
///
/// # Errors
/// All [`ChangeRefusal`]s: then nothing may be kept of it, and [`overtaken`] ends it; [`DbError`].
pub(crate) async fn come_due(
    tx: &mut Tx<'_>,
    policy: &Policy,
    id: i64,
) -> Result<(), Stop<Vec<ChangeRefusal>>> {
    let Some(change) = due(tx, id).await? else { return Ok(()) };
    let (version, lines) = takes_effect(tx, policy, &change).await?;
    store::end_scheduled(tx, id, Some(version)).await?;
    record(tx, &JOB, ("change-made", &change), &lines).await?;
    Ok(())
}

/// Ends a change whose time has come and which its settings no longer allow; its page tells so.
///
/// # Errors
/// [`DbError`].
pub async fn overtaken(tx: &mut Tx<'_>, id: i64) -> Result<(), DbError> {
    let Some(change) = due(tx, id).await? else { return Ok(()) };
    store::end_scheduled(tx, id, None).await?;
    record(tx, &JOB, ("change-overtaken", &change), &[]).await
}

/// The change, locked, if its time has come.
async fn due(tx: &mut Tx<'_>, id: i64) -> Result<Option<Change>, DbError> {
    store::lock(tx, id).await?;
    let now = tx.now().await?;
    let change = store::one(tx, &Scope::nation(), id).await?;
    let is_due =
        |change: &Change| change.state == "scheduled" && change.from_at.is_some_and(|from| from <= now);
    Ok(change.filter(is_due))
}

/// Closes a sitting whose last exam is over; returns whether it was closed now.
///
/// # Errors
/// [`DbError`].
pub async fn close(tx: &mut Tx<'_>, policy: &Policy, sitting: &SittingCode) -> Result<bool, DbError> {
    let proposal = Proposal {
        sitting: sitting.clone(),
        origin: "job",
        wanted: vec![(Key::State, Some(SettingValue::State(SittingState::Closed)))],
        reason: String::new(),
        undoes: None,
        from: None,
        seen: None,
    };
    match make(tx, &JOB, policy, &proposal).await {
        Ok(Made::Done(_)) => Ok(true),
        Ok(_) => Ok(false),
        Err(Stop::Refused(refusals)) => {
            let expected = |refusal: &ChangeRefusal| {
                matches!(refusal, ChangeRefusal::Nothing | ChangeRefusal::NotOver | ChangeRefusal::State(_))
            };
            if !refusals.iter().all(expected) {
                tracing::warn!(
                    sitting = sitting.as_str(),
                    "a sitting that is over can't be closed: {refusals:?}"
                );
            }
            Ok(false)
        }
        Err(Stop::Fault(fault)) => Err(fault),
    }
}
