//! The season's time: the rehearsal's clock begins months ago and moves forward, as it does in any rehearsal.

use jiff::SignedDuration;

use super::Fault;
use crate::rehearsal::store;
use crate::store::{Db, DbError, Tx};

/// How long before the demo's first start the season begins.
pub const BEGINS: SignedDuration = SignedDuration::from_hours(24 * 186);

/// Moves the clock towards the demo's own time.
pub(super) struct Times {
    db: Db,
    /// The offset of the clock once the season is over, in microseconds.
    until: i64,
}

impl Times {
    pub(super) const fn new(db: Db, until: i64) -> Self {
        Self { db, until }
    }

    /// Advances to this long before the demo's own time; never back.
    pub(super) async fn before_end(&self, by: SignedDuration) -> Result<(), Fault> {
        let by = i64::try_from(by.as_micros()).unwrap_or(i64::MAX);
        let wanted = self.until.saturating_sub(by);
        let moved = async move |tx: &mut Tx<'_>| {
            let ahead = wanted.saturating_sub(store::shift(tx).await?).max(0);
            let micros = u32::try_from(ahead.rem_euclid(1_000_000)).unwrap_or(0);
            store::advance(tx, micros, ahead.div_euclid(1_000_000)).await?;
            Ok::<_, DbError>(())
        };
        Ok(self.db.write(moved).await?)
    }
}
