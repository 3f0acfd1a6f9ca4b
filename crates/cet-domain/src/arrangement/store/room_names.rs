//! The SQL of the rooms' names.

use crate::arrangement::Unit;
use crate::params;
use crate::record;
use crate::store::{DbError, Tx};
use crate::words::codes::{CampusCode, SittingCode, SubjectCode};
use crate::words::time::Time;

record! {
    /// The name of a room.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct RoomName {
        /// The room.
        pub room: i64,
        /// Where it is; empty once the name was taken away.
        pub name: String,
        /// When it was set.
        pub set_at: Time,
        /// When it took the place of another one while tickets were open.
        pub renamed_at: Option<Time>,
    }
}

/// The names of a unit's rooms.
pub async fn all(tx: &mut Tx<'_>, unit: &Unit) -> Result<Vec<RoomName>, DbError> {
    tx.query(
        "SELECT room, name, set_at, renamed_at
           FROM exam_room
          WHERE school = $1
            AND sitting = $2
            AND campus = $3
            AND subject = $4
          ORDER BY room",
        params![unit.school(), unit.sitting, unit.campus, unit.subject],
    )
    .await
}

/// The name of one room.
pub(crate) async fn of_room(
    tx: &mut Tx<'_>,
    campus: CampusCode,
    (sitting, subject): (&SittingCode, SubjectCode),
    room: i64,
) -> Result<Option<RoomName>, DbError> {
    tx.query_opt(
        "SELECT room, name, set_at, renamed_at
           FROM exam_room
          WHERE school = $1
            AND sitting = $2
            AND campus = $3
            AND subject = $4
            AND room = $5",
        params![campus.school(), sitting, campus, subject, room],
    )
    .await
}

/// Sets the name of a room.
pub async fn set(tx: &mut Tx<'_>, unit: &Unit, of: &RoomName) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO exam_room (school, sitting, campus, subject, room, name, set_at, renamed_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
         ON CONFLICT (school, sitting, campus, subject, room) DO UPDATE
            SET name = excluded.name, set_at = excluded.set_at, renamed_at = excluded.renamed_at",
        params![
            unit.school(),
            unit.sitting,
            unit.campus,
            unit.subject,
            of.room,
            of.name,
            of.set_at,
            of.renamed_at
        ],
    )
    .await?;
    Ok(())
}
