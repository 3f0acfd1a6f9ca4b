//! The SQL of arrangement settings.

use crate::params;
use crate::record;
use crate::store::{DbError, Tx};
use crate::words::codes::SittingCode;

record! {
    /// Settings of one scope; `None` inherits from a wider one.
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    pub struct SettingRow {
        /// A campus, school or province code, or empty for the nation.
        pub scope: String,
        /// Seats of a written room.
        pub room_size: Option<i64>,
        /// Columns of seats in it.
        pub seat_columns: Option<i64>,
        /// How the last room is filled.
        pub tail: Option<String>,
        /// Extra seats beyond the room's size for a merged tail.
        pub spare_seats: Option<i64>,
        /// Rooms with machines.
        pub oral_rooms: Option<i64>,
        /// Machines per room.
        pub machines: Option<i64>,
        /// Start times of batches.
        pub oral_sessions: Option<String>,
        /// The format of oral ticket numbers.
        pub oral_ticket: Option<String>,
        /// The campus that arranges this one's candidates.
        pub arrange_as: Option<String>,
    }
}

/// The settings of a sitting.
pub async fn settings(tx: &mut Tx<'_>, sitting: &SittingCode) -> Result<Vec<SettingRow>, DbError> {
    tx.query(
        "SELECT scope, room_size, seat_columns, tail, spare_seats, oral_rooms, machines, oral_sessions, oral_ticket,
                arrange_as
           FROM arrange_setting
          WHERE sitting = $1",
        params![sitting],
    )
    .await
}

/// Replaces the settings of one scope.
pub async fn set(tx: &mut Tx<'_>, sitting: &SittingCode, row: &SettingRow) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO arrange_setting
            (sitting, scope, room_size, seat_columns, tail, spare_seats, oral_rooms, machines, oral_sessions,
             oral_ticket, arrange_as)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
         ON CONFLICT (sitting, scope) DO UPDATE
            SET room_size = excluded.room_size, seat_columns = excluded.seat_columns, tail = excluded.tail,
                spare_seats = excluded.spare_seats, oral_rooms = excluded.oral_rooms, machines = excluded.machines,
                oral_sessions = excluded.oral_sessions, oral_ticket = excluded.oral_ticket,
                arrange_as = excluded.arrange_as",
        params![
            sitting,
            row.scope,
            row.room_size,
            row.seat_columns,
            row.tail,
            row.spare_seats,
            row.oral_rooms,
            row.machines,
            row.oral_sessions,
            row.oral_ticket,
            row.arrange_as,
        ],
    )
    .await?;
    Ok(())
}

/// Removes the settings of one scope, so that it inherits again.
pub async fn unset(tx: &mut Tx<'_>, sitting: &SittingCode, scope: &str) -> Result<(), DbError> {
    let sql = "DELETE FROM arrange_setting WHERE sitting = $1 AND scope = $2";
    tx.execute(sql, params![sitting, scope]).await?;
    Ok(())
}
