//! A dispute takes a registration away from its passport (R24): what the passport entered and paid for ends; what goes on for
//! the student is entered anew on the same seat. The caller has locked the registration, and records the money itself.

use super::expire::end_all;
use super::needs;
use super::withdraw::withdraw_paid;
use crate::audit::{self, Actor, Changes};
use crate::entry::{Entry, EntryChannel, EntryState, rules, store};
use crate::registration::Registration;
use crate::seat_pool::PoolKey;
use crate::sitting::Catalogue;
use crate::store::{DbError, Tx};
use crate::words::ids::EntryId;

/// What becomes of a registration's live entries; those that are not named stay as they are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Handover {
    /// They end, and their seats are free.
    pub ending: Vec<EntryId>,
    /// They end, and are entered anew on the same seats, unpaid, with a whole hold (R13).
    pub renewed: Vec<EntryId>,
    /// They become the school's: it pays for them.
    pub adopted: Vec<EntryId>,
}

impl Handover {
    /// Whether an entry ends.
    #[must_use]
    pub fn ends(&self, entry: EntryId) -> bool {
        self.ending.contains(&entry) || self.renewed.contains(&entry)
    }
}

/// Carries that out, after ending what is overdue; `entries` is brought up to date, the new ones included. Returns the pools
/// whose seats [`give_back`](super::give_back) is to free at the end of the transaction: a renewed entry's seat is not among
/// them, so nobody can take it in between.
///
/// # Errors
/// [`DbError`], also when an entry that is to end is locked or being paid: ask first, under the same lock.
pub async fn hand_over(
    tx: &mut Tx<'_>,
    catalogue: &Catalogue,
    of: &Registration,
    entries: &mut Vec<Entry>,
    (what, by, address): (&Handover, &Actor, &str),
) -> Result<Vec<PoolKey>, DbError> {
    let now = tx.now().await?;
    let due = rules::due(entries, &needs(catalogue), now);
    let mut freed = end_all(tx, of, entries, &due, EntryState::Expired, &Actor::Job("expiry")).await?;
    let goes = |entry: &&Entry| what.ends(entry.id) && !due.contains(&entry.id);
    let renewed: Vec<Entry> =
        entries.iter().filter(goes).filter(|entry| what.renewed.contains(&entry.id)).cloned().collect();
    let in_state = |state: EntryState| {
        entries.iter().filter(goes).filter(|entry| entry.state == state).map(|entry| entry.id).collect()
    };
    let (paid, held): (Vec<EntryId>, Vec<EntryId>) = (in_state(EntryState::Paid), in_state(EntryState::Held));
    let mut ended = withdraw_paid(tx, of, entries, &paid, (by, address)).await?;
    ended.extend(end_all(tx, of, entries, &held, EntryState::Cancelled, by).await?);
    for old in &renewed {
        let fresh = anew(old, EntryId(tx.new_id()), now);
        let saved = store::insert(tx, of, &fresh).await?;
        if tx.changed(saved).await? == 0 {
            return Err(DbError::Other("an entry changed under the lock of its registration".to_owned()));
        }
        log(tx, of, &fresh, (by, address)).await?;
        if let Some(place) = ended.iter().position(|pool| *pool == fresh.pool()) {
            ended.swap_remove(place);
        }
        entries.push(fresh);
    }
    for id in &what.adopted {
        store::adopt(tx, of.school, *id).await?;
        if let Some(entry) = entries.iter_mut().find(|entry| entry.id == *id) {
            entry.channel = EntryChannel::School;
        }
    }
    freed.extend(ended);
    Ok(freed)
}

/// The same seat, unpaid, for a whole hold. It was entered when the seat was taken, which was inside the window (I19).
fn anew(old: &Entry, id: EntryId, now: crate::words::time::Time) -> Entry {
    Entry {
        id,
        state: EntryState::Held,
        expires_at: now.plus(rules::HOLD),
        paid_at: None,
        ended_at: None,
        locked_by: None,
        order: None,
        ..old.clone()
    }
}

async fn log(
    tx: &mut Tx<'_>,
    of: &Registration,
    entry: &Entry,
    (by, address): (&Actor, &str),
) -> Result<(), DbError> {
    let event = audit::Event {
        school: of.school,
        actor: by.clone(),
        action: "entry-entered",
        object_kind: "entry",
        object: &entry.id.to_string(),
        address,
        detail: &format!("subject={} campus={}", entry.subject, entry.campus),
        changes: Changes::NONE,
    };
    audit::record(tx, &event).await
}
