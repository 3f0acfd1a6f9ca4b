//! The SQL of arrangements.

pub mod late;
pub mod lists;
pub mod requests;
pub mod room_names;
pub mod seat_mails;
pub mod seats;
mod settings;

pub use settings::{SettingRow, set, settings, unset};

use super::{Needs, Unit};
use crate::params;
use crate::record;
use crate::store::{DbError, Tx};
use crate::words::codes::{CampusCode, SchoolCode, SittingCode, SubjectCode};
use crate::words::ids::EntryId;
use crate::words::time::Time;

/// Sets the accommodations of an entry; without any the row is deleted.
pub async fn accommodate(
    tx: &mut Tx<'_>,
    school: SchoolCode,
    entry: EntryId,
    needs: Needs,
) -> Result<(), DbError> {
    if needs == Needs::default() {
        let sql = "DELETE FROM entry_accommodation WHERE school = $1 AND entry_id = $2";
        tx.execute(sql, params![school, entry]).await?;
        return Ok(());
    }
    let now = tx.now().await?;
    tx.execute(
        "INSERT INTO entry_accommodation (school, entry_id, needs, set_at)
         VALUES ($1, $2, $3, $4)
         ON CONFLICT (school, entry_id) DO UPDATE SET needs = excluded.needs, set_at = excluded.set_at",
        params![school, entry, needs, now],
    )
    .await?;
    Ok(())
}

/// The accommodation of an entry, and when it was set.
pub async fn accommodation(
    tx: &mut Tx<'_>,
    school: SchoolCode,
    entry: EntryId,
) -> Result<Option<(Needs, Time)>, DbError> {
    let sql = "SELECT needs, set_at FROM entry_accommodation WHERE school = $1 AND entry_id = $2";
    tx.query_opt(sql, params![school, entry]).await
}

/// The accommodations of all entries of a home school, the newest first.
pub async fn accommodations(tx: &mut Tx<'_>, school: SchoolCode) -> Result<Vec<(EntryId, Needs)>, DbError> {
    let sql = "SELECT entry_id, needs FROM entry_accommodation WHERE school = $1 ORDER BY set_at DESC, entry_id DESC";
    tx.query(sql, params![school]).await
}

record! {
    /// The state of a unit.
    #[derive(Clone, Copy, Debug)]
    pub struct UnitRow {
        /// The number of runs.
        pub runs: i64,
        /// The current draft.
        pub draft: Option<i64>,
        /// The published arrangement.
        pub published: Option<i64>,
    }
}

/// Creates the unit's row if there is none, and locks it until the transaction ends.
pub async fn lock(tx: &mut Tx<'_>, unit: &Unit) -> Result<UnitRow, DbError> {
    let key = params![unit.school(), unit.sitting, unit.campus, unit.subject];
    tx.execute(
        "INSERT INTO arrangement_unit (school, sitting, campus, subject, runs)
         VALUES ($1, $2, $3, $4, 0)
         ON CONFLICT DO NOTHING",
        key,
    )
    .await?;
    tx.query_one(
        "UPDATE arrangement_unit
            SET runs = runs
          WHERE school = $1
            AND sitting = $2
            AND campus = $3
            AND subject = $4
         RETURNING runs, draft_id, published_id",
        key,
    )
    .await
}

/// The state of a unit; `None` if it was never arranged.
pub async fn unit(tx: &mut Tx<'_>, unit: &Unit, subject: SubjectCode) -> Result<Option<UnitRow>, DbError> {
    tx.query_opt(
        "SELECT runs, draft_id, published_id
           FROM arrangement_unit
          WHERE school = $1
            AND sitting = $2
            AND campus = $3
            AND subject = $4",
        params![unit.school(), unit.sitting, unit.campus, subject],
    )
    .await
}

/// Sets the unit's draft and counts the run; the caller has locked the row.
pub(crate) async fn set_draft(tx: &mut Tx<'_>, unit: &Unit, draft: Option<i64>) -> Result<(), DbError> {
    tx.execute(
        "UPDATE arrangement_unit
            SET draft_id = $5, runs = runs + 1
          WHERE school = $1
            AND sitting = $2
            AND campus = $3
            AND subject = $4
            AND published_id IS NULL",
        params![unit.school(), unit.sitting, unit.campus, unit.subject, draft],
    )
    .await?;
    Ok(())
}

/// Makes the draft final (T1); returns whether it was still the unit's draft.
pub async fn publish(tx: &mut Tx<'_>, unit: &Unit, draft: i64, at: Time) -> Result<bool, DbError> {
    tx.execute(
        "UPDATE arrangement SET published_at = $3 WHERE school = $1 AND id = $2",
        params![unit.school(), draft, at],
    )
    .await?;
    let changed = tx
        .execute(
            "UPDATE arrangement_unit
                SET published_id = $5, draft_id = NULL
              WHERE school = $1
                AND sitting = $2
                AND campus = $3
                AND subject = $4
                AND draft_id = $5
                AND published_id IS NULL",
            params![unit.school(), unit.sitting, unit.campus, unit.subject, draft],
        )
        .await?;
    Ok(changed == 1)
}

