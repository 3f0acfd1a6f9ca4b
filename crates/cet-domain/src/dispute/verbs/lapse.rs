//! Ends disputes about registrations that the holder has lost otherwise: the student is free, or it is settled.

use super::log;
use crate::audit::{Actor, Changes, Value};
use crate::dispute::{Dispute, DisputeState, store};
use crate::message::{self, DisputeEnd, Facts};
use crate::registration;
use crate::store::{DbError, Tx};
use crate::words::codes::SchoolCode;
use crate::words::ids::DisputeId;

/// Ends a waiting dispute if the holder has the registration no more; returns whether it did.
///
/// # Errors
/// [`DbError`]
pub(super) async fn if_moot(tx: &mut Tx<'_>, of: &Dispute) -> Result<bool, DbError> {
    let live = registration::store::live(tx, of.school, of.registration).await?;
    if live.is_some_and(|live| live.passport == of.holder) || !store::lapse(tx, of).await? {
        return Ok(false);
    }
    let (was, is) = (Value::code(of.state.wire()), Value::code(DisputeState::Lapsed.wire()));
    let changes = Changes::NONE.field("state", was, is);
    log(tx, of, (Actor::Job("disputes"), ""), ("dispute-lapsed", changes)).await?;
    let facts = Facts::DisputeEnded { end: DisputeEnd::Lapsed, lines: Vec::new(), until: None };
    message::tell(tx, of.claimant, &of.id.to_string(), &facts).await?;
    Ok(true)
}

/// Ends those of some disputes that are moot; returns how many.
///
/// # Errors
/// [`DbError`]
pub(crate) async fn lapse_some(tx: &mut Tx<'_>, some: &[(SchoolCode, DisputeId)]) -> Result<i64, DbError> {
    let mut ended: i64 = 0;
    for (school, id) in some {
        if let Some(of) = store::lock_waiting(tx, *school, *id).await?
            && if_moot(tx, &of).await?
        {
            ended = ended.saturating_add(1);
        }
    }
    Ok(ended)
}
