//! The SQL of late draws.

use crate::arrangement::Unit;
use crate::params;
use crate::record;
use crate::store::{DbError, Tx};
use crate::words::codes::SchoolCode;
use crate::words::time::Time;

record! {
    /// A stored late draw.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct LateDraw {
        /// The number of the draw after the publication, from 1.
        pub late: i64,
        /// The seed.
        pub seed: i64,
        /// The settings, in the form of [`crate::arrangement::Settings::recorded`].
        pub settings: String,
        /// Batches and rooms that other subjects used, as `1/2;1/3`.
        pub busy: String,
        /// How many candidates it seats.
        pub candidates: i64,
        /// When it was drawn.
        pub made_at: Time,
    }
}

/// Stores a late draw without its seats.
pub async fn insert(tx: &mut Tx<'_>, unit: &Unit, arrangement: i64, made: &LateDraw) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO late_draw (school, arrangement_id, late, seed, settings, busy, candidates, made_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        params![
            unit.school(),
            arrangement,
            made.late,
            made.seed,
            made.settings,
            made.busy,
            made.candidates,
            made.made_at,
        ],
    )
    .await?;
    Ok(())
}

/// Updates the numbers of candidates and rooms of an arrangement.
pub(crate) async fn grow(
    tx: &mut Tx<'_>,
    unit: &Unit,
    arrangement: i64,
    candidates: i64,
    rooms: i64,
) -> Result<(), DbError> {
    tx.execute(
        "UPDATE arrangement SET candidates = $3, rooms = $4 WHERE school = $1 AND id = $2",
        params![unit.school(), arrangement, candidates, rooms],
    )
    .await?;
    Ok(())
}

/// The late draws of an arrangement in order.
pub async fn all(tx: &mut Tx<'_>, school: SchoolCode, arrangement: i64) -> Result<Vec<LateDraw>, DbError> {
    tx.query(
        "SELECT late, seed, settings, busy, candidates, made_at
           FROM late_draw
          WHERE school = $1
            AND arrangement_id = $2
          ORDER BY late",
        params![school, arrangement],
    )
    .await
}
