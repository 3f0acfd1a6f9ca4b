//! An entry for the first in line of a full pool (R16): by the same rules and with the same statements as a candidate's own.

use super::enter::{end_own_overdue, end_waiting, fresh_entries, save};
use super::facts::facts;
use super::pools::SeatChanges;
use crate::audit::Actor;
use crate::entry::{Entry, EntryRefusal, rules, store};
use crate::registration::Registration;
use crate::seat_pool::PoolKey;
use crate::sitting::Catalogue;
use crate::standby::{self, EndedFor, Standby};
use crate::store::{DbError, Stop, Tx};
use crate::words::codes::{CampusCode, SubjectCode};
use crate::words::ids::EntryId;
use crate::words::time::Time;

/// Why a candidate could not enter a subject at a campus now, whatever seats there are.
pub(crate) async fn refusals_at(
    tx: &mut Tx<'_>,
    catalogue: &Catalogue,
    of: &Registration,
    (subject, campus): (SubjectCode, CampusCode),
) -> Result<Vec<EntryRefusal>, DbError> {
    let plan = catalogue.sitting(&of.sitting).ok_or(DbError::Decode("sitting that is there"))?;
    let Some(mode) = plan.subject(subject).map(|subject| subject.mode) else {
        return Ok(vec![EntryRefusal::PoolUnknown(subject)]);
    };
    let now = tx.now().await?;
    let entries = store::of_registration(tx, of.school, of.id).await?;
    let facts = facts(plan, of, &entries, mode, campus, now);
    Ok(rules::refusals(&facts, &[subject], now))
}

/// A seat that somebody in line gets.
pub struct Handed<'s> {
    /// The place in line.
    pub standby: &'s Standby,
    /// The campus of the seat.
    pub campus: CampusCode,
    /// The end of the hold.
    pub until: Time,
}

/// Enters the first in a line at one of its campuses, and ends its place. The caller has locked the registration, asked
/// [`refusals_at`] and tells the candidate.
///
/// Locks: the pools by key, last of all.
///
/// # Errors
/// `Refused` where the seat is gone meanwhile: the transaction must be rolled back.
pub(crate) async fn take_handed(
    tx: &mut Tx<'_>,
    catalogue: &Catalogue,
    of: &mut Registration,
    handed: &Handed<'_>,
    by: &Actor,
) -> Result<Entry, Stop<PoolKey>> {
    let Handed { standby, campus, until } = *handed;
    let pool = standby.pool(campus);
    let plan = catalogue.sitting(&of.sitting).ok_or(DbError::Decode("sitting that is there"))?;
    let now = tx.now().await?;
    let mut entries = store::of_registration(tx, of.school, of.id).await?;
    let id = EntryId(tx.new_id());
    let fresh = fresh_entries(catalogue, plan, &[standby.subject], &[id], campus, now);
    let Some(entry) = fresh.into_iter().next() else { return Err(Stop::Refused(pool)) };
    let entry = Entry { expires_at: until, ..entry };
    let mut seats = end_own_overdue(tx, catalogue, of, &mut entries, now).await?;
    let saved = save(tx, of, std::slice::from_ref(&entry), (by, "")).await?;
    of.release_at = None;
    let why = (EndedFor::Given, Some(entry.id));
    for other in standby::verbs::end(tx, of, standby, why, (by.clone(), "")).await? {
        if other == pool {
            seats.hand(other);
        } else {
            seats.leave_line(other);
        }
    }
    for other in end_waiting(tx, of, std::slice::from_ref(&entry), by).await? {
        seats.leave_line(other);
    }
    let full = seats.apply(tx, catalogue).await?;
    for soon in saved {
        if tx.changed(soon).await? == 0 {
            return Err(Stop::Refused(pool));
        }
    }
    if full.is_empty() { Ok(entry) } else { Err(Stop::Refused(pool)) }
}

/// Takes somebody out of the lines of some pools.
///
/// Locks: the pools by key, last of all.
pub(crate) async fn leave_lines(tx: &mut Tx<'_>, left: Vec<PoolKey>) -> Result<(), DbError> {
    let mut seats = SeatChanges::default();
    for pool in left {
        seats.leave_line(pool);
    }
    seats.apply_returns(tx).await
}
