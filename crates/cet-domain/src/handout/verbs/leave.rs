//! 退出候补: leaving the lines of a subject (R16).

use crate::audit::Actor;
use crate::entry;
use crate::handout::StandbyRefusal;
use crate::registration::release::{Held, release_if_empty};
use crate::registration::{self, Registration};
use crate::standby::{self, EndedFor, Standby};
use crate::store::{DbError, Stop, Tx};
use crate::words::codes::SittingCode;
use crate::words::ids::{PassportId, StandbyId};

/// The request of a candidate.
#[derive(Clone, Debug)]
pub struct LeaveCommand {
    /// Who asks.
    pub passport: PassportId,
    /// In which sitting.
    pub sitting: SittingCode,
    /// The place.
    pub standby: StandbyId,
    /// The network address, for the audit log.
    pub address: String,
}

/// Leaves the lines of a subject. Idempotent: whoever has left already has nothing to do.
///
/// Locks: the registration; the pools by key.
///
/// # Errors
/// Somebody else's place, and one that ended otherwise, is [`StandbyRefusal::NotFound`] (TH21).
pub async fn leave(tx: &mut Tx<'_>, cmd: &LeaveCommand) -> Result<(), Stop<StandbyRefusal>> {
    let not_found = Stop::Refused(StandbyRefusal::NotFound);
    let Some(mut of) = registration::verbs::lock_of_passport(tx, cmd.passport, &cmd.sitting).await? else {
        return Err(not_found);
    };
    let Some(standby) = waiting_of(tx, &of, cmd.standby).await? else {
        return match standby::store::ended_for(tx, &of, cmd.standby).await? {
            Some(EndedFor::Left) => Ok(()),
            Some(_) | None => Err(not_found),
        };
    };
    let by = Actor::Passport(cmd.passport);
    let why = (EndedFor::Left, None);
    let left = standby::verbs::end(tx, &mut of, &standby, why, (by.clone(), &cmd.address)).await?;
    let now = tx.now().await?;
    let entries = entry::store::of_registration(tx, of.school, of.id).await?;
    // As after a cancellation an empty registration stays for a while, so that something else can be chosen (R7).
    let held = entry::rules::held(&entries, now);
    let held = Held { last_cancelled: held.last_cancelled.max(Some(now)), ..held };
    release_if_empty(tx, &of, held, by).await?;
    Ok(entry::verbs::leave_lines(tx, left).await?)
}

/// A place of a registration that still waits.
pub(crate) async fn waiting_of(
    tx: &mut Tx<'_>,
    of: &Registration,
    id: StandbyId,
) -> Result<Option<Standby>, DbError> {
    let all = standby::store::of_registration(tx, of.school, of.id).await?;
    Ok(all.into_iter().find(|standby| standby.id == id))
}