/// Claims a campus's candidates in a subject for a published arrangement; returns `false` if another one has claimed
/// them.
pub async fn claim(
    tx: &mut Tx<'_>,
    unit: &Unit,
    source: CampusCode,
    arrangement: i64,
) -> Result<bool, DbError> {
    let made = tx
        .execute(
            "INSERT INTO arrangement_source (school, sitting, campus, subject, arranging_campus, arrangement_id)
             VALUES ($1, $2, $3, $4, $5, $6)
             ON CONFLICT DO NOTHING",
            params![source.school(), unit.sitting, source, unit.subject, unit.campus, arrangement],
        )
        .await?;
    Ok(made == 1)
}

/// The published arrangement that has claimed the candidates of a campus in a subject.
pub async fn claimed(
    tx: &mut Tx<'_>,
    sitting: &SittingCode,
    source: CampusCode,
    subject: SubjectCode,
) -> Result<Option<(CampusCode, i64)>, DbError> {
    tx.query_opt(
        "SELECT arranging_campus, arrangement_id
           FROM arrangement_source
          WHERE school = $1
            AND sitting = $2
            AND campus = $3
            AND subject = $4",
        params![source.school(), sitting, source, subject],
    )
    .await
}

/// Whether any subject is published that one campus arranges, or with candidates of the other campus.
pub(crate) async fn any_published(
    tx: &mut Tx<'_>,
    sitting: &SittingCode,
    arranging: CampusCode,
    source: CampusCode,
) -> Result<bool, DbError> {
    let (count,): (i64,) = tx
        .query_one(
            "SELECT (SELECT COUNT(*)
                       FROM arrangement_unit
                      WHERE school = $1
                        AND sitting = $3
                        AND campus = $2
                        AND published_id IS NOT NULL)
                    + (SELECT COUNT(*)
                         FROM arrangement_source
                        WHERE school = $4
                          AND sitting = $3
                          AND campus = $5)",
            params![arranging.school(), arranging, sitting, source.school(), source],
        )
        .await?;
    Ok(count > 0)
}

record! {
    /// A stored arrangement.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Arrangement {
        /// Its id.
        pub id: i64,
        /// The number of the unit's run.
        pub run: i64,
        /// The seed.
        pub seed: i64,
        /// The settings, in the form of [`super::Settings::recorded`].
        pub settings: String,
        /// Batches and rooms that other subjects used, as `1/2;1/3`.
        pub busy: String,
        /// The campuses of its candidates, joined by `;`.
        pub sources: String,
        /// The most candidates in one room at the same time.
        pub room_most: i64,
        /// Number of seated candidates, late draws included.
        pub candidates: i64,
        /// Number of rooms, over all batches.
        pub rooms: i64,
        /// When the last window of its campuses closed.
        pub closed_at: Time,
        /// When it was drawn.
        pub made_at: Time,
        /// When it was published.
        pub published_at: Option<Time>,
    }
}

/// Stores an arrangement without its seats.
pub async fn insert(tx: &mut Tx<'_>, unit: &Unit, made: &Arrangement) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO arrangement
            (school, id, sitting, campus, subject, run, seed, settings, busy, sources, room_most, candidates, rooms,
             closed_at, made_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)",
        params![
            unit.school(),
            made.id,
            unit.sitting,
            unit.campus,
            unit.subject,
            made.run,
            made.seed,
            made.settings,
            made.busy,
            made.sources,
            made.room_most,
            made.candidates,
            made.rooms,
            made.closed_at,
            made.made_at,
        ],
    )
    .await?;
    Ok(())
}

/// An arrangement by its id.
pub async fn arrangement(
    tx: &mut Tx<'_>,
    school: SchoolCode,
    id: i64,
) -> Result<Option<Arrangement>, DbError> {
    tx.query_opt(
        "SELECT id, run, seed, settings, busy, sources, room_most, candidates, rooms, closed_at, made_at, published_at
           FROM arrangement
          WHERE school = $1
            AND id = $2",
        params![school, id],
    )
    .await
}

/// Deletes a draft with its seats.
pub async fn remove(tx: &mut Tx<'_>, school: SchoolCode, id: i64) -> Result<(), DbError> {
    let seats = "DELETE FROM seat_assignment WHERE school = $1 AND arrangement_id = $2";
    tx.execute(seats, params![school, id]).await?;
    let own = "DELETE FROM arrangement WHERE school = $1 AND id = $2 AND published_at IS NULL";
    tx.execute(own, params![school, id]).await?;
    Ok(())
}
