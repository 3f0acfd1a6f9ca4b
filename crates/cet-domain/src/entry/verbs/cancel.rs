//! 取消: cancelling an unpaid entry (R10, R13).

use super::needs;
use super::pools::SeatChanges;
use crate::audit::Actor;
use crate::entry::{Entry, EntryRefusal, EntryState, messages, rules, store};
use crate::registration::{self, Registration};
use crate::sitting::Catalogue;
use crate::store::{DbError, Stop, Tx};
use crate::words::codes::SittingCode;
use crate::words::ids::{EntryId, PassportId};

/// The request to cancel an entry.
#[derive(Clone, Debug)]
pub struct CancelCommand {
    /// Who asks.
    pub passport: PassportId,
    /// In which sitting.
    pub sitting: SittingCode,
    /// The entry.
    pub entry: EntryId,
}

/// Cancels an unpaid entry, and the unpaid oral ones that depend on it; returns which. Idempotent: for an entry that is
/// already cancelled the result is empty. An entry with an open order is refused: the payment module settles that order
/// first, and then calls this again.
///
/// Locks: the registration, then the pools by key.
///
/// # Errors
/// All refusals that apply; somebody else's entry is [`EntryRefusal::NotFound`] (TH21).
pub async fn cancel(
    tx: &mut Tx<'_>,
    catalogue: &Catalogue,
    cmd: &CancelCommand,
) -> Result<Vec<EntryId>, Stop<Vec<EntryRefusal>>> {
    let not_found = || Stop::Refused(vec![EntryRefusal::NotFound]);
    let plan = catalogue.sitting(&cmd.sitting).ok_or_else(not_found)?;
    let Some(of) = registration::verbs::lock_of_passport(tx, cmd.passport, &cmd.sitting).await? else {
        return cancelled_before(tx, cmd).await;
    };
    let now = tx.now().await?;
    let mut entries = store::of_registration(tx, of.school, of.id).await?;
    let entry = match entries.iter().find(|entry| entry.id == cmd.entry) {
        Some(entry) if entry.state != EntryState::Cancelled => entry,
        Some(_) | None => return cancelled_before(tx, cmd).await,
    };
    let window = plan.window_state(entry.campus, of.campus, entry.mode, now);
    let going =
        rules::may_cancel(&entries, cmd.entry, window, &needs(catalogue), now).map_err(Stop::Refused)?;
    let by = Actor::Passport(cmd.passport);
    let freed = super::expire::end_all(tx, &of, &mut entries, &going, EntryState::Cancelled, &by).await?;
    // Not released at once: after the candidate's own cancellation an empty registration stays for a while (R7).
    registration::release::release_if_empty(tx, &of, rules::held(&entries, now), by).await?;
    messages::cancelled(tx, catalogue, &of, (&entries, &going)).await?;
    let mut seats = SeatChanges::default();
    for pool in freed {
        seats.give_back(pool);
    }
    seats.apply_returns(tx).await?;
    Ok(going)
}

/// Whether this passport has already cancelled the entry, even if its registration was released since: nothing is left
/// to do.
async fn cancelled_before(
    tx: &mut Tx<'_>,
    cmd: &CancelCommand,
) -> Result<Vec<EntryId>, Stop<Vec<EntryRefusal>>> {
    let own = store::own(tx, cmd.passport, &cmd.sitting, cmd.entry).await?;
    if own.is_some_and(|entry| entry.state == EntryState::Cancelled) {
        Ok(Vec::new())
    } else {
        Err(Stop::Refused(vec![EntryRefusal::NotFound]))
    }
}

/// What cancelling an entry would do, for the page that asks first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cancellation {
    /// The entry.
    pub entry: Entry,
    /// The unpaid oral ones that go along (R10).
    pub with_it: Vec<Entry>,
    /// Whether an open order pays for one of them, which ends first.
    pub order_ends: bool,
    /// Why it can't be cancelled now; an open order alone is none.
    pub refused: Vec<EntryRefusal>,
}

/// What cancelling a live entry would do now; `None` where the registration has no such entry. Nothing is locked: the
/// cancelling decides again.
pub async fn cancellation(
    tx: &mut Tx<'_>,
    catalogue: &Catalogue,
    of: &Registration,
    id: EntryId,
) -> Result<Option<Cancellation>, DbError> {
    let plan = catalogue.sitting(&of.sitting).ok_or(DbError::Decode("sitting that is there"))?;
    let now = tx.now().await?;
    let entries = store::of_registration(tx, of.school, of.id).await?;
    let Some(entry) = entries.iter().find(|entry| entry.id == id && rules::is_live(entry, now)) else {
        return Ok(None);
    };
    let needs = needs(catalogue);
    let window = plan.window_state(entry.campus, of.campus, entry.mode, now);
    let mut refused = rules::may_cancel(&entries, id, window, &needs, now).err().unwrap_or_default();
    let all = refused.len();
    refused.retain(|why| !matches!(why, EntryRefusal::OrderOpen(_)));
    Ok(Some(Cancellation {
        with_it: rules::dependents(&entries, &[id], &needs, now).into_iter().cloned().collect(),
        order_ends: refused.len() < all,
        refused,
        entry: entry.clone(),
    }))
}
