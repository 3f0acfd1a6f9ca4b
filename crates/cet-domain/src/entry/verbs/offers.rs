//! The data of the entry pages and the information page.

use std::collections::BTreeMap;

use super::facts::facts;
use crate::entry::{Entry, EntryRefusal, rules, store};
use crate::registration::Registration;
use crate::seat_pool::{self, PoolKey, Seats};
use crate::sitting::window::Window;
use crate::sitting::{Catalogue, Subject};
use crate::store::{DbError, Tx};
use crate::words::codes::{CampusCode, SittingCode, SubjectCode};
use crate::words::fen::Fen;
use crate::words::subject::Mode;
use crate::words::time::Time;

/// One subject as a page shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// The subject.
    pub subject: Subject,
    /// Its fee there; `None` if it is not set yet.
    pub fee: Option<Fen>,
    /// The seats of the pool.
    pub seats: Seats,
    /// Why it can't be ticked now; `None` if it can.
    pub refusal: Option<EntryRefusal>,
}

/// The subjects of one page at one campus.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offers {
    /// The campus.
    pub campus: CampusCode,
    /// The registration window there.
    pub window: Option<Window>,
    /// Whether the candidate may enter at this campus at all (R11).
    pub campus_allowed: bool,
    /// The subjects of the page's mode that the campus offers, in the order of the sitting.
    pub rows: Vec<Offer>,
}

/// The subjects that a page offers a candidate at a campus, each with the reason why it can't be ticked.
pub async fn offers(
    tx: &mut Tx<'_>,
    catalogue: &Catalogue,
    of: &Registration,
    mode: Mode,
    campus: CampusCode,
) -> Result<Offers, DbError> {
    let now = tx.now().await?;
    let plan = catalogue.sitting(&of.sitting).ok_or(DbError::Decode("sitting that is there"))?;
    let entries = store::of_registration(tx, of.school, of.id).await?;
    let pools = seats_at(tx, &of.sitting, campus, now).await?;
    let facts = facts(plan, of, &entries, mode, campus, now);
    let rows = plan.offered(campus).filter(|subject| subject.mode == mode).map(|subject| {
        // The catalogue and the pools may differ for a moment: without a pool there are no seats.
        let seats = pools.get(&subject.code).copied().unwrap_or(Seats { capacity: 0, taken: 0, waiting: 0 });
        let full = (seats.left() == 0).then_some(EntryRefusal::PoolFull(subject.code));
        Offer {
            subject: subject.clone(),
            fee: plan.fee(campus, subject.code),
            seats,
            refusal: rules::why_not(&facts, subject.code, now).or(full),
        }
    });
    Ok(Offers {
        campus,
        window: plan.window(campus, mode),
        campus_allowed: facts.campus_allowed,
        rows: rows.collect(),
    })
}

/// The seats of the pools of a campus. Overdue entries in a full pool count as free, because the next request gets
/// their seats (R13).
pub async fn seats_at(
    tx: &mut Tx<'_>,
    sitting: &SittingCode,
    campus: CampusCode,
    now: Time,
) -> Result<BTreeMap<SubjectCode, Seats>, DbError> {
    let mut pools = seat_pool::store::at_campus(tx, sitting, campus).await?;
    for (subject, seats) in &mut pools {
        if seats.left() == 0 && seats.taken > 0 {
            let pool = PoolKey { campus, sitting: sitting.clone(), subject: *subject };
            let overdue = store::count_overdue_in(tx, &pool, now).await?;
            seats.taken = seats.taken.saturating_sub(overdue);
        }
    }
    Ok(pools)
}

/// The live entries of a registration, as pages show them: those past their hold are left out (R13).
pub async fn entries_of(tx: &mut Tx<'_>, of: &Registration) -> Result<Vec<Entry>, DbError> {
    let now = tx.now().await?;
    let mut entries = store::of_registration(tx, of.school, of.id).await?;
    entries.retain(|entry| rules::is_live(entry, now));
    Ok(entries)
}
