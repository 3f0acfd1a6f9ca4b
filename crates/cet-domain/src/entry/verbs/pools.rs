//! Seats that a transaction takes and gives back: last of all, and pools in the order of their keys.

use std::collections::BTreeMap;

use super::expire;
use crate::entry::jobs::EXPIRY;
use crate::entry::store;
use crate::jobs::batch::{self, Key};
use crate::seat_pool::{self, PoolKey};
use crate::sitting::Catalogue;
use crate::store::{DbError, Tx};

/// The most registrations whose overdue entries are ended immediately when a seat of a full pool is requested.
const ON_THE_SPOT: i64 = 20;

#[cfg(test)]
tokio::task_local! {
    /// Set in tests that take pools in another order, to show what the order is for.
    pub(super) static BACKWARDS: ();
}

/// What a transaction does to a pool.
#[derive(Debug, Default)]
struct Change {
    /// Seats taken (positive) or given back (negative).
    seats: i64,
    /// People who leave its line (R16).
    leaving: i64,
    /// Whether the first in its line gets a seat (R16).
    hands: bool,
}

/// What a transaction does to pools.
#[derive(Debug, Default)]
pub(super) struct SeatChanges(BTreeMap<PoolKey, Change>);

impl SeatChanges {
    pub(super) fn take(&mut self, pool: PoolKey) {
        self.add(pool, 1);
    }

    pub(super) fn give_back(&mut self, pool: PoolKey) {
        self.add(pool, -1);
    }

    pub(super) fn leave_line(&mut self, pool: PoolKey) {
        let change = self.0.entry(pool).or_default();
        change.leaving = change.leaving.saturating_add(1);
    }

    pub(super) fn hand(&mut self, pool: PoolKey) {
        self.0.entry(pool).or_default().hands = true;
    }

    fn add(&mut self, pool: PoolKey, seats: i64) {
        let change = self.0.entry(pool).or_default();
        change.seats = change.seats.saturating_add(seats);
    }

    /// Every transaction locks pools in the order of their keys, so that no two wait for each other.
    fn in_order(self) -> Vec<(PoolKey, Change)> {
        let pools = self.0.into_iter();
        #[cfg(test)]
        if BACKWARDS.try_with(|()| ()).is_ok() {
            return pools.rev().collect();
        }
        pools.collect()
    }

    /// Applies the changes; returns the pools without a free seat, after which the transaction must be rolled back.
    pub(super) async fn apply(self, tx: &mut Tx<'_>, catalogue: &Catalogue) -> Result<Vec<PoolKey>, DbError> {
        for pool in self.0.keys() {
            tx.turn(pool.school())?;
        }
        let mut full = Vec::new();
        for (pool, change) in self.in_order() {
            give_up(tx, &pool, &change).await?;
            if change.hands && !seat_pool::line::hand(tx, &pool).await? {
                full.push(pool.clone());
            }
            for _ in 0..change.seats.max(0) {
                if !take(tx, catalogue, &pool).await? {
                    full.push(pool.clone());
                    break;
                }
            }
        }
        Ok(full)
    }

    /// Gives seats and places in lines back if none is taken.
    pub(super) async fn apply_returns(self, tx: &mut Tx<'_>) -> Result<(), DbError> {
        for (pool, change) in self.in_order() {
            give_up(tx, &pool, &change).await?;
        }
        Ok(())
    }
}

async fn give_up(tx: &mut Tx<'_>, pool: &PoolKey, change: &Change) -> Result<(), DbError> {
    if change.seats < 0 {
        seat_pool::store::give_back(tx, pool, change.seats.saturating_neg()).await?;
    }
    for _ in 0..change.leaving {
        seat_pool::line::leave(tx, pool).await?;
    }
    Ok(())
}

/// Takes a seat; in a full pool first ends overdue entries (R13).
///
/// Locks: the pool; registrations with overdue entries without waiting; the pools that they free, which may come before
/// this one in key order: then two such transactions can deadlock, and the store retries one of them.
pub(super) async fn take(tx: &mut Tx<'_>, catalogue: &Catalogue, pool: &PoolKey) -> Result<bool, DbError> {
    if seat_pool::store::take(tx, pool).await? {
        return Ok(true);
    }
    let now = tx.now().await?;
    let mut freed = SeatChanges::default();
    for (school, registration) in store::overdue_in(tx, pool, now, ON_THE_SPOT).await? {
        // A registration that the job can't process would make this request fail too.
        if batch::is_set_aside(tx, EXPIRY, &Key::of(school, registration.0)).await? {
            continue;
        }
        let ended = expire::end_overdue(tx, catalogue, school, registration).await?;
        for key in ended.unwrap_or_default() {
            freed.give_back(key);
        }
    }
    if !freed.0.contains_key(pool) {
        return Ok(false);
    }
    freed.apply_returns(tx).await?;
    seat_pool::store::take(tx, pool).await
}
